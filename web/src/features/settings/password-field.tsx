import { Copy, Dices } from 'lucide-react';
import { copyText } from '../../lib/clipboard';
import { IconButton } from '../../ui/controls';
import { Field } from '../../ui/field';
import { makePassword } from './account-form';

interface PasswordFieldProps {
  value: string;
  error: string | undefined;
  onChange: (password: string) => void;
}

/** A first password for somebody else: seen by who makes it, since it must be handed on. */
export function PasswordField({ value, error, onChange }: PasswordFieldProps) {
  return (
    <Field label="First password" error={error} hint="Hand it on by another way than mail, and have it changed.">
      {(ids) => (
        <div className="input-tools">
          <input {...ids} className="input mono" type="text" autoComplete="off" spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />
          <IconButton label="Make one" onClick={() => onChange(makePassword())}><Dices size={15} /></IconButton>
          <IconButton label="Copy the password" disabled={!value} onClick={() => void copyText(value)}><Copy size={14} /></IconButton>
        </div>
      )}
    </Field>
  );
}
