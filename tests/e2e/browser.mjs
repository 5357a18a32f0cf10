// A person in a real browser: signs in, sees a client of the lab come and go. Driven by test_browser.py.
// Prints one JSON line with what was measured; exit code 1 with a sentence when something is not as it must be.
import { createRequire } from 'node:module'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const env = name => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
const require = createRequire(path.join(env('DAVYLAMP_SOURCE_DIR'), 'web', 'package.json'))
const { chromium } = require('playwright-core')

/** Long enough for a machine that has much else to do: only what hangs meets it. */
const patienceMs = 120_000
const url = env('DAVYLAMP_URL')
const shots = env('DAVYLAMP_SHOTS')
const client = { index: env('LAB_CLIENT'), name: env('LAB_CLIENT_NAME') }
const hooksLog = env('LAB_HOOKS_LOG')
const allClients = Number(env('LAB_CLIENTS'))
/** Two seconds on a machine at rest, longer by as much as there is more to run than processors. */
const appearMs = () => Number(process.env.DAVYLAMP_APPEAR_MS ?? 2000) * Math.max(1, os.loadavg()[0] / os.cpus().length)
/** A busy machine may hold up one arrival; a page that is slow holds up each. */
const arrivals = 5

const sleep = ms => new Promise(done => setTimeout(done, ms))
const lab = (...words) => new Promise((done, failed) => {
  execFile(env('LAB_SCRIPT'), ['--dir', env('LAB_DIR'), '--prefix', env('LAB_PREFIX'), ...words], { timeout: patienceMs },
    (error, stdout, stderr) => (error ? failed(new Error(`lab ${words.join(' ')}: ${stderr || error}`)) : done(stdout)))
})

async function until(condition, ms, what) {
  const deadline = Date.now() + ms
  for (;;) {
    const result = await condition()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`)
    await sleep(20)
  }
}

const connects = () => readFileSync(hooksLog, 'utf8').split('\n')
  .filter(line => line.startsWith('client-connect\t') && line.split('\t')[2] === client.name).length

const pointCount = async page => Number(await page.getByTestId('map-canvas').getAttribute('data-points'))
const row = page => page.locator('[data-testid="session-row"]').and(page.locator(`[data-user="${client.name}"]`))

async function signIn(context, problems) {
  const page = await context.newPage()
  watch(page, problems)
  await page.goto(url)
  await page.getByTestId('login-account').fill(env('DAVYLAMP_ACCOUNT'))
  await page.getByTestId('login-password').fill(env('DAVYLAMP_PASSWORD'))
  await page.screenshot({ path: path.join(shots, '1-login.png') })
  await page.getByTestId('login-submit').click()
  await page.getByTestId('kpi-sessions').waitFor({ timeout: patienceMs })
  return page
}

// Errors of the page and requests to anyone else are failures.
function watch(page, problems) {
  page.on('pageerror', error => problems.push(`error in the page: ${error.message}`))
  page.on('request', request => {
    const to = new URL(request.url())
    if (!['data:', 'blob:'].includes(to.protocol) && to.host !== new URL(url).host) problems.push(`request to ${to.host}`)
  })
}

async function clientComes(overview, table) {
  const before = { points: await pointCount(overview), connects: connects() }
  const started = lab('start', client.index)
  started.catch(() => {})  // awaited below
  await until(() => connects() > before.connects, patienceMs, `OpenVPN accepts ${client.name}`)
  const connectedAt = Date.now()
  const timed = async (condition, what) => {
    await until(condition, patienceMs, what)
    return Date.now() - connectedAt
  }
  const [tableMs, mapMs] = await Promise.all([
    timed(async () => (await row(table).count()) > 0, `${client.name} is in the table`),
    timed(async () => (await pointCount(overview)) > before.points, `${client.name} is on the map`),
  ])
  await started
  return { tableMs, mapMs, pointsBefore: before.points }
}

async function clientLeaves(overview, table, pointsBefore) {
  await lab('stop', client.index)
  const stoppedAt = Date.now()
  await until(async () => (await row(table).count()) === 0, patienceMs, `${client.name} leaves the table`)
  await until(async () => (await pointCount(overview)) === pointsBefore, patienceMs, `${client.name} leaves the map`)
  return Date.now() - stoppedAt
}

async function main() {
  const problems = []
  const browser = await chromium.launch({ executablePath: env('CHROMIUM'), args: ['--headless=new', '--no-sandbox'], timeout: patienceMs })
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    context.setDefaultTimeout(patienceMs)
    const overview = await signIn(context, problems)
    const table = await context.newPage()
    watch(table, problems)
    await table.goto(`${url}/sessions`)
    await until(async () => (await table.getByTestId('session-row').count()) === allClients - 1, patienceMs, 'the other clients are in the table')
    await overview.waitForSelector('[data-testid="map-canvas"][data-ready="yes"]', { timeout: patienceMs })
    let came = await clientComes(overview, table)
    for (let tried = 1; tried < arrivals && Math.max(came.tableMs, came.mapMs) > appearMs(); tried += 1) {
      await clientLeaves(overview, table, came.pointsBefore)
      came = await clientComes(overview, table)
    }
    await overview.screenshot({ path: path.join(shots, '2-overview.png') })
    await table.screenshot({ path: path.join(shots, '3-sessions.png') })
    const kpi = async () => Number((await overview.getByTestId('kpi-sessions').innerText()).trim())
    await until(async () => (await kpi()) === allClients, patienceMs, `the overview says ${allClients} sessions`)
    const leftMs = await clientLeaves(overview, table, came.pointsBefore)
    await overview.screenshot({ path: path.join(shots, '4-overview-after.png') })
    for (const [what, ms] of [['table', came.tableMs], ['map', came.mapMs]]) {
      if (ms > appearMs()) problems.push(`${client.name} took ${ms} ms to appear (${what}), ${Math.round(appearMs())} are allowed`)
    }
    console.log(JSON.stringify({ ...came, leftMs, problems }))
  } finally {
    await browser.close()
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

main().catch(error => {
  console.error(error.message)
  process.exit(1)
})
