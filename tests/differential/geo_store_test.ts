/**
 * Stored searches beside real Redis: GEOSEARCHSTORE, GEORADIUS and GEORADIUSBYMEMBER with STORE.
 *
 * @module
 */

import { assertAlmostEquals } from "@std/assert";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";

const SICILY = [
  ["13.361389", "38.115556", "Palermo"],
  ["15.087269", "37.502669", "Catania"],
  ["13.583333", "37.316667", "Agrigento"],
  ["12.758489", "38.788135", "edge1"],
  ["17.241510", "38.788135", "edge2"],
  ["12.758489", "38.788135", "edge1 again"],
].flat();

const EXTENTS = [
  ["BYRADIUS", "200", "km"],
  ["BYRADIUS", "0", "m"],
  ["byradius", "100", "MI"],
  ["BYBOX", "400", "400", "km"],
  ["BYBOX", "0", "0", "m"],
  ["bybox", "1e6", "2e5", "ft"],
];

/** A result in a key: members in order and scores, whose last bit may differ. */
async function sameStored(both: Both, key: string): Promise<void> {
  await both.same("TYPE", key);
  await both.same("OBJECT", "ENCODING", key);
  await both.same("TTL", key);
  await both.same("ZRANGE", key, "0", "-1");
  const { redis, easyredis } = await both.send("ZRANGE", key, "0", "-1", "WITHSCORES");
  const theirs = (plainOf(redis) as unknown[]).flat(),
    ours = (plainOf(easyredis) as unknown[]).flat();
  for (let index = 1; index < theirs.length; index += 2) {
    const expected = Number(theirs[index]);
    assertAlmostEquals(Number(ours[index]), expected, Math.abs(expected) * 1e-15);
  }
}

for (const limit of ["128", "1"]) {
  const name = limit === "1" ? "indexed" : "packed";
  const config = { "zset-max-listpack-entries": limit };

  differential(`results are stored, over whatever was there (${name})`, async (both) => {
    await both.same("GEOADD", "k", ...SICILY);
    for (const rest of [[], ["STOREDIST"], ["COUNT", "2"], ["COUNT", "2", "ANY"], ["DESC"]]) {
      for (const extent of EXTENTS) {
        await both.send("SET", "to", "old", "EX", "1000");
        await both.same("GEOSEARCHSTORE", "to", "k", "FROMLONLAT", "15", "37", ...extent, ...rest);
        await sameStored(both, "to");
      }
    }
    for (const word of ["STORE", "storedist"]) {
      await both.same("GEORADIUS", "k", "15", "37", "200", "km", word, "to");
      await sameStored(both, "to");
      await both.same("GEORADIUSBYMEMBER", "k", "Palermo", "200", "km", word, "to", "COUNT", "1");
      await sameStored(both, "to");
      await both.same("GEORADIUS", "k", "1", "1", "1", "m", word, "to");
      await both.same("EXISTS", "to");
    }
    const fromHere = ["15", "37", "200", "km"];
    await both.same("GEORADIUS", "k", ...fromHere, "STORE", "a", "STOREDIST", "b");
    await both.same("EXISTS", "a");
    await sameStored(both, "b");
    await both.same("GEORADIUS", "k", ...fromHere, "STOREDIST", "a", "STORE", "b");
    await sameStored(both, "b");
    await both.same("GEOSEARCHSTORE", "k", "k", "FROMLONLAT", "15", "37", "BYRADIUS", "150", "km");
    await sameStored(both, "k");
    await both.same("GEORADIUS", "k", "0", "0", "1", "m", "STORE", "k");
    await both.same("EXISTS", "k");
  }, { config });
}
