/**
 * Collections: one handle for each type of value that is no string.
 *
 * @module
 */

import { invariant } from "../../base/invariant.ts";
import type { Collection, CollectionEnvironment } from "./collection.ts";
import { HashValue } from "./hash_value.ts";
import { ListValue } from "./list_value.ts";
import { SetValue } from "./set_value.ts";
import { SortedSetValue } from "./sorted_set/mod.ts";

/** A set of handles; who needs two of a type at a time makes another. */
export class Collections {
  readonly hash: HashValue;
  readonly list: ListValue;
  /** For a command that needs two at a time. */
  readonly otherList: ListValue;
  readonly sortedSet: SortedSetValue;
  readonly #byType = new Map<number, Collection>();
  readonly #environment: CollectionEnvironment;
  readonly #sets: SetValue[] = [];

  constructor(environment: CollectionEnvironment) {
    this.hash = new HashValue(environment);
    this.list = new ListValue(environment);
    this.otherList = new ListValue(environment);
    this.sortedSet = new SortedSetValue(environment);
    this.#environment = environment;
    const handles: Collection[] = [this.hash, this.list, this.setAt(0), this.sortedSet];
    for (const handle of handles) this.#byType.set(handle.type, handle);
  }

  /** A handle on sets, one of as many as are asked for; number 0 is the usual one. */
  setAt(index: number): SetValue {
    while (this.#sets.length <= index) this.#sets.push(new SetValue(this.#environment));
    return this.#sets[index];
  }

  /** The handle for a type number. */
  of(type: number): Collection {
    const handle = this.#byType.get(type);
    invariant(handle !== undefined, "A value has a type that is none");
    return handle;
  }
}
