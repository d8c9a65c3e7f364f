/**
 * Timeout: how long a client is willing to wait, as it writes it.
 *
 * @module
 */

import { parseDouble } from "../base/double.ts";
import { isFiniteLongDouble, parseLongDouble } from "../base/long_double.ts";
import {
  TIMEOUT_NEGATIVE,
  TIMEOUT_NOT_A_FLOAT,
  TIMEOUT_NOT_AN_INTEGER,
} from "../errors/catalogue.ts";
import type { Args } from "../resp/mod.ts";

/** Seconds below this are exact enough as a double; Redis reads all as a `long double`. */
const PLAIN_SECONDS_MAX = 2 ** 40;
/** Redis counts milliseconds in 64 bits; more is negative there. */
const MILLISECONDS_END = 2n ** 63n;

/**
 * A timeout in seconds, which may have decimals: BLPOP.
 *
 * @returns Whole milliseconds, a fraction counted as one; 0: for ever.
 * @throws {RedisError} When it is no number, or negative.
 */
export function timeoutOfSeconds(args: Args, index: number): number {
  const seconds = parseDouble(args.at(index));
  if (seconds !== undefined && seconds >= 0 && seconds < PLAIN_SECONDS_MAX) {
    return Math.ceil(seconds * 1000);
  }
  const exact = parseLongDouble(args.text(index));
  if (exact === undefined) throw TIMEOUT_NOT_A_FLOAT;
  if (!isFiniteLongDouble(exact)) throw TIMEOUT_NEGATIVE;
  const milliseconds = roundUp(exact.mantissa * 1000n, exact.exponent);
  if (milliseconds < 0n || milliseconds >= MILLISECONDS_END) throw TIMEOUT_NEGATIVE;
  return Number(milliseconds);
}

/**
 * A timeout in milliseconds: XREAD BLOCK, CLIENT PAUSE.
 *
 * @throws {RedisError} When it is no whole number, or negative.
 */
export function timeoutOfMilliseconds(args: Args, index: number): number {
  const milliseconds = args.integer(index, TIMEOUT_NOT_AN_INTEGER);
  if (milliseconds < 0) throw TIMEOUT_NEGATIVE;
  return milliseconds;
}

/** `mantissa` × 2^`exponent`, rounded up. */
function roundUp(mantissa: bigint, exponent: number): bigint {
  if (exponent >= 0) return mantissa << BigInt(exponent);
  return -(-mantissa >> BigInt(-exponent));
}
