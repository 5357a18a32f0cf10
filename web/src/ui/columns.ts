import type { ReactNode } from 'react';

export interface Column<T> {
  key: string;
  title: string;
  /** Drawn in the head instead of the title. */
  head?: ReactNode;
  /** Track of the CSS grid; `min` is its least width in pixels. */
  width: string;
  min: number;
  /** The key that the server sorts by, when the column can be sorted. */
  sort?: string;
  end?: boolean;
  /** Columns with a higher rank leave first when there is no room; 0 stays always. */
  rank: number;
  cell: (row: T) => ReactNode;
}

const gap = 12;
const padding = 40;

/** Leaves out the least important columns until the rest fits. */
export function fitColumns<T>(columns: readonly Column<T>[], width: number): Column<T>[] {
  const fitted = [...columns];
  const need = () => fitted.reduce((sum, column) => sum + column.min + gap, padding);
  while (width > 0 && need() > width) {
    const highest = Math.max(...fitted.map((column) => column.rank));
    if (highest <= 0) break;
    fitted.splice(fitted.findLastIndex((column) => column.rank === highest), 1);
  }
  return fitted;
}
