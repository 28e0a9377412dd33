// Days that a list of money is narrowed to.
import { Group, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  from: string | undefined;
  to: string | undefined;
  onChange: (patch: { from?: string | undefined; to?: string | undefined }) => void;
}

export function DaysInput({ from, to, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap="sm" wrap="nowrap">
      <TextInput
        type="date"
        aria-label={t('money.firstDay')}
        title={t('money.firstDay')}
        value={from ?? ''}
        onChange={(event) => onChange({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        aria-label={t('money.lastDay')}
        title={t('money.lastDay')}
        value={to ?? ''}
        onChange={(event) => onChange({ to: event.currentTarget.value || undefined })}
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
