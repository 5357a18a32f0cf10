import { useMemo, useRef, useState } from 'react';
import type { Session } from '../../api/types.gen';
import { canEnd } from '../../lib/evidence';
import { useShortcuts } from '../../lib/shortcuts';
import { visible } from '../../lib/text';
import type { Column } from '../../ui/columns';

/** All from one to the other, in the order of the list. */
export function between(ids: readonly number[], from: number, to: number): number[] {
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)];
  return a < 0 || b < 0 ? [to] : ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}

const stop = (event: React.MouseEvent) => event.stopPropagation();

function PickBox({ label, on, onPick }: { label: string; on: boolean; onPick: (event: React.MouseEvent) => void }) {
  return (
    <label className="pick" onClick={stop}>
      <input type="checkbox" aria-label={label} tabIndex={-1} checked={on} readOnly onClick={onPick} />
    </label>
  );
}

/** Rows that someone picked to act on together, of those that can be ended: by their box, x, or Shift and x or a click for all up to there. */
export function usePicked(rows: readonly Session[], open: number | undefined, active: boolean) {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const last = useRef<number>(undefined);
  // Who has left cannot be picked any more.
  const able = useMemo(() => rows.filter(canEnd), [rows]);
  const picked = useMemo(() => able.filter((session) => ids.has(session.id)), [able, ids]);
  const pick = (id: number, range: boolean) => {
    const next = new Set(ids);
    const on = !next.has(id);
    const reach = range && last.current !== undefined ? between(able.map((row) => row.id), last.current, id) : [id];
    for (const one of reach) if (on || range) next.add(one); else next.delete(one);
    last.current = id;
    setIds(next);
  };
  const pointed = () => Number(document.activeElement?.closest<HTMLElement>('[data-session-id]')?.dataset.sessionId ?? open);
  const byKey = (range: boolean) => {
    const id = pointed();
    if (active && able.some((row) => row.id === id)) pick(id, range);
  };
  useShortcuts({ x: () => byKey(false), 'Shift X': () => byKey(true) });
  const all = able.length > 0 && picked.length === able.length;
  const column: Column<Session> = {
    key: 'pick', title: 'Select', width: '16px', min: 16, rank: 0,
    head: able.length > 0 && <PickBox label="Select all that are listed" on={all} onPick={() => setIds(all ? new Set() : new Set(able.map((row) => row.id)))} />,
    cell: (session) => canEnd(session) && <PickBox label={`Select ${visible(session.user)}`} on={ids.has(session.id)} onPick={(event) => pick(session.id, event.shiftKey)} />,
  };
  return { picked: active ? picked : [], column, clear: () => setIds(new Set()) };
}
