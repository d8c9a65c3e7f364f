/**
 * Module name: what a module's type is called, from the number that stands for it in RDB files.
 *
 *   54 bits: nine characters of 6 bits, the first highest | 10 bits: version of its encoding
 *
 * @module
 */

import type { Int64 } from "../../base/int64.ts";

const CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CHARACTER_BITS = 6;
const CHARACTER_COUNT = 9;
const VERSION_BITS = 10;

/** The nine characters of a module type's name. */
export function moduleName(id: Int64): string {
  const bits = BigInt.asUintN(64, id.toBigInt());
  let name = "";
  for (let index = CHARACTER_COUNT - 1; index >= 0; index--) {
    const shift = BigInt(VERSION_BITS + index * CHARACTER_BITS);
    name += CHARACTERS[Number((bits >> shift) & 63n)];
  }
  return name;
}
