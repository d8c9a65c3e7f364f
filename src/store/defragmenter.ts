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
import { TYPE_STRING } from "./values/mod.ts";

/** A value that is not done with. */
interface Unfinished {
  readonly keyspace: Keyspace;
  readonly hash: number;
  readonly ref: Ref;
  readonly kind: number;
  cursor: number;
  /** Whether a block of it, or its entry, was moved. */
  hasMoved: boolean;
}

/** Entries, or elements of one value, of one step. */
const STEP_COUNT = 64;
/** Blocks looked at in one step after which other values are left for later. */
const STEP_BLOCK_COUNT_MAX = 512;

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
  /** Blocks looked at until this step. */
  #stepBlockCount = 0;
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

  /** Begins a pass; returns whether there is anything to gain, and no snapshot that knows the old places. */
  begin(): boolean {
    this.end();
    if (this.#environment.snapshot !== undefined) return false;
    this.#isRunning = this.#environment.arena.beginEvacuation() > 0;
    return this.#isRunning;
  }

  /** Does a few entries; returns whether there are more. */
  step(): boolean {
    if (!this.#isRunning) return false;
    this.#stepBlockCount = this.#blockCount;
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

  /** Moves the blocks of an entry's value, or puts the value in line. */
  readonly #relocateValue = (ref: Ref, hash: number): void => {
    const { arena, entries, values } = this.#environment;
    if (entries.typeOf(ref) === TYPE_STRING) {
      values.relocate(ref, 0, 1);
      // The entry may have moved itself since the last one was done with.
      this.#countKey(arena.movedCount !== this.#movedCount);
    } else {
      const hasMoved = arena.movedCount !== this.#movedCount;
      const kind = entries.kindOf(ref);
      const value = { keyspace: this.#walked, hash, ref, kind, cursor: 0, hasMoved };
      const isLate = this.#blockCount - this.#stepBlockCount > STEP_BLOCK_COUNT_MAX;
      if (isLate || this.#relocateSome(value, this.elementCountMax)) this.#unfinished.push(value);
    }
    this.#movedCount = arena.movedCount;
  };

  /** Goes on with a value, if it is still what it was; returns whether there is more to do. */
  #goOn(value: Unfinished): boolean {
    const { keyspace, hash, ref, kind } = value;
    if (!keyspace.holds(hash, ref) || this.#environment.entries.kindOf(ref) !== kind) return false;
    return this.#relocateSome(value, STEP_COUNT);
  }

  /** Moves blocks of a value; counts its key when it is done. */
  #relocateSome(value: Unfinished, wantedCount: number): boolean {
    const { arena, values } = this.#environment;
    const movedCount = arena.movedCount;
    value.cursor = values.relocate(value.ref, value.cursor, wantedCount);
    if (arena.movedCount !== movedCount) value.hasMoved = true;
    if (value.cursor !== 0) return true;
    this.#countKey(value.hasMoved);
    return false;
  }

  #countKey(hasMoved: boolean): void {
    if (hasMoved) this.movedKeyCount++;
    else this.stayedKeyCount++;
  }

  /** Blocks that were looked at so far. */
  get #blockCount(): number {
    const { movedCount, stayedCount } = this.#environment.arena;
    return movedCount + stayedCount;
  }
}
