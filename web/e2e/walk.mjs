// node e2e/walk.mjs BASE_URL: what a browser must show of a page below a path, of a stream that breaks off, and of roles.
// For the stand-in server (npm run mock): MOCK_BASE=/davylamp MOCK_SCENE=restarts; BASE_URL ends with the path, without a slash.
import assert from 'node:assert/strict';
import { openPage, signIn, withBrowser } from './browser.mjs';

const base = process.argv[2] ?? 'http://127.0.0.1:8090';
const prefix = new URL(base).pathname.replace(/\/$/, '');
const password = process.env.DAVYLAMP_PASSWORD;
const account = process.env.DAVYLAMP_ACCOUNT ?? 'demo';
let failed = 0;

async function check(name, work) {
  try {
    await work();
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${name}: ${error.message.split('\n')[0]}`);
  }
}

/** A browser that knows nobody, signed in as someone. */
async function as(context, name) {
  await context.clearCookies();
  const { page, faults } = await openPage(context, base, 1440, 900);
  await signIn(page, base, { account: name, password });
  return { page, faults };
}

const pathOf = (page) => new URL(page.url()).pathname;
const navigation = (page) => page.locator('nav[aria-label="Main"] a').evaluateAll((links) => links.map((link) => link.firstChild.textContent));

async function belowThePath(context) {
  const { page } = await as(context, account);
  const away = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && !url.pathname.startsWith(`${prefix}/`)) away.push(url.pathname);
  });
  await page.goto(`${base}/sessions`);
  await page.getByTestId('session-row').first().click();
  await page.locator('.drawer').waitFor();
  await check('a row keeps the path', async () => assert.match(pathOf(page), new RegExp(`^${prefix}/sessions/\\d+$`)));
  await check('a deep address opens by itself', async () => {
    await page.reload();
    await page.locator('.drawer').waitFor();
  });
  await check('flags and lazy pages load', async () => {
    await page.locator('nav[aria-label="Main"] a', { hasText: 'Users' }).click();
    await page.getByTestId('user-row').first().waitFor();
    assert.equal(pathOf(page), `${prefix}/users`);
    assert.ok(await page.locator('img.flag').first().evaluate((image) => image.complete && image.naturalWidth > 0));
  });
  await check('the first stop of the keyboard leads into the page', async () => {
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    assert.equal(pathOf(page), `${prefix}/users`);
  });
  await check('nothing is asked beside the path', async () => assert.deepEqual([...new Set(away)], []));
  await check('signing out and in comes back to the page', async () => {
    await context.clearCookies();
    await page.goto(`${base}/servers`);
    await page.getByTestId('login-account').waitFor();
    assert.equal(pathOf(page), `${prefix}/login`);
    await page.getByTestId('login-account').fill(account);
    await page.getByTestId('login-password').fill(password);
    await page.getByTestId('login-submit').click();
    await page.getByTestId('lamp').first().waitFor();
    assert.equal(pathOf(page), `${prefix}/servers`);
  });
  await page.close();
}

/** Watches for half a minute, in which the stream ends several times. */
async function throughRestarts(context) {
  const { page } = await as(context, account);
  await page.goto(`${base}/sessions`);
  await page.getByTestId('session-row').first().waitFor();
  let sockets = 0;
  page.on('websocket', () => (sockets += 1));
  const seen = new Set();
  let doubled = 0;
  for (let tick = 0; tick < 120; tick += 1) {
    const shown = await page.locator('.foot .live').textContent();
    seen.add(shown);
    if (await page.getByTestId('stale-banner').count()) seen.add('banner');
    const rows = await page.getByTestId('session-row').evaluateAll((all) => all.map((row) => row.getAttribute('data-session') ?? row.textContent));
    doubled += rows.length - new Set(rows).size;
    await page.waitForTimeout(250);
  }
  await check('the stream came back by itself, more than once', async () => assert.ok(sockets >= 2, `${sockets} lines`));
  await check('nothing was said of breaks of a second or two', async () => assert.deepEqual([...seen], ['Live']));
  await check('no row stood twice', async () => assert.equal(doubled, 0));
  await check('it is live at the end', async () => {
    await page.waitForTimeout(3500);
    assert.equal(await page.locator('.foot .live').textContent(), 'Live');
  });
  await page.close();
}

async function roles(context) {
  const eight = ['Overview', 'Sessions', 'Users', 'Agents', 'Quotas', 'Alerts', 'Servers', 'Attempts'];
  for (const [name, pages, gear] of [['demo-viewer', eight, 'System'], ['demo-auditor', eight, 'Settings'], ['demo-admin', eight, 'Settings'], ['demo-scoped', ['Overview', 'Sessions', 'Users', 'Alerts', 'Servers', 'Attempts'], undefined]]) {
    const { page, faults } = await as(context, name);
    await page.waitForTimeout(1500);
    await check(`${name} sees its pages`, async () => {
      assert.deepEqual(await navigation(page), pages);
      assert.equal(await page.locator('.top-gear').count(), gear ? 1 : 0);
      if (gear) assert.equal(await page.locator('.top-gear').getAttribute('aria-label'), gear);
    });
    for (const path of ['/sessions', '/users', '/servers', '/account', '/settings/accounts', '/settings/audit', '/agents']) {
      await page.goto(base + path);
      await page.waitForTimeout(600);
    }
    await check(`${name} meets no refusal`, async () => assert.deepEqual([...new Set(faults)], []));
    await page.close();
  }
}

await withBrowser(async (context) => {
  await belowThePath(context);
  if (process.env.MOCK_SCENE === 'restarts') await throughRestarts(context);
  else await roles(context);
});
process.exit(failed ? 1 : 0);
