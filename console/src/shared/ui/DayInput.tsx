// A day, typed or chosen in a calendar, in the console's language: a browser's own field would speak the browser's.
import { type MantineSize, TextInput, type TextInputProps } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';

const Calendar = lazy(() => import('./Calendar'));

type Shared = Pick<
  TextInputProps,
  'label' | 'description' | 'placeholder' | 'error' | 'disabled' | 'inputWrapperOrder'
>;

export interface DayInputProps extends Shared {
  'aria-label'?: string;
  size?: MantineSize;
  /** 2026-11-21; empty: none. */
  value?: string;
  onChange: (day: string) => void;
  /** There may be none. */
  isOptional?: boolean;
  isInPopover?: boolean;
}

export function DayInput(props: DayInputProps): ReactNode {
  const { onChange, isOptional, isInPopover, ...drawn } = props;
  return (
    // The same height until the calendar has come.
    <Suspense fallback={<TextInput {...drawn} readOnly data-loading />}>
      <Calendar {...drawn} onChange={onChange} isOptional={isOptional === true} isInPopover={isInPopover === true} />
    </Suspense>
  );
}
