/**
 * Ranges by rank, score and bytes, beside real Redis: read, counted, stored and removed.
 *
 * @module
 */

import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { bothEncodings } from "../support/sorted_set_encodings.ts";

const RANKS = ["0", "1", "2", "3", "6", "7", "8", "100", "-1", "-2", "-6", "-7", "-8", "-100"];
const BAD_RANKS = ["x", "", "1.0", "9223372036854775808", "9223372036854775807"];
// deno-fmt-ignore
const BOUNDS = [
  "1", "(1", "2.5", "(2.5", "3", "(3", "4", "(10", "-inf", "(-inf", "+inf", "(inf", "-0", "1e-1", "0x2",
];
/** What a score could not be, but a bound can. */
const LOOSE_BOUNDS = ["", "(", " 2", "\t\n(2", "1e400", "-1e400", "1e-400", "2\0x", "( 2", "INF"];
const BAD_BOUNDS = ["x", "nan", "(nan", "2 ", " ", "((2", "[2", "2x", "1e", "--1"];
const LEX_BOUNDS = ["-", "+", "[a", "(a", "[b", "(c", "[bb", "(", "[", "[\xff", "(d", "[z", "-\0"];
const BAD_LEX_BOUNDS = ["a", "", "--", "++", "+a", "{a"];
const LIMITS = [[], ["0", "2"], ["1", "1"], ["2", "-1"], ["0", "0"], ["-1", "2"], ["7", "1"]];
const BAD_LIMITS = [["x", "1"], ["1", "x"], ["1"], []];

/** Seven members, two pairs of which have the same score. */
async function fillByScore(both: Both, key = "z"): Promise<void> {
  await both.send("DEL", key);
  await both.send("ZADD", key, "1", "a", "2.5", "b", "2.5", "bb", "3", "c", "3", "d");
  await both.send("ZADD", key, "-inf", "low", "inf", "12");
}

/** Eight members of the same score. */
async function fillByBytes(both: Both, key = "z"): Promise<void> {
  await both.send("DEL", key);
  const members = ["a", "b", "bb", "c", "", "\xff", "7", "d"];
  for (const member of members) await both.send("ZADD", key, "5", member);
}

bothEncodings("ZRANGE and ZREVRANGE by every pair of ranks", async (both) => {
  await fillByScore(both);
  for (const start of [...RANKS, ...BAD_RANKS]) {
    for (const stop of [...RANKS, ...BAD_RANKS]) {
      await both.within(0, "ZRANGE", "z", start, stop, "WITHSCORES");
      await both.within(0, "ZREVRANGE", "z", start, stop, "withscores");
      await both.same("ZRANGE", "z", start, stop, "REV");
    }
  }
}, { protocols: [2] });

bothEncodings("ranges by every pair of scores", async (both) => {
  await fillByScore(both);
  const bounds = [...BOUNDS, ...LOOSE_BOUNDS, ...BAD_BOUNDS];
  for (const min of bounds) {
    for (const max of bounds) {
      await both.same("ZCOUNT", "z", min, max);
      await both.same("ZRANGEBYSCORE", "z", min, max);
      await both.same("ZREVRANGEBYSCORE", "z", max, min);
      await both.same("ZRANGE", "z", min, max, "BYSCORE");
      await both.same("ZRANGE", "z", max, min, "BYSCORE", "REV");
    }
  }
}, { protocols: [2] });

bothEncodings("ranges by every pair of bytes", async (both) => {
  await fillByBytes(both);
  const bounds = [...LEX_BOUNDS, ...BAD_LEX_BOUNDS];
  for (const min of bounds) {
    for (const max of bounds) {
      await both.same("ZLEXCOUNT", "z", min, max);
      await both.same("ZRANGEBYLEX", "z", min, max);
      await both.same("ZREVRANGEBYLEX", "z", max, min);
      await both.same("ZRANGE", "z", min, max, "bylex");
      await both.same("ZRANGE", "z", max, min, "REV", "BYLEX");
    }
  }
}, { protocols: [2] });

