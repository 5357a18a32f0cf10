import { Link, Redirect } from 'wouter';
import { useMay } from '../../api/queries';
import { Empty } from '../../ui/states';
import { settingsTabs } from '../../ui/settings-bar';
import { AccountsPage } from './accounts-page';
import { AuditPage } from './audit-page';
import { GroupsPage } from './groups-page';
import { NodesPage } from './nodes-page';

interface SettingsProps {
  section: string | undefined;
  name: string | undefined;
}

/** The pages of the house itself. A role that may not see one is told so; the server would refuse it as well. */
export default function SettingsPage({ section, name }: SettingsProps) {
  const shown = settingsTabs(useMay());
  const first = shown[0]?.path ?? '/system';
  if (section === undefined) return <Redirect to={first} replace />;
  if (!shown.some(({ path }) => path === `/settings/${section}`)) {
    return <Empty title="Not for your account" actions={<Link className="btn" href={first}>What it may see</Link>}>Your role does not see this part of the settings. An admin can change that.</Empty>;
  }
  if (section === 'accounts') return <AccountsPage name={name} />;
  if (section === 'server-groups') return <GroupsPage />;
  return section === 'nodes' ? <NodesPage /> : <AuditPage />;
}
