// A widget with its head: what it is called, and what can be done with it.
import { Paper, Text } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';

import type { Widget } from '@/shared/dashboard/content';
import { labelOf } from '@/shared/report/catalogue';
import { metricsOf, type Outcome } from '@/shared/report/question';

import { WidgetBody } from './WidgetBody';

interface Props {
  widget: Widget;
  outcome: Outcome | undefined;
  isStale?: boolean;
  /** Before its name: what it is dragged by. */
  handle?: ReactNode;
  actions?: ReactNode;
}

/** What a widget is called: by whoever made it, else by what it shows. */
export function useTitleOf(): (widget: Widget, outcome: Outcome | undefined) => string {
  const { t } = useTranslation();
  return ({ title, kind }, outcome) => {
    if (title !== undefined && title !== '') return title;
    const report = outcome?.report ?? undefined;
    const metrics = report === undefined ? [] : metricsOf(report).map(({ label }) => labelOf(label));
    return metrics.length === 0 ? t(`dashboards.kind.${kind}`) : metrics.slice(0, 3).join(', ');
  };
}

export function WidgetCard({ widget, outcome, isStale = false, handle, actions }: Props): ReactNode {
  const titleOf = useTitleOf();
  const title = titleOf(widget, outcome);
  const isBare = widget.kind === 'text' && (widget.title ?? '') === '' && actions === undefined;
  const id = useId();
  return (
    <Paper className="widget" component="section" aria-labelledby={id} data-stale={isStale}>
      <header className={isBare ? 'visually-hidden' : 'widget-head'}>
        {handle}
        <Text id={id} component="h2" m={0} size="sm" fw={600} truncate flex={1} title={title}>
          {title}
        </Text>
        {actions}
      </header>
      {/* What is too much for its place is scrolled. */}
      <div className="widget-body" data-flush={widget.kind === 'table'} data-kind={widget.kind}>
        <WidgetBody widget={widget} title={title} outcome={outcome} isStale={isStale} />
      </div>
    </Paper>
  );
}
