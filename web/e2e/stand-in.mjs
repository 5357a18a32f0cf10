// Runs a check against a stand-in server of its own (mock/server.mjs) on a free port.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** The built page that it shows. */
export const distFolder = path.resolve(process.env.MOCK_DIST ?? path.resolve(import.meta.dirname, '../dist'));
const program = path.resolve(import.meta.dirname, '../mock/server.mjs');

/** Calls `work({ base, password })` while it runs. */
export async function withStandIn(environment, work) {
  const password = randomBytes(9).toString('base64url');
  const server = spawn(process.execPath, [program, '0'], { env: { ...process.env, ...environment, DAVYLAMP_ACCOUNT: 'demo', DAVYLAMP_PASSWORD: password }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const base = await Promise.race([addressOf(server.stdout), ended.then(() => Promise.reject(new Error('the stand-in server ended at once')))]);
    await work({ base, password });
  } finally {
    server.kill();
    await ended;
  }
}

async function addressOf(output) {
  for await (const line of createInterface({ input: output })) {
    const base = /^mock: (http:\S+)\//.exec(line)?.[1];
    if (base) return base;
  }
  throw new Error('the stand-in server did not say where it listens');
}
