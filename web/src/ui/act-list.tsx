import { LoaderCircle, Timer, X } from 'lucide-react';
import { useEffect } from 'react';
import { useNow } from '../lib/use-now';
import { Button, IconButton } from './controls';
import type { Act } from './later';
import { actNow, stopAct, useActs } from './later';
import { Shape } from './shape';

function Waiting({ act }: { act: Act }) {
  const left = Math.max(0, Math.ceil((act.due_ms - useNow(250)) / 1000));
  return (
    <>
      <Timer size={16} />
      <span className="grow">{act.doing} in <bdi dir="ltr" className="num">{left} s</bdi></span>
      <Button size="small" look="ghost" onClick={() => void actNow(act.id)}>Now</Button>
      <Button size="small" data-testid="act-stop" onClick={() => stopAct(act.id)}>Stop</Button>
    </>
  );
}

function Ended({ act }: { act: Act }) {
  const { undo } = act;
  return (
    <>
      <Shape kind={act.stage === 'failed' ? 'crit' : 'ok'} />
      <span className="grow">{act.stage === 'failed' && <span className="w5">{act.doing} did not work. </span>}{act.text}</span>
      {undo && <Button size="small" onClick={() => (stopAct(act.id), undo())}>Undo</Button>}
      <IconButton className="icon-small" label="Dismiss" onClick={() => stopAct(act.id)}><X size={14} /></IconButton>
    </>
  );
}

/** What waits to be done, with a way to stop it, and what came of it. */
export function ActList() {
  const acts = useActs();
  const open = acts.some(({ stage }) => stage === 'waiting' || stage === 'running');
  useEffect(() => {
    if (!open) return;
    // A page that is left does not carry out what it promised: the browser asks first.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [open]);
  return (
    <div className="acts" role="status" aria-label="What is being done">
      {acts.map((act) => (
        <div key={act.id} className={`act act-${act.stage}`} data-testid="act" data-stage={act.stage}>
          {act.stage === 'waiting' ? <Waiting act={act} /> : act.stage === 'running' ? <><LoaderCircle size={16} /><span className="grow">{act.doing}</span></> : <Ended act={act} />}
        </div>
      ))}
    </div>
  );
}
