import { Plus, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Session } from '../../api/types.gen';
import { byCountry } from '../../lib/aggregate';
import type { Filter, FilterField } from '../../lib/filter';
import { activeFields, dropField, emptyFilter, formatFilter, mergeFilter, parseFilter } from '../../lib/filter';
import { countryName } from '../../lib/place';
import { useShortcuts } from '../../lib/shortcuts';
import { visible } from '../../lib/text';
import { count } from '../../lib/units';
import { useLive, useSessions } from '../../live/use-live';
import { Menu } from '../../ui/menu';

const words: Record<FilterField, string> = { server: 'server', country: 'country', user: 'user', transport: 'transport', place: 'location', q: 'text' };

const shownValue = (filter: Filter, field: FilterField): string => {
  const value = filter[field];
  if (field === 'country') return filter.country.map(countryName).join(', ');
  return Array.isArray(value) ? value.map(visible).join(', ') : visible(value ?? '');
};

function Chip({ filter, field, onEdit, onDrop }: { filter: Filter; field: FilterField; onEdit: () => void; onDrop: () => void }) {
  return (
    <span className="chip">
      <button type="button" className="chip-text" onClick={onEdit} title="Edit this filter">
        <span className="chip-field">{words[field]}</span><span className="chip-op">is</span><bdi className="chip-value">{shownValue(filter, field)}</bdi>
      </button>
      <button type="button" className="chip-drop" aria-label={`Drop the filter ${words[field]}`} onClick={onDrop}><X size={12} /></button>
    </span>
  );
}

interface FilterBarProps {
  filter: Filter;
  onChange: (filter: Filter) => void;
  shown: number;
  of: number | undefined;
  noun: string;
  children?: ReactNode;
}

export function FilterBar({ filter, onChange, shown, of, noun, children }: FilterBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(filter.q ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (document.activeElement !== input.current) setText(filter.q ?? '');
  }, [filter.q]);
  useShortcuts({ '/': () => input.current?.focus() });
  const { q: _, ...withoutText } = filter;
  // Fields become chips when they are entered; free words search while they are typed.
  const commit = (value: string, whole: boolean) => {
    clearTimeout(timer.current);
    const parsed = parseFilter(value);
    const fields = activeFields(parsed).some((field) => field !== 'q');
    if (fields && !whole) return;
    onChange(mergeFilter(withoutText, parsed));
    if (whole) setText(parsed.q ?? '');
  };
  const type = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => commit(value, false), 200);
  };
  const edit = (field: FilterField) => {
    const only: Filter = field === 'server' || field === 'country' ? { ...emptyFilter, [field]: filter[field] } : { ...emptyFilter, [field]: filter[field] };
    onChange(dropField(filter, field));
    setText([formatFilter(only), filter.q].filter(Boolean).join(' '));
    input.current?.focus();
  };
  const chips = activeFields(filter).filter((field) => field !== 'q');
  return (
    <div className="filter-bar" role="search">
      <label className="filter-input">
        <Search size={14} />
        <input
          ref={input} type="text" value={text} placeholder="Filter by anything" aria-label="Filter sessions" spellCheck={false} autoComplete="off"
          title="Words, or fields such as server:a,b country:DE user:x transport:udp"
          onChange={(event) => type(event.target.value)} onBlur={() => commit(text, true)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit(text, true);
            if (event.key === 'Escape') input.current?.blur();
          }}
        />
        {text ? null : <kbd>/</kbd>}
      </label>
      <div className="filter-chips">
        {chips.map((field) => <Chip key={field} filter={filter} field={field} onEdit={() => edit(field)} onDrop={() => onChange(dropField(filter, field))} />)}
      </div>
      <AddFilter filter={filter} onAdd={(added) => onChange(mergeFilter(filter, added))} />
      <span className="grow" />
      {children}
      <span className="list-count" aria-live="polite"><span className="t1">{count(shown)}</span>{of !== undefined && of > shown ? ` of ${count(of)}` : ''} {noun}</span>
    </div>
  );
}

const mostCountries = 14;
const tally = (sessions: readonly Session[], pick: (session: Session) => string) => sessions.reduce<Record<string, number>>((counts, session) => {
  counts[pick(session)] = (counts[pick(session)] ?? 0) + 1;
  return counts;
}, {});

function AddFilter({ filter, onAdd }: { filter: Filter; onAdd: (filter: Filter) => void }) {
  const sessions = useSessions();
  const { servers } = useLive();
  const transports = tally(sessions, (session) => session.transport);
  const add = (part: Partial<Filter>, close: () => void) => (onAdd({ ...emptyFilter, ...part }), close());
  return (
    <Menu label="Add a filter" buttonClass="chip chip-add" button={<><Plus size={12} />Filter</>}>
      {(close) => (
        <>
          <div className="menu-label">Server</div>
          {servers.filter((server) => !filter.server.includes(server.name)).map((server) => (
            <button key={server.name} type="button" className="menu-item" onClick={() => add({ server: [server.name] }, close)}><bdi className="grow">{visible(server.name)}</bdi><span className="t3">{server.sessions}</span></button>
          ))}
          <div className="menu-label">Transport</div>
          {['udp', 'tcp'].map((name) => (
            <button key={name} type="button" className="menu-item" onClick={() => add({ transport: name }, close)}><span className="grow">{name}</span><span className="t3">{transports[name] ?? 0}</span></button>
          ))}
          <div className="menu-label">Country, live now</div>
          {byCountry(sessions).filter(({ code }) => !filter.country.includes(code)).slice(0, mostCountries).map((country) => (
            <button key={country.code} type="button" className="menu-item" onClick={() => add({ country: [country.code] }, close)}><span className="grow">{country.name}</span><span className="t3">{country.sessions}</span></button>
          ))}
        </>
      )}
    </Menu>
  );
}
