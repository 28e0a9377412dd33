// An error as people can use it: what happened, what to try, and the id to name when they ask somebody for help.
import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Problem } from '../api/problem';
import { useExplain } from './explain';

interface Props {
  error: unknown;
  onRetry?: () => void;
  /** Fields that the form shows beside their inputs. */
  shownFields?: readonly string[];
}

export function ProblemAlert({ error, onRetry, shownFields = [] }: Props): ReactNode {
  const { t } = useTranslation();
  const explain = useExplain();
  if (error === null || error === undefined) return null;
  const { title, hint } = explain.problem(error);
  const fields = error instanceof Problem ? error.fields.filter((field) => !shownFields.includes(field.pointer)) : [];
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={title} role="alert">
      <Stack gap="xs">
        {hint !== '' && <Text size="sm">{hint}</Text>}
        {fields.length > 0 && (
          <List size="sm">
            {fields.map((field) => (
              <List.Item key={field.pointer}>
                {explain.fieldName(field.pointer)}: {explain.field(field)}
              </List.Item>
            ))}
          </List>
        )}
        <Group gap="md">
          {onRetry !== undefined && (
            <Button size="xs" variant="default" onClick={onRetry}>
              {t('common.tryAgain')}
            </Button>
          )}
          {error instanceof Problem && error.requestId !== undefined && (
            <Text size="xs" c="dimmed" className="break-anywhere">
              {t('common.requestId', { id: error.requestId })}
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
