import { Columns3, Download, Rows2, Rows4 } from 'lucide-react';
import { useState } from 'react';
import type { Session } from '../../api/types.gen';
import { saveCsv, toCsv } from '../../lib/csv';
import { useShortcuts } from '../../lib/shortcuts';
import { count } from '../../lib/units';
import { useLive } from '../../live/use-live';
import { Button, Check, Segments } from '../../ui/controls';
import { Menu } from '../../ui/menu';
import { defaultColumns, sessionColumns } from './columns';
import { csvHead, csvRow, fetchAll } from './export';
import type { ListMode, ListState } from './list-state';

const allColumns = sessionColumns({ now: 0, silent: new Set(), quotas: new Map() }).map(({ key, title }) => ({ key, title }));

function ColumnMenu({ list }: { list: ListState }) {
  const [open, setOpen] = useState(false);
  useShortcuts({ c: () => setOpen(true) });
  const shown = new Set(list.columns);
  const toggle = (key: string, on: boolean) => {
    if (on) shown.add(key);
    else shown.delete(key);
    list.setColumns(allColumns.map((column) => column.key).filter((name) => shown.has(name)));
  };
  return (
    <Menu label="Columns" buttonClass="btn" align="end" open={open} onOpenChange={setOpen} button={<><Columns3 size={14} /><span className="wide-only">Columns</span></>}>
      {(close) => (
        <>
          {allColumns.filter((column) => column.key !== 'user').map((column) => (
            <Check key={column.key} on={shown.has(column.key)} onChange={(on) => toggle(column.key, on)}>{column.title}</Check>
          ))}
          <div className="menu-line" />
          <button type="button" className="menu-item" onClick={() => (list.setColumns(undefined), close())}>Default: {defaultColumns[list.mode].length} columns</button>
        </>
      )}
    </Menu>
  );
}

function ExportButton({ list, rows, total }: { list: ListState; rows: readonly Session[]; total: number }) {
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const run = async () => {
    if (state === 'busy' || total === 0) return;
    setState('busy');
    try {
      const all = rows.length >= total ? rows : await fetchAll(list.mode, list.filter, list.sort);
      saveCsv(`davylamp-sessions-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, '-')}.csv`, toCsv(csvHead, all.map(csvRow)));
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  useShortcuts({ e: () => void run() });
  return (
    <Button disabled={state === 'busy' || total === 0} onClick={() => void run()} title="Save what is filtered as CSV" aria-label={`Export ${count(total)} sessions as CSV`}>
      <Download size={14} />{state === 'busy' ? 'Exporting' : state === 'failed' ? 'Failed, try again' : <><span className="desk-text">Export </span>{count(total)}</>}
    </Button>
  );
}

export function Toolbar({ list, rows, total }: { list: ListState; rows: readonly Session[]; total: number }) {
  const live = useLive();
  return (
    <div className="page-bar">
      <h1>Sessions</h1>
      <Segments<ListMode>
        label="Which sessions" value={list.mode} onChange={list.setMode}
        options={[
          { value: 'open', label: <>Live {live.has_snapshot && <span className="t3 normal">{count(live.sessions.size)}</span>}</> },
          { value: 'closed', label: 'Ended' },
          { value: 'all', label: 'All' },
        ]}
      />
      <span className="grow" />
      <span className="desk-only">
        <Segments
          label="Row height" value={list.density} onChange={list.setDensity}
          options={[
            { value: 'compact', label: <Rows4 size={14} />, name: 'Compact rows' },
            { value: 'comfortable', label: <Rows2 size={14} />, name: 'Comfortable rows' },
          ]}
        />
      </span>
      <span className="desk-only"><ColumnMenu list={list} /></span>
      <ExportButton list={list} rows={rows} total={total} />
    </div>
  );
}
