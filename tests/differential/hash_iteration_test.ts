/**
 * HSCAN and HRANDFIELD beside real Redis: what is walked over, and what may be drawn.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { differential } from "../support/differential.ts";
import { inBothEncodings } from "../support/hash_encodings.ts";
import { plainOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

const INT64_MAX = "9223372036854775807";
const FIELDS = ["ant", "bee", "cat", "dog", "eel", "fox", "1", "22", "-333", ""];
const PAIRS = FIELDS.flatMap((field, index) => [field, `${index * 1000}`]);

/** All pairs of a walk by HSCAN, each once, in order. */
async function scanAll(client: RespClient, ...options: string[]): Promise<string[]> {
  const pairs = new Set<string>();
  let cursor = "0";
  do {
    const reply = await client.value("HSCAN", "h", cursor, ...options);
    const [next, elements] = reply as [string, string[]];
    for (let index = 0; index < elements.length; index += 2) {
      pairs.add(`${elements[index]}=${elements[index + 1]}`);
    }
    cursor = next;
  } while (cursor !== "0");
  return [...pairs].sort();
}

inBothEncodings("HSCAN walks over all fields", async (both) => {
  await both.same("HSET", "h", ...PAIRS);
  for (
    const options of [
      [],
      ["COUNT", "1"],
      ["count", "1000", "match", "*"],
      ["MATCH", "?ee"],
      ["MATCH", "[0-9]*", "COUNT", "3"],
      ["MATCH", "-3*"],
      ["MATCH", ""],
      ["MATCH", "x"],
      ["MATCH", "x", "MATCH", "c*"],
    ]
  ) {
    await both.sameOutcome(`all of ${options.join(" ")}`, (client) => scanAll(client, ...options));
  }
});

inBothEncodings("HSCAN refuses what it does not know", async (both) => {
  for (const key of ["h", "none"]) {
    await both.bothRefuse("ERR invalid cursor", "HSCAN", key, "x");
    await both.bothRefuse("ERR invalid cursor", "HSCAN", key, "18446744073709551616");
    await both.same("HSCAN", key, "0", "COUNT");
    await both.same("HSCAN", key, "0", "COUNT", "0");
    await both.same("HSCAN", key, "0", "COUNT", "x");
    await both.same("HSCAN", key, "0", "TYPE", "string");
    await both.same("HSCAN", key, "0", "NOVALUES");
    await both.same("HSET", "h", "a", "1");
  }
});

differential("HSCAN gives a packed hash as a whole", async (both) => {
  await both.same("HSET", "h", ...PAIRS);
  await both.same("HSCAN", "h", "0", "COUNT", "1");
  await both.same("HSCAN", "h", "77", "MATCH", "*o*");
  await both.same("HSCAN", "none", "5");
});

differential("HSCAN of a table misses no field that was there all the time", async (both) => {
  const pairs = Array.from({ length: 2000 }, (_, index) => [`f${index}`, `${index}`]).flat();
  await both.same("HSET", "h", ...pairs);
  await both.sameOutcome("all, while others come and go", async (client) => {
    const stays = new Set(Array.from({ length: 500 }, (_, index) => `f${index}`));
    let cursor = "0", step = 0;
    do {
      const [next, found] = await client.value("HSCAN", "h", cursor) as [string, string[]];
      for (let index = 0; index < found.length; index += 2) stays.delete(found[index]);
      cursor = next;
      step++;
      if (step <= 1500) await client.value("HDEL", "h", `f${499 + step}`);
      await client.value("HSET", "h", `new${step}`, "1");
    } while (cursor !== "0");
    return [...stays];
  });
});

inBothEncodings("HRANDFIELD draws fields that are there", async (both) => {
  await both.same("HSET", "h", ...PAIRS);
  const known = new Map(FIELDS.map((field, index) => [field, `${index * 1000}`]));
  const seen = new Set<string>();
  for (let draw = 0; draw < 200; draw++) {
    const { redis, easyredis } = await both.send("HRANDFIELD", "h");
    assert(known.has(plainOf(redis) as string) && known.has(plainOf(easyredis) as string));
    seen.add(plainOf(easyredis) as string);
  }
  assertEquals(seen.size, FIELDS.length);
  for (const count of ["1", "2", "3", "5", "9", "-1", "-5", "-40"]) {
    for (const options of [[], ["WITHVALUES"], ["withvalues"]]) {
      const { redis, easyredis } = await both.send("HRANDFIELD", "h", count, ...options);
      const theirs = plainOf(redis) as unknown[], ours = plainOf(easyredis) as unknown[];
      assertEquals(ours.length, theirs.length);
      assertEquals(Array.isArray(ours[0]), Array.isArray(theirs[0]));
      if (options.length > 0) {
        const flat = ours.flat() as string[];
        for (let index = 0; index < flat.length; index += 2) {
          assertEquals(flat[index + 1], known.get(flat[index]));
        }
        if (Number(count) > 0) assertEquals(flat.length, 2 * Number(count));
      } else {
        for (const field of ours) assert(known.has(field as string));
        if (Number(count) > 0) assertEquals(new Set(ours).size, Number(count));
      }
    }
  }
});

inBothEncodings("HRANDFIELD gives all fields when it is asked for as many", async (both) => {
  await both.same("HSET", "h", ...PAIRS);
  for (const count of ["10", "11", INT64_MAX]) await both.sameUnordered("HRANDFIELD", "h", count);
  for (const count of ["10", "11", "4611686018427387903"]) {
    await both.sameUnorderedPairs("HRANDFIELD", "h", count, "WITHVALUES");
  }
});

inBothEncodings("HRANDFIELD takes few of many, each once", async (both) => {
  const pairs = Array.from({ length: 400 }, (_, index) => [`f${index}`, `${index}`]).flat();
  await both.same("HSET", "h", ...pairs);
  for (const count of [2, 20, 133, 134, 399]) {
    for (let draw = 0; draw < 3; draw++) {
      const { easyredis } = await both.send("HRANDFIELD", "h", `${count}`);
      assertEquals(new Set(plainOf(easyredis) as string[]).size, count);
    }
    await both.sameShape("HRANDFIELD", "h", `${-count}`, "WITHVALUES");
  }
});

inBothEncodings("HRANDFIELD refuses what it does not know", async (both) => {
  await both.same("HSET", "h", "a", "1");
  for (const key of ["h", "none"]) {
    await both.same("HRANDFIELD", key, "0");
    await both.same("HRANDFIELD", key, "0", "WITHVALUES");
    await both.same("HRANDFIELD", key, "1", "WITHVALUES");
    await both.same("HRANDFIELD", key);
    for (
      const count of [
        "x",
        "",
        "1.0",
        INT64_MAX,
        "-9223372036854775808",
        "9223372036854775808",
        "4611686018427387904",
        "4611686018427387903",
        "-4611686018427387904",
        "-9223372036854775807",
      ]
    ) {
      await both.same("HRANDFIELD", key, count, "VALUES");
      await both.same("HRANDFIELD", key, count, "WITHVALUES", "x");
      const isHuge = count.startsWith("-46") || count.startsWith("-92");
      if (isHuge && key === "h" && count !== "-9223372036854775808") continue; // Redis would answer
      await both.same("HRANDFIELD", key, count);
    }
    await both.same("HRANDFIELD", key, "4611686018427387904", "WITHVALUES");
    await both.same("HRANDFIELD", key, "-4611686018427387904", "WITHVALUES");
    await both.same("HRANDFIELD", key, "-9223372036854775807", "WITHVALUES");
    await both.same("HRANDFIELD", key, "4611686018427387903", "WITHVALUES");
  }
});
