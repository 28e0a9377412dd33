// How far an import is: rows, rate and time left while it runs, what became of its rows afterwards.
import { Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { count } from '@/shared/ui/number';

import { useDurationText } from './duration';
import { failureText } from './failure';
import type { Import } from './queries';

const known = (value: number | null | undefined): value is number => typeof value === 'number';

export function ImportProgress({ one }: { one: Import }): ReactNode {
  if (one.state === 'done') return <Outcome one={one} />;
  if (one.state === 'dead') return <Failure error={one.error ?? ''} />;
  return <UnderWay one={one} />;
}

function Outcome({ one }: { one: Import }): ReactNode {
  const { t } = useTranslation();
  const taken = one.taken ?? 0;
  const duplicates = one.duplicates ?? 0;
  const rejected = one.rejected ?? 0;
  const totals = one.totals ?? 0;
  return (
    <Stack gap={2} miw={190}>
      <Text size="sm">{t('data.taken', { count: taken, number: count(taken) })}</Text>
      {duplicates > 0 && (
        <Text size="xs" c="dimmed">
          {t('data.duplicates', { count: duplicates, number: count(duplicates) })}
        </Text>
      )}
      {totals > 0 && (
        <Text size="xs" c="dimmed">
          {t('data.totals', { count: totals, number: count(totals) })}
        </Text>
      )}
      {rejected > 0 && (
        <Text size="xs" c="var(--tone-bad)">
          {t('data.rejected', { count: rejected, number: count(rejected) })}
        </Text>
      )}
    </Stack>
  );
}

function Failure({ error }: { error: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <Text size="xs" c="var(--tone-bad)" miw={190} maw={360} className="break-anywhere" title={error}>
      {failureText(error, t)}
    </Text>
  );
}

function UnderWay({ one }: { one: Import }): ReactNode {
  const { t } = useTranslation();
  const duration = useDurationText();
  const { bytes_done: done, bytes_total: total } = one;
  const share = known(done) && known(total) && total > 0 ? (done / total) * 100 : 0;
  const rows = known(one.rows) && t('data.rows', { count: one.rows, number: count(one.rows) });
  const rate = known(one.rows_per_second) && t('data.perSecond', { number: count(one.rows_per_second) });
  const left = known(one.seconds_left) && t('data.left', { time: duration(one.seconds_left) });
  return (
    <Stack gap={4} miw={190}>
      <Progress value={share} aria-label={t('jobs.progress')} animated={one.state === 'running'} />
      <Text size="xs" c="dimmed" className="numeric">
        {[rows, rate, left].filter((part) => part !== false).join(' · ') || '—'}
      </Text>
    </Stack>
  );
}
