import { afterEach, describe, expect, it } from 'vitest';
import { aQuota } from '../lib/test-quota';
import { QuotaBar, QuotaState, RatioBar } from './quota-bar';
import { draw } from './test-render';

let stop: () => Promise<void>;
afterEach(() => stop?.());

async function bar(used: number, forecast: number) {
  const drawn = await draw(<RatioBar used={used} forecast={forecast} marks={[0.8, 0.95]} />);
  stop = drawn.stop;
  const svg = drawn.host.querySelector('svg') as SVGElement;
  return { svg, width: (name: string) => svg.querySelector(`.${name}`)?.getAttribute('width'), at: (name: string) => [...svg.querySelectorAll(`.${name}`)].map((line) => line.getAttribute('x1')) };
}

describe('the quota bar', () => {
  it('shows 125 percent, so the limit stands at four fifths', async () => {
    const { at, width } = await bar(0.5, 0.5);
    expect([at('qbar-limit'), at('qbar-mark'), width('qbar-used')]).toEqual([['80.00%'], ['64.00%', '76.00%'], '40.00%']);
  });
  it('ends where the drawing ends', async () => expect((await bar(4, 9)).width('qbar-used')).toBe('100.00%'));
  it('hatches only what is expected beyond what is used', async () => {
    expect((await bar(0.5, 0.9)).svg.querySelector('[fill^="url("]')?.getAttribute('x')).toBe('40.00%');
    await stop();
    expect((await bar(0.5, 0.5)).svg.querySelector('[fill^="url("]')).toBeNull();
  });
  it('says itself in words', async () => {
    const drawn = await draw(<><QuotaBar quota={aQuota({ used_bytes: 95.5e9, forecast_bytes: 142e9 })} /><QuotaState quota={aQuota({ state: 'near' })} /></>);
    stop = drawn.stop;
    expect(drawn.host.querySelector('svg')?.getAttribute('aria-label')).toBe('95 % used, 142 % expected');
    expect(drawn.text()).toBe('Near');
  });
});
