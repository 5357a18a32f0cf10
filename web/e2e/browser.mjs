// What the browser checks share: a fresh Chromium, a signed-in page, and the list of what to look at.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const browserProgram = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const sizes = [[1440, 900], [1280, 800], [390, 844]];
export const themes = ['dark', 'light'];

/** Name, path, and the drawer row to open, if any. */
export const views = [
  { name: 'overview', path: '/' },
  { name: 'sessions', path: '/sessions' },
  { name: 'session', path: '/sessions', open: '[data-testid="session-row"]' },
  { name: 'sessions-ended', path: '/sessions?state=closed' },
  { name: 'users', path: '/users' },
  { name: 'user', path: '/users', open: '[data-testid="user-row"]' },
  { name: 'quotas', path: '/quotas' },
  { name: 'quota', path: '/quotas', open: '[data-testid="quota-row"]' },
  { name: 'limits', path: '/quotas?view=limits' },
  { name: 'groups', path: '/quotas?view=groups' },
  { name: 'new-limit', path: '/quotas?new=ann' },
  { name: 'servers', path: '/servers' },
  { name: 'server', path: '/servers', open: '[data-testid="server-details"]' },
  { name: 'agents', path: '/agents' },
  { name: 'agent', path: '/agents', open: '[data-testid="agent-link"]' },
  { name: 'alerts', path: '/alerts' },
  { name: 'attempts', path: '/attempts' },
  { name: 'system', path: '/system' },
  { name: 'account', path: '/account' },
  { name: 'accounts', path: '/settings/accounts' },
  { name: 'account-of', path: '/settings/accounts', open: '[data-testid="account-row"]' },
  { name: 'server-groups', path: '/settings/server-groups' },
  { name: 'nodes', path: '/settings/nodes' },
  { name: 'audit', path: '/settings/audit' },
];

export function credentials() {
  const { DAVYLAMP_ACCOUNT: account, DAVYLAMP_PASSWORD: password } = process.env;
  if (account && password) return { account, password };
  console.error('Set DAVYLAMP_ACCOUNT and DAVYLAMP_PASSWORD to an account of the server.');
  process.exit(2);
}

/** Runs `work` with a browser of its own; its profile is removed afterwards. */
export async function withBrowser(work) {
  const profile = mkdtempSync(path.join(tmpdir(), 'davylamp-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    // A Chromium that shares its home with another one is slow to end.
    executablePath: browserProgram, env: { ...process.env, HOME: profile }, headless: true, timeout: 180_000, args: ['--headless=new', ...flags], ignoreDefaultArgs: ['--headless'],
    ...(process.env.DAVYLAMP_INSECURE_TLS ? { ignoreHTTPSErrors: true } : {}),
  });
  context.setDefaultTimeout(90_000);
  try {
    await work(context);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** A page that records what it should not do: errors, and requests to anyone but the server. */
export async function openPage(context, base, width, height) {
  const page = await context.newPage();
  await page.setViewportSize({ width, height });
  const faults = [];
  const home = new URL(base).host;
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.host !== home) faults.push(`request to ${url.host}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 401/.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  return { page, faults };
}

export async function signIn(page, base, { account, password, patience_ms = 90_000 }) {
  await page.goto(`${base}/login`);
  await page.getByTestId('login-account').fill(account);
  await page.getByTestId('login-password').fill(password);
  await page.getByTestId('login-submit').click();
  await page.getByTestId('lamp').first().waitFor({ timeout: patience_ms });
}

export async function setTheme(page, theme) {
  await page.evaluate((name) => localStorage.setItem('davylamp.theme', name), theme);
}

/** Opens a view and waits until it has drawn what it shows; what must be there to open is waited for. */
export async function show(page, base, view) {
  await page.goto(base + view.path);
  await page.locator('main').waitFor();
  if (view.name === 'overview') await page.locator('[data-testid="map-canvas"][data-ready="yes"]').waitFor({ timeout: 15_000 }).catch(() => undefined);
  await page.waitForTimeout(Number(process.env.SETTLE_MS ?? 1500));
  if (!view.open) return true;
  const row = page.locator(view.open).first();
  if (view.must) await row.waitFor();
  if (!(await row.count())) return false;
  await row.click();
  await page.locator('.drawer').waitFor();
  await page.waitForTimeout(900);
  return true;
}
