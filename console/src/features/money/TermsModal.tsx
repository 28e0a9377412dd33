// When an advertiser pays, and how far below zero it may go.
import { Button, Checkbox, Group, Modal, NumberInput, Radio, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { termsSchema } from './amountRules';
import { type Account, useMoneyMoved, type Whose } from './queries';

interface Values extends Record<string, unknown> {
  kind: string;
  isLimited: boolean;
  credit_limit: number | string;
  /** Empty: nobody is told. */
  low_balance: number | string;
}

interface Props {
  isOpen: boolean;
  account: Account;
  whose: Whose;
  onClose: () => void;
}

export function TermsModal({ isOpen, ...props }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={isOpen}
      onClose={props.onClose}
      title={t('money.terms.title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {isOpen && <TermsForm {...props} />}
    </Modal>
  );
}

function TermsForm({ account, whose, onClose }: Omit<Props, 'isOpen'>): ReactNode {
  const { t } = useTranslation();
  const changed = useMoneyMoved(whose);
  const limit = account.credit_limit ?? null;
  const { form, submit, sending, problem } = useProblemForm<Values, Account>({
    initial: {
      kind: account.kind,
      isLimited: limit !== null,
      credit_limit: limit ?? 0,
      low_balance: account.low_balance ?? '',
    },
    schema: termsSchema(t),
    send: ({ kind, isLimited, credit_limit, low_balance }) =>
      answer(
        api.PATCH('/api/v1/projects/{projectId}/advertisers/{advertiserId}/account', {
          params: { path: { ...whose } },
          body: {
            kind,
            credit_limit: isLimited ? Number(credit_limit) : null,
            low_balance: isLimited && low_balance !== '' ? Number(low_balance) : null,
          },
          headers: { 'If-Match': `"${account.version}"` },
        }),
      ).finally(() => void changed()),
    onSuccess: () => {
      notifications.show({ message: t('common.saved'), color: 'green' });
      onClose();
    },
  });
  const isPrepaid = form.values.kind === 'prepaid';
  const choose = (kind: string): void => {
    form.setFieldValue('kind', kind);
    if (kind === 'prepaid') form.setFieldValue('isLimited', true);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ProblemAlert error={problem} />
        <Radio.Group label={t('money.terms.kind')} value={form.values.kind} onChange={choose}>
          <Stack gap="sm" mt="xs">
            {(['prepaid', 'postpaid'] as const).map((kind) => (
              <Radio
                key={kind}
                value={kind}
                label={t(`money.kind.${kind}`)}
                description={t(`money.kindHint.${kind}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {!isPrepaid && (
          <Checkbox label={t('money.terms.limited')} {...form.getInputProps('isLimited', { type: 'checkbox' })} />
        )}
        {(isPrepaid || form.values.isLimited) && (
          <NumberInput
            label={`${t('money.creditLimit')}, ${account.currency}`}
            description={t('money.terms.limitHint')}
            min={0}
            decimalScale={6}
            thousandSeparator=" "
            hideControls
            clampBehavior="none"
            allowNegative={false}
            {...form.getInputProps('credit_limit')}
          />
        )}
        {(isPrepaid || form.values.isLimited) && (
          <NumberInput
            label={`${t('money.terms.low')}, ${account.currency}`}
            description={t('money.terms.lowHint')}
            min={0}
            decimalScale={6}
            thousandSeparator=" "
            hideControls
            clampBehavior="none"
            allowNegative={false}
            {...form.getInputProps('low_balance')}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={sending.isPending}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
