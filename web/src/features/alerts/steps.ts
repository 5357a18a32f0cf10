import type { AlertRule, Delivery, Incident } from '../../api/types.gen';
import type { ShapeKind } from '../../lib/health';
import { severityOf } from '../../lib/incident';
import { sentence, visible } from '../../lib/text';
import { duration } from '../../lib/time';

/** A line of "What happened". One that lies ahead is hollow. */
export interface Step {
  at: number;
  key: string;
  shape?: ShapeKind;
  text: string;
  note: string;
  ahead?: boolean;
}

const notices: Record<Delivery['notice'], string> = { fired: '', again: 'again', resolved: 'that it is over', test: 'test' };

const took = (seconds: number): string => (seconds < 9.95 ? `${Math.max(0, seconds).toFixed(1)} s` : duration(seconds));

function ofDelivery(delivery: Delivery, now: number): Step {
  const what = `${visible(delivery.channel)}${notices[delivery.notice] ? ` told ${notices[delivery.notice]}` : ''}`;
  const tries = delivery.tries > 1 ? `, ${delivery.tries} tries` : '';
  const others = delivery.others > 0 ? `, with ${delivery.others} more` : '';
  const key = `delivery ${delivery.id}`;
  const result = sentence(visible(delivery.result));
  switch (delivery.state) {
    case 'delivered':
      return { at: delivery.done_at ?? delivery.made_at, key, text: what, note: `delivered in ${took((delivery.done_at ?? delivery.made_at) - delivery.made_at)}${tries}${others}` };
    case 'failed':
      return { at: delivery.done_at ?? delivery.made_at, key, shape: 'crit', text: `${what} could not be told`, note: `${result}${tries}` };
    case 'dropped':
      return { at: delivery.done_at ?? delivery.made_at, key, text: `${what} was not told`, note: result };
    default: {
      // What should have gone already is being tried: it is not ahead.
      const ahead = delivery.next_at > now;
      return { at: ahead ? delivery.next_at : delivery.made_at, key, text: ahead ? `${what} will be told,` : `${what} is being told`, note: [result && `${result.charAt(0).toLowerCase()}${result.slice(1, -1)}`, tries.slice(2)].filter(Boolean).join(', '), ahead };
    }
  }
}

const quiet: ReadonlySet<string> = new Set(['seen', 'folded', 'note', 'told', 'silenced', 'acknowledged']);

function ofMarks(incident: Incident, hasDeliveries: boolean): Step[] {
  return incident.marks.filter(({ what }) => what !== 'told' || !hasDeliveries).map((mark, index) => {
    const shape = mark.what === 'fired' ? severityOf(incident).shape : mark.what === 'resolved' ? 'ok' : mark.what === 'flapping' ? 'warn' : undefined;
    return { at: mark.at, key: `mark ${index}`, text: visible(mark.text) || mark.what, note: '', ...(shape && !quiet.has(mark.what) ? { shape } : {}) };
  });
}

/** Marks and deliveries in order, then what lies ahead. */
export function stepsOf(incident: Incident, deliveries: readonly Delivery[], rule: AlertRule | undefined, now: number): Step[] {
  const steps = [...ofMarks(incident, deliveries.length > 0), ...deliveries.map((delivery) => ofDelivery(delivery, now))];
  const told = deliveries.filter(({ notice }) => notice === 'fired' || notice === 'again').map(({ made_at }) => made_at);
  const waits = incident.state === 'firing' && incident.acknowledged_at === undefined && incident.silence_id === undefined;
  if (rule && rule.repeat_seconds > 0 && waits && told.length > 0) steps.push({ at: Math.max(...told) + rule.repeat_seconds, key: 'again', text: '', note: 'If nobody takes it: told again', ahead: true });
  return steps.sort((a, b) => Number(a.ahead ?? false) - Number(b.ahead ?? false) || a.at - b.at);
}
