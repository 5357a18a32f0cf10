import { useRef, useState } from 'react';
import { blockUser, endSession } from '../../api/acts';
import { useMay, useMe } from '../../api/queries';
import type { Session } from '../../api/types.gen';
import { canEnd } from '../../lib/evidence';
import { useShortcuts } from '../../lib/shortcuts';
import { sentence, visible } from '../../lib/text';
import { plural } from '../../lib/units';
import { useFreshness, useSessions } from '../../live/use-live';
import { BlockUntil, blockEnd, blockWords, openEnd } from '../../ui/block-fields';
import { Button, Segments } from '../../ui/controls';
import { actLater } from '../../ui/later';
import { Shape } from '../../ui/shape';
import { useRefresh } from '../../ui/use-refresh';

type Kind = 'kick' | 'halt' | 'block';

const words: Record<Kind, { act: string; doing: string }> = {
  kick: { act: 'Kick', doing: 'Kicking' }, halt: { act: 'Halt', doing: 'Halting' }, block: { act: 'Block', doing: 'Blocking' },
};

/** What each act reaches, in one line. */
export function consequence(kind: Kind, open_sessions: number): string {
  if (kind === 'kick') return 'Ends 1 session. The client may reconnect.';
  if (kind === 'halt') return 'Ends 1 session. The client is told not to retry.';
  return `Ends ${plural(open_sessions, 'session')}, then refuses this user.`;
}

/** Ends a session or blocks its user: says how far it reaches, asks why, and can be stopped for ten seconds. */
export function ActionBar({ session }: { session: Session }) {
  const role = useMe().data?.role;
  const { act_widely } = useMay();
  const { stale } = useFreshness();
  const refresh = useRefresh();
  const input = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<Kind>('kick');
  const [reason, setReason] = useState('');
  const [end, setEnd] = useState(openEnd);
  const [problem, setProblem] = useState<string>();
  const theirs = useSessions().filter(({ user }) => user === session.user).length;
  const who = visible(session.user);
  useShortcuts({ 'Shift K': () => (setKind('kick'), input.current?.focus()) });
  const send = (event: React.FormEvent) => {
    event.preventDefault();
    const why = reason.trim();
    const until_at = blockEnd(end, Date.now() / 1000);
    // A block is always explained; an operator explains everything.
    if (!why && (kind === 'block' || role === 'operator')) return setProblem('Say why; it is kept in the audit log.');
    if (kind === 'block' && until_at === 'invalid') return setProblem('Choose a moment that is still to come.');
    setReason('');
    actLater({
      doing: `${words[kind].doing} ${who}`,
      run: async () => {
        try {
          if (kind !== 'block') return sentence(visible((await endSession(session.id, kind, why)).text));
          const block = await blockUser(session.user, until_at === 'invalid' ? undefined : until_at, why);
          return `${who} is blocked ${blockWords(block.until_at)}.`;
        } finally {
          refresh();
        }
      },
    });
  };
  return (
    <form className="action-bar" onSubmit={send} aria-label={`Act on ${who}`} data-testid="action-bar">
      <div className="action-top">
        <Segments<Kind>
          label="What to do" value={kind} onChange={(next) => (setKind(next), setProblem(undefined))}
          options={[{ value: 'kick', label: 'Kick' }, { value: 'halt', label: 'Halt' }, ...(act_widely ? [{ value: 'block' as const, label: 'Block' }] : [])]}
        />
        <span className="fs12 t2 action-reach">{consequence(kind, Math.max(1, theirs))}</span>
      </div>
      {kind === 'block' && <BlockUntil value={end} onChange={(next) => (setEnd(next), setProblem(undefined))} />}
      <div className="action-send">
        <input
          ref={input} className="input" type="text" value={reason} maxLength={200} placeholder="Reason, kept in the audit log" aria-label="Reason, kept in the audit log" autoComplete="off"
          {...(problem ? { 'aria-invalid': true, 'aria-describedby': 'action-problem' } : {})} onChange={(event) => (setReason(event.target.value), setProblem(undefined))}
        />
        <Button type="submit" className="btn-danger" data-testid="action-send" disabled={stale} title={stale ? 'The page has no live data now, so it cannot say what would be ended.' : undefined}>
          <span className="ell">{words[kind].act} {who}</span>
        </Button>
      </div>
      {problem && <div id="action-problem" className="field-error" role="alert"><Shape kind="crit" size={10} />{problem}</div>}
    </form>
  );
}

/** The bar, for those who may act, while there is something to act on. */
export function SessionActions({ session }: { session: Session | undefined }) {
  const { act } = useMay();
  if (!act || session?.state !== 'open') return null;
  if (canEnd(session)) return <ActionBar key={session.id} session={session} />;
  const why = session.source === 'wireguard' ? 'WireGuard lets in whoever has a key: take the peer out there to end this.' : 'Seen from outside: stop this client at the service itself, or at the firewall.';
  return <p className="fs12 t2" data-testid="cannot-end">{why}</p>;
}
