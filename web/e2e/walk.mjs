// node e2e/walk.mjs [BASE_URL]: what a browser must show of a page below a path, of a stream that breaks off, and of roles.
// Without BASE_URL it starts stand-in servers of its own; else of one that runs with MOCK_BASE=/davylamp and the same MOCK_SCENE: BASE_URL ends with the path, without a slash.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { browserProgram, openPage, signIn, withBrowser } from './browser.mjs';
import { distFolder, withStandIn } from './stand-in.mjs';

const account = process.env.DAVYLAMP_ACCOUNT ?? 'demo';
const skipped = 77;
const watchMs = 21_000;
const pauseMs = 250;
let base = process.argv[2];
let password = process.env.DAVYLAMP_PASSWORD;
let prefix = '';
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

/** What holds sooner or later; else what failed last. */
async function becomes(assertion) {
  for (const end = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** A browser that knows nobody, signed in as someone. */
async function as(context, name, patience_ms) {
  await context.clearCookies();
  const { page, faults } = await openPage(context, base, 1440, 900);
  await signIn(page, base, { account: name, password, patience_ms });
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
    await becomes(async () => assert.ok(await page.locator('img.flag').first().evaluate((image) => image.complete && image.naturalWidth > 0)));
  });
  await check('the first stop of the keyboard leads into the page', async () => {
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    await becomes(async () => assert.equal(await page.evaluate(() => document.activeElement.id), 'main'));
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

/** Counts what the page asks for while it is watched. */
function countAsked(page) {
  const asked = { lines: 0, me: 0, refresh: 0, all: 0 };
  page.on('websocket', () => (asked.lines += 1));
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith(`${prefix}/api/`)) return;
    asked.all += 1;
    if (pathname.endsWith('/me')) asked.me += 1;
    if (pathname.endsWith('/auth/refresh')) asked.refresh += 1;
  });
  return asked;
}

/** Signs in again, as a person would, when the daemon was just away. */
async function asSoonAsItIsThere(context) {
  for (let tried = 0; ; tried += 1) {
    try {
      return await as(context, account, 20_000);
    } catch (error) {
      if (tried === 4) throw error;
    }
  }
}

/** Watches while the stream ends several times, each time for a second and a half. */
async function throughRestarts(context) {
  const { page } = await asSoonAsItIsThere(context);
  await page.goto(`${base}/sessions`);
  await page.getByTestId('session-row').first().waitFor();
  const asked = countAsked(page);
  const said = new Map();
  let [looks, doubled, empty, banners, paused_ms] = [0, 0, 0, 0, 0];
  for (const end = Date.now() + watchMs; Date.now() < end; looks += 1) {
    const shown = await page.locator('.foot .live').textContent();
    said.set(shown, (said.get(shown) ?? 0) + 1);
    banners += await page.getByTestId('stale-banner').count();
    const rows = await page.getByTestId('session-row').evaluateAll((all) => all.map((row) => row.getAttribute('data-session') ?? row.textContent));
    doubled += rows.length - new Set(rows).size;
    empty += rows.length ? 0 : 1;
    const before = Date.now();
    await page.waitForTimeout(pauseMs);
    paused_ms += Date.now() - before;
  }
  const given = (pauseMs * looks) / paused_ms;
  await check('the stream came back by itself, more than once', async () => assert.ok(asked.lines >= 2, `${asked.lines} lines`));
  // A break of two seconds is not spoken of; a machine that is busy may make it a little longer.
  await check('nothing alarming was said of short breaks', async () => {
    assert.deepEqual([...said.keys()].filter((word) => !['Live', 'Reconnecting'].includes(word)), []);
    assert.ok(said.get('Live') >= 0.8 * given * looks, `live in ${said.get('Live')} of ${looks} looks, with ${given} of the time that was asked for`);
    assert.equal(banners, 0);
  });
  await check('the page stayed, and its rows', async () => assert.deepEqual([pathOf(page), empty], [`${prefix}/sessions`, 0]));
  await check('no row stood twice', async () => assert.equal(doubled, 0));
  await check('it asked little: a few lines for each restart, and never for a new login', async () => {
    assert.ok(asked.lines <= 24 && asked.me <= 24 && asked.all <= 80 && asked.refresh === 0, JSON.stringify(asked));
  });
  await check('it is live at the end', async () => page.locator('.foot .live', { hasText: /^Live$/ }).waitFor());
  console.log(`      ${looks} looks: ${JSON.stringify(Object.fromEntries(said))}; asked ${JSON.stringify(asked)}`);
  await page.close();
}

async function roles(context) {
  const eight = ['Overview', 'Sessions', 'Users', 'Agents', 'Quotas', 'Alerts', 'Servers', 'Attempts'];
  for (const [name, pages, gear] of [['demo-viewer', eight, 'System'], ['demo-auditor', eight, 'Settings'], ['demo-admin', eight, 'Settings'], ['demo-scoped', ['Overview', 'Sessions', 'Users', 'Alerts', 'Servers', 'Attempts'], undefined]]) {
    const { page, faults } = await as(context, name);
    await check(`${name} sees its pages`, async () => {
      await becomes(async () => assert.deepEqual(await navigation(page), pages));
      await becomes(async () => assert.equal(await page.locator('.top-gear').count(), gear ? 1 : 0));
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

/** Says what a walk on its own servers lacks. */
function isMissing() {
  const missing = [[browserProgram, './dev install'], [path.join(distFolder, 'index.html'), 'npm run build']].filter(([file]) => !existsSync(file));
  for (const [file, remedy] of missing) console.log(`${file} is missing (${remedy})`);
  return missing.length > 0;
}

async function walk(at, word, scene) {
  [base, password, prefix] = [at, word, new URL(at).pathname.replace(/\/$/, '')];
  await withBrowser(async (context) => {
    if (scene === 'restarts') return throughRestarts(context);
    await belowThePath(context);
    await roles(context);
  });
}

if (base) await walk(base, password, process.env.MOCK_SCENE);
else if (isMissing()) process.exit(process.env.CI === 'true' || process.env.DAVYLAMP_REQUIRE_LAB ? 1 : skipped);
else for (const scene of ['restarts', 'normal']) await withStandIn({ MOCK_SCENE: scene, MOCK_BASE: '/davylamp', MOCK_RESTART_SECONDS: '6' }, (server) => walk(server.base, server.password, scene));
process.exit(failed ? 1 : 0);
