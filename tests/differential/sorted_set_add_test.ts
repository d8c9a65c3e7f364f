/**
 * ZADD, ZINCRBY, ZREM, and what a sorted set then holds, beside real Redis.
 *
 * @module
 */

import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { bothEncodings, INDEXED, PACKED } from "../support/sorted_set_encodings.ts";

const CONDITIONS = [[], ["NX"], ["XX"], ["GT"], ["lt"], ["XX", "GT"], ["XX", "LT"]];
const SCORES = ["0", "-0", "1", "1.5", "-1.5", "3.14", "1e3", "0x10", "+5", "inf", "-inf", "1e300"];
const NO_SCORES = ["", " 1", "1 ", "x", "nan", "1e400", "--1", "1.5.5", "(1", "infinit"];

/** All that a sorted set says of itself. */
async function sameContent(both: Both, key: string): Promise<void> {
  await both.within(0, "ZRANGE", key, "0", "-1", "WITHSCORES");
  await both.same("ZCARD", key);
  await both.same("OBJECT", "ENCODING", key);
}

bothEncodings("ZADD with every condition on present and absent members", async (both) => {
  for (const condition of CONDITIONS) {
    for (const change of [[], ["CH"], ["INCR"], ["ch", "incr"]]) {
      for (const score of ["0", "1", "2", "-3", "inf"]) {
        for (const member of ["a", "b", "new"]) {
          await both.send("DEL", "z", "none");
          await both.send("ZADD", "z", "1", "a", "2", "b", "3", "c");
          await both.within(0, "ZADD", "z", ...condition, ...change, score, member);
          await sameContent(both, "z");
          await both.within(0, "ZADD", "none", ...change, ...condition, score, member);
          await sameContent(both, "none");
        }
      }
    }
  }
});

bothEncodings("ZADD of several members counts those added and those changed", async (both) => {
  await both.same("ZADD", "z", "1", "a", "2", "b", "1", "a");
  await both.same("ZADD", "z", "CH", "1", "a", "3", "b", "4", "c", "5", "c");
  await both.same("ZADD", "z", "GT", "CH", "0", "a", "9", "b", "4", "d");
  await both.same("ZADD", "z", "NX", "0", "a", "9", "b", "7", "e", "8", "e");
  await both.same("ZADD", "z", "XX", "0", "a", "9", "nobody");
  await sameContent(both, "z");
  await both.same("ZADD", "z", "XX", "NX", "1", "a");
  for (const member of ["nx", "XX", "ch", "incr", "10", ""]) {
    await both.same("ZADD", "z", "1", member);
    await both.same("ZADD", "z", "CH", "2", member);
  }
  await sameContent(both, "z");
});

bothEncodings("scores are read and written as Redis does", async (both) => {
  for (const score of [...SCORES, "9007199254740993", "4611686018427387904", "1e17", "5e-324"]) {
    await both.within(0, "ZADD", "z", score, `of ${score}`);
    await both.within(0, "ZSCORE", "z", `of ${score}`);
    await both.within(0, "ZADD", "z", "INCR", score, "sum");
  }
  await sameContent(both, "z");
  for (const score of NO_SCORES) {
    await both.bothRefuse("ERR value is not a valid float", "ZADD", "z", score, "m");
    await both.bothRefuse("ERR value is not a valid float", "ZADD", "z", "1", "m", score, "n");
    await both.bothRefuse("ERR value is not a valid float", "ZINCRBY", "z", score, "m");
    await both.same("ZSCORE", "z", "m");
  }
});

bothEncodings("ZINCRBY adds to a score, and refuses what is no number", async (both) => {
  for (const [increment, member] of [["1", "a"], ["2.5", "a"], ["-3.5", "a"], ["inf", "b"]]) {
    await both.within(0, "ZINCRBY", "z", increment, member);
  }
  await both.bothRefuse("ERR resulting score", "ZINCRBY", "z", "-inf", "b");
  await both.bothRefuse("ERR resulting score", "ZADD", "z", "INCR", "-inf", "b");
  await both.same("ZADD", "z", "NX", "INCR", "-inf", "b");
  await both.within(0, "ZADD", "z", "XX", "INCR", "0.1", "a");
  await both.within(0, "ZADD", "z", "INCR", "0.2", "a");
  await both.same("ZADD", "z", "GT", "INCR", "-1", "a");
  await both.same("ZADD", "z", "LT", "INCR", "1", "a");
  await sameContent(both, "z");
  await both.same("ZINCRBY", "z", "NX", "m");
  await both.same("ZINCRBY", "z", "1", "m", "2", "n");
});

