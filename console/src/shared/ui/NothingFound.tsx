// What a list says whose search found nothing: not that there is nothing.
import { Button } from '@mantine/core';
import type { ComponentProps, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from './EmptyState';

export function NothingFound({
  icon,
  onClear,
}: {
  icon: ComponentProps<typeof EmptyState>['icon'];
  onClear: () => void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={icon}
      title={t('common.nothingFits')}
      hint={t('common.nothingFitsHint')}
      action={
        <Button variant="light" onClick={onClear}>
          {t('common.clearFilters')}
        </Button>
      }
    />
  );
}
