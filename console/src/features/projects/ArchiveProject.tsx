// Putting a project away, and taking it out again.
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '@/shared/api/client';
import type { Project } from '@/shared/session/viewer';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';

export function ArchiveProject({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isOpen, { open, close }] = useDisclosure(false);
  const kind = project.is_archived ? 'restore' : 'archive';
  const changing = useMutation({
    mutationFn: () => {
      const request = { params: { path: { projectId: project.project_id } } };
      return answer(
        project.is_archived
          ? api.POST('/api/v1/projects/{projectId}/restore', request)
          : api.POST('/api/v1/projects/{projectId}/archive', request),
      );
    },
    onSuccess: (changed) => {
      queries.setQueryData(['project', project.project_id], changed);
      void queries.invalidateQueries({ queryKey: ['projects'] });
      close();
    },
  });
  return (
    <Paper p="lg">
      <Group justify="space-between" align="center">
        <Stack gap={2} flex={1} miw={220}>
          <Title order={2} size="h4">
            {t(`projects.${kind}.title`)}
          </Title>
          <Text size="sm" c="dimmed">
            {t(`projects.${kind}.hint`)}
          </Text>
        </Stack>
        <Button variant="light" color={project.is_archived ? 'plum' : 'red'} onClick={open}>
          {t(`projects.${kind}.submit`)}
        </Button>
      </Group>
      <ConfirmModal
        isOpen={isOpen}
        title={t(`projects.${kind}.ask`, { name: project.name })}
        confirm={t(`projects.${kind}.submit`)}
        onConfirm={() => changing.mutate()}
        onClose={close}
        isPending={changing.isPending}
        error={changing.error}
        isHarmless={project.is_archived}
      >
        {t(`projects.${kind}.hint`)}
      </ConfirmModal>
    </Paper>
  );
}
