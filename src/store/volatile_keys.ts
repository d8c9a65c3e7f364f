/**
 * Volatile keys: those entries of a database that have an expiry.
 *
 * All are in the time wheel, which knows which is due next. To evict one of them by chance, as the
 * policies `volatile-*` do, the wheel is no help: its slots are lists, and what lies side by side there
 * was written at about the same time. Drawing from all keys is none either: if one key in 10,000 is
 * volatile, 10,000 entries are looked at for each. So while such a policy is in force, the volatile
 * keys have a second dictionary. In Redis they always have.
 *
 * It is filled in slices while commands run and before each draw, in the order of the main dictionary,
 * that is of hashes; a key that comes meanwhile is added if its turn is over. So what the index holds on
 * the way is a fair sample already. Only while it is empty the key that is due first has to do.
 *
 * Always true: the wheel holds exactly the entries with an expiry; the index, none but these; once it
 * is complete, all of them.
 * Cost: without index that of the wheel. With it a draw costs the same however rare volatile keys are:
 * 1 look at an entry for a sample where 1 in 10,000 is volatile, and 10 to 16 bytes for each of them.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import type { StoreEnvironment } from "./environment.ts";
import type { Ref } from "./memory/mod.ts";
import {
  Dictionary,
  endOfSegmentAt,
  hashPlaceOf,
  TimeWheel,
  TOUCH_COUNT_MAX,
} from "./structures/mod.ts";

/** Entries looked at before a draw while the index is not complete. */
const INDEXED_BEFORE_DRAW_COUNT = 500;

/** Keys looked at to estimate how long keys live. */
const TTL_SAMPLE_COUNT = 400;

/** What all tables of entries are until they have a key: nothing is ever put into these two. */
export interface UnusedTable {
  readonly dictionary: Dictionary;
  readonly volatile: VolatileKeys;
}

/** Entries with an expiry, by moment and by chance. */
export class VolatileKeys {
  readonly #environment: StoreEnvironment;
  readonly #wheel: TimeWheel;
  readonly #keyView = new ByteView();
  #index: Dictionary | undefined;
  /** Where the walk that fills the index goes on; 0 before it begins. */
  #cursor = 0;
  #isComplete = false;
  readonly #seenRefs = new Int32Array(TOUCH_COUNT_MAX);
  readonly #seenHashes = new Int32Array(TOUCH_COUNT_MAX);

  constructor(environment: StoreEnvironment) {
    this.#environment = environment;
    this.#wheel = new TimeWheel(environment.entries, environment.nowMs);
  }

  /** How many there are. */
  get count(): number {
    return this.#wheel.count;
  }

  /** What is drawn from, or will be; `undefined`: nobody has asked for that. */
  get index(): Dictionary | undefined {
    return this.#index;
  }

  /** When the next may be due, in unix milliseconds; `Infinity` if none expires. */
  get nextMs(): number {
    return this.#wheel.nextMs;
  }

