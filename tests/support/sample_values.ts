/**
 * Sample values: makes keys with values of every type, in every encoding.
 *
 * @module
 */

import type { Both } from "./both.ts";

/** A value: what makes it, without the key behind the command's name. */
type ValueRow = readonly [key: string, command: string, ...rest: readonly string[]];

const MANY = Array.from({ length: 200 }, (_, index) => `element ${index}`);
const LONG = "x".repeat(100);

/** The values, by key. */
const VALUES: readonly ValueRow[] = [
  ["string:int", "SET", "12345"],
  ["string:embstr", "SET", "hello"],
  ["string:raw", "SET", "y".repeat(300)],
  ["list:short", "RPUSH", "a", "1", "-70000", "b\0c", ""],
  ["list:long", "RPUSH", ...MANY, LONG.repeat(100)],
  ["set:integers", "SADD", "5", "-3", "70000", "9223372036854775807"],
  ["set:words", "SADD", "a", "b", "1", ""],
  ["set:many", "SADD", ...MANY],
  ["hash:small", "HSET", "a", "1", "b", "two", "", "\0"],
  ["hash:large", "HSET", ...MANY, "long", LONG],
  ["zset:small", "ZADD", "1", "a", "0.1", "b", "-inf", "c", "1e300", "d", "2", ""],
  ["zset:large", "ZADD", ...MANY.flatMap((member, index) => [String(index / 7), member])],
];

/** The keys that `makeValues` makes. */
export const KEYS_OF_ALL_TYPES: readonly string[] = [
  ...VALUES.map(([key]) => key),
  "stream:one",
  "stream:groups",
];

/** Makes a key with a value of each type and encoding, in the selected database. */
export async function makeValues(both: Both): Promise<void> {
  for (const [key, command, ...rest] of VALUES) await both.same(command, key, ...rest);
  await both.same("XADD", "stream:one", "1-1", "field", "value", "a", "1");
  for (let index = 1; index <= 150; index++) {
    await both.same("XADD", "stream:groups", `${index}-0`, "n", String(index), "text", LONG);
  }
  await both.same("XDEL", "stream:groups", "7-0");
  await both.same("XGROUP", "CREATE", "stream:groups", "group", "0");
  await both.send(
    "XREADGROUP",
    "GROUP",
    "group",
    "me",
    "COUNT",
    "3",
    "STREAMS",
    "stream:groups",
    ">",
  );
}
