/**
 * Store fixture: a store on a checked arena and a manual clock, spoken to in text.
 *
 * @module
 */

import { ByteView } from "../../../src/base/byte_view.ts";
import { ManualClock } from "../../../src/base/clock.ts";
import { Int64 } from "../../../src/base/int64.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { CheckedArena, type Keyspace, type Ref, Store } from "../../../src/store/mod.ts";

/** The root and the one segment of a dictionary. */
const BLOCKS_OF_EMPTY_DATABASE = 2;

/** A store, its clock, and the keys that have expired or been evicted so far. */
export class StoreFixture implements Disposable {
  readonly arena: CheckedArena;
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly expiredKeys: string[] = [];
  readonly evictedKeys: string[] = [];
  /** Moments that somebody was asked to wake up at. */
  readonly wakesMs: number[] = [];
  /** How many databases have a table of their own, or share one. */
  tableCount: number;

  readonly #view = new ByteView();

  /** @param arena Where all is kept; a checked one unless said. */
  constructor(databaseCount = 2, arena = new CheckedArena()) {
    this.arena = arena;
    this.tableCount = databaseCount;
    const random = new SeededRandom(databaseCount);
    this.store = new Store({ clock: this.clock, random, databaseCount, arena });
    this.store.environment.listener = {
      expired: (_, key) => this.expiredKeys.push(key.toText()),
      expiresSooner: (dueMs) => this.wakesMs.push(dueMs),
      isDue: () => {},
      evicted: (_, key) => this.evictedKeys.push(key.toText()),
    };
  }

  /** The first database. */
  get keyspace(): Keyspace {
    return this.store.databases[0];
  }

  /** Stores a string in a database and gives its entry. */
  set(key: string, value: string, keyspace: Keyspace = this.keyspace): Ref {
    keyspace.setString(ByteView.ofText(key), ByteView.ofText(value));
    return keyspace.peek(ByteView.ofText(key));
  }

  /** A key's string, or nothing. */
  get(key: string, keyspace: Keyspace = this.keyspace): string | undefined {
    return keyspace.readString(ByteView.ofText(key), this.#view) ? this.#view.toText() : undefined;
  }

  /** Gives a key an expiry so many milliseconds from now; returns its entry. */
  expire(key: string, delayMs: number, keyspace: Keyspace = this.keyspace): Ref {
    const expiresAt = new Int64().setNumber(this.clock.nowMs() + delayMs);
    return keyspace.setExpiry(keyspace.peek(ByteView.ofText(key)), expiresAt);
  }

  /** Lets time pass, for the store too. */
  pass(milliseconds: number): void {
    this.clock.advance(milliseconds);
    this.store.environment.refreshTime();
  }

  /** Empties the store and checks that nothing else is left than an empty table a database. */
  [Symbol.dispose](): void {
    this.store.flush(this.store.databases, false);
    this.store.keepVolatileIndex(false);
    while (this.store.environment.lazyFree.freeSome());
    this.verify();
  }

  /** Checks that there is nothing but empty tables. */
  verify(): void {
    this.arena.verify(BLOCKS_OF_EMPTY_DATABASE * this.tableCount);
  }
}
