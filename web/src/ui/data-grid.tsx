import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../lib/shortcuts';
import type { Column } from './columns';
import { fitColumns } from './columns';
import { cx } from '../lib/text';
import { useSize } from '../lib/use-size';

export interface GridSort {
  key: string;
  descending: boolean;
}

export interface DataGridProps<T> {
  label: string;
  columns: Column<T>[];
  /** Columns that someone chose are all shown, if need be by scrolling sideways; others leave when there is no room. */
  chosen: boolean;
  rows: readonly T[];
  total: number;
  rowKey: (row: T) => string | number;
  rowAttributes?: (row: T) => Record<string, string | number>;
  rowClass?: (row: T) => string | false;
  rowHeight: number;
  sort: GridSort;
  onSort: (key: string) => void;
  selected?: string | number | undefined;
  onOpen: (row: T, event?: React.MouseEvent) => void;
  /** Someone points at a row or stands on it: the order must not change below them. */
  onHold?: (held: boolean) => void;
  /** Told which rows, by their places in the list, can be seen. */
  onView?: (first: number, last: number) => void;
  /** Asked for when the last rows come into view. */
  onEnd?: () => void;
  /** On a phone a row is a card. */
  card?: ((row: T) => ReactNode) | undefined;
}

const cardHeight = 78;

/** A virtual grid: thousands of rows, of which only the visible ones are in the page. */
export function DataGrid<T>(props: DataGridProps<T>) {
  const { columns, rows, rowKey, selected, onOpen, onHold, onView, onEnd, card } = props;
  const { ref, width } = useSize<HTMLDivElement>();
  const [current, setCurrent] = useState<string | number>();
  const wantFocus = useRef(false);
  const height = card ? cardHeight : props.rowHeight;
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => ref.current, estimateSize: () => height, overscan: 8 });
  useEffect(() => virtual.measure(), [height, virtual]);
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows.length > 0 && lastShown >= rows.length - 10) onEnd?.();
  }, [lastShown, rows.length, onEnd]);
  const { startIndex, endIndex } = virtual.range ?? { startIndex: 0, endIndex: lastShown };
  useEffect(() => onView?.(startIndex, endIndex), [startIndex, endIndex, onView]);
  const active = selected ?? current;
  const activeIndex = rows.findIndex((row) => rowKey(row) === active);
  const move = (step: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, activeIndex < 0 ? 0 : activeIndex + step));
    const row = rows[index];
    if (!row) return;
    setCurrent(rowKey(row));
    virtual.scrollToIndex(index);
    wantFocus.current = true;
    if (selected !== undefined) onOpen(row);
  };
  useEffect(() => {
    if (!wantFocus.current) return;
    const row = ref.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(String(active))}"]`);
    if (!row) return;
    wantFocus.current = false;
    row.focus({ preventScroll: true });
  });
  useEffect(() => {
    if (selected !== undefined && activeIndex >= 0) virtual.scrollToIndex(activeIndex);
    // Only a newly opened row is brought into view; live changes must not move the list.
  }, [selected]);
  const open = () => {
    const row = rows[activeIndex];
    if (row) onOpen(row);
  };
  useShortcuts({
    j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
    ...(activeIndex >= 0 && selected === undefined && current !== undefined && ref.current?.contains(document.activeElement) ? { Enter: open } : {}),
  });
  const fitted = card ? [] : props.chosen ? columns : fitColumns(columns, width);
  const template = fitted.map((column) => column.width).join(' ');
  const minWidth = fitted.reduce((sum, column) => sum + column.min + 12, 26);
  const tabKey = activeIndex >= 0 ? active : rows[0] && rowKey(rows[0]);
  return (
    <div
      className="grid-scroll" ref={ref} role={card ? 'list' : 'grid'} aria-label={props.label} {...(card ? {} : { 'aria-rowcount': props.total + 1, 'aria-colcount': fitted.length })}
      {...(card || rows.length > 0 ? {} : { tabIndex: 0 })}
      onPointerLeave={() => onHold?.(false)} onFocus={() => onHold?.(true)} onBlur={() => onHold?.(false)}
    >
      {!card && (
        <div role="rowgroup" className="grid-head-group">
          <div role="row" aria-rowindex={1} className="grid-row grid-head" style={{ gridTemplateColumns: template, minWidth }}>
            {fitted.map((column) => <HeadCell key={column.key} column={column} sort={props.sort} onSort={props.onSort} />)}
          </div>
        </div>
      )}
      <div className="grid-body" role={card ? 'presentation' : 'rowgroup'} style={{ height: virtual.getTotalSize(), minWidth: card ? undefined : minWidth }} onPointerEnter={() => onHold?.(true)}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const key = rowKey(row);
          const shared = {
            ...props.rowAttributes?.(row), 'data-key': key, tabIndex: key === tabKey ? 0 : -1,
            className: cx(card ? 'grid-card' : 'grid-row', selected === key && 'grid-selected', props.rowClass?.(row)),
            onFocus: () => setCurrent(key), onClick: (event: React.MouseEvent) => onOpen(row, event),
          };
          const place = { transform: `translateY(${item.start}px)`, height: item.size };
          if (card) return <div key={key} role="listitem" className="grid-place" style={place}><button type="button" {...shared}>{card(row)}</button></div>;
          return (
            <div key={key} role="row" aria-rowindex={item.index + 2} aria-selected={selected === key} {...shared} style={{ ...place, gridTemplateColumns: template }}>
              {fitted.map((column) => (
                <div key={column.key} role="gridcell" data-column={column.key} className={cx('grid-cell', column.end && 'num')}>{column.cell(row)}</div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function HeadCell<T>({ column, sort, onSort }: { column: Column<T>; sort: GridSort; onSort: (key: string) => void }) {
  const sorted = column.sort !== undefined && column.sort === sort.key;
  const order = sorted ? (sort.descending ? 'descending' : 'ascending') : 'none';
  const Arrow = sort.descending ? ArrowDown : ArrowUp;
  return (
    <div role="columnheader" className={cx('grid-cell', column.end && 'num')} {...(column.sort ? { 'aria-sort': order } : {})}>
      {column.head !== undefined ? column.head : column.sort ? (
        <button type="button" className={cx('grid-sort', sorted && 'grid-sorted')} onClick={() => onSort(column.sort ?? '')}>
          <span className="ell">{column.title}</span>{sorted && <Arrow size={12} />}
        </button>
      ) : (
        <span className="grid-sort"><span className="ell">{column.title}</span></span>
      )}
    </div>
  );
}
