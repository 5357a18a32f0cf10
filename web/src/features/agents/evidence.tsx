import type { Agent, EvidenceLine, Finding, Heartbeat, LookupAnswer, ResolverSighting } from '../../api/types.gen';
import { findingShape, findingWord } from '../../lib/agent';
import { networkName, placeName } from '../../lib/place';
import { lossText, milliseconds } from '../../lib/quality';
import { sentence, visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { DrawerSection } from '../../ui/drawer';
import { Flag } from '../../ui/flag';
import { PlaceText } from '../../ui/place-text';
import { Shape } from '../../ui/shape';
import { Address, Rate } from '../../ui/text';

/** What was looked at, what it said, and whether that is as it should be. */
export function EvidenceList({ lines }: { lines: readonly EvidenceLine[] }) {
  return (
    <ul className="evidence-lines">
      {lines.map((line, index) => (
        <li key={index}>
          <Shape kind={line.as_expected ? 'ok' : 'crit'} size={9} />
          <span><span className="t3">{visible(line.what)}</span> {line.place && <span className="evidence-flag"><Flag code={line.place.country_code} /></span>} <bdi dir="ltr" className="mono">{visible(line.value)}</bdi>{line.text && <span className="t2"> {sentence(visible(line.text))}</span>}<span className="sr-only">{line.as_expected ? ' As expected.' : ' Not as expected.'}</span></span>
        </li>
      ))}
    </ul>
  );
}

export function Findings({ findings, now }: { findings: readonly Finding[]; now: number }) {
  if (findings.length === 0) return null;
  return (
    <DrawerSection title="What is wrong">
      {findings.map((finding) => (
        <div key={finding.kind} className="finding" data-testid="finding">
          <div className="row"><Shape kind={findingShape(finding)} /><span className="w5">{findingWord(finding.kind)}</span><span className="grow" /><span className="t3 fs12" title={fullMoment(finding.since_at)}>since {moment(finding.since_at, now)}</span></div>
          <p className="t2">{sentence(visible(finding.text))}</p>
          <EvidenceList lines={finding.evidence} />
        </div>
      ))}
    </DrawerSection>
  );
}

function LookupRow({ answer, agreed }: { answer: LookupAnswer; agreed: string | undefined }) {
  if (!answer.address) return <tr><th scope="row"><bdi>{visible(answer.provider)}</bdi></th><td className="t3" colSpan={3}><bdi>{visible(answer.error ?? 'no answer')}</bdi></td></tr>;
  const agrees = answer.address === agreed;
  return (
    <tr>
      <th scope="row"><bdi>{visible(answer.provider)}</bdi></th>
      <td className="ell"><Address address={answer.address} /></td>
      <td className="ell">{(answer.country_code || answer.city) && <span className="row"><Flag code={answer.country_code} /><bdi className="ell">{visible(answer.city ?? answer.country_code ?? '')}</bdi></span>}</td>
      <td><span className={`st st-${agrees ? 'ok' : 'warn'} fs12`}><Shape kind={agrees ? 'ok' : 'warn'} size={9} />{agrees ? 'agrees' : 'differs'}</span></td>
    </tr>
  );
}

/** Several look-ups of the own public address, and what most of them say. */
function Lookups({ last }: { last: Heartbeat }) {
  const families = ([['IPv4', last.exit_v4], ['IPv6', last.exit_v6]] as const).filter(([, report]) => report);
  if (families.length === 0) return null;
  return (
    <DrawerSection title="Look-ups of its address">
      {families.map(([family, report]) => report && (
        <div key={family} className="lookups">
          <div className="row fs12"><span className="w5">{family}</span><bdi dir="ltr" className="t3">{!report.routed ? 'no default route' : report.answered === 0 ? 'nobody saw an address' : `${report.agreeing} of ${report.answered} agree`}</bdi><span className="grow" />{report.address && <><PlaceText place={report.place} /></>}</div>
          {report.answers.length > 0 && (
            <table className="agent-table"><thead className="sr-only"><tr><th>Provider</th><th>Address</th><th>Place</th><th>Agreement</th></tr></thead>
              <tbody>{report.answers.map((answer, index) => <LookupRow key={index} answer={answer} agreed={report.address} />)}</tbody>
            </table>
          )}
        </div>
      ))}
    </DrawerSection>
  );
}

const methods: Record<string, string> = { whoami_google: 'Google whoami', whoami_akamai: 'Akamai whoami', canary: 'Canary', location: 'Country only' };

function SightingRow({ seen }: { seen: ResolverSighting }) {
  const more = [seen.transport?.toUpperCase(), seen.client_subnet && `passes on ${seen.client_subnet}`].filter(Boolean).join(', ');
  return (
    <tr>
      <th scope="row">{methods[seen.method] ?? visible(seen.method)}</th>
      <td className="ell">{seen.address ? <Address address={seen.address} /> : <span className="t3">address not told</span>}</td>
      <td className="ell" title={`${visible(networkName(seen.place))} ${visible(more)}`}><span className="row"><Flag code={seen.place?.country_code ?? seen.country_code} /><bdi className="ell">{seen.place ? visible(placeName(seen.place)) : visible(seen.country_code ?? '')}</bdi>{more && <span className="t3 ell">{visible(more)}</span>}</span></td>
    </tr>
  );
}

/** From where its questions for names were really asked. */
function Resolvers({ last }: { last: Heartbeat }) {
  const { resolver } = last;
  if (!resolver) return null;
  return (
    <DrawerSection title="Resolver" note={resolver.asked > 0 && `${resolver.answered} of ${resolver.asked} names answered`}>
      {resolver.seen.length === 0 ? <div className="t3 fs12">Nobody answered: that says nothing about a leak.</div> : <table className="agent-table"><thead className="sr-only"><tr><th>Method</th><th>Address</th><th>Place</th></tr></thead><tbody>{resolver.seen.map((seen, index) => <SightingRow key={index} seen={seen} />)}</tbody></table>}
      {resolver.configured.length > 0 && <div className="fs12 agent-note"><span className="t3">Told to ask</span> <bdi dir="ltr" className="mono">{resolver.configured.map(visible).join(', ')}</bdi></div>}
    </DrawerSection>
  );
}

function Link({ agent, last }: { agent: Agent; last: Heartbeat | undefined }) {
  const link = last?.link ?? agent.link;
  if (!link) return null;
  const route = (name: string | undefined) => (name === undefined ? <span className="t3">none</span> : <><bdi dir="ltr" className="mono">{visible(name)}</bdi>{name !== link.tunnel && link.tunnel && <span className="st st-warn fs12 agent-beside"><Shape kind="warn" size={9} />not the tunnel</span>}</>);
  return (
    <DrawerSection title="Link and routes">
      <dl className="agent-facts">
        <dt>Tunnel</dt><dd>{link.tunnel ? <><bdi dir="ltr" className="mono">{visible(link.tunnel)}</bdi> <span className={`st st-${link.tunnel_up ? 'ok' : 'crit'} fs12`}><Shape kind={link.tunnel_up ? 'ok' : 'crit'} size={9} />{link.tunnel_up ? 'up' : 'down'}</span></> : <span className="t3">none found</span>}</dd>
        <dt>Default route</dt><dd>{route(link.default_v4)}</dd>
        <dt>Default route, IPv6</dt><dd>{route(link.default_v6)}</dd>
        <dt>Traffic</dt><dd><Rate bps={link.tx_bps} /> <span className="t3">down,</span> <Rate bps={link.rx_bps} /> <span className="t3">up</span></dd>
      </dl>
    </DrawerSection>
  );
}

function Paths({ last }: { last: Heartbeat }) {
  if (last.paths.length === 0) return null;
  return (
    <DrawerSection title="Path targets">
      <table className="agent-table agent-paths">
        <thead><tr><th scope="col">Target</th><th scope="col" className="num">Latency</th><th scope="col" className="num">Jitter</th><th scope="col" className="num">Loss</th></tr></thead>
        <tbody>
          {last.paths.map((path) => (
            <tr key={path.target}>
              <th scope="row" className="ell"><bdi dir="ltr">{visible(path.target)}</bdi></th><td className="num">{milliseconds(path.latency_milliseconds)}</td><td className="num">{milliseconds(path.jitter_milliseconds)}</td>
              <td className="num" title={`${path.received} of ${path.sent} probes came back`}>{lossText(path.sent ? 1 - path.received / path.sent : undefined)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </DrawerSection>
  );
}

const tolerances = { strict: 'only the exit’s own network and what is listed', country: 'the exit’s country', listed: 'listed countries', off: 'no verdict' } as const;
const policies = { sealed: 'through the tunnel, or not at all', none: 'not at all', ignored: 'not looked at' } as const;

/** What was laid down, or learned where nothing is written. */
function Expected({ agent }: { agent: Agent }) {
  const { settings, learned } = agent;
  const list = ({ countries, asns, networks }: { countries: string[]; asns: number[]; networks: string[] }) => [...countries, ...asns.map((asn) => `AS${asn}`), ...networks].map(visible).join(', ');
  const exit = list(settings.exit);
  const resolver = list(settings.resolver);
  const learnt = [...learned.countries, ...learned.asns.map((asn) => `AS${asn}`)].map(visible).join(', ');
  return (
    <DrawerSection title="Expected">
      <dl className="agent-facts">
        <dt>Exit</dt><dd>{exit || (settings.exit.learned ? (learned.done ? <>{learnt || 'anything'} <span className="t3">learned</span></> : <span className="t3">still learning, {learned.heartbeats} of {settings.learning_heartbeats}</span>) : 'anywhere')}</dd>
        <dt>Resolver</dt><dd>{tolerances[settings.resolver.tolerance] ?? settings.resolver.tolerance}{resolver && `, ${resolver}`}</dd>
        <dt>IPv6</dt><dd>{policies[settings.ipv6] ?? settings.ipv6}</dd>
        <dt>Real addresses</dt><dd>{settings.real_networks.length > 0 ? settings.real_networks.map(visible).join(', ') : <span className="t3">none written down</span>}</dd>
      </dl>
    </DrawerSection>
  );
}

export function Evidence({ agent, last, now }: { agent: Agent; last: Heartbeat | undefined; now: number }) {
  return (
    <>
      <Findings findings={agent.findings} now={now} />
      {agent.evidence.length > 0 && <DrawerSection title="Last report"><EvidenceList lines={agent.evidence} /></DrawerSection>}
      {last && <><Lookups last={last} /><Resolvers last={last} /></>}
      <Link agent={agent} last={last} />
      {last && <Paths last={last} />}
      <Expected agent={agent} />
    </>
  );
}
