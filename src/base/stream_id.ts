/**
 * Stream ID: 128 bits that order what a stream holds: a time in milliseconds, then a sequence.
 *
 * Both halves count to 2^64-1, beyond what a number holds, and one is made for every entry read or
 * written. So an ID is a register of four 32-bit words, made once and set anew for each use; where
 * IDs are stored they are these four words in this order.
 *
 *   ms high | ms low | sequence high | sequence low       each in int32 range, compared unsigned
 *
 * Cost: nothing is allocated.
 *
 * @module
 */

import { Int64 } from "./int64.ts";
import { UINT64_TEXT_BYTES_MAX, writeUint64 } from "./uint64.ts";

/** Words of an ID where it is stored. */
export const STREAM_ID_WORDS = 4;
/** Most bytes of an ID's text. */
export const STREAM_ID_TEXT_BYTES_MAX = 2 * UINT64_TEXT_BYTES_MAX + 1;

const MINUS = 45;

/** A register for one ID. */
export class StreamId {
  /** Upper half of the milliseconds, as a signed 32-bit integer. */
  msHigh = 0;
  /** Lower half of the milliseconds. */
  msLow = 0;
  /** Upper half of the sequence. */
  sequenceHigh = 0;
  /** Lower half of the sequence. */
  sequenceLow = 0;

  /** Takes over another register's value; returns itself. */
  set(other: StreamId): this {
    return this.setWords(other.msHigh, other.msLow, other.sequenceHigh, other.sequenceLow);
  }

  /** Sets the words; returns itself. */
  setWords(msHigh: number, msLow: number, sequenceHigh: number, sequenceLow: number): this {
    this.msHigh = msHigh;
    this.msLow = msLow;
    this.sequenceHigh = sequenceHigh;
    this.sequenceLow = sequenceLow;
    return this;
  }

  /** The least ID, 0-0; returns itself. */
  setLeast(): this {
    return this.setWords(0, 0, 0, 0);
  }

  /** The greatest ID; returns itself. */
  setGreatest(): this {
    return this.setWords(-1, -1, -1, -1);
  }

  /** Reads the words from `words[at, at + 4)`; returns itself. */
  read(words: Int32Array, at: number): this {
    return this.setWords(words[at], words[at + 1], words[at + 2], words[at + 3]);
  }

  /** Writes the words to `words[at, at + 4)`. */
  write(words: Int32Array, at: number): void {
    words[at] = this.msHigh;
    words[at + 1] = this.msLow;
    words[at + 2] = this.sequenceHigh;
    words[at + 3] = this.sequenceLow;
  }

  /** Whether it is 0-0. */
  get isLeast(): boolean {
    return (this.msHigh | this.msLow | this.sequenceHigh | this.sequenceLow) === 0;
  }

  /** Whether it is the greatest of all. */
  get isGreatest(): boolean {
    return (this.msHigh & this.msLow & this.sequenceHigh & this.sequenceLow) === -1;
  }

  /** Whether both have the same milliseconds. */
  hasMsOf(other: StreamId): boolean {
    return this.msHigh === other.msHigh && this.msLow === other.msLow;
  }

  /** Whether the sequence is the greatest of all. */
  get isLastOfMs(): boolean {
    return (this.sequenceHigh & this.sequenceLow) === -1;
  }

  /** Order of the IDs: negative when this one is less, 0 when equal, positive when greater. */
  compare(other: StreamId): number {
    return compareWords(this, other.msHigh, other.msLow, other.sequenceHigh, other.sequenceLow);
  }

  /** Order of this ID and the one whose words lie in `words[at, at + 4)`. */
  compareTo(words: Int32Array, at: number): number {
    return compareWords(this, words[at], words[at + 1], words[at + 2], words[at + 3]);
  }

