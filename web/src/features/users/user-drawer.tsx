import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { get } from '../../api/client';
import { useMay } from '../../api/queries';
import type { Quota, UserDetail } from '../../api/types.gen';
import { compareQuotas } from '../../lib/quota';
import { useShortcuts } from '../../lib/shortcuts';
import { visible } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { bytes, count, join, plural } from '../../lib/units';
import { useFreshness, useLive } from '../../live/use-live';
import { Button } from '../../ui/controls';
import { Drawer, DrawerSection } from '../../ui/drawer';
import { Flag } from '../../ui/flag';
import { GrantDialog } from '../../ui/grant-dialog';
import { useScoped } from '../../ui/navigation';
import { SessionList } from '../../ui/session-list';
import { ErrorNote, SkeletonRows } from '../../ui/states';
import { Bytes, Live, Rate } from '../../ui/text';
import { TrafficSection } from '../../ui/traffic-section';
import { useRefresh } from '../../ui/use-refresh';
import { BlockDialog, unblock } from './block-dialog';
import { KeptSection } from './kept-section';
import { BlockNote, UserQuotas } from './user-quotas';
import { useUserSeries } from './use-user-series';

interface UserDrawerProps {
  user: string;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

export function UserDrawer({ user, onClose, onPrevious, onNext }: UserDrawerProps) {
  const live = useLive();
  const scoped = useScoped();
  const { stale } = useFreshness();
  const detail = useQuery({
    queryKey: ['user', user], queryFn: ({ signal }) => get<UserDetail>(`/api/v1/users/${encodeURIComponent(user)}`, {}, signal), refetchInterval: 15_000,
  });
  const open = useMemo(() => [...live.sessions.values()].filter((session) => session.user === user), [live.version, user]);
  const data = detail.data;
  const may = useMay();
  const refresh = useRefresh();
  const [dialog, setDialog] = useState<'block' | Quota>();
  // The stream knows better how quotas stand; it may not know of those that the answer has.
  const streamed = useMemo(() => [...live.quotas.values()].filter((quota) => quota.user === user), [live.quotas, user]);
  const quotas = (streamed.length > 0 ? streamed : (data?.quotas ?? [])).toSorted(compareQuotas('runs_out_at', false));
  const now = live.at || Date.now() / 1000;
  const series = useUserSeries(data);
  useShortcuts({ Escape: onClose });
  const code = data?.user.country_code ?? open[0]?.place?.country_code;
  return (
    <Drawer
      label={`User ${visible(user)}`} onClose={onClose} onPrevious={onPrevious} onNext={onNext}
      title={<><Flag code={code} width={20} /><bdi className="ell">{visible(user)}</bdi>{open.length > 0 && <span className="fs12"><Live off={stale}>{open.length === 1 ? 'Online' : `${open.length} sessions`}</Live></span>}</>}
      footer={may.act_widely && data && (
        <div className="row">
          {data.block ? <Button data-testid="user-unblock" onClick={() => void unblock(user, refresh)}>Unblock</Button> : <Button data-testid="user-block" onClick={() => setDialog('block')}>Block</Button>}
          {quotas[0] && <Button onClick={() => setDialog(quotas[0])}>Grant more</Button>}
          <span className="grow" />
          {may.lay_down && <Link className="btn btn-ghost" href={scoped(`/quotas?new=${encodeURIComponent(user)}`)}>New limit</Link>}
        </div>
      )}
    >
      {detail.isPending && <SkeletonRows rows={8} />}
      {detail.isError && !data && <ErrorNote what="Could not load this user" error={detail.error} onRetry={() => void detail.refetch()} />}
      {data && (
        <>
          {data.block && <BlockNote block={data.block} now={now} />}
          <dl className="facts">
            <dt>Down</dt><dd><Bytes amount={data.user.tx_bytes} /></dd>
            <dt>Sessions</dt><dd>{count(data.user.sessions)}</dd>
            <dt>Up</dt><dd><Bytes amount={data.user.rx_bytes} /></dd>
            <dt>First seen</dt><dd title={fullMoment(data.user.first_seen_at)}>{moment(data.user.first_seen_at, now)}</dd>
            <dt>Now</dt><dd>{open.length ? <><Rate bps={open.reduce((sum, session) => sum + session.tx_bps, 0)} /> down</> : <span className="t3">offline</span>}</dd>
            <dt>Last seen</dt><dd title={fullMoment(data.user.last_seen_at)}>{open.length ? 'now' : moment(data.user.last_seen_at, now)}</dd>
            {data.groups.length > 0 && <><dt>Groups</dt><dd className="facts-wide">{data.groups.map((group, index) => <span key={group}>{index > 0 && ', '}<Link className="link" href={scoped(`/quotas?view=groups&q=${encodeURIComponent(group)}`)}><bdi>{visible(group)}</bdi></Link></span>)}</dd></>}
          </dl>
          {!may.scoped && <UserQuotas quotas={quotas} now={now} onGrant={may.act_widely ? setDialog : undefined} newPath={may.lay_down ? `/quotas?new=${encodeURIComponent(user)}` : undefined} />}
          <TrafficSection
            label="Traffic of this user, down above and up below zero" series={series} stale={stale}
            note={`${join(bytes(data.traffic.points.reduce((sum, point) => sum + point.tx_bytes, 0)))} down, ${join(bytes(data.traffic.points.reduce((sum, point) => sum + point.rx_bytes, 0)))} up in this chart`}
          />
          <DrawerSection title={`Latest ${plural(data.sessions.length, 'session')}`} note={<Link className="link" href={scoped(`/sessions?state=all&user=${encodeURIComponent(user)}`)}>All in the list</Link>}>
            <SessionList sessions={data.sessions} now={now} />
          </DrawerSection>
          {may.lay_down && <KeptSection user={user} />}
        </>
      )}
      {dialog === 'block' && <BlockDialog user={user} onClose={() => setDialog(undefined)} />}
      {dialog !== undefined && dialog !== 'block' && <GrantDialog quota={dialog} onClose={() => setDialog(undefined)} />}
    </Drawer>
  );
}
