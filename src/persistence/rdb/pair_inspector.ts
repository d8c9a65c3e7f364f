/**
 * Pair inspector: whether a listpack of pairs from elsewhere may be taken over as it is.
 *
 * That is so when its bytes are sound, when no first of a pair comes twice, and, for a sorted set, when
 * the pairs are in order. To find a first again the pairs are not compared by their bytes but by numbers
 * made of them, which are equal where the bytes are. The other way round is not sure, and needs not
 * be: what is not plainly in order is read pair by pair instead, which finds out what is wrong with it,
 * if anything.
 *
 * Cost: a look at each byte, and one comparison of numbers for each two pairs.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { parseDouble } from "../../base/double.ts";
import { readInt32 } from "../../base/int32.ts";
import { Int64 } from "../../base/int64.ts";
import { ElementReader, isIntegerAt, readIntegerAt } from "../../store/mod.ts";
import { behindElement, type ListpackElements } from "./listpack_elements.ts";

/** Of more pairs, a table of those read so far costs less than comparing all with all. */
const PAIR_COUNT_MAX = 128;
const FINGERPRINT_FACTOR = 0x9e3779b1 | 0;
const WORD_BYTES = 4;

/** Looks at one listpack after the other. */
export class PairInspector {
  /** Pairs in the listpack looked at last. */
  pairCount = 0;

  readonly #fingerprints = new Int32Array(PAIR_COUNT_MAX);
  readonly #integer = new Int64();
  readonly #view = new ByteView();
  readonly #reader = new ElementReader();
  readonly #otherView = new ByteView();
  readonly #otherReader = new ElementReader();

  /**
   * Walks through a listpack.
   *
   * @param elements At its start.
   * @param isScored Whether the second of each pair is a score.
   * @returns Whether it may be taken over; if not, nothing is sure about it.
   * @throws {DamagedPackError} When its bytes are not sound.
   */
  mayTake(elements: ListpackElements, isScored: boolean): boolean {
    const { bytes, end } = elements;
    let at = elements.at, pairCount = 0, firstBefore = 0, scoreBefore = -Infinity;
    for (; at < end; pairCount++) {
      const secondAt = behindElement(bytes, at, end);
      if (secondAt === end || pairCount === PAIR_COUNT_MAX) return false;
      if (!this.#notesFirst(bytes, at, pairCount)) return false;
      if (isScored) {
        const score = this.#scoreAt(bytes, secondAt);
        if (!(score >= scoreBefore)) return false; // neither is what is no number
        if (score === scoreBefore && pairCount > 0 && !this.#isLess(bytes, firstBefore, at)) {
          return false;
        }
        scoreBefore = score;
        firstBefore = at;
      }
      at = behindElement(bytes, secondAt, end);
    }
    this.pairCount = pairCount;
    elements.at = at;
    elements.readCount = 2 * pairCount;
    return !elements.skip() && pairCount > 0;
  }

  /** Notes the first of a pair; returns whether it is surely none that was there before. */
  #notesFirst(bytes: Uint8Array, at: number, pairCount: number): boolean {
    const first = this.#reader.read(bytes, at, this.#view), fingerprints = this.#fingerprints;
    const fingerprint = fingerprintOf(first.bytes, first.start, first.end);
    for (let index = 0; index < pairCount; index++) {
      if (fingerprints[index] === fingerprint) return false;
    }
    fingerprints[pairCount] = fingerprint;
    return true;
  }

  /** The score at a place; NaN if there is none. */
  #scoreAt(bytes: Uint8Array, at: number): number {
    if (!isIntegerAt(bytes, at)) {
      return parseDouble(this.#reader.read(bytes, at, this.#view)) ?? NaN;
    }
    readIntegerAt(bytes, at, this.#integer);
    return this.#integer.toNumber();
  }

  /** Whether the element at one place comes before that at another by its bytes. */
  #isLess(bytes: Uint8Array, at: number, otherAt: number): boolean {
    const view = this.#reader.read(bytes, at, this.#view);
    return view.compare(this.#otherReader.read(bytes, otherAt, this.#otherView)) < 0;
  }
}

/** A number made of `bytes[start, end)`, word by word; another one where but one word is other. */
function fingerprintOf(bytes: Uint8Array, start: number, end: number): number {
  let fingerprint = end - start, at = start;
  for (; at + WORD_BYTES <= end; at += WORD_BYTES) {
    fingerprint = Math.imul(fingerprint ^ readInt32(bytes, at), FINGERPRINT_FACTOR);
    fingerprint ^= fingerprint >>> 15;
  }
  let last = 0;
  for (; at < end; at++) last = (last << 8) | bytes[at];
  return Math.imul(fingerprint ^ last, FINGERPRINT_FACTOR);
}
