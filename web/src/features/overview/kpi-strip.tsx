import type { ReactNode } from 'react';
import type { History, Stats } from '../../api/types.gen';
import type { Totals } from '../../lib/aggregate';
import { openProblems } from '../../lib/health';
import { visible } from '../../lib/text';
import { age, hourMinute, weekdayName } from '../../lib/time';
import { bytes, bytesIn, change, count, plural, rate, signed } from '../../lib/units';
import { useFreshness, useLive } from '../../live/use-live';
import { Shape } from '../../ui/shape';
import { Spark } from '../../ui/spark';
import { Skeleton } from '../../ui/states';

interface KpiProps {
  label: string;
  value: ReactNode;
  unit?: string;
  note: ReactNode;
  spark?: ReactNode;
  testId?: string;
}

function Kpi({ label, value, unit, note, spark, testId }: KpiProps) {
  return (
    <div className="kpi">
      <div className="kpi-label">{label}</div>
      <div className="kpi-value"><span {...(testId ? { 'data-testid': testId } : {})}>{value}</span>{unit && <span className="u">{unit}</span>}</div>
      <div className="kpi-note">{note}</div>
      {spark && <div className="kpi-spark">{spark}</div>}
    </div>
  );
}

/** Bytes since `since_at`, from the points of a history. */
function sumSince(history: History | undefined, since_at: number): { rx_bytes: number; tx_bytes: number } {
  const sum = { rx_bytes: 0, tx_bytes: 0 };
  for (const point of history?.points ?? []) {
    if (point.at < since_at) continue;
    sum.rx_bytes += point.rx_bytes;
    sum.tx_bytes += point.tx_bytes;
  }
  return sum;
}

interface KpiStripProps {
  totals: Totals;
  stats: Stats | undefined;
  history: History | undefined;
  scope: readonly string[];
  /** Servers that the rates leave out, because they do not answer. */
  missing: readonly string[];
}

export function KpiStrip({ totals, stats, history, scope, missing }: KpiStripProps) {
  const live = useLive();
  const { stale, age_seconds } = useFreshness();
  const ready = live.has_snapshot;
  const scoped = scope.length > 0;
  const before = scoped ? undefined : stats?.day_before;
  const today = scoped && stats && history ? sumSince(history, stats.today.since_at) : stats?.today;
  const volume = bytes((today?.rx_bytes ?? 0) + (today?.tx_bytes ?? 0));
  const down = rate(totals.tx_bps);
  const counts = (history?.points ?? []).map((point) => point.sessions);
  const peak = counts.length ? Math.max(totals.sessions, ...counts) : undefined;
  const since = stats ? `vs ${weekdayName(stats.at - 86400)} ${hourMinute(stats.at)}` : '';
  const old = stale ? <span className="t3">{age(age_seconds)} old</span> : undefined;
  const wait = <Skeleton width={52} height={18} />;
  const rise = before && change(totals.tx_bps, before.tx_bps);
  return (
    <section className={stale ? 'kpis kpis-stale' : 'kpis'} aria-label="Key figures">
      <Kpi
        label="Online sessions" testId="kpi-sessions" value={ready ? count(totals.sessions) : wait}
        note={old ?? (before ? <><b>{signed(totals.sessions - before.open_sessions)}</b> {since}</> : scoped ? `of ${count(live.sessions.size)}` : peak !== undefined && ready ? `peak ${count(peak)} in 24 h` : ' ')}
        spark={counts.length > 1 && <Spark values={counts.slice(-72)} width={64} height={26} />}
      />
      <Kpi
        label="Users" value={ready ? count(totals.users) : wait}
        note={old ?? <>{before?.open_users !== undefined && <><b>{signed(totals.users - before.open_users)}</b>, </>}{plural(totals.countries, 'country', 'countries')}</>}
      />
      <Kpi
        label="Throughput now" value={ready ? down.value : wait} unit={ready ? `${down.unit} down` : ''}
        note={old ?? <>{`${rate(totals.rx_bps).value} ${rate(totals.rx_bps).unit} up`}{missing.length ? `, without ${missing.length === 1 ? visible(missing[0] ?? '') : `${missing.length} servers`}` : rise && <>, <b>{rise}</b></>}</>}
      />
      <Kpi
        label="Data today" value={today ? volume.value : wait} unit={today ? volume.unit : ''}
        note={today ? `${bytesIn(today.tx_bytes, volume.unit)} down, ${bytesIn(today.rx_bytes, volume.unit)} up` : ' '}
      />
      <ServersKpi />
    </section>
  );
}

function ServersKpi() {
  const { servers, has_snapshot } = useLive();
  const up = servers.filter((server) => server.state === 'up').length;
  const down = servers.filter((server) => server.state === 'down').length;
  const rest = openProblems(servers).length - down;
  return (
    <Kpi
      label="Servers" value={has_snapshot ? up : <Skeleton width={32} height={18} />} unit={has_snapshot ? `of ${servers.length} answer` : ''}
      note={
        <span className="kpi-states">
          {down > 0 && <span className="st st-crit"><Shape kind="crit" size={10} />{down} down</span>}
          {rest > 0 && <span className="st st-warn"><Shape kind="warn" size={10} />{plural(rest, 'warning')}</span>}
          {has_snapshot && servers.length > 0 && down + rest === 0 && <span className="st st-ok"><Shape kind="ok" size={9} />no open problem</span>}
        </span>
      }
    />
  );
}
