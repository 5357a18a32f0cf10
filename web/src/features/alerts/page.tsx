import { useQueryClient } from '@tanstack/react-query';
import { BellOff } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useChannels, useRules, useSilences } from '../../api/alerts';
import { useMay } from '../../api/queries';
import type { Group } from '../../lib/incident';
import { groupOf, inGroup } from '../../lib/incident';
import { useShortcuts } from '../../lib/shortcuts';
import { cx } from '../../lib/text';
import { count } from '../../lib/units';
import { useMedia } from '../../lib/use-now';
import { useFreshness, useLive } from '../../live/use-live';
import { Button, Segments } from '../../ui/controls';
import { useQueryState } from '../../ui/navigation';
import { Empty, ErrorNote, SkeletonRows } from '../../ui/states';
import { useAcknowledge } from '../../ui/use-acknowledge';
import '../../styles/grid.css';
import './alerts.css';
import { ChannelsDialog } from './channels-dialog';
import { DayLanes } from './day-lanes';
import { IncidentDetailView } from './incident-detail';
import type { ListPart } from './incident-list';
import { IncidentList } from './incident-list';
import { useClosed, useDay, useIncident } from './queries';
import { RulesDialog } from './rules-dialog';
import { SilenceDialog } from './silence-dialog';
import { SilencesDialog } from './silences-dialog';

type Panel = 'silence' | 'silences' | 'rules' | 'channels';

const midnightOf = (now: number): number => new Date(now * 1000).setHours(0, 0, 0, 0) / 1000;

/** Of each tab, what it lists. Open has everything of today below it: what was silenced, and what is over. */
function useParts(tab: Group, midnight: number) {
  const { all, query } = useDay(midnight);
  const closed = useClosed(tab === 'closed');
  const older = closed.data?.pages;
  return useMemo(() => {
    const today = [...all.values()].filter((one) => one.resolved_at === undefined || one.resolved_at >= midnight);
    const every = new Map([...(older ?? []).flatMap(({ items }) => items.map((one) => [one.id, one] as const)), ...all]);
    const part = (group: Group, title: string, from: Iterable<Parameters<typeof groupOf>[0]>): ListPart => ({ group, title, items: inGroup(from, group) });
    const parts = tab === 'open' ? [part('open', 'Open', today), part('silenced', 'Silenced', today), part('closed', 'Closed today', today)] : tab === 'silenced' ? [part('silenced', 'Silenced', today)] : [part('closed', 'Closed', every.values())];
    const counts = { open: inGroup(today, 'open').length, silenced: inGroup(today, 'silenced').length, closed: inGroup(today, 'closed').length };
    return { parts, counts, all: every, query: tab === 'closed' ? closed : query, more: tab === 'closed' && closed.hasNextPage ? () => void closed.fetchNextPage() : undefined };
  }, [all, older, tab, midnight, query, closed]);
}

function Tabs({ tab, counts, onChange }: { tab: Group; counts: Record<Group, number>; onChange: (tab: Group) => void }) {
  return (
    <Segments<Group>
      label="Which alerts" value={tab} onChange={onChange}
      options={[
        { value: 'open', label: <>Open <span className="t3">{count(counts.open)}</span></> }, { value: 'silenced', label: <>Silenced <span className="t3">{count(counts.silenced)}</span></> },
        { value: 'closed', label: <>Closed <span className="t3">{count(counts.closed)}<span className="desk-text"> today</span></span></> },
      ]}
    />
  );
}

