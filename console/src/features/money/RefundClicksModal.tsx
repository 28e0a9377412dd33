// Clicks that turned out to be invalid are given back, all of them or none.
import { Modal, Radio, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { answer, api } from '@/shared/api/client';
import { onceKey } from '@/shared/form/onceKey';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { FormEnd } from '@/shared/ui/FormEnd';
import { movement } from '@/shared/ui/number';

import { MAX_NOTE_CHARS } from './amountRules';
import { type Click, type Transaction, useMoneyMoved, type Whose } from './queries';

const REASONS = ['bot', 'duplicate', 'fraud', 'accidental', 'other'] as const;

interface Props {
  isOpen: boolean;
  whose: Whose;
  clicks: Click[];
  onClose: () => void;
  onDone: () => void;
}

export function RefundClicksModal({ isOpen, ...props }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={isOpen}
      onClose={props.onClose}
      title={t('clicks.refundTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {isOpen && <RefundForm {...props} />}
    </Modal>
  );
}

function RefundForm({ whose, clicks, onClose, onDone }: Omit<Props, 'isOpen'>): ReactNode {
  const { t } = useTranslation();
  const [key] = useState(onceKey);
  const moved = useMoneyMoved(whose);
  const currency = clicks[0]?.currency ?? '';
  const sum = clicks.reduce((total, { price }) => total + price, 0);
  const { form, submit, sending, problem } = useProblemForm<{ reason: string; note: string }, Transaction>({
    initial: { reason: 'bot', note: '' },
    schema: v.object({
      reason: v.picklist(REASONS),
      note: v.pipe(v.string(), v.maxLength(MAX_NOTE_CHARS, t('fault.lengthAtMost', { first: MAX_NOTE_CHARS }))),
    }),
    send: ({ reason, note }) =>
      answer(
        api.POST('/api/v1/projects/{projectId}/advertisers/{advertiserId}/clicks/refund', {
          params: { path: { ...whose }, header: { 'Idempotency-Key': key } },
          body: {
            click_ids: clicks.map(({ click_id }) => click_id),
            reason,
            ...(note.trim() === '' ? {} : { note: note.trim() }),
          },
        }),
      ).finally(() => void moved()),
    onSuccess: (transaction) => {
      const amount = movement(transaction.amount, transaction.currency);
      notifications.show({ message: t('clicks.refunded', { amount }), color: 'green' });
      onClose();
      onDone();
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">{t('clicks.refundHint', { count: clicks.length, sum: movement(sum, currency) })}</Text>
        <Radio.Group label={t('clicks.why')} {...form.getInputProps('reason')}>
          <Stack gap="xs" mt="xs">
            {REASONS.map((reason) => (
              <Radio key={reason} value={reason} label={t(`clicks.reason.${reason}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label={t('money.note')}
          description={t('money.noteHint')}
          autosize
          minRows={2}
          {...form.getInputProps('note')}
        />
        <FormEnd
          problem={problem}
          submit={t('clicks.refund')}
          isSending={sending.isPending}
          onCancel={onClose}
          isHarmful
        />
      </Stack>
    </form>
  );
}
