// Who may sign in to the invented Davylamp, and what an admin does about it: accounts, groups, tokens, nodes, the audit log.
import { randomBytes } from 'node:crypto';
import { AuditLog, inventAudit } from './audit.mjs';
import { codeFits, makeSecret } from './totp.mjs';

const seconds = () => Math.floor(Date.now() / 1000);
const ok = (body, status = 200) => ({ status, body });
const done = { status: 204 };
export const problem = (status, name, detail, more = {}) => ({ status, body: { type: `urn:davylamp:problem:${name}`, title: 'Refused', status, detail, request_id: '01JD7Q', ...more } });
const token = (prefix) => prefix + randomBytes(32).toString('base64url');

/** The accounts that can be used, all with the password of the environment, and some more people. */
function makeAccounts(main, role) {
  const one = (name, part = {}) => ({ name, role: 'viewer', origin: 'local', scope: [], second_factor: false, created_at: seconds() - 40 * 86400, ...part });
  const usable = [
    one(main, { role, last_login_at: seconds() - 60 }), one('demo-viewer'), one('demo-auditor', { role: 'auditor' }), one('demo-operator', { role: 'operator' }), one('demo-admin', { role: 'admin' }),
    one('demo-scoped', { scope: ['europe'] }), one('demo-code', { role: 'operator', second_factor: true }),
  ];
  const people = [
    one('dana.keller', { role: 'admin', second_factor: true, last_login_at: seconds() - 3600 }), one('lena.hoff', { role: 'operator', origin: 'ldap', scope: ['europe'], last_login_at: seconds() - 86400 * 2 }),
    one('marta.silva', { origin: 'oidc', scope: ['europe', 'americas'] }), one('omar.haddad', { role: 'auditor', origin: 'ldap', second_factor: true, last_login_at: seconds() - 7200 }),
  ];
  return new Map([...usable, ...people].map((account) => [account.name, account]));
}

const makeNodes = () => [
  { name: 'fra-1', enrolled_at: seconds() - 90 * 86400, enrolled_by: 'dana.keller', last_seen_at: seconds() - 2, version: '0.1.0', skew_ms: 12, connected_to: 'hub-1' },
  { name: 'hel-1', enrolled_at: seconds() - 90 * 86400, enrolled_by: 'dana.keller', last_seen_at: seconds() - 1, version: '0.1.0', skew_ms: -3400, connected_to: 'hub-2' },
  { name: 'gru-1', enrolled_at: seconds() - 30 * 86400, enrolled_by: 'omar.haddad', last_seen_at: seconds() - 5 * 3600, version: '0.0.9', skew_ms: 240 },
  { name: 'sao-paulo-test', enrolled_at: seconds() - 600, enrolled_by: 'dana.keller' },
];

export class House {
  constructor(main, password, role) {
    this.password = password;
    this.accounts = makeAccounts(main, role);
    this.passwords = new Map([...this.accounts.keys()].map((name) => [name, password]));
    this.factors = new Map([['demo-code', { secret: makeSecret(), recovery: ['k7wq-93hd', 'p2mx-44tz'] }]]);
    this.begun = new Map();
    this.challenges = new Map();
    this.failures = new Map();
    this.groups = [{ name: 'americas', servers: ['nyc-1', 'gru-*'] }, { name: 'asia', servers: ['sgp-1', 'tyo-*'] }, { name: 'europe', servers: ['fra-*', 'hel-1'] }];
    this.tokens = [
      { id: 1, name: 'grafana', account: main, role: 'viewer', created_at: seconds() - 20 * 86400, expires_at: seconds() + 70 * 86400, last_used_at: seconds() - 60 },
      { id: 2, name: 'nightly export', account: main, role: 'viewer', created_at: seconds() - 200 * 86400, expires_at: seconds() - 3 * 86400, last_used_at: seconds() - 4 * 86400 },
      { id: 3, name: 'status page', account: 'dana.keller', role: 'viewer', created_at: seconds() - 86400 },
    ];
    this.nodes = makeNodes();
    this.audit = new AuditLog();
    inventAudit(this.audit);
  }

  me = (name) => {
    const { role, origin, scope, second_factor } = this.accounts.get(name);
    return { account: name, role, origin, scope, second_factor, expires_at: seconds() + 600 };
  };

