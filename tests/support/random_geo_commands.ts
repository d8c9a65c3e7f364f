/**
 * Random commands on places.
 *
 * STOREDIST is not among them: the last bit of a distance may differ, and would show as a score.
 *
 * @module
 */

import { keyOf, many, oneOf, type Part, type RandomGroup, some } from "./random_parts.ts";

const LONGITUDES = ["0", "13.361389", "13.3614", "15.087269", "-74", "180", "-180", "181", "x"];
const LATITUDES = [
  "0",
  "38.115556",
  "38.1155",
  "37.502669",
  "40.7",
  "85.05112878",
  "-85",
  "86",
  "",
];
const MEMBERS = ["Palermo", "Catania", "12", "", "\0\xff", "m".repeat(70), "x", "y", "z"];
const SIZES = ["0", "1", "200", "1000.5", "40000", "1e7", "-1", "x", "inf"];
const UNITS = ["m", "km", "KM", "ft", "mi", "mile"];
const COUNTS = ["1", "2", "5", "100", "0", "-1", "x"];

const key = keyOf("geo:1", "geo:2", "geo:3");
const member = oneOf(...MEMBERS);
const point: Part = (pick) => [pick(LONGITUDES), pick(LATITUDES)];
const radius: Part = (pick) => [pick(SIZES), pick(UNITS)];
const unit = oneOf("m", "km", "FT", "mi", "x");
const center: Part = (pick) =>
  pick([["FROMMEMBER", pick(MEMBERS)], ["FROMLONLAT", pick(LONGITUDES), pick(LATITUDES)], []]);
const extent: Part = (pick) =>
  pick([
    ["BYRADIUS", pick(SIZES), pick(UNITS)],
    ["BYBOX", pick(SIZES), pick(SIZES), pick(UNITS)],
    ["BYBOX", pick(SIZES), pick(UNITS)],
  ]);
const options = some("ASC", "desc", "ANY", ["COUNT", COUNTS], ["count", COUNTS]);
const details = some("WITHDIST", "WITHHASH", "withcoord");
const conditions = some("NX", "xx", "CH");

/** The commands of the group. */
export const RANDOM_PLACES: RandomGroup = {
  config: { "zset-max-listpack-entries": "4" },
  shapes: {
    same: [
      ["GEOADD", key, many(point, member)],
      ["GEOADD", key, conditions, many(point, member)],
      ["GEODIST", key, member, member],
      ["GEODIST", key, member, member, unit],
      ["GEOPOS", key, many(member)],
      ["GEOHASH", key, many(member)],
      ["GEOSEARCH", key, center, extent, options, details],
      ["GEOSEARCHSTORE", key, key, center, extent, options],
      ["GEORADIUS", key, point, radius, options, details],
      ["GEORADIUS_RO", key, point, radius, details],
      ["GEORADIUSBYMEMBER", key, member, radius, options, "STORE", key],
      ["GEORADIUSBYMEMBER_RO", key, member, radius, options, details],
    ],
  },
};
