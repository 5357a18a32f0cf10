import type { AgentSettings } from '../../api/types.gen';

/** Settings as they are typed: lists as text. */
export interface Draft {
  name: string;
  site: string;
  label: string;
  interval_seconds: string;
  grace_seconds: string;
  exit: string;
  learned: boolean;
  tolerance: AgentSettings['resolver']['tolerance'];
  resolver: string;
  ipv6: AgentSettings['ipv6'];
  real_networks: string;
  learning_heartbeats: string;
  paused: boolean;
}

export type Errors = Partial<Record<keyof Draft, string>>;

interface Expected {
  countries: string[];
  asns: number[];
  networks: string[];
}

const joined = ({ countries, asns, networks }: Expected): string => [...countries, ...asns.map((asn) => `AS${asn}`), ...networks].join(', ');

export function toDraft(settings: AgentSettings | undefined): Draft {
  if (!settings) {
    return { name: '', site: '', label: '', interval_seconds: '60', grace_seconds: '0', exit: '', learned: true, tolerance: 'country', resolver: '', ipv6: 'sealed', real_networks: '', learning_heartbeats: '5', paused: false };
  }
  return {
    name: settings.name, site: settings.site, label: settings.label, interval_seconds: String(settings.interval_seconds), grace_seconds: String(settings.grace_seconds),
    exit: joined(settings.exit), learned: settings.exit.learned, tolerance: settings.resolver.tolerance, resolver: joined(settings.resolver), ipv6: settings.ipv6,
    real_networks: settings.real_networks.join(', '), learning_heartbeats: String(settings.learning_heartbeats), paused: settings.paused,
  };
}

const words = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);
const isNetwork = (word: string): boolean => /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)(\/\d{1,3})?$/i.test(word);

/** "NL, AS64500, 192.0.2.0/24" by what each word is; the first that is none of them is told. */
export function readExpected(text: string): Expected & { unknown?: string } {
  const read: Expected = { countries: [], asns: [], networks: [] };
  for (const word of words(text)) {
    const asn = /^AS(\d{1,10})$/i.exec(word)?.[1];
    if (asn) read.asns.push(Number(asn));
    else if (/^[a-z]{2}$/i.test(word)) read.countries.push(word.toUpperCase());
    else if (isNetwork(word)) read.networks.push(word);
    else return { ...read, unknown: word };
  }
  return read;
}

function whole(text: string, least: number, most: number): number | undefined {
  const n = Number(text);
  return text.trim() !== '' && Number.isInteger(n) && n >= least && n <= most ? n : undefined;
}

const unknownWord = (word: string): string => `“${word}” is no country code, AS number or network.`;

/** What is typed as settings, or what is wrong with it, by member. */
export function toSettings(draft: Draft): { settings: AgentSettings; errors: Errors } {
  const errors: Errors = {};
  const { unknown: badExit, ...exit } = readExpected(draft.exit);
  const { unknown: badResolver, ...resolver } = readExpected(draft.resolver);
  const real = readExpected(draft.real_networks);
  const interval_seconds = whole(draft.interval_seconds, 5, 86_400);
  const grace_seconds = whole(draft.grace_seconds, 0, 604_800);
  const learning_heartbeats = whole(draft.learning_heartbeats, 1, 1000);
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(draft.name.trim())) errors.name = 'Letters, digits, dot, dash and underscore, at most 100.';
  if (interval_seconds === undefined) errors.interval_seconds = 'From 5 seconds to a day.';
  if (grace_seconds === undefined) errors.grace_seconds = 'Seconds; 0 for twice the interval.';
  if (learning_heartbeats === undefined) errors.learning_heartbeats = 'From 1 to 1000.';
  if (badExit) errors.exit = unknownWord(badExit);
  if (badResolver) errors.resolver = unknownWord(badResolver);
  if (real.unknown || real.countries.length > 0 || real.asns.length > 0) errors.real_networks = 'Only addresses and networks, such as 203.0.113.0/24.';
  const settings: AgentSettings = {
    name: draft.name.trim(), site: draft.site.trim(), label: draft.label.trim(), interval_seconds: interval_seconds ?? 60, grace_seconds: grace_seconds ?? 0,
    exit: { ...exit, learned: draft.learned }, resolver: { ...resolver, tolerance: draft.tolerance }, ipv6: draft.ipv6, real_networks: real.networks,
    learning_heartbeats: learning_heartbeats ?? 5, paused: draft.paused,
  };
  return { settings, errors };
}
