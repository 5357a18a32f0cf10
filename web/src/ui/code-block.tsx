import { Copy } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../lib/clipboard';
import { IconButton } from './controls';

/** Text to be typed or kept elsewhere, with a way to copy it. */
export function CodeBlock({ label, text }: { label: string; text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="code-block">
      <pre className="mono" dir="ltr" tabIndex={0} role="group" aria-label={label}>{text}</pre>
      <IconButton className="icon-small" label={copied ? 'Copied' : `Copy ${label.toLowerCase()}`} onClick={() => void copyText(text).then(setCopied)}><Copy size={13} /></IconButton>
    </div>
  );
}
