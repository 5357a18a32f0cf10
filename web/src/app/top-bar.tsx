import { Search, Settings } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { count } from '../lib/units';
import { useLive } from '../live/use-live';
import type { LampState } from '../ui/lamp';
import { Lamp } from '../ui/lamp';
import { useScoped } from '../ui/navigation';
import { Shape } from '../ui/shape';
import { AccountMenu } from './account-menu';
import { isCurrent, isHouse, usePages } from './pages';
import { ScopeSwitcher } from './scope-switcher';
import type { PageMark } from './use-marks';
import { useMarks } from './use-marks';

function Mark({ mark }: { mark: PageMark | undefined }) {
  if (!mark) return null;
  return <>{mark.n !== undefined && <span className="nav-count" aria-hidden="true">{count(mark.n)}</span>}{mark.shape && <Shape kind={mark.shape} size={9} />}<span className="sr-only">{mark.words}</span></>;
}

export function TopBar({ lamp, onSearch }: { lamp: LampState; onSearch: () => void }) {
  const [location] = useLocation();
  const scoped = useScoped();
  const live = useLive();
  const marks = useMarks();
  const { main, gear } = usePages();
  return (
    <header className="top">
      <Link className="brand" href={scoped('/')}>
        <Lamp state={lamp} testId />
        davylamp
      </Link>
      <ScopeSwitcher />
      <nav className="nav" aria-label="Main">
        {main.map((page) => (
          <Link key={page.path} href={scoped(page.path)} aria-current={isCurrent(page.path, location) ? 'page' : undefined}>
            <span className="steady" data-text={page.name}>{page.name}</span>
            {page.path === '/sessions' && live.has_snapshot && <span className="nav-count">{count(live.sessions.size)}</span>}
            <Mark mark={marks[page.path]} />
          </Link>
        ))}
      </nav>
      <span className="grow" />
      <button type="button" className="search-btn" onClick={onSearch}>
        <Search size={14} />
        <span className="grow">User, address or page</span>
        <kbd>Ctrl K</kbd>
      </button>
      {gear && <Link className="icon-btn top-gear" href={scoped(gear.path)} aria-label={gear.name} title={`${gear.name} (g ${gear.key})`} aria-current={isHouse(location) ? 'page' : undefined}><Settings size={16} /></Link>}
      <AccountMenu />
    </header>
  );
}
