/**
 * Random set commands.
 *
 * What is drawn by chance must not change a set, or both sides would part: so SPOP takes all or none.
 *
 * @module
 */

import {
  expand,
  keyOf,
  many,
  oneOf,
  type Part,
  type RandomGroup,
  some,
  value,
} from "./random_parts.ts";

const key = keyOf("set:1", "set:2", "set:3", "set:4");
const number = oneOf("0", "1", "2", "-1", "32768", "-2147483649", "9223372036854775807");
const text = oneOf("ant", "bee", "cat", "\0\xff", "m".repeat(254), "m".repeat(255));
const member: Part = (pick) => expand(pick([number, number, text, value]), pick);
const limit = some(["LIMIT", ["0", "1", "2", "-1", "x"]]);
const options = some(["MATCH", ["*", "[a-c]*", "?", "x*"]], ["COUNT", ["1", "10", "0", "x"]]);

/** The commands of the group. */
export const RANDOM_SETS: RandomGroup = {
  // Small, so that sets change their encoding often.
  config: { "set-max-intset-entries": "6" },
  shapes: {
    same: [
      ["SADD", key, number],
      ["SADD", key, many(number)],
      ["SADD", key, many(member)],
      ["SADD", key, member],
      ["SADD", key],
      ["SREM", key, member],
      ["SREM", key, many(member)],
      ["SISMEMBER", key, member],
      ["SMISMEMBER", key, many(member)],
      ["SCARD", key],
      ["SMOVE", key, key, member],
      ["SMOVE", key, key, member],
      ["SINTERCARD", oneOf("1", "2", "3", "0", "x"), key, key, limit],
      ["SINTERSTORE", key, many(key)],
      ["SUNIONSTORE", key, many(key)],
      ["SDIFFSTORE", key, many(key)],
      ["SPOP", key, oneOf("0", "-1", "x", "")],
      ["SRANDMEMBER", key, oneOf("0", "x", "")],
      ["SSCAN", key, "x", options],
      ["OBJECT", "ENCODING", key],
      ["DEL", key],
      ["COPY", key, key, "REPLACE"],
      ["RENAME", key, key],
      ["TYPE", key],
    ],
    unordered: [
      ["SMEMBERS", key],
      ["SMEMBERS", key],
      ["SINTER", many(key)],
      ["SUNION", many(key)],
      ["SDIFF", many(key)],
      ["SPOP", key, "1000"],
      ["SRANDMEMBER", key, "1000"],
    ],
    shape: [["SRANDMEMBER", key], ["SRANDMEMBER", key, oneOf("1", "3", "-1", "-7")]],
  },
};
