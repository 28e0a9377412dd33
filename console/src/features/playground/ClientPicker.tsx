// Which client is played, or looked at: some client or other, one of the list, or one whose id is known.
import { Badge, Button, Card, Group, Select, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDice5 } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { type Client, useClients } from './queries';

const TYPING_MS = 250;

interface Props {
  projectId: string;
  client: Client | undefined;
  error: unknown;
  isLoading: boolean;
  onOther: () => void;
  onChoose: (client: Client) => void;
  children?: ReactNode;
}

export function ClientPicker({ projectId, client, error, isLoading, onOther, onChoose, children }: Props): ReactNode {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS);
  const { rows = [] } = useClients(projectId, search).data ?? {};
  const choices = rows.map(({ client_id: value, login }) => ({ value, label: login }));
  const isListed = rows.some(({ client_id: id }) => id === client?.client_id);
  return (
    <Card padding="lg">
      <Title order={2} size="h4" mb="sm">
        {t('playground.client')}
      </Title>
      <ProblemAlert error={error} onRetry={onOther} />
      {client === undefined ? isLoading && <Skeleton height={76} /> : <Who client={client} />}
      <Select
        mt="md"
        aria-label={t('playground.choose')}
        placeholder={t('playground.choose')}
        data={choices}
        searchable
        searchValue={typed}
        onSearchChange={setTyped}
        // The server has looked already, among more than are here.
        filter={({ options }) => options}
        nothingFoundMessage={t('common.nothingFits')}
        value={isListed ? (client?.client_id ?? null) : null}
        onChange={(id) => {
          const chosen = rows.find((one) => one.client_id === id);
          if (chosen !== undefined) onChoose(chosen);
        }}
      />
      <Group mt="md" gap="sm">
        <Button variant="default" leftSection={<IconDice5 size={18} />} loading={isLoading} onClick={onOther}>
          {t('playground.other')}
        </Button>
        {children}
      </Group>
    </Card>
  );
}

function Who({ client }: { client: Client }): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack gap={6}>
      <Text fw={600} size="lg" className="break-anywhere" data-testid="client">
        {client.login}
      </Text>
      <Group gap={6}>
        <Badge variant="light">{t(`gender.one.${client.gender}`)}</Badge>
        <Badge variant="light">{t('playground.age', { count: client.age })}</Badge>
        <Badge variant="light">{client.location}</Badge>
      </Group>
    </Stack>
  );
}