bothEncodings("ZREM removes members, and the key with the last one", async (both) => {
  await both.same("ZADD", "z", "1", "a", "2", "b", "3", "c", "4", "12", "5", "-7");
  await both.same("ZREM", "z", "a", "nobody", "a", "12");
  await sameContent(both, "z");
  await both.same("ZREM", "none", "a");
  await both.same("ZREM", "z", "b", "c", "-7", "b");
  await both.same("EXISTS", "z");
  await both.same("ZREM", "z", "b");
});

bothEncodings("members tie by their bytes, whatever they look like", async (both) => {
  const members = ["a", "aa", "", "\0", "\xff", "A", "10", "9", "-1", "z".repeat(300), "a\0b"];
  for (const member of members) await both.same("ZADD", "z", "5", member);
  await sameContent(both, "z");
  for (const member of members) {
    await both.same("ZRANK", "z", member);
    await both.same("ZREVRANK", "z", member);
  }
});

differential("a sorted set is packed until it is too long or a member is", async (both) => {
  for (let count = 1; count <= 9; count++) {
    await both.same("ZADD", "z", String(count), `m${count}`);
    await both.same("OBJECT", "ENCODING", "z");
    await both.same("ZADD", "same", "1", `m${count}`, "1", `n${count}`);
    await both.same("OBJECT", "ENCODING", "same");
  }
  await both.same("ZREMRANGEBYRANK", "z", "0", "6");
  await both.same("OBJECT", "ENCODING", "z");
  for (const bytes of [1, 11, 12, 13, 300]) {
    await both.same("ZADD", `first ${bytes}`, "1", "x".repeat(bytes), "2", "short");
    await both.same("OBJECT", "ENCODING", `first ${bytes}`);
    await both.same("ZADD", `last ${bytes}`, "1", "short", "2", "x".repeat(bytes));
    await both.same("OBJECT", "ENCODING", `last ${bytes}`);
    await both.same("ZADD", `kept ${bytes}`, "1", "short");
    await both.same("ZADD", `kept ${bytes}`, "XX", "2", "x".repeat(bytes));
    await both.same("OBJECT", "ENCODING", `kept ${bytes}`);
  }
  await sameContent(both, "z");
}, { config: { "zset-max-listpack-entries": "6", "zset-max-listpack-value": "12" } });

differential("ZADD refuses what makes no sense, with and without a key", async (both) => {
  await both.same("ZADD", "z", "1", "a");
  await both.same("SET", "word", "value");
  for (const key of ["z", "none", "word"]) {
    await both.same("ZADD", key, "NX", "XX", "1", "a");
    await both.same("ZADD", key, "NX", "GT", "1", "a");
    await both.same("ZADD", key, "LT", "NX", "1", "a");
    await both.same("ZADD", key, "LT", "GT", "1", "a");
    await both.same("ZADD", key, "NX", "XX", "LT", "1", "a");
    await both.same("ZADD", key, "INCR", "1", "a", "2", "b");
    await both.same("ZADD", key, "1", "a", "2");
    await both.same("ZADD", key, "NX", "CH");
    await both.same("ZADD", key, "XX", "1", "a");
    await both.same("ZADD", key, "XX", "INCR", "1", "b");
    await both.same("ZINCRBY", key, "1", "b");
    await both.same("ZREM", key, "b");
  }
});

for (const config of [PACKED, INDEXED]) {
  differential(`COPY, RENAME and DEL of sorted sets in ${config.name}`, async (both) => {
    for (let count = 0; count < 40; count++) {
      await both.send("ZADD", "z", String(count % 7), `member ${count}`);
    }
    await both.same("COPY", "z", "copy");
    await both.same("ZREM", "z", "member 3");
    await both.same("RENAME", "z", "renamed");
    await sameContent(both, "copy");
    await sameContent(both, "renamed");
    await both.same("TYPE", "copy");
    await both.same("EXPIRE", "copy", "1000");
    await both.same("ZADD", "copy", "8", "another");
    await both.sameSeconds("TTL", "copy");
    await both.same("DEL", "copy");
    await sameContent(both, "copy");
    await both.same("SET", "renamed", "now a string");
    await both.same("GET", "renamed");
  }, { config: config.config });
}
