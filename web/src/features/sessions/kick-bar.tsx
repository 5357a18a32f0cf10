import { useState } from 'react';
import { endSession } from '../../api/acts';
import { useMe } from '../../api/queries';
import type { Session } from '../../api/types.gen';
import { visible } from '../../lib/text';
import { count, plural } from '../../lib/units';
import { useFreshness } from '../../live/use-live';
import { Button, Segments } from '../../ui/controls';
import { actLater } from '../../ui/later';
import { useRefresh } from '../../ui/use-refresh';

type Mode = 'kick' | 'halt';

/** "14: 11 on fra-1, 3 on hel-1", the most first. */
export function reachOf(sessions: readonly Session[]): string {
  const servers = new Map<string, number>();
  for (const { server } of sessions) servers.set(server, (servers.get(server) ?? 0) + 1);
  const parts = [...servers].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name, times]) => `${count(times)} on ${visible(name)}`);
  return `${count(sessions.length)}: ${parts.join(', ')}`;
}

const atOnce = 8;

/** Ends them a few at a time and says how many were not ended, and why the first of those. */
export async function endAll(sessions: readonly Session[], mode: Mode, reason: string): Promise<string> {
  const waiting = [...sessions];
  const failures: string[] = [];
  const work = async () => {
    for (let session = waiting.pop(); session; session = waiting.pop()) {
      await endSession(session.id, mode, reason).catch((error: unknown) => failures.push(`${session?.user}: ${error instanceof Error ? error.message : 'the reason is not known'}`));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const [first] = failures;
  if (first === undefined) return `${plural(sessions.length, 'session')} ended.`;
  throw new Error(`${count(failures.length)} of ${plural(sessions.length, 'session')} did not end. ${visible(first)}`);
}

/** Ends all that are picked: says how far it reaches, asks why, and can be stopped for ten seconds. */
export function KickBar({ sessions, onDone }: { sessions: readonly Session[]; onDone: () => void }) {
  const role = useMe().data?.role;
  const { stale } = useFreshness();
  const refresh = useRefresh();
  const [mode, setMode] = useState<Mode>('kick');
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const word = mode === 'kick' ? 'Kick' : 'Halt';
  const reach = reachOf(sessions);
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    const why = reason.trim();
    // An operator explains everything.
    if (!why && role === 'operator') return setMissing(true);
    actLater({ doing: `${word}ing ${reach}`, run: () => endAll(sessions, mode, why).finally(refresh) });
    onDone();
  };
  return (
    <form className="kick-bar" onSubmit={send} aria-label="Act on what is selected" data-testid="kick-bar">
      <Segments<Mode> label="What to do" value={mode} onChange={setMode} options={[{ value: 'kick', label: 'Kick' }, { value: 'halt', label: 'Halt' }]} />
      <span className="kick-reach ell" aria-live="polite"><span className="w5">{word} {reach}.</span> <span className="t2">{mode === 'kick' ? 'Clients may reconnect.' : 'Clients are told not to retry.'}</span></span>
      <input
        className="input" type="text" value={reason} maxLength={200} placeholder={missing ? 'Say why; it is kept' : 'Reason, kept in the audit log'} aria-label="Reason, kept in the audit log" autoComplete="off"
        {...(missing ? { 'aria-invalid': true } : {})} onChange={(event) => (setReason(event.target.value), setMissing(false))}
      />
      <Button onClick={onDone}>Cancel</Button>
      <Button type="submit" className="btn-danger" data-testid="kick-send" disabled={stale} title={stale ? 'The page has no live data now, so it cannot say what would be ended.' : undefined}>{word} {count(sessions.length)}</Button>
    </form>
  );
}
