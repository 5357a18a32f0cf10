import { Suspense, lazy, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { chooseTheme, useTheme } from '../lib/theme';
import { useShortcuts } from '../lib/shortcuts';
import { usePhone } from '../lib/use-now';
import { liveSocket } from '../live/use-live';
import { ActList } from '../ui/act-list';
import { useScoped } from '../ui/navigation';
import { Banners } from './banners';
import { BottomNav } from './bottom-nav';
import { CriticalNews } from './critical-news';
import { Footer } from './footer';
import { HelpDialog } from './help-dialog';
import { useLampState, useTitle } from './lamp-state';
import { PhoneBar } from './phone-bar';
import { TopBar } from './top-bar';
import { usePages } from './pages';

const Palette = lazy(() => import('./palette'));

/** Below a base path "#main" would lead to the top of the page's own folder. */
function skip(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

export function Layout({ children }: { children: ReactNode }) {
  const [, navigate] = useLocation();
  const scoped = useScoped();
  const theme = useTheme();
  const phone = usePhone();
  const lamp = useLampState();
  const [open, setOpen] = useState<'palette' | 'help'>();
  useTitle(lamp);
  const { all } = usePages();
  useEffect(() => {
    liveSocket.start();
    return () => liveSocket.stop();
  }, []);
  const close = () => setOpen(undefined);
  useShortcuts({
    'mod+k': () => setOpen('palette'),
    '?': () => setOpen('help'),
    'Shift D': () => chooseTheme(theme === 'dark' ? 'light' : 'dark'),
    ...Object.fromEntries(all.map((page) => [`g ${page.key}`, () => navigate(scoped(page.path))])),
  });
  const openSearch = () => setOpen('palette');
  return (
    <div className="app">
      <a className="skip" href="#main" onClick={skip}>Skip to the page</a>
      {phone ? <PhoneBar lamp={lamp} onSearch={openSearch} /> : <TopBar lamp={lamp} onSearch={openSearch} />}
      <Banners />
      <main id="main" className="main" tabIndex={-1}>{children}</main>
      {phone ? <BottomNav /> : <Footer onHelp={() => setOpen('help')} />}
      <ActList />
      <CriticalNews />
      {open === 'help' && <HelpDialog onClose={close} />}
      {open === 'palette' && <Suspense fallback={null}><Palette onClose={close} /></Suspense>}
    </div>
  );
}
