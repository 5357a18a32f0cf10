/** How near the map is: a place of the whole map, as a fraction of its width and height, lands at `place * factor + offset`. */
export interface Zoom {
  factor: number;
  x: number;
  y: number;
}

export const wholeWorld: Zoom = { factor: 1, x: 0, y: 0 };
const nearest = 8;

/** Keeps the map over its whole frame: it may bleed, but never show an edge. */
function within({ factor, x, y }: Zoom): Zoom {
  const least = 1 - factor;
  return { factor, x: Math.min(0, Math.max(least, x)), y: Math.min(0, Math.max(least, y)) };
}

/** Nearer or farther by `by`, while the place under (x, y) stays where it is. */
export function zoomAt(zoom: Zoom, by: number, at: { x: number; y: number }): Zoom {
  const factor = Math.min(nearest, Math.max(1, zoom.factor * by));
  const grown = factor / zoom.factor;
  return within({ factor, x: at.x - (at.x - zoom.x) * grown, y: at.y - (at.y - zoom.y) * grown });
}

export const panBy = (zoom: Zoom, dx: number, dy: number): Zoom => within({ ...zoom, x: zoom.x + dx, y: zoom.y + dy });
