/**
 * ZUNION, ZINTER, ZDIFF and their kin beside real Redis.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { takeSeed } from "../support/seed.ts";
import { bothEncodings } from "../support/sorted_set_encodings.ts";

const SOURCES = [
  ["1", "a"],
  ["2", "a", "b"],
  ["2", "b", "a"],
  ["3", "a", "b", "c"],
  ["3", "c", "b", "a"],
  ["2", "a", "a"],
  ["2", "a", "none"],
  ["2", "none", "a"],
  ["1", "none"],
  ["2", "c", "inf"],
  ["3", "inf", "a", "minus"],
  ["2", "inf", "minus"],
  ["1", "set"],
  ["2", "set", "a"],
  ["3", "b", "integers", "a"],
  ["2", "integers", "set"],
  ["2", "a", "set"],
];
const BAD_SOURCES = [["0", "a"], ["-1", "a"], ["x", "a"], ["2", "a"], ["9", "a", "b"], [
  "1.5",
  "a",
]];
const COMBINING = ["ZUNION", "ZINTER", "ZDIFF"];

async function fill(both: Both): Promise<void> {
  await both.send("ZADD", "a", "1", "x", "2", "y", "3", "z", "0.1", "12");
  await both.send("ZADD", "b", "10", "y", "20", "z", "-5", "w", "0.2", "12");
  await both.send("ZADD", "c", "100", "z", "7", "long".repeat(30));
  await both.send("ZADD", "inf", "inf", "x", "inf", "y", "inf", "12");
  await both.send("ZADD", "minus", "-inf", "x", "0", "y", "-inf", "12");
  await both.send("SADD", "set", "x", "y", "12", "only here");
  await both.send("SADD", "integers", "12", "-7", "900000");
  await both.send("SET", "word", "value");
}

/** Weights for so many keys, and ways to aggregate. */
function optionSets(keyCount: number): string[][] {
  const weights = (...values: string[]) => ["WEIGHTS", ...values.slice(0, keyCount)];
  return [
    [],
    weights("2", "3", "0.5"),
    weights("-1", "0", "inf"),
    ["AGGREGATE", "MIN"],
    ["aggregate", "max"],
    [...weights("1", "-2", "3"), "AGGREGATE", "SUM"],
    ["AGGREGATE", "MAX", ...weights("0", "inf", "1")],
    [...weights("inf", "0", "-inf"), "AGGREGATE", "MIN"],
  ];
}

bothEncodings("ZUNION, ZINTER and ZDIFF with every option", async (both) => {
  await fill(both);
  for (const sources of SOURCES) {
    for (const options of optionSets(Number(sources[0]))) {
      for (const name of COMBINING) {
        await both.within(1e-12, name, ...sources, ...options, "WITHSCORES");
        await both.same(name, ...sources, ...options);
        await both.same(`${name}STORE`, "to", ...sources, ...options);
        await both.within(1e-12, "ZRANGE", "to", "0", "-1", "WITHSCORES");
        await both.same("OBJECT", "ENCODING", "to");
      }
    }
    for (const limit of [[], ["LIMIT", "0"], ["LIMIT", "1"], ["limit", "2"], ["LIMIT", "100"]]) {
      await both.same("ZINTERCARD", ...sources, ...limit);
    }
  }
});

differential("combining commands refuse what makes no sense", async (both) => {
  await fill(both);
  for (const name of ["ZUNION", "ZINTER", "ZDIFF", "ZINTERCARD"]) {
    const forms = name === "ZINTERCARD" ? [[name]] : [[name], [`${name}STORE`, "to"]];
    for (const form of forms) {
      for (const sources of [...BAD_SOURCES, ["2", "a", "word"], ["1", "word"]]) {
        await both.same(...form, ...sources);
        await both.same(...form, ...sources, "WEIGHTS", "x");
      }
      const wrong = [
        ["WEIGHTS"],
        ["WEIGHTS", "1"],
        ["WEIGHTS", "1", "x"],
        ["WEIGHTS", "1", "2", "3"],
        ["WEIGHTS", "1", "nan"],
        ["AGGREGATE"],
        ["AGGREGATE", "AVERAGE"],
        ["AGGREGATE", "SUM", "AGGREGATE", "MIN"],
        ["WITHSCORES"],
        ["WITHSCORES", "WITHSCORES"],
        ["LIMIT"],
        ["LIMIT", "-1"],
        ["LIMIT", "x"],
        ["LIMIT", "1", "LIMIT", "2"],
        ["nosuch"],
      ];
      for (const words of wrong) await both.within(1e-12, ...form, "2", "a", "b", ...words);
    }
  }
});

