import { FlaskConical } from 'lucide-react';
import { useAbout } from '../api/queries';
import { visible } from '../lib/text';
import { age, clock } from '../lib/time';
import { liveSocket, useCutOff, useFreshness, useLive } from '../live/use-live';
import { Button } from '../ui/controls';
import { Lamp } from '../ui/lamp';

function LabBanner() {
  const { servers } = useLive();
  const about = useAbout().data;
  const lab = servers.filter((server) => server.lab);
  if (!about?.lab && lab.length === 0) return null;
  const all = lab.length === servers.length || lab.length === 0;
  return (
    <div className="banner banner-lab" role="note">
      <FlaskConical size={14} />
      <span>
        <b>Lab:</b> {all ? 'these clients' : `the clients of ${lab.map((server) => visible(server.name)).join(', ')}`} are simulated, for a
        trial. They are not people.
      </span>
    </div>
  );
}

function StaleBanner() {
  const live = useLive();
  const { stale, age_seconds, retry_seconds } = useFreshness();
  const cutOff = useCutOff();
  const never = !live.has_snapshot && cutOff;
  if (!stale && !never) return null;
  const next = retry_seconds === undefined ? 'Waiting for an answer.' : `Trying again in ${retry_seconds} s.`;
  return (
    <div className="banner banner-stale" role="status" data-testid="stale-banner">
      <Lamp state="out" size={24} />
      <div className="grow">
        <div className="st st-warn">{never ? 'No live data yet' : `No data for ${age(age_seconds)}`}</div>
        <div className="fs12 t2">{never ? '' : `Showing ${clock(live.at)}. `}{next}</div>
      </div>
      <Button size="small" onClick={() => liveSocket.retryNow()}>Try now</Button>
    </div>
  );
}

export function Banners() {
  return (
    <section className="banners" aria-label="Notices">
      <LabBanner />
      <StaleBanner />
    </section>
  );
}