differential(
  "ranges by bytes end where a walk over a packed sorted set of many scores ends",
  async (both) => {
    await both.same(
      "ZADD",
      "of",
      "1",
      "c",
      "1",
      "d",
      "2",
      "a",
      "2",
      "bb",
      "3",
      "",
      "3",
      "b",
      "4",
      "c7",
    );
    for (const min of LEX_BOUNDS) {
      for (const max of LEX_BOUNDS) {
        await both.same("ZLEXCOUNT", "of", min, max);
        await both.same("ZRANGEBYLEX", "of", min, max);
        await both.same("ZRANGEBYLEX", "of", min, max, "LIMIT", "1", "2");
        await both.same("ZREVRANGEBYLEX", "of", max, min);
        await both.same("ZREVRANGEBYLEX", "of", max, min, "LIMIT", "1", "2");
        await both.same("ZRANGESTORE", "to", "of", min, max, "BYLEX");
        await both.same("COPY", "of", "z", "REPLACE");
        await both.same("ZREMRANGEBYLEX", "z", min, max);
        await both.same("ZRANGE", "z", "0", "-1");
      }
    }
  },
  { protocols: [2] },
);

bothEncodings("LIMIT cuts ranges of scores and bytes in both directions", async (both) => {
  await fillByScore(both);
  await fillByBytes(both, "lex");
  for (const limit of [...LIMITS, ...BAD_LIMITS]) {
    const words = limit.length > 0 ? ["LIMIT", ...limit] : [];
    for (const scores of [[], ["WITHSCORES"]]) {
      await both.within(0, "ZRANGEBYSCORE", "z", "(1", "+inf", ...words, ...scores);
      await both.within(0, "ZREVRANGEBYSCORE", "z", "3", "-inf", ...scores, ...words);
      await both.within(0, "ZRANGE", "z", "1", "3", "BYSCORE", ...scores, ...words);
      await both.within(0, "ZRANGE", "z", "3", "1", ...words, "REV", "BYSCORE", ...scores);
      await both.same("ZRANGEBYLEX", "lex", "[a", "(d", ...words, ...scores);
      await both.same("ZREVRANGEBYLEX", "lex", "+", "[b", ...words, ...scores);
      await both.same("ZRANGE", "lex", "-", "+", "BYLEX", ...words, ...scores);
      await both.same("ZRANGE", "lex", "+", "-", "BYLEX", "REV", ...words, ...scores);
      await both.within(0, "ZRANGE", "z", "0", "-1", ...words, ...scores);
      await both.within(0, "ZREVRANGE", "z", "0", "-1", ...words, ...scores);
    }
  }
});

bothEncodings("options of ranges that contradict each other", async (both) => {
  await fillByScore(both);
  await both.same("SET", "word", "value");
  for (const key of ["z", "none", "word"]) {
    await both.same("ZRANGE", key, "0", "1", "LIMIT", "0", "1");
    await both.same("ZRANGE", key, "0", "1", "LIMIT", "0", "-1");
    await both.same("ZRANGE", key, "-", "+", "BYLEX", "WITHSCORES");
    await both.same("ZRANGE", key, "0", "1", "BYLEX", "BYSCORE");
    await both.same("ZRANGE", key, "0", "1", "REV", "REV");
    await both.same("ZRANGE", key, "0", "1", "nosuch");
    await both.same("ZREVRANGE", key, "0", "1", "REV");
    await both.same("ZREVRANGE", key, "0", "1", "BYSCORE");
    await both.same("ZRANGEBYSCORE", key, "0", "1", "BYSCORE");
    await both.same("ZRANGEBYSCORE", key, "0", "x", "REV");
    await both.same("ZRANGEBYLEX", key, "-", "+", "WITHSCORES");
    await both.same("ZRANGESTORE", "to", key, "0", "1", "WITHSCORES");
    await both.same("ZRANGESTORE", "to", key, "0", "1", "LIMIT", "0", "1");
    await both.same("ZRANGESTORE", "to", key, "x", "1");
    await both.same("ZRANGESTORE", "to", key, "0", "1", "BYLEX");
    await both.within(0, "ZRANGE", key, "0", "1");
    await both.same("ZCOUNT", key, "0", "1");
    await both.same("ZLEXCOUNT", key, "-", "+");
    for (const remove of ["ZREMRANGEBYRANK", "ZREMRANGEBYSCORE", "ZREMRANGEBYLEX"]) {
      await both.same(remove, key, "x", "1");
      await both.same(remove, key, "5", "4");
    }
  }
});

