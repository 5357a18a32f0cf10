import { ChevronsUpDown, ListFilter } from 'lucide-react';
import { useMe } from '../api/queries';
import { cx, visible } from '../lib/text';
import { stateOf } from '../lib/health';
import { useLive } from '../live/use-live';
import { Check } from '../ui/controls';
import { Menu } from '../ui/menu';
import { useQueryState, useScope } from '../ui/navigation';
import { Shape } from '../ui/shape';

function scopeText(scope: readonly string[], all: string): string {
  if (scope.length === 0) return all;
  return scope.length <= 2 ? scope.map(visible).join(', ') : `${scope.length} servers`;
}

/** Narrows every page to some servers. The choice is part of the address. `compact`: only an icon, for a phone. */
export function ScopeSwitcher({ compact = false }: { compact?: boolean }) {
  const scope = useScope();
  const { servers } = useLive();
  const groups = useMe().data?.scope ?? [];
  const all = groups.length ? 'Your servers' : 'All servers';
  const [, update] = useQueryState();
  const choose = (names: string[]) =>
    update((params) => {
      if (names.length) params.set('server', names.join(','));
      else params.delete('server');
    });
  const sorted = [...servers].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <Menu
      label={`Servers shown: ${scopeText(scope, all)}`} align={compact ? 'end' : 'start'}
      buttonClass={compact ? cx('scope-icon', scope.length > 0 && 'scope-on') : 'scope'}
      button={compact ? <ListFilter size={20} /> : <><span className="ell">{scopeText(scope, all)}</span><ChevronsUpDown size={14} /></>}
    >
      {(close) => (
        <>
          <button type="button" className="menu-item" aria-pressed={scope.length === 0} onClick={() => (choose([]), close())}>{all}</button>
          {groups.length > 0 && <div className="menu-label" data-testid="scope-of">You see the servers of: <bdi>{groups.map(visible).join(', ')}</bdi></div>}
          <div className="menu-line" />
          {sorted.length === 0 && <div className="menu-label">No server is known yet</div>}
          {sorted.map((server) => (
            <Check
              key={server.name} on={scope.includes(server.name)}
              onChange={(on) => choose(on ? [...scope, server.name] : scope.filter((name) => name !== server.name))}
            >
              <span className="row">
                <Shape kind={stateOf(server).shape} size={10} />
                <bdi>{visible(server.name)}</bdi>
                <span className="t3">{server.sessions}</span>
              </span>
            </Check>
          ))}
        </>
      )}
    </Menu>
  );
}
