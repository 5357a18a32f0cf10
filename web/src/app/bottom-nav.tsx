import { Ellipsis } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { Menu } from '../ui/menu';
import { useScoped } from '../ui/navigation';
import { Shape } from '../ui/shape';
import { isCurrent, mostAtHand, phonePages, usePages } from './pages';
import { useMarks } from './use-marks';

export function BottomNav() {
  const [location] = useLocation();
  const scoped = useScoped();
  const marks = useMarks();
  const { all } = usePages();
  const nearest = phonePages.filter((path) => all.some((page) => page.path === path)).slice(0, mostAtHand);
  const atHand = all.filter(({ path }) => nearest.some((near) => near === path));
  const others = all.filter((page) => !atHand.includes(page));
  const inMore = others.find(({ path }) => isCurrent(path, location));
  return (
    <nav className="bottom-nav" aria-label="Main">
      {atHand.map(({ path, name, icon: Icon }) => {
        const mark = marks[path];
        return (
          <Link key={path} href={scoped(path)} aria-current={isCurrent(path, location) ? 'page' : undefined}>
            <span className="bottom-icon"><Icon size={21} strokeWidth={1.75} />{mark?.shape && <Shape kind={mark.shape} size={9} />}</span>
            {name}{mark && <span className="sr-only">, {mark.words}</span>}
          </Link>
        );
      })}
      <Menu label={inMore ? `More, now ${inMore.name}` : 'More pages'} align="end" buttonClass={inMore ? 'bottom-more bottom-more-on' : 'bottom-more'} button={<><Ellipsis size={21} strokeWidth={1.75} />More</>}>
        {(close) => others.map(({ path, name, icon: Icon }) => (
          <Link key={path} className="menu-item" href={scoped(path)} aria-current={isCurrent(path, location) ? 'page' : undefined} onClick={close}><Icon size={18} strokeWidth={1.75} />{name}</Link>
        ))}
      </Menu>
    </nav>
  );
}
