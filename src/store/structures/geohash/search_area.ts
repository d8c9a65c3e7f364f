/**
 * Search area: the ranges of geohashes to look through for places around a centre.
 *
 * *How it works.* Cells of one size form a chessboard. Pick a size at which the circle or box that is
 * searched fits into three by three cells, the centre in the middle one: then nine ranges of geohashes
 * hold all places that can be meant, and a few more, whose distance is checked one by one. Where the
 * area does not reach over an edge of the middle cell, the neighbours beyond are left out.
 *
 *   +------+------+------+
 *   | NW   |  N   |  NE  |       the circle does not reach south, so S, SW and SE
 *   |    .-|------|-.    |       are not looked through
 *   +----|-+------+-|----+
 *   | W   \|  o   |/  E  |
 *   |      `------'      |
 *   +------+------+------+
 *   | SW   |  S   |  SE  |
 *   +------+------+------+
 *
 * Degrees of longitude shrink towards the poles, so the size is estimated from the radius and the
 * latitude, and made coarser once when an outer edge turns out too near.
 *
 * The order of the ranges and which are left out decide what `COUNT n ANY` finds, so they are those
 * of Redis. With cells as large as a quarter of the earth, neighbours on both sides are the same cell;
 * only one that equals its predecessor is passed over, and the middle one is never compared.
 *
 * Behaviour: Redis 7.0 GEOSEARCH.
 *
 * @module
 */

import {
  degreesOf,
  EARTH_RADIUS_METERS,
  earthDistance,
  meridianDistance,
  radiansOf,
} from "./distance.ts";
import {
  cellEdge,
  cellIndexOf,
  GEOHASH_STEPS_MAX,
  type GeoPoint,
  LATITUDE_MAX,
  LONGITUDE_MAX,
} from "./geohash.ts";
import { weave } from "./morton.ts";

/** Half the equator in metres, about: the largest area there is. */
const RADIUS_METERS_MAX = 20037726.37;
/** Latitudes, in degrees, beyond which cells are taken once and twice coarser. */
const COARSE_LATITUDE = 66;
const COARSER_LATITUDE = 80;

/** Far more than what rounding can do to a distance, as a part of it. */
const ROUNDING_MARGIN = 1e-6;

/** A circle or box around a centre; lengths in units of `metersPerUnit`. */
export interface GeoShape {
  readonly center: GeoPoint;
  readonly metersPerUnit: number;
  readonly extent:
    | { readonly kind: "circle"; readonly radius: number }
    | { readonly kind: "box"; readonly width: number; readonly height: number };
}

/** The geohashes of 52 bits from a number to below another. */
export interface GeohashRange {
  readonly from: number;
  readonly below: number;
}

/** A cell of the map: `2^steps` columns and rows. */
interface Cell {
  readonly column: number;
  readonly row: number;
  readonly steps: number;
}

/** The outermost longitudes and latitudes of an area, in degrees; they may lie beyond the map. */
interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** The neighbours in the order in which they are looked through, as steps to the east and north. */
const DIRECTIONS: readonly (readonly [east: number, north: number])[] = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

/**
 * The distance of a place from a shape's centre.
 *
 * @returns Metres; -1 if the place is outside.
 */
export function distanceInside(shape: GeoShape, point: GeoPoint): number {
  const { center, extent, metersPerUnit } = shape;
  const { longitude, latitude } = point;
  const northward = meridianDistance(latitude, center.latitude);
  if (extent.kind === "circle") {
    // No way is shorter than along the meridian: most places outside need no sines.
    if (northward > extent.radius * metersPerUnit * (1 + ROUNDING_MARGIN)) return -1;
  } else {
    if (northward > extent.height * metersPerUnit / 2) return -1;
    const eastward = earthDistance(longitude, latitude, center.longitude, latitude);
    if (eastward > extent.width * metersPerUnit / 2) return -1;
  }
  const meters = earthDistance(center.longitude, center.latitude, longitude, latitude);
  return extent.kind === "circle" && meters > extent.radius * metersPerUnit ? -1 : meters;
}

/**
 * The ranges that hold all geohashes of places in a shape.
 *
 * @returns One to nine, in the order in which they are to be looked through.
 */
