/**
 * Defragmenter: moves blocks off thin pages, so that whole pages become free.
 *
 * The arena chooses the pages to empty; it does not know who refers to a block on them. So all databases
 * are walked, a few entries at a time, and each passes the blocks that it knows of through
 * `Arena.moveOut`. Commands run in between: what they store goes elsewhere, and what they remove is not
 * met any more.
 *
 * A value of many elements would make one step long. The walk only begins with it; the rest waits in
 * line and is done before the walk goes on.
 *
 * Always true: between two steps everything is in order, so that it can end or be dropped at any time.
 * Cost: each block is looked at once and moved at most once a pass. Not here: when it is worth it.
 * Behaviour: Redis' `activedefrag`.
 *
 * @module
 */

import type { StoreEnvironment } from "./environment.ts";
import type { Keyspace } from "./keyspace.ts";
import type { Ref } from "./memory/mod.ts";

/** A value that is not done with. */
interface Unfinished {
  readonly keyspace: Keyspace;
  readonly hash: number;
  readonly ref: Ref;
  readonly kind: number;
  cursor: number;
}

/** Entries, or elements of one value, of one step. */
const STEP_COUNT = 64;

/** Walks the databases of a store. */
export class Defragmenter {
  /** Elements up to which a value is done at once (`active-defrag-max-scan-fields`). */
  elementCountMax = 1000;
  /** Keys so far of which a block was moved, and of which none was. */
  movedKeyCount = 0;
  stayedKeyCount = 0;

  readonly #databases: readonly Keyspace[];
  readonly #environment: StoreEnvironment;
  readonly #unfinished: Unfinished[] = [];
  #isRunning = false;
  /** The database that is being walked. */
  #walked: Keyspace;
  /** Blocks moved until the last key. */
  #movedCount = 0;
  #databaseIndex = 0;
  #cursor = 0;
  /** Whether the entries of the database are done, and the index of volatile keys is not. */
  #isInIndex = false;

  /** @param databases By number; their order may change. */
  constructor(databases: readonly Keyspace[], environment: StoreEnvironment) {
    this.#databases = databases;
    this.#walked = databases[0];
    this.#environment = environment;
  }

  /** Whether a pass is under way. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Begins a pass; returns whether there is anything to gain. */
  begin(): boolean {
    this.end();
    this.#isRunning = this.#environment.arena.beginEvacuation() > 0;
    return this.#isRunning;
  }

  /** Does a few entries; returns whether there are more. */
  step(): boolean {
    if (!this.#isRunning) return false;
    const unfinished = this.#unfinished[0];
    if (unfinished !== undefined) {
      if (!this.#goOn(unfinished)) this.#unfinished.shift();
    } else if (this.#databaseIndex < this.#databases.length) {
      this.#walk(this.#databases[this.#databaseIndex]);
    } else {
      this.end();
    }
    return this.#isRunning;
  }

  /** Ends the pass, wherever it is. */
  end(): void {
    if (!this.#isRunning) return;
    this.#environment.arena.endEvacuation();
    this.#isRunning = false;
    this.#unfinished.length = 0;
    this.#databaseIndex = 0;
    this.#cursor = 0;
    this.#isInIndex = false;
  }

  #walk(keyspace: Keyspace): void {
    if (this.#isInIndex) {
      this.#cursor = keyspace.relocateIndex(this.#cursor, STEP_COUNT);
    } else {
      this.#walked = keyspace;
      this.#cursor = keyspace.relocate(this.#cursor, STEP_COUNT, this.#relocateValue);
    }
    if (this.#cursor !== 0) return;
    if (this.#isInIndex) this.#databaseIndex++;
    this.#isInIndex = !this.#isInIndex;
  }

  /** Moves the blocks of an entry's value, or begins with it. */
  readonly #relocateValue = (ref: Ref, hash: number): void => {
    const { arena, entries, values } = this.#environment;
    const cursor = values.relocate(ref, 0, this.elementCountMax);
    if (arena.movedCount === this.#movedCount) this.stayedKeyCount++;
    else this.movedKeyCount++;
    this.#movedCount = arena.movedCount;
    if (cursor === 0) return;
    this.#unfinished.push({ keyspace: this.#walked, hash, ref, kind: entries.kindOf(ref), cursor });
  };

  /** Goes on with a value, if it is still what it was; returns whether there is more to do. */
  #goOn(unfinished: Unfinished): boolean {
    const { keyspace, hash, ref, kind } = unfinished;
    const { entries, values } = this.#environment;
    if (!keyspace.holds(hash, ref) || entries.kindOf(ref) !== kind) return false;
    unfinished.cursor = values.relocate(ref, unfinished.cursor, STEP_COUNT);
    return unfinished.cursor !== 0;
  }
}
