/**
 * Scores, ranks, pops, draws and walks of sorted sets beside real Redis.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";
import { bothEncodings } from "../support/sorted_set_encodings.ts";

const NAMES = ("bzmpop zadd zcard zcount zdiff zdiffstore zincrby zinter zintercard zinterstore " +
  "zlexcount zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore " +
  "zrangestore zrank zrem zremrangebylex zremrangebyrank zremrangebyscore zrevrange " +
  "zrevrangebylex zrevrangebyscore zrevrank zscan zscore zunion zunionstore").split(" ").slice(1);

async function fill(both: Both, count: number, key = "z"): Promise<void> {
  for (let index = 0; index < count; index++) {
    await both.send("ZADD", key, String(index % 10), `m${index}`);
  }
}

bothEncodings("ZSCORE, ZMSCORE, ZRANK, ZREVRANK and ZCARD of members and others", async (both) => {
  await both.same("ZADD", "z", "1", "a", "2.5", "12", "inf", "", "-0", "zero");
  await both.same("SET", "word", "value");
  for (const key of ["z", "none", "word"]) {
    for (const member of ["a", "12", "", "zero", "nobody", "012", "-1"]) {
      await both.within(0, "ZSCORE", key, member);
      await both.same("ZRANK", key, member);
      await both.same("ZREVRANK", key, member);
    }
    await both.within(0, "ZMSCORE", key, "a", "nobody", "12", "a");
    await both.same("ZCARD", key);
  }
});

differential("sorted set commands refuse a wrong number of arguments", async (both) => {
  for (const name of NAMES) {
    await both.bothRefuse("ERR wrong number", name);
    for (let count = 1; count <= 7; count++) {
      await both.send("DEL", "1");
      await both.same(name.toUpperCase(), ...Array<string>(count).fill("1"));
    }
  }
});

differential("sorted set commands refuse other types", async (both) => {
  await both.same("SET", "word", "value");
  for (const name of NAMES) {
    for (const rest of [[], ["0"], ["0", "1"], ["-", "+"], ["1", "word"], ["1", "word", "MIN"]]) {
      await both.same(name, "word", ...rest);
      await both.same(name, "2", "none", "word", ...rest);
    }
  }
  await both.same("HSET", "h", "f", "v");
  await both.bothRefuse("WRONGTYPE", "ZADD", "h", "1", "a");
  await both.bothRefuse("WRONGTYPE", "ZUNION", "2", "none", "h");
});

bothEncodings("ZPOPMIN and ZPOPMAX pop from the ends", async (both) => {
  for (const name of ["ZPOPMIN", "zpopmax"]) {
    await both.send("FLUSHDB");
    await fill(both, 20);
    for (const count of [[], ["0"], ["1"], ["3"], ["-1"], ["x"], ["1", "2"], ["2"], ["100"]]) {
      await both.within(0, name, "z", ...count);
      await both.same("ZCARD", "z");
      await both.same(name, "none", ...count);
    }
    await both.same("EXISTS", "z");
    await both.same("ZADD", "z", "0.5", "half", "1", "17");
    await both.within(0, name, "z");
    await both.within(0, name, "z");
    await both.same(name, "z");
  }
  await both.same("SET", "word", "value");
  await both.same("ZPOPMIN", "word");
  await both.same("ZPOPMIN", "word", "0");
  await both.same("ZPOPMIN", "word", "-1");
  await both.same("ZPOPMIN", "word", "1", "2");
});

bothEncodings("ZMPOP pops from the first sorted set that has members", async (both) => {
  await fill(both, 9, "b");
  await both.same("SET", "word", "value");
  const asked = [
    ["1", "b", "MIN"],
    ["2", "none", "b", "max"],
    ["3", "none", "b", "word", "MIN", "COUNT", "2"],
    ["2", "b", "none", "MAX", "count", "3"],
    ["2", "word", "b", "MIN"],
    ["1", "none", "MIN"],
    ["0", "b", "MIN"],
    ["-1", "b", "MIN"],
    ["x", "b", "MIN"],
    ["2", "b", "MIN"],
    ["3", "b", "MIN"],
    ["9223372036854775807", "b", "MIN"],
    ["1", "b", "LEFT"],
    ["1", "b", "MIN", "COUNT"],
    ["1", "b", "MIN", "COUNT", "0"],
    ["1", "b", "MIN", "COUNT", "x"],
    ["1", "b", "MIN", "COUNT", "1", "COUNT", "2"],
    ["1", "b", "MIN", "COUNT", "x", "more"],
    ["1", "b", "MIN", "MAX"],
    ["1", "b", "MIN", "COUNT", "100"],
    ["1", "b", "MIN"],
  ];
  for (const words of asked) {
    await both.within(0, "ZMPOP", ...words);
    await both.same("ZCARD", "b");
  }
});

bothEncodings("ZRANDMEMBER draws members, each once or again and again", async (both) => {
  await fill(both, 30);
  const counts = ["0", "1", "2", "9", "11", "29", "30", "31", "1000", "-1", "-5", "-100"];
  for (const count of counts) {
    for (const scores of [[], ["WITHSCORES"]]) {
      await both.sameShape("ZRANDMEMBER", "z", count, ...scores);
      const { easyredis } = await both.send("ZRANDMEMBER", "z", count);
      const members = plainOf(easyredis) as string[];
      if (Number(count) > 0) assertEquals(new Set(members).size, members.length);
      for (const member of members) assert(/^m([0-9]|[12][0-9])$/.test(member), member);
      await both.same("ZRANDMEMBER", "none", count, ...scores);
    }
  }
  await both.sameUnorderedPairs("ZRANDMEMBER", "z", "30", "WITHSCORES");
  await both.sameShape("ZRANDMEMBER", "z");
  await both.same("ZRANDMEMBER", "none");
  const half = "4611686018427387904";
  const refused = ["x", "", "1.0", "-9223372036854775808", "9223372036854775808", half, `-${half}`];
  for (const count of refused.slice(0, 5)) await both.same("ZRANDMEMBER", "z", count);
  for (const count of refused) {
    await both.same("ZRANDMEMBER", "z", count, "WITHSCORES");
    await both.same("ZRANDMEMBER", "none", count, "WITHSCORES");
  }
  await both.same("ZRANDMEMBER", "none", "4611686018427387903", "WITHSCORES");
  await both.same("ZRANDMEMBER", "none", "-4611686018427387903", "WITHSCORES");
  await both.same("ZRANDMEMBER", "z", "1", "nosuch");
  await both.same("ZRANDMEMBER", "z", "1", "WITHSCORES", "more");
  await both.same("ZRANDMEMBER", "z", "x", "nosuch");
});

/** All that a walk by ZSCAN meets, in order, without what comes twice. */
async function walk(client: RespClient, ...options: string[]): Promise<string[]> {
  const met = new Set<string>();
  let cursor = "0";
  do {
    const reply = plainOf(await client.command("ZSCAN", "z", cursor, ...options));
    const [next, flat] = reply as [string, string[]];
    for (let index = 0; index < flat.length; index += 2) {
      met.add(`${flat[index]} ${Number(flat[index + 1])}`);
    }
    cursor = next;
  } while (cursor !== "0");
  return [...met].sort();
}

