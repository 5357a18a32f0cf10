interface Anchor {
  x: number;
  y: number;
  width: number;
}

export interface Spot {
  x: number;
  y: number;
}

interface Rect extends Spot {
  width: number;
  height: number;
}

const lineHeight = 15;

const overlap = (a: Rect, b: Rect): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

/** Places around an anchor, the best reading first. */
const candidates = ({ x, y, width }: Anchor): Spot[] => [
  { x: x + 10, y: y - 9 }, { x: x - 10 - width, y: y - 9 }, { x: x + 10, y: y + 10 }, { x: x - 10 - width, y: y + 10 },
  { x: x - width / 2, y: y - 17 }, { x: x - width / 2, y: y + 18 }, { x: x + 14, y }, { x: x - 14 - width, y },
  // Servers at the same place: their names stand in lines below and above each other.
  ...[25, -24, 40, -39, 55, -54, 70, -69].flatMap((dy) => [{ x: x + 10, y: y + dy }, { x: x - 10 - width, y: y + dy }]),
];

/** Where the name of each server stands: where it covers the fewest other names, pins and points. */
export function placeLabels(anchors: readonly Anchor[], obstacles: readonly Spot[], mapWidth: number): Spot[] {
  const taken: Rect[] = anchors.map(({ x, y }) => ({ x: x - 6, y: y - 6, width: 12, height: 12 }));
  const dots: Rect[] = obstacles.map(({ x, y }) => ({ x: x - 3, y: y - 3, width: 6, height: 6 }));
  return anchors.map((anchor) => {
    let best: { spot: Spot; cost: number; rect: Rect } | undefined;
    candidates(anchor).forEach((spot, rank) => {
      const rect: Rect = { x: spot.x - 2, y: spot.y - lineHeight / 2, width: anchor.width + 4, height: lineHeight };
      const outside = Math.max(0, -rect.x) + Math.max(0, rect.x + rect.width - mapWidth);
      const cost =
        taken.reduce((sum, other) => sum + overlap(rect, other) * 4, 0) + dots.reduce((sum, dot) => sum + overlap(rect, dot), 0) + outside * 100 + rank * 2;
      if (!best || cost < best.cost) best = { spot, cost, rect };
    });
    if (!best) return { x: anchor.x, y: anchor.y };
    taken.push(best.rect);
    return best.spot;
  });
}
