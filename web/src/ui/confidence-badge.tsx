import type { Session } from '../api/types.gen';
import { confidence, witnessName } from '../lib/evidence';
import { cx } from '../lib/text';
import { bytes, join } from '../lib/units';
import { Shape } from './shape';

const bars = [0, 1, 2] as const;

/** Three rising bars: as many are full as witnesses agree, as many are drawn as were asked. */
function Bars({ agree, asked }: { agree: number; asked: number }) {
  return (
    <svg className="sure-bars" width={13} height={11} viewBox="0 0 13 11" aria-hidden="true">
      {bars.map((bar) => <rect key={bar} className={cx(bar < agree && 'sure-full', bar >= asked && 'sure-unasked')} x={bar * 5} y={8 - bar * 4} width={3} height={3 + bar * 4} rx={1} />)}
    </svg>
  );
}

/** How well a session's bytes are known. `words` puts what the bars say beside them. */
export function ConfidenceBadge({ session, words = false }: { session: Pick<Session, 'evidence' | 'source'>; words?: boolean }) {
  const sure = confidence(session);
  const list = session.evidence?.witnesses.map((one) => `${witnessName(one.kind)}: ${join(bytes(one.tx_bytes))} down, ${join(bytes(one.rx_bytes))} up${one.agrees ? '' : ' (differs)'}`) ?? [`${witnessName(session.source)} alone`];
  if (sure.off > 0) {
    return <span className="sure st st-warn" title={list.join('\n')}><Shape kind="warn" size={10} /><span>{words ? sure.word : sure.word.replace('off by ', '')}</span></span>;
  }
  return (
    <span className="sure" title={list.join('\n')}>
      <Bars agree={sure.agree} asked={sure.asked} />
      <span className={words ? 't2' : 'sr-only'}>{sure.word}</span>
    </span>
  );
}
