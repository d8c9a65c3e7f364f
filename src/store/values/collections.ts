/**
 * Collections: one handle for each type of value that is no string.
 *
 * @module
 */

import { invariant } from "../../base/invariant.ts";
import type { Collection, CollectionEnvironment } from "./collection.ts";
import { HashValue } from "./hash_value.ts";
import { SortedSetValue } from "./sorted_set/mod.ts";

/** A set of handles; who needs two of a type at a time makes another. */
export class Collections {
  readonly hash: HashValue;
  readonly sortedSet: SortedSetValue;
  readonly #byType = new Map<number, Collection>();

  constructor(environment: CollectionEnvironment) {
    this.hash = new HashValue(environment);
    this.sortedSet = new SortedSetValue(environment);
    const handles: Collection[] = [this.hash, this.sortedSet];
    for (const handle of handles) this.#byType.set(handle.type, handle);
  }

  /** The handle for a type number. */
  of(type: number): Collection {
    const handle = this.#byType.get(type);
    invariant(handle !== undefined, "A value has a type that is none");
    return handle;
  }
}
