// A stand-in for Davylamp with an invented fleet: for screenshots and for work on the page without a VPN. Never shipped.
// node mock/server.mjs [port]; MOCK_SCENE is normal, limitless, big, empty, quiet, lab or stale, MOCK_ROLE viewer, operator or admin, MOCK_DIST a page built elsewhere; the account is DAVYLAMP_ACCOUNT and DAVYLAMP_PASSWORD, else made up and printed.
import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import { actOn } from './acts.mjs';
import { watched } from './alerts.mjs';
import { answer } from './api.mjs';
import { makeWorld } from './world.mjs';

const port = Number(process.argv[2] ?? 8090);
const scene = process.env.MOCK_SCENE ?? 'normal';
const account = process.env.DAVYLAMP_ACCOUNT ?? 'demo';
const password = process.env.DAVYLAMP_PASSWORD ?? randomBytes(9).toString('base64url');
const dist = path.resolve(process.env.MOCK_DIST ?? path.resolve(import.meta.dirname, '../dist'));
const world = makeWorld(scene === 'stale' ? 'normal' : scene);
const tickets = new Set();
let failures = 0;
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.json': 'application/json', '.txt': 'text/plain' };
const about = {
  name: 'Davylamp', version: '0.1.0', setup_needed: false, host: 'vpn.example.net',
  attribution: [{ text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' }, { text: 'City data is approximate and licensed under CC BY 4.0.' }],
};

const ticketOf = (request) => /davylamp_access=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
const signedIn = (request) => tickets.has(ticketOf(request));
const me = () => ({ account, role: process.env.MOCK_ROLE ?? 'admin', expires_at: Math.floor(Date.now() / 1000) + 600 });

function send(response, status, body, headers = {}) {
  response.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json', 'Cache-Control': 'no-store', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

const refuse = (response, status, detail, more = {}) => send(response, status, { type: 'about:blank', title: 'Refused', status, detail, request_id: '01JD7Q', ...more });

function login(response, text) {
  const asked = JSON.parse(text || '{}');
  if (failures >= 5) return refuse(response, 429, 'Too many attempts.', { retry_after_seconds: 30 });
  if (asked.account !== account || asked.password !== password) {
    failures += 1;
    return refuse(response, 401, 'This account and password do not go together.');
  }
  const ticket = randomBytes(12).toString('base64url');
  tickets.add(ticket);
  return send(response, 200, me(), { 'Set-Cookie': `davylamp_access=${ticket}; Path=/api; HttpOnly; SameSite=Strict` });
}

function api(request, response, url) {
  const name = url.pathname.slice('/api/v1'.length);
  if (name === '/about') return send(response, 200, about);
  if (name === '/auth/login') {
    let text = '';
    request.on('data', (part) => (text += part)).on('end', () => login(response, text));
    return undefined;
  }
  if (!signedIn(request)) return refuse(response, 401, 'Sign in first.');
  if (name === '/auth/refresh' || name === '/me') return send(response, 200, me());
  if (name === '/auth/logout') {
    tickets.delete(ticketOf(request));
    return send(response, 204, undefined, { 'Set-Cookie': 'davylamp_access=; Path=/api; Max-Age=0' });
  }
  let text = '';
  request.on('data', (part) => (text += part)).on('end', () => {
    world.account = account;
    const sent = text ? JSON.parse(text) : {};
    const { status, body } = watched(world, request.method, name, sent, url.searchParams) ?? actOn(world, request.method, name, sent, url.searchParams) ?? answer(world, name, url.searchParams);
    send(response, status, body);
  });
  return undefined;
}

function file(response, name) {
  let full = path.join(dist, path.normalize(name));
  if (!full.startsWith(dist) || !existsSync(full) || statSync(full).isDirectory()) full = path.join(dist, 'index.html');
  response.writeHead(200, { 'Content-Type': types[path.extname(full)] ?? 'application/octet-stream', 'Content-Security-Policy': csp, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' });
  createReadStream(full).pipe(response);
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname.startsWith('/api/v1/')) api(request, response, url);
  else file(response, decodeURIComponent(url.pathname));
});

const live = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  if (!request.url.startsWith('/api/v1/live') || !signedIn(request)) return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
  return live.handleUpgrade(request, socket, head, (client) => live.emit('connection', client));
});

let number = 1;
const snapshot = () => JSON.stringify({ kind: 'snapshot', number, at: Date.now() / 1000, sessions: [...world.sessions.values()], servers: world.servers, events: world.events.slice(0, 50), quotas: world.limits.quotas, jobs: world.jobs, agents: [...world.tunnels.agents.values()], incidents: [...world.alerts.incidents.values()].filter(({ state }) => state !== 'resolved') });
live.on('connection', (client) => {
  client.send(snapshot());
  client.on('message', () => client.send(snapshot()));
});
const started = Date.now();
setInterval(() => {
  // In the stale scene the stream falls silent after a few seconds.
  if (scene === 'stale' && Date.now() - started > 3000) return;
  const frame = world.step();
  number += 1;
  const text = JSON.stringify({ kind: 'changes', number, ...frame });
  for (const client of live.clients) client.send(text);
}, 1000);

server.listen(port, '127.0.0.1', () => console.log(`mock: http://127.0.0.1:${port} scene ${scene}, account ${account}${process.env.DAVYLAMP_PASSWORD ? '' : `, password ${password}`}`));