  /** Whether a name may try again; counts wrong passwords and codes. */
  wrong(key, name, detail) {
    this.failures.set(key, (this.failures.get(key) ?? 0) + 1);
    return problem(401, name, detail);
  }
  locked = (key) => ((this.failures.get(key) ?? 0) >= 5 ? problem(429, 'too-many-attempts', 'Too many attempts.', { retry_after_seconds: 30 }) : undefined);

  login({ account, password }) {
    const locked = this.locked(account);
    if (locked) return locked;
    if (!this.accounts.has(account) || this.passwords.get(account) !== password || this.accounts.get(account).origin === 'oidc') return this.wrong(account, 'wrong-password', 'The account or the password is wrong.');
    this.failures.delete(account);
    if (!this.factors.has(account)) return { signedIn: account };
    const challenge = token('');
    this.challenges.set(challenge, account);
    return problem(401, 'second-factor-needed', 'Enter the code of your authenticator program, or a recovery code.', { challenge });
  }

  takeCode(name, code) {
    const { secret, recovery } = this.factors.get(name);
    if (!recovery.includes(code)) return codeFits(secret, code);
    recovery.splice(recovery.indexOf(code), 1);
    return true;
  }

  answerChallenge({ challenge, code }) {
    const name = this.challenges.get(challenge);
    if (!name) return problem(401, 'wrong-code', 'The code is wrong, or was used already.');
    const key = `code ${name}`;
    const locked = this.locked(key);
    if (locked) return locked;
    if (!this.takeCode(name, code)) return this.wrong(key, 'wrong-code', 'The code is wrong, or was used already.');
    this.challenges.delete(challenge);
    this.failures.delete(key);
    return { signedIn: name };
  }

  note = (me, action, subject, reason) => this.audit.add({ account: me.account, action, subject, reason: reason ?? '' });
}

const refuse = (detail) => problem(403, 'not-allowed', detail);

function ownRoutes(house, me, body) {
  const pair = () => (house.passwords.get(me.account) === body.password ? undefined : problem(401, 'wrong-password', 'The account or the password is wrong.'));
  const account = house.accounts.get(me.account);
  return {
    'POST me/password': () => pair() ?? (body.new_password.length < 10 ? problem(422, 'not-valid', 'new_password is too weak', { members: { new_password: 'is too weak' } }) : (house.passwords.set(me.account, body.new_password), house.note(me, 'password_changed', me.account), { ...done, signsOut: me.account })),
    'POST me/second-factor': () => {
      const secret = makeSecret();
      return pair() ?? (house.begun.set(me.account, secret), ok({ secret, url: `otpauth://totp/Davylamp:${encodeURIComponent(me.account)}?secret=${secret}&issuer=Davylamp` }));
    },
    'POST me/second-factor/confirm': () => {
      const secret = house.begun.get(me.account);
      if (!secret || !codeFits(secret, body.code)) return problem(401, 'wrong-code', 'The code is wrong, or was used already.');
      const recovery = Array.from({ length: 10 }, () => randomBytes(5).toString('hex').replace(/(.{5})/, '$1-'));
      house.factors.set(me.account, { secret, recovery });
      account.second_factor = true;
      house.note(me, 'second_factor_on', me.account);
      return ok({ items: recovery });
    },
    'POST me/second-factor/remove': () => pair() ?? (house.takeCode(me.account, body.code) ? (house.factors.delete(me.account), (account.second_factor = false), house.note(me, 'second_factor_off', me.account), done) : problem(401, 'wrong-code', 'The code is wrong, or was used already.')),
    'GET api-tokens': () => ok({ items: house.tokens.filter((one) => me.role === 'admin' || one.account === me.account) }),
    'POST api-tokens': () => {
      const api_token = { id: Math.max(0, ...house.tokens.map(({ id }) => id)) + 1, account: me.account, role: me.role, created_at: seconds(), ...body };
      house.tokens.push(api_token);
      house.note(me, 'api_token_issued', body.name);
      return ok({ api_token, token: token('dvl_') }, 201);
    },
  };
}

