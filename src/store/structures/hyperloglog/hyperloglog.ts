/**
 * HyperLogLog: how many distinct elements were seen, to within 0.81 %, in at most 12 KiB.
 *
 * How it can be: hash each element. Of all hashes half end in 1, a quarter in 10, one of 2^k in 1
 * and k - 1 zeros. Who saw a hash with nine zeros at its end has probably seen some 2^10 different
 * ones; the same element again has the same hash and changes nothing, so it counts once. A single
 * lucky hash would spoil that, so elements are dealt out over 16384 registers, each keeping the
 * longest such run that it saw, and the estimate is made from all of them. Two sketches are united
 * by taking of each register the larger: the sketch of the union, as if all had been added to one.
 *
 * The value is a string to everybody else, with GET and SET, so the bytes are the interface, and
 * they are Redis' own to the bit:
 *
 *   "HYLL" | encoding u8 | 0 0 0 | cached count u64, little endian | registers
 *    4       0 dense      3        8, top bit set: out of date       dense: 12288 bytes of 6 bits
 *            1 sparse                                                sparse: runs, 2 bytes or more
 *
 * A sketch begins sparse and becomes dense, never back, when its runs outgrow a limit or a register
 * exceeds 32. One class for both encodings, pointed at bytes that stay where they are: this knows no
 * arena, so that a self test can run it on an array. Whoever owns the bytes grows them.
 *
 * Cost: to add is a hash and, dense, one register; sparse, a walk over the runs. To estimate, a walk
 * over all registers.
 * Behaviour: Redis 7.0 PFADD, PFCOUNT, PFMERGE; idea: Flajolet, Fusy, Gandouet, Meunier 2007; Heule,
 * Nunkesser, Hall 2013 for the sparse form.
 *
 * @module
 */

import type { ByteView } from "../../../base/byte_view.ts";
import { readInt32 } from "../../../base/int32.ts";
import type { Int64 } from "../../../base/int64.ts";
import {
  countDenseRegisters,
  DENSE_REGISTERS_BYTES,
  denseRegister,
  raiseDenseRegister,
} from "./dense_registers.ts";
import { estimateCardinality, newHistogram, REGISTER_COUNT } from "./registers.ts";
import { type RaiseOutcome, SparseRuns, writeEmptyRuns } from "./sparse_registers.ts";

/** Bytes before the registers. */
const HEADER_BYTES = 16;
/** Bytes of a dense sketch. */
export const DENSE_BYTES = HEADER_BYTES + DENSE_REGISTERS_BYTES;
/** Bytes of a sketch that saw nothing. */
export const EMPTY_SKETCH_BYTES = HEADER_BYTES + 2;

const MAGIC = [0x48, 0x59, 0x4c, 0x4c]; // HYLL
const ENCODING_AT = 4;
const CACHE_AT = 8;
/** The byte whose top bit says that the cached count is out of date. */
const CACHE_TOP_AT = 15;
const OUTDATED_BIT = 0x80;
const DENSE = 0;
const SPARSE = 1;

/** Whether bytes look like a sketch: the header, and the length if dense. */
export function isHyperLogLog(view: ByteView): boolean {
  if (view.byteCount < HEADER_BYTES) return false;
  for (let offset = 0; offset < MAGIC.length; offset++) {
    if (view.at(offset) !== MAGIC[offset]) return false;
  }
  const encoding = view.at(ENCODING_AT);
  return encoding === SPARSE || (encoding === DENSE && view.byteCount === DENSE_BYTES);
}

/** Writes a sketch that saw nothing, `EMPTY_SKETCH_BYTES` long. */
export function writeEmptySketch(bytes: Uint8Array, at: number): void {
  bytes.set(MAGIC, at);
  bytes.fill(0, at + MAGIC.length, at + HEADER_BYTES);
  bytes[at + ENCODING_AT] = SPARSE;
  writeEmptyRuns(bytes, at + HEADER_BYTES);
}

/** One sketch, in bytes of somebody else; made once and pointed anew. */
export class HyperLogLog {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #byteCount = 0;
  readonly #runs = new SparseRuns();
  readonly #histogram = newHistogram();

