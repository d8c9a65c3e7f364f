/**
 * Random hash commands.
 *
 * @module
 */

import { keyOf, many, oneOf, type Part, type RandomGroup, some, value } from "./random_parts.ts";

const key = keyOf("hash:1", "hash:2", "hash:3");
const field = oneOf(
  "a",
  "b",
  "c",
  "d",
  "1",
  "2",
  "-300",
  "70000",
  "9223372036854775807",
  "",
  "\0\xff",
  "f".repeat(64),
  "f".repeat(65),
  "f".repeat(255),
);
const count = oneOf("1", "2", "3", "0", "-1", "-5", "1000", "x");
const options: Part = some(["MATCH", ["*", "[a-c]", "?", "x*"]], ["COUNT", ["1", "10", "0", "x"]]);

/** The commands of the group. */
export const RANDOM_HASHES: RandomGroup = {
  // Small, so that hashes change their encoding often.
  config: { "hash-max-listpack-entries": "8" },
  shapes: {
    same: [
      ["HSET", key, field, value],
      ["HSET", key, field, value],
      ["HSET", key, many(field, value)],
      ["HSET", key, field],
      ["HMSET", key, many(field, value)],
      ["HSETNX", key, field, value],
      ["HGET", key, field],
      ["HGET", key, field],
      ["HMGET", key, many(field)],
      ["HDEL", key, many(field)],
      ["HDEL", key, many(field)],
      ["HLEN", key],
      ["HSTRLEN", key, field],
      ["HEXISTS", key, field],
      ["HINCRBY", key, field, value],
      ["HINCRBY", key, field, oneOf("1", "-1", "100", "9223372036854775807")],
      ["HINCRBYFLOAT", key, field, value],
      ["HSCAN", key, "x", options],
      ["HRANDFIELD", key, count, "VALUES"],
      ["OBJECT", "ENCODING", key],
      ["DEL", key],
      ["COPY", key, key, "REPLACE"],
      ["RENAME", key, key],
      ["TYPE", key],
    ],
    unordered: [["HKEYS", key], ["HVALS", key]],
    unorderedPairs: [["HGETALL", key], ["HGETALL", key]],
    shape: [["HRANDFIELD", key, count], ["HRANDFIELD", key, count, "WITHVALUES"]],
  },
};
