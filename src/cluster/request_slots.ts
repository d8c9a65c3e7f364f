/**
 * Request slots: the slots of a request's keys.
 *
 * @module
 */

import { slotOf } from "../base/crc16.ts";
import type { Command } from "../engine/mod.ts";
import type { Args } from "../resp/mod.ts";

/**
 * Joins the slots of a request's keys. Channels of shards count as keys; a request whose arguments make
 * no sense has none.
 *
 * @param start What those before it make.
 * @param join Puts a slot to those before.
 * @returns `start` when there are no keys.
 */
export function foldSlots<Joined>(
  command: Command,
  args: Args,
  start: Joined,
  join: (before: Joined, slotIndex: number) => Joined,
): Joined {
  const { keys, findKeys } = command.spec;
  const range = command.keyRange;
  let joined = start;
  // With a single rule that is simple, `findKeys` only tells what becomes of the keys.
  if (range !== undefined && keys!.length === 1) {
    const last = range.last < 0 ? args.count + range.last : Math.min(range.last, args.count - 1);
    for (let index = range.first; index <= last; index += range.step) {
      joined = join(joined, slotOf(args.at(index)));
    }
    return joined;
  }
  if (keys === undefined && findKeys === undefined) return joined;
  for (const { argumentIndex } of command.keysOf(args) ?? []) {
    joined = join(joined, slotOf(args.at(argumentIndex)));
  }
  return joined;
}

/** Whether a command's keys are channels of shards. */
export function usesShards({ spec }: Command): boolean {
  return spec.categories?.includes("pubsub") === true && spec.keys !== undefined;
}
