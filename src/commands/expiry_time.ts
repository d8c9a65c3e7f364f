/**
 * Expiry time: from what a client writes (seconds or milliseconds, from now or since 1970) to the
 * moment in unix milliseconds that is stored, exactly to 64 bits.
 *
 * @module
 */

import { Int64 } from "../base/int64.ts";
import type { CommandContext } from "../engine/mod.ts";
import { invalidExpireTime } from "../errors/catalogue.ts";
import type { Args } from "../resp/mod.ts";

/** How an expiry is written. */
export interface ExpiryForm {
  /** Milliseconds of one unit: 1 or 1000. */
  readonly unitMs: 1 | 1000;
  /** Whether it counts from now. */
  readonly isRelative: boolean;
}

/** Seconds from now: EX, EXPIRE. */
export const IN_SECONDS: ExpiryForm = { unitMs: 1000, isRelative: true };
/** Milliseconds from now: PX, PEXPIRE. */
export const IN_MILLISECONDS: ExpiryForm = { unitMs: 1, isRelative: true };
/** Unix seconds: EXAT, EXPIREAT. */
export const AT_SECONDS: ExpiryForm = { unitMs: 1000, isRelative: false };
/** Unix milliseconds: PXAT, PEXPIREAT. */
export const AT_MILLISECONDS: ExpiryForm = { unitMs: 1, isRelative: false };

/** Values below this take no more than 2^52 milliseconds, now included: numbers do. */
const PLAIN_VALUE_MAX = 2 ** 42;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * Turns a value into the moment it means.
 *
 * @param value Set to the moment in unix milliseconds.
 * @param nowMs The time now, in unix milliseconds.
 * @returns Whether both the value in milliseconds and the moment can be written in 64 bits; if not,
 *   `value` is undefined.
 */
export function toUnixMs(value: Int64, form: ExpiryForm, nowMs: number): boolean {
  const plain = value.toNumber();
  if (Math.abs(plain) <= PLAIN_VALUE_MAX) {
    value.setNumber(plain * form.unitMs + (form.isRelative ? nowMs : 0));
    return true;
  }
  const written = value.toBigInt() * BigInt(form.unitMs);
  const moment = written + (form.isRelative ? BigInt(nowMs) : 0n);
  if (written < INT64_MIN || moment > INT64_MAX) return false;
  value.setBigInt(moment);
  return true;
}

/** Reused by all commands: they run one after the other. */
const moment = new Int64();

/**
 * Reads an expiry that must be positive as written and as a moment: that of SET and its kin.
 *
 * @returns The moment in unix milliseconds; good until the next call.
 * @throws {RedisError} When it is no integer, not positive, or too large.
 */
export function readPositiveExpiry(
  context: CommandContext,
  args: Args,
  index: number,
  form: ExpiryForm,
): Int64 {
  args.int64(index, moment);
  const isPositive = !moment.isNegative() && moment.toNumber() !== 0;
  if (!isPositive || !toUnixMs(moment, form, context.db.nowMs)) {
    throw invalidExpireTime(context.command.fullName);
  }
  return moment;
}
