// Clicks on an advertiser's ads, one by one; owners give back those that turn out to be invalid.
import { Anchor, Badge, Button, Checkbox, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconClick } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { mayAs, useProject } from '@/shared/session/viewer';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { Moment } from '@/shared/ui/Moment';
import { movement } from '@/shared/ui/number';
import { choice, page, text, useFilters, usePathPart, useProjectId } from '@/shared/url/filters';

import { DaysInput, daysOf } from './DaysInput';
import { Sum } from './Posting';
import { type Click, type Outcome, OUTCOMES, PAGE_SIZE, useCampaignTitles, useClicks, type Whose } from './queries';
import { RefundClicksModal } from './RefundClicksModal';

/** Those that cost nothing, for reasons that nobody is to blame for, are grey. */
const COLORS: Partial<Record<Outcome, string>> = {
  billed: 'green',
  budget: 'orange',
  no_money: 'orange',
  link_expired: 'gray',
  prefetch: 'gray',
  bot: 'red',
  invalid: 'red',
};
const address = { campaign_id: text, outcome: choice(OUTCOMES), from: text, to: text, page };

/** Chosen clicks, by id: what they cost is known after the page has been left. */
type Chosen = ReadonlyMap<string, Click>;
const NOTHING: Chosen = new Map();

export function ClicksPage(): ReactNode {
  const { t } = useTranslation();
  const whose = { projectId: useProjectId(), advertiserId: usePathPart('advertiserId') };
  const mayRefund = mayAs(useProject(whose.projectId).data, 'owner');
  const { values, change, clear, isNarrowed } = useFilters(address);
  const [chosen, setChosen] = useState(NOTHING);
  const clicks = useClicks(whose, {
    ...(values.campaign_id === undefined ? {} : { campaign_id: values.campaign_id }),
    ...(values.outcome === undefined ? {} : { outcome: values.outcome }),
    ...daysOf(values),
    page: values.page,
  });
  const billed = (clicks.data?.rows ?? []).filter((click) => click.outcome === 'billed');
  const columns = useColumns(whose, mayRefund ? { chosen, setChosen, billed } : undefined);
  return (
    <>
      <FilterBar whose={whose} values={values} change={change} />
      {chosen.size > 0 && <ChosenBar whose={whose} chosen={chosen} onClear={() => setChosen(NOTHING)} />}
      <ListTable
        label={t('clicks.title')}
        columns={columns}
        query={clicks}
        rowId={(click) => click.click_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          <EmptyState
            icon={IconClick}
            title={t(isNarrowed ? 'common.nothingFits' : 'clicks.none')}
            hint={t(isNarrowed ? 'common.nothingFitsHint' : 'clicks.noneHint')}
            action={
              isNarrowed && (
                <Button variant="light" onClick={clear}>
                  {t('common.clearFilters')}
                </Button>
              )
            }
          />
        }
      />
    </>
  );
}

interface BarProps {
  whose: Whose;
  values: ReturnType<typeof useFilters<typeof address>>['values'];
  change: ReturnType<typeof useFilters<typeof address>>['change'];
}

function FilterBar({ whose, values, change }: BarProps): ReactNode {
  const { t } = useTranslation();
  const titles = useCampaignTitles(whose).data;
  const campaigns = Array.from(titles ?? [], ([value, label]) => ({ value, label }));
  return (
    <Group mb="md" gap="md">
      <Select
        flex="1 1 14rem"
        aria-label={t('advertising.campaign')}
        placeholder={t('clicks.allCampaigns')}
        data={campaigns}
        searchable
        clearable
        limit={100}
        value={values.campaign_id ?? null}
        onChange={(id) => change({ campaign_id: id ?? undefined })}
      />
      <Select
        flex="1 1 14rem"
        aria-label={t('clicks.outcomeOf')}
        placeholder={t('clicks.allOutcomes')}
        data={OUTCOMES.map((value) => ({ value, label: t(`clicks.outcome.${value}`) }))}
        clearable
        value={values.outcome ?? null}
        onChange={(outcome) => change({ outcome: outcome ?? undefined })}
      />
      <DaysInput from={values.from} to={values.to} onChange={change} />
    </Group>
  );
}

