// A movement of money in a table: what it was, and how much.
import { Badge, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { movement } from '@/shared/ui/number';

import type { Kind } from './queries';

const COLORS: Record<Kind, string> = { top_up: 'green', spend: 'gray', refund: 'blue', adjustment: 'orange' };

export function KindBadge({ kind }: { kind: Kind }): ReactNode {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={COLORS[kind]}>
      {t(`money.posting.${kind}`)}
    </Badge>
  );
}

interface SumProps {
  value: number;
  currency: string;
  isSigned?: boolean;
  isBold?: boolean;
}

export function Sum({ value, currency, isSigned = false, isBold = false }: SumProps): ReactNode {
  return (
    <Text
      size="sm"
      className="numeric"
      style={{ whiteSpace: 'nowrap' }}
      {...(isBold ? { fw: 600 } : {})}
      {...(isSigned && value > 0 ? { c: 'var(--tone-good)' } : {})}
    >
      {movement(value, currency, isSigned)}
    </Text>
  );
}
