import { RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client';
import { Button } from './controls';
import { Lamp } from './lamp';
import { Shape } from './shape';

interface ErrorNoteProps {
  what: string;
  error: unknown;
  onRetry: () => void;
}

/** What failed, why in the words of the server, the request id, and a way to try again. */
export function ErrorNote({ what, error, onRetry }: ErrorNoteProps) {
  const detail = error instanceof Error ? error.message : 'The reason is not known.';
  const request = error instanceof ApiError ? error.problem.request_id : '';
  return (
    <div className="error-note" role="alert">
      <Shape kind="crit" />
      <div className="grow">
        <div className="w5">{what}</div>
        <div className="fs12 t2">
          {detail} {request && <span className="t3">Request {request}</span>}
        </div>
      </div>
      <Button size="small" onClick={onRetry}><RotateCcw size={13} />Try again</Button>
    </div>
  );
}

export function Empty({ title, children, actions }: { title: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <div className="empty">
      <div className="card empty-card">
        <Lamp size={40} />
        <h2>{title}</h2>
        <div className="t2">{children}</div>
        {actions && <div className="empty-actions">{actions}</div>}
      </div>
    </div>
  );
}

const bars = [[120, 40, 70, 120, 90], [90, 40, 70, 132, 74], [132, 40, 54, 118, 96], [104, 40, 70, 140, 66], [86, 40, 70, 112, 88], [118, 40, 54, 126, 80]];

/** Rows in the layout that will come. Still: a skeleton that moves asks for attention it has not earned. */
export function SkeletonRows({ rows = 12, height = 32 }: { rows?: number; height?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton-row" style={{ height, opacity: Math.max(0.12, 1 - row * 0.08) }}>
          {(bars[row % bars.length] ?? []).map((width, index) => (
            <span key={index} className="skeleton" style={{ width, marginInlineEnd: ([120, 40, 70, 140, 96][index] ?? width) - width }} />
          ))}
        </div>
      ))}
    </div>
  );
}

export const Skeleton = ({ width, height = 9 }: { width: number; height?: number }) => <span className="skeleton" style={{ width, height }} />;

/** The 2 px line that says that older rows are shown while newer ones are fetched. */
export const Working = ({ on }: { on: boolean }) => <div className={on ? 'working working-on' : 'working'} aria-hidden="true" />;
