// What stands where there is nothing yet: what would be here, and how it gets here.
import { Center, Stack, Text, ThemeIcon } from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';

interface Props {
  icon: ComponentType<{ size?: number | string; stroke?: number | string }>;
  title: string;
  hint?: ReactNode;
  action?: ReactNode;
  /** Where it is all there is on the page. */
  isHeading?: boolean;
}

export function EmptyState({ icon: Icon, title, hint, action, isHeading = false }: Props): ReactNode {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="sm" maw="30rem">
        <ThemeIcon size={56} radius="xl" variant="light" aria-hidden>
          <Icon size={28} stroke={1.5} />
        </ThemeIcon>
        <Text fw={600} ta="center" {...(isHeading ? { component: 'h1', m: 0 } : {})}>
          {title}
        </Text>
        {hint !== undefined && (
          <Text c="dimmed" size="sm" ta="center" component="div">
            {hint}
          </Text>
        )}
        {action}
      </Stack>
    </Center>
  );
}
