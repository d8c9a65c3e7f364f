/**
 * Fair draw: elements by chance, for HRANDFIELD, SPOP, SRANDMEMBER and ZRANDMEMBER.
 *
 * Each element is equally likely, and so is each choice of several. Several different ones are found in
 * two ways. Few of many: draw until there are enough that were not drawn before. A good part: pass all by
 * and take each with the probability (still wanted) / (still to come), which gives every choice the same
 * chance (Knuth's algorithm S) and takes no memory.
 *
 * @module
 */

import type { Random } from "../base/random.ts";
import { COUNT_OUT_OF_RANGE } from "../errors/catalogue.ts";

/** When more than one of so many elements is wanted, all are passed by. */
const ELEMENTS_PER_WANTED = 3;
/** Most elements that are replied with repetitions: a reply must fit into memory. */
const REPEATED_COUNT_MAX = 2 ** 27;

/** @throws {RedisError} When so many elements with repetitions are too many for a reply. */
export function requireRepeatable(count: number): void {
  if (count > REPEATED_COUNT_MAX) throw COUNT_OUT_OF_RANGE;
}

/** Whether so many are wanted of all that passing all by beats drawing again and again. */
export function isGoodPart(wantedCount: number, elementCount: number): boolean {
  return wantedCount * ELEMENTS_PER_WANTED > elementCount;
}

/** Draws so many different ones. @param draw Gives any of the elements, of which there are more. */
export function drawDifferent(count: number, draw: () => number): Set<number> {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(draw());
  return drawn;
}

/** Chooses among elements that pass by one after the other. */
export class PassingChoice {
  readonly #random: Random;
  #wantedCount: number;
  #toComeCount: number;

  /** @param elementCount How many pass by; at least as many as are wanted. */
  constructor(random: Random, wantedCount: number, elementCount: number) {
    this.#random = random;
    this.#wantedCount = wantedCount;
    this.#toComeCount = elementCount;
  }

  /** Whether all that are wanted have been taken. */
  get isComplete(): boolean {
    return this.#wantedCount === 0;
  }

  /** Whether the element that passes by is taken; to be asked once for each. */
  takesNext(): boolean {
    if (this.#random.below(this.#toComeCount--) >= this.#wantedCount) return false;
    this.#wantedCount--;
    return true;
  }
}
