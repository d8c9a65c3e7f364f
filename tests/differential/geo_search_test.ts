/**
 * Searches for places beside real Redis: GEOSEARCH, GEORADIUS and its kin.
 *
 * @module
 */

import { assert } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import { takeSeed } from "../support/seed.ts";

const SICILY = [
  ["13.361389", "38.115556", "Palermo"],
  ["15.087269", "37.502669", "Catania"],
  ["13.583333", "37.316667", "Agrigento"],
  ["12.758489", "38.788135", "edge1"],
  ["17.241510", "38.788135", "edge2"],
  ["12.758489", "38.788135", "edge1 again"],
].flat();

const DETAILS = [
  [],
  ["WITHDIST"],
  ["WITHHASH"],
  ["WITHCOORD"],
  ["withcoord", "WithDist", "WITHHASH"],
  ["WITHHASH", "WITHDIST", "WITHDIST"],
];
const ORDERS = [
  [],
  ["ASC"],
  ["desc"],
  ["ASC", "DESC"],
  ["COUNT", "2"],
  ["COUNT", "2", "DESC"],
  ["COUNT", "1", "ANY"],
  ["ANY", "COUNT", "3", "ASC"],
  ["COUNT", "100"],
  ["COUNT", "9223372036854775807", "ANY"],
];
const CENTERS = [["FROMLONLAT", "15", "37"], ["FROMMEMBER", "Catania"]];
const EXTENTS = [
  ["BYRADIUS", "200", "km"],
  ["BYRADIUS", "0", "m"],
  ["byradius", "100", "MI"],
  ["BYBOX", "400", "400", "km"],
  ["BYBOX", "0", "0", "m"],
  ["bybox", "1e6", "2e5", "ft"],
];

for (const limit of ["128", "1"]) {
  const name = limit === "1" ? "indexed" : "packed";
  const config = { "zset-max-listpack-entries": limit };

  differential(`GEOSEARCH with every centre, extent, order and detail (${name})`, async (both) => {
    await both.same("GEOADD", "k", ...SICILY);
    for (const center of CENTERS) {
      for (const extent of EXTENTS) {
        for (const order of ORDERS) {
          await both.same("GEOSEARCH", "k", ...center, ...extent, ...order);
        }
        for (const details of DETAILS) {
          await both.same("GEOSEARCH", "k", ...details, ...extent, "ASC", ...center);
        }
      }
    }
  }, { config });

  differential(`GEORADIUS and GEORADIUSBYMEMBER, _RO too (${name})`, async (both) => {
    await both.same("GEOADD", "k", ...SICILY);
    for (const suffix of ["", "_RO"]) {
      for (const [radius, unit] of [["200", "km"], ["0", "m"], ["1e9", "ft"], ["100", "Mi"]]) {
        for (const rest of [...DETAILS, ...ORDERS]) {
          await both.same(`GEORADIUS${suffix}`, "k", "15", "37", radius, unit, ...rest);
          await both.same(`GEORADIUSBYMEMBER${suffix}`, "k", "Catania", radius, unit, ...rest);
        }
      }
    }
  }, { config });
}

differential("searches of absent keys read their options nevertheless", async (both) => {
  const keys = ["absent", "k"];
  await both.same("GEOADD", "k", ...SICILY);
  for (const key of keys) {
    await both.same("GEOSEARCH", key, "FROMMEMBER", "Catania", "BYRADIUS", "1", "km");
    await both.same("GEOSEARCH", key, "FROMMEMBER", "nobody", "BYRADIUS", "1", "km");
    await both.same("GEOSEARCH", key, "FROMMEMBER", "Catania", "BYRADIUS", "1", "x");
    await both.same("GEORADIUSBYMEMBER", key, "nobody", "x", "y");
    await both.same("GEORADIUSBYMEMBER", key, "Catania", "x", "y");
    await both.same("GEORADIUSBYMEMBER", key, "Catania", "1", "km", "WITHDIST", "STORE", "to");
    await both.same("GEORADIUS", key, "15", "37", "x", "km");
    for (const command of ["GEOSEARCHSTORE", "GEORADIUS", "GEORADIUSBYMEMBER"]) {
      await both.same("SET", "to", "old");
      const words = command === "GEOSEARCHSTORE"
        ? ["to", "absent", "FROMLONLAT", "1", "1", "BYBOX", "1", "1", "m"]
        : command === "GEORADIUS"
        ? ["absent", "1", "1", "1", "m", "STORE", "to"]
        : ["absent", "x", "1", "m", "STOREDIST", "to"];
      await both.same(command, ...words);
      await both.same(command, ...words);
      await both.same("EXISTS", "to");
    }
  }
});

