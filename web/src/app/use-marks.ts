import { useMemo } from 'react';
import { verdictOf } from '../lib/agent';
import type { ShapeKind } from '../lib/health';
import { openIncidents, severityOf } from '../lib/incident';
import { useLive } from '../live/use-live';

export interface PageMark {
  shape?: ShapeKind;
  /** How many are open. */
  n?: number;
  words: string;
}

/** The status beside a page's name, only while something is open there. */
export function useMarks(): Partial<Record<string, PageMark>> {
  const { agents, incidents } = useLive();
  return useMemo(() => {
    const marks: Partial<Record<string, PageMark>> = {};
    const worst = [...agents.values()].map(verdictOf).filter(({ rank }) => rank <= 3).sort((a, b) => a.rank - b.rank)[0];
    if (worst) marks['/agents'] = { shape: worst.shape, words: `at worst ${worst.word.toLowerCase()}` };
    const open = openIncidents(incidents.values());
    const gravest = open.map(severityOf).sort((a, b) => a.rank - b.rank)[0];
    if (gravest) marks['/alerts'] = { n: open.length, words: `${open.length} open`, ...(gravest.rank < 2 ? { shape: gravest.shape } : {}) };
    return marks;
  }, [agents, incidents]);
}
