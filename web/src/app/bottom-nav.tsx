import { Link, useLocation } from 'wouter';
import { useScoped } from '../ui/navigation';
import { isCurrent, pages } from './pages';

export function BottomNav() {
  const [location] = useLocation();
  const scoped = useScoped();
  return (
    <nav className="bottom-nav" aria-label="Main">
      {pages.map(({ path, name, icon: Icon }) => (
        <Link key={path} href={scoped(path)} aria-current={isCurrent(path, location) ? 'page' : undefined}>
          <Icon size={21} strokeWidth={1.75} />
          {name}
        </Link>
      ))}
    </nav>
  );
}
