/**
 * Store: the numbered databases of one server, and what concerns them together.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { Defragmenter } from "./defragmenter.ts";
import { type StoreCounters, StoreEnvironment } from "./environment.ts";
import { Evictor } from "./eviction.ts";
import { Keyspace } from "./keyspace.ts";
import { Arena } from "./memory/mod.ts";
import { Dictionary } from "./structures/mod.ts";
import { VolatileKeys } from "./volatile_keys.ts";

/** What a store is made of. */
export interface StoreOptions {
  /** Where time comes from. */
  clock: Clock;
  /** Where chance comes from: the hash key and RANDOMKEY. */
  random: Random;
  /** How many databases there are. */
  databaseCount: number;
  /** Memory to use; a checked one in tests. */
  arena?: Arena;
  /** Where hits, misses and removals are counted. */
  counters?: StoreCounters;
}

/** So many databases, the usual number, have tables from the start; others when they get a key. */
const READY_COUNT = 16;
/** Keys looked at in one step of indexing. */
const INDEXED_COUNT = 500;

/** All databases, and the memory that was cleared but not freed yet. */
export class Store {
  /** What the databases share. */
  readonly environment: StoreEnvironment;
  /** The databases by number; SWAPDB changes the order. */
  readonly databases: Keyspace[];
  /** Bytes that the empty store took when it was made. */
  readonly startupBytes: number;
  /** Chooses keys to remove when memory is short. */
  readonly evictor: Evictor;
  /** Moves blocks together when pages have become thin. */
  readonly defragmenter: Defragmenter;

  constructor(options: StoreOptions) {
    const arena = options.arena ?? new Arena();
    const counters = options.counters ?? freshCounters();
    this.environment = new StoreEnvironment(arena, options.clock, options.random, counters);
    const readyCount = Math.min(options.databaseCount, READY_COUNT);
    this.databases = Array.from(
      { length: readyCount },
      (_, index) => new Keyspace(index, this.environment),
    );
    if (readyCount < options.databaseCount) this.#addUnused(options.databaseCount);
    this.evictor = new Evictor(this.databases, this.environment);
    this.defragmenter = new Defragmenter(this.databases, this.environment);
    this.startupBytes = arena.usedBytes;
  }

  /** Adds databases that share what they are until they are used, up to this many in all. */
  #addUnused(databaseCount: number): void {
    const { databases, environment } = this;
    const unused = {
      dictionary: new Dictionary(environment.arena).create(),
      volatile: new VolatileKeys(environment),
    };
    while (databases.length < databaseCount) {
      databases.push(new Keyspace(databases.length, environment, unused));
    }
  }

  /** Keys of all databases together, those included whose time has come unnoticed. */
  get keyCount(): number {
    return this.databases.reduce((sum, { count }) => sum + count, 0);
  }

  /** Bytes of all that is stored, tables included. */
  get usedBytes(): number {
    return this.environment.arena.usedBytes;
  }

  /** When the next key of any database may be due, in unix milliseconds. */
  get nextExpiryMs(): number {
    let nextMs = Infinity;
    for (const database of this.databases) nextMs = Math.min(nextMs, database.nextExpiryMs);
    return nextMs;
  }

  /**
   * Empties databases.
   *
   * @param databases Which.
   * @param isLazy Whether the memory is freed later, in slices by `freeSome`.
   * @returns How many keys are gone.
   */
  flush(databases: readonly Keyspace[], isLazy: boolean): number {
    let keyCount = 0;
    for (const database of databases) {
      if (database.count === 0) continue;
      keyCount += database.count;
      const remains = database.clear(isLazy);
      if (remains === undefined) continue;
      if (isLazy) this.environment.lazyFree.add(remains);
      else while (remains.freeSome());
    }
    return keyCount;
  }

  /** Exchanges the content of two databases. */
  swap(firstIndex: number, secondIndex: number): void {
    const databases = this.databases;
    const first = databases[firstIndex];
    databases[firstIndex] = databases[secondIndex];
    databases[secondIndex] = first;
    databases[firstIndex].index = firstIndex;
    databases[secondIndex].index = secondIndex;
  }

  /**
   * Removes keys whose time has come, in all databases.
   *
   * @param mayGoOn Asked before each; `false` ends the slice.
   * @returns Whether none is left that is due.
   */
  expireDue(mayGoOn: () => boolean): boolean {
    let isDone = true;
    for (const database of this.databases) {
      if (!database.expireDue(mayGoOn)) isDone = false;
    }
    return isDone;
  }

  /**
   * Keeps an index of the volatile keys of each database, from which an evictor can draw, or gives
   * it up.
   */
  keepVolatileIndex(isKept: boolean): void {
    for (const database of this.databases) database.keepVolatileIndex(isKept);
  }

  /** Goes on with those indices; returns whether there is more to do. */
  indexSome(): boolean {
    return this.databases.some((database) => database.indexSome(INDEXED_COUNT));
  }
}

function freshCounters(): StoreCounters {
  return {
    keyspaceHits: 0,
    keyspaceMisses: 0,
    expiredKeys: 0,
    evictedKeys: 0,
    lazyFreedObjects: 0,
  };
}
