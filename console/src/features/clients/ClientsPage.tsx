// The people who see ads: found, made, changed, and erased when they ask for it.
import { Badge, Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { IconAddressBook, IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as v from 'valibot';

import { mayAs, useProject } from '@/shared/session/viewer';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { EmptyState } from '@/shared/ui/EmptyState';
import { type Column, ListTable } from '@/shared/ui/ListTable';
import { NothingFound } from '@/shared/ui/NothingFound';
import { PageHeader } from '@/shared/ui/PageHeader';
import { SearchInput } from '@/shared/ui/SearchInput';
import { choice, page, text, useFilters, useProjectId } from '@/shared/url/filters';

import { ClientModal } from './ClientModal';
import {
  type Client,
  eraseClient,
  GENDERS,
  PAGE_SIZE,
  SORTS,
  useClients,
  useClientsChanged,
  type Wanted,
} from './queries';

const age = v.fallback(v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))), undefined);
const address = {
  search: text,
  gender: choice(GENDERS),
  location: text,
  age_from: age,
  age_to: age,
  sort: choice(SORTS),
  page,
};
type Address = ReturnType<typeof useFilters<typeof address>>;

export function ClientsPage(): ReactNode {
  const { t } = useTranslation();
  const projectId = useProjectId();
  const project = useProject(projectId).data;
  const [mayWork, mayErase] = [mayAs(project, 'marketer'), mayAs(project, 'owner')];
  const { values, change, clear, isNarrowed } = useFilters(address);
  const clients = useClients(projectId, wantedOf(values));
  const [isCreating, { open, close }] = useDisclosure(false);
  const [edited, setEdited] = useState<string>();
  const [erased, setErased] = useState<Client>();
  const columns = useColumns(setEdited, mayErase ? setErased : undefined);
  const create = mayWork && (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t('clients.create')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('clients.title')} description={t('clients.lead')} actions={create} />
      <FilterBar values={values} change={change} />
      <ListTable
        label={t('clients.title')}
        columns={columns}
        query={clients}
        rowId={(client) => client.client_id}
        page={values.page}
        pageSize={PAGE_SIZE}
        onPage={(next) => change({ page: next })}
        empty={
          isNarrowed ? (
            <NothingFound icon={IconAddressBook} onClear={clear} />
          ) : (
            <EmptyState icon={IconAddressBook} title={t('clients.none')} hint={t('clients.noneHint')} action={create} />
          )
        }
      />
      {isCreating && <ClientModal projectId={projectId} clientId={undefined} onClose={close} />}
      {edited !== undefined && (
        <ClientModal projectId={projectId} clientId={edited} onClose={() => setEdited(undefined)} />
      )}
      <Erasing projectId={projectId} client={erased} onClose={() => setErased(undefined)} />
    </>
  );
}

/** Without what is not said. */
function wantedOf(values: Address['values']): Wanted {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as unknown as Wanted;
}

function FilterBar({ values, change }: Pick<Address, 'values' | 'change'>): ReactNode {
  const { t } = useTranslation();
  return (
    <Group align="flex-start" gap="md" className="filter-bar">
      <SearchInput label={t('clients.search')} value={values.search} onChange={(words) => change({ search: words })} />
      <SearchInput
        label={t('clients.searchLocation')}
        value={values.location}
        onChange={(location) => change({ location })}
      />
      <Group gap="xs" wrap="nowrap">
        <AgeInput label={t('field.age_from')} value={values.age_from} onChange={(age_from) => change({ age_from })} />
        <AgeInput label={t('field.age_to')} value={values.age_to} onChange={(age_to) => change({ age_to })} />
      </Group>
      <Select
        aria-label={t('field.gender')}
        data={['', ...GENDERS].map((value) => ({ value, label: t(`gender.${(value || 'ALL') as 'ALL'}`) }))}
        allowDeselect={false}
        value={values.gender ?? ''}
        onChange={(gender) => change({ gender: gender === '' ? undefined : gender })}
      />
      <Select
        aria-label={t('advertising.sort.label')}
        data={SORTS.map((value) => ({ value, label: t(`clients.sort.${value}`) }))}
        allowDeselect={false}
        value={values.sort ?? 'id'}
        onChange={(sort) => change({ sort: sort === 'id' ? undefined : sort })}
      />
    </Group>
  );
}

