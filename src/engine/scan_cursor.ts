/**
 * Scan cursor: where a scan stands, as a client gives it back.
 *
 * Any 64-bit number is taken for one, as by Redis: an invented one starts somewhere, it does no harm.
 *
 * @module
 */

import { INVALID_CURSOR } from "../errors/catalogue.ts";

/** Cursors are below this. */
const CURSOR_COUNT = 2n ** 64n;
/** Bits of a cursor that a number holds exactly; those given out need no more. */
const CURSOR_BITS = 53;

/**
 * Reads a cursor.
 *
 * Redis reads it by `strtoul`: a sign is allowed and a negative number wraps around, nothing counts
 * as 0, and text in C ends at a zero byte.
 *
 * @param text Binary text.
 * @returns Its lower 53 bits.
 * @throws {RedisError} When it is no unsigned 64-bit integer.
 */
export function parseCursor(text: string): number {
  const [, sign, digits] = /^(?:([+-]?)(\d+))?(?:\0|$)/.exec(text) ?? [];
  const isNothing = text === "" || text.startsWith("\0");
  if (digits === undefined && !isNothing) throw INVALID_CURSOR;
  const cursor = BigInt(digits ?? 0);
  if (cursor >= CURSOR_COUNT) throw INVALID_CURSOR;
  return Number(BigInt.asUintN(CURSOR_BITS, sign === "-" ? -cursor : cursor));
}
