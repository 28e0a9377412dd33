// A period to be kept: of a dashboard, or of one widget.
import { Stack, Text } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { needsToday, type Period, periodOf, spanOf } from '@/shared/report/period';
import { PeriodPicker } from '@/shared/report/PeriodPicker';
import type { Span } from '@/shared/report/question';
import { useCivilToday } from '@/shared/report/today';

interface Props {
  projectId: string;
  value: Span;
  onChange: (span: Span) => void;
}

export function OwnPeriod({ projectId, value, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const [period, setPeriod] = useState<Period>(() => periodOf(value));
  const today = useCivilToday(projectId, needsToday(period));
  const span = spanOf(period, today);
  const written = JSON.stringify(span);
  const isOther = span !== undefined && written !== JSON.stringify(spanOf(periodOf(value), today));
  // A preset becomes days once the server has said what day it is.
  useEffect(() => {
    if (isOther) onChange(JSON.parse(written) as Span);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- whoever listens may be another function each time
  }, [written, isOther]);
  return (
    <Stack gap={4}>
      <PeriodPicker value={period} onChange={(patch) => setPeriod({ ...period, ...patch })} />
      {span?.date_from !== undefined && (
        <Text size="xs" c="dimmed">
          {t('dashboards.fixedDays')}
        </Text>
      )}
    </Stack>
  );
}
