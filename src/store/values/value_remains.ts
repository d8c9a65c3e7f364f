/**
 * Value remains: a collection whose key is gone, to be freed bit by bit.
 *
 * @module
 */

import type { Ref } from "../memory/mod.ts";
import type { Collection } from "./collection.ts";

/** A collection without an entry. */
export class ValueRemains {
  /** 1 until all is freed: it is one object to `lazyfree_pending_objects`, whatever its size. */
  count = 1;

  readonly #handle: Collection;
  #encoding: number;
  #root: Ref;
  #elementCount: number;

  /** @param handle Points at the value now, and may be pointed at others between calls. */
  constructor(handle: Collection) {
    this.#handle = handle;
    this.#encoding = handle.encoding;
    this.#root = handle.root;
    this.#elementCount = handle.count;
  }

  /** Frees some thousand elements; returns whether there are more. */
  freeSome(): boolean {
    const handle = this.#handle.detach(this.#encoding, this.#root, this.#elementCount);
    const isMore = handle.freeSome();
    this.#encoding = handle.encoding;
    this.#root = handle.root;
    this.#elementCount = handle.count;
    if (!isMore) this.count = 0;
    return isMore;
  }
}
