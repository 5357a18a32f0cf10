// A person looks at a service that is only watched: a client appears, witnesses agree on it, an attempt is on the board; on a
// phone, too. Driven by test_browser_watch.py. Prints one JSON line; exit code 1 with a sentence when something is not as it must be.
import { createRequire } from 'node:module'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const env = name => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
const require = createRequire(path.join(env('DAVYLAMP_SOURCE_DIR'), 'web', 'package.json'))
const { chromium } = require('playwright-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
/** Long enough for a machine that has much else to do: only what hangs meets it. */
const patienceMs = 120_000
const url = env('DAVYLAMP_URL')
const shots = env('DAVYLAMP_SHOTS')
const client = env('CLIENT_ADDRESS')
const knocker = env('KNOCKER_ADDRESS')
const problems = []
const started = []

async function until(condition, what) {
  const deadline = Date.now() + patienceMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}`)
    await new Promise(done => setTimeout(done, 100))
  }
}

const start = name => {
  const [command, ...words] = JSON.parse(env(name))
  started.push(spawn(command, words, { stdio: 'ignore' }))
}

function listen(page) {
  page.on('pageerror', error => problems.push(`error in the page: ${error.message}`))
  page.on('request', request => {
    const to = new URL(request.url())
    if (!['data:', 'blob:'].includes(to.protocol) && to.host !== new URL(url).host) problems.push(`request to ${to.host}`)
  })
}

async function check(page, name) {
  await page.screenshot({ path: path.join(shots, `${name}.png`) })
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  for (const { impact, id, help, nodes } of violations) {
    if (impact === 'serious' || impact === 'critical') problems.push(`${name}: ${id}: ${help}: ${nodes[0]?.target.join(' ')}`)
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (wide > 0) problems.push(`${name}: ${wide} pixels wider than the window`)
}

async function signIn(page) {
  listen(page)
  await page.goto(url)
  await page.getByTestId('login-account').fill(env('DAVYLAMP_ACCOUNT'))
  await page.getByTestId('login-password').fill(env('DAVYLAMP_PASSWORD'))
  await page.getByTestId('login-submit').click()
  await page.getByTestId('kpi-sessions').waitFor({ timeout: patienceMs })
}

async function seesTheClient(page) {
  await page.goto(`${url}/sessions`)
  await page.locator('main').waitFor()
  start('CLIENT')
  const since = Date.now()
  const row = page.locator(`[data-testid="session-row"][data-user="${client}"]`)
  await row.waitFor({ timeout: patienceMs })
  const appeared = Date.now() - since
  await row.click()
  const witnesses = page.getByTestId('witnesses').locator('tbody tr')
  await witnesses.nth(1).waitFor({ timeout: patienceMs })
  // Two figures that move are read at two moments: they need not agree in each.
  await until(async () => (await witnesses.allInnerTexts()).every(text => !/differs/.test(text)), 'the witnesses agree')
  const said = await witnesses.allInnerTexts()
  if (!/conntrack, counts/.test(said[0]) || !/Sockets/.test(said[1])) problems.push(`witnesses: ${said.join(' | ')}`)
  if (await page.getByTestId('action-bar').count()) problems.push('the page offers to end a session that cannot be ended')
  if (!(await page.getByTestId('cannot-end').count())) problems.push('the page does not say why the session cannot be ended')
  await check(page, 'watch-1-session')
  return appeared
}

async function seesTheAttempt(page) {
  await page.goto(`${url}/attempts`)
  start('KNOCKER')
  const row = page.getByTestId('attempt-row').filter({ hasText: knocker })
  await row.waitFor({ timeout: patienceMs })
  // Five packets, which need not be told of at once.
  await until(async () => /\b5\b/.test(await row.innerText()), 'all five are counted')
  const text = await row.innerText()
  for (const part of ['Refused', 'udp 1195', '[DROP]', '5']) if (!text.includes(part)) problems.push(`the attempt says "${text}", not ${part}`)
  await check(page, 'watch-2-attempts')
}

async function onAPhone(page) {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  for (const [name, where, what] of [['overview', '/', 'main'], ['sessions', '/sessions', '[data-testid="session-row"]'],
    ['attempts', '/attempts', '[data-testid="attempt-row"]'], ['servers', '/servers', '[data-testid="server-card"]']]) {
    await page.goto(url + where)
    await page.locator(what).first().waitFor()
    if (name === 'sessions') {
      await page.locator(what).first().click()
      await page.locator('.drawer').waitFor()
    }
    await page.waitForTimeout(400)  // what is drawn late
    await check(page, `watch-3-phone-${name}`)
  }
}

async function main() {
  const browser = await chromium.launch({ executablePath: env('CHROMIUM'), args: ['--headless=new', '--no-sandbox'], timeout: patienceMs })
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
    context.setDefaultTimeout(patienceMs)
    const page = await context.newPage()
    await signIn(page)
    const appeared_ms = await seesTheClient(page)
    await seesTheAttempt(page)
    await onAPhone(page)
    console.log(JSON.stringify({ appeared_ms, problems }))
  } finally {
    for (const process of started) process.kill()
    await browser.close()
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

main().catch(error => {
  console.error(error.message)
  process.exit(1)
})