  /**
   * Points at a sketch; returns itself.
   *
   * @param bytes Borrowed and changed in place. `isHyperLogLog` was asked.
   */
  set(bytes: Uint8Array, start: number, byteCount: number): this {
    this.#bytes = bytes;
    this.#start = start;
    this.#byteCount = byteCount;
    this.#runs.set(bytes, start + HEADER_BYTES, start + byteCount);
    return this;
  }

  /** Length in bytes; a sparse one's changes when a register is raised. */
  get byteCount(): number {
    return this.#byteCount;
  }

  /** Whether the registers are dense. */
  get isDense(): boolean {
    return this.#bytes[this.#start + ENCODING_AT] === DENSE;
  }

  /**
   * Raises a register to a value if it is lower, and marks the cached count out of date if so.
   *
   * @param sparseBytesMax Bytes that a sparse sketch may grow to; behind it lie `SPARE_BYTES`.
   * @returns `full` if a sparse sketch can't hold it: nothing was changed.
   */
  raise(registerIndex: number, value: number, sparseBytesMax: number): RaiseOutcome {
    if (this.isDense) {
      const at = this.#start + HEADER_BYTES;
      if (!raiseDenseRegister(this.#bytes, at, registerIndex, value)) return "kept";
      this.outdateCount();
      return "raised";
    }
    const outcome = this.#runs.raise(registerIndex, value, sparseBytesMax - HEADER_BYTES);
    if (outcome === "raised") {
      this.#byteCount = this.#runs.end - this.#start;
      this.outdateCount();
    }
    return outcome;
  }

  /**
   * Writes a sparse sketch as a dense one of `DENSE_BYTES` elsewhere, cached count included.
   *
   * @returns Whether it was valid; if not, what was written is worth nothing.
   */
  writeDense(target: Uint8Array, at: number): boolean {
    for (let offset = 0; offset < HEADER_BYTES; offset++) {
      target[at + offset] = this.#bytes[this.#start + offset];
    }
    target[at + ENCODING_AT] = DENSE;
    target.fill(0, at + HEADER_BYTES, at + DENSE_BYTES);
    return this.#runs.writeDense(target, at + HEADER_BYTES);
  }

  /** Raises plain registers, a byte each, to the values here; returns whether these are valid. */
  raisePlain(registers: Uint8Array): boolean {
    if (!this.isDense) return this.#runs.raisePlain(registers);
    const at = this.#start + HEADER_BYTES;
    for (let index = 0; index < REGISTER_COUNT; index++) {
      const value = denseRegister(this.#bytes, at, index);
      if (value > registers[index]) registers[index] = value;
    }
    return true;
  }

  /** The number of distinct elements; `undefined` if the registers are not valid. */
  estimate(): number | undefined {
    const histogram = this.#histogram.fill(0);
    if (this.isDense) {
      countDenseRegisters(this.#bytes, this.#start + HEADER_BYTES, histogram);
    } else if (!this.#runs.count(histogram)) {
      return undefined;
    }
    return estimateCardinality(histogram);
  }

  /** Reads the cached count; returns whether it is up to date. */
  readCount(into: Int64): boolean {
    if ((this.#bytes[this.#start + CACHE_TOP_AT] & OUTDATED_BIT) !== 0) return false;
    into.lo = this.#readInt32(CACHE_AT);
    into.hi = this.#readInt32(CACHE_AT + 4);
    return true;
  }

  /** Stores the count that `estimate` gave. */
  cacheCount(count: Int64): void {
    for (let index = 0; index < 4; index++) {
      this.#bytes[this.#start + CACHE_AT + index] = count.lo >>> (8 * index);
      this.#bytes[this.#start + CACHE_AT + 4 + index] = count.hi >>> (8 * index);
    }
  }

  /** Marks the cached count out of date. */
  outdateCount(): void {
    this.#bytes[this.#start + CACHE_TOP_AT] |= OUTDATED_BIT;
  }

  /** A dense sketch's register. */
  denseRegister(index: number): number {
    return denseRegister(this.#bytes, this.#start + HEADER_BYTES, index);
  }

  /** A sparse sketch's runs as words. */
  describeRuns(): string {
    return this.#runs.describe();
  }

  #readInt32(offset: number): number {
    return readInt32(this.#bytes, this.#start + offset);
  }
}
