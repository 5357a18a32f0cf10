import type { LucideIcon } from 'lucide-react';
import { LogIn, LogOut, MapPin, Server } from 'lucide-react';
import type { Event } from '../../api/types.gen';
import { networkName, placeName } from '../../lib/place';
import { visible } from '../../lib/text';

const icons: Record<Event['kind'], LucideIcon> = {
  session_opened: LogIn,
  session_closed: LogOut,
  session_roamed: MapPin,
  server_state: Server,
};

/** A server that went down stands out; everything else is the normal course of a day. */
export function eventIcon(event: Event): { icon: LucideIcon; tone?: 'hot' } {
  const icon = icons[event.kind] ?? Server;
  return event.kind === 'server_state' && /\b(down|lost|refused|failed|not answer)/i.test(event.text) ? { icon, tone: 'hot' } : { icon };
}

const verbs: Record<string, string> = { session_opened: 'connected to', session_closed: 'left', session_roamed: 'roamed on' };

/** Cuts what the head line already says off the text that the server wrote. */
function rest(text: string, head: string): string {
  return text.toLowerCase().startsWith(head.toLowerCase()) ? text.slice(head.length).replace(/^[\s,.:;]+/, '') : text;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function describeEvent(event: Event): { subject: string; verb: string; detail: string } {
  const text = visible(event.text);
  const server = visible(event.server);
  const word = verbs[event.kind];
  if (!word || event.user === undefined) return { subject: server, verb: rest(text, server), detail: '' };
  const subject = visible(event.user);
  const verb = `${word} ${server}`;
  const place = event.place ? [placeName(event.place), networkName(event.place)].filter(Boolean).map(visible).join(', ') : '';
  const said = capital(rest(text, `${subject} ${verb}`));
  return { subject, verb, detail: event.kind === 'session_closed' ? said : place || said };
}
