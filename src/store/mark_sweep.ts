/**
 * Mark sweep: gives entries a younger mark that still have one of a snapshot long ago.
 *
 * A snapshot that ends well has marked every entry. One that was broken off has not, and as the marks are
 * few, an old one would some day be the present one again. So after some of those this walks all
 * databases, in slices like what is freed lazily. Snapshots may begin and end meanwhile: only marks older
 * than the one that was the present at the beginning are changed.
 *
 * @module
 */

import type { Remains } from "./lazy_free.ts";
import type { Keyspace } from "./keyspace.ts";
import type { Ref } from "./memory/mod.ts";
import type { Store } from "./store.ts";
import { type Entries, MARK_COUNT } from "./values/mod.ts";

/** Entries of one step. */
const STEP_COUNT = 1000;

/** Walks the entries of a store once. */
export class MarkSweep implements Remains {
  /** It is no object that anybody stored. */
  readonly count = 0;

  readonly #databases: readonly Keyspace[];
  readonly #entries: Entries;
  readonly #turnCount: number;
  #databaseIndex = 0;
  #cursor = 0;

  constructor(store: Store) {
    this.#databases = [...store.databases]; // whose order may change
    this.#entries = store.environment.entries;
    this.#turnCount = this.#entries.turnCount;
  }

  /** Goes over all that is left. */
  finish(): void {
    while (this.freeSome());
  }

  freeSome(): boolean {
    const entries = this.#entries, databases = this.#databases;
    if (this.#age >= MARK_COUNT - 1) return false; // and `Snapshot.begin` did the whole work meanwhile
    if (this.#databaseIndex < databases.length) {
      const database = databases[this.#databaseIndex];
      this.#cursor = database.scanAll(this.#cursor, STEP_COUNT, this.#lookAt);
      if (this.#cursor === 0) this.#databaseIndex++;
      return true;
    }
    entries.staleMarkCount = Math.min(entries.staleMarkCount, this.#age);
    return false;
  }

  readonly #lookAt = (ref: Ref): void => {
    if (this.#entries.markAgeOf(ref) > this.#age) this.#entries.setMarkAge(ref, this.#age);
  };

  /** How many snapshots ago this began. */
  get #age(): number {
    return this.#entries.turnCount - this.#turnCount;
  }
}
