// When an advertiser pays, and how far below zero it may go.
import { Checkbox, Modal, NumberInput, Radio, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import { useProblemForm } from '@/shared/form/useProblemForm';
import { Conflict, type Difference } from '@/shared/ui/Conflict';
import { FormEnd } from '@/shared/ui/FormEnd';
import { grouped, money } from '@/shared/ui/number';

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

function valuesOf({ kind, credit_limit, low_balance }: Account): Values {
  const limit = credit_limit ?? null;
  return { kind, isLimited: limit !== null, credit_limit: limit ?? 0, low_balance: low_balance ?? '' };
}

/** What somebody else has made of it, with what was changed here on top. */
function rebased(mine: Values, before: Values, theirs: Values): Values {
  const names = Object.keys(mine).filter((name) => mine[name] !== before[name]);
  return { ...theirs, ...Object.fromEntries(names.map((name) => [name, mine[name]])) };
}

/** What differs, as people read it. */
function useCompare(currency: string): (before: Account, theirs: Account, mine: Values) => Difference[] {
  const { t } = useTranslation();
  const sum = (amount: number | string): string => (amount === '' ? '—' : money(Number(amount), currency));
  const fields = [
    { field: t('money.terms.kind'), of: ({ kind }: Values) => t(`money.kind.${kind as 'prepaid'}`) },
    { field: t('money.creditLimit'), of: (terms: Values) => sum(terms.isLimited ? terms.credit_limit : '') },
    { field: t('money.terms.low'), of: (terms: Values) => sum(terms.low_balance) },
  ];
  return (before, theirs, mine) => {
    const [first, other] = [valuesOf(before), valuesOf(theirs)];
    return fields
      .filter(({ of }) => of(first) !== of(other))
      .map(({ field, of }) => ({
        field,
        was: of(first),
        theirs: of(other),
        mine: of(mine) === of(first) ? undefined : of(mine),
      }));
  };
}

function askAccount(whose: Whose): Promise<Account> {
  const path = { ...whose };
  return answer(api.GET('/api/v1/projects/{projectId}/advertisers/{advertiserId}/account', { params: { path } }));
}

function TermsForm({ account, whose, onClose }: Omit<Props, 'isOpen'>): ReactNode {
  const { t } = useTranslation();
  const changed = useMoneyMoved(whose);
  // What the form began with, whatever is learned meanwhile; another one once somebody else's was taken in.
  const [before, setBefore] = useState(account);
  const compare = useCompare(account.currency);
  const { form, submit, sending, problem } = useProblemForm<Values, Account>({
    initial: valuesOf(account),
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
          headers: { 'If-Match': `"${before.version}"` },
        }),
      ).finally(() => void changed()),
    onSuccess: () => {
      notifications.show({ message: t('common.saved'), color: 'green' });
      onClose();
    },
  });
  const takeIn = (theirs: Account, values: Values): void => {
    setBefore(theirs);
    form.setValues(values);
    sending.reset();
  };
  const isPrepaid = form.values.kind === 'prepaid';
  const choose = (kind: string): void => {
    form.setFieldValue('kind', kind);
    if (kind === 'prepaid') form.setFieldValue('isLimited', true);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
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
            {...grouped()}
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
            {...grouped()}
            hideControls
            clampBehavior="none"
            allowNegative={false}
            {...form.getInputProps('low_balance')}
          />
        )}
        <FormEnd
          conflict={
            <Conflict
              about={['account', whose.projectId, whose.advertiserId, before.version]}
              read={() => askAccount(whose)}
              compare={(theirs) => compare(before, theirs, form.values)}
              onMine={(theirs) => takeIn(theirs, rebased(form.getValues(), valuesOf(before), valuesOf(theirs)))}
              onTheirs={(theirs) => takeIn(theirs, valuesOf(theirs))}
            />
          }
          problem={problem}
          submit={t('common.save')}
          isSending={sending.isPending}
          onCancel={onClose}
        />
      </Stack>
    </form>
  );
}
