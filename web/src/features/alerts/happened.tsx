import { cx } from '../../lib/text';
import { clock, fullMoment, moment } from '../../lib/time';
import { Shape } from '../../ui/shape';
import type { Step } from './steps';

/** What happened, a line each, and what will if nobody does anything: hollow. */
export function Happened({ steps, now }: { steps: readonly Step[]; now: number }) {
  const today = new Date(now * 1000).toDateString();
  return (
    <ol className="happened" data-testid="happened">
      {steps.map((step) => (
        <li key={step.key} className={cx(step.ahead && 'happened-ahead')}>
          <time className="t3" title={fullMoment(step.at)}>{new Date(step.at * 1000).toDateString() === today ? clock(step.at) : moment(step.at, now)}</time>
          <span className="happened-mark">{step.shape ? <Shape kind={step.shape} /> : <i />}</span>
          <span className="happened-text"><bdi>{step.text}</bdi>{step.note && <span className="t3"> {step.note}</span>}</span>
        </li>
      ))}
    </ol>
  );
}
