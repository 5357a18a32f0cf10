import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { saveServerGroup } from '../../api/accounts';
import type { ServerGroup } from '../../api/types.gen';
import { isInGroup } from '../../lib/roles';
import { visible } from '../../lib/text';
import { plural } from '../../lib/units';
import { Button, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { FormProblem, placeProblem } from '../../ui/form-problem';

/** One name or pattern a line, each once. */
export const patternsOf = (text: string): string[] => [...new Set(text.split('\n').map((line) => line.trim()).filter(Boolean))];

interface GroupDialogProps {
  group: ServerGroup | undefined;
  taken: readonly string[];
  servers: readonly string[];
  onClose: () => void;
}

/** Names a group and says which servers are in it; which of those that are known fit is shown while it is typed. */
export function GroupDialog({ group, taken, servers, onClose }: GroupDialogProps) {
  const client = useQueryClient();
  const [name, setName] = useState(group?.name ?? '');
  const [text, setText] = useState((group?.servers ?? []).join('\n'));
  const [errors, setErrors] = useState<{ name?: string; servers?: string }>({});
  const [general, setGeneral] = useState<string>();
  const [busy, setBusy] = useState(false);
  const patterns = patternsOf(text);
  const now = servers.filter((server) => isInGroup(server, patterns));
  const send = async (event: React.FormEvent) => {
    event.preventDefault();
    const found = {
      ...(name.trim() ? {} : { name: 'Give the group a name.' }), ...(!group && taken.includes(name.trim()) ? { name: 'There is a group of this name already.' } : {}),
      ...(patterns.length ? {} : { servers: 'Name at least one server.' }),
    };
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      await saveServerGroup(name.trim(), patterns);
      void client.invalidateQueries({ queryKey: ['server-groups'] });
      onClose();
    } catch (error) {
      const placed = placeProblem(error, ['name', 'servers']);
      setErrors(placed.errors);
      setGeneral(placed.general);
      setBusy(false);
    }
  };
  const matching = now.length ? `${plural(now.length, 'server')} now: ${now.map(visible).join(', ')}` : 'No server that is known now. It may come later.';
  return (
    <Dialog label={group ? `Group ${visible(group.name)}` : 'New group'} className="grant-dialog sheet" onClose={onClose}>
      <div className="form-head"><h2 className="ell">{group ? <>Group <bdi>{visible(group.name)}</bdi></> : 'New group'}</h2><span className="grow" /><IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton></div>
      <form className="form" onSubmit={(event) => void send(event)} noValidate data-testid="group-form">
        {!group && <Field label="Name" error={errors.name}>{(ids) => <input {...ids} className="input" type="text" autoComplete="off" spellCheck={false} value={name} onChange={(event) => (setName(event.target.value), setErrors({}))} />}</Field>}
        <Field label="Servers, one a line" error={errors.servers} hint={<>A name that ends in <code className="mono">*</code> stands for all that begin so.</>}>
          {(ids) => <textarea {...ids} className="input mono" rows={5} spellCheck={false} placeholder={'fra-*\nhel-1'} value={text} onChange={(event) => (setText(event.target.value), setErrors({}))} />}
        </Field>
        <p className="fs12 t2" role="status">{text.trim() ? matching : 'The servers that it takes in now are named here.'}</p>
        <FormProblem text={general} />
        <div className="form-foot"><span className="grow" /><Button onClick={onClose}>Cancel</Button><Button type="submit" look="primary" disabled={busy} data-testid="group-save">{group ? 'Save' : 'Make group'}</Button></div>
      </form>
    </Dialog>
  );
}