function changeAccount(house, me, name, body) {
  const account = house.accounts.get(name);
  if (!account) return problem(404, 'not-found', `There is no account ${name}.`);
  if (account.origin !== 'local') return problem(409, 'from-elsewhere', 'Role, scope and password of this account come from where it signs in.');
  if (body.role) account.role = body.role;
  if (body.scope) account.scope = body.scope;
  if (body.password) house.passwords.set(name, body.password);
  house.note(me, 'account_changed', name);
  return ok(account);
}

function adminRoutes(house, me, body, name) {
  const drop = (list, fits) => list.splice(list.findIndex(fits), 1);
  return {
    'POST accounts': () => (house.accounts.has(body.name) ? problem(409, 'exists', `There is an account ${body.name} already.`) : (house.accounts.set(body.name, { name: body.name, role: body.role, scope: body.scope, origin: 'local', second_factor: false, created_at: seconds() }), house.passwords.set(body.name, body.password), house.note(me, 'account_added', body.name), ok(house.accounts.get(body.name), 201))),
    'PUT accounts': () => changeAccount(house, me, name, body),
    'DELETE accounts': () => (house.accounts.delete(name), house.note(me, 'account_removed', name, body.reason), done),
    'DELETE accounts/second-factor': () => (house.factors.delete(name), (house.accounts.get(name).second_factor = false), house.note(me, 'second_factor_off', name, body.reason), done),
    'PUT server-groups': () => ((house.groups = [...house.groups.filter((one) => one.name !== name), { name, servers: body.servers }].sort((a, b) => a.name.localeCompare(b.name))), house.note(me, 'server_group_saved', name), ok({ name, servers: body.servers })),
    'DELETE server-groups': () => ((house.groups = house.groups.filter((one) => one.name !== name)), house.note(me, 'server_group_removed', name, body.reason), done),
    'DELETE api-tokens': () => (drop(house.tokens, ({ id }) => id === Number(name)), done),
    'POST nodes/enrol': () => {
      const known = house.nodes.find((one) => one.name === name);
      if (known && !body.replace) return problem(409, 'exists', `${name} is enrolled already. Another token would end the one that it has, and its connection: ask with replace to do that, or enrol the other host under a name of its own.`);
      if (known) delete known.connected_to;
      else house.nodes.push({ name, enrolled_at: seconds(), enrolled_by: me.account });
      house.note(me, 'node_enrolled', name);
      return ok({ token: token('dn_') }, 201);
    },
    'DELETE nodes': () => (drop(house.nodes, (one) => one.name === name), house.note(me, 'node_removed', name, body.reason), done),
  };
}

const readRoutes = (house, query, me) => ({
  'GET accounts': () => ok({ items: [...house.accounts.values()].sort((a, b) => a.name.localeCompare(b.name)) }), 'GET server-groups': () => ok({ items: house.groups }), 'GET nodes': () => ok({ items: house.nodes, ...(me.role === 'admin' ? { uplink: { listen_port: 7443, fingerprint_sha256: '52:45:7F:C4:DF:32:CC:4F:59:BA:77:2B:54:41:69:5F:C4:37:20:48:A2:59:C3:74:1E:9D:AF:F5:C3:FC:B6:31' } } : {}) }),
  'GET audit': () => ok(house.audit.list(query)), 'GET audit/check': () => ok(house.audit.check()), 'GET audit/export': () => ({ status: 200, file: house.audit.exported(query) }),
});

/** What this part answers. Undefined: not one of these. */
export function houseAnswer(house, me, { method, path, body, query }) {
  const [, what, id = '', more = ''] = path.split('/').map(decodeURIComponent);
  const named = ['accounts', 'server-groups', 'api-tokens', 'nodes'].includes(what);
  const key = named ? `${method} ${what}${more ? `/${more}` : ''}` : `${method} ${[what, id, more].filter(Boolean).join('/')}`;
  const own = ownRoutes(house, me, body)[key];
  if (own) return own();
  const read = readRoutes(house, query, me)[key];
  if (read) return ['admin', 'auditor'].includes(me.role) && me.scope.length === 0 ? read() : refuse('This is for admins and auditors who see every server.');
  const change = adminRoutes(house, me, body, id)[key];
  if (!change) return undefined;
  const mine = what === 'api-tokens' && house.tokens.find((one) => one.id === Number(id))?.account === me.account;
  return mine || (me.role === 'admin' && me.scope.length === 0) ? change() : refuse('This is for admins who see every server.');
}
