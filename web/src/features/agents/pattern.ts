import type { AgentPatternHour } from '../../api/types.gen';

export type HeatStep = 'none' | 0 | 1 | 2 | 3;

/** How full a cell of the week is drawn, by the part of its time that was missed. */
export function heatStep(cell: AgentPatternHour | undefined): HeatStep {
  const known = cell ? cell.up_seconds + cell.down_seconds : 0;
  if (!cell || known === 0) return 'none';
  const part = cell.down_seconds / known;
  if (part === 0) return 0;
  if (part < 0.02) return 1;
  return part < 0.1 ? 2 : 3;
}
