// The five numbers that an owner asks first, each with what it was before and how it went. Choosing one shows it below.
import { SimpleGrid, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Sparkline } from '@/shared/chart/Sparkline';
import { labelOf } from '@/shared/report/catalogue';
import { changeText, TONES, toneOf, valueText } from '@/shared/report/format';
import { type Column, metricsOf, numberOf, type Report } from '@/shared/report/question';

import { type Metric, METRICS } from './queries';

const CARD_PX = 148;

interface Props {
  trend: Report | undefined;
  chosen: Metric;
  onChoose: (metric: Metric) => void;
}

export function Figures({ trend, chosen, onChoose }: Props): ReactNode {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }}>
      {METRICS.map((metric) => {
        const column = trend === undefined ? undefined : metricsOf(trend).find(({ name }) => name === metric);
        return trend === undefined || column === undefined ? (
          <Skeleton key={metric} height={CARD_PX} radius="md" />
        ) : (
          <Figure
            key={metric}
            trend={trend}
            column={column}
            isChosen={metric === chosen}
            onChoose={() => onChoose(metric)}
          />
        );
      })}
    </SimpleGrid>
  );
}

interface FigureProps {
  trend: Report;
  column: Column;
  isChosen: boolean;
  onChoose: () => void;
}

function Figure({ trend, column, isChosen, onChoose }: FigureProps): ReactNode {
  const { t } = useTranslation();
  const { name, kind } = column;
  const { totals, currency } = trend;
  const change = numberOf(totals.change, name);
  return (
    <UnstyledButton className="figure" aria-pressed={isChosen} onClick={onChoose} mih={CARD_PX}>
      <Text size="xs" c="dimmed">
        {labelOf(column.label)}
      </Text>
      <Text
        fz="clamp(1.05rem, 4.6vw, 1.375rem)"
        fw={650}
        lh={1.35}
        className="numeric"
        truncate
        data-testid={`figure-${name}`}
      >
        {valueText(kind, numberOf(totals, name), currency)}
      </Text>
      {trend.previous !== undefined && (
        <Stack gap={0} fz="xs">
          <Text span inherit className="numeric" fw={550} style={{ color: TONES[toneOf(name, change)] }}>
            {changeText(change)}
          </Text>
          <Text span inherit c="dimmed" truncate>
            {t('overview.was', { value: valueText(kind, numberOf(totals.previous, name), currency) })}
          </Text>
        </Stack>
      )}
      <Sparkline values={trend.rows.map((row) => numberOf(row, name))} />
    </UnstyledButton>
  );
}
