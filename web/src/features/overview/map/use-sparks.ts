import { useEffect } from 'react';
import type { RefObject } from 'react';
import type { Flow } from './flows';
import { onCurve } from './flows';

const pxPerSecond = 14;
const mostSparks = 150;
const frameMs = 33;

interface Spark {
  flow: Flow;
  start: number;
  gap: number;
}

/** Crowded arcs carry their sparks closer together. */
const gapOf = (sessions: number): number => (sessions >= 10 ? 70 : sessions >= 5 ? 110 : 190);

/** A fixed start per arc, so that sparks do not jump when the data changes. */
function seed(key: string): number {
  let hash = 2166136261;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 16777619);
  return (hash >>> 0) / 4294967296;
}

function makeSparks(flows: readonly Flow[]): Spark[] {
  const sparks: Spark[] = [];
  for (const flow of flows) {
    if (flow.silent) continue;
    const gap = gapOf(flow.sessions);
    const first = seed(flow.key) * gap;
    for (let start = first; start < flow.length + gap && sparks.length < mostSparks; start += gap) sparks.push({ flow, start, gap });
  }
  return sparks;
}

export interface SparkSetup {
  flows: readonly Flow[];
  color: string;
  scale: number;
  width: number;
  height: number;
  active: boolean;
}

/** Moves small lights from the clients to the servers at 14 px/s. They are the traffic, so they stop when it is not known. */
export function useSparks(canvas: RefObject<HTMLCanvasElement | null>, setup: SparkSetup): void {
  const { flows, color, scale, width, height, active } = setup;
  useEffect(() => {
    const ctx = canvas.current?.getContext('2d');
    if (!ctx) return;
    const clear = () => ctx.clearRect(0, 0, width, height);
    if (!active) return clear();
    const sparks = makeSparks(flows);
    let frame = 0;
    let painted = 0;
    const paint = (now: number) => {
      frame = requestAnimationFrame(paint);
      if (now - painted < frameMs) return;
      painted = now;
      clear();
      ctx.fillStyle = color;
      for (const { flow, start, gap } of sparks) {
        const run = Math.ceil((flow.length + gap) / gap) * gap;
        const way = (start + (now / 1000) * pxPerSecond) % run;
        if (way > flow.length) continue;
        const [x, y] = onCurve(flow, way / flow.length);
        ctx.beginPath();
        ctx.arc(x, y, 1.05 * scale, 0, Math.PI * 2);
        ctx.fill();
      }
    };
    frame = requestAnimationFrame(paint);
    return () => cancelAnimationFrame(frame);
  }, [canvas, flows, color, scale, width, height, active]);
}
