/**
 * Random string commands: strings, bitmaps, and what there is for keys of any type.
 *
 * @module
 */

import { key, many, type Part, type RandomGroup, type Shape, some, value } from "./random_parts.ts";

const INDICES = ["0", "1", "-1", "2", "-2", "5", "44", "-300", "1000", "9223372036854775807", "x"];
const BIT_OFFSETS = ["0", "7", "8", "100", "2100", "-1", "4294967296", "x"];
const FIELD_TYPES = ["u1", "i8", "u16", "i5", "u63", "i64", "u64"];
const FIELD_OFFSETS = ["0", "3", "#1", "100", "#33", "-1", "#"];
const SECONDS = ["100", "1000", "0", "-1", "9223372036854775807", "99999999999", "x", "1.5"];
/** None so short that it ends while the replies are compared. */
const MILLISECONDS = ["100000", "1000000", "0", "-1", "9223372036854775807", "x", "1.5"];
const MOMENTS = ["99999999999999", "1", "0", "-5", "9223372036854775807", "33177117420000", "x"];
const UNIX_SECONDS = ["99999999999", "1", "0", "9223372036854775", "9223372036854776", "x"];
const PATTERNS = ["*", "?", "[a-c]", "k*", "*\xff", "[^a]", "", "\\a", "key:*"];

const index: Part = (pick) => pick(INDICES);
const bit: Part = (pick) => pick(["0", "1", "1", "2"]);
const bitOffset: Part = (pick) => pick(BIT_OFFSETS);
const bitUnit: Part = (pick) => pick(["BIT", "byte"]);
const fieldType: Part = (pick) => pick(FIELD_TYPES);
const fieldOffset: Part = (pick) => pick(FIELD_OFFSETS);
const overflow: Part = (pick) => ["OVERFLOW", pick(["WRAP", "sat", "FAIL"])];

const expiryOptions = [
  ["EX", SECONDS],
  ["px", MILLISECONDS],
  ["EXAT", UNIX_SECONDS],
  ["PXAT", MOMENTS],
] as const;
/** GT and LT of times that count from now would ask which server was a millisecond later. */
const conditionsOnly = some("NX", "xx");
const expireConditions = some("NX", "XX", "GT", "lt");

/** Commands whose replies must be equal to the byte. */
const SAME: readonly Shape[] = [
  ["SET", key, value],
  ["SET", key, value],
  ["SET", key, value, some("NX", "XX", "GET", "KEEPTTL", ...expiryOptions)],
  ["GET", key],
  ["GET", key],
  ["SETNX", key, value],
  ["GETSET", key, value],
  ["GETDEL", key],
  ["GETEX", key, some("PERSIST", ...expiryOptions)],
  ["SETEX", key, (pick) => pick(SECONDS), value],
  ["PSETEX", key, (pick) => pick(MILLISECONDS), value],
  ["MGET", many(key)],
  ["MSET", many(key, value)],
  ["MSET", key],
  ["MSETNX", many(key, value)],
  ["INCR", key],
  ["DECR", key],
  ["INCRBY", key, value],
  ["DECRBY", key, value],
  ["INCRBYFLOAT", key, value],
  ["APPEND", key, value],
  ["STRLEN", key],
  ["SETRANGE", key, (pick) => pick(["0", "1", "10", "-1", "300", "5000", "x", "536870912"]), value],
  ["GETRANGE", key, index, index],
  ["SUBSTR", key, index, index],
  ["LCS", key, key, some("LEN", "IDX", "WITHMATCHLEN", ["MINMATCHLEN", INDICES])],
  ["SETBIT", key, bitOffset, bit],
  ["GETBIT", key, bitOffset],
  ["BITCOUNT", key],
  ["BITCOUNT", key, index, index, bitUnit],
  ["BITPOS", key, bit, index],
  ["BITPOS", key, bit, index, index, bitUnit],
  ["BITOP", (pick) => pick(["AND", "or", "XOR", "NOT"]), key, many(key)],
  ["BITFIELD", key, overflow, many("INCRBY", fieldType, fieldOffset, value)],
  ["BITFIELD", key, many("SET", fieldType, fieldOffset, value, "GET", fieldType, fieldOffset)],
  ["BITFIELD_RO", key, many("GET", fieldType, fieldOffset)],
  ["DEL", many(key)],
  ["UNLINK", many(key)],
  ["EXISTS", many(key)],
  ["TOUCH", many(key)],
  ["TYPE", key],
  ["RENAME", key, key],
  ["RENAMENX", key, key],
  ["COPY", key, key, some("REPLACE", ["DB", ["0", "1", "99", "x"]])],
  ["MOVE", key, (pick) => pick(["0", "1", "15", "16", "-1", "x"])],
  ["EXPIRE", key, (pick) => pick(SECONDS), conditionsOnly],
  ["PEXPIRE", key, (pick) => pick(MILLISECONDS), conditionsOnly],
  ["EXPIREAT", key, (pick) => pick(UNIX_SECONDS), expireConditions],
  ["PEXPIREAT", key, (pick) => pick(MOMENTS), expireConditions],
  ["PERSIST", key],
  ["OBJECT", "ENCODING", key],
  ["ECHO", value],
  ["SELECT", (pick) => pick(["0", "0", "1", "16", "x"])],
  ["GET"],
  ["SET", key],
  ["OBJECT", "NONE", key],
  ["NOSUCH", key, value],
];

/** The commands of these groups. */
export const RANDOM_STRINGS: RandomGroup = {
  shapes: {
    same: SAME,
    unordered: times(3, ["KEYS", (pick) => pick(PATTERNS)]),
    within: [...times(2, ["TTL", key]), ...times(2, ["EXPIRETIME", key])],
  },
};

/** A shape that is drawn more often. */
function times(count: number, shape: Shape): readonly Shape[] {
  return Array.from({ length: count }, () => shape);
}
