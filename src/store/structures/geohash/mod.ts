/**
 * Geohash: places on earth as numbers, the distance between them, and where to look for near ones.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeGeohash, encodeGeohash, GeoPoint, geohashText } from "./mod.ts";
 *
 * const geohash = encodeGeohash(13.361389, 38.115556);
 * assertEquals(geohash, 3479099956230698);
 * assertEquals(geohashText(decodeGeohash(geohash, new GeoPoint())), "sqc8b49rny0");
 * ```
 *
 * @module
 */

export { earthDistance } from "./distance.ts";
export {
  decodeGeohash,
  encodeGeohash,
  geohashText,
  GeoPoint,
  LATITUDE_MAX,
  LONGITUDE_MAX,
} from "./geohash.ts";
export { distanceInside, type GeohashRange, type GeoShape, searchRanges } from "./search_area.ts";
