/**
 * Rollback rule: what a request would change, as far as its command's row tells; and whether that can
 * be taken back.
 *
 * What can be taken back is what happens to keys that are known beforehand, and messages, as they can
 * be held back. So these are refused in a transaction that may be rolled back:
 *
 *   admin                       CONFIG, DEBUG, SHUTDOWN ...: about the server
 *   noscript, not blocking      CLIENT, AUTH, SUBSCRIBE, EVAL ...: about the connection, or anything
 *   write, without keys         FLUSHALL, SWAPDB ...: all keys
 *   write, keys not to be found arguments that make no sense, or name a key twice over
 *
 * No command is named here: whichever comes is judged by its row.
 *
 * @module
 */

import type { Command, ServerParts } from "../engine/mod.ts";
import type { Args } from "../resp/mod.ts";
import type { Keyspace } from "../store/mod.ts";

/** Whether what a request does can be taken back. */
export function isRevocable(command: Command, args: Args): boolean {
  if (command.has("admin") || (command.has("noscript") && !command.has("blocking"))) return false;
  if (!command.isWrite) return true;
  const { keys, findKeys } = command.spec;
  if (keys === undefined && findKeys === undefined) return false;
  return command.keysOf(args) !== undefined && !isAmbiguous(command, args);
}

/** The databases in which a request may change its keys. */
export function databasesOf(
  server: ServerParts,
  command: Command,
  args: Args,
  selectedIndex: number,
): Keyspace[] {
  const { databases } = server.store;
  const other = command.spec.otherDatabase?.(args);
  const isOther = other !== undefined && other !== selectedIndex && databases[other] !== undefined;
  return isOther ? [databases[selectedIndex], databases[other]] : [databases[selectedIndex]];
}

/** Whether the word before a key is there twice (`STORE a STORE b`): the rules find the first one. */
function isAmbiguous({ spec }: Command, args: Args): boolean {
  if (spec.findKeys !== undefined) return false;
  return spec.keys!.some(({ begin, find }) => {
    if (begin.by !== "keyword" || find.by !== "range" || find.last !== 0) return false;
    let wordCount = 0;
    for (let index = Math.max(1, begin.startFrom); index < args.count; index++) {
      if (args.isWord(index, begin.keyword.toLowerCase())) wordCount++;
    }
    return wordCount > 1;
  });
}
