import { Suspense, lazy, useCallback, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { byCountry, byUser, ratesWithout, totals } from '../../lib/aggregate';
import { isMissing } from '../../lib/health';
import { useShortcuts } from '../../lib/shortcuts';
import { cx } from '../../lib/text';
import { count } from '../../lib/units';
import { useMedia, usePhone } from '../../lib/use-now';
import { useFreshness, useLive, useSessions } from '../../live/use-live';
import { useScope, useScoped } from '../../ui/navigation';
import { Shape } from '../../ui/shape';
import { EventFeed } from './event-feed';
import { FirstRun } from './first-run';
import { KpiStrip } from './kpi-strip';
import { LampCard } from './lamp-card';
import { MapControls } from './map-controls';
import type { MapPoint } from './map/flows';
import type { Box } from './map/projection';
import type { Layers } from './map/world-map';
import { wholeWorld, zoomAt } from './map/zoom';
import './overview.css';
import { useHistory, useStats } from './queries';
import { Throughput } from './throughput';
import { TopCountries, TopUsers } from './top-lists';

const WorldMap = lazy(() => import('./map/world-map'));

const roomPhone = (width: number, height: number): Box => ({ left: -20, top: 8, right: width + 4, bottom: height - 6 });

/** The part of the sea that key figures, feed and dock leave free. */
function useRoom(feed: boolean, phone: boolean) {
  return useCallback(
    (width: number, height: number): Box => {
      if (phone) return roomPhone(width, height);
      const right = width - (feed ? 328 : 0) - 6;
      return { left: 14, top: 92, right, bottom: Math.max(240, height - 258 - 12) };
    },
    [feed, phone],
  );
}

/** Where the buttons and keys zoom to: the middle of what nothing covers. */
const middle = { x: 0.5, y: 0.4 };
const middleBesideFeed = { x: 0.385, y: 0.4 };
const zoomStep = 1.6;

/** The key m walks through useful sets of layers. */
function nextLayers(layers: Layers): Layers {
  if (layers.arcs && layers.countries) return { ...layers, countries: false };
  if (layers.arcs) return { ...layers, arcs: false, countries: true };
  return { arcs: true, countries: true, night: !layers.night };
}

export default function OverviewPage({ attribution }: { attribution?: ReactNode }) {
  const phone = usePhone();
  const wide = useMedia('(min-width: 1280px)');
  const scope = useScope();
  const scoped = useScoped();
  const [, navigate] = useLocation();
  const live = useLive();
  const { stale } = useFreshness();
  const sessions = useSessions(scope);
  const stats = useStats();
  const history = useHistory(scope);
  const [layers, setLayers] = useState<Layers>({ arcs: true, countries: true, night: true });
  const [zoom, setZoom] = useState(wholeWorld);
  const [wanted, setWanted] = useState<boolean>();
  const feed = !phone && (wanted ?? wide);
  const room = useRoom(feed, phone);
  const missing = useMemo(() => live.servers.filter((server) => isMissing(server) && (!scope.length || scope.includes(server.name))).map(({ name }) => name), [live.servers, scope]);
  const sums = useMemo(() => ({ ...totals(sessions), ...ratesWithout(sessions, missing) }), [sessions, missing]);
  const countries = useMemo(() => byCountry(sessions), [sessions]);
  const users = useMemo(() => byUser(sessions), [sessions]);
  const servers = useMemo(() => live.servers.filter((server) => !scope.length || scope.includes(server.name)), [live.servers, scope]);
  const zoomBy = (direction: 1 | -1) => setZoom((now) => zoomAt(now, direction > 0 ? zoomStep : 1 / zoomStep, feed ? middleBesideFeed : middle));
  useShortcuts({ m: () => setLayers(nextLayers), '+': () => zoomBy(1), '=': () => zoomBy(1), '-': () => zoomBy(-1), 0: () => setZoom(wholeWorld) });
  const openPoint = (point: MapPoint) => {
    const first = point.cities[0];
    if (!first) return;
    const query = new URLSearchParams(first.country_code ? { country: first.country_code } : {});
    if (point.cities.length === 1 && first.name !== first.country) query.set('q', first.name);
    navigate(scoped(`/sessions?${query}`));
  };
  const map = (
    <Suspense fallback={<div className="map" />}>
      <WorldMap sessions={sessions} servers={servers} layers={layers} stale={stale} box={room} compact={phone} zoom={zoom} onZoom={setZoom} onOpen={openPoint} />
    </Suspense>
  );
  if (live.has_snapshot && live.servers.length === 0) return <FirstRun />;
  const kpis = <KpiStrip totals={sums} stats={stats.data} history={history.data} scope={scope} missing={missing} />;
  const legend = (
    <div className="legend">
      <span>Sessions per country</span>
      <span className="legend-steps">1<span className="legend-scale">{[1, 2, 3, 4, 5].map((step) => <i key={step} className={`step-${step}`} />)}</span>20+</span>
      {sums.without_location > 0 && (
        <Link className="legend-rest" href={scoped('/sessions?place=none')} title="Private, carrier and unknown addresses have no place on the map. Show these sessions">
          <Shape kind="learn" size={9} /><span className="link">{count(sums.without_location)} without a location</span>
        </Link>
      )}
    </div>
  );
  if (phone) {
    return (
      <div className={cx('ov ov-phone', stale && 'ov-stale')}>
        <h1 className="sr-only">Overview</h1>
        <LampCard />{kpis}
        <div className="map-room">{map}</div>{legend}
        <Throughput scope={scope} />
        <TopCountries countries={countries} sessions={sums.sessions} /><TopUsers users={users} />
        <EventFeed scope={scope} limit={30} />
        <div className="ov-sources">{attribution}</div>
      </div>
    );
  }
  return (
    <div className={cx('ov', feed && 'ov-feed', stale && 'ov-stale')}>
      <h1 className="sr-only">Overview</h1>
      {map}
      {kpis}
      <LampCard />
      {legend}
      <MapControls
        layers={layers} onLayers={setLayers} onZoom={(direction) => zoomBy(direction)} zoomed={zoom.factor > 1}
        feed={wide ? undefined : { on: feed, onChange: setWanted }}
      />
      <div className="dock"><Throughput scope={scope} /><TopCountries countries={countries} sessions={sums.sessions} /><TopUsers users={users} /></div>
      {feed && <EventFeed scope={scope} />}
    </div>
  );
}