bothEncodings("ZRANGESTORE stores what ZRANGE replies", async (both) => {
  await fillByScore(both);
  await fillByBytes(both, "lex");
  const ranges = [
    ["z", "0", "-1"],
    ["z", "1", "2", "REV"],
    ["z", "5", "4"],
    ["z", "(1", "3", "BYSCORE"],
    ["z", "inf", "2.5", "BYSCORE", "REV", "LIMIT", "1", "2"],
    ["z", "3", "1", "BYSCORE"],
    ["lex", "[a", "[c", "BYLEX"],
    ["lex", "+", "[c", "BYLEX", "REV", "LIMIT", "0", "2"],
    ["none", "0", "-1"],
  ];
  for (const range of ranges) {
    for (const before of [[], ["SET", "to", "word"], ["ZADD", "to", "1", "old"]]) {
      await both.send("DEL", "to");
      if (before.length > 0) await both.send(...before);
      await both.send("EXPIRE", "to", "1000");
      await both.same("ZRANGESTORE", "to", ...range);
      await both.within(0, "ZRANGE", "to", "0", "-1", "WITHSCORES");
      await both.same("OBJECT", "ENCODING", "to");
      await both.same("TTL", "to");
    }
  }
  await both.same("ZRANGESTORE", "z", "z", "1", "-2");
  await both.within(0, "ZRANGE", "z", "0", "-1", "WITHSCORES");
  await both.same("ZRANGESTORE", "z", "z", "10", "20");
  await both.same("EXISTS", "z");
});

bothEncodings("ZREMRANGEBYRANK, BYSCORE and BYLEX remove what is in the range", async (both) => {
  for (const start of RANKS) {
    for (const stop of RANKS) {
      await fillByScore(both);
      await both.same("ZREMRANGEBYRANK", "z", start, stop);
      await both.within(0, "ZRANGE", "z", "0", "-1", "WITHSCORES");
    }
  }
  for (const min of BOUNDS) {
    for (const max of BOUNDS) {
      await fillByScore(both);
      await both.same("ZREMRANGEBYSCORE", "z", min, max);
      await both.within(0, "ZRANGE", "z", "0", "-1", "WITHSCORES");
    }
  }
  for (const min of LEX_BOUNDS) {
    for (const max of LEX_BOUNDS) {
      await fillByBytes(both);
      await both.same("ZREMRANGEBYLEX", "z", min, max);
      await both.same("ZRANGE", "z", "0", "-1");
    }
  }
  await fillByScore(both);
  await both.same("ZREMRANGEBYSCORE", "z", "-inf", "+inf");
  await both.same("EXISTS", "z");
  await both.same("ZREMRANGEBYRANK", "none", "0", "-1");
}, { protocols: [2] });

differential("ZRANGESTORE makes -0 a 0 as long as the result is packed", async (both) => {
  const long = "m".repeat(65);
  const ranges = [["0", "-1"], ["0", "-1", "REV"], ["0", "1"], ["-inf", "inf", "BYSCORE"], [
    "inf",
    "-inf",
    "BYSCORE",
    "REV",
  ]];
  for (const entriesMax of ["128", "2"]) {
    await both.same("CONFIG", "SET", "zset-max-listpack-entries", entriesMax);
    for (const longScore of ["-1", "1"]) {
      await both.same("DEL", "z");
      await both.same("ZADD", "z", longScore, long, "-0", "b", "0", "c", "2", "d", "-2", "e");
      for (const range of ranges) {
        await both.same("ZRANGESTORE", "to", "z", ...range);
        await both.same("ZRANGE", "to", "0", "-1", "WITHSCORES");
      }
    }
  }
});
