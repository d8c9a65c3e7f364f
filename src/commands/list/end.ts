/**
 * Ends of a list as commands call them: LEFT is the head, RIGHT the tail.
 *
 * @module
 */

import { SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { ListEnd } from "../../store/mod.ts";

/** The keyspace event of an element that comes, by the end where it does. */
export const PUSH_EVENTS: Readonly<Record<ListEnd, string>> = { head: "lpush", tail: "rpush" };
/** The keyspace event of one that goes. */
export const POP_EVENTS: Readonly<Record<ListEnd, string>> = { head: "lpop", tail: "rpop" };

/** @throws {RedisError} When the argument is neither LEFT nor RIGHT. */
export function endAt(args: Args, index: number): ListEnd {
  if (args.isWord(index, "left")) return "head";
  if (args.isWord(index, "right")) return "tail";
  throw SYNTAX_ERROR;
}
