import { Link } from 'wouter';
import type { Server } from '../../api/types.gen';
import { plural } from '../../lib/units';

/** Logs tell of attempts; everything else has sessions. */
export const countsAttempts = ({ source }: Pick<Server, 'source'>): boolean => source === 'firewall';

/** To what this server has: its sessions, or the attempts that were counted. */
export function ServerLink({ server, className }: { server: Server; className: string }) {
  if (countsAttempts(server)) return <Link className={className} href="/attempts">Show attempts</Link>;
  return <Link className={className} href={`/sessions?server=${encodeURIComponent(server.name)}`}>Show its {plural(server.sessions, 'session')}</Link>;
}
