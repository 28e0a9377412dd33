// How a form in a window ends: what went wrong, directly above the button that was pressed, and the way out beside it.
import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { isConflict } from './Conflict';
import { ProblemAlert } from './ProblemAlert';

interface Props {
  problem: unknown;
  /** Instead of the problem, where somebody else has changed the same thing meanwhile. */
  conflict?: ReactNode;
  submit: string;
  isSending: boolean;
  onCancel: () => void;
  /** For a step that cannot be taken back. */
  isHarmful?: boolean;
}

export function FormEnd({ problem, conflict, submit, isSending, onCancel, isHarmful = false }: Props): ReactNode {
  const { t } = useTranslation();
  const hasConflict = conflict !== undefined && conflict !== false && isConflict(problem);
  return (
    <>
      {hasConflict ? conflict : <ProblemAlert error={problem} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
        {/* White on the usual red is hard to read. */}
        <Button type="submit" loading={isSending} {...(isHarmful ? { color: 'red.9' } : {})}>
          {submit}
        </Button>
      </Group>
    </>
  );
}
