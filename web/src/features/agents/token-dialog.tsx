import { X } from 'lucide-react';
import { useState } from 'react';
import { issueToken } from '../../api/alerts';
import { linkTo } from '../../lib/base';
import { visible, visibleLines } from '../../lib/text';
import { CodeBlock } from '../../ui/code-block';
import { Button, IconButton, Segments } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Shape } from '../../ui/shape';
import type { Way } from './commands';
import { commandOf, ways } from './commands';

interface TokenProps {
  name: string;
  /** Works once, within a day: the agent trades it for its own. */
  token: string;
  interval_seconds: number;
  onClose: () => void;
}

/** What lets an agent in, and what to type. It cannot be shown again: only its hash is kept. */
export function TokenPanel({ name, token, interval_seconds, onClose }: TokenProps) {
  const [way, setWay] = useState<Way>('docker');
  // What does not trade a one-time token needs one that lasts.
  const [lasting, setLasting] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const { about, lasts } = ways.find((one) => one.way === way) ?? { about: '', lasts: false };
  const shown = lasts ? lasting : token;
  const make = async () => {
    try {
      setLasting((await issueToken(name, false)).token);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The reason is not known.');
    }
  };
  return (
    <div className="form" data-testid="token-panel">
      <Segments<Way> label="How it reports" value={way} onChange={setWay} options={ways.map((one) => ({ value: one.way, label: one.name }))} />
      <p className="fs12 t2 token-about">{about}</p>
      {shown ? (
        <>
          <div>
            <div className="fs12 t2">{lasts ? 'A token that lasts, shown this once.' : 'A one-time token, good for a day and shown this once: the agent trades it for its own.'} Kept is only its hash.</div>
            <CodeBlock label="Token" text={visible(shown)} />
          </div>
          <div>
            <div className="fs12 t2">To type</div>
            <CodeBlock label="Commands" text={visibleLines(commandOf(way, { name, token: shown, hub: linkTo(''), interval_seconds }))} />
          </div>
        </>
      ) : (
        <div><Button data-testid="lasting-token" onClick={() => void make()}>Make a token that lasts</Button></div>
      )}
      {problem && <div className="field-error" role="alert"><Shape kind="crit" size={10} />{problem}</div>}
      <div className="form-foot"><span className="fs12 t3">The agent stands as waiting until it reports.</span><span className="grow" /><Button look="primary" onClick={onClose}>Done</Button></div>
    </div>
  );
}

export function TokenDialog(props: TokenProps) {
  return (
    <Dialog label={`New token for ${visible(props.name)}`} className="agent-dialog sheet" onClose={props.onClose}>
      <div className="form-head"><h2 className="ell">New token for <bdi>{visible(props.name)}</bdi></h2><span className="grow" /><IconButton label="Close (Esc)" onClick={props.onClose}><X size={15} /></IconButton></div>
      <TokenPanel {...props} />
    </Dialog>
  );
}
