/**
 * Registers: what an element does to a HyperLogLog, and what the registers say about the number of
 * elements. Both hold for any encoding.
 *
 * An element's hash is split: 14 bits choose one of 16384 registers, the zeros at the lower end of
 * the other 50, and one for the 1 that ends them, are its *rank*. A register keeps the highest rank
 * it saw.
 *
 *   hash    bbbbbbbb ... bb100 | iiiiiiiiiiiiii      rank 3 in register i
 *            50 bits                14 bits
 *
 * The estimate is Otmar Ertl's: it is the maximum likelihood's near kin, needs no table of bias
 * corrections and no switch of formula for few elements, and asks only how many registers have each
 * value.
 *
 * Specified in: Redis 7.0, PFADD and PFCOUNT; Ertl, "New cardinality estimation algorithms for
 * HyperLogLog sketches", arXiv:1702.01284.
 *
 * @module
 */

import type { ByteView } from "../../../base/byte_view.ts";
import { Int64 } from "../../../base/int64.ts";
import { murmurHash64 } from "../../../base/murmur_hash.ts";

/** Bits of the hash that choose the register. */
const INDEX_BITS = 14;

/** Number of registers: 2^14, for a standard error of 0.81 %. */
export const REGISTER_COUNT = 1 << INDEX_BITS;

/** Highest rank of an element: no 1 among its 50 bits. */
const RANK_MAX = 64 - INDEX_BITS + 1;

/** Values that a register of 6 bits can have. */
const VALUE_COUNT = 64;

/** Redis' seed. */
const HASH_SEED = 0xadc83b19;

/** 0.5 / ln 2: the constant of the estimator. */
const ALPHA_INFINITY = 0.721347520444481703680;

/** Above this no signed 64-bit integer can say it. */
const ESTIMATE_MAX = 2 ** 63;

/** Reused by all: hashing allocates nothing. */
const hash = new Int64();

/** Which register an element falls into, and with which rank. */
export class ElementTrace {
  registerIndex = 0;
  rank = 0;

  /** Hashes an element; returns itself. */
  of(element: ByteView): this {
    const { lo, hi } = murmurHash64(element.bytes, element.start, element.end, HASH_SEED, hash);
    this.registerIndex = lo & (REGISTER_COUNT - 1);
    const lower = lo >>> INDEX_BITS;
    if (lower !== 0) this.rank = trailingZeroCount(lower) + 1;
    else if (hi !== 0) this.rank = trailingZeroCount(hi) + 32 - INDEX_BITS + 1;
    else this.rank = RANK_MAX;
    return this;
  }
}

/** A fresh histogram of register values, all counts 0. */
export function newHistogram(): Int32Array {
  return new Int32Array(VALUE_COUNT);
}

/** Adds to `histogram[value]` how many of plain registers, a byte each, have the value. */
export function countPlainRegisters(registers: Uint8Array, histogram: Int32Array): void {
  for (let index = 0; index < REGISTER_COUNT; index++) histogram[registers[index]]++;
}

/**
 * Estimates the number of distinct elements.
 *
 * @param histogram How many registers have each value.
 * @returns A whole number, at most 2^63: as much or more is what registers say that no elements
 *   could have brought about.
 */
export function estimateCardinality(histogram: Int32Array): number {
  const count = REGISTER_COUNT;
  let sum = count * tau((count - histogram[RANK_MAX]) / count);
  for (let value = RANK_MAX - 1; value >= 1; value--) sum = (sum + histogram[value]) * 0.5;
  sum += count * sigma(histogram[0] / count);
  // The order of operations is Redis', so that the last bit is.
  return Math.min(Math.round(ALPHA_INFINITY * count * count / sum), ESTIMATE_MAX);
}

/** x + Σ x^(2^k) · 2^(k-1): the part of registers that saw nothing. Infinite for 1. */
function sigma(x: number): number {
  if (x === 1) return Infinity;
  let weight = 1, sum = x, previous: number;
  do {
    x *= x;
    previous = sum;
    sum += x * weight;
    weight += weight;
  } while (previous !== sum);
  return sum;
}

/** (1 - x - Σ (1 - x^(2^-k))^2 · 2^-k) / 3: the part of registers that are full. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let weight = 1, sum = 1 - x, previous: number;
  do {
    x = Math.sqrt(x);
    previous = sum;
    weight *= 0.5;
    sum -= (1 - x) * (1 - x) * weight;
  } while (previous !== sum);
  return sum / 3;
}

/** Zeros below the lowest 1 of a 32-bit word that is not 0. */
function trailingZeroCount(word: number): number {
  return 31 - Math.clz32(word & -word);
}
