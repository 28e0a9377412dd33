// The head of every page: what it is, what it is for, what can be done on it. Also names the browser's tab.
import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

interface Props {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  badge?: ReactNode;
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Barker' : `${title} · Barker`;
  }, [title]);
}

export function PageHeader({ title, description, actions, badge }: Props): ReactNode {
  useTitle(title);
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Stack gap={4} maw="46rem" miw={0} flex="1 1 18rem">
        <Group gap="sm" wrap="wrap">
          <Title order={1} className="break-anywhere">
            {title}
          </Title>
          {badge}
        </Group>
        {description !== undefined && (
          <Text c="dimmed" size="sm" component="div">
            {description}
          </Text>
        )}
      </Stack>
      {actions !== undefined && <Box>{actions}</Box>}
    </Group>
  );
}
