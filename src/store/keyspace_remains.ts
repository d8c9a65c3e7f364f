/**
 * Keyspace remains: what a cleared database leaves behind, to be freed bit by bit.
 *
 * FLUSHALL of ten million keys must not stall anyone. So the database gets a new, empty table at
 * once, and the old one is taken apart segment by segment, a few thousand keys at a time: by the
 * command itself (SYNC) or in slices between other work (ASYNC).
 *
 * @module
 */

import type { Dictionary } from "./structures/mod.ts";
import { type Entries, freeValue } from "./values/mod.ts";

/** What a cleared keyspace leaves behind, to be freed bit by bit. */
export class KeyspaceRemains {
  readonly #dictionary: Dictionary;
  readonly #entries: Entries;
  #directoryIndex: number;

  constructor(dictionary: Dictionary, entries: Entries) {
    this.#dictionary = dictionary;
    this.#entries = entries;
    this.#directoryIndex = dictionary.directoryLength;
  }

  /** Keys not freed yet. */
  get count(): number {
    return this.#dictionary.count;
  }

  /** Frees some thousand keys; returns whether there are more. */
  freeSome(): boolean {
    if (this.#directoryIndex === 0) return false;
    this.#directoryIndex--;
    this.#dictionary.dismantleSegment(this.#directoryIndex, (ref) => {
      freeValue(this.#entries, ref);
      this.#entries.arena.free(ref);
    });
    return this.#directoryIndex > 0;
  }
}
