/**
 * Single places beside real Redis: GEOADD, GEODIST, GEOHASH, GEOPOS.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import { differential } from "../support/differential.ts";
import { takeSeed } from "../support/seed.ts";

const UNITS = ["m", "km", "ft", "mi", "M", "Km", "FT", "mI"];
/** Sorted sets of two members are packed with the first limit, indexed with the second. */
const ENCODINGS = { packed: "128", indexed: "1" } as const;
const SICILY = ["13.361389", "38.115556", "Palermo", "15.087269", "37.502669", "Catania"];
/** Corners of the map, its middle, and numbers in unusual forms. */
const CORNERS = [
  ["180", "85.05112878", "ne"],
  ["-180", "-85.05112878", "sw"],
  ["180", "-85.05112878", "se"],
  ["-180", "85.05112878", "nw"],
  ["0", "0", "zero"],
  ["-0", "-0.0", "minus zero"],
  ["1e1", "0x1p3", "\0\xff"],
  ["+179.9999999", "1e-300", ""],
];

for (const [name, limit] of Object.entries(ENCODINGS)) {
  const config = { "zset-max-listpack-entries": limit };

  differential(`GEOADD counts what was added and, with CH, moved (${name})`, async (both) => {
    await both.same("GEOADD", "k", ...SICILY);
    await both.same("GEOADD", "k", ...SICILY);
    await both.same("GEOADD", "k", "CH", "13", "38", "Palermo", "1", "2", "new");
    await both.same("GEOADD", "k", "14", "38", "Palermo");
    await both.same("GEOADD", "k", "NX", "1", "1", "Palermo", "1", "1", "other");
    await both.same("GEOADD", "k", "xx", "ch", "2", "2", "Palermo", "2", "2", "absent");
    await both.same("GEOADD", "k", "XX", "3", "3", "Palermo");
    await both.same("GEOADD", "k", "CH", "CH", "4", "4", "twice", "5", "5", "twice");
    await both.same("GEOADD", "absent", "XX", "3", "3", "Palermo");
    await both.same("EXISTS", "absent");
    await both.same("GEOPOS", "k", "Palermo", "Catania", "new", "other", "absent", "twice");
    await both.same("OBJECT", "ENCODING", "k");
    await both.same("TYPE", "k");
  }, { config });

  differential(`places at the map's corners, and what is told of them (${name})`, async (both) => {
    for (const place of CORNERS) await both.same("GEOADD", "k", ...place);
    const members = CORNERS.map(([, , member]) => member);
    await both.same("GEOPOS", "k", ...members, "absent");
    await both.same("GEOHASH", "k", ...members, "absent");
    for (const from of [...members, "absent"]) {
      for (const to of [...members, "absent"]) await both.same("GEODIST", "k", from, to);
    }
  }, { config });
}

differential("GEOADD refuses what is no place, and then adds none", async (both) => {
  for (
    const [longitude, latitude] of [
      ["181", "0"],
      ["-180.00000001", "0"],
      ["0", "86"],
      ["0", "-85.05112879"],
      ["1e300", "-1e22"],
      ["inf", "-inf"],
      ["-0", "90"],
      ["180.0078125", "1.5"],
      ["200.0234375", "-0.0000001"],
    ]
  ) {
    await both.bothRefuse("ERR invalid longitude", "GEOADD", "k", longitude, latitude, "x");
    await both.bothRefuse(
      "ERR invalid longitude",
      ...["GEOADD", "k", "1", "1", "good", longitude, latitude, "x"],
    );
  }
  for (const word of ["", "x", "nan", "1 ", " 1", "1,5"]) {
    await both.bothRefuse("ERR value is not a valid float", "GEOADD", "k", word, "1", "x");
    await both.bothRefuse("ERR value is not a valid float", "GEOADD", "k", "1", word, "x");
  }
  for (
    const words of [
      ["1", "1"],
      ["1", "1", "a", "2"],
      ["NX", "XX", "1", "1", "a"],
      ["NX", "CH", "XX"],
      ["CH", "CH", "CH"],
      ["NX", "1", "1"],
      ["1", "1", "a", "NX"],
      ["GT", "1", "1", "a"],
      ["LT", "1", "1"],
    ]
  ) await both.same("GEOADD", "k", ...words);
  await both.same("EXISTS", "k");
});

