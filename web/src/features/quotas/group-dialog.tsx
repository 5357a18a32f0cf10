import { Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { removeGroup, saveGroup } from '../../api/acts';
import { useMay } from '../../api/queries';
import type { Group } from '../../api/types.gen';
import { visible } from '../../lib/text';
import { plural } from '../../lib/units';
import { Button, IconButton } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Shape } from '../../ui/shape';
import { useRefresh } from '../../ui/use-refresh';

/** One name a line, each once. Names may hold spaces and commas, so only lines part them. */
export const membersOf = (text: string): string[] => [...new Set(text.split('\n').map((line) => line.trim()).filter(Boolean))];

/** The name and members of a group. Who may not lay down can read them. */
export function GroupDialog({ group, onClose }: { group: Group | undefined; onClose: () => void }) {
  const { lay_down } = useMay();
  const refresh = useRefresh();
  const [name, setName] = useState(group?.name ?? '');
  const [text, setText] = useState((group?.members ?? []).join('\n'));
  const [note, setNote] = useState(group?.note ?? '');
  const [find, setFind] = useState('');
  const [problem, setProblem] = useState<string>();
  const [sure, setSure] = useState(false);
  const members = membersOf(text);
  const all = name === 'everyone';
  const found = find ? members.filter((member) => member.toLowerCase().includes(find.toLowerCase())) : [];
  const run = async (work: () => Promise<unknown>) => {
    try {
      await work();
      refresh();
      onClose();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The reason is not known.');
    }
  };
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return setProblem('Give the group a name.');
    return void run(() => saveGroup({ name: name.trim(), members: all ? [] : members, note: note.trim() }));
  };
  return (
    <Dialog label={group ? `Group ${visible(group.name)}` : 'New group'} className="limit-dialog sheet" onClose={onClose}>
      <div className="form-head">
        <h2 className="ell">{group ? <>Group <bdi>{visible(group.name)}</bdi></> : 'New group'}</h2><span className="grow" />
        <IconButton label="Close (Esc)" onClick={onClose}><X size={15} /></IconButton>
      </div>
      <form className="form" onSubmit={send} noValidate>
        {!group && <Field label="Name">{(ids) => <input {...ids} className="input" type="text" value={name} onChange={(event) => (setName(event.target.value), setProblem(undefined))} />}</Field>}
        {all ? (
          <p className="t2">Every user is a member of this group.</p>
        ) : (
          <>
            <Field label={`Members, one a line: ${plural(members.length, 'user')}`}>
              {(ids) => <textarea {...ids} className="input" rows={10} spellCheck={false} readOnly={!lay_down} value={text} onChange={(event) => setText(event.target.value)} />}
            </Field>
            <Field label="Find a member" hint={find && (found.length ? found.slice(0, 5).map(visible).join(', ') + (found.length > 5 ? ` and ${found.length - 5} more` : '') : 'Nobody in this group is called that.')}>
              {(ids) => <input {...ids} className="input" type="text" value={find} onChange={(event) => setFind(event.target.value)} />}
            </Field>
          </>
        )}
        <Field label="Note">{(ids) => <input {...ids} className="input" type="text" readOnly={!lay_down} value={note} maxLength={200} onChange={(event) => setNote(event.target.value)} />}</Field>
        {problem && <div className="field-error" role="alert"><Shape kind="crit" size={10} />{problem}</div>}
        <div className="form-foot">
          {lay_down && group && !sure && <Button look="ghost" onClick={() => setSure(true)}><Trash2 size={13} />Remove</Button>}
          {lay_down && group && sure && <Button className="btn-danger" onClick={() => void run(() => removeGroup(group.name))}>Remove the group</Button>}
          <span className="grow" />
          <Button onClick={onClose}>{lay_down ? 'Cancel' : 'Close'}</Button>
          {lay_down && <Button type="submit" look="primary">{group ? 'Save' : 'Make group'}</Button>}
        </div>
      </form>
    </Dialog>
  );
}
