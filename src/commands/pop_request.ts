/**
 * Pop request: what pops of lists and of sorted sets are asked in the same words.
 *
 * @module
 */

import type { CommandContext, Demand } from "../engine/mod.ts";
import { COUNT_NOT_POSITIVE, KEY_COUNT_NOT_POSITIVE, SYNTAX_ERROR } from "../errors/catalogue.ts";
import type { Args } from "../resp/mod.ts";
import { timeoutOfSeconds } from "./timeout.ts";

/** What LMPOP, ZMPOP and their blocking kin are asked. */
export interface MultiPopRequest<End> {
  readonly firstKey: number;
  readonly keyCount: number;
  readonly end: End;
  /** At most so many elements. */
  readonly count: number;
}

/**
 * Reads `numkeys key [key ...] end [COUNT count]`.
 *
 * @param countIndex Number of the argument that counts the keys.
 * @param endAt Reads the end's word; throws when it is none.
 * @throws {RedisError} When the arguments make no sense.
 */
export function readMultiPop<End>(
  args: Args,
  countIndex: number,
  endAt: (args: Args, index: number) => End,
): MultiPopRequest<End> {
  const keyCount = args.integer(countIndex, KEY_COUNT_NOT_POSITIVE);
  if (keyCount < 1) throw KEY_COUNT_NOT_POSITIVE;
  const endIndex = countIndex + keyCount + 1;
  if (endIndex >= args.count) throw SYNTAX_ERROR;
  const end = endAt(args, endIndex);
  let count = 1;
  if (endIndex + 1 < args.count) {
    const isWhole = args.count >= endIndex + 3 && args.isWord(endIndex + 1, "count");
    if (!isWhole) throw SYNTAX_ERROR;
    count = args.integer(endIndex + 2, COUNT_NOT_POSITIVE);
    if (count < 1) throw COUNT_NOT_POSITIVE;
    if (args.count > endIndex + 3) throw SYNTAX_ERROR;
  }
  return { firstKey: countIndex + 1, keyCount, end, count };
}

/** Serves `key [key ...] timeout`: from the first key that has what is wanted, or waits for one. */
export function popOneOrWait(context: CommandContext, args: Args, demand: Demand): void {
  const timeoutIndex = args.count - 1;
  context.takeOrBlock(args, demand, {
    firstKey: 1,
    keyCount: timeoutIndex - 1,
    timeoutMs: timeoutOfSeconds(args, timeoutIndex),
  });
}
