import type { Account, Me } from '../api/types.gen';

export type Role = Me['role'];

/** From the least to the most; each with what it may, in words. */
export const roles: readonly { role: Role; name: string; says: string }[] = [
  { role: 'viewer', name: 'Viewer', says: 'Sees everything that moves, and changes nothing.' },
  { role: 'auditor', name: 'Auditor', says: 'Also sees the audit log and who has an account.' },
  { role: 'operator', name: 'Operator', says: 'Also ends sessions, blocks, grants, and takes alerts.' },
  { role: 'admin', name: 'Admin', says: 'May do everything.' },
];

export const roleName = (role: Role): string => roles.find((one) => one.role === role)?.name ?? role;

/** The roles that a token of somebody with this role may have. An auditor acts on nothing, an operator reads no audit log. */
export function rolesWithin(role: Role): Role[] {
  if (role === 'admin') return roles.map((one) => one.role);
  return role === 'viewer' ? ['viewer'] : ['viewer', role];
}

export interface May {
  /** End sessions, acknowledge. */
  act: boolean;
  /** Block, grant, reset, silence: what reaches beyond the servers of a scope. */
  act_widely: boolean;
  /** Lay down limits, rules and agents; erase; run jobs. */
  lay_down: boolean;
  /** See who has an account. */
  see_accounts: boolean;
  /** See who did what. */
  see_audit: boolean;
  /** Change accounts, server groups and nodes. */
  administer: boolean;
  /** Only some servers are seen, so nothing that is about all of them. */
  scoped: boolean;
}

export function mayOf(me: Pick<Me, 'role' | 'scope'> | undefined): May {
  const role = me?.role;
  const scoped = (me?.scope ?? []).length > 0;
  const reads = role === 'admin' || role === 'auditor';
  return {
    act: role === 'operator' || role === 'admin', act_widely: (role === 'operator' || role === 'admin') && !scoped, lay_down: role === 'admin' && !scoped, see_accounts: reads && !scoped, see_audit: reads && !scoped, administer: role === 'admin' && !scoped, scoped,
  };
}

export const origins: Record<Account['origin'], { name: string; says: string }> = {
  local: { name: 'Davylamp', says: 'Its password is kept here.' },
  ldap: { name: 'Directory', says: 'Password, role and scope come from the directory (LDAP).' },
  oidc: { name: 'Single sign-on', says: 'Signs in with the identity provider; role and scope come from its groups.' },
};

/** Admins that see every server: the last of them stays one. */
export const isLastAdmin = (account: Account, all: readonly Account[]): boolean =>
  account.role === 'admin' && account.scope.length === 0 && !all.some((one) => one.name !== account.name && one.role === 'admin' && one.scope.length === 0);

/** Whether a server is one of a group's: a name that ends in * stands for all that begin so. */
export const isInGroup = (server: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => (pattern.endsWith('*') ? server.startsWith(pattern.slice(0, -1)) : server === pattern));
