import type { Session } from '../../api/types.gen';
import type { Filter } from '../../lib/filter';
import { activeFields, dropField, emptyFilter, matches } from '../../lib/filter';
import { countryName } from '../../lib/place';
import { visible } from '../../lib/text';
import { count, plural } from '../../lib/units';
import { useLive } from '../../live/use-live';
import { Button } from '../../ui/controls';
import { Empty } from '../../ui/states';
import type { ListMode } from './list-state';

const sentence = (filter: Filter, field: ReturnType<typeof activeFields>[number]): string => {
  const value = filter[field];
  if (field === 'q') return `the words “${visible(filter.q ?? '')}”`;
  if (field === 'place') return 'location is none';
  if (field === 'country') return `country is ${filter.country.map(countryName).join(', ')}`;
  return `${field} is ${visible(Array.isArray(value) ? value.join(', ') : (value ?? ''))}`;
};

interface NoRowsProps {
  mode: ListMode;
  filter: Filter;
  live: readonly Session[];
  onFilter: (filter: Filter) => void;
}

/** Says how many there are, which filter costs most, and offers to drop it. */
export function NoRows({ mode, filter, live, onFilter }: NoRowsProps) {
  const { servers } = useLive();
  const up = servers.filter((server) => server.state === 'up').length;
  const fields = activeFields(filter);
  if (fields.length === 0) {
    return mode === 'open'
      ? <Empty title="Nobody is connected">{up === servers.length ? 'The servers answer' : `${up} of ${plural(servers.length, 'server')} answer`}, and no session is open. The next one appears here by itself.</Empty>
      : <Empty title="No session on record yet">A session is kept here from the moment it ends.</Empty>;
  }
  const drops = mode === 'open'
    ? fields.map((field) => ({ field, gain: live.filter((session) => matches(session, dropField(filter, field))).length })).sort((a, b) => b.gain - a.gain)
    : [];
  const best = drops[0];
  return (
    <Empty
      title={fields.length === 1 ? 'Nobody matches this filter' : `Nobody matches these ${fields.length} filters`}
      actions={
        <>
          {best && best.gain > 0 && <Button onClick={() => onFilter(dropField(filter, best.field))}>Drop that filter, show {count(best.gain)}</Button>}
          <Button look={best && best.gain > 0 ? 'ghost' : 'plain'} onClick={() => onFilter(emptyFilter)}>Clear all</Button>
        </>
      }
    >
      {mode === 'open' && `${plural(live.length, 'session')} ${live.length === 1 ? 'is' : 'are'} online. `}
      {best && best.gain > 0 ? <>The nearest match drops <span className="t1">{sentence(filter, best.field)}</span>.</> : 'No single filter is the cause.'}
    </Empty>
  );
}
