// node e2e/axe.mjs BASE_URL: runs axe-core on every page in both themes. Fails on serious or critical violations.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { credentials, openPage, show, signIn, themes, views, withBrowser } from './browser.mjs';

// Long enough for what is drawn late; there are many pages to see.
process.env.SETTLE_MS ??= '700';
const [base = 'http://127.0.0.1:8090'] = process.argv.slice(2);
const only = process.env.ONLY?.split(',');
const who = credentials();
const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let bad = 0;

async function check(page, name) {
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  for (const violation of violations) {
    const grave = violation.impact === 'serious' || violation.impact === 'critical';
    if (grave) bad += 1;
    console.log(`${name}: ${violation.impact}: ${violation.id}: ${violation.help}`);
    for (const node of violation.nodes.slice(0, 4)) console.log(`   ${node.target.join(' ')}  ${node.any[0]?.message ?? ''}`);
  }
  if (violations.length === 0) console.log(`${name}: ok`);
}

await withBrowser(async (context) => {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    const { page } = await openPage(context, base, width, height);
    // Colours that fade over would be measured on their way.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await context.clearCookies();
    await page.goto(`${base}/login`);
    await page.waitForTimeout(500);
    await check(page, `login ${width}`);
    await signIn(page, base, who);
    for (const view of views.filter(({ name }) => !only || only.includes(name))) {
      if (!(await show(page, base, view))) continue;
      for (const theme of themes) {
        await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
        await page.waitForTimeout(250);
        await check(page, `${view.name} ${width} ${theme}`);
      }
    }
    await page.close();
  }
});
process.exit(bad ? 1 : 0);
