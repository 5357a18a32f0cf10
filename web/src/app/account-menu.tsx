import { useQueryClient } from '@tanstack/react-query';
import { CircleUser, LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react';
import { Link } from 'wouter';
import { announceSignedOut } from '../api/client';
import { logout } from '../api/login';
import { useAbout, useMe } from '../api/queries';
import { visible } from '../lib/text';
import type { ThemeChoice } from '../lib/theme';
import { chooseTheme, useThemeChoice } from '../lib/theme';
import { Segments } from '../ui/controls';
import { Menu } from '../ui/menu';
import { Attribution } from './attribution';
import { usePages } from './pages';

const initials = (account: string): string => visible(account).slice(0, 2).toUpperCase();

export function AccountMenu() {
  const me = useMe().data;
  const about = useAbout().data;
  const choice = useThemeChoice();
  const client = useQueryClient();
  const { gear } = usePages();
  if (!me) return null;
  const signOut = async () => {
    // Even when the server cannot be reached, the page forgets what it knew.
    await logout().catch(() => undefined);
    client.clear();
    announceSignedOut();
  };
  return (
    <Menu label={`${initials(me.account)}, account ${visible(me.account)}`} buttonClass="avatar-btn" align="end" button={<span className="avatar">{initials(me.account)}</span>}>
      {(close) => (
        <div className="account-menu">
          <div className="account-name">
            <div className="w6 ell"><bdi>{visible(me.account)}</bdi></div>
            <div className="fs12 t3">{me.role} on {about?.host ?? location.host}</div>
            {me.scope.length > 0 && <div className="fs12 t3">You see the servers of: <bdi className="t2">{me.scope.map(visible).join(', ')}</bdi></div>}
          </div>
          <div className="menu-line" />
          <div className="menu-label">Theme</div>
          <div className="account-theme">
            <Segments<ThemeChoice>
              label="Theme" value={choice} onChange={chooseTheme}
              options={[
                { value: 'dark', label: <><Moon size={13} />Dark</> },
                { value: 'light', label: <><Sun size={13} />Light</> },
                { value: 'system', label: <><Monitor size={13} />System</> },
              ]}
            />
          </div>
          <div className="menu-line" />
          <Link className="menu-item" href="/account" data-testid="your-account" onClick={close}><CircleUser size={14} />Your account</Link>
          {gear && <Link className="menu-item" href={gear.path} onClick={close}><Settings size={14} />{gear.name}</Link>}
          <button type="button" className="menu-item" data-testid="sign-out" onClick={() => void signOut()}><LogOut size={14} />Sign out</button>
          <div className="menu-line" />
          <div className="account-about fs11 t3">
            {about && <div>Davylamp {about.version}</div>}
            <Attribution />
          </div>
        </div>
      )}
    </Menu>
  );
}
