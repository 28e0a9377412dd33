// The name of the house.
import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export function Logo({ hiddenName = false }: { hiddenName?: boolean }): ReactNode {
  return (
    <Group gap={10} wrap="nowrap">
      <img src="/barker.svg" width={28} height={28} alt={hiddenName ? 'Barker' : ''} />
      {!hiddenName && (
        <Text fw={700} size="lg" lts={-0.2}>
          Barker
        </Text>
      )}
    </Group>
  );
}
