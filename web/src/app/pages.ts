import { Bell, CircleUser, DoorClosed, Gauge, Globe, List, Radar, Server, Settings, Users, Wrench } from 'lucide-react';
import { useMemo } from 'react';
import { useMay } from '../api/queries';
import type { May } from '../lib/roles';

/** What of a page's subject belongs to no server: who sees only some servers does not see it. */
const always = (): boolean => true;
const ofAll = (may: May): boolean => !may.scoped;

/** The pages that exist, in the order of the navigation, with the key that follows g. */
export const pages = [
  { path: '/', name: 'Overview', key: 'o', icon: Globe, seen: always },
  { path: '/sessions', name: 'Sessions', key: 's', icon: List, seen: always },
  { path: '/users', name: 'Users', key: 'u', icon: Users, seen: always },
  { path: '/agents', name: 'Agents', key: 'a', icon: Radar, seen: ofAll },
  { path: '/quotas', name: 'Quotas', key: 'q', icon: Gauge, seen: ofAll },
  { path: '/alerts', name: 'Alerts', key: 'l', icon: Bell, seen: always },
  { path: '/servers', name: 'Servers', key: 'v', icon: Server, seen: always },
  { path: '/attempts', name: 'Attempts', key: 't', icon: DoorClosed, seen: always },
] as const;

/** Reached by the gear, the search and their keys. */
export const settingsPage = { path: '/settings', name: 'Settings', key: 'e', icon: Settings, seen: (may: May) => may.see_accounts || may.see_audit } as const;
export const systemPage = { path: '/system', name: 'System', key: 'y', icon: Wrench, seen: ofAll } as const;
export const accountPage = { path: '/account', name: 'Account', key: 'm', icon: CircleUser, seen: always } as const;
const allPages = [...pages, settingsPage, systemPage, accountPage] as const;

export type Page = (typeof allPages)[number];

/** The pages that whoever is signed in may see. */
export function usePages(): { main: readonly Page[]; all: readonly Page[]; gear: Page | undefined } {
  const may = useMay();
  return useMemo(() => {
    const all = allPages.filter(({ seen }) => seen(may));
    const isMain = (page: Page) => pages.some(({ path }) => path === page.path);
    return { all, main: all.filter(isMain), gear: all.find((page) => page === settingsPage || page === systemPage) };
    // Made anew with each drawing, it says the same while role and scope do.
  }, [may.scoped, may.see_accounts, may.see_audit]);
}

/** Where a thumb reaches them on a phone; the others are behind More. */
export const phonePages = ['/', '/sessions', '/agents', '/alerts', '/users', '/servers'] as const;
export const mostAtHand = 4;

export const isCurrent = (path: string, location: string): boolean =>
  path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);

/** The gear leads to all pages of the house. */
export const isHouse = (location: string): boolean => isCurrent(settingsPage.path, location) || isCurrent(systemPage.path, location);

const pageAt = (location: string): Page | undefined => allPages.find((page) => isCurrent(page.path, location));
export const pageName = (location: string): string => pageAt(location)?.name ?? 'Davylamp';
/** Whether an address leads to something that an account of some servers does not see. */
export const isHidden = (location: string, may: May): boolean => may.scoped && !(pageAt(location)?.seen(may) ?? true);
