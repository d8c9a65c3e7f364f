/**
 * Measures: coordinates and lengths, from the words of a command and into its reply.
 *
 * @module
 */

import {
  invalidCoordinates,
  RADIUS_NEGATIVE,
  RADIUS_NOT_NUMERIC,
  UNSUPPORTED_UNIT,
} from "../../errors/catalogue.ts";
import { formatFixed } from "../../observability/mod.ts";
import type { Args, ReplyWriter } from "../../resp/mod.ts";
import { type GeoPoint, LATITUDE_MAX, LONGITUDE_MAX } from "../../store/mod.ts";

/** Decimals of a coordinate and of a distance in a reply, and of a coordinate in an error. */
const COORDINATE_DECIMALS = 17;
const DISTANCE_DECIMALS = 4;
const REFUSED_DECIMALS = 6;
/** Numbers from here on are printed without decimals by the engine. */
const PLAIN_MAX = 1e21;

/** A length as it was given: in units. */
export interface Length {
  readonly value: number;
  readonly metersPerUnit: number;
}

/**
 * Reads longitude and latitude.
 *
 * @param index Of the longitude.
 * @returns `into`.
 * @throws {RedisError} When they are no numbers or not on the map.
 */
export function pointAt(args: Args, index: number, into: GeoPoint): GeoPoint {
  const longitude = args.double(index), latitude = args.double(index + 1);
  if (Math.abs(longitude) > LONGITUDE_MAX || Math.abs(latitude) > LATITUDE_MAX) {
    throw invalidCoordinates(refusedText(longitude), refusedText(latitude));
  }
  into.longitude = longitude;
  into.latitude = latitude;
  return into;
}

/**
 * Reads a radius and its unit.
 *
 * @throws {RedisError} When it is negative or no number, or the unit is unknown.
 */
export function radiusAt(args: Args, index: number): Length {
  const value = args.double(index, RADIUS_NOT_NUMERIC);
  if (value < 0) throw RADIUS_NEGATIVE;
  return { value, metersPerUnit: metersPerUnitAt(args, index + 1) };
}

/**
 * Reads a unit.
 *
 * @returns Metres in one.
 * @throws {RedisError} When it is unknown.
 */
export function metersPerUnitAt(args: Args, index: number): number {
  if (args.isWord(index, "m")) return 1;
  if (args.isWord(index, "km")) return 1000;
  if (args.isWord(index, "ft")) return 0.3048;
  if (args.isWord(index, "mi")) return 1609.34;
  throw UNSUPPORTED_UNIT;
}

/** Replies longitude and latitude. */
export function replyPoint(reply: ReplyWriter, point: GeoPoint): void {
  reply.array(2);
  reply.doubleText(coordinateText(point.longitude));
  reply.doubleText(coordinateText(point.latitude));
}

/** A distance with four decimals, as GEODIST replies it. */
export function distanceText(distance: number): string {
  const scaled = distance * 10 ** DISTANCE_DECIMALS;
  const rounded = Math.round(scaled);
  const isHalf = rounded - scaled === 0.5; // goes to the even neighbour
  const digits = String(isHalf && rounded % 2 !== 0 ? rounded - 1 : rounded);
  const padded = digits.padStart(DISTANCE_DECIMALS + 1, "0");
  return `${padded.slice(0, -DISTANCE_DECIMALS)}.${padded.slice(-DISTANCE_DECIMALS)}`;
}

function coordinateText(degrees: number): string {
  return formatFixed(degrees, COORDINATE_DECIMALS).replace(/\.?0+$/, "");
}

/** A number as C's `%f` prints it. */
function refusedText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.000000";
  if (Math.abs(value) < PLAIN_MAX) return formatFixed(value, REFUSED_DECIMALS);
  return `${BigInt(value)}.${"0".repeat(REFUSED_DECIMALS)}`;
}
