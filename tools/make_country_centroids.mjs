#!/usr/bin/env node
// Writes src/enrich/geoip/country_centroids.inc: where to put a country on the map when only its code is known.
//
//   npm install --prefix /tmp/atlas world-atlas@2
//   node tools/make_country_centroids.mjs /tmp/atlas/node_modules/world-atlas/countries-10m.json \
//        /usr/share/iso-codes/json/iso_3166-1.json > src/enrich/geoip/country_centroids.inc
//
// Shapes: Natural Earth 1:10m (public domain) by way of world-atlas. Codes: Debian's iso-codes. Names: CLDR, as Node has them.
// The point is the middle of the country's largest piece of land; where that is outside of it, its innermost point.
import { readFileSync } from "node:fs";

const [atlasPath, isoPath] = process.argv.slice(2);
const atlas = JSON.parse(readFileSync(atlasPath, "utf8"));
const codes = JSON.parse(readFileSync(isoPath, "utf8"))["3166-1"];

// Not a shape of its own in Natural Earth, or one whose middle says little: [latitude, longitude].
const byHand = {
  AQ: [-82.0, 0.0], BQ: [12.18, -68.24], BV: [-54.42, 3.35], CC: [-12.16, 96.87], CX: [-10.49, 105.62], FJ: [-17.8, 178.0],
  GF: [3.93, -53.1], GP: [16.2, -61.55], KI: [1.42, 173.0], MQ: [14.65, -61.0], MY: [4.2, 102.0], RE: [-21.13, 55.53],
  MA: [31.9, -6.4], SJ: [78.6, 16.4], TK: [-9.2, -171.85], UM: [19.3, 166.65], VA: [41.9, 12.45],
  YT: [-12.82, 45.15],
};
// CLDR's long names are right for prose, not for a table column.
const shortNames = {
  BA: "Bosnia and Herzegovina", CD: "DR Congo", CG: "Congo", HK: "Hong Kong", MM: "Myanmar", MO: "Macao", PS: "Palestine",
  AG: "Antigua and Barbuda", HM: "Heard and McDonald Islands", KN: "St. Kitts and Nevis", PM: "St. Pierre and Miquelon",
  GS: "South Georgia", SJ: "Svalbard and Jan Mayen", ST: "São Tomé and Príncipe", TC: "Turks and Caicos Islands",
  TT: "Trinidad and Tobago", VC: "St. Vincent and the Grenadines", WF: "Wallis and Futuna", CI: "Côte d'Ivoire",
};

const { scale, translate } = atlas.transform;
const arcs = atlas.arcs.map((arc) => {
  let x = 0;
  let y = 0;
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
});

// A ring as [longitude, latitude] points that run on past 180 degrees instead of jumping.
function ring(indices) {
  const points = indices.flatMap((i) => (i < 0 ? [...arcs[~i]].reverse() : arcs[i]).slice(1));
  let turn = 0;
  return points.map(([longitude, latitude], i) => {
    if (i > 0) {
      const step = longitude - points[i - 1][0];
      if (step > 180) turn -= 360;
      if (step < -180) turn += 360;
    }
    return [longitude + turn, latitude];
  });
}

// Signed area and centroid; the plane is squeezed at the ring's middle latitude, which is exact enough for a dot on a map.
function measure(points) {
  const middle = points.reduce((sum, p) => sum + p[1], 0) / points.length;
  const squeeze = Math.cos((middle * Math.PI) / 180);
  let area = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i < points.length; ++i) {
    const [x0, y0] = [(points[i][0] - points[0][0]) * squeeze, points[i][1] - points[0][1]];
    const next = points[(i + 1) % points.length];
    const [x1, y1] = [(next[0] - points[0][0]) * squeeze, next[1] - points[0][1]];
    const cross = x0 * y1 - x1 * y0;
    area += cross / 2;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  }
  return { area: Math.abs(area), squeeze, centre: [points[0][0] + x / (6 * area) / squeeze, points[0][1] + y / (6 * area)] };
}

function isInside([x, y], points) {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [xi, yi] = points[i];
    const [xj, yj] = points[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

// The grid point that is farthest from the border: for countries shaped like a crescent.
function innermost(points, squeeze) {
  const longitudes = points.map((p) => p[0]);
  const latitudes = points.map((p) => p[1]);
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  let best = { distance: -1 };
  for (let i = 1; i < 60; ++i) {
    for (let j = 1; j < 60; ++j) {
      const point = [west + ((east - west) * i) / 60, south + ((north - south) * j) / 60];
      if (!isInside(point, points)) continue;
      const distance = Math.min(...points.map((p) => Math.hypot((p[0] - point[0]) * squeeze, p[1] - point[1])));
      if (distance > best.distance) best = { distance, point };
    }
  }
  return best.point;
}

function middle(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs;
  const rings = polygons.map((polygon) => ring(polygon[0])).map((points) => ({ points, ...measure(points) }));
  const largest = rings.reduce((a, b) => (b.area > a.area ? b : a));
  const inside = isInside(largest.centre, largest.points);
  const [longitude, latitude] = inside ? largest.centre : innermost(largest.points, largest.squeeze);
  return [latitude, ((longitude + 540) % 360) - 180];
}

const shapes = new Map();
for (const geometry of atlas.objects.countries.geometries) {
  if (geometry.type === null) continue;
  const key = geometry.properties.name === "Kosovo" ? "XK" : geometry.id;
  // Australia's number is used for its reefs as well; the first shape is the country.
  if (key !== undefined && !shapes.has(key)) shapes.set(key, geometry);
}

const names = new Intl.DisplayNames(["en"], { type: "region" });
const countries = codes.map((code) => ({ code: code.alpha_2, numeric: code.numeric }));
countries.push({ code: "XK", numeric: "XK" });
countries.sort((a, b) => (a.code < b.code ? -1 : 1));

console.log("// Made by tools/make_country_centroids.mjs from Natural Earth (public domain): code, name, latitude, longitude.");
for (const { code, numeric } of countries) {
  const shape = shapes.get(numeric);
  if (byHand[code] === undefined && shape === undefined) throw new Error(`no place for ${code}`);
  const [latitude, longitude] = byHand[code] ?? middle(shape);
  const name = shortNames[code] ?? names.of(code).replace(" & ", " and ").replaceAll("’", "'");
  console.log(`{"${code}", "${name}", ${latitude.toFixed(2)}, ${longitude.toFixed(2)}},`);
}