export default function AlertsPage({ id }: { id: number | undefined }) {
  const live = useLive();
  const { age_seconds } = useFreshness();
  const [, navigate] = useLocation();
  const [params, update] = useQueryState();
  const may = useMay();
  const client = useQueryClient();
  const acknowledge = useAcknowledge();
  const alone = useMedia('(max-width: 899px)');
  const [panel, setPanel] = useState<Panel>();
  const rules = useRules().data?.items;
  const channels = useChannels().data?.items;
  const silenceList = useSilences().data?.items;
  const silences = useMemo(() => new Map((silenceList ?? []).map((one) => [one.id, one])), [silenceList]);
  const now = live.has_snapshot ? live.at + age_seconds : Date.now() / 1000;
  const midnight = midnightOf(now);
  const asked = params.get('tab');
  const tab: Group = asked === 'silenced' || asked === 'closed' ? asked : 'open';
  const { parts, counts, all, query, more } = useParts(tab, midnight);
  const listed = parts.flatMap(({ items }) => items);
  const wanted = id ?? (alone ? undefined : listed[0]?.id);
  const inHand = wanted === undefined ? undefined : all.get(wanted);
  const incident = inHand;
  const go = (next: number | undefined, replace = id !== undefined) => navigate(`/alerts${next === undefined ? '' : `/${next}`}${location.search}`, { replace });
  const at = listed.findIndex((one) => one.id === wanted);
  const move = (by: number) => {
    const next = listed[Math.max(0, Math.min(listed.length - 1, at + by))];
    if (next) go(next.id);
  };
  const takes = may.act && incident?.state === 'firing' && incident.acknowledged_at === undefined ? () => void acknowledge(incident) : undefined;
  const silences_it = may.act_widely && incident && groupOf(incident) === 'open' ? () => setPanel('silence') : undefined;
  useShortcuts({ j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1), ...(takes ? { a: takes } : {}), ...(silences_it ? { s: silences_it } : {}), ...(alone && id !== undefined ? { Escape: () => go(undefined) } : {}) });
  const changed = () => {
    for (const key of ['rules', 'silences', 'channels', 'incidents', 'incident']) void client.invalidateQueries({ queryKey: [key] });
  };
  const close = () => setPanel(undefined);
  const only = alone && id !== undefined;
  return (
    <div className={cx('list-page alerts-page', only && 'alerts-only')}>
      {!only && (
        <div className="page-bar alerts-bar">
          <h1>Alerts</h1>
          <Tabs tab={tab} counts={counts} onChange={(next) => update((query) => (next === 'open' ? query.delete('tab') : query.set('tab', next)))} />
          <span className="grow" />
          {!may.scoped && <span className="row alerts-tools">
            <Button data-testid="silences" onClick={() => setPanel('silences')}><BellOff size={14} />Silence</Button>
            <Button data-testid="rules" onClick={() => setPanel('rules')}>Rules {rules && <span className="t3 normal">{rules.length}</span>}</Button>
            <Button data-testid="channels" onClick={() => setPanel('channels')}>Channels {channels && <span className="t3 normal">{channels.length}</span>}</Button>
          </span>}
        </div>
      )}
      {!only && <DayLanes incidents={all.values()} from={midnight} now={now} selected={wanted} />}
      <div className="alerts-two">
        {!only && (
          <div className="alerts-list" tabIndex={0} role="group" aria-label="Alerts">
            {query.isPending && listed.length === 0 && <SkeletonRows rows={8} height={48} />}
            {query.isError && <ErrorNote what="Could not load alerts" error={query.error} onRetry={() => void query.refetch()} />}
            {tab === 'open' && counts.open === 0 && !query.isPending && <p className="alerts-calm t2">Nothing is open.</p>}
            <IncidentList parts={parts} silences={silences} selected={wanted} now={now} replace={id !== undefined} />
            {more && <Button className="alerts-more" onClick={more}>Show older</Button>}
            {tab !== 'open' && listed.length === 0 && !query.isPending && !query.isError && <p className="alerts-calm t2">{tab === 'silenced' ? 'Nothing is silenced.' : 'Nothing is on record.'}</p>}
          </div>
        )}
        {(!alone || only) && (
          <div className="alerts-detail">
            {incident ? <IncidentDetailView key={incident.id} incident={incident} silence={incident.silence_id === undefined ? undefined : silences.get(incident.silence_id)} now={now} onAcknowledge={takes} onSilence={silences_it} onRules={() => setPanel('rules')} onBack={only ? () => go(undefined) : undefined} />
              : wanted !== undefined ? <FarIncident id={wanted} now={now} onRules={() => setPanel('rules')} onBack={only ? () => go(undefined) : undefined} />
                : !query.isPending && <Empty title="All is calm">Nothing was told today. What is told stands here with its cause, what was done, and what mends it.</Empty>}
          </div>
        )}
      </div>
      {panel === 'silence' && incident && <SilenceDialog incident={incident} onDone={changed} onClose={close} />}
      {panel === 'silences' && <SilencesDialog onChanged={changed} onClose={close} />}
      {panel === 'rules' && <RulesDialog onChanged={changed} onClose={close} />}
      {panel === 'channels' && <ChannelsDialog onChanged={changed} onClose={close} />}
    </div>
  );
}

/** One that is in no list here: asked for by its number. */
function FarIncident({ id, now, onRules, onBack }: { id: number; now: number; onRules: () => void; onBack: (() => void) | undefined }) {
  const far = useIncident(id, undefined);
  if (far.isError) return <ErrorNote what="Could not load the alert" error={far.error} onRetry={() => void far.refetch()} />;
  if (far.data?.incident.id !== id) return <SkeletonRows rows={6} height={40} />;
  return <IncidentDetailView incident={far.data.incident} silence={undefined} now={now} onAcknowledge={undefined} onSilence={undefined} onRules={onRules} onBack={onBack} />;
}
