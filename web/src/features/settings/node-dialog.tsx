import { X } from 'lucide-react';
import { useState } from 'react';
import type { IssuedNodeToken } from '../../api/nodes';
import { enrolNode } from '../../api/nodes';
import { visible } from '../../lib/text';
import { Button, IconButton } from '../../ui/controls';
import { CodeBlock } from '../../ui/code-block';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FormProblem, placeProblem } from '../../ui/form-problem';
import { nodeCommand, nodeConfiguration } from './node-state';

function Issued({ issued, onClose }: { issued: IssuedNodeToken; onClose: () => void }) {
  return (
    <div className="form" data-testid="node-issued">
      <div>
        <div className="fs12 t2">Its token, shown this once: only its hash is kept.</div>
        <CodeBlock label="Token" text={visible(issued.token)} />
      </div>
      <div>
        <div className="fs12 t2">On the node, into a file that only the collector reads</div>
        <CodeBlock label="Command" text={nodeCommand(visible(issued.token))} />
      </div>
      <div>
        <div className="fs12 t2">In its configuration. The port is that of <code className="mono">uplink.listen</code> of a daemon here.</div>
        <CodeBlock label="Configuration" text={nodeConfiguration(`${location.hostname}:7443`)} />
      </div>
      <div className="form-foot"><span className="fs12 t3">It stands as waiting until it connects.</span><span className="grow" /><Button look="primary" onClick={onClose}>Done</Button></div>
    </div>
  );
}

/** Enrols a node, and shows once what lets it in. */
export function NodeDialog({ taken, onClose }: { taken: readonly string[]; onClose: () => void }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<{ name?: string; general?: string | undefined }>({});
  const [busy, setBusy] = useState(false);
  const [issued, setIssued] = useState<IssuedNodeToken>();
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return setError({ name: 'Say which host it is.' });
    if (taken.includes(name.trim())) return setError({ name: 'There is a node of this name already. Remove it first: its token must not count any more.' });
    setBusy(true);
    try {
      setIssued(await enrolNode(name.trim()));
    } catch (refusal) {
      const { errors, general } = placeProblem(refusal, ['name']);
      setError({ ...errors, general });
      setBusy(false);
    }
  };
  return (
    <Dialog label="Enrol node" className="enrol-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">{issued ? <>Let <bdi>{visible(name.trim())}</bdi> in</> : 'Enrol node'}</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      {issued ? <Issued issued={issued} onClose={onClose} /> : (
        <form className="form" onSubmit={(event) => void send(event)} noValidate data-testid="node-form">
          <Field label="Name" error={error.name} hint="As in [node] name of its configuration.">{(ids) => <input {...ids} className="input" type="text" autoComplete="off" autoCapitalize="none" spellCheck={false} value={name} onChange={(event) => (setName(event.target.value), setError({}))} />}</Field>
          <FormProblem text={error.general} />
          <div className="form-foot"><span className="grow" /><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={busy} data-testid="node-make">Enrol</Button></div>
        </form>
      )}
    </Dialog>
  );
}
