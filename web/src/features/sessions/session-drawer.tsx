import { useQuery } from '@tanstack/react-query';
import { Check, Copy, Link2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { get } from '../../api/client';
import type { Session, SessionDetail } from '../../api/types.gen';
import { withPort } from '../../lib/address';
import { linkTo } from '../../lib/base';
import { copyText } from '../../lib/clipboard';
import { endReason } from '../../lib/health';
import { resetText, runsOut } from '../../lib/quota';
import { toRates } from '../../lib/series';
import { useShortcuts } from '../../lib/shortcuts';
import { visible } from '../../lib/text';
import { duration, fullMoment, moment } from '../../lib/time';
import { bytes, join, plural } from '../../lib/units';
import { quotaKey } from '../../live/store';
import { liveStore, useFreshness, useLive, useTightest } from '../../live/use-live';
import { IconButton } from '../../ui/controls';
import { Drawer, DrawerSection } from '../../ui/drawer';
import { Flag } from '../../ui/flag';
import { useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';
import { SessionList } from '../../ui/session-list';
import { ErrorNote, SkeletonRows } from '../../ui/states';
import { Live } from '../../ui/text';
import { TrafficSection } from '../../ui/traffic-section';
import { QuotaBar, QuotaState, UsedOf } from '../../ui/quota-bar';
import { SessionActions } from './action-bar';
import { sessionSeconds } from './columns';
import { Endpoints } from './endpoints';
import { EvidenceSection, QualitySection } from './evidence';
import { SessionFacts } from './session-facts';

interface SessionDrawerProps {
  id: number;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

function CopyButton({ label, text, icon, className }: { label: string; text: string; icon: React.ReactNode; className?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    setDone(await copyText(text));
    setTimeout(() => setDone(false), 1500);
  };
  return <IconButton className={className} label={done ? 'Copied' : label} onClick={() => void copy()}>{done ? <Check size={16} /> : icon}</IconButton>;
}

/** The quota that will stop this user first. */
function SessionQuota({ user, now }: { user: string; now: number }) {
  const quota = useTightest().get(user);
  const scoped = useScoped();
  if (!quota) return null;
  const { text, shape } = runsOut(quota, now);
  return (
    <DrawerSection title="Quota" note={shape ? <span className={`st st-${shape}`}><Shape kind={shape} size={10} />{quota.state === 'reached' ? text : `runs out ${text}`}</span> : <QuotaState quota={quota} />}>
      <QuotaBar quota={quota} />
      <div className="row fs12 t3"><Link className="link" href={scoped(`/quotas/${encodeURIComponent(quotaKey(quota))}`)}><UsedOf quota={quota} /></Link><span className="grow" /><span>{quota.enforce ? 'then stopped' : 'told only'}, {resetText(quota, now)}</span></div>
    </DrawerSection>
  );
}

export function SessionDrawer({ id, onClose, onPrevious, onNext }: SessionDrawerProps) {
  const live = useLive();
  const { stale } = useFreshness();
  const scoped = useScoped();
  const detail = useQuery({
    queryKey: ['session', id], queryFn: ({ signal }) => get<SessionDetail>(`/api/v1/sessions/${id}`, {}, signal),
    refetchInterval: live.sessions.has(id) ? 15_000 : false,
  });
  const session: Session | undefined = live.sessions.get(id) ?? detail.data?.session;
  const now = live.at || Date.now() / 1000;
  const series = useMemo(() => {
    if (!detail.data) return toRates([], 60);
    const { session: known, traffic } = detail.data;
    const end = known.closed_at ?? (liveStore.state().at || known.last_seen_at);
    return toRates(traffic.points, traffic.step_seconds, { watched: [[known.opened_at, end]], until: end });
  }, [detail.data]);
  useShortcuts({ y: () => session?.real_address && void copyText(session.real_address), Escape: onClose });
  const title = session ? (
    <>
      <Flag code={session.place?.country_code} width={20} />
      <bdi className="ell">{visible(session.user)}</bdi>
      <span className="drawer-state">{session.state === 'open' ? <Live off={stale}>{duration(sessionSeconds(session, now))}</Live> : <span className="fs12 t3 normal">{endReason(session.end_reason)}</span>}</span>
    </>
  ) : (
    <>Session {id}</>
  );
  return (
    <Drawer
      label={session ? `Session of ${visible(session.user)}` : `Session ${id}`} title={title} onClose={onClose} onPrevious={onPrevious} onNext={onNext}
      actions={session && <>{session.real_address && <CopyButton label="Copy address (y)" text={withPort(session.real_address, session.real_port)} icon={<Copy size={15} />} />}<CopyButton className="desk-only" label="Copy link" text={linkTo(`/sessions/${id}`)} icon={<Link2 size={16} />} /></>}
      footer={<SessionActions session={session} />}
    >
      {!session && detail.isPending && <SkeletonRows rows={8} />}
      {detail.isError && !detail.data && <ErrorNote what="Could not load this session" error={detail.error} onRetry={() => void detail.refetch()} />}
      {session && <SessionFacts session={session} now={now} />}
      {session && detail.data && (
        <>
          <TrafficSection
            label="Traffic of this session, down above and up below zero" series={series} stale={stale}
            note={<>{join(bytes(session.tx_bytes))} down, {join(bytes(session.rx_bytes))} up{session.state === 'closed' && !session.final && ', last known'}</>}
          />
          <DrawerSection title="Endpoints" note={detail.data.endpoints.length > 1 ? `roamed ${plural(detail.data.endpoints.length - 1, 'time')}, session kept` : detail.data.endpoints.length === 1 && 'never roamed'}>
            {detail.data.endpoints.length === 0 && <div className="t3 fs12">Not kept in this privacy mode.</div>}
            <Endpoints endpoints={detail.data.endpoints} open={session.state === 'open'} now={now} />
          </DrawerSection>
          <QualitySection session={session} now={now} />
          <EvidenceSection session={session} />
          <SessionQuota user={session.user} now={now} />
          <DrawerSection title="Past sessions" note={<Link className="link" href={scoped(`/users/${encodeURIComponent(session.user)}`)}>{detail.data.past_total ? `all ${plural(detail.data.past_total, 'past session')}` : 'this user'}</Link>}>
            {detail.data.past.length ? <SessionList sessions={detail.data.past} now={now} /> : <div className="t3 fs12">This is the first one on record.</div>}
          </DrawerSection>
        </>
      )}
      {session && <div className="fs11 t3 drawer-note" title={fullMoment(session.last_seen_at)}>Session {session.id}, last seen {moment(session.last_seen_at, now)}{session.adopted && ', was already open when Davylamp started'}</div>}
    </Drawer>
  );
}
