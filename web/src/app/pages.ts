import { Bell, DoorClosed, Gauge, Globe, List, Radar, Server, Settings, Users } from 'lucide-react';

/** The pages that exist, in the order of the navigation, with the key that follows g. */
export const pages = [
  { path: '/', name: 'Overview', key: 'o', icon: Globe },
  { path: '/sessions', name: 'Sessions', key: 's', icon: List },
  { path: '/users', name: 'Users', key: 'u', icon: Users },
  { path: '/agents', name: 'Agents', key: 'a', icon: Radar },
  { path: '/quotas', name: 'Quotas', key: 'q', icon: Gauge },
  { path: '/alerts', name: 'Alerts', key: 'l', icon: Bell },
  { path: '/servers', name: 'Servers', key: 'v', icon: Server },
  { path: '/attempts', name: 'Attempts', key: 't', icon: DoorClosed },
] as const;

/** Reached by the gear, the search and its key. */
export const systemPage = { path: '/system', name: 'System', key: 'y', icon: Settings } as const;
export const allPages = [...pages, systemPage] as const;

/** Where a thumb reaches them on a phone; the others are behind More. */
export const phonePages = ['/', '/sessions', '/agents', '/alerts'] as const;

export const isCurrent = (path: string, location: string): boolean =>
  path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);

export const pageName = (location: string): string => allPages.find((page) => isCurrent(page.path, location))?.name ?? 'Davylamp';
