import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useAccounts } from '../../api/accounts';
import { useMay } from '../../api/queries';
import type { Account } from '../../api/types.gen';
import { origins, roleName } from '../../lib/roles';
import { useShortcuts } from '../../lib/shortcuts';
import { cx } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { useNow } from '../../lib/use-now';
import { Button } from '../../ui/controls';
import { SettingsBar } from '../../ui/settings-bar';
import { Shape } from '../../ui/shape';
import { Empty, ErrorNote, SkeletonRows } from '../../ui/states';
import { Names } from '../../ui/text';
import '../../styles/grid.css';
import '../../styles/settings.css';
import { AccountDialog } from './account-dialog';
import { AccountDrawer } from './account-drawer';

const pathOf = (account: Account | undefined): string => `/settings/accounts${account ? `/${encodeURIComponent(account.name)}` : ''}`;

function Row({ account, now, on }: { account: Account; now: number; on: boolean }) {
  const [, navigate] = useLocation();
  return (
    <tr className={cx('table-open', on && 'table-on')} data-testid="account-row" onClick={() => navigate(pathOf(account))}>
      <td className="table-name"><Link href={pathOf(account)} onClick={(event) => event.stopPropagation()}><Names of={[account.name]} /></Link></td>
      <td data-label="Role" className="nowrap">{roleName(account.role)}</td>
      <td data-label="Sees" className="table-words">{account.scope.length ? <Names of={account.scope} /> : <span className="t3 nowrap">every server</span>}</td>
      <td className="table-wide nowrap">{origins[account.origin].name}</td>
      <td className="table-wide nowrap">{account.origin === 'oidc' ? <span className="t3">the provider’s</span> : <span className={`st st-${account.second_factor ? 'ok' : 'off'}`}><Shape kind={account.second_factor ? 'ok' : 'off'} size={9} />{account.second_factor ? 'On' : 'Off'}</span>}</td>
      <td data-label="Last signed in" className="nowrap">{account.last_login_at === undefined ? <span className="t3">not yet</span> : <span title={fullMoment(account.last_login_at)}>{moment(account.last_login_at, now)}</span>}</td>
    </tr>
  );
}

/** Who may sign in, as what, and to the servers of which groups. */
export function AccountsPage({ name }: { name: string | undefined }) {
  const [, navigate] = useLocation();
  const may = useMay();
  const query = useAccounts();
  const now = useNow(30_000) / 1000;
  const [adding, setAdding] = useState(false);
  const accounts = query.data?.items ?? [];
  const at = accounts.findIndex((account) => account.name === name);
  const selected = accounts[at];
  const open = (account: Account | undefined) => navigate(pathOf(account), { replace: name !== undefined });
  const step = (by: number) => {
    const next = accounts[at + by];
    return at >= 0 && next ? () => open(next) : undefined;
  };
  useShortcuts({ j: () => step(1)?.(), k: () => step(-1)?.(), Escape: () => open(undefined), ...(may.administer ? { n: () => setAdding(true) } : {}) });
  return (
    <div className={cx('list-page', selected && 'list-open')}>
      <SettingsBar title="Accounts" />
      <div className="set-tools">
        <p className="t2">Who may sign in here. VPN users are another matter: they need no account.</p>
        <span className="grow" />
        {may.administer && <Button look="primary" data-testid="account-new" onClick={() => setAdding(true)}><Plus size={14} />Add account</Button>}
      </div>
      {query.isPending && <SkeletonRows rows={6} height={36} />}
      {query.isError && <ErrorNote what="Could not load accounts" error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <div className="table-full" tabIndex={0} role="group" aria-label="Accounts">
          <table className="table" aria-label="Accounts">
            <thead><tr><th scope="col">Account</th><th scope="col">Role</th><th scope="col">Sees</th><th scope="col">Signs in with</th><th scope="col">Second factor</th><th scope="col">Last signed in</th></tr></thead>
            <tbody>{accounts.map((account) => <Row key={account.name} account={account} now={now} on={account === selected} />)}</tbody>
          </table>
          {name !== undefined && !selected && <Empty title="No such account" actions={<Button onClick={() => open(undefined)}>All accounts</Button>}>It may have been removed.</Empty>}
        </div>
      )}
      {selected && <AccountDrawer key={selected.name} account={selected} all={accounts} onClose={() => open(undefined)} onPrevious={step(-1)} onNext={step(1)} />}
      {adding && <AccountDialog account={undefined} onClose={() => setAdding(false)} />}
    </div>
  );
}
