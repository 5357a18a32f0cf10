import { Ellipsis, Pause, Pencil, Play } from 'lucide-react';
import { useState } from 'react';
import { issueToken, removeAgent, revokeTokens, saveAgent } from '../../api/alerts';
import type { AgentSettings } from '../../api/types.gen';
import { visible } from '../../lib/text';
import { Button } from '../../ui/controls';
import { actLater, tell, tellFailure } from '../../ui/later';
import { Menu } from '../../ui/menu';
import { AgentDialog } from './agent-dialog';
import { useAgentRefresh } from './queries';
import { TokenDialog } from './token-dialog';

/** What an admin can do with an agent. What cannot be taken back waits ten seconds. */
export function AgentActs({ settings, onRemoved }: { settings: AgentSettings; onRemoved: () => void }) {
  const ask = useAgentRefresh();
  const refresh = () => ask(settings.name);
  const [editing, setEditing] = useState(false);
  const [token, setToken] = useState<string>();
  const [sure, setSure] = useState<'remove' | 'revoke'>();
  const name = visible(settings.name);
  const pause = async () => {
    try {
      await saveAgent({ ...settings, paused: !settings.paused });
      tell(settings.paused ? `${name} has a deadline again.` : `${name} is paused: no deadline, no verdict.`);
      refresh();
    } catch (error) {
      tellFailure(`${settings.paused ? 'Resuming' : 'Pausing'} ${name}`, error);
    }
  };
  const issue = async () => {
    try {
      setToken((await issueToken(settings.name, true)).token);
    } catch (error) {
      tellFailure(`Making a token for ${name}`, error);
    }
  };
  const later = (doing: string, run: () => Promise<unknown>, done: string) => {
    setSure(undefined);
    actLater({ doing, run: async () => (await run(), refresh(), done) });
  };
  if (sure) {
    const removing = sure === 'remove';
    return (
      <div className="agent-sure" role="group" aria-label="Confirm">
        <p className="fs12 t2">{removing ? <>Removes <bdi>{name}</bdi> with its tokens and its whole history.</> : <>Every token of <bdi>{name}</bdi> stops working: it cannot report until it has a new one.</>}</p>
        <div className="row">
          <Button className="btn-danger" data-testid="agent-sure" onClick={() => (removing ? (later(`Removing ${name}`, () => removeAgent(settings.name), `${name} is removed.`), onRemoved()) : later(`Revoking the tokens of ${name}`, () => revokeTokens(settings.name), `The tokens of ${name} no longer work.`))}>{removing ? 'Remove agent' : 'Revoke tokens'}</Button>
          <Button onClick={() => setSure(undefined)}>Cancel</Button>
        </div>
      </div>
    );
  }
  return (
    <div className="row">
      <Button onClick={() => setEditing(true)} data-testid="agent-edit"><Pencil size={13} />Edit</Button>
      <Button onClick={() => void pause()}>{settings.paused ? <><Play size={13} />Resume</> : <><Pause size={13} />Pause</>}</Button>
      <Button onClick={() => void issue()}>New token</Button>
      <span className="grow" />
      <Menu label="More acts" align="end" buttonClass="icon-btn agent-more" button={<Ellipsis size={16} />}>
        {(close) => (
          <>
            <button type="button" className="menu-item" onClick={() => (close(), setSure('revoke'))}>Revoke tokens</button>
            <button type="button" className="menu-item" onClick={() => (close(), setSure('remove'))}>Remove agent</button>
          </>
        )}
      </Menu>
      {editing && <AgentDialog settings={settings} onClose={() => setEditing(false)} />}
      {token && <TokenDialog name={settings.name} token={token} interval_seconds={settings.interval_seconds} onClose={() => setToken(undefined)} />}
    </div>
  );
}
