import { Table2 } from 'lucide-react';
import { useState } from 'react';
import { usePhone } from '../../lib/use-now';
import { useFreshness } from '../../live/use-live';
import { IconButton } from '../../ui/controls';
import MirrorChart from '../../ui/mirror-chart';
import { ErrorNote } from '../../ui/states';
import { useDay } from './queries';

export function Throughput({ scope }: { scope: readonly string[] }) {
  const { series, before, history } = useDay(scope);
  const { stale } = useFreshness();
  const phone = usePhone();
  const [table, setTable] = useState(false);
  return (
    <section className="panel panel-chart" aria-label="Throughput">
      <div className="panel-head">
        <h2>Throughput</h2>
        <span className="panel-sub ell">bit/s, last {history.hours} h</span>
        <span className="grow" />
        <span className="chart-key">
          <span className="key-down">Down</span><span className="key-up">Up</span>
          {before.down_bps.some((value) => value !== null) && <span className="key-past">Day before</span>}
        </span>
        <IconButton label={table ? 'View as chart' : 'View as table'} aria-pressed={table} className="icon-small" onClick={() => setTable(!table)}><Table2 size={14} /></IconButton>
      </div>
      <div className="chart-room">
        {history.isError && !history.data ? (
          <ErrorNote what="Could not load the throughput" error={history.error} onRetry={() => void history.refetch()} />
        ) : series.at.length > 1 ? (
          <MirrorChart label={`Throughput of the last ${history.hours} hours, down above and up below zero`} series={series} before={before} stale={stale} table={table} height={phone ? 150 : undefined} />
        ) : (
          <div className="chart-none t3">{history.isPending ? '' : 'The first minutes are being recorded.'}</div>
        )}
      </div>
    </section>
  );
}
