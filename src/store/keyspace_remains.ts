/**
 * Keyspace remains: what a cleared database leaves behind, to be freed bit by bit.
 *
 * FLUSHALL of ten million keys must not stall anyone. So the database gets a new, empty table at
 * once, and the old one is taken apart segment by segment, a few thousand keys at a time: by the
 * command itself (SYNC) or in slices between other work (ASYNC).
 *
 * @module
 */

import type { StoreEnvironment } from "./environment.ts";
import type { Remains } from "./lazy_free.ts";
import type { Dictionary } from "./structures/mod.ts";

/** What a cleared keyspace leaves behind, to be freed bit by bit. */
export class KeyspaceRemains implements Remains {
  readonly #dictionary: Dictionary;
  readonly #environment: StoreEnvironment;
  readonly #isLazy: boolean;

  /** @param isLazy Whether large values are put off too; if not, all are freed with their keys. */
  constructor(dictionary: Dictionary, environment: StoreEnvironment, isLazy: boolean) {
    this.#dictionary = dictionary;
    this.#environment = environment;
    this.#isLazy = isLazy;
  }

  /** Keys not freed yet. */
  get count(): number {
    return this.#dictionary.count;
  }

  /** Frees some thousand keys; returns whether there are more. */
  freeSome(): boolean {
    const environment = this.#environment;
    return this.#dictionary.dismantleSome((ref) => {
      if (this.#isLazy) environment.freeValue(ref, true);
      else environment.values.free(ref);
      environment.arena.free(ref);
    });
  }
}

/** An index that nobody needs any more; its records are others'. */
export class IndexRemains implements Remains {
  /** It is no object that anybody stored. */
  readonly count = 0;

  readonly #index: Dictionary;

  constructor(index: Dictionary) {
    this.#index = index;
  }

  freeSome(): boolean {
    return this.#index.dismantleSome(() => {});
  }
}
