import { X } from 'lucide-react';
import { useState } from 'react';
import { enrolNode } from '../../api/nodes';
import type { IssuedNodeToken, UplinkEnd } from '../../api/types.gen';
import { visible } from '../../lib/text';
import { Button, IconButton } from '../../ui/controls';
import { CodeBlock } from '../../ui/code-block';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FormProblem, placeProblem } from '../../ui/form-problem';
import { configurationAdvice, nodeCommand, nodeConfiguration } from './node-state';

interface IssuedProps {
  name: string;
  issued: IssuedNodeToken;
  uplink: UplinkEnd | undefined;
  onClose: () => void;
}

function Issued({ name, issued, uplink, onClose }: IssuedProps) {
  const host = location.hostname;
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
        <div className="fs12 t2">In its configuration, <code className="mono">/etc/davylamp/davylamp.toml</code>. <span data-testid="node-advice">{configurationAdvice(host, uplink)}</span></div>
        <CodeBlock label="Configuration" text={nodeConfiguration(name, host, uplink)} />
      </div>
      <div className="form-foot"><span className="fs12 t3">It stands as waiting until it connects.</span><span className="grow" /><Button look="primary" onClick={onClose}>Done</Button></div>
    </div>
  );
}

interface NodeDialogProps {
  /** A node that gets another token; none: a new one. */
  again: string | undefined;
  taken: readonly string[];
  /** Where its collector connects; none: the daemon that answers does not listen for collectors. */
  uplink: UplinkEnd | undefined;
  onClose: () => void;
}

/** Enrols a node, or gives it another token, and shows once what lets it in. */
export function NodeDialog({ again, taken, uplink, onClose }: NodeDialogProps) {
  const [name, setName] = useState(again ?? '');
  const [error, setError] = useState<{ name?: string; general?: string | undefined }>({});
  const [busy, setBusy] = useState(false);
  const [issued, setIssued] = useState<IssuedNodeToken>();
  const who = visible(name.trim());
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return setError({ name: 'Say which host it is.' });
    // Enrolling it once more would end the token that it has.
    if (again === undefined && taken.includes(name.trim())) return setError({ name: 'There is a node of this name already. It can be given a new token in the list.' });
    setBusy(true);
    try {
      setIssued(await enrolNode(name.trim(), again !== undefined));
    } catch (refusal) {
      const { errors, general } = placeProblem(refusal, ['name']);
      setError({ ...errors, general });
      setBusy(false);
    }
  };
  const title = issued ? <>Let <bdi>{who}</bdi> in</> : again === undefined ? 'Enrol node' : <>New token for <bdi>{who}</bdi>?</>;
  return (
    <Dialog label={again === undefined ? 'Enrol node' : `New token for ${who}`} className="enrol-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">{title}</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      {issued ? <Issued name={who} issued={issued} uplink={uplink} onClose={onClose} /> : (
        <form className="form" onSubmit={(event) => void send(event)} noValidate data-testid="node-form">
          {again === undefined ? (
            <Field label="Name" error={error.name} hint="As in [node] name of its configuration.">{(ids) => <input {...ids} className="input" type="text" autoComplete="off" autoCapitalize="none" spellCheck={false} value={name} onChange={(event) => (setName(event.target.value), setError({}))} />}</Field>
          ) : (
            <p className="t2">The token that it has ends now, and its line with it. It keeps what it cannot deliver until it has the new one.</p>
          )}
          <FormProblem text={error.general} />
          <div className="form-foot"><span className="grow" /><Button onClick={onClose}>Cancel</Button><Button type="submit" {...(again === undefined ? { look: 'primary' as const } : { className: 'btn-danger' })} disabled={busy} data-testid="node-make">{again === undefined ? 'Enrol' : 'Make a new token'}</Button></div>
        </form>
      )}
    </Dialog>
  );
}
