/**
 * Random commands that sort, and others on keys of all types.
 *
 * ALPHA is for lists only: elements of sets that compare equal come in no order.
 *
 * @module
 */

import { many, oneOf, type RandomGroup, some } from "./random_parts.ts";

const KEYS = [
  "hash:1",
  "hash:2",
  "list:1",
  "list:2",
  "set:1",
  "set:2",
  "zset:1",
  "zset:2",
  "stream:1",
  "geo:1",
];
const PATTERNS = ["set:*", "w_*", "hash:*->a", "hash:*->1", "#", "nosort", "*", "w_*->", ""];
const NUMBERS = ["0", "1", "2", "5", "100", "-1", "9223372036854775807", "x"];

const key = oneOf(...KEYS, "a", "b", "c");
/** Not of those that are set to expire in the past: Redis digests them until it notices. */
const livingKey = oneOf(...KEYS);
/** Nothing else than lists comes under these. */
const listKey = oneOf("sorted:1", "sorted:2");
const target = oneOf("sorted:1", "sorted:2", "list:1", "a");
const number = oneOf("3", "-1", "10", "2.5", "1e2", "0x10", "7", "07", "", "inf", "3", "10");
const word = oneOf("1", "2", "a", "b", "ab", "a\0b", "", "zoo");
const pattern = oneOf(...PATTERNS);
const options = some("ASC", "DESC", "ALPHA", ["GET", PATTERNS], ["limit 0 2", [""]]);
const limit = oneOf(...NUMBERS);

/** The commands of the group. */
export const RANDOM_SORTS: RandomGroup = {
  shapes: {
    same: [
      ["RPUSH", listKey, many(number)],
      ["RPUSH", listKey, many(word)],
      ["SADD", "set:1", many(number)],
      ["ZADD", "zset:1", "1", number],
      ["DEL", listKey],
      ["SORT", key],
      ["SORT", key, "LIMIT", limit, limit, some("DESC", ["GET", PATTERNS])],
      ["SORT_RO", key, some("ASC", "DESC", ["GET", PATTERNS])],
      ["SORT_RO", listKey, "ALPHA", "LIMIT", limit, limit, some("DESC", ["GET", PATTERNS])],
      ["SORT", key, some("DESC", "ALPHA", ["GET", PATTERNS]), "STORE", target],
      ["SORT", listKey, "BY", pattern, options],
      ["SORT", listKey, "BY", pattern, "ALPHA", "LIMIT", limit, limit],
      ["SORT", listKey, "BY", pattern, some("DESC", "ALPHA"), "STORE", target],
      ["SET", oneOf("w_1", "w_2", "w_3", "w_10", "w_a"), number],
      ["DEBUG", "DIGEST-VALUE", livingKey, livingKey],
      ["OBJECT", "ENCODING", key],

      ["TYPE", key],
      ["COPY", key, key, some("REPLACE")],
      ["RENAMENX", key, key],
      ["PERSIST", key],
      ["EXPIRE", key, oneOf("1000", "-1", "0"), some("NX", "XX")],
    ],
    unordered: [["SORT", key, "ALPHA"]],
  },
};
