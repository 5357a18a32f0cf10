import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { removeAccount, removeFactorOf, useApiTokens } from '../../api/accounts';
import { useMay, useMe } from '../../api/queries';
import type { Account } from '../../api/types.gen';
import { isLastAdmin, origins, roleName, roles } from '../../lib/roles';
import { visible } from '../../lib/text';
import { fullMoment } from '../../lib/time';
import { plural } from '../../lib/units';
import { Button } from '../../ui/controls';
import { DangerDialog } from '../../ui/danger-dialog';
import { Drawer, DrawerSection } from '../../ui/drawer';
import { Shape } from '../../ui/shape';
import { Names } from '../../ui/text';
import { TokenTable } from '../../ui/token-table';
import { AccountDialog } from './account-dialog';
import { PasswordDialog } from './password-dialog';

interface AccountDrawerProps {
  account: Account;
  all: readonly Account[];
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

/** Why the account cannot be removed; nothing when it can. */
export function whyKept(account: Account, all: readonly Account[], me: string | undefined): string | undefined {
  if (account.name === me) return 'Your own account is not yours to remove.';
  return isLastAdmin(account, all) ? 'The last admin who sees every server stays.' : undefined;
}

function Facts({ account }: { account: Account }) {
  return (
    <dl className="facts set-facts">
      <dt>Role</dt><dd className="facts-wide">{roleName(account.role)} <span className="t3">{roles.find(({ role }) => role === account.role)?.says}</span></dd>
      <dt>Sees</dt><dd className="facts-wide">{account.scope.length ? <>the servers of <Names of={account.scope} className="clamp-many" /></> : 'every server'}</dd>
      <dt>Signs in</dt><dd className="facts-wide">{origins[account.origin].name} <span className="t3">{origins[account.origin].says}</span></dd>
      <dt>Since</dt><dd className="facts-wide">{fullMoment(account.created_at)}</dd>
      <dt>Last in</dt><dd className="facts-wide">{account.last_login_at === undefined ? <span className="t3">not yet</span> : fullMoment(account.last_login_at)}</dd>
    </dl>
  );
}

function Tokens({ account }: { account: string }) {
  const own = (useApiTokens().data?.items ?? []).filter((token) => token.account === account);
  return (
    <DrawerSection title="API tokens" note={own.length ? plural(own.length, 'token') : undefined}>
      {own.length === 0 ? <p className="t3">None.</p> : <TokenTable tokens={own} label={`API tokens of ${visible(account)}`} />}
    </DrawerSection>
  );
}

/** One account: what it may, what may act in its name, and what an admin can do about it. */
export function AccountDrawer({ account, all, onClose, onPrevious, onNext }: AccountDrawerProps) {
  const client = useQueryClient();
  const may = useMay();
  const me = useMe().data?.account;
  const [open, setOpen] = useState<'change' | 'password' | 'factor' | 'remove'>();
  const close = () => setOpen(undefined);
  const who = visible(account.name);
  const kept = whyKept(account, all, me);
  const refresh = () => void client.invalidateQueries({ queryKey: ['accounts'] });
  const own = account.name === me;
  return (
    <Drawer
      label={`Account ${who}`} title={<bdi className="ell">{who}</bdi>} onClose={onClose} onPrevious={onPrevious} onNext={onNext}
      footer={may.administer && (
        <div className="set-acts">
          {account.origin === 'local' && !own && <Button onClick={() => setOpen('change')}>Role and scope</Button>}
          {account.origin === 'local' && !own && <Button onClick={() => setOpen('password')}>New password</Button>}
          {own && <Link className="btn" href="/account">Your account</Link>}
          <span className="grow" />
          <Button look="ghost" disabled={kept !== undefined} title={kept} onClick={() => setOpen('remove')}>Remove</Button>
          {kept && <span className="fs12 t3 set-kept">{kept}</span>}
        </div>
      )}
    >
      <Facts account={account} />
      {account.origin !== 'oidc' && (
        <DrawerSection title="Second factor">
          <div className="row">
            <span className={`st st-${account.second_factor ? 'ok' : 'off'}`}><Shape kind={account.second_factor ? 'ok' : 'off'} size={10} />{account.second_factor ? 'On' : 'Off'}</span>
            <span className="grow" />
            {may.administer && account.second_factor && !own && <Button size="small" onClick={() => setOpen('factor')}>Remove, it is lost</Button>}
          </div>
        </DrawerSection>
      )}
      {may.administer && <Tokens account={account.name} />}
      {open === 'change' && <AccountDialog account={account} lastAdmin={isLastAdmin(account, all)} onClose={close} />}
      {open === 'password' && <PasswordDialog account={account.name} onClose={close} />}
      {open === 'factor' && (
        <DangerDialog
          label={`Remove the second factor of ${who}`} title={<>Remove the second factor of <bdi>{who}</bdi>?</>} button="Remove it" doing={`Removing the second factor of ${who}`} onClose={close}
          run={(reason) => removeFactorOf(account.name, reason).then(() => `${who} signs in by password alone.`).finally(refresh)}
        >
          Until a new one is set up, the password alone signs in. Do it only when you are sure who asks.
        </DangerDialog>
      )}
      {open === 'remove' && (
        <DangerDialog
          label={`Remove ${who}`} title={<>Remove <bdi>{who}</bdi>?</>} button={`Remove ${who}`} doing={`Removing the account ${who}`} onClose={close}
          run={(reason) => removeAccount(account.name, reason).then(() => `The account ${who} is removed.`).finally(refresh)}
        >
          Its logins and its tokens end at once.{account.origin === 'local' ? '' : ' Whoever is still in the groups that may see Davylamp gets a new account with the next login.'}
        </DangerDialog>
      )}
    </Drawer>
  );
}
