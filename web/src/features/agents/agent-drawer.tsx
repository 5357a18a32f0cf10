import { Copy, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { testAgent } from '../../api/alerts';
import { useMay } from '../../api/queries';
import type { Agent } from '../../api/types.gen';
import { verdictOf, verdictWord } from '../../lib/agent';
import { copyText } from '../../lib/clipboard';
import { useShortcuts } from '../../lib/shortcuts';
import { sentence, visible, visibleLines } from '../../lib/text';
import { fullMoment, moment } from '../../lib/time';
import { useFreshness, useLive } from '../../live/use-live';
import { Button, Segments } from '../../ui/controls';
import { Drawer } from '../../ui/drawer';
import { tell, tellFailure } from '../../ui/later';
import { Shape } from '../../ui/shape';
import { ErrorNote } from '../../ui/states';
import { AgentActs } from './agent-acts';
import { Evidence } from './evidence';
import { History } from './history';
import { useAgentDetail } from './queries';

interface AgentDrawerProps {
  agent: Agent;
  onClose: () => void;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

type Tab = 'evidence' | 'history' | 'raw';

function Raw({ value }: { value: unknown }) {
  const [copied, setCopied] = useState(false);
  const text = JSON.stringify(value, null, 2);
  return (
    <div className="agent-raw">
      <Button size="small" onClick={() => void copyText(text).then(setCopied)}><Copy size={13} />{copied ? 'Copied' : 'Copy'}</Button>
      <pre className="mono" dir="ltr" tabIndex={0}>{visibleLines(text)}</pre>
    </div>
  );
}

function Facts({ agent, now }: { agent: Agent; now: number }) {
  const reports = { agent: 'davylamp-agent', sentinel: 'VPN Sentinel’s client', ping: 'pings' }[agent.reports_as] ?? agent.reports_as;
  const parts = [
    agent.settings.site && `site ${visible(agent.settings.site)}`, agent.last_heard_at !== undefined && `${reports}${agent.version ? ` ${visible(agent.version)}` : ''}`,
    `every ${agent.interval_seconds} s`, agent.late_heartbeats > 0 && `${agent.late_heartbeats} of ${agent.heartbeats} reports came late`,
  ].filter(Boolean);
  return (
    <div className="fs12 t3 agent-about">
      {parts.join(', ')}. {agent.last_heard_at === undefined ? 'Nothing was heard yet.' : <span title={fullMoment(agent.last_heard_at)}>Last heard {moment(agent.last_heard_at, now)}.</span>}
    </div>
  );
}

/** Everything known of one agent: why its verdict is what it is, how it was, and what it said word for word. */
export function AgentDrawer({ agent, onClose, onPrevious, onNext }: AgentDrawerProps) {
  const live = useLive();
  const { age_seconds } = useFreshness();
  const may = useMay();
  const [tab, setTab] = useState<Tab>('evidence');
  const now = live.at + age_seconds;
  const detail = useAgentDetail(agent.settings.name);
  const state = verdictOf(agent);
  const name = visible(agent.settings.name);
  const takes_orders = may.act && agent.reports_as === 'agent';
  const test = () => void testAgent(agent.settings.name).then(() => tell(`${name} tests again with its next report.`), (error: unknown) => tellFailure(`Testing ${name} again`, error));
  useShortcuts({ Escape: onClose, ...(takes_orders ? { r: test } : {}) });
  return (
    <Drawer
      label={`Agent ${name}`} onClose={onClose} onPrevious={onPrevious} onNext={onNext}
      title={<><Shape kind={state.shape} /><bdi className="ell">{name}</bdi><span className={`st st-${state.shape} fs12`}>{verdictWord(agent)}</span></>}
      footer={may.lay_down && <AgentActs settings={agent.settings} onRemoved={onClose} />}
    >
      <p className="agent-sentence">{sentence(visible(agent.sentence))} <span className="t3" title={fullMoment(agent.verdict_since_at)}>Since {moment(agent.verdict_since_at, now)}.</span></p>
      <Facts agent={agent} now={now} />
      {takes_orders && <Button size="small" data-testid="agent-test" onClick={test}><RefreshCw size={13} />Test again <kbd>r</kbd></Button>}
      <div className="agent-tabs"><Segments<Tab> label="What to see" value={tab} onChange={setTab} options={[{ value: 'evidence', label: 'Evidence' }, { value: 'history', label: 'History' }, { value: 'raw', label: 'Raw' }]} /></div>
      {detail.isError && <ErrorNote what="Could not load the last report" error={detail.error} onRetry={() => void detail.refetch()} />}
      {tab === 'evidence' && <Evidence agent={agent} last={detail.data?.agent.last} now={now} />}
      {tab === 'history' && !detail.isError && <History agent={agent} history={detail.data?.history} now={now} />}
      {tab === 'raw' && <Raw value={detail.data?.agent ?? agent} />}
    </Drawer>
  );
}
