import { expect, it } from 'vitest';
import { modulesPath } from './qr';

it('draws the three corners that a camera looks for, within a quiet border', () => {
  const { path, size } = modulesPath('otpauth://totp/Davylamp:ann?secret=JBSWY3DPEHPK3PXP&issuer=Davylamp');
  const dark = new Set([...path.matchAll(/M(\d+) (\d+)h1/g)].map(([, x, y]) => `${x} ${y}`));
  const finder = (left: number, top: number) => [0, 1, 2, 3, 4, 5, 6].every((step) => dark.has(`${left + step} ${top}`) && dark.has(`${left} ${top + step}`)) && !dark.has(`${left + 1} ${top + 1}`) && dark.has(`${left + 3} ${top + 3}`);
  expect([finder(3, 3), finder(size - 10, 3), finder(3, size - 10)]).toEqual([true, true, true]);
  expect([...dark].some((at) => /^[0-2] | [0-2]$/.test(at))).toBe(false);
});
