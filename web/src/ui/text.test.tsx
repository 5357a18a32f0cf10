import { afterEach, describe, expect, it } from 'vitest';
import { draw } from './test-render';
import { Address, Names } from './text';

let stop: () => Promise<void>;
afterEach(() => stop?.());

async function shown(address: string | undefined) {
  const drawn = await draw(<Address address={address} port={1194} />);
  stop = drawn.stop;
  return drawn.text();
}

describe('names', () => {
  it('are text, each with a direction of its own, and whole in the title', async () => {
    const drawn = await draw(<Names of={['<b>x</b>', 'evil\u202egnp', ' root']} more="made today" />);
    stop = drawn.stop;
    expect([...drawn.host.querySelectorAll('bdi')].map((name) => name.textContent)).toEqual(['<b>x</b>', 'evil\u27e8U+202E\u27e9gnp', '\u2423root']);
    expect(drawn.host.querySelector('span')?.title).toBe('<b>x</b>, evil\u27e8U+202E\u27e9gnp, \u2423root; made today');
  });
});

describe('an address', () => {
  it('is shown with its port', async () => expect(await shown('192.0.2.7')).toBe('192.0.2.7:1194'));
  it('is a client in privacy mode keyed_hash', async () => expect(await shown('100::2f2b:b157:a8c6:5dbd')).toBe('client a8c65dbd'));
  it('says that it is not kept in privacy mode country_only', async () => expect(await shown(undefined)).toBe('not kept'));
});