bothEncodings("ZSCAN meets all members, or those that match", async (both) => {
  await fill(both, 300);
  await both.same("ZADD", "z", "0.25", "quarter", "inf", "end", "-3", "17");
  const optionSets = [[], ["COUNT", "1"], ["COUNT", "1000"], ["MATCH", "m1*"], [
    "match",
    "*",
    "count",
    "7",
  ]];
  for (const options of optionSets) {
    await both.sameOutcome(`walk ${options}`, (client) => walk(client, ...options));
  }
  await both.same("ZSCAN", "none", "0");
  await both.same("ZSCAN", "none", "x");
  await both.same("ZSCAN", "none", "0", "COUNT");
  await both.same("ZSCAN", "z", "0", "COUNT", "0");
  await both.same("ZSCAN", "z", "0", "COUNT", "x");
  await both.same("ZSCAN", "z", "0", "TYPE", "zset");
  await both.same("ZSCAN", "z", "0", "MATCH");
  await both.same("ZSCAN", "z", "x");
});

bothEncodings("random members added, moved, removed and asked for", async (both) => {
  const random = new SeededRandom(takeSeed("random sorted sets"));
  const key = () => "abc"[random.below(3)];
  const member = () => `m${random.below(60)}`;
  const score = () => String((random.below(40) - 20) / 4);
  for (let round = 0; round < 300; round++) {
    for (let count = 0; count < 6; count++) {
      await both.same("ZADD", key(), "CH", score(), member(), score(), member());
    }
    await both.within(0, "ZINCRBY", key(), score(), member());
    await both.same("ZREM", key(), member(), member());
    await both.same("ZRANK", key(), member());
    await both.same("ZREVRANK", key(), member());
    await both.same("ZCOUNT", key(), score(), `(${score()}`);
    await both.within(0, "ZRANGEBYSCORE", key(), score(), score(), "WITHSCORES");
    const start = String(random.below(70) - 35), stop = String(random.below(70) - 35);
    await both.within(0, "ZREVRANGE", key(), start, stop, "WITHSCORES");
    const draw = random.below(12);
    if (draw === 0) await both.same("ZREMRANGEBYRANK", key(), start, stop);
    if (draw === 1) await both.same("ZREMRANGEBYSCORE", key(), score(), score());
    if (draw === 2) await both.within(0, "ZPOPMIN", key(), "3");
    if (draw === 3) await both.within(0, "ZPOPMAX", key(), "3");
    if (draw === 4) await both.same("ZUNIONSTORE", key(), "2", key(), key());
    if (draw === 5) await both.same("ZINTERSTORE", key(), "2", key(), key(), "AGGREGATE", "MIN");
    if (draw === 6) await both.same("ZRANGESTORE", key(), key(), start, stop);
  }
});
