import type { FenceFacts, InterfaceFacts, Server, WitnessFacts } from '../../api/types.gen';
import type { ShapeKind } from '../../lib/health';
import { witnessName } from '../../lib/evidence';
import { sentence, visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { count, plural } from '../../lib/units';
import { DrawerSection } from '../../ui/drawer';
import { Shape } from '../../ui/shape';
import { Bytes } from '../../ui/text';

const states: Record<WitnessFacts['state'], { shape: ShapeKind; word: string }> = {
  looking: { shape: 'ok', word: 'Looking' },
  starting: { shape: 'learn', word: 'Starting' },
  refused: { shape: 'off', word: 'Not allowed' },
  failed: { shape: 'warn', word: 'Failed' },
};

/** Who looks at a server from outside, what each sees, and what is missing. */
export function Witnesses({ server }: { server: Server }) {
  const { witnesses } = server;
  if (witnesses.length === 0) return null;
  const looking = witnesses.filter((one) => one.state === 'looking').length;
  return (
    <DrawerSection title="Witnesses" note={`${looking} of ${witnesses.length} looking`}>
      <ul className="witness-list" data-testid="server-witnesses">
        {witnesses.map((one) => {
          const state = states[one.state] ?? states.starting;
          return (
            <li key={one.kind}>
              <Shape kind={state.shape} size={11} />
              <div>
                <div><span className="w5">{visible(witnessName(one.kind))}</span> <span className="t3">{state.word.toLowerCase()}{one.counts && ', its bytes count'}{one.flows > 0 && `, ${plural(one.flows, 'flow')}`}</span></div>
                <div className="fs12 t2">{sentence(visible(one.text))}</div>
              </div>
            </li>
          );
        })}
      </ul>
    </DrawerSection>
  );
}

/** The kernel's own totals: what the sum of all peers can be held against. */
export function Interfaces({ interfaces }: { interfaces: readonly InterfaceFacts[] }) {
  if (interfaces.length === 0) return null;
  return (
    <DrawerSection title="Interfaces" note="totals of the kernel">
      <table className="witnesses">
        <thead><tr><th scope="col">Name</th><th scope="col" className="num">Out</th><th scope="col" className="num">In</th><th scope="col" className="num">Dropped</th></tr></thead>
        <tbody>
          {interfaces.map((one) => (
            <tr key={one.name}>
              <th scope="row"><Shape kind={one.up ? 'ok' : 'off'} size={10} /> <bdi className="mono">{visible(one.name)}</bdi> <span className="t3 normal">{visible(one.kind)}{!one.up && ', down'}</span></th>
              <td className="num"><Bytes amount={one.tx_bytes} /></td><td className="num"><Bytes amount={one.rx_bytes} /></td><td className="num">{count(one.rx_dropped + one.tx_dropped)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </DrawerSection>
  );
}

const listed = (codes: readonly string[]): string => codes.map(visible).join(', ');

/** Who may reach a server at all, by country and network, and how often somebody was not let through. */
export function Fence({ fence, now }: { fence: FenceFacts | undefined; now: number }) {
  if (!fence) return null;
  return (
    <DrawerSection title="Country firewall" note={fence.confirmed ? <span className="st st-ok"><Shape kind="ok" size={10} />Confirmed</span> : <span className="st st-warn"><Shape kind="warn" size={10} />{fence.expires_at ? `Ends ${moment(fence.expires_at, now)} unless confirmed` : 'Not confirmed'}</span>}>
      <dl className="facts facts-in">
        {fence.allow.length > 0 && <><dt>Lets in</dt><dd className="facts-wide"><bdi>{listed(fence.allow)}</bdi></dd></>}
        {fence.deny.length > 0 && <><dt>Keeps out</dt><dd className="facts-wide"><bdi>{listed(fence.deny)}</bdi></dd></>}
        <dt>Refused</dt><dd>{fence.refused_packets === undefined ? <span className="t3">n/a</span> : <>{count(fence.refused_packets)} <span className="t3">packets</span></>}</dd>
        <dt>Let in</dt><dd>{fence.allowed_packets === undefined ? <span className="t3">n/a</span> : <>{count(fence.allowed_packets)}</>}</dd>
        <dt>Since</dt><dd title={fullMoment(fence.since_at)}>{moment(fence.since_at, now)}</dd>
      </dl>
    </DrawerSection>
  );
}
