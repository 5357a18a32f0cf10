import { Search } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { Dialog } from '../ui/dialog';
import { useScoped } from '../ui/navigation';
import { Kbd } from '../ui/text';
import { cx } from '../lib/text';
import { useFindings } from './use-findings';

/** Search for users, servers, addresses and pages. Answers inline where it can. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation();
  const scoped = useScoped();
  const [text, setText] = useState('');
  const [current, setCurrent] = useState(0);
  const findings = useFindings(text.trim());
  const at = Math.min(current, Math.max(0, findings.length - 1));
  const open = (index: number) => {
    const finding = findings[index];
    if (!finding) return;
    onClose();
    navigate(scoped(finding.path));
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && findings.length) setCurrent((at + step + findings.length) % findings.length);
    else if (event.key === 'Enter') open(at);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog label="Search" className="palette" onClose={onClose}>
      <div className="palette-input">
        <Search size={16} />
        <input
          autoFocus value={text} placeholder="User, server, address or page" role="combobox" aria-label="Search" aria-expanded="true"
          aria-controls="palette-list" aria-activedescendant={findings.length ? `finding-${at}` : undefined} autoComplete="off" spellCheck={false}
          onChange={(event) => (setText(event.target.value), setCurrent(0))} onKeyDown={onKeyDown}
        />
      </div>
      <div id="palette-list" role="listbox" aria-label="Results" className="palette-list">
        {findings.map((finding, index) => (
          <div key={finding.key} role="presentation">
            {finding.group !== findings[index - 1]?.group && <div className="menu-label" role="presentation">{finding.group}</div>}
            <div
              id={`finding-${index}`} role="option" aria-selected={index === at} className={cx('palette-item', index === at && 'palette-on')}
              onPointerMove={() => setCurrent(index)} onClick={() => open(index)}
            >
              <span className="palette-icon">{finding.icon}</span>
              <bdi className="ell">{finding.name}</bdi>
              <span className="t3 fs12 ell">{finding.note}</span>
              <span className="grow" />
              {index === at && <Kbd keys="Enter" />}
            </div>
          </div>
        ))}
        {findings.length === 0 && <div className="palette-none t2">Nobody and nothing is called that.</div>}
      </div>
    </Dialog>
  );
}
