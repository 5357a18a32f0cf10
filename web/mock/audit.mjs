// An invented audit log, chained as the real one is.
import { createHash } from 'node:crypto';

const hashOf = (text) => createHash('sha256').update(text).digest('hex');

export class AuditLog {
  lines = [];

  add({ at = Math.floor(Date.now() / 1000), account, action, subject = '', reason = '', remote_address = '192.0.2.17' }) {
    const number = this.lines.length + 1;
    const detail_hash = hashOf(`salt ${number} ${subject} ${reason}`);
    const hash = hashOf(`${this.lines.at(-1)?.hash ?? ''} ${number} ${at} ${account} ${action} ${remote_address} ${detail_hash}`);
    this.lines.push({ at, account, action, subject, remote_address, reason, number, detail_hash, hash });
  }

  list(query) {
    const before = Number(query.get('before') ?? Infinity);
    const fits = (line) => line.number < before && (!query.get('account') || line.account === query.get('account')) && (!query.get('action') || line.action === query.get('action'));
    const all = this.lines.filter(fits).reverse();
    const items = all.slice(0, Number(query.get('limit') ?? 100));
    return { items, ...(items.length < all.length ? { next_before: items.at(-1).number } : {}) };
  }

  check() {
    return { lines: this.lines.length, first_number: 1, last_hash: this.lines.at(-1)?.hash ?? '', ...(process.env.MOCK_BROKEN_CHAIN ? { broken_at: 41 } : {}) };
  }

  exported(query) {
    const wide = new URLSearchParams(query);
    wide.set('limit', '50000');
    const { items } = this.list(wide);
    if (query.get('format') !== 'csv') return { type: 'application/x-ndjson', name: 'audit.ndjson', text: items.map((line) => `${JSON.stringify(line)}\n`).join('') };
    const columns = Object.keys(items[0] ?? { at: 0 });
    const cell = (value) => `"${String(value).replaceAll('"', '""')}"`;
    return { type: 'text/csv', name: 'audit.csv', text: [columns, ...items.map((line) => columns.map((column) => line[column]))].map((row) => `${row.map(cell).join(',')}\r\n`).join('') };
  }
}

/** Some weeks of people at work. */
export function inventAudit(log, now = Math.floor(Date.now() / 1000)) {
  const acts = [
    ['login', '', ''], ['session_kick', 'chidi.eze', 'Two of them with one key'], ['grant_added', 'shirin.ahmadi', 'Field upload, ticket 4182 [20 GB until 1 Dec]'], ['login_refused', 'lena.hoff', ''],
    ['limit_changed', 'field-team', '[100 GB a month]'], ['logout', '', ''], ['user_blocked', 'emre.demir', 'Lost laptop'], ['account_added', 'marta.silva', '[viewer europe]'], ['silence_added', 'home-nas', 'Cable work until noon'],
    ['api_token_issued', 'grafana', '[viewer]'], ['second_factor_on', 'omar.haddad', ''], ['job_run', 'backup', ''], ['server_group_saved', 'europe', '[fra-*, hel-1]'], ['node_enrolled', 'sao-paulo', ''],
  ];
  const people = ['dana.keller', 'omar.haddad', 'lena.hoff', 'local:root'];
  for (let index = 0; index < 260; index += 1) {
    const [action, subject, reason] = acts[(index * 5 + (index % 3)) % acts.length];
    log.add({ at: now - (260 - index) * 5400, account: people[(index * 7) % people.length], action, subject, reason, remote_address: people[(index * 7) % people.length] === 'local:root' ? '' : `192.0.2.${(index * 13) % 250}` });
  }
}
