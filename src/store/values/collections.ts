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
import { SortedSetDraft, SortedSetValue } from "./sorted_set/mod.ts";
import { StreamValue } from "./stream/mod.ts";

/** Handles of a type that are kept; a command that needs more gets them for itself. */
const KEPT_HANDLE_COUNT = 64;

/** A set of handles; who needs two of a type at a time makes another. */
export class Collections {
  readonly hash: HashValue;
  readonly list: ListValue;
  /** For a command that needs two at a time. */
  readonly otherList: ListValue;
  readonly sortedSet: SortedSetValue;
  readonly stream: StreamValue;
  readonly #byType = new Map<number, Collection>();
  readonly #environment: CollectionEnvironment;
  readonly #sets: SetValue[] = [];
  readonly #sortedSets: SortedSetValue[] = [];
  readonly #drafts: SortedSetDraft[] = [];

  constructor(environment: CollectionEnvironment) {
    this.hash = new HashValue(environment);
    this.list = new ListValue(environment);
    this.otherList = new ListValue(environment);
    this.stream = new StreamValue(environment);
    this.#environment = environment;
    this.sortedSet = this.sortedSetAt(0);
    const handles: Collection[] = [
      this.hash,
      this.list,
      this.setAt(0),
      this.sortedSet,
      this.stream,
    ];
    for (const handle of handles) this.#byType.set(handle.type, handle);
  }

  /** A handle on sets, one of as many as are asked for; number 0 is the usual one. */
  setAt(index: number): SetValue {
    while (this.#sets.length <= index) this.#sets.push(new SetValue(this.#environment));
    return this.#sets[index];
  }

  /** A handle on sorted sets, one of as many as are asked for; number 0 is the usual one. */
  sortedSetAt(index: number): SortedSetValue {
    const handles = this.#sortedSets;
    if (index >= KEPT_HANDLE_COUNT) return new SortedSetValue(this.#environment);
    while (handles.length <= index) handles.push(new SortedSetValue(this.#environment));
    return handles[index];
  }

  /** One of as many drafts of sorted sets as are asked for. */
  sortedSetDraftAt(index: number): SortedSetDraft {
    const drafts = this.#drafts;
    while (drafts.length <= index) drafts.push(new SortedSetDraft(this.#environment));
    return drafts[index];
  }

  /** The handle for a type number. */
  of(type: number): Collection {
    const handle = this.#byType.get(type);
    invariant(handle !== undefined, "A value has a type that is none");
    return handle;
  }
}
