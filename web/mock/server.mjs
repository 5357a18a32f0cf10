// A stand-in for Davylamp with an invented fleet: for screenshots and for work on the page without a VPN. Never shipped.
// node mock/server.mjs [port]. MOCK_SCENE is normal, limitless, big, empty, quiet, lab, hostile (names), stale or restarts (a daemon behind a proxy that goes
// away every ten seconds, or MOCK_RESTART_SECONDS); MOCK_BASE a path below which it is shown, such as /davylamp; MOCK_OIDC the name of an identity provider; MOCK_DIST a page built elsewhere.
// The account is DAVYLAMP_ACCOUNT with the role MOCK_ROLE; beside it are demo-viewer, demo-auditor, demo-operator, demo-admin, demo-scoped
// (some servers only) and demo-code (second factor). All have the password DAVYLAMP_PASSWORD, else one that is made up and printed.
import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { actOn } from './acts.mjs';
import { watched } from './alerts.mjs';
import { answer } from './api.mjs';
import { House, houseAnswer, problem } from './house.mjs';
import { makeHostile } from './hostile.mjs';
import { makeLive } from './live.mjs';
import { answerOutside, narrowWorld, seenBy } from './scope.mjs';
import { makeWorld } from './world.mjs';

const port = Number(process.argv[2] ?? 8090);
const scene = process.env.MOCK_SCENE ?? 'normal';
const base = (process.env.MOCK_BASE ?? '').replace(/\/+$/, '');
const account = process.env.DAVYLAMP_ACCOUNT ?? 'demo';
const password = process.env.DAVYLAMP_PASSWORD ?? randomBytes(9).toString('base64url');
const dist = path.resolve(process.env.MOCK_DIST ?? path.resolve(import.meta.dirname, '../dist'));
const world = makeWorld(['stale', 'restarts', 'hostile'].includes(scene) ? 'normal' : scene);
const house = new House(account, password, process.env.MOCK_ROLE ?? 'admin');
if (scene === 'hostile') makeHostile(house, account);
world.audit = { unshift: (line) => house.audit.add(line) };
const tickets = new Map();
let away = false;
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.json': 'application/json', '.txt': 'text/plain' };
const about = {
  name: 'Davylamp', version: '0.1.0', setup_needed: false, host: 'vpn.example.net', lab: false,
  attribution: [{ text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' }, { text: 'City data is approximate and licensed under CC BY 4.0.' }],
};
const options = { local: true, ldap: false, ...(process.env.MOCK_OIDC ? { oidc: { name: process.env.MOCK_OIDC } } : {}) };

const ticketOf = (request) => /davylamp_access=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
const whoAsks = (request) => {
  const name = tickets.get(ticketOf(request));
  return name !== undefined && house.accounts.has(name) ? house.me(name) : undefined;
};

function send(response, { status, body, file }, headers = {}) {
  if (file) {
    response.writeHead(status, { 'Content-Type': file.type, 'Content-Disposition': `attachment; filename="${file.name}"` });
    return response.end(file.text);
  }
  response.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json', 'Cache-Control': 'no-store', ...headers });
  return response.end(body === undefined ? '' : JSON.stringify(body));
}

function signIn(response, outcome) {
  if (!outcome.signedIn) return send(response, outcome);
  const ticket = randomBytes(12).toString('base64url');
  tickets.set(ticket, outcome.signedIn);
  house.audit.add({ account: outcome.signedIn, action: 'login' });
  return send(response, { status: 200, body: house.me(outcome.signedIn) }, { 'Set-Cookie': `davylamp_access=${ticket}; Path=${base}/api; HttpOnly; SameSite=Strict` });
}

function signOut(request, response) {
  tickets.delete(ticketOf(request));
  return send(response, { status: 204 }, { 'Set-Cookie': `davylamp_access=; Path=${base}/api; Max-Age=0` });
}

/** What needs nobody to be signed in. Undefined: not one of these. */
function openRoute(response, name, body) {
  if (name === '/about') return send(response, { status: 200, body: about });
  if (name === '/login-options') return send(response, { status: 200, body: options });
  if (name === '/auth/login') return signIn(response, house.login(body));
  if (name === '/auth/second-factor') return signIn(response, house.answerChallenge(body));
  if (name === '/oidc/start') return response.writeHead(303, { Location: `${base}/#signed-out=sign-on-refused` }).end();
  return undefined;
}

function reading(me, method, name) {
  if (method !== 'GET' && ['viewer', 'auditor'].includes(me.role)) return problem(403, 'not-allowed', 'Your role only reads.');
  return me.scope.length > 0 ? answerOutside(method, name, () => problem(403, 'not-allowed', 'This is for those who see every server.')) : undefined;
}

function api(request, response, url, text) {
  const name = url.pathname.slice('/api/v1'.length);
  const body = text ? JSON.parse(text) : {};
  if (openRoute(response, name, body) !== undefined) return undefined;
  const me = whoAsks(request);
  if (!me) return send(response, problem(401, 'signed-out', 'Sign in first.'));
  if (name === '/auth/refresh' || name === '/me') return send(response, { status: 200, body: me });
  if (name === '/auth/logout') return signOut(request, response);
  world.account = me.account;
  const query = url.searchParams;
  const seen = me.scope.length > 0 ? narrowWorld(world, seenBy(house, me)) : world;
  const result = houseAnswer(house, me, { method: request.method, path: name, body, query }) ?? reading(me, request.method, name) ?? watched(world, request.method, name, body, query) ?? actOn(world, request.method, name, body, query) ?? answer(seen, name, query);
  send(response, result);
  if (result.signsOut) {
    for (const [ticket, who] of tickets) if (who === result.signsOut) tickets.delete(ticket);
    live.dropAll(result.signsOut);
  }
  return undefined;
}

function file(response, name) {
  let full = path.join(dist, path.normalize(name));
  if (!full.startsWith(dist) || !existsSync(full) || statSync(full).isDirectory()) full = path.join(dist, 'index.html');
  response.writeHead(200, { 'Content-Type': types[path.extname(full)] ?? 'application/octet-stream', 'Content-Security-Policy': csp, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' });
  if (path.basename(full) === 'index.html') response.end(readFileSync(full, 'utf8').replace(/<base [^>]*>/, `<base href="${base}/">`));
  else createReadStream(full).pipe(response);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  // The proxy has the files itself; only the daemon behind it is away.
  if (away && url.pathname.startsWith(`${base}/api/`)) return response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html><body><h1>502 Bad Gateway</h1></body></html>');
  if (base && !url.pathname.startsWith(`${base}/`)) return response.writeHead(url.pathname === base ? 308 : 404, { Location: `${base}/` }).end();
  url.pathname = url.pathname.slice(base.length);
  if (!url.pathname.startsWith('/api/v1/')) return file(response, decodeURIComponent(url.pathname));
  let text = '';
  request.on('data', (part) => (text += part)).on('end', () => api(request, response, url, text));
  return undefined;
});

const live = makeLive(world, house, scene);
server.on('upgrade', (request, socket, head) => {
  const me = whoAsks(request);
  if (away || !request.url.startsWith(`${base}/api/v1/live`) || !me) return socket.end(`HTTP/1.1 ${away ? '502 Bad Gateway' : '401 Unauthorized'}\r\n\r\n`);
  return live.accept(me.account, request, socket, head);
});

if (scene === 'restarts') {
  setInterval(() => {
    away = true;
    live.restart();
    setTimeout(() => (away = false), 1500);
  }, Number(process.env.MOCK_RESTART_SECONDS ?? 10) * 1000);
}

server.listen(port, '127.0.0.1', () => {
  console.log(`mock: http://127.0.0.1:${server.address().port}${base}/ scene ${scene}, account ${account}${process.env.DAVYLAMP_PASSWORD ? '' : `, password ${password}`}`);
  console.log(`mock: demo-code signs in with a recovery code too: ${house.factors.get('demo-code').recovery.join(', ')}`);
});
