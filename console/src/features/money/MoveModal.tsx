// Money moved by hand: a top-up, a refund of spend, an adjustment. One opened form is one movement: a second click, or another
// attempt after an answer that got lost, pays nothing twice.
import { Alert, Modal, NumberInput, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import { onceKey } from '@/shared/form/onceKey';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { FormEnd } from '@/shared/ui/FormEnd';
import { grouped, movement } from '@/shared/ui/number';

import { MAX_AMOUNT, type Move, moveSchema } from './amountRules';
import { type Account, type Transaction, useMoneyMoved, type Whose } from './queries';

interface Values extends Record<string, unknown> {
  amount: number | string;
  note: string;
}

interface Props {
  move: Move | undefined;
  account: Account;
  whose: Whose;
  onClose: () => void;
}

export function MoveModal({ move, account, whose, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={move !== undefined}
      onClose={onClose}
      title={move === undefined ? '' : t(`money.move.${move}.title`)}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {move !== undefined && <MoveForm move={move} account={account} whose={whose} onClose={onClose} />}
    </Modal>
  );
}

function post(move: Move, { projectId, advertiserId }: Whose, key: string, body: object): Promise<Transaction> {
  const init = {
    params: { path: { projectId, advertiserId }, header: { 'Idempotency-Key': key } },
    body: body as { amount: number },
  };
  const at = '/api/v1/projects/{projectId}/advertisers/{advertiserId}/account' as const;
  switch (move) {
    case 'top_up':
      return answer(api.POST(`${at}/top-ups`, init));
    case 'refund':
      return answer(api.POST(`${at}/refunds`, init));
    case 'adjustment':
      return answer(api.POST(`${at}/adjustments`, init));
  }
}

function MoveForm({ move, account, whose, onClose }: Omit<Props, 'move'> & { move: Move }): ReactNode {
  const { t } = useTranslation();
  const [key] = useState(onceKey);
  const moved = useMoneyMoved(whose);
  const { currency, balance } = account;
  const { form, submit, sending, problem } = useProblemForm<Values, Transaction>({
    initial: { amount: '', note: '' },
    schema: moveSchema(t, move),
    send: async ({ amount, note }) => {
      const words = note.trim() === '' ? {} : { note: note.trim() };
      try {
        return await post(move, whose, key, { amount: Number(amount), currency, ...words });
      } finally {
        // Also after a failure: an answer may have got lost on its way back.
        void moved();
      }
    },
    onSuccess: (transaction) => {
      const [amount, now] = [movement(transaction.amount, currency, true), movement(transaction.balance, currency)];
      notifications.show({ message: t('money.moved', { amount, balance: now }), color: 'green' });
      onClose();
    },
  });
  const amount = Number(form.values.amount);
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t(`money.move.${move}.hint`)}
        </Text>
        <NumberInput
          label={`${t('money.amount')}, ${currency}`}
          data-autofocus
          decimalScale={6}
          {...grouped()}
          hideControls
          max={MAX_AMOUNT}
          clampBehavior="none"
          allowNegative={move === 'adjustment'}
          {...form.getInputProps('amount')}
        />
        <Textarea
          label={t('money.note')}
          description={t('money.noteHint')}
          autosize
          minRows={2}
          {...form.getInputProps('note')}
        />
        {form.values.amount !== '' && Number.isFinite(amount) && (
          <Alert variant="light" color="gray" p="xs">
            {t('money.after', {
              before: movement(balance, currency),
              now: movement(balance + amount, currency),
            })}
          </Alert>
        )}
        <FormEnd
          problem={problem}
          submit={t(`money.move.${move}.submit`)}
          isSending={sending.isPending}
          onCancel={onClose}
        />
      </Stack>
    </form>
  );
}
