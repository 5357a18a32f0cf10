import { LogOut, Waypoints } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Agent, AgentExit, EvidenceLine, Place } from '../../api/types.gen';
import { ipv6Words, shownResolver, wrongRows } from '../../lib/agent';
import { placeName } from '../../lib/place';
import { visible } from '../../lib/text';
import { clock } from '../../lib/time';
import { Flag } from '../../ui/flag';
import { Shape } from '../../ui/shape';
import { Address } from '../../ui/text';

interface RowProps {
  name: string;
  icon: ReactNode;
  wrong: boolean;
  /** What a row that is not as it should be is called. */
  wrongWord: string;
  /** A leaking card says of each row whether it is as expected. */
  open: boolean;
  children: ReactNode;
}

function Row({ name, icon, wrong, wrongWord, open, children }: RowProps) {
  return (
    <div className="agent-row">
      <dt>{open && <span className={wrong ? 'agent-row-wrong' : 't3'}>{icon}</span>}{name}</dt>
      <dd className="ell">{children}</dd>
      {open && <dd className={`st fs12 st-${wrong ? 'crit' : 'ok'}`}><Shape kind={wrong ? 'crit' : 'ok'} size={9} /><span className={wrong ? undefined : 'agent-fine'}>{wrong ? wrongWord : 'as expected'}</span></dd>}
    </div>
  );
}

function At({ place, address }: { place: Place | undefined; address?: string | undefined }) {
  return (
    <>
      <Flag code={place?.country_code} />
      <bdi>{visible(placeName(place))}</bdi>
      {address && <span className="t2"><Address address={address} /></span>}
    </>
  );
}

function Exit({ exit }: { exit: AgentExit | undefined }) {
  return exit?.address || exit?.place ? <At place={exit.place} address={exit.address} /> : <span className="t3">not known</span>;
}

function Resolver({ line, wrong, open }: { line: EvidenceLine | undefined; wrong: boolean; open: boolean }) {
  if (!line) return <span className="t3">not checked</span>;
  return (
    <>
      {line.place || wrong ? <At place={line.place} address={open || wrong || !line.place ? line.value : undefined} /> : <Address address={line.value} />}
      {!open && (wrong ? <span className="st st-crit fs12"><Shape kind="crit" size={9} />not in tunnel</span> : <span className="t3">in tunnel</span>)}
    </>
  );
}

/** Where its traffic, its IPv6 and its questions for names leave. */
export function CardRows({ agent, open = false }: { agent: Agent; open?: boolean }) {
  const silent = agent.verdict === 'silent';
  const wrong = wrongRows(agent);
  const resolver = shownResolver(agent.resolvers);
  const ipv6 = ipv6Words(agent, agent.exit_v6);
  return (
    <dl className="agent-rows">
      <Row name={open ? 'Exit v4' : 'Exit'} icon={<LogOut size={14} />} wrong={wrong.has('exit')} wrongWord="not expected" open={open}>
        <Exit exit={agent.exit_v4} />{!open && wrong.has('exit') && <span className="st st-crit fs12"><Shape kind="crit" size={9} />not expected</span>}
      </Row>
      <Row name={open ? 'Exit v6' : 'IPv6'} icon={<LogOut size={14} />} wrong={wrong.has('ipv6')} wrongWord="not in tunnel" open={open}>
        {agent.exit_v6?.address && !silent ? <><At place={agent.exit_v6.place} address={wrong.has('ipv6') || open ? agent.exit_v6.address : undefined} />{!open && <span className="t3">{wrong.has('ipv6') ? 'not in tunnel' : ipv6}</span>}</> : <span className={/^not/.test(ipv6) ? 't3' : 't2'}>{open && !/^not/.test(ipv6) ? `none, ${ipv6}` : ipv6}</span>}
      </Row>
      <Row name="Resolver" icon={<Waypoints size={14} />} wrong={wrong.has('resolver')} wrongWord="not in tunnel" open={open}>
        {silent ? <span className="t3">{agent.last_heard_at === undefined ? 'not checked' : `last seen ${clock(agent.last_heard_at).slice(0, 5)}${resolver?.place ? `, ${visible(placeName(resolver.place))}` : ''}`}</span> : <Resolver line={resolver} wrong={wrong.has('resolver')} open={open} />}
      </Row>
    </dl>
  );
}
