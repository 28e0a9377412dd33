// Somebody else has changed what a form is about while it was open: what they changed, and how to go on. Nothing typed is lost.
import { Alert, Button, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import { type QueryKey, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { Problem } from '../api/problem';
import { ProblemAlert } from './ProblemAlert';

/** A field that somebody else has changed, as people see it. */
export interface Difference {
  field: string;
  was: ReactNode;
  theirs: ReactNode;
  /** Nothing: it was not touched in this form. */
  mine: ReactNode;
}

interface Props<State> {
  /** Which thing, and which state of it the form began with. */
  about: QueryKey;
  /** The thing as it is now. */
  read: () => Promise<State>;
  compare: (theirs: State) => Difference[];
  onMine: (theirs: State) => void;
  onTheirs: (theirs: State) => void;
}

/** Whether a change was refused because it was one of a state that is past. */
export function isConflict(problem: unknown): boolean {
  return problem instanceof Problem && problem.code === 'version-conflict';
}

export function Conflict<State>({ about, read, compare, onMine, onTheirs }: Props<State>): ReactNode {
  const { t } = useTranslation();
  const newest = useQuery({ queryKey: ['conflict', ...about], queryFn: read, staleTime: 0, gcTime: 0 });
  const frame = useRef<HTMLDivElement>(null);
  const theirs = newest.data;
  const isKnown = theirs !== undefined;
  // It stands below the fields: whoever has pressed the button below it is shown all of it.
  useEffect(() => {
    // What it gives back is no way to end it, and is something in newer browsers.
    frame.current?.scrollIntoView({ block: 'nearest' });
  }, [isKnown]);
  if (newest.error !== null) return <ProblemAlert error={newest.error} onRetry={() => void newest.refetch()} />;
  return (
    <Alert ref={frame} color="orange" variant="light" title={t('problem.version-conflict.title')} role="alert">
      <Stack gap="sm">
        <Text size="sm">{t('common.conflict.hint')}</Text>
        {isKnown ? (
          <>
            <Differences found={compare(theirs)} />
            <Group gap="sm">
              <Button size="xs" onClick={() => onMine(theirs)}>
                {t('common.conflict.keepMine')}
              </Button>
              <Button size="xs" variant="default" onClick={() => onTheirs(theirs)}>
                {t('common.conflict.takeTheirs')}
              </Button>
            </Group>
          </>
        ) : (
          <Skeleton height={80} />
        )}
      </Stack>
    </Alert>
  );
}

function Differences({ found }: { found: Difference[] }): ReactNode {
  const { t } = useTranslation();
  if (found.length === 0) return <Text size="sm">{t('common.conflict.elsewhere')}</Text>;
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table aria-label={t('common.conflict.changes')} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {(['field', 'was', 'theirs', 'mine'] as const).map((column) => (
              <Table.Th key={column}>{t(`common.conflict.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.map(({ field, was, theirs, mine }) => (
            <Table.Tr key={field}>
              <Table.Td>{field}</Table.Td>
              {[was, theirs, mine ?? t('common.conflict.untouched')].map((value, at) => (
                <Table.Td key={at}>
                  {/* The text of an ad may be as long as ten thousand characters. */}
                  <Text size="sm" component="div" lineClamp={4} className="break-anywhere">
                    {value}
                  </Text>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
