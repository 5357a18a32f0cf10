import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseFilter } from '../../lib/filter';
import { aSession } from '../../lib/test-session';
import { liveStore } from '../../live/use-live';
import { fitColumns } from '../../ui/columns';
import { draw, key, press, type } from '../../ui/test-render';
import { defaultColumns, isOld, sessionColumns } from './columns';
import { csvHead, csvRow } from './export';
import { FilterBar } from './filter-bar';
import { NoRows } from './no-rows';

let stop: () => Promise<void>;
afterEach(() => stop?.());

describe('FilterBar', () => {
  async function bar(text: string) {
    const onChange = vi.fn();
    const drawn = await draw(<FilterBar filter={parseFilter(text)} onChange={onChange} shown={3} of={9} noun="sessions" />);
    stop = drawn.stop;
    return { ...drawn, onChange, input: drawn.host.querySelector('input') as HTMLInputElement };
  }

  it('shows fields as chips, and the words in the input', async () => {
    const { host, input, text } = await bar('server:fra-1,hel-1 country:DE berlin');
    expect([...host.querySelectorAll('.chip-value')].map((chip) => chip.textContent)).toEqual(['fra-1, hel-1', 'Germany']);
    expect(input.value).toBe('berlin');
    expect(text()).toContain('3 of 9 sessions');
  });

  it('turns what is entered into a filter', async () => {
    const { input, onChange } = await bar('server:a');
    await type(input, 'user:ann transport:udp x');
    await key(input, 'Enter');
    expect(onChange).toHaveBeenLastCalledWith({ server: ['a'], country: [], user: 'ann', transport: 'udp', q: 'x' });
  });

  it('drops a chip', async () => {
    const { host, onChange } = await bar('server:a country:DE');
    await press(host.querySelector('[aria-label="Drop the filter server"]'));
    expect(onChange).toHaveBeenLastCalledWith({ server: [], country: ['DE'] });
  });

  it('is reached by the slash', async () => {
    const { input } = await bar('');
    await key(document.body, '/');
    expect(document.activeElement).toBe(input);
  });
});

describe('NoRows', () => {
  it('offers to drop the filter that costs most', async () => {
    const live = [aSession({ id: 1, user: 'ann' }), aSession({ id: 2, user: 'bob' }), aSession({ id: 3, user: 'bob', transport: 'tcp' })];
    const onFilter = vi.fn();
    const drawn = await draw(<NoRows mode="open" filter={parseFilter('user:bob server:nowhere')} live={live} onFilter={onFilter} />);
    stop = drawn.stop;
    expect(drawn.text()).toContain('Nobody matches these 2 filters');
    expect(drawn.text()).toContain('Drop that filter, show 2');
    await press([...drawn.host.querySelectorAll('button')].find((button) => button.textContent?.startsWith('Drop')));
    expect(onFilter).toHaveBeenCalledWith({ server: [], country: [], user: 'bob' });
  });
});

describe('columns', () => {
  const context = { now: 2000, silent: new Set(['hel-1']), quotas: new Map() };
  const shown = new Set(defaultColumns.open);
  const columns = sessionColumns(context).filter((column) => shown.has(column.key));
  it('all fit at 1440', () => expect(fitColumns(columns, 1440)).toHaveLength(columns.length));
  it('do without the path and the witnesses at 1280', () => expect(fitColumns(columns, 1280).map(({ key: name }) => name)).toEqual(columns.map(({ key: name }) => name).filter((name) => !['rtt', 'sure'].includes(name))));
  it('leave in the order of their worth, and never the user or the rate', () => expect(fitColumns(columns, 360).map(({ key: name }) => name)).toEqual(['user', 'rate']));
  it('call a row old only when its server is silent and some time has passed', () =>
    expect([
      isOld(aSession({ server: 'hel-1', last_seen_at: 1900 }), context), isOld(aSession({ server: 'hel-1', last_seen_at: 1999 }), context), isOld(aSession({ last_seen_at: 1900 }), context),
    ]).toEqual([true, false, false]));
});

describe('the export', () => {
  it('has a value for each heading', () => expect(csvRow(aSession({}))).toHaveLength(csvHead.length));
  it('sees down and up from the client', () => {
    const row = csvRow(aSession({ tx_bytes: 7, rx_bytes: 3 }));
    expect([row[csvHead.indexOf('down_bytes')], row[csvHead.indexOf('up_bytes')]]).toEqual([7, 3]);
  });
});

describe('sparks', () => {
  it('are unknown for a session that is not open', () => expect(liveStore.spark(404)).toEqual([]));
});