differential("GEODIST in all units, with four decimals", async (both) => {
  await both.same("GEOADD", "k", ...SICILY, "15.087269001", "37.502669", "near");
  for (const unit of UNITS) {
    await both.same("GEODIST", "k", "Palermo", "Catania", unit);
    await both.same("GEODIST", "k", "Catania", "near", unit);
    await both.same("GEODIST", "k", "Catania", "Catania", unit);
  }
  await both.bothRefuse("ERR unsupported unit", "GEODIST", "k", "Palermo", "Catania", "miles");
  await both.bothRefuse("ERR unsupported unit", "GEODIST", "absent", "a", "b", "");
  await both.bothRefuse("ERR syntax", "GEODIST", "k", "Palermo", "Catania", "m", "m");
  await both.bothRefuse("ERR syntax", "GEODIST", "k", "Palermo", "Catania", "x", "m");
  await both.same("GEODIST", "absent", "a", "b");
  await both.same("GEODIST", "absent", "a", "b", "km");
});

differential("places of absent keys and of none at all", async (both) => {
  for (const command of ["GEOPOS", "GEOHASH"]) {
    await both.same(command, "absent");
    await both.same(command, "absent", "a", "b");
    await both.same("GEOADD", "k", ...SICILY);
    await both.same(command, "k");
    await both.same(command, "k", "Palermo", "Palermo");
  }
});

differential("places are refused where a value is of another type", async (both) => {
  await both.same("SET", "string", "1");
  await both.bothRefuse("WRONGTYPE", "GEOADD", "string", "1", "1", "a");
  await both.bothRefuse("ERR invalid", "GEOADD", "string", "999", "1", "a");
  await both.bothRefuse("WRONGTYPE", "GEODIST", "string", "a", "b");
  await both.bothRefuse("ERR unsupported", "GEODIST", "string", "a", "b", "x");
  await both.bothRefuse("WRONGTYPE", "GEOHASH", "string");
  await both.bothRefuse("WRONGTYPE", "GEOPOS", "string", "a");
});

differential("geo commands refuse a wrong number of arguments", async (both) => {
  const names = `geoadd geodist geohash geopos georadius georadius_ro georadiusbymember
    georadiusbymember_ro geosearch geosearchstore`;
  for (const name of names.split(/\s+/)) {
    await both.bothRefuse("ERR wrong number", name);
    for (let count = 1; count <= 8; count++) {
      await both.same(name.toUpperCase(), ...Array<string>(count).fill("1"));
    }
  }
});

differential("random places have the same positions, geohashes and distances", async (both) => {
  const random = new SeededRandom(takeSeed("random places"));
  const near = (middle: number, width: number) =>
    String(middle + (random.nextUint32() / 2 ** 32 - 0.5) * width);
  const members = Array.from({ length: 60 }, (_, index) => `m${index}`);
  for (let round = 0; round < 10; round++) {
    for (const member of members) {
      const isNear = random.below(3) === 0;
      const place = isNear ? [near(13, 1e-4), near(38, 1e-4)] : [near(0, 360), near(0, 170)];
      await both.same("GEOADD", "k", ...place, member);
    }
    await both.same("GEOPOS", "k", ...members);
    await both.same("GEOHASH", "k", ...members);
    for (let count = 0; count < 60; count++) {
      const [from, to] = [members[random.below(60)], members[random.below(60)]];
      await both.same("GEODIST", "k", from, to, UNITS[random.below(UNITS.length)]);
    }
  }
});
