/**
 * Geohash: a place on earth as one whole number, such that near places mostly have near numbers.
 *
 * *How it works.* Halve the map: is the place in the western or the eastern half? That is one bit.
 * Halve that half from south to north: one more. Go on in turn, and after 26 bits a direction the
 * rest is a cell of about 0.6 m × 0.3 m. The bits in the order in which they were asked are the
 * geohash:
 *
 *   +-------+-------+-------+-------+
 *   | 01 01 | 01 11 | 11 01 | 11 11 |      first two bits: which quarter of the map
 *   +-------+-------+-------+-------+      next two: which quarter of that quarter
 *   | 01 00 | 01 10 | 11 00 | 11 10 |
 *   +-------+-------+-------+-------+      in each pair, longitude comes first
 *   | 00 01 | 00 11 | 10 01 | 10 11 |
 *   +-------+-------+-------+-------+
 *   | 00 00 | 00 10 | 10 00 | 10 10 |
 *   +-------+-------+-------+-------+
 *
 * All places in one cell begin with the cell's bits, so they are *one range of numbers*. That is the
 * whole trick: whatever keeps numbers in order, a sorted set for instance, can look up a cell. The
 * reverse does not hold (two places on either side of the equator are near, and their first bits
 * differ), so who searches around a place asks for the neighbouring cells too; see `search_area.ts`.
 *
 * Nobody really halves 26 times: the column of the cell is the longitude scaled to 2^26, the row the
 * latitude, and the geohash is both woven together. 52 bits are no accident: a double holds them
 * exactly, and scores of sorted sets are doubles.
 *
 * The map ends at ±85.05° where the Mercator projection becomes a square. Text for the outside world
 * (geohash.org) halves ±90° instead, so it is worked out anew from the place.
 *
 * Always true: decoding gives the middle of the cell, so that encoding it again gives the same number
 * (but on the 180th meridian east, which has a column of its own and so one bit too many).
 * Behaviour: Redis 7.0 GEOADD, GEOPOS, GEOHASH, to the last bit. Idea: Morton 1966, Niemeyer 2008.
 *
 * @module
 */

import { evenBitsOf, oddBitsOf, weave } from "./morton.ts";

/** The most bits a direction. */
export const GEOHASH_STEPS_MAX = 26;
/** Longitudes lie between minus this and this, in degrees. */
export const LONGITUDE_MAX = 180;
/** Latitudes lie between minus this and this, in degrees. */
export const LATITUDE_MAX = 85.05112878;
/** Latitudes of geohashes in text. */
const TEXT_LATITUDE_MAX = 90;

/** 32 characters, 5 bits each: digits and letters without a, i, l and o. */
const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";
/** Characters that 50 of the 52 bits make. */
const TEXT_CHARACTER_COUNT = 10;

/** A place, in degrees. */
export class GeoPoint {
  longitude = 0;
  latitude = 0;
}

/**
 * The geohash of 52 bits of a place.
 *
 * The outermost east and north are a column and a row of their own, 2^26, so the result may have 54
 * bits there.
 *
 * @param longitude At most `LONGITUDE_MAX` in size.
 * @param latitude At most `LATITUDE_MAX` in size.
 */
export function encodeGeohash(longitude: number, latitude: number): number {
  return weave(
    cellIndexOf(latitude, LATITUDE_MAX, GEOHASH_STEPS_MAX),
    cellIndexOf(longitude, LONGITUDE_MAX, GEOHASH_STEPS_MAX),
  );
}

/**
 * The place that a geohash of 52 bits stands for: the middle of its cell.
 *
 * @param geohash Any number; one that is no geohash gives some place, as in Redis.
 * @returns `into`.
 */
export function decodeGeohash(geohash: number, into: GeoPoint): GeoPoint {
  into.longitude = cellMiddle(oddBitsOf(geohash), LONGITUDE_MAX);
  into.latitude = cellMiddle(evenBitsOf(geohash), LATITUDE_MAX);
  return into;
}

/**
 * A place as the rest of the world writes it: 11 characters, as on geohash.org.
 *
 * @returns 10 characters that say something, and a 0, as 52 bits do not fill the eleventh.
 */
export function geohashText(point: GeoPoint): string {
  let bits = weave(
    cellIndexOf(point.latitude, TEXT_LATITUDE_MAX, GEOHASH_STEPS_MAX),
    cellIndexOf(point.longitude, LONGITUDE_MAX, GEOHASH_STEPS_MAX),
  );
  bits = Math.floor(bits / 4);
  let text = "0";
  for (let count = 0; count < TEXT_CHARACTER_COUNT; count++) {
    text = ALPHABET[bits % ALPHABET.length] + text;
    bits = Math.floor(bits / ALPHABET.length);
  }
  return text;
}

/**
 * The column or row of the cell that a coordinate lies in.
 *
 * @param degrees Between `-max` and `max`.
 * @param steps Bits a direction; there are 2^steps cells.
 */
export function cellIndexOf(degrees: number, max: number, steps: number): number {
  return Math.trunc((degrees + max) / (max + max) * 2 ** steps);
}

/** Where a column or row begins, in degrees, and where the one before it ends. */
export function cellEdge(index: number, max: number, steps: number): number {
  return -max + index / 2 ** steps * (max + max);
}

/** The middle of a column or row of the finest cells; kept on the map. */
function cellMiddle(index: number, max: number): number {
  const from = cellEdge(index, max, GEOHASH_STEPS_MAX);
  const to = cellEdge((index + 1) >>> 0, max, GEOHASH_STEPS_MAX);
  return Math.max(-max, Math.min(max, (from + to) / 2));
}
