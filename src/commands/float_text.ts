/**
 * Float text: numbers that INCRBYFLOAT and HINCRBYFLOAT add.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import { type LongDouble, parseLongDouble } from "../base/long_double.ts";
import { NOT_A_FLOAT } from "../errors/catalogue.ts";

/** Longest text of a number that can be added. */
const FLOAT_BYTES_MAX = 5 * 1024;

/**
 * Reads a number.
 *
 * @param refusal What to throw when it is none.
 * @throws {RedisError} `refusal`.
 */
export function readFloat(view: ByteView, refusal = NOT_A_FLOAT): LongDouble {
  const value = view.byteCount > FLOAT_BYTES_MAX ? undefined : parseLongDouble(view.toText());
  if (value === undefined) throw refusal;
  return value;
}
