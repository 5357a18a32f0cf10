// node e2e/shot.mjs BASE_URL OUT_DIR: signs in and takes a picture of every page, in three sizes and two themes.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { credentials, openPage, setTheme, show, signIn, sizes, themes, views, withBrowser } from './browser.mjs';

const [base = 'http://127.0.0.1:8090', out = 'shots'] = process.argv.slice(2);
const only = process.env.ONLY?.split(',');
const who = credentials();
mkdirSync(out, { recursive: true });
let faulty = 0;

await withBrowser(async (context) => {
  for (const [width, height] of sizes) {
    const { page, faults } = await openPage(context, base, width, height);
    if (!only || only.includes('login')) {
      await context.clearCookies();
      await page.goto(`${base}/login`);
      await page.waitForTimeout(800);
      await page.screenshot({ path: path.join(out, `login-${width}.png`) });
    }
    await signIn(page, base, who);
    for (const theme of themes) {
      await setTheme(page, theme);
      for (const view of views.filter(({ name }) => !only || only.includes(name))) {
        if (await show(page, base, view)) await page.screenshot({ path: path.join(out, `${view.name}-${width}-${theme}.png`) });
        else console.log(`${view.name} ${width} ${theme}: nothing to open`);
      }
    }
    for (const fault of new Set(faults)) console.error(`${width}: ${fault}`);
    faulty += faults.length;
    await page.close();
  }
});
process.exit(faulty ? 1 : 0);
