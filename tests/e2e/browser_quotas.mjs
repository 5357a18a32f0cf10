// An admin in a real browser: sets a limit, sees it fill and stop its user, grants more, kicks. Driven by test_browser.py.
// Prints one JSON line with what was seen; exit code 1 with a sentence when something is not as it must be.
import { execFile, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { credentials, openPage, show, signIn, themes, withBrowser } from '../../web/e2e/browser.mjs'

const env = name => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
/** Long enough for a machine that has much else to do: only what hangs meets it. */
const patienceMs = 120_000
const url = env('DAVYLAMP_URL')
const client = { index: env('LAB_CLIENT'), name: env('LAB_CLIENT_NAME') }
const labWords = ['--dir', env('LAB_DIR'), '--prefix', env('LAB_PREFIX')]
const shot = (page, name) => page.screenshot({ path: path.join(env('DAVYLAMP_SHOTS'), `${name}.png`) })

const sleep = ms => new Promise(done => setTimeout(done, ms))
const lab = (...words) => new Promise((done, failed) => {
  execFile(env('LAB_SCRIPT'), [...labWords, ...words], { timeout: patienceMs }, (error, stdout, stderr) => (error ? failed(new Error(`lab ${words.join(' ')}: ${stderr || error}`)) : done(stdout)))
})

async function until(condition, ms, what) {
  const deadline = Date.now() + ms
  for (;;) {
    const result = await condition()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`)
    await sleep(50)
  }
}

const mine = (page, row) => page.locator(`[data-testid="${row}"][data-user="${client.name}"]`)
const quotaState = async page => (await mine(page, 'quota-row').count()) > 0 && mine(page, 'quota-row').getAttribute('data-state')
const barPercent = async page => Number.parseFloat((await mine(page, 'quota-row').locator('.qbar-used').getAttribute('width')) ?? '')

async function setLimit(page) {
  await page.goto(`${url}/quotas`)
  await page.getByTestId('new-limit').click()
  const form = page.getByTestId('limit-form')
  await form.getByLabel('User', { exact: true }).fill(client.name)
  await form.getByLabel('Allows', { exact: true }).fill('20')
  await form.getByLabel('Unit of: Allows').selectOption('MB')
  await form.getByRole('button', { name: 'Download only' }).click()
  await form.getByLabel('Note').fill('made on the page')
  await page.getByTestId('limit-save').click()
  await until(() => quotaState(page), patienceMs, `the quota of ${client.name} is in the list`)
}

/** Where the bar stood while it filled, and that the user was stopped in the end. */
async function fillUp(page) {
  const stream = spawn(env('LAB_SCRIPT'), [...labWords, 'traffic', '--client', client.index, '--direction', 'down', '--rate', '6M', '--seconds', '240', '--blind'], { stdio: 'ignore' })
  const seen = [await barPercent(page)]
  try {
    await until(async () => {
      const now = await barPercent(page)
      if (now > seen.at(-1)) seen.push(now)
      return (await quotaState(page)) === 'reached'
    }, 2 * patienceMs, 'the quota is reached')
  } finally {
    stream.kill()
  }
  if (seen.length < 3) throw new Error(`the bar did not move while it filled: ${seen}`)
  await mine(page, 'quota-row').getByText('Stopped').waitFor({ timeout: patienceMs })
  return seen
}

async function seeStopped(page, sessions) {
  await until(async () => (await mine(sessions, 'session-row').count()) === 0, patienceMs, `${client.name} is stopped`)
  await shot(page, '5-quota-reached')
  const refused = await lab('start', client.index).then(() => false, () => true)
  if (!refused) throw new Error(`${client.name} is let in with nothing left`)
  await sessions.goto(url)
  await sessions.getByTestId('event-row').filter({ hasText: client.name }).filter({ hasText: /quota|limit/i }).first().waitFor({ timeout: patienceMs })
  await shot(sessions, '6-stopped-in-the-feed')
}

async function grantMore(page, sessions) {
  await mine(page, 'quota-row').getByTestId('quota-grant').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '5 GB' }).click()
  await dialog.getByLabel('Reason, kept in the audit log').fill('ticket 4182')
  await shot(page, '7-grant')
  await page.getByTestId('grant-submit').click()
  await until(async () => (await quotaState(page)) === 'ok', patienceMs, 'the grant counts')
  await lab('start', client.index)
  await sessions.goto(`${url}/sessions`)
  await until(async () => (await mine(sessions, 'session-row').count()) === 1, patienceMs, `${client.name} is in again`)
}

/** What the page says when the server has answered. */
async function kick(page) {
  const row = mine(page, 'session-row')
  const id = await row.getAttribute('data-session-id')
  await row.click()
  const bar = page.getByTestId('action-bar')
  await bar.getByLabel('Reason, kept in the audit log').fill('to see')
  await bar.getByTestId('action-send').click()
  const act = page.getByTestId('act')
  await act.getByTestId('act-stop').waitFor()
  // Its ten seconds may be over before a busy machine comes to press this.
  await act.getByRole('button', { name: 'Now' }).click({ timeout: 8000 }).catch(() => undefined)
  await until(async () => ['done', 'failed'].includes(await act.last().getAttribute('data-stage')), patienceMs, 'the server answers')
  const said = (await act.last().innerText()).trim()
  await shot(page, '8-kicked')
  if ((await act.last().getAttribute('data-stage')) !== 'done') throw new Error(`the kick failed: ${said}`)
  await until(async () => (await page.locator(`[data-session-id="${id}"]`).count()) === 0, patienceMs, 'the session ends')
  return said
}

async function checkAccess(page) {
  const source = readFileSync(createRequire(new URL('../../web/package.json', import.meta.url)).resolve('axe-core/axe.min.js'), 'utf8')
  const found = []
  const views = [{ path: '/quotas' }, { path: '/quotas', open: '[data-testid="quota-row"]', must: true }, { path: '/system' }, { path: '/servers', open: '[data-testid="server-details"]', must: true }]
  await page.emulateMedia({ reducedMotion: 'reduce' }) // colours that fade over would be measured on their way
  for (const view of views) {
    if (!(await show(page, url, view))) throw new Error(`${view.path}: there is nothing to open`)
    for (const theme of themes) {
      await page.evaluate(name => (document.documentElement.dataset.theme = name), theme)
      await page.waitForTimeout(250)
      await page.evaluate(source)
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
      found.push(...violations.map(({ id, nodes }) => `${view.path} ${theme}: ${id}: ${nodes[0]?.target.join(' ')}`))
    }
  }
  return found
}

await withBrowser(async context => {
  const { page, faults } = await openPage(context, url, 1440, 900)
  await signIn(page, url, credentials())
  const other = await openPage(context, url, 1440, 900)
  const sessions = other.page
  await sessions.goto(`${url}/sessions`)
  await mine(sessions, 'session-row').waitFor({ timeout: patienceMs })
  await setLimit(page)
  const filled = await fillUp(page)
  await seeStopped(page, sessions)
  await grantMore(page, sessions)
  const said = await kick(sessions)
  const problems = [...faults, ...other.faults, ...await checkAccess(page)]
  console.log(JSON.stringify({ filled, said, problems }))
  if (problems.length > 0) throw new Error(problems.join('\n'))
}).catch(error => {
  console.error(error.message)
  process.exitCode = 1
})