differential("searches refuse options that are wrong, unknown or contradict", async (both) => {
  await both.same("GEOADD", "k", ...SICILY);
  await both.same("SET", "string", "1");
  const member = ["FROMMEMBER", "Catania"], point = ["FROMLONLAT", "15", "37"];
  const circle = ["BYRADIUS", "100", "km"], box = ["BYBOX", "100", "100", "km"];
  const wrong = [
    [...member, ...point, ...circle],
    [...point, ...member, ...circle],
    [...point, ...circle, ...box],
    [...point, ...box, ...circle],
    [...member, ...member, ...circle],
    [...point, ...point, ...box, ...box],
    [...member, "FROMMEMBER", "nobody", ...circle],
    [...circle, "WITHDIST", "ASC"],
    [...point, "WITHDIST", "ASC"],
    [...point, ...circle, "ANY"],
    [...point, ...circle, "COUNT"],
    [...point, ...circle, "COUNT", "0"],
    [...point, ...circle, "COUNT", "-1"],
    [...point, ...circle, "COUNT", "x"],
    [...point, ...circle, "COUNT", "1.5"],
    [...point, ...circle, "COUNT", "9223372036854775808"],
    [...point, ...circle, "STORE", "to"],
    [...point, ...circle, "STOREDIST", "to"],
    [...point, ...circle, "STOREDIST"],
    [...point, ...circle, "nonsense"],
    [...point, ...circle, "constructor"],
    [...point, ...circle, ""],
    [...point, "BYRADIUS", "100", "km", "WITHDIST", "WITHHASH"],
    [...point, "BYRADIUS", "-1", "km", "ASC"],
    [...point, "BYRADIUS", "x", "km", "ASC"],
    [...point, "BYRADIUS", "nan", "km", "ASC"],
    [...point, "BYRADIUS", "inf", "km", "ASC"],
    [...point, "BYRADIUS", "1e308", "km", "ASC"],
    [...point, "BYRADIUS", "1e-310", "km", "ASC"],
    [...point, "BYRADIUS", "1", "x", "ASC"],
    [...point, "BYRADIUS", "1"],
    [...point, "BYBOX", "1", "1"],
    [...point, "BYBOX", "x", "1", "km"],
    [...point, "BYBOX", "1", "x", "km"],
    [...point, "BYBOX", "-1", "1", "km"],
    [...point, "BYBOX", "1", "-1", "km"],
    [...point, "BYBOX", "-1", "x", "nonsense"],
    [...point, "BYBOX", "1", "1", "nonsense"],
    [...point, "BYBOX", "inf", "inf", "m"],
    ["FROMLONLAT", "181", "0", ...circle],
    ["FROMLONLAT", "x", "0", ...circle],
    ["FROMLONLAT", "1", ...circle],
    [...circle, "FROMLONLAT", "1"],
    [...circle, "FROMLONLAT", "1", "2", "FROMMEMBER"],
    ["FROMMEMBER", "nobody", ...circle],
    ["WITHDIST", ...point, ...circle],
  ];
  for (const words of wrong) {
    for (const key of ["k", "absent", "string"]) {
      await both.same("GEOSEARCH", key, ...words);
      await both.same("geosearchstore", "to", key, ...words);
    }
  }
  const options = [
    ["WITHDIST", "STORE", "to"],
    ["STOREDIST", "to", "WITHHASH"],
    ["STORE"],
    ["STOREDIST"],
    ["COUNT", "0"],
    ["ANY"],
    ["FROMMEMBER", "Catania"],
    ["FROMLONLAT", "1", "2"],
    ["BYRADIUS", "1", "m"],
    ["BYBOX", "1", "1", "m"],
    ["nonsense"],
    ["ASC", "STORE", "to"],
  ];
  for (const rest of options) {
    for (const key of ["k", "absent", "string"]) {
      for (const suffix of ["", "_RO"]) {
        await both.same(`GEORADIUS${suffix}`, key, "15", "37", "100", "km", ...rest);
        await both.same(`GEORADIUSBYMEMBER${suffix}`, key, "Catania", "100", "km", ...rest);
        await both.same(`GEORADIUSBYMEMBER${suffix}`, key, "nobody", "100", "km", ...rest);
      }
    }
  }
});

