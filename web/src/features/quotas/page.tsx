import { Plus, RefreshCw, Search } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useLimits, useMay } from '../../api/queries';
import type { Group, Limit, Quota } from '../../api/types.gen';
import type { QuotaSort } from '../../lib/quota';
import { useShortcuts } from '../../lib/shortcuts';
import { cx } from '../../lib/text';
import { count } from '../../lib/units';
import { usePhone } from '../../lib/use-now';
import { quotaKey } from '../../live/store';
import { useFreshness, useLive, useSessions } from '../../live/use-live';
import '../../styles/grid.css';
import { Button, Segments } from '../../ui/controls';
import { DataGrid } from '../../ui/data-grid';
import { GrantDialog } from '../../ui/grant-dialog';
import { useQueryState } from '../../ui/navigation';
import { ResetDialog } from '../../ui/reset-dialog';
import { ErrorNote, SkeletonRows } from '../../ui/states';
import { QuotaCard, quotaColumns } from './columns';
import { GroupDialog } from './group-dialog';
import { GroupList } from './group-list';
import { LimitDialog } from './limit-dialog';
import { LimitList } from './limit-list';
import { NoMatch, NoQuotas } from './no-quotas';
import { QuotaDrawer } from './quota-drawer';
import { StateChips } from './state-chips';
import './quotas.css';
import { useQuotaRows } from './use-quotas';

type View = 'quotas' | 'limits' | 'groups';
type Open = { kind: 'limit'; limit?: Limit; subject?: string } | { kind: 'group'; group?: Group } | { kind: 'grant' | 'reset'; quota: Quota };

const sorts: QuotaSort[] = ['runs_out_at', 'user', 'used_bytes', 'percent', 'resets_at'];
const descendingFirst: QuotaSort[] = ['used_bytes', 'percent'];

