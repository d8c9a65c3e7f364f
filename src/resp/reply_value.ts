/**
 * Reply value: a reply as a tree of plain values, for programs that read replies.
 *
 * A union of what JavaScript has anyway, so that `=== "OK"`, `instanceof Map` and `for ... of` do
 * the work and no wrapper stands between. Servers never build one: they write replies.
 *
 *   status, bulk string, verbatim   string (UTF-8), or bytes if asked for
 *   integer, double                 number; bigint where a number would not be exact
 *   big number                      bigint
 *   null of any kind                null
 *   error                           RedisError, also as an element
 *   array, set, map                 Array, Set, Map
 *
 * Specification: RESP2, RESP3.
 *
 * @module
 */

import type { RedisError } from "../errors/redis_error.ts";

/**
 * One reply. `ReplyValue` has its bulk strings as text, `ReplyValue<Uint8Array>` as bytes; keys of
 * maps and elements of sets too, which then are found by going through them.
 */
export type ReplyValue<Bulk extends string | Uint8Array = string> =
  | null
  | boolean
  | number
  | bigint
  | string
  | Bulk
  | RedisError
  | ReplyValue<Bulk>[]
  | Set<ReplyValue<Bulk>>
  | Map<ReplyValue<Bulk>, ReplyValue<Bulk>>;

/** Whether bulk strings are read as UTF-8 text or left as bytes. */
export type BulkKind = "text" | "bytes";