differential("COMMAND GETKEYS finds the keys of searches", async (both) => {
  const radius = ["GEORADIUS", "k", "15", "37", "100", "km"];
  const byMember = ["GEORADIUSBYMEMBER", "k", "m", "100", "km"];
  for (const base of [radius, byMember, ["GEORADIUS_RO", ...radius.slice(1)]]) {
    for (
      const rest of [
        [],
        ["STORE", "to"],
        ["STOREDIST", "to"],
        ["STORE", "a", "STOREDIST", "b"],
        ["STOREDIST", "a", "store", "b"],
        ["STORE"],
        ["ASC", "STORE"],
        ["ASC", "STOREDIST", "STORE", "x"],
        ["STORE", "a", "STORE", "b"],
      ]
    ) {
      await both.same("COMMAND", "GETKEYS", ...base, ...rest);
      await both.same("COMMAND", "GETKEYSANDFLAGS", ...base, ...rest);
    }
  }
  const search = ["FROMLONLAT", "1", "1", "BYRADIUS", "1", "m"];
  await both.same("COMMAND", "GETKEYSANDFLAGS", "GEOSEARCHSTORE", "to", "k", ...search);
  await both.same("COMMAND", "GETKEYSANDFLAGS", "GEOSEARCH", "k", ...search);
});

differential("COUNT of places equally far away picks the same ones", async (both) => {
  const random = new SeededRandom(takeSeed("places equally far away"));
  for (let round = 0; round < 40; round++) {
    const placeCount = 2 + random.below(80);
    for (let index = 0; index < placeCount; index++) {
      const place = [String(10 + random.below(3)), String(20 + random.below(2))];
      await both.same("GEOADD", "k", ...place, `m${index}`);
    }
    for (let count = 0; count < 5; count++) {
      const order = ["ASC", "DESC"][random.below(2)];
      const wanted = String(1 + random.below(placeCount));
      const center = ["FROMLONLAT", "11", String(20 + random.below(2))];
      await both.same(
        ...["GEOSEARCH", "k", ...center, "BYRADIUS", "9000", "km", order, "COUNT", wanted],
        "WITHDIST",
      );
    }
    await both.same("DEL", "k");
  }
}, { protocols: [2] });

differential("random searches over the whole earth find the same places", async (both) => {
  const random = new SeededRandom(takeSeed("random searches"));
  const fraction = () => random.nextUint32() / 2 ** 32;
  const longitude = () => String(random.below(8) === 0 ? 180 : fraction() * 360 - 180);
  const latitude = () => String(random.below(9) === 0 ? -85.05112878 : fraction() * 170 - 85);
  for (let index = 0; index < 500; index++) {
    await both.same("GEOADD", "k", longitude(), latitude(), `m${index}`);
  }
  let foundCount = 0;
  for (let round = 0; round < 600; round++) {
    const unit = ["m", "km", "ft", "mi"][random.below(4)];
    const size = () => String(10 ** (fraction() * (unit === "km" || unit === "mi" ? 5 : 8)));
    const center = random.below(3) === 0
      ? ["FROMMEMBER", `m${random.below(500)}`]
      : ["FROMLONLAT", longitude(), latitude()];
    const extent = random.below(2) === 0
      ? ["BYRADIUS", size(), unit]
      : ["BYBOX", size(), size(), unit];
    const order = ORDERS[random.below(ORDERS.length)];
    const found = await both.same("GEOSEARCH", "k", ...center, ...extent, ...order);
    foundCount += (plainOf(found) as unknown[]).length;
  }
  assert(foundCount > 1000);
}, { protocols: [2] });