export default function QuotasPage({ id }: { id: string | undefined }) {
  const [params, update] = useQueryState();
  const [, navigate] = useLocation();
  const phone = usePhone();
  const live = useLive();
  const { stale } = useFreshness();
  const may = useMay();
  const limits = useLimits();
  const input = useRef<HTMLInputElement>(null);
  const [held, setHeld] = useState(false);
  const [open, setOpen] = useState<Open | undefined>(() => (params.has('new') ? { kind: 'limit', subject: params.get('new') ?? '' } : undefined));
  const view = (['limits', 'groups'] as const).find((name) => name === params.get('view')) ?? 'quotas';
  const filter = { q: params.get('q') ?? '', state: (['ok', 'near', 'reached'] as const).find((name) => name === params.get('state')), group: params.get('group') ?? '' };
  const sortText = params.get('sort') ?? 'runs_out_at';
  const sort = { key: sorts.find((key) => key === sortText.replace(/^-/, '')) ?? 'runs_out_at', descending: sortText.startsWith('-') };
  const { all, rows, pending, error, retry, waiting, resort } = useQuotaRows(filter, sort, held || id !== undefined);
  const now = live.at || Date.now() / 1000;
  const sessions = useSessions();
  const online = useMemo(() => new Set(sessions.map(({ user }) => user)), [sessions]);
  const grant = may.act ? (quota: Quota) => setOpen({ kind: 'grant', quota }) : undefined;
  const columns = useMemo(() => quotaColumns({ now, online, onGrant: grant }), [now, online, may.act]);
  const set = (name: string, value: string | undefined) => update((p) => (value ? p.set(name, value) : p.delete(name)));
  const show = (quota: Quota | undefined) => navigate(`/quotas${quota ? `/${encodeURIComponent(quotaKey(quota))}` : ''}${location.search}`, { replace: id !== undefined });
  const at = rows.findIndex((quota) => quotaKey(quota) === id);
  const selected = all.find((quota) => quotaKey(quota) === id);
  const step = (by: number) => {
    const next = rows[at + by];
    return at >= 0 && next ? () => show(next) : undefined;
  };
  const pointed = () => selected ?? all.find((quota) => quotaKey(quota) === document.activeElement?.closest<HTMLElement>('[data-key]')?.dataset.key);
  const editLimit = (limit_id: number) => {
    const limit = limits.data?.limits.find(({ id: known }) => known === limit_id);
    if (limit && may.lay_down) setOpen({ kind: 'limit', limit });
  };
  const newLimit = may.lay_down ? () => setOpen({ kind: 'limit' }) : undefined;
  const sortBy = (key: string) => set('sort', `${(sort.key === key ? !sort.descending : descendingFirst.includes(key as QuotaSort)) ? '-' : ''}${key}`);
  const close = () => {
    setOpen(undefined);
    if (params.has('new')) set('new', undefined);
  };
  useShortcuts({
    '/': () => input.current?.focus(), n: () => newLimit?.(),
    '+': () => { const quota = pointed(); if (quota) grant?.(quota); },
    e: () => { const quota = pointed(); if (quota) editLimit(quota.limit_id); },
  });
  const none = !pending && !error && all.length === 0;
  return (
    <div className={cx('list-page quotas-page', id !== undefined && selected && 'list-open')}>
      <div className="page-bar">
        <h1>Quotas</h1>
        <Segments<View>
          label="What to show" value={view} onChange={(next) => set('view', next === 'quotas' ? undefined : next)}
          options={[
            { value: 'quotas', label: <>Standing {!pending && <span className="t3 normal">{count(all.length)}</span>}</> },
            { value: 'limits', label: <>Limits {limits.data && <span className="t3 normal">{limits.data.limits.length}</span>}</> },
            { value: 'groups', label: <>Groups {limits.data && <span className="t3 normal">{limits.data.groups.length}</span>}</> },
          ]}
        />
        <span className="grow" />
        {may.lay_down && view === 'groups' && <Button look="primary" onClick={() => setOpen({ kind: 'group' })}><Plus size={14} />New group</Button>}
        {newLimit && view !== 'groups' && <Button look="primary" data-testid="new-limit" onClick={newLimit}><Plus size={14} /><span>New<span className="desk-text"> limit</span></span></Button>}
      </div>
      <div className="filter-bar" role="search">
        <label className="filter-input">
          <Search size={14} />
          <input ref={input} type="text" value={filter.q} placeholder="User or group" aria-label="Filter by user or group" spellCheck={false} autoComplete="off" onChange={(event) => set('q', event.target.value)} onKeyDown={(event) => event.key === 'Escape' && input.current?.blur()} />
          {filter.q ? null : <kbd>/</kbd>}
        </label>
        {view === 'quotas' && <StateChips quotas={all} value={filter.state} onChange={(state) => set('state', state)} />}
        <span className="grow" />
        {view === 'quotas' && waiting && <Button size="small" className="resort" onClick={resort}><RefreshCw size={12} />Re-sort</Button>}
        {view === 'quotas' && !none && <span className="list-count" aria-live="polite"><span className="t1">{count(rows.length)}</span>{rows.length === all.length ? '' : ` of ${count(all.length)}`} by {sort.key === 'runs_out_at' ? 'run-out date' : 'your sort'}</span>}
      </div>
      {view === 'groups' ? (
        <GroupList limits={limits} q={filter.q} onOpen={(group) => setOpen({ kind: 'group', group })} />
      ) : view === 'limits' ? (
        <LimitList limits={limits} q={filter.q} onOpen={may.lay_down ? (limit) => setOpen({ kind: 'limit', limit }) : undefined} onNew={newLimit} />
      ) : error ? (
        <ErrorNote what="Could not load quotas" error={error} onRetry={retry} />
      ) : pending ? (
        <SkeletonRows rows={16} height={phone ? 78 : 40} />
      ) : none ? (
        <NoQuotas onNew={newLimit} />
      ) : rows.length === 0 ? (
        <NoMatch what={`${count(all.length)} ${all.length === 1 ? 'quota is' : 'quotas are'} counted.`} onClear={() => update((p) => (p.delete('q'), p.delete('state'), p.delete('group')))} />
      ) : (
        <DataGrid
          label="Quotas" columns={columns} chosen={false} rows={rows} total={rows.length} rowKey={quotaKey} rowHeight={40} sort={sort} onSort={sortBy}
          rowAttributes={(quota) => ({ 'data-testid': 'quota-row', 'data-user': quota.user, 'data-state': quota.state })} rowClass={() => stale && 'row-old'}
          selected={id} onOpen={show} onHold={setHeld} card={phone ? (quota) => <QuotaCard quota={quota} now={now} online={online.has(quota.user)} /> : undefined}
        />
      )}
      {selected && (
        <QuotaDrawer
          quota={selected} now={now} limits={limits.data} onClose={() => show(undefined)} onPrevious={step(-1)} onNext={step(1)}
          onGrant={grant && (() => grant(selected))} onReset={may.act ? () => setOpen({ kind: 'reset', quota: selected }) : undefined} onEdit={may.lay_down ? () => editLimit(selected.limit_id) : undefined}
        />
      )}
      {open?.kind === 'grant' && <GrantDialog quota={open.quota} onClose={close} />}
      {open?.kind === 'reset' && <ResetDialog quota={open.quota} onClose={close} />}
      {open?.kind === 'group' && <GroupDialog group={open.group} onClose={close} />}
      {open?.kind === 'limit' && <LimitDialog limit={open.limit} subject={open.subject} groups={limits.data?.groups ?? []} onClose={close} />}
    </div>
  );
}
