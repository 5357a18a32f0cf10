// Names that a directory, a provider or an operator could give: what a page must show as text, whole or cut, and never act on.
const seconds = () => Math.floor(Date.now() / 1000);
const long = 'a-name-that-goes-on-'.repeat(10);

export const hostileNames = ['<script>alert(1)</script>', 'evil\u202egnp.exe', long, 'شیرین.احمدی', '王小明@例え.jp', ' spaced  out ', 'tab\tand\nline', 'e\u0301te\u0301\u200b\u2066x', '"><img src=x onerror=alert(1)>'];

/** Gives the house people, groups, nodes, tokens and audit lines of such names. */
export function makeHostile(house, main) {
  const names = [...hostileNames];
  for (const [index, name] of names.entries()) {
    house.accounts.set(name, { name, role: ['viewer', 'auditor', 'operator', 'admin'][index % 4], origin: ['oidc', 'ldap', 'local'][index % 3], scope: index % 2 ? [name, 'europe', ...names.slice(0, 4)] : [], second_factor: index % 2 === 0, created_at: seconds() - 86400, last_login_at: seconds() - index * 4000 });
    house.groups.push({ name, servers: index % 2 ? names.map((one) => `${one}*`) : [`${name}*`] });
    house.nodes.push({ name, enrolled_at: seconds() - 90000, enrolled_by: name, last_seen_at: seconds() - 2, version: index % 2 ? '0.1.0-rc.1+with-a-long-build' : '0.1.0', skew_ms: -86_400_000 * index, connected_to: index % 2 ? name : 'hub-1' });
    house.tokens.push({ id: 100 + index, name, account: index % 2 ? name : main, role: 'admin', created_at: seconds() - 86400, expires_at: seconds() + 3600, last_used_at: seconds() - 60 });
    house.audit.add({ account: name, action: 'account_changed', subject: names[(index + 1) % names.length], reason: `${names[(index + 2) % names.length]} [${name}]`, remote_address: '2001:db8:1234:5678:9abc:def0:1234:5678' });
  }
}