function ChosenBar({ whose, chosen, onClear }: { whose: Whose; chosen: Chosen; onClear: () => void }): ReactNode {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  const clicks = [...chosen.values()];
  const sum = clicks.reduce((total, { price }) => total + price, 0);
  const currency = clicks[0]?.currency ?? '';
  return (
    <Paper p="sm" mb="md" role="status">
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {t('clicks.chosen', { count: chosen.size, sum: movement(sum, currency) })}
        </Text>
        <Group gap="sm">
          <Button variant="subtle" size="compact-md" onClick={onClear}>
            {t('clicks.unchoose')}
          </Button>
          <Button size="compact-md" color="red.9" onClick={open}>
            {t('clicks.refund')}
          </Button>
        </Group>
      </Group>
      <RefundClicksModal isOpen={isOpen} whose={whose} clicks={clicks} onClose={close} onDone={onClear} />
    </Paper>
  );
}

interface Choosing {
  chosen: Chosen;
  setChosen: (chosen: Chosen) => void;
  billed: Click[];
}

/** With some more, or without them. */
function changed(chosen: Chosen, clicks: Click[], isIn: boolean): Chosen {
  const next = new Map(chosen);
  for (const click of clicks) {
    if (isIn) next.set(click.click_id, click);
    else next.delete(click.click_id);
  }
  return next;
}

function useColumns(whose: Whose, choosing: Choosing | undefined): Column<Click>[] {
  const { t } = useTranslation();
  const { projectId } = whose;
  const titles = useCampaignTitles(whose).data;
  return useMemo<Column<Click>[]>(
    () => [
      ...(choosing === undefined ? [] : [choiceColumn(choosing, t('clicks.chooseAll'), t('clicks.choose'))]),
      { id: 'when', header: t('clicks.when'), cell: ({ row }) => <Moment at={row.original.occurred_at} exact /> },
      {
        id: 'campaign',
        header: t('advertising.campaign'),
        cell: ({ row: { original: click } }) => (
          <Stack gap={2} miw={180}>
            <Anchor
              component={Link}
              to="/projects/$projectId/campaigns/$campaignId"
              params={{ projectId, campaignId: click.campaign_id } as never}
              size="sm"
            >
              {titles?.get(click.campaign_id) ?? t('advertising.campaign')}
            </Anchor>
            <Text size="xs" c="dimmed" title={click.client_id}>
              {t('clicks.client', { id: click.client_id.slice(0, 8) })}
            </Text>
          </Stack>
        ),
      },
      { id: 'outcome', header: t('clicks.outcomeOf'), cell: ({ row }) => <OutcomeBadge click={row.original} /> },
      {
        id: 'price',
        header: t('clicks.price'),
        cell: ({ row: { original } }) => <Sum value={original.price} currency={original.currency} />,
      },
    ],
    [t, projectId, titles, choosing],
  );
}

function choiceColumn({ chosen, setChosen, billed }: Choosing, all: string, one: string): Column<Click> {
  const held = billed.filter(({ click_id }) => chosen.has(click_id)).length;
  return {
    id: 'choice',
    header: () => (
      <Checkbox
        aria-label={all}
        size="xs"
        disabled={billed.length === 0}
        checked={held > 0 && held === billed.length}
        indeterminate={held > 0 && held < billed.length}
        onChange={(event) => setChosen(changed(chosen, billed, event.currentTarget.checked))}
      />
    ),
    cell: ({ row: { original: click } }) =>
      click.outcome === 'billed' && (
        <Checkbox
          aria-label={one}
          size="xs"
          checked={chosen.has(click.click_id)}
          onChange={(event) => setChosen(changed(chosen, [click], event.currentTarget.checked))}
        />
      ),
  };
}

function OutcomeBadge({ click }: { click: Click }): ReactNode {
  const { t } = useTranslation();
  const outcome = click.outcome as Outcome;
  return (
    <Stack gap={2} align="flex-start">
      <Badge variant="light" color={COLORS[outcome] ?? 'gray'}>
        {t(`clicks.outcome.${outcome}`)}
      </Badge>
      {(click.invalid_reason ?? '') !== '' && (
        <Text size="xs" c="dimmed">
          {t(`clicks.reason.${click.invalid_reason as 'bot'}`, { defaultValue: click.invalid_reason ?? '' })}
        </Text>
      )}
    </Stack>
  );
}
