import type { Session } from '../../api/types.gen';
import { confidence, countingWitness, hasQuality, methodName, milliseconds, witnessName } from '../../lib/evidence';
import { visible } from '../../lib/text';
import { age } from '../../lib/time';
import { ConfidenceBadge } from '../../ui/confidence-badge';
import { DrawerSection } from '../../ui/drawer';
import { Loss, Rtt } from '../../ui/quality';
import { Shape } from '../../ui/shape';
import { Bytes, Qty, Rate } from '../../ui/text';

/** Who saw this session, what each says it moved, and whose bytes count. */
export function EvidenceSection({ session }: { session: Session }) {
  const { evidence } = session;
  if (!evidence) return null;
  const sure = confidence(session);
  const counting = countingWitness(evidence);
  const partly = session.transport !== 'tcp' && evidence.witnesses.some((one) => one.kind === 'sockets');
  return (
    <DrawerSection title="Evidence" note={<ConfidenceBadge session={session} words />}>
      <table className="witnesses" data-testid="witnesses">
        <thead><tr><th scope="col">Witness</th><th scope="col" className="num">Down</th><th scope="col" className="num">Up</th></tr></thead>
        <tbody>
          {evidence.witnesses.map((one) => (
            <tr key={one.kind}>
              <th scope="row"><Shape kind={one.agrees ? 'ok' : 'warn'} size={10} /> <bdi>{visible(witnessName(one.kind))}</bdi>{one.kind === counting && <span className="t3 normal">, counts</span>}{!one.agrees && <span className="t3 normal">, differs</span>}</th>
              <td className="num"><Bytes amount={one.tx_bytes} /></td><td className="num"><Bytes amount={one.rx_bytes} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="fs12 t3">{sure.asked > evidence.witnesses.length && `${sure.asked - evidence.witnesses.length} more looked and did not see it. `}Compared over the time that all of them looked, headers taken off.{partly && ' Sockets know its TCP flows only, and are compared on those.'}</div>
    </DrawerSection>
  );
}

/** What the path is like, learnt from what passes anyway. */
export function QualitySection({ session, now }: { session: Session; now: number }) {
  const { quality } = session;
  if (!hasQuality(quality)) return null;
  const spread = quality.rtt_min_milliseconds !== undefined && `at best ${milliseconds(quality.rtt_min_milliseconds)} ms`;
  const how = [...new Set([methodName(quality.rtt_method), methodName(quality.loss_method)].filter(Boolean))].join(', ');
  return (
    <DrawerSection title="Quality" note={<span>{age(Math.max(0, now - quality.at))} ago</span>}>
      <dl className="facts facts-in">
        <dt>Round trip</dt><dd><Rtt quality={quality} />{spread && <span className="t3">, {spread}</span>}</dd>
        <dt>Jitter</dt><dd>{quality.jitter_milliseconds === undefined ? <span className="t3">n/a</span> : <Qty of={{ value: milliseconds(quality.jitter_milliseconds), unit: 'ms' }} />}</dd>
        <dt>Loss up</dt><dd><Loss part={quality.rx_loss} method={quality.loss_method} /></dd>
        <dt>Sent again</dt><dd><Loss part={quality.tx_loss} method={quality.loss_method} /></dd>
        {quality.delivery_bps !== undefined && <><dt>Path takes</dt><dd className="facts-wide"><Rate bps={quality.delivery_bps} /> <span className="t3">down</span></dd></>}
      </dl>
      {how && <div className="fs12 t3">Learnt {how}; nothing was sent for it.</div>}
    </DrawerSection>
  );
}
