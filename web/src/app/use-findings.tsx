import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Clock, Radar, Search, Server } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { get } from '../api/client';
import type { Session, User, UserPage } from '../api/types.gen';
import { verdictOf } from '../lib/agent';
import { stateOf } from '../lib/health';
import { placeName } from '../lib/place';
import { visible } from '../lib/text';
import { moment } from '../lib/time';
import { plural } from '../lib/units';
import { useLive } from '../live/use-live';
import { Flag } from '../ui/flag';
import { usePages } from './pages';

export interface Finding {
  key: string;
  group: string;
  name: string;
  note: string;
  path: string;
  icon: ReactNode;
}

const mostPerGroup = 6;

function fromSession(session: Session, note: string): Finding {
  return {
    key: `session-${session.id}`, group: 'Online now', name: visible(session.user), note, path: `/sessions/${session.id}`,
    icon: <Flag code={session.place?.country_code} width={18} />,
  };
}

function liveFindings(sessions: Iterable<Session>, needle: string): Finding[] {
  const found: Finding[] = [];
  for (const session of sessions) {
    if (found.length >= mostPerGroup) break;
    const held = [session.virtual_address, session.virtual_address6, session.real_address].find((address) => address?.startsWith(needle));
    if (held) found.push(fromSession(session, `holds ${visible(held)} on ${visible(session.server)} now`));
    else if (session.user.toLowerCase().includes(needle)) found.push(fromSession(session, `on ${visible(session.server)} from ${visible(placeName(session.place))}`));
  }
  return found;
}

const fromUser = (user: User, now: number): Finding => ({
  key: `user-${user.user}`, group: 'Users', name: visible(user.user), path: `/users/${encodeURIComponent(user.user)}`,
  note: user.open_sessions ? `${plural(user.open_sessions, 'session')} open` : `last seen ${moment(user.last_seen_at, now)}`,
  icon: <Flag code={user.country_code} width={18} />,
});

/** What the words may mean, best first: people who are online, users on record, servers, pages, and a search of all sessions. */
export function useFindings(text: string): Finding[] {
  const live = useLive();
  const { all } = usePages();
  const needle = text.toLowerCase();
  const users = useQuery({
    queryKey: ['users', 'palette', text], enabled: text.length > 0, placeholderData: keepPreviousData,
    queryFn: ({ signal }) => get<UserPage>('/api/v1/users', { q: text, limit: mostPerGroup }, signal),
  });
  return useMemo(() => {
    const now = Date.now() / 1000;
    const found: Finding[] = needle ? liveFindings(live.sessions.values(), needle) : [];
    const online = new Set(found.map((finding) => finding.name));
    if (needle) found.push(...(users.data?.items ?? []).filter((user) => !online.has(visible(user.user))).map((user) => fromUser(user, now)));
    for (const server of live.servers.filter(({ name }) => name.toLowerCase().includes(needle)).slice(0, mostPerGroup)) {
      found.push({
        key: `server-${server.name}`, group: 'Servers', name: visible(server.name), icon: <Server size={16} />,
        note: `${stateOf(server).word}, ${plural(server.sessions, 'session')}`, path: `/servers/${encodeURIComponent(server.name)}`,
      });
    }
    for (const agent of [...live.agents.values()].filter(({ settings }) => needle && settings.name.toLowerCase().includes(needle)).slice(0, mostPerGroup)) {
      found.push({
        key: `agent-${agent.settings.name}`, group: 'Agents', name: visible(agent.settings.name), icon: <Radar size={16} />, note: verdictOf(agent).word,
        path: `/agents/${encodeURIComponent(agent.settings.name)}`,
      });
    }
    for (const { path, name, icon: Icon } of all.filter((page) => page.name.toLowerCase().includes(needle))) {
      found.push({ key: `page-${path}`, group: 'Go to', name, note: '', path, icon: <Icon size={16} /> });
    }
    if (!needle) return found;
    const query = encodeURIComponent(text);
    found.push(
      { key: 'search-live', group: 'Search', name: `Live sessions with “${visible(text)}”`, note: '', path: `/sessions?q=${query}`, icon: <Search size={16} /> },
      { key: 'search-all', group: 'Search', name: `All sessions with “${visible(text)}”`, note: '', path: `/sessions?state=all&q=${query}`, icon: <Clock size={16} /> },
    );
    return found;
  }, [needle, text, users.data, live.version, all]);
}
