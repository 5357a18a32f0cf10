import { Link, useLocation } from 'wouter';
import { useMay } from '../api/queries';
import type { May } from '../lib/roles';
import { useScoped } from './navigation';

interface Tab {
  path: string;
  name: string;
  seen: (may: May) => boolean;
}

const tabs: readonly Tab[] = [
  { path: '/settings/accounts', name: 'Accounts', seen: (may) => may.see_accounts },
  { path: '/settings/server-groups', name: 'Server groups', seen: (may) => may.see_accounts },
  { path: '/settings/nodes', name: 'Nodes', seen: (may) => may.see_accounts },
  { path: '/settings/audit', name: 'Audit log', seen: (may) => may.see_audit },
  { path: '/system', name: 'System', seen: (may) => !may.scoped },
];

/** The pages of the house itself that someone may see, in their order. */
export const settingsTabs = (may: May): readonly Tab[] => tabs.filter(({ seen }) => seen(may));

/** The bar that these pages share. Who may see only one of them sees its name. */
export function SettingsBar({ title }: { title: string }) {
  const [location] = useLocation();
  const scoped = useScoped();
  const shown = settingsTabs(useMay());
  if (shown.length < 2) return <div className="page-bar desk-only-bar"><h1>{title}</h1></div>;
  return (
    <div className="page-bar tabs-bar">
      <h1>Settings<span className="sr-only">: {title}</span></h1>
      <nav className="tabs" aria-label="Settings">
        {shown.map(({ path, name }) => <Link key={path} href={scoped(path)} aria-current={location === path || location.startsWith(`${path}/`) ? 'page' : undefined}><span className="steady" data-text={name}>{name}</span></Link>)}
      </nav>
    </div>
  );
}
