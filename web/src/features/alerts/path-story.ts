import type { Agent, Incident } from '../../api/types.gen';
import { countryName, placeName } from '../../lib/place';
import { visible } from '../../lib/text';

export interface PathNode {
  title: string;
  note: string;
}

/** Who sends, what goes through the tunnel and where it comes out, and what goes round it. */
export interface PathStory {
  from: PathNode;
  inside: { words: string; to: PathNode } | undefined;
  /** `through`: it takes the tunnel, and comes out where it should not. */
  outside: { words: string; to: PathNode; through: boolean };
  label: string;
}

function placeOf(values: Record<string, string>, city: string, country: string): string {
  const code = values[country];
  return values[city] || (code ? (/^[A-Za-z]{2}$/.test(code) ? countryName(code) : code) : '');
}

/** The story of a leak, from the words of its incident and what is known of the agent; undefined for what is no leak. */
export function pathStory(incident: Pick<Incident, 'condition' | 'subject' | 'values' | 'evidence'>, agent: Agent | undefined): PathStory | undefined {
  const { values } = incident;
  const show = (...words: (string | undefined)[]) => visible(words.filter(Boolean).join(', '));
  // What is not as it should be: the values tell of the exit.
  const bad = incident.evidence.find(({ as_expected, place }) => !as_expected && place) ?? incident.evidence.find(({ as_expected }) => !as_expected);
  const badPlace = bad?.place ? placeName(bad.place) : '';
  const exitPlace = placeOf(values, 'city', 'country') || agent?.exit_v4?.place?.city || '';
  const exitAddress = values.exit || agent?.exit_v4?.address;
  const exit: PathNode = { title: visible(exitPlace) || 'Exit', note: show(exitAddress && `exit ${exitAddress}`, 'as expected') };
  const from: PathNode = { title: visible(incident.subject), note: show(agent?.settings.label, agent?.settings.site) };
  const leaks: PathNode = { title: visible(exitPlace) || 'Not the tunnel', note: show(exitAddress, values.network) };
  switch (incident.condition) {
    case 'agent_dns_leak': {
      const resolver = values.resolver ?? bad?.value;
      const to = { title: visible(badPlace || placeOf(values, 'resolver_city', 'resolver_country')) || 'Resolver', note: show(resolver && `resolver ${resolver}`, bad?.place?.network) };
      return { from, inside: { words: 'web and everything else, inside the tunnel', to: exit }, outside: { words: 'DNS, outside the tunnel', to, through: false }, label: `Web traffic goes through the tunnel to ${exit.title}. Questions for names go round it to ${to.title}.` };
    }
    case 'agent_ipv6_leak': {
      const v4 = agent?.exit_v4;
      const through: PathNode = { title: visible(v4?.place?.city ?? 'Exit'), note: show(v4?.address && `exit ${v4.address}`, 'as expected') };
      const to: PathNode = { title: visible(badPlace) || 'Not the tunnel', note: show(bad?.value ?? agent?.exit_v6?.address, bad?.place?.network) };
      return { from, inside: { words: 'IPv4, inside the tunnel', to: through }, outside: { words: 'IPv6, outside the tunnel', to, through: false }, label: `IPv4 goes through the tunnel. IPv6 goes round it to ${to.title}.` };
    }
    case 'agent_bypass':
      return { from, inside: undefined, outside: { words: 'everything, outside the tunnel', to: leaks, through: false }, label: `Everything goes round the tunnel to ${leaks.title}, a real address of the site.` };
    case 'agent_unexpected_exit':
      return { from, inside: undefined, outside: { words: 'inside the tunnel, to another exit', to: { title: leaks.title, note: show(exitAddress && `exit ${exitAddress}`, values.expected ? `expected ${values.expected}` : 'not expected') }, through: true }, label: `The tunnel comes out in ${leaks.title}, where it should not.` };
    default:
      return undefined;
  }
}
