import type { MapPoint } from './flows';

const directions: Record<string, [number, number]> = {
  ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1],
};

/** The next place in the direction of an arrow key: near and straight ahead beats far or aside. Starts at the most crowded. */
export function walk(points: readonly MapPoint[], from: MapPoint | undefined, key: string): MapPoint | undefined {
  const direction = directions[key];
  if (!direction) return from;
  if (!from) return points[0];
  let best: { point: MapPoint; cost: number } | undefined;
  for (const point of points) {
    const [dx, dy] = [point.x - from.x, point.y - from.y];
    const ahead = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    if (point === from || ahead <= 0) continue;
    const cost = ahead + aside * 2;
    if (!best || cost < best.cost) best = { point, cost };
  }
  return best?.point ?? from;
}
