import { X } from 'lucide-react';
import { setShortcuts, useShortcutsEnabled } from '../lib/shortcuts';
import { Check, IconButton } from '../ui/controls';
import { Dialog } from '../ui/dialog';
import { Kbd } from '../ui/text';

const groups: [string, [string, string][]][] = [
  ['Everywhere', [['Ctrl K', 'Search'], ['/', 'Filter'], ['?', 'This list'], ['Esc', 'Close'], ['Shift D', 'Dark or light']]],
  ['Go to', [['g o', 'Overview'], ['g s', 'Sessions'], ['g u', 'Users'], ['g a', 'Agents'], ['g q', 'Quotas'], ['g l', 'Alerts'], ['g v', 'Servers'], ['g t', 'Attempts'], ['g y', 'System'], ['g e', 'Settings'], ['g m', 'Your account']]],
  ['Lists', [['j', 'Next row'], ['k', 'Previous row'], ['Enter', 'Open the row'], ['c', 'Columns'], ['e', 'Export'], ['y', 'Copy address']]],
  ['Act', [['Shift K', 'Kick the open session'], ['+', 'Grant more'], ['e', 'Edit the limit'], ['n', 'New limit, agent, rule or account'], ['a', 'Acknowledge the alert'], ['s', 'Silence the alert']]],
  ['Overview', [['m', 'Next map layer'], ['+ -', 'Zoom the map, also Ctrl and wheel'], ['0', 'Whole world'], ['Space', 'Pause events'], ['\u2190 \u2192', 'Walk the cities, in the map'], ['Enter', 'Sessions of the city']]],
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const enabled = useShortcutsEnabled();
  return (
    <Dialog label="All keys" className="help-dialog" onClose={onClose}>
      <div className="help-head">
        <h2>All keys</h2>
        <span className="grow" />
        <IconButton label="Close (Esc)" onClick={onClose}><X size={16} /></IconButton>
      </div>
      <div className="help">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, what]) => (
                <div key={what} className="help-row"><dt><Kbd keys={key} /></dt><dd>{what}</dd></div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="help-foot"><Check on={enabled} onChange={setShortcuts}>Single-key shortcuts</Check></div>
    </Dialog>
  );
}
