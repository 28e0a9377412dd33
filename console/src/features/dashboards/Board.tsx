// Widgets where they stand; below each other where there is no room beside.
import type { CSSProperties, ReactNode } from 'react';

import { GAP_PX, inOrder, type Place, ROW_PX, type Widget } from '@/shared/dashboard/content';

interface Props {
  widgets: Widget[];
  children: (widget: Widget) => ReactNode;
}

export const heightOf = ({ height }: Place): number => height * ROW_PX + (height - 1) * GAP_PX;

function placeStyle(place: Place): CSSProperties {
  return {
    '--column': `${place.x + 1} / span ${place.width}`,
    '--row': `${place.y + 1} / span ${place.height}`,
    '--height': `${heightOf(place)}px`,
  } as CSSProperties;
}

export function Board({ widgets, children }: Props): ReactNode {
  return (
    <div className="board" style={{ '--gap': `${GAP_PX}px`, '--row-height': `${ROW_PX}px` } as CSSProperties}>
      {inOrder(widgets).map((widget) => (
        <div key={widget.id} className="board-place" style={placeStyle(widget.place)}>
          {children(widget)}
        </div>
      ))}
    </div>
  );
}
