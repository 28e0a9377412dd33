// Oneself: the profile, and the way out.
import { Avatar, Menu, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, done } from '@/shared/api/client';
import { signedOut } from '@/shared/session/token';
import { useMe } from '@/shared/session/viewer';

export function UserMenu(): ReactNode {
  const { t } = useTranslation();
  const me = useMe();
  const leaving = useMutation({
    mutationFn: () => done(api.POST('/api/v1/auth/logout')),
    // Also when the server does not answer: this browser forgets.
    onSettled: signedOut,
  });
  const name = me.data?.name || me.data?.email || '';
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton>
          <Avatar name={name} color="initials" size={34} alt="" />
          <VisuallyHidden>{`, ${t('home.user', { name })}`}</VisuallyHidden>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} truncate c="var(--mantine-color-text)">
            {name}
          </Text>
          <Text size="xs" truncate>
            {me.data?.email}
          </Text>
        </Menu.Label>
        <Menu.Item component={Link} to="/profile" leftSection={<IconUser size={16} />}>
          {t('profile.title')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leaving.mutate()}>
          {t('home.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
