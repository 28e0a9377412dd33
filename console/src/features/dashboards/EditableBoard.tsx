// The same board to arrange: widgets are dragged by their heads and resized by their corners, or moved by arrow keys.
import 'react-grid-layout/css/styles.css';

import { ActionIcon } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { GridLayout, useContainerWidth } from 'react-grid-layout/react';

import { COLUMNS, GAP_PX, type Place, ROW_PX, type Widget } from '@/shared/dashboard/content';

import { layoutOf, nudged, placedBy } from './arrange';

interface Props {
  widgets: Widget[];
  onArrange: (widgets: Widget[]) => void;
  children: (widget: Widget) => ReactNode;
}

const GRID = { cols: COLUMNS, rowHeight: ROW_PX, margin: [GAP_PX, GAP_PX], containerPadding: [0, 0] } as const;
const DRAG = { enabled: true, handle: '.widget-head', cancel: '.widget-actions' };
const RESIZE = { enabled: true, handles: ['se'] } as const;

export function EditableBoard({ widgets, onArrange, children }: Props): ReactNode {
  const { width, mounted, containerRef } = useContainerWidth({ measureBeforeMount: true });
  return (
    <div ref={containerRef} className="board-editing">
      {mounted && (
        <GridLayout
          width={width}
          gridConfig={GRID}
          dragConfig={DRAG}
          resizeConfig={RESIZE}
          layout={layoutOf(widgets)}
          onLayoutChange={(layout) => {
            const placed = placedBy(widgets, layout);
            if (placed !== widgets) onArrange(placed);
          }}
        >
          {widgets.map((widget) => (
            <div key={widget.id}>{children(widget)}</div>
          ))}
        </GridLayout>
      )}
    </div>
  );
}

const STEPS: Record<string, { x?: number; y?: number }> = {
  ArrowLeft: { x: -1 },
  ArrowRight: { x: 1 },
  ArrowUp: { y: -1 },
  ArrowDown: { y: 1 },
};

/** An arrow moves; with shift, it resizes. */
function stepOf({ key, shiftKey }: KeyboardEvent): Partial<Place> | undefined {
  const step = STEPS[key];
  if (step === undefined || !shiftKey) return step;
  return step.x === undefined ? { height: step.y ?? 0 } : { width: step.x };
}

interface HandleProps {
  title: string;
  widget: Widget;
  widgets: Widget[];
  onArrange: (widgets: Widget[]) => void;
}

export function Handle({ title, widget, widgets, onArrange }: HandleProps): ReactNode {
  const { t } = useTranslation();
  const press = (event: KeyboardEvent): void => {
    const step = stepOf(event);
    if (step === undefined) return;
    event.preventDefault();
    onArrange(nudged(widgets, widget.id, step));
  };
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={t('dashboards.move', { title })}
      title={t('dashboards.moveHint')}
      onKeyDown={press}
      style={{ cursor: 'grab' }}
    >
      <IconGripVertical size={16} />
    </ActionIcon>
  );
}