/** A pause after which what was typed stands in the address. */
const PAUSE_MS = 250;

interface AgeProps {
  label: string;
  value: number | undefined;
  onChange: (age: number | undefined) => void;
}

function AgeInput({ label, value, onChange }: AgeProps): ReactNode {
  const [typed, setTyped] = useState<number | string>(value ?? '');
  const [known, setKnown] = useState(value);
  // The back button changes the address; what is typed follows.
  if (known !== value) {
    setKnown(value);
    setTyped(value ?? '');
  }
  const tell = useDebouncedCallback((age: number | string) => onChange(age === '' ? undefined : Number(age)), PAUSE_MS);
  return (
    <NumberInput
      aria-label={label}
      placeholder={label}
      w={130}
      min={0}
      allowDecimal={false}
      value={typed}
      onChange={(age) => {
        setTyped(age);
        tell(age);
      }}
    />
  );
}

function useColumns(
  onEdit: (clientId: string) => void,
  onErase: ((client: Client) => void) | undefined,
): Column<Client>[] {
  const { t } = useTranslation();
  return useMemo<Column<Client>[]>(
    () => [
      {
        id: 'login',
        header: t('field.login'),
        cell: ({ row: { original: client } }) => (
          <Stack gap={2} miw={180} maw={360}>
            <Text size="sm" fw={500} className="break-anywhere">
              {client.login}
            </Text>
            <Text size="xs" c="dimmed" className="break-anywhere numeric">
              {client.client_id}
            </Text>
          </Stack>
        ),
      },
      {
        id: 'age',
        header: t('clients.age'),
        cell: ({ row }) => (
          <Text size="sm" className="numeric">
            {row.original.age}
          </Text>
        ),
      },
      {
        id: 'gender',
        header: t('field.gender'),
        cell: ({ row }) => <Badge variant="light">{t(`gender.one.${row.original.gender}`)}</Badge>,
      },
      {
        id: 'location',
        header: t('field.location'),
        cell: ({ row }) => (
          <Text size="sm" className="break-anywhere" maw={280}>
            {row.original.location}
          </Text>
        ),
      },
      {
        id: 'steps',
        header: '',
        cell: ({ row: { original: client } }) => (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            <Button variant="default" size="xs" onClick={() => onEdit(client.client_id)}>
              {t('advertising.edit')}
            </Button>
            {onErase !== undefined && (
              <Button variant="subtle" color="red" size="xs" onClick={() => onErase(client)}>
                {t('clients.erase')}
              </Button>
            )}
          </Group>
        ),
      },
    ],
    [t, onEdit, onErase],
  );
}

interface ErasingProps {
  projectId: string;
  client: Client | undefined;
  onClose: () => void;
}

function Erasing({ projectId, client, onClose }: ErasingProps): ReactNode {
  const { t } = useTranslation();
  const changed = useClientsChanged(projectId);
  const erasing = useMutation({
    mutationFn: (clientId: string) => eraseClient(projectId, clientId),
    onSuccess: onClose,
    onSettled: changed,
  });
  const { mutate, reset, isPending, error } = erasing;
  return (
    <ConfirmModal
      isOpen={client !== undefined}
      title={t('clients.eraseAsk', { login: client?.login ?? '' })}
      confirm={t('clients.erase')}
      onConfirm={() => client !== undefined && mutate(client.client_id)}
      onClose={() => {
        reset();
        onClose();
      }}
      isPending={isPending}
      error={error}
    >
      {t('clients.eraseHint')}
    </ConfirmModal>
  );
}
