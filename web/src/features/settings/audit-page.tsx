import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import type { AuditFilter } from '../../api/accounts';
import { auditPage } from '../../api/accounts';
import type { AuditEntry } from '../../api/types.gen';
import { atBase } from '../../lib/base';
import { visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { useNow } from '../../lib/use-now';
import { Button } from '../../ui/controls';
import { Combobox } from '../../ui/combobox';
import { useQueryState } from '../../ui/navigation';
import { SettingsBar } from '../../ui/settings-bar';
import { Empty, ErrorNote, SkeletonRows, Working } from '../../ui/states';
import '../../styles/grid.css';
import '../../styles/settings.css';
import { ChainBadge } from './chain-badge';

const words = (action: string): string => visible(action).replaceAll('_', ' ');

function Row({ entry, now }: { entry: AuditEntry; now: number }) {
  return (
    <tr data-testid="audit-row">
      <td className="t3 nowrap" title={`${fullMoment(entry.at)}, line ${entry.number}`}>{moment(entry.at, now)}</td>
      <td className="table-words"><bdi className="w5">{visible(entry.account)}</bdi></td>
      <td className="nowrap">{words(entry.action)}</td>
      <td className="table-words"><bdi>{visible(entry.subject)}</bdi></td>
      <td className="t2 table-words"><bdi>{visible(entry.reason)}</bdi></td>
      <td className="t3 nowrap"><bdi dir="ltr" className="addr">{visible(entry.remote_address)}</bdi></td>
    </tr>
  );
}

/** Where the log comes as a file, narrowed as the list is. */
export function exportPath(format: 'csv' | 'ndjson', filter: AuditFilter): string {
  const query = new URLSearchParams({ format });
  if (filter.account) query.set('account', filter.account);
  if (filter.action) query.set('action', filter.action);
  return atBase(`/api/v1/audit/export?${query}`);
}

function useAudit(filter: AuditFilter) {
  return useInfiniteQuery({
    queryKey: ['audit', filter], initialPageParam: undefined as number | undefined, placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) => auditPage(filter, pageParam, signal), getNextPageParam: (last) => last.next_before,
    // One page is kept fresh; who reads on in older ones is not moved about.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : 30_000),
  });
}

interface FilterFieldProps {
  label: string;
  value: string;
  options: readonly string[];
  onChange: (value: string) => void;
}

/** Takes a word once it is chosen or finished: the server looks for whole names. */
function FilterField({ label, value, options, onChange }: FilterFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const finish = (text: string) => {
    const whole = options.includes(text) ? text : text.trim();
    setTyped(undefined);
    if (whole !== value) onChange(whole);
  };
  return (
    <div className="audit-filter" onBlur={() => typed !== undefined && finish(typed)} onKeyDown={(event) => event.key === 'Enter' && typed !== undefined && finish(typed)}>
      <label className="sr-only" htmlFor={id}>{label}</label>
      <Combobox ids={{ id }} value={typed ?? value} options={options} placeholder={label} onChange={(text) => (options.includes(text) || text === '' ? finish(text) : setTyped(text))} />
    </div>
  );
}

/** Who did what, to whom, from where, and why. */
export function AuditPage() {
  const [params, update] = useQueryState();
  const now = useNow(30_000) / 1000;
  const filter = useMemo(() => ({ account: params.get('account') ?? '', action: params.get('action') ?? '' }), [params]);
  const query = useAudit(filter);
  const entries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const set = (key: keyof AuditFilter, value: string) => update((next) => (value ? next.set(key, value) : next.delete(key)));
  const clear = () => update((next) => (next.delete('account'), next.delete('action')));
  const known = (key: keyof AuditFilter) => [...new Set(entries.map((entry) => entry[key]))].sort();
  const filtered = filter.account !== '' || filter.action !== '';
  return (
    <div className="list-page">
      <SettingsBar title="Audit log" />
      <div className="set-tools audit-tools" role="search">
        <FilterField label="Who" value={filter.account} options={known('account')} onChange={(value) => set('account', value)} />
        <FilterField label="Did what" value={filter.action} options={known('action')} onChange={(value) => set('action', value)} />
        {filtered && <Button size="small" look="ghost" onClick={clear}>Clear</Button>}
        <ChainBadge />
        <span className="grow" />
        <a className="btn btn-small" href={exportPath('csv', filter)} download><Download size={13} />CSV</a>
        <a className="btn btn-small" href={exportPath('ndjson', filter)} download><Download size={13} />JSON lines</a>
      </div>
      <Working on={query.isFetching && !query.isPending} />
      {query.isPending && <SkeletonRows rows={12} />}
      {query.isError && <ErrorNote what="Could not load the audit log" error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && entries.length === 0 && <Empty title={filtered ? 'Nothing fits' : 'Nothing was done yet'} actions={filtered && <Button onClick={clear}>Show all</Button>}>{filtered ? 'Names are looked for as a whole.' : 'Every login and every change is one line here.'}</Empty>}
      {entries.length > 0 && (
        <div className="table-full" tabIndex={0} role="group" aria-label="Audit log, newest first">
          <table className="table audit-table" aria-label="Audit log">
            <thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">Did</th><th scope="col">To</th><th scope="col">Why</th><th scope="col">From</th></tr></thead>
            <tbody>{entries.map((entry) => <Row key={entry.number} entry={entry} now={now} />)}</tbody>
          </table>
          {query.hasNextPage && <div className="audit-more"><Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show older</Button></div>}
        </div>
      )}
    </div>
  );
}
