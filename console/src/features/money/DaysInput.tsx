// Days that a list of money is narrowed to.
import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { DayInput } from '@/shared/ui/DayInput';

interface Props {
  from: string | undefined;
  to: string | undefined;
  onChange: (patch: { from?: string | undefined; to?: string | undefined }) => void;
}

export function DaysInput({ from, to, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap="sm" wrap="nowrap">
      <DayInput
        isOptional
        aria-label={t('money.firstDay')}
        placeholder={t('money.firstDay')}
        value={from ?? ''}
        onChange={(day) => onChange({ from: day || undefined })}
      />
      <DayInput
        isOptional
        aria-label={t('money.lastDay')}
        placeholder={t('money.lastDay')}
        value={to ?? ''}
        onChange={(day) => onChange({ to: day || undefined })}
      />
    </Group>
  );
}

/** What the server is asked for. */
export function daysOf({ from, to }: { from?: string | undefined; to?: string | undefined }): {
  date_from?: string;
  date_to?: string;
} {
  return { ...(from === undefined ? {} : { date_from: from }), ...(to === undefined ? {} : { date_to: to }) };
}
