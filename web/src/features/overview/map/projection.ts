import { geoEqualEarth } from 'd3-geo';
import type { GeoProjection } from 'd3-geo';
import type { Zoom } from './zoom';
import { wholeWorld } from './zoom';

/** The rectangle, in CSS pixels, that the inhabited world must fit in. The map bleeds beyond it. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

// 56 S to 79 N, and from the Bering strait to the Bering strait.
const frame: GeoJSON.MultiPoint = { type: 'MultiPoint', coordinates: [[-168.4, 60], [190, 60], [11, -55.5], [11, 78.5]] };

/** Equal Earth, turned by -11 degrees so that no continent is cut. */
export function makeProjection(width: number, height: number, box: Box, zoom: Zoom = wholeWorld): GeoProjection {
  const projection = geoEqualEarth()
    .rotate([-11, 0])
    .fitExtent([[box.left, box.top], [box.right, box.bottom]], frame)
    .clipExtent([[-20, -20], [width + 20, height + 20]])
    .precision(0.4);
  const [x, y] = projection.translate();
  return projection.scale(projection.scale() * zoom.factor).translate([x * zoom.factor + zoom.x * width, y * zoom.factor + zoom.y * height]);
}

/** Where the sun stands in the zenith; good to about a degree, which is less than a pixel here. */
export function subsolarPoint(at_ms: number): { longitude: number; latitude: number } {
  const day = at_ms / 86_400_000 - 10_957.5; // days since 2000-01-01 12:00 UTC
  const radians = Math.PI / 180;
  const mean = (357.529 + 0.98560028 * day) * radians;
  const ecliptic = (280.459 + 0.98564736 * day + 1.915 * Math.sin(mean) + 0.02 * Math.sin(2 * mean)) * radians;
  const tilt = 23.439 * radians;
  const latitude = Math.asin(Math.sin(tilt) * Math.sin(ecliptic)) / radians;
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic)) / radians;
  const sidereal = 280.46061837 + 360.98564736629 * day;
  const longitude = ((((ascension - sidereal) % 360) + 540) % 360) - 180;
  return { longitude, latitude };
}

/** Fixed steps of the choropleth, so that a colour means the same tomorrow. */
export function choroplethStep(sessions: number): 0 | 1 | 2 | 3 | 4 | 5 {
  if (sessions >= 20) return 5;
  if (sessions >= 10) return 4;
  if (sessions >= 5) return 3;
  if (sessions >= 2) return 2;
  return sessions >= 1 ? 1 : 0;
}
