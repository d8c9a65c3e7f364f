/**
 * Random sorted set commands.
 *
 * @module
 */

import { keyOf, many, oneOf, type Part, type RandomGroup, some } from "./random_parts.ts";

const key = keyOf("zset:1", "zset:2", "zset:3");
/** Where all scores are the same: a range of bytes makes no sense elsewhere. */
const lexKey = oneOf("lex:1", "lex:2");
/** Too few for an index whatever their scores are: there a range of bytes is certain all the same. */
const FEW = "few:1";
const lexRangeKey = oneOf("lex:1", "lex:2", FEW);
const fewMember = oneOf("a", "b", "c", "aa", "1", "");
const member = oneOf(
  "a",
  "b",
  "c",
  "d",
  "e",
  "aa",
  "1",
  "-300",
  "70000",
  "",
  "\0\xff",
  "m".repeat(64),
  "m".repeat(65),
  "m".repeat(255),
);
const SCORES = ["0", "1", "2", "-1", "2.5", "0.1", "-0", "1e300", "inf", "-inf", "3", "128", "x"];
const score = oneOf(...SCORES);
const bound = oneOf(...SCORES, "(1", "(2.5", "(inf", "-inf", "+inf", "");
const lexBound = oneOf("-", "+", "[a", "(a", "[c", "(e", "[m", "(", "x");
const rank = oneOf("0", "1", "2", "5", "-1", "-2", "-100", "100", "x");
const count = oneOf("1", "2", "3", "0", "-1", "-5", "1000", "x");
const condition: Part = some("NX", "XX", "GT", "LT", "CH");
const rangeOptions: Part = some("WITHSCORES", ["LIMIT", ["0", "1", "-1"]], "REV");
const limit: Part = (pick) => pick([[], ["LIMIT", "1", "2"], ["LIMIT", "0", "-1"]]);
const scores: Part = (pick) => pick([[], ["WITHSCORES"]]);
const weights: Part = (pick) => pick([[], ["WEIGHTS", pick(SCORES), pick(SCORES)]]);
const aggregate: Part = (pick) => pick([[], ["AGGREGATE", pick(["SUM", "min", "MAX", "x"])]]);

/** The commands of the group. */
export const RANDOM_SORTED_SETS: RandomGroup = {
  // Small, so that sorted sets change their encoding often.
  config: { "zset-max-listpack-entries": "6" },
  shapes: {
    number: [
      ["ZADD", key, score, member],
      ["ZADD", key, score, member],
      ["ZADD", key, score, member],
      ["ZADD", key, many(score, member)],
      ["ZADD", key, condition, many(score, member)],
      ["ZADD", key, condition, "INCR", score, member],
      ["ZADD", lexKey, "5", member],
      ["ZADD", FEW, score, fewMember],
      ["ZADD", key, score],
      ["ZINCRBY", key, score, member],
      ["ZREM", key, many(member)],
      ["ZSCORE", key, member],
      ["ZMSCORE", key, many(member)],
      ["ZCARD", key],
      ["ZRANK", key, member],
      ["ZREVRANK", key, member],
      ["ZCOUNT", key, bound, bound],
      ["ZRANGE", key, "0", "-1", "WITHSCORES"],
      ["ZRANGE", key, "0", "-1", "WITHSCORES"],
      ["ZRANGE", key, rank, rank, rangeOptions],
      ["ZRANGE", key, bound, bound, "BYSCORE", rangeOptions],
      ["ZREVRANGE", key, rank, rank, scores],
      ["ZRANGEBYSCORE", key, bound, bound, limit, scores],
      ["ZREVRANGEBYSCORE", key, bound, bound, scores, limit],
      ["ZRANGESTORE", key, key, rank, rank],
      ["ZRANGESTORE", key, key, bound, bound, "BYSCORE", limit],
      ["ZREMRANGEBYRANK", key, rank, rank],
      ["ZREMRANGEBYSCORE", key, bound, bound],
      ["ZPOPMIN", key],
      ["ZPOPMAX", key, count],
      ["ZMPOP", "2", key, key, oneOf("MIN", "MAX"), (pick) => pick([[], ["COUNT", "2"]])],
      ["ZUNION", "2", key, key, weights, aggregate, scores],
      ["ZINTER", "2", key, key, weights, aggregate, scores],
      ["ZDIFF", "3", key, key, key, scores],
      ["ZINTERCARD", "2", key, key, (pick) => pick([[], ["LIMIT", "1"]])],
      ["ZUNIONSTORE", key, "2", key, key, weights, aggregate],
      ["ZINTERSTORE", key, "2", key, key, weights, aggregate],
      ["ZDIFFSTORE", key, "2", key, key],
    ],
    same: [
      ["ZRANGEBYLEX", lexRangeKey, lexBound, lexBound, limit],
      ["ZREVRANGEBYLEX", lexRangeKey, lexBound, lexBound, limit],
      ["ZRANGE", lexRangeKey, lexBound, lexBound, "BYLEX", some("REV"), limit],
      ["ZLEXCOUNT", lexRangeKey, lexBound, lexBound],
      ["ZREMRANGEBYLEX", lexRangeKey, lexBound, lexBound],
      ["ZREM", lexKey, many(member)],
      ["ZSCAN", key, "x"],
      ["ZRANDMEMBER", key, count, "SCORES"],
      ["OBJECT", "ENCODING", key],
      ["OBJECT", "ENCODING", key],
      ["DEL", key],
      ["COPY", key, key, "REPLACE"],
      ["RENAME", key, key],
      ["TYPE", key],
    ],
    shape: [["ZRANDMEMBER", key, count], ["ZRANDMEMBER", key, count, "WITHSCORES"]],
  },
};