bothEncodings("stored results replace what was there", async (both) => {
  await fill(both);
  for (const name of COMBINING) {
    for (const before of [["SET", "to", "word"], ["ZADD", "to", "1", "old"]]) {
      await both.send("DEL", "to");
      await both.send(...before);
      await both.send("EXPIRE", "to", "1000");
      await both.same(`${name}STORE`, "to", "2", "a", "b");
      await both.within(1e-12, "ZRANGE", "to", "0", "-1", "WITHSCORES");
      await both.same("TTL", "to");
      await both.same(`${name}STORE`, "to", "2", "none", "nothing");
      await both.same("EXISTS", "to");
    }
    await both.send("ZADD", "own", "1", "x", "2", "q");
    await both.same(`${name}STORE`, "own", "2", "own", "a");
    await both.within(1e-12, "ZRANGE", "own", "0", "-1", "WITHSCORES");
  }
});

differential("a stored result is packed if it is short and its members are", async (both) => {
  for (let count = 0; count < 9; count++) {
    await both.send("ZADD", "many", String(count), `member ${count}`);
    await both.send("ZADD", "few", String(count % 3), `member ${count % 3}`);
  }
  await both.send("ZADD", "few", "1", "a long member, too long");
  await both.same("OBJECT", "ENCODING", "many");
  await both.same("OBJECT", "ENCODING", "few");
  for (const name of ["ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE"]) {
    for (
      const sources of [["2", "many", "few"], ["2", "few", "many"], ["1", "many"], ["1", "few"]]
    ) {
      await both.same(name, "to", ...sources);
      await both.same("OBJECT", "ENCODING", "to");
    }
  }
  for (const stop of ["3", "4", "5", "8"]) {
    await both.same("ZRANGESTORE", "to", "many", "0", stop);
    await both.same("OBJECT", "ENCODING", "to");
    await both.same("ZRANGESTORE", "to", "few", "0", stop);
    await both.same("OBJECT", "ENCODING", "to");
  }
}, { config: { "zset-max-listpack-entries": "5", "zset-max-listpack-value": "12" } });

bothEncodings("random combinations of random sorted sets", async (both) => {
  const random = new SeededRandom(takeSeed("random combinations"));
  for (let round = 0; round < 40; round++) {
    const keys = ["p", "q", "r", "s"].slice(0, 1 + random.below(4));
    for (const key of keys) {
      await both.send("DEL", key);
      const memberCount = random.below(random.below(3) === 0 ? 200 : 12);
      for (let count = 0; count < memberCount; count++) {
        const member = `m${random.below(40 + memberCount)}`;
        await both.send("ZADD", key, String(random.below(30) - 15), member);
      }
    }
    const sources = [String(keys.length), ...keys];
    const weights = ["WEIGHTS", ...keys.map(() => String(random.below(7) - 3))];
    const aggregate = ["AGGREGATE", ["SUM", "MIN", "MAX"][random.below(3)]];
    await both.within(0, "ZUNION", ...sources, ...weights, ...aggregate, "WITHSCORES");
    await both.within(0, "ZINTER", ...sources, ...weights, ...aggregate, "WITHSCORES");
    await both.within(0, "ZDIFF", ...sources, "WITHSCORES");
    await both.same("ZINTERCARD", ...sources, "LIMIT", String(random.below(9)));
    await both.same("ZUNIONSTORE", "to", ...sources, ...weights);
    await both.within(0, "ZREVRANGE", "to", "0", "-1", "WITHSCORES");
  }
});
