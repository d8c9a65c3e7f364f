/**
 * Draw count: how many elements HRANDFIELD and ZRANDMEMBER are to draw.
 *
 * @module
 */

import { Int64 } from "../base/int64.ts";
import { COUNT_OUT_OF_RANGE, OUT_OF_INT64, SYNTAX_ERROR } from "../errors/catalogue.ts";
import type { Args } from "../resp/mod.ts";

/** Upper half of 2^62. */
const HALF_HIGH_WORD = 0x40000000;

const count = new Int64();

/**
 * Reads `count [word]`, the count being argument 2.
 *
 * @param pairWord Asks for a second reply with each element: `withvalues`, `withscores`.
 * @returns The count; negative where elements may come again.
 * @throws {RedisError} When the count is none or too large, or what follows is another word.
 */
export function readDrawCount(args: Args, pairWord: string): number {
  const { hi, lo } = args.int64(2, count);
  if (hi === -2 * HALF_HIGH_WORD && lo === 0) throw OUT_OF_INT64;
  const hasWord = args.count > 3;
  if (args.count > 4 || (hasWord && !args.isWord(3, pairWord))) throw SYNTAX_ERROR;
  // Each element is two replies then, and their number must be below 2^63, too.
  const isBeyondHalf = hi >= HALF_HIGH_WORD || hi < -HALF_HIGH_WORD ||
    (hi === -HALF_HIGH_WORD && lo === 0);
  if (hasWord && isBeyondHalf) throw COUNT_OUT_OF_RANGE;
  return count.toNumber();
}
