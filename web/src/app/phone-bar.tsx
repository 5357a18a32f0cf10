import { Search } from 'lucide-react';
import { useLocation } from 'wouter';
import { clock } from '../lib/time';
import { useCutOff, useFreshness, useLive } from '../live/use-live';
import { IconButton } from '../ui/controls';
import type { LampState } from '../ui/lamp';
import { Lamp } from '../ui/lamp';
import { Live } from '../ui/text';
import { AccountMenu } from './account-menu';
import { pageName } from './pages';
import { ScopeSwitcher } from './scope-switcher';

export function PhoneBar({ lamp, onSearch }: { lamp: LampState; onSearch: () => void }) {
  const [location] = useLocation();
  const live = useLive();
  const { stale } = useFreshness();
  const cutOff = useCutOff();
  return (
    <header className="phone-bar">
      <Lamp state={lamp} size={26} testId />
      <span className="phone-title">{pageName(location)}</span>
      {live.has_snapshot && <Live off={stale || cutOff}>{clock(live.at)}</Live>}
      <span className="grow" />
      <span className="phone-tools">
        {live.servers.length > 1 && <ScopeSwitcher compact />}
        <IconButton label="Search" onClick={onSearch}><Search size={20} /></IconButton>
        <AccountMenu />
      </span>
    </header>
  );
}
