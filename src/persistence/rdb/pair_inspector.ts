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
import { Int64 } from "../../base/int64.ts";
import type { ListpackElements } from "./listpack_elements.ts";

/** Of more pairs, a table of those read so far costs less than comparing all with all. */
const PAIR_COUNT_MAX = 128;
const FINGERPRINT_START = 0x811c9dc5 | 0;
const FINGERPRINT_FACTOR = 0x01000193;

/** Looks at one listpack after the other. */
export class PairInspector {
  /** Pairs in the listpack looked at last. */
  pairCount = 0;

  readonly #fingerprints = new Int32Array(PAIR_COUNT_MAX);
  readonly #integer = new Int64();
  readonly #firsts = [new ByteView(), new ByteView()];
  readonly #second = new ByteView();
  #score = 0;

  /**
   * Walks through a listpack.
   *
   * @param isScored Whether the second of each pair is a score.
   * @returns Whether it may be taken over; if not, nothing is sure about it.
   * @throws {DamagedPackError} When its bytes are not sound.
   */
  mayTake(elements: ListpackElements, isScored: boolean): boolean {
    this.pairCount = 0;
    while (elements.skip()) {
      if (this.pairCount === PAIR_COUNT_MAX || !this.#notesFirst(elements)) return false;
      if (!elements.skip()) return false;
      if (isScored && !this.#isScoreInOrder(elements)) return false;
      this.pairCount++;
    }
    return this.pairCount > 0;
  }

  /** Notes the first of a pair; returns whether it is surely none that was there before. */
  #notesFirst(elements: ListpackElements): boolean {
    const count = this.pairCount, first = elements.read(this.#firsts[count & 1]);
    const { bytes, start, end } = first;
    let fingerprint = FINGERPRINT_START;
    for (let at = start; at < end; at++) {
      fingerprint = Math.imul(fingerprint ^ bytes[at], FINGERPRINT_FACTOR);
    }
    const fingerprints = this.#fingerprints;
    for (let index = 0; index < count; index++) {
      if (fingerprints[index] === fingerprint) return false;
    }
    fingerprints[count] = fingerprint;
    return true;
  }

  /** Reads a score; returns whether the pair belongs behind the one before. */
  #isScoreInOrder(elements: ListpackElements): boolean {
    const integer = this.#integer, before = this.#score, count = this.pairCount;
    const score = elements.isInteger(integer)
      ? integer.toNumber()
      : parseDouble(elements.read(this.#second));
    if (score === undefined || Number.isNaN(score)) return false;
    this.#score = score;
    if (count === 0 || score > before) return true;
    return score === before &&
      this.#firsts[count & 1].compare(this.#firsts[(count - 1) & 1]) > 0;
  }
}
