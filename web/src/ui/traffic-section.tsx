import { Table2 } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { RateSeries } from '../lib/series';
import { IconButton } from './controls';
import { DrawerSection } from './drawer';
import MirrorChart from './mirror-chart';

interface TrafficSectionProps {
  label: string;
  note: ReactNode;
  series: RateSeries;
  stale: boolean;
}

const height = 150;

/** The traffic of one session or one person in a drawer: as a chart, or as a table. Silence is theirs, so no gap is hatched. */
export function TrafficSection({ label, note, series, stale }: TrafficSectionProps) {
  const [table, setTable] = useState(false);
  const some = series.at.length > 1;
  return (
    <DrawerSection
      title="Traffic"
      note={<span className="row">{note}{some && <IconButton label={table ? 'View as chart' : 'View as table'} aria-pressed={table} className="icon-small" onClick={() => setTable(!table)}><Table2 size={14} /></IconButton>}</span>}
    >
      {some ? <MirrorChart label={label} series={series} height={height} stale={stale} hatch={false} table={table} /> : <div className="t3 fs12">Too little is recorded for a chart yet.</div>}
    </DrawerSection>
  );
}
