import { ArrowDownAZ, ArrowDownUp, Plus } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useMay } from '../../api/queries';
import type { Agent, Incident } from '../../api/types.gen';
import type { AgentOrder, Verdict } from '../../lib/agent';
import { countVerdicts, sortAgents, verdicts } from '../../lib/agent';
import { isLeakIncident, openIncidents } from '../../lib/incident';
import { useShortcuts } from '../../lib/shortcuts';
import { cx } from '../../lib/text';
import { count } from '../../lib/units';
import { useLive } from '../../live/use-live';
import { Button } from '../../ui/controls';
import { useQueryState } from '../../ui/navigation';
import { Shape } from '../../ui/shape';
import { Empty, ErrorNote, SkeletonRows } from '../../ui/states';
import { useAcknowledge } from '../../ui/use-acknowledge';
import '../../styles/grid.css';
import { AgentCard } from './agent-card';
import { AgentDialog } from './agent-dialog';
import { AgentDrawer } from './agent-drawer';
import './agents.css';
import { useAgentList } from './queries';

/** Cards in the page at first; more come as the end comes into view. */
const pageSize = 120;

/** Alerts about a leak that nobody has taken, by agent. */
function useLeakIncidents(): ReadonlyMap<string, Incident> {
  const { incidents } = useLive();
  return useMemo(() => new Map(openIncidents(incidents.values()).filter((one) => isLeakIncident(one) && one.acknowledged_at === undefined).map((one) => [one.subject, one])), [incidents]);
}

function useShownAgents(only: Verdict | undefined, order: AgentOrder, q: string) {
  const live = useLive();
  const query = useAgentList(!live.has_snapshot);
  const agents = useMemo(() => (live.has_snapshot ? [...live.agents.values()] : (query.data?.items ?? [])), [live.has_snapshot, live.agents, query.data]);
  const shown = useMemo(() => {
    const needle = q.toLowerCase();
    const fits = ({ verdict, settings }: Agent) => (!only || verdict === only) && (!needle || `${settings.name} ${settings.site} ${settings.label}`.toLowerCase().includes(needle));
    return sortAgents(agents.filter(fits), order);
  }, [agents, only, order, q]);
  return { agents, shown, query, pending: !live.has_snapshot && query.isPending };
}

function NoAgents({ onAdd }: { onAdd: (() => void) | undefined }) {
  return (
    <Empty title="No agent yet" actions={onAdd && <Button look="primary" onClick={onAdd}><Plus size={14} />Add agent</Button>}>
      An agent runs inside a tunnel and tells where its traffic, its IPv6 and its questions for names really leave. A cron line or a container can report by a ping, too.
    </Empty>
  );
}

/** The end of the list: when it comes into view, more is drawn. */
function More({ left, onMore }: { left: number; onMore: () => void }) {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!ref.current || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && onMore(), { rootMargin: '400px' });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [onMore]);
  return <button ref={ref} type="button" className="btn agents-more" onClick={onMore}>Show more, {count(left)} left</button>;
}

