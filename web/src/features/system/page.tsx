import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client';
import { useLosses } from '../../api/queries';
import type { Privacy } from '../../api/types.gen';
import { sentence, visible } from '../../lib/text';
import { matters } from '../../lib/troubles';
import { count } from '../../lib/units';
import { SettingsBar } from '../../ui/settings-bar';
import { Shape } from '../../ui/shape';
import { ErrorNote, SkeletonRows } from '../../ui/states';
import { Jobs } from './jobs';
import '../../styles/settings.css';
import './system.css';

function Losses() {
  const query = useLosses();
  if (query.isPending) return <SkeletonRows rows={2} />;
  if (!query.data) return <ErrorNote what="Could not load what was lost" error={query.error} onRetry={() => void query.refetch()} />;
  const some = query.data.items.filter((loss) => loss.count > 0).sort((a, b) => Number(matters(b)) - Number(matters(a)));
  if (some.length === 0) return <p className="system-good"><Shape kind="ok" />Nothing was lost, and everything could be used, since Davylamp started.</p>;
  const calm = !some.some(matters);
  return (
    <>
    {calm && <p className="system-good"><Shape kind="ok" />Nothing that matters: what is counted here healed by itself.</p>}
    <ul className="loss-list">
      {some.map((loss) => (
        <li key={`${loss.role} ${loss.name}`} className="loss">
          <Shape kind={matters(loss) ? 'warn' : 'past'} /><span className="w5 num">{count(loss.count)}</span>
          <span>{sentence(visible(loss.text))} <span className="t3">{visible(loss.role)}, {visible(loss.name)}</span></span>
        </li>
      ))}
    </ul>
    </>
  );
}

const modes: Record<string, string> = {
  full: 'Addresses are kept in full', truncated: 'Addresses are cut short', keyed_hash: 'Addresses are hashed with a key that changes', country_only: 'Only countries are kept',
};

const tier = (name: string): string => name.replace(/_?days$/, '').replaceAll('_', ' ') || name;
const lasting = (days: number): string => (days === 0 ? 'for ever' : `${count(days)} ${days === 1 ? 'day' : 'days'}`);

/** What the server sets between backticks is to be typed. */
const withCommands = (text: string) => text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i} className="mono">{part}</code> : part));

function PrivacyStatement() {
  const query = useQuery({ queryKey: ['privacy'], queryFn: ({ signal }) => get<Privacy>('/api/v1/privacy', {}, signal), staleTime: 60_000 });
  if (query.isPending) return <SkeletonRows rows={3} />;
  if (!query.data) return <ErrorNote what="Could not load the privacy statement" error={query.error} onRetry={() => void query.refetch()} />;
  const { mode, statement, retention } = query.data;
  return (
    <>
      <p className="w5">{modes[mode] ?? visible(mode)} <span className="tag">{visible(mode)}</span></p>
      <ul className="privacy-words">{statement.map((line) => <li key={line}>{withCommands(sentence(visible(line)))}</li>)}</ul>
      <dl className="retention">
        {Object.entries(retention).map(([name, days]) => <div key={name}><dt className="t3">{visible(tier(name))}</dt><dd>{lasting(days)}</dd></div>)}
      </dl>
    </>
  );
}

/** The house itself: its jobs, what it lost, and what it keeps of people. */
export default function SystemPage() {
  return (
    <div className="system-page">
      <SettingsBar title="System" />
      <div className="system-scroll" tabIndex={0} role="group" aria-label="System">
        <section className="system-part card" aria-label="House jobs"><h2>House jobs</h2><Jobs /></section>
        <section className="system-part card" aria-label="What was lost"><h2>What was lost or could not be used</h2><Losses /></section>
        <section className="system-part card" aria-label="Privacy"><h2>What is kept of people</h2><PrivacyStatement /></section>
      </div>
    </div>
  );
}
