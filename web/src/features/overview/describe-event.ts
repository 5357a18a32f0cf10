import type { LucideIcon } from 'lucide-react';
import { Ban, Gauge, LogIn, LogOut, MapPin, Repeat, RotateCcw, Server, ShieldX, Undo2 } from 'lucide-react';
import type { Event } from '../../api/types.gen';
import { serverStates } from '../../lib/health';
import { networkName, placeName } from '../../lib/place';
import { visible } from '../../lib/text';

const icons: Record<Event['kind'], LucideIcon> = {
  session_opened: LogIn,
  session_closed: LogOut,
  session_roamed: MapPin,
  server_state: Server,
  quota_near: Gauge,
  quota_reached: Gauge,
  quota_reset: RotateCcw,
  user_blocked: Ban,
  user_unblocked: Undo2,
  login_refused: ShieldX,
  user_returns: Repeat,
};

type Tone = 'hot' | 'warn';

/** What deserves a second look; someone stopped by a limit stands out most. */
const kindTones: Partial<Record<Event['kind'], Tone>> = { quota_near: 'warn', quota_reached: 'hot', user_blocked: 'warn', login_refused: 'warn', user_returns: 'hot' };

/** "udp is down: connection refused" and the like: the state that a server is in now. */
const stateWord = (text: string): string | undefined => /\bis (up|down|stale|busy|held|connecting)\b/.exec(text)?.[1];

const tones: Record<string, Tone> = { down: 'hot', stale: 'warn', busy: 'warn', held: 'warn' };

/** A server that went down, a limit that stopped someone: these stand out; everything else is the normal course of a day. */
export function eventIcon(event: Event): { icon: LucideIcon; tone?: Tone | undefined } {
  const icon = icons[event.kind] ?? Server;
  if (event.kind !== 'server_state') return kindTones[event.kind] ? { icon, tone: kindTones[event.kind] } : { icon };
  const state = stateWord(event.text);
  const tone = state ? tones[state] : /\b(lost|refused|failed|cannot|not answer)/i.test(event.text) ? 'hot' : undefined;
  return tone ? { icon, tone } : { icon };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Cuts a sentence of the server after the name of the server: "left fra-1", "after 41 m, 212 MB". */
function cut(sentence: string, server: string): [string, string] {
  const end = sentence.indexOf(server);
  if (!server || end < 0) return [sentence, ''];
  const after = end + server.length;
  return [sentence.slice(0, after), sentence.slice(after).replace(/^[\s,.:;]+/, '')];
}

/** Cuts a sentence at its first stop that is not within brackets: "has used 95 % of 100 GB (down, this month)", "resets on 1 December". */
function split(sentence: string): [string, string] {
  const end = sentence.search(/[,:;] (?![^(]*\))/);
  return end < 0 ? [sentence, ''] : [sentence.slice(0, end), sentence.slice(end + 2)];
}

/** The state in the words of the page, then why. */
function describeServer(sentence: string): { verb: string; detail: string } {
  const colon = sentence.search(/[;:] /);
  const head = colon < 0 ? sentence : sentence.slice(0, colon);
  const why = colon < 0 ? '' : sentence.slice(colon + 2);
  const state = stateWord(head);
  const word = state ? serverStates[state as keyof typeof serverStates].word.toLowerCase() : undefined;
  return { verb: word ? `is ${word}` : head, detail: capital(why) };
}

/** The words of an event: who, what they did, and a second line with the place or the rest. */
export function describeEvent(event: Event): { subject: string; verb: string; detail: string } {
  const text = visible(event.text);
  const server = visible(event.server);
  const subject = event.user === undefined ? server : visible(event.user);
  const sentence = text.startsWith(subject) ? text.slice(subject.length).replace(/^[\s,.:;]+/, '') : text;
  if (event.user === undefined) return { subject, ...describeServer(sentence) };
  const [verb, rest] = event.kind.startsWith('quota_') ? split(sentence) : cut(sentence, server);
  const place = event.place ? [placeName(event.place), networkName(event.place)].filter(Boolean).map(visible).join(', ') : '';
  if (event.kind === 'session_closed') return { subject, verb, detail: capital(rest) };
  const comes = event.kind === 'session_opened' || event.kind === 'session_roamed';
  return { subject, verb, detail: comes ? place || capital(rest) : capital(rest) || place };
}