export default function AgentsPage({ name }: { name: string | undefined }) {
  const [, navigate] = useLocation();
  const [params, update] = useQueryState();
  const may = useMay();
  const acknowledge = useAcknowledge();
  const leaks = useLeakIncidents();
  const [most, setMost] = useState(pageSize);
  const [adding, setAdding] = useState(false);
  const scroll = useRef<HTMLDivElement>(null);
  const asked = params.get('verdict');
  const only = asked && asked in verdicts ? (asked as Verdict) : undefined;
  const order: AgentOrder = params.get('order') === 'name' ? 'name' : 'worst';
  const { agents, shown, query, pending } = useShownAgents(only, order, params.get('q') ?? '');
  const selected = agents.find((agent) => agent.settings.name === name);
  const set = (key: string, value: string | undefined) => update((next) => (value ? next.set(key, value) : next.delete(key)));
  const open = (agent: Agent | undefined) => navigate(`/agents${agent ? `/${encodeURIComponent(agent.settings.name)}` : ''}${location.search}`, { replace: name !== undefined });
  const at = shown.findIndex((agent) => agent.settings.name === name);
  const step = (by: number) => {
    const next = shown[at + by];
    return at >= 0 && next ? () => open(next) : undefined;
  };
  const move = (by: number) => {
    if (selected) return step(by)?.();
    const links = [...(scroll.current?.querySelectorAll<HTMLElement>('.agent-link') ?? [])];
    links[Math.max(0, Math.min(links.length - 1, links.indexOf(document.activeElement as HTMLElement) + by))]?.focus();
  };
  const onAdd = may.lay_down ? () => setAdding(true) : undefined;
  useShortcuts({ j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1), ...(onAdd ? { n: onAdd } : {}) });
  const chips = countVerdicts(agents);
  return (
    <div className={cx('list-page agents-page', selected && 'list-open')}>
      <div className="page-bar agents-bar">
        <h1>Agents</h1>
        <span className="t3 ell agents-about">A probe inside each tunnel checks exit, resolver and quality from the client side.</span>
        <span className="grow" />
        <Button aria-label={order === 'name' ? 'Sorted by name: sort worst first' : 'Worst first: sort by name'} onClick={() => set('order', order === 'name' ? undefined : 'name')}>{order === 'name' ? <><ArrowDownAZ size={14} />By name</> : <><ArrowDownUp size={14} />Worst first</>}</Button>
        {onAdd && <Button look="primary" data-testid="add-agent" onClick={onAdd}><Plus size={14} />Add agent</Button>}
      </div>
      <div className="agents-chips">
        <div className="state-chips" role="group" aria-label="Verdicts">
          {chips.map(({ verdict, n }) => (
            <button key={verdict} type="button" className="chip state-chip agents-chip" data-testid={`agents-${verdict}`} aria-pressed={only === verdict} onClick={() => set('verdict', only === verdict ? undefined : verdict)}>
              <Shape kind={verdicts[verdict].shape} size={11} /><span className="w5 t1">{count(n)}</span>{verdicts[verdict].word.toLowerCase()}
            </button>
          ))}
        </div>
        <span className="grow" />
        {agents.length > 0 && <span className="fs12 t3 agents-key">Uptime bars: 30 days, newest at the end. Taller means worse.</span>}
      </div>
      <div className="agents-scroll" ref={scroll} tabIndex={0} role="group" aria-label="Agents">
        {pending && <SkeletonRows rows={8} />}
        {!agents.length && query.isError && <ErrorNote what="Could not load agents" error={query.error} onRetry={() => void query.refetch()} />}
        {!pending && !query.isError && agents.length === 0 && <NoAgents onAdd={onAdd} />}
        {agents.length > 0 && shown.length === 0 && <Empty title="No agent has this verdict now" actions={<Button onClick={() => update((next) => (next.delete('verdict'), next.delete('q')))}>Show all {count(agents.length)}</Button>}>The filter leaves none of {count(agents.length)}.</Empty>}
        <div className="agent-grid">
          {shown.slice(0, most).map((agent) => (
            <AgentCard key={agent.settings.name} agent={agent} selected={agent === selected} incident={may.act ? leaks.get(agent.settings.name) : undefined} onAcknowledge={acknowledge} />
          ))}
        </div>
        {shown.length > most && <More left={shown.length - most} onMore={() => setMost(most + pageSize)} />}
      </div>
      {selected && <AgentDrawer key={selected.settings.name} agent={selected} onClose={() => open(undefined)} onPrevious={step(-1)} onNext={step(1)} />}
      {!pending && name !== undefined && !selected && agents.length > 0 && <Empty title="No such agent" actions={<Button onClick={() => open(undefined)}>All agents</Button>}>It may have been removed.</Empty>}
      {adding && <AgentDialog settings={undefined} onClose={() => setAdding(false)} />}
    </div>
  );
}
