// Parts of the form of a campaign: from when to when, how much, for how much money, how fast. What is fixed already, or may
// only be raised, is said beside its field before anybody tries.
import { Checkbox, NumberInput, Radio, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Project } from '@/shared/session/viewer';
import { DayInput } from '@/shared/ui/DayInput';
import { count, grouped, money, price } from '@/shared/ui/number';

import { type Form, Part } from './CampaignFields';
import { dayOf, dayValue, PACINGS, USUAL_DAYS, WINDOWS } from './campaignValues';
import { mostSpent, oneShow } from './spending';
import type { Campaign } from './queries';

interface FlightProps {
  form: Form;
  project: Project;
  today: number;
  /** The first day has come, and stays. */
  isFrozen: boolean;
}

export function Flight({ form, project, today, isFrozen }: FlightProps): ReactNode {
  const { t } = useTranslation();
  const { is_sandbox: isSandbox, time_zone: zone } = project;
  const { start_date: start, end_date: end } = form.values;
  const isOpen = end === '';
  const usualEnd = (): string | number =>
    dayValue(Math.max(dayOf(start, isSandbox), today) + USUAL_DAYS - 1, isSandbox);
  return (
    <Part title={t('advertising.flight')}>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <FlightDay
          form={form}
          name="start_date"
          isSandbox={isSandbox}
          isDisabled={isFrozen}
          hint={isFrozen ? t('advertising.form.startFrozen') : undefined}
        />
        <Stack gap="xs">
          <FlightDay form={form} name="end_date" isSandbox={isSandbox} isDisabled={isOpen} />
          <Checkbox
            label={t('advertising.form.openEnd')}
            checked={isOpen}
            onChange={(event) => form.setFieldValue('end_date', event.currentTarget.checked ? '' : usualEnd())}
          />
        </Stack>
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {isSandbox
          ? t('advertising.form.sandboxDays', { today: String(today) })
          : t('advertising.form.inclusive', { zone: zone ?? 'UTC' })}
      </Text>
    </Part>
  );
}

interface DayProps {
  form: Form;
  name: 'start_date' | 'end_date';
  isSandbox: boolean;
  isDisabled: boolean;
  hint?: string | undefined;
}

function FlightDay({ form, name, isSandbox, isDisabled, hint }: DayProps): ReactNode {
  const { t } = useTranslation();
  const shared = { label: t(`field.${name}`), disabled: isDisabled, description: hint };
  const order = ['label', 'input', 'description', 'error'] as const;
  if (isSandbox) {
    return (
      <NumberInput
        {...shared}
        inputWrapperOrder={[...order]}
        min={0}
        allowDecimal={false}
        {...form.getInputProps(name)}
      />
    );
  }
  return <DayInput {...shared} inputWrapperOrder={[...order]} {...form.getInputProps(name)} />;
}

interface Props {
  form: Form;
  project: Project;
  /** How far it is. */
  done: Campaign | undefined;
}

const BELOW = ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[];

export function Limits({ form, project, done }: Props): ReactNode {
  const { t } = useTranslation();
  const least = { impressions_limit: done?.impressions_count ?? 0, clicks_limit: done?.clicks_count ?? 0 };
  return (
    <Part title={t('advertising.form.limits')}>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {(['impressions_limit', 'clicks_limit'] as const).map((name) => (
          <NumberInput
            key={name}
            label={t(`field.${name}`)}
            description={least[name] > 0 ? t('advertising.form.notBelow', { least: count(least[name]) }) : undefined}
            inputWrapperOrder={BELOW}
            min={0}
            allowDecimal={false}
            {...grouped()}
            {...form.getInputProps(name)}
          />
        ))}
        {(['cost_per_impression', 'cost_per_click'] as const).map((name) => (
          <NumberInput
            key={name}
            label={`${t(`field.${name}`)}, ${project.currency}`}
            min={0}
            decimalScale={6}
            {...form.getInputProps(name)}
          />
        ))}
      </SimpleGrid>
      {done !== undefined && (
        <Text size="xs" c="dimmed">
          {t('advertising.form.pricesFromNow')}
        </Text>
      )}
    </Part>
  );
}

export function Spending({ form, project, done }: Props): ReactNode {
  const { t } = useTranslation();
  const { currency, is_sandbox: isSandbox } = project;
  const spent = { total_budget: done?.spent ?? 0, daily_budget: done?.spent_today ?? 0 };
  const most = mostSpent(form.values, isSandbox);
  return (
    <Part title={t('advertising.form.budget')}>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {(['total_budget', 'daily_budget'] as const).map((name) => (
          <NumberInput
            key={name}
            label={`${t(`field.${name}`)}, ${currency}`}
            description={
              spent[name] > 0 ? t(`advertising.form.spent.${name}`, { spent: price(spent[name], currency) }) : undefined
            }
            placeholder={t('advertising.form.unbounded')}
            inputWrapperOrder={BELOW}
            min={0}
            decimalScale={6}
            {...grouped()}
            {...form.getInputProps(name)}
          />
        ))}
      </SimpleGrid>
      <TooSmall form={form} currency={currency} />
      <Radio.Group label={t('field.pacing')} {...form.getInputProps('pacing')}>
        <Stack gap="xs" mt="xs">
          {PACINGS.map((value) => (
            <Radio
              key={value}
              value={value}
              label={t(`advertising.pacing.${value}`)}
              description={t(`advertising.pacing.${value}Hint`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Cap form={form} />
      {most !== undefined && (
        <Text size="sm" c="dimmed">
          {t('advertising.form.most', { sum: money(most, currency) })}
        </Text>
      )}
    </Part>
  );
}

/** A budget that does not cover a single show and its click would keep the campaign from being shown at all. */
function TooSmall({ form, currency }: { form: Form; currency: string }): ReactNode {
  const { t } = useTranslation();
  const { total_budget, daily_budget } = form.values;
  const needed = oneShow(form.values);
  const isTooSmall = [total_budget, daily_budget].some((budget) => budget !== '' && Number(budget) < needed);
  if (!isTooSmall) return null;
  return (
    <Text size="sm" c="var(--mantine-color-orange-light-color)" role="status">
      {t('advertising.form.tooSmall', { needed: price(needed, currency) })}
    </Text>
  );
}

function Cap({ form }: { form: Form }): ReactNode {
  const { t } = useTranslation();
  const isCapped = form.values.frequency_cap.impressions !== '';
  return (
    <div>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberInput
          label={t('field.frequency_cap')}
          placeholder={t('advertising.form.uncapped')}
          min={1}
          max={1_000}
          allowDecimal={false}
          {...form.getInputProps('frequency_cap.impressions')}
        />
        <Select
          label={t('field.per')}
          data={WINDOWS.map((value) => ({ value, label: t(`advertising.window.${value}`) }))}
          allowDeselect={false}
          disabled={!isCapped}
          {...form.getInputProps('frequency_cap.per')}
        />
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt={6}>
        {t(isCapped ? 'advertising.form.cappedHint' : 'advertising.form.uncappedHint')}
      </Text>
    </div>
  );
}