  /** Adds an entry that has an expiry. */
  add(ref: Ref): void {
    this.#wheel.add(ref);
    if (this.#index === undefined) return;
    const hash = this.#hashOf(ref);
    if (this.#isPassed(hash)) this.#index.insert(hash, ref);
  }

  /** Takes an entry out, before its expiry is changed or its block freed. */
  remove(ref: Ref): void {
    this.#wheel.remove(ref);
    if (this.#index?.findRecord(this.#hashOf(ref), ref)) this.#index.removeFound();
  }

  /** Puts an entry in the place of another with the same key, whose expiry it has taken over. */
  replace(old: Ref, fresh: Ref): void {
    this.remove(old);
    this.add(fresh);
  }

  /** Tells that an entry, links and all, has been copied to another place. */
  moved(old: Ref, fresh: Ref, hash: number): void {
    this.#wheel.moved(fresh);
    if (this.#index?.findRecord(hash, old)) this.#index.replaceFound(fresh);
  }

  /** Moves the index off pages that are being emptied; see `Dictionary.relocate`. */
  relocateIndex(cursor: number, wantedCount: number): number {
    return this.#index?.relocate(cursor, wantedCount, (ref) => ref) ?? 0;
  }

  /** Hands over entries that are due, still in place; see `TimeWheel.advance`. */
  advance(mayGoOn: () => boolean, fire: (ref: Ref) => void): boolean {
    return this.#wheel.advance(this.#environment.nowMs, mayGoOn, (ref) => {
      this.#wheel.add(ref); // for whoever removes it unlinks it
      fire(ref);
    });
  }

  /**
   * Draws entries.
   *
   * @param all The dictionary of all the database's entries.
   * @param refs Gets the entries; @param hashes Their keys' hashes.
   * @returns How many; 0 only when there are none.
   */
  sample(all: Dictionary, refs: Int32Array, hashes: Int32Array, count: number): number {
    if (this.count === 0) return 0;
    this.indexSome(all, INDEXED_BEFORE_DRAW_COUNT);
    if (this.#index !== undefined && this.#index.count > 0) {
      return this.#index.sample(this.#environment.random, refs, hashes, count);
    }
    refs[0] = this.#wheel.first;
    hashes[0] = this.#hashOf(refs[0]);
    return 1;
  }

  /**
   * Mean time to live, in whole milliseconds: exact in a small table, else from a sample, or from the
   * next key due when the sample has none. 0 when no key expires.
   *
   * @param all The dictionary of all the database's entries.
   */
  estimateTtlMs(all: Dictionary): number {
    if (this.count === 0) return 0;
    const { entries, nowMs, random } = this.#environment;
    let sampleCount = 0, dueMsSum = 0;
    const look = (ref: Ref) => {
      if (!entries.expires(ref)) return;
      sampleCount++;
      dueMsSum += entries.dueMsOf(ref) - nowMs;
    };
    if (all.count <= TTL_SAMPLE_COUNT) {
      all.forEach(look);
    } else {
      for (let draw = 0; draw < TTL_SAMPLE_COUNT; draw++) look(all.randomRecord(random));
    }
    const meanMs = sampleCount === 0 ? this.nextMs - nowMs : dueMsSum / sampleCount;
    return Math.max(0, Math.trunc(meanMs));
  }

  /** Begins an index to draw from, empty as yet. */
  beginIndex(): void {
    this.#index ??= new Dictionary(this.#environment.arena).create();
  }

  /**
   * Looks through some of a database's entries for those that the index lacks.
   *
   * @param all The dictionary of all its entries.
   * @returns Whether there is more to do.
   */
  indexSome(all: Dictionary, wantedCount: number): boolean {
    const index = this.#index;
    if (index === undefined || this.#isComplete) return false;
    // Some at a time, as each waits for memory when it is looked at alone.
    let count = 0;
    this.#cursor = all.scan(this.#cursor, wantedCount, (ref, hash) => {
      if (count === TOUCH_COUNT_MAX) {
        this.#addSeen(index, count);
        count = 0;
      }
      this.#seenRefs[count] = ref;
      this.#seenHashes[count++] = hash;
    });
    this.#addSeen(index, count);
    this.#isComplete = this.#cursor === 0;
    return !this.#isComplete;
  }

  /** Adds those of the entries seen that have an expiry. */
  #addSeen(index: Dictionary, count: number): void {
    const { arena, entries } = this.#environment;
    const refs = this.#seenRefs, hashes = this.#seenHashes;
    arena.touch(refs, count);
    for (let seen = 0; seen < count; seen++) {
      if (!entries.expires(refs[seen]) || index.findRecord(hashes[seen], refs[seen])) continue;
      index.insert(hashes[seen], refs[seen]);
    }
  }

  /** Gives the index up; what is returned is to be freed. */
  dropIndex(): Dictionary | undefined {
    const index = this.#index;
    this.#index = undefined;
    this.#cursor = 0;
    this.#isComplete = false;
    return index;
  }

  /**
   * Whether the walk that fills the index is through with where this hash belongs, or about there: what
   * it meets a second time does no harm.
   */
  #isPassed(hash: number): boolean {
    if (this.#isComplete || this.#cursor === 0) return this.#isComplete;
    return hashPlaceOf(hash) < endOfSegmentAt(this.#cursor);
  }

  #hashOf(ref: Ref): number {
    const { entries, lookAhead } = this.#environment;
    return lookAhead.hashOf(entries.keyView(ref, this.#keyView));
  }
}
