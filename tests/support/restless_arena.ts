/**
 * Restless arena: a checked arena that moves blocks whenever it may, thin pages or not.
 *
 * So a test of a few kilobytes sees what a server sees after hours: whoever walks its blocks through
 * `moveOut` and forgets one reference, reads poison soon after.
 *
 * @module
 */

import type { Random } from "../../src/base/random.ts";
import { CheckedArena, type Ref } from "../../src/store/memory/mod.ts";

/** Moves most of the blocks that it is asked about. */
export class RestlessArena extends CheckedArena {
  readonly #random: Random;

  /** @param random Decides which. */
  constructor(random: Random) {
    super();
    this.#random = random;
  }

  override moveOut(ref: Ref): Ref {
    if (this.#random.below(4) === 0) {
      this.stayedCount++;
      return ref;
    }
    this.movedCount++;
    const byteCount = this.capacityOf(ref);
    return this.resize(ref, byteCount, byteCount);
  }

  /** There is always something to gain. */
  override beginEvacuation(): number {
    return 1;
  }

  override endEvacuation(): void {}
}