export function searchRanges(shape: GeoShape): GeohashRange[] {
  const bounds = boundsOf(shape);
  let center = cellAround(shape.center, estimateSteps(shape));
  if (center.steps > 1 && reachesBeyondNeighbours(bounds, center)) {
    center = cellAround(shape.center, center.steps - 1);
  }
  const ranges = [rangeOf(center)];
  let previous: Cell | undefined;
  for (const [east, north] of DIRECTIONS) {
    if (center.steps >= 2 && isNeedless(bounds, center, east, north)) continue;
    const cell = neighbourOf(center, east, north);
    if (previous?.column === cell.column && previous.row === cell.row) continue;
    ranges.push(rangeOf(cell));
    previous = cell;
  }
  return ranges;
}

/** Bits a direction at which three by three cells hold the shape, as a rule. */
function estimateSteps(shape: GeoShape): number {
  const { extent, metersPerUnit } = shape;
  const latitude = Math.abs(shape.center.latitude);
  let radiusMeters = metersPerUnit *
    (extent.kind === "circle" ? extent.radius : Math.sqrt(
      (extent.width / 2) * (extent.width / 2) + (extent.height / 2) * (extent.height / 2),
    ));
  if (radiusMeters === 0) return GEOHASH_STEPS_MAX;
  let steps = -1;
  for (; radiusMeters < RADIUS_METERS_MAX; radiusMeters *= 2) steps++;
  if (latitude > COARSE_LATITUDE) steps--;
  if (latitude > COARSER_LATITUDE) steps--;
  return Math.max(1, Math.min(GEOHASH_STEPS_MAX, steps));
}

function boundsOf(shape: GeoShape): Bounds {
  const { extent, metersPerUnit } = shape;
  const { longitude, latitude } = shape.center;
  const halfHeight = metersPerUnit * (extent.kind === "circle" ? extent.radius : extent.height / 2);
  const halfWidth = metersPerUnit * (extent.kind === "circle" ? extent.radius : extent.width / 2);
  const northward = degreesOf(halfHeight / EARTH_RADIUS_METERS);
  // The edge that is nearer to its pole spans more degrees.
  const polewards = latitude < 0 ? latitude - northward : latitude + northward;
  const eastward = degreesOf(halfWidth / EARTH_RADIUS_METERS / Math.cos(radiansOf(polewards)));
  return {
    west: longitude - eastward,
    south: latitude - northward,
    east: longitude + eastward,
    north: latitude + northward,
  };
}

function cellAround(point: GeoPoint, steps: number): Cell {
  return {
    column: cellIndexOf(point.longitude, LONGITUDE_MAX, steps),
    row: cellIndexOf(point.latitude, LATITUDE_MAX, steps),
    steps,
  };
}

/** A neighbour; the map is round in both directions. */
function neighbourOf({ column, row, steps }: Cell, east: number, north: number): Cell {
  const cellCount = 2 ** steps;
  return {
    column: east === 0 ? column : (column + east + cellCount) % cellCount,
    row: north === 0 ? row : (row + north + cellCount) % cellCount,
    steps,
  };
}

/** Whether an area ends beyond the neighbours of its middle cell. */
function reachesBeyondNeighbours(bounds: Bounds, center: Cell): boolean {
  return northEdge(neighbourOf(center, 0, 1)) < bounds.north ||
    southEdge(neighbourOf(center, 0, -1)) > bounds.south ||
    eastEdge(neighbourOf(center, 1, 0)) < bounds.east ||
    westEdge(neighbourOf(center, -1, 0)) > bounds.west;
}

/** Whether an area does not reach over the edge of its middle cell that a neighbour lies behind. */
function isNeedless(bounds: Bounds, center: Cell, east: number, north: number): boolean {
  return (north < 0 && southEdge(center) < bounds.south) ||
    (north > 0 && northEdge(center) > bounds.north) ||
    (east < 0 && westEdge(center) < bounds.west) ||
    (east > 0 && eastEdge(center) > bounds.east);
}

function southEdge({ row, steps }: Cell): number {
  return cellEdge(row, LATITUDE_MAX, steps);
}

function northEdge({ row, steps }: Cell): number {
  return cellEdge(row + 1, LATITUDE_MAX, steps);
}

function westEdge({ column, steps }: Cell): number {
  return cellEdge(column, LONGITUDE_MAX, steps);
}

function eastEdge({ column, steps }: Cell): number {
  return cellEdge(column + 1, LONGITUDE_MAX, steps);
}

/** The geohashes that begin with a cell's bits. */
function rangeOf({ column, row, steps }: Cell): GeohashRange {
  const bits = weave(row, column);
  const geohashesPerCell = 4 ** (GEOHASH_STEPS_MAX - steps);
  return { from: bits * geohashesPerCell, below: (bits + 1) * geohashesPerCell };
}
