// The calendar of `DayInput`, and all that it needs: loaded when a page with a day is opened.
import '@mantine/dates/styles.layer.css';
import 'dayjs/locale/ru';

import { DateInput } from '@mantine/dates';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { DayInputProps } from './DayInput';
import { dayFormat, parseDay } from './dayText';

interface Props extends DayInputProps {
  isOptional: boolean;
  isInPopover: boolean;
}

export default function Calendar({ value, onChange, isOptional, isInPopover, ...rest }: Props): ReactNode {
  const { t, i18n } = useTranslation();
  const language = i18n.resolvedLanguage ?? 'en';
  return (
    <DateInput
      locale={language}
      valueFormat={dayFormat(language)}
      dateParser={parseDay}
      clearable={isOptional}
      clearButtonProps={{ 'aria-label': t('common.clear') }}
      ariaLabels={{
        previousMonth: t('calendar.previousMonth'),
        nextMonth: t('calendar.nextMonth'),
        previousYear: t('calendar.previousYear'),
        nextYear: t('calendar.nextYear'),
        previousDecade: t('calendar.previousDecade'),
        nextDecade: t('calendar.nextDecade'),
      }}
      // Days of other months and of weekends would be too pale to be read.
      hideOutsideDates
      weekendDays={[]}
      // What opens out of a popover must count as a part of it, or a click there would close both.
      popoverProps={{ withinPortal: !isInPopover }}
      value={value === undefined || value === '' ? null : value}
      onChange={(day) => onChange(day ?? '')}
      {...rest}
    />
  );
}