  /** Goes on to the next ID; from the greatest to the least. @returns Whether it was not that. */
  increment(): boolean {
    this.sequenceLow = (this.sequenceLow + 1) | 0;
    if (this.sequenceLow !== 0) return true;
    this.sequenceHigh = (this.sequenceHigh + 1) | 0;
    if (this.sequenceHigh !== 0) return true;
    this.msLow = (this.msLow + 1) | 0;
    if (this.msLow !== 0) return true;
    this.msHigh = (this.msHigh + 1) | 0;
    return this.msHigh !== 0;
  }

  /** Goes back to the ID before; from the least to the greatest. @returns Whether it was not that. */
  decrement(): boolean {
    this.sequenceLow = (this.sequenceLow - 1) | 0;
    if (this.sequenceLow !== -1) return true;
    this.sequenceHigh = (this.sequenceHigh - 1) | 0;
    if (this.sequenceHigh !== -1) return true;
    this.msLow = (this.msLow - 1) | 0;
    if (this.msLow !== -1) return true;
    this.msHigh = (this.msHigh - 1) | 0;
    return this.msHigh !== -1;
  }

  /**
   * Sets the distance from another ID, half by half and modulo 2^64; see `setAtDistance`.
   *
   * @param ms Set to the distance of the milliseconds.
   * @param sequence Set to the distance of the sequences.
   */
  distanceFrom(base: StreamId, ms: Int64, sequence: Int64): void {
    subtractHalves(this.msHigh, this.msLow, base.msHigh, base.msLow, ms);
    subtractHalves(
      this.sequenceHigh,
      this.sequenceLow,
      base.sequenceHigh,
      base.sequenceLow,
      sequence,
    );
  }

  /** Sets the ID at a distance from another; returns itself. */
  setAtDistance(base: StreamId, ms: Int64, sequence: Int64): this {
    const msLow = (base.msLow >>> 0) + (ms.lo >>> 0);
    const sequenceLow = (base.sequenceLow >>> 0) + (sequence.lo >>> 0);
    return this.setWords(
      (base.msHigh + ms.hi + (msLow >= TWO_TO_32 ? 1 : 0)) | 0,
      msLow | 0,
      (base.sequenceHigh + sequence.hi + (sequenceLow >= TWO_TO_32 ? 1 : 0)) | 0,
      sequenceLow | 0,
    );
  }

  /**
   * Writes `milliseconds-sequence` in decimal.
   *
   * @param target Has room for `STREAM_ID_TEXT_BYTES_MAX` bytes from `at`.
   * @returns Index behind the last byte written.
   */
  writeText(target: Uint8Array, at: number): number {
    half.hi = this.msHigh;
    half.lo = this.msLow;
    at = writeUint64(half, target, at);
    target[at] = MINUS;
    half.hi = this.sequenceHigh;
    half.lo = this.sequenceLow;
    return writeUint64(half, target, at + 1);
  }
}

const TWO_TO_32 = 4_294_967_296;
const half = new Int64();

function subtractHalves(
  high: number,
  low: number,
  baseHigh: number,
  baseLow: number,
  into: Int64,
): void {
  const difference = (low >>> 0) - (baseLow >>> 0);
  into.lo = difference | 0;
  into.hi = (high - baseHigh - (difference < 0 ? 1 : 0)) | 0;
}

function compareWords(
  id: StreamId,
  msHigh: number,
  msLow: number,
  sequenceHigh: number,
  sequenceLow: number,
): number {
  if (id.msHigh !== msHigh) return (id.msHigh >>> 0) < (msHigh >>> 0) ? -1 : 1;
  if (id.msLow !== msLow) return (id.msLow >>> 0) < (msLow >>> 0) ? -1 : 1;
  if (id.sequenceHigh !== sequenceHigh) {
    return (id.sequenceHigh >>> 0) < (sequenceHigh >>> 0) ? -1 : 1;
  }
  if (id.sequenceLow === sequenceLow) return 0;
  return (id.sequenceLow >>> 0) < (sequenceLow >>> 0) ? -1 : 1;
}
