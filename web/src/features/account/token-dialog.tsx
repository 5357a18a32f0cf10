import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { issueApiToken } from '../../api/accounts';
import type { IssuedApiToken } from '../../api/types.gen';
import { linkTo } from '../../lib/base';
import type { Role } from '../../lib/roles';
import { roleName, roles, rolesWithin } from '../../lib/roles';
import { visible } from '../../lib/text';
import { fullMoment } from '../../lib/time';
import { CodeBlock } from '../../ui/code-block';
import { Button, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Choices, Field, FieldGroup } from '../../ui/field';
import { FormProblem, placeProblem } from '../../ui/form-problem';

type Lasts = '30' | '90' | '365' | 'ever';
const lasting: { value: Lasts; label: string }[] = [{ value: '30', label: '30 days' }, { value: '90', label: '90 days' }, { value: '365', label: 'A year' }, { value: 'ever', label: 'For ever' }];

function Issued({ issued, onClose }: { issued: IssuedApiToken; onClose: () => void }) {
  const { api_token, token } = issued;
  return (
    <div className="form" data-testid="token-issued">
      <div>
        <div className="fs12 t2">The token of <bdi className="w5">{visible(api_token.name)}</bdi>, shown this once: only its hash is kept.{api_token.expires_at !== undefined && ` It ends on ${fullMoment(api_token.expires_at)}.`}</div>
        <CodeBlock label="Token" text={visible(token)} />
      </div>
      <div>
        <div className="fs12 t2">How a program sends it</div>
        <CodeBlock label="Example" text={`curl -H "Authorization: Bearer ${visible(token)}" ${linkTo('/api/v1/sessions')}`} />
      </div>
      <div className="form-foot"><span className="grow" /><Button look="primary" onClick={onClose}>Done</Button></div>
    </div>
  );
}

/** Makes a token for a program, and shows it once. */
export function TokenDialog({ role, onClose }: { role: Role; onClose: () => void }) {
  const client = useQueryClient();
  const allowed = rolesWithin(role);
  const [name, setName] = useState('');
  const [asRole, setAsRole] = useState<Role>('viewer');
  const [lasts, setLasts] = useState<Lasts>('90');
  const [error, setError] = useState<{ name?: string; general?: string | undefined }>({});
  const [busy, setBusy] = useState(false);
  const [issued, setIssued] = useState<IssuedApiToken>();
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return setError({ name: 'Say what it is for.' });
    setBusy(true);
    try {
      const expires = lasts === 'ever' ? {} : { expires_at: Math.floor(Date.now() / 1000) + Number(lasts) * 86_400 };
      setIssued(await issueApiToken({ name: name.trim(), role: asRole, ...expires }));
      void client.invalidateQueries({ queryKey: ['api-tokens'] });
    } catch (refusal) {
      const { errors, general } = placeProblem(refusal, ['name']);
      setError({ ...errors, general });
      setBusy(false);
    }
  };
  return (
    <Dialog label="New token" className="enrol-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">{issued ? 'Keep this token' : 'New token'}</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      {issued ? <Issued issued={issued} onClose={onClose} /> : (
        <form className="form" onSubmit={(event) => void send(event)} noValidate data-testid="token-form">
          <Field label="Name" error={error.name} hint="What it is for, such as “Grafana” or “nightly export”.">{(ids) => <input {...ids} className="input" type="text" value={name} maxLength={100} autoComplete="off" onChange={(event) => (setName(event.target.value), setError({}))} />}</Field>
          <FieldGroup label="Role">
            <Choices<Role> label="Role" value={asRole} onChange={setAsRole} options={allowed.map((value) => ({ value, label: roleName(value) }))} />
            <div className="field-hint">{roles.find((one) => one.role === asRole)?.says} Never more than your account may.</div>
          </FieldGroup>
          <FieldGroup label="Lasts"><Choices<Lasts> label="Lasts" value={lasts} onChange={setLasts} options={lasting} /></FieldGroup>
          <FormProblem text={error.general} />
          <div className="form-foot"><span className="grow" /><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={busy} data-testid="token-make">Make token</Button></div>
        </form>
      )}
    </Dialog>
  );
}
