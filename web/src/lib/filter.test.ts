import { describe, expect, it } from 'vitest';
import { aSession } from './test-session';
import { dropField, formatFilter, matches, mergeFilter, parseFilter, readFilter, writeFilter } from './filter';

describe('the text form', () => {
  it('reads fields and words', () =>
    expect(parseFilter('server:fra-1,hel-1 country:de user:ann hello world')).toEqual({ server: ['fra-1', 'hel-1'], country: ['DE'], user: 'ann', q: 'hello world' }));
  it('keeps blanks within quotes', () => expect(parseFilter('user:"ann b" x').user).toBe('ann b'));
  it('searches for words with a colon that name no field', () => expect(parseFilter('2001:db8::1')).toEqual({ server: [], country: [], q: '2001:db8::1' }));
  it('ignores a field without a value', () => expect(parseFilter('user: ')).toEqual({ server: [], country: [] }));
  it('gathers a list from several words', () => expect(parseFilter('server:a server:b,a').server).toEqual(['a', 'b']));
  it('is read back as it was', () => {
    const filter = { server: ['a', 'b'], country: ['DE', 'FR'], user: 'ann b', transport: 'udp', q: 'x y' };
    expect(parseFilter(formatFilter(filter))).toEqual(filter);
  });
});

describe('a filter', () => {
  it('survives the address', () => {
    const params = new URLSearchParams('density=comfortable');
    const filter = { server: ['a'], country: ['DE'], q: 'x' };
    writeFilter(params, filter);
    expect(readFilter(params)).toEqual(filter);
    expect(params.get('density')).toBe('comfortable');
  });
  it('grows in lists and is replaced in single values', () =>
    expect(mergeFilter({ server: ['a'], country: [], user: 'x' }, { server: ['b'], country: [], user: 'y' })).toEqual({ server: ['a', 'b'], country: [], user: 'y' }));
  it('drops one field and leaves the rest', () => expect(dropField({ server: ['a'], country: ['DE'], q: 'x' }, 'server')).toEqual({ server: [], country: ['DE'], q: 'x' }));
});

describe('matching', () => {
  const session = aSession({ user: 'Ann', server: 'fra-1', transport: 'udp', place: { kind: 'public', country_code: 'DE', city: 'Berlin' } });
  const passes = (text: string) => matches(session, parseFilter(text));
  it('takes any server of a list', () => expect([passes('server:hel-1,fra-1'), passes('server:hel-1')]).toEqual([true, false]));
  it('takes a user as a whole', () => expect([passes('user:Ann'), passes('user:An')]).toEqual([true, false]));
  it('searches without regard to case, in places too', () => expect([passes('berl'), passes('ANN'), passes('paris')]).toEqual([true, true, false]));
  it('finds those without a place on the map', () => {
    const placed = aSession({ place: { kind: 'public', country_code: 'DE', latitude: 52, longitude: 13 } });
    expect([matches(session, parseFilter('place:none')), matches(placed, parseFilter('place:none'))]).toEqual([true, false]);
  });
  it('knows no other place than none', () => expect(parseFilter('place:berlin')).toEqual({ server: [], country: [], q: 'place:berlin' }));
  it('asks for a missing place only in the live list, as the server cannot', () =>
    expect([readFilter(new URLSearchParams('place=none')).place, readFilter(new URLSearchParams('place=none&state=closed')).place]).toEqual(['none', undefined]));
  it('leaves out sessions without a country when one is asked for', () => expect(matches(aSession({}), parseFilter('country:DE'))).toBe(false));
});
