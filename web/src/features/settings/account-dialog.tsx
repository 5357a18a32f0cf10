import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { addAccount, changeAccount, useServerGroups } from '../../api/accounts';
import type { Account } from '../../api/types.gen';
import type { Role } from '../../lib/roles';
import { roles } from '../../lib/roles';
import { visible } from '../../lib/text';
import { Button, Check, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Choices, Field, FieldGroup } from '../../ui/field';
import { FormProblem, placeProblem } from '../../ui/form-problem';
import type { AccountDraft, AccountErrors } from './account-form';
import { accountErrors } from './account-form';
import { PasswordField } from './password-field';

interface AccountDialogProps {
  /** None: a new one. */
  account: Account | undefined;
  lastAdmin?: boolean;
  onClose: () => void;
}

function ScopeFields({ scope, onChange }: { scope: readonly string[]; onChange: (scope: string[]) => void }) {
  const groups = useServerGroups().data?.items ?? [];
  const names = [...new Set([...groups.map(({ name }) => name), ...scope])];
  if (names.length === 0) return <div className="field-hint">Every server. To show somebody only some, make a <Link className="link" href="/settings/server-groups">server group</Link> first.</div>;
  return (
    <>
      <div className="scope-list">
        <Check on={scope.length === 0} onChange={() => onChange([])}>Every server</Check>
        {names.map((name) => <Check key={name} on={scope.includes(name)} onChange={(on) => onChange(on ? [...scope, name] : scope.filter((one) => one !== name))}><bdi title={visible(name)}>{visible(name)}</bdi></Check>)}
      </div>
      <div className="field-hint">{scope.length ? 'Only the servers of these groups, with their sessions and alerts; no agents and no limits.' : 'Choose groups to show only their servers.'}</div>
    </>
  );
}

/** Adds an account, or changes what one may. */
export function AccountDialog({ account, lastAdmin = false, onClose }: AccountDialogProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<AccountDraft>({ name: account?.name ?? '', role: account?.role ?? 'viewer', scope: account?.scope ?? [], password: '' });
  const [errors, setErrors] = useState<AccountErrors>({});
  const [general, setGeneral] = useState<string>();
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<AccountDraft>) => (setDraft((now) => ({ ...now, ...part })), setErrors({}), setGeneral(undefined));
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    const found = accountErrors(draft, !account);
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      if (account) await changeAccount(account.name, { role: draft.role, scope: draft.scope });
      else await addAccount({ ...draft, name: draft.name.trim() });
      void client.invalidateQueries({ queryKey: ['accounts'] });
      onClose();
    } catch (error) {
      const placed = placeProblem(error, Object.keys(draft));
      setErrors(placed.errors as AccountErrors);
      setGeneral(placed.general);
      setBusy(false);
    }
  };
  const title = account ? <>Role and scope of <bdi>{visible(account.name)}</bdi></> : 'Add account';
  return (
    <Dialog label={account ? `Role and scope of ${visible(account.name)}` : 'Add account'} className="enrol-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">{title}</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      <form className="form" onSubmit={(event) => void send(event)} noValidate data-testid="account-form">
        {!account && <Field label="Name" error={errors.name} hint="How this person signs in.">{(ids) => <input {...ids} className="input" type="text" autoComplete="off" autoCapitalize="none" spellCheck={false} value={draft.name} onChange={(event) => change({ name: event.target.value })} />}</Field>}
        <FieldGroup label="Role" error={errors.role}>
          <Choices<Role> label="Role" value={draft.role} onChange={(role) => change({ role })} options={roles.map(({ role, name }) => ({ value: role, label: name }))} />
          <div className="field-hint">{lastAdmin ? 'The last admin who sees every server stays one.' : roles.find(({ role }) => role === draft.role)?.says}</div>
        </FieldGroup>
        <FieldGroup label="Sees" error={errors.scope}><ScopeFields scope={draft.scope} onChange={(scope) => change({ scope })} /></FieldGroup>
        {!account && <PasswordField value={draft.password} error={errors.password} onChange={(password) => change({ password })} />}
        <FormProblem text={general} />
        <div className="form-foot">{account && <span className="fs12 t3">Counts at once, also for logins that are open.</span>}<span className="grow" /><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={busy || lastAdmin} data-testid="account-save">{account ? 'Save' : 'Add account'}</Button></div>
      </form>
    </Dialog>
  );
}
