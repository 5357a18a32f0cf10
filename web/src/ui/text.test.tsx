import { afterEach, describe, expect, it } from 'vitest';
import { draw } from './test-render';
import { Address } from './text';

let stop: () => Promise<void>;
afterEach(() => stop?.());

async function shown(address: string | undefined) {
  const drawn = await draw(<Address address={address} port={1194} />);
  stop = drawn.stop;
  return drawn.text();
}

describe('an address', () => {
  it('is shown with its port', async () => expect(await shown('192.0.2.7')).toBe('192.0.2.7:1194'));
  it('is a client in privacy mode keyed_hash', async () => expect(await shown('100::2f2b:b157:a8c6:5dbd')).toBe('client a8c65dbd'));
  it('says that it is not kept in privacy mode country_only', async () => expect(await shown(undefined)).toBe('not kept'));
});
