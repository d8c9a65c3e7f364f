/**
 * Environment: what all databases of one server share.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Clock } from "../base/clock.ts";
import { KeyHash } from "../base/key_hash.ts";
import type { Random } from "../base/random.ts";
import type { AccessFrequency } from "./access_frequency.ts";
import type { EntryTable } from "./entry_table.ts";
import { KeyLookAhead } from "./key_look_ahead.ts";
import { LazyFree } from "./lazy_free.ts";
import type { Arena, Ref } from "./memory/mod.ts";
import type { Dictionary } from "./structures/mod.ts";
import {
  type CollectionEnvironment,
  type CollectionLimits,
  Collections,
  defaultCollectionLimits,
  type ElementKeeper,
  ElementLookAhead,
  Entries,
  IntegerText,
  Values,
} from "./values/mod.ts";

/** Wraps the access clock, which counts seconds in 24 bits. */
const ACCESS_CLOCK_MASK = 0xffffff;

/** Values of more steps than this are freed in slices where that is wanted. */
const LAZY_EFFORT_MIN = 64;
/** And of more than this in any case: to free them at once would be a stall. */
const SLICED_EFFORT_MIN = 16 * 1024;

/** Told of keys that vanish without a command that names them. */
export interface StoreListener {
  /**
   * An expired key is about to be removed.
   *
   * @param key Borrowed during the call.
   */
  expired(databaseIndex: number, key: ByteView): void;
  /** A key was given an expiry before `environment.wakeAtMs`, which is now that moment. */
  expiresSooner(dueMs: number): void;
  /** `environment.wakeAtMs` has come, as somebody saw before the timer for it: keys may be removed now. */
  isDue(): void;
  /**
   * A key is about to be removed to make room.
   *
   * @param key Borrowed during the call.
   */
  evicted(databaseIndex: number, key: ByteView): void;
}

/** Told of what happens to keys inside the store, while somebody wants to know. */
export interface KeyObserver {
  /** A key was made, or took the place of one that was removed. @param key Borrowed during the call. */
  appeared(databaseIndex: number, key: ByteView): void;
  /** A command that reads looked a key up that is not there. @param key Borrowed during the call. */
  missed(databaseIndex: number, key: ByteView): void;
}

/** What a store counts; whoever shows statistics hands it over. */
export interface StoreCounters {
  /** Lookups by reading commands that found a key, and that did not. */
  keyspaceHits: number;
  keyspaceMisses: number;
  /** Keys removed because their time had come. */
  expiredKeys: number;
  /** Keys removed to make room. */
  evictedKeys: number;
  /** Keys freed in slices. */
  lazyFreedObjects: number;
}

/** Has entries saved as they were, while a snapshot is being taken. */
export interface EntryKeeper {
  /** An entry that is not saved yet is about to be changed. */
  keep(table: EntryTable, ref: Ref): void;
  /**
   * An entry that is not saved yet was taken out of its table.
   *
   * @returns Whether the keeper frees it, later; if not, the caller may.
   */
  adopt(table: EntryTable, ref: Ref): boolean;
  /** A table's entries were all taken out; the same for all of them. */
  adoptAll(table: EntryTable, dictionary: Dictionary): boolean;
  /** An entry was given another block. */
  moved(old: Ref, fresh: Ref): void;
}

/** So many bytes of data are in the processor's cache anyhow. */
const CACHED_BYTES_MAX = 64 * 1024;

/** The arena, the hash, the time and the counters of one store. */
export class StoreEnvironment implements CollectionEnvironment {
  readonly arena: Arena;
  readonly entries: Entries;
  /** What lies outside entries. */
  readonly values: Values;
  /** Hashes keys, fields and members. */
  readonly hash: KeyHash;
  /** How large collections may be in their compact encodings. */
  readonly limits: CollectionLimits = defaultCollectionLimits();
  /** Told of each look at a key that its command does not name (SORT BY, GET), where somebody has to know. */
  derivedKeyRead: ((databaseIndex: number, key: ByteView) => void) | undefined;
  /** Handles for the command that runs. */
  readonly collections: Collections;
  /** Hashes keys, and knows some in advance. */
  readonly lookAhead: KeyLookAhead;
  readonly elements: ElementLookAhead;
  readonly clock: Clock;
  readonly random: Random;
  /** Digits of the integer that was last viewed as text. */
  readonly digits = new IntegerText();
  /** Who is told of expired keys. */
  listener: StoreListener = {
    expired: () => {},
    expiresSooner: () => {},
    isDue: () => {},
    evicted: () => {},
  };
  /** Who is told of keys that appear or are missed; usually nobody. */
  observer: KeyObserver | undefined;
  /** Whether OBJECT shows small integers as shared: not where each key notes its own use for eviction. */
  isSharingIntegers = true;
  /** Frees in slices what was deleted. */
  readonly lazyFree: LazyFree;
  /** When somebody will look for expired keys next, in unix milliseconds. */
  wakeAtMs = Infinity;

  /**
   * The time that commands see, in unix milliseconds: read once for a batch of commands, so that a
   * key can't expire between two looks at it in one command.
   */
  nowMs = 0;
  /**
   * Keys whose time has come by then are expired: `nowMs`, or before all times while none is to expire,
   * because what is repeated from a log happened when they were there.
   */
  dueByMs = -Infinity;
  /** The same in seconds and 24 bits, as entries note it. */
  accessClock = 0;
  /** What a new entry notes: the clock, or how often it was used so far. */
  freshAccess = 0;
  /** What is counted. */
  readonly counters: StoreCounters;
  /** The snapshot that is being taken. */
  snapshot: EntryKeeper | undefined;
  elementKeeper: ElementKeeper | undefined;
  /** Whether lookups note the use in the entry; not so under CLIENT NO-TOUCH. */
  isTouching = true;
  /** Whether a key whose time has come is hidden and stays: only for commands that change nothing. */
  isHidingExpired = false;
  #frequency: AccessFrequency | undefined;
  #isKeepingExpired = false;

  constructor(arena: Arena, clock: Clock, random: Random, counters: StoreCounters) {
    this.counters = counters;
    this.lazyFree = new LazyFree(counters);
    this.arena = arena;
    this.entries = new Entries(arena);
    this.hash = new KeyHash(random);
    this.lookAhead = new KeyLookAhead(this.hash);
    this.elements = new ElementLookAhead(this.entries, this.hash, random);
    this.clock = clock;
    this.random = random;
    this.collections = new Collections(this);
    this.values = new Values(this.entries, new Collections(this));
    this.nowMs = clock.nowMs();
    this.refreshTime();
  }

  /** Whether there are data enough that to fetch them ahead saves more time than it takes. */
  get looksAhead(): boolean {
    return this.arena.usedBytes > CACHED_BYTES_MAX;
  }

  /**
   * Frees what an entry's value holds outside the entry; what is large, in slices.
   *
   * @param isLazy Whether that begins with some dozens of elements, and not with very many.
   */
  freeValue(ref: Ref, isLazy: boolean): void {
    const isLarge = this.values.freeEffort(ref) > (isLazy ? LAZY_EFFORT_MIN : SLICED_EFFORT_MIN);
    if (isLarge) this.lazyFree.add(this.values.remainsOf(ref));
    else this.values.free(ref);
  }

  /** Puts keys in the place of others without anybody observing it. */
  unobserved(act: () => void): void {
    const { observer } = this;
    this.observer = undefined;
    try {
      act();
    } finally {
      this.observer = observer;
    }
  }

  /** Counts that a command that reads looked for an absent key. */
  noteMiss(databaseIndex: number, key: ByteView): void {
    this.counters.keyspaceMisses++;
    this.observer?.missed(databaseIndex, key);
  }

  /** Sees to it that somebody looks for expired keys at this moment at the latest. */
  wakeBy(dueMs: number): void {
    if (dueMs >= this.wakeAtMs) return;
    this.wakeAtMs = dueMs;
    this.listener.expiresSooner(dueMs);
  }

  /** Whether keys stay when their time has come. */
  get isKeepingExpired(): boolean {
    return this.#isKeepingExpired;
  }

  set isKeepingExpired(isKept: boolean) {
    this.#isKeepingExpired = isKept;
    this.refreshTime();
  }

  /** Counts uses under an LFU policy; `undefined`: entries note the time of their last use. */
  get frequency(): AccessFrequency | undefined {
    return this.#frequency;
  }

  /** Changes what entries note from now on; what they noted before is misread until their next use. */
  set frequency(frequency: AccessFrequency | undefined) {
    this.#frequency = frequency;
    this.#refreshAccess();
  }

  /** What an entry notes after a use. @param access What it noted before. */
  accessAfterUse(access: number): number {
    const frequency = this.#frequency;
    return frequency === undefined
      ? this.accessClock
      : frequency.accessAfterUse(access, this.nowMs);
  }

  /** What an entry notes that was used so many seconds ago; not under an LFU policy. */
  accessBefore(idleSeconds: number): number {
    return (this.accessClock - idleSeconds) & ACCESS_CLOCK_MASK;
  }

  /** Seconds since the use that an entry noted; not under an LFU policy. @param access What it noted. */
  idleSecondsOf(access: number): number {
    return (this.accessClock - access) & ACCESS_CLOCK_MASK;
  }

  /** Reads the clock for the next batch of commands. */
  refreshTime(): void {
    this.nowMs = this.clock.nowMs();
    this.dueByMs = this.#isKeepingExpired ? -Infinity : this.nowMs;
    this.accessClock = Math.floor(this.nowMs / 1000) & ACCESS_CLOCK_MASK;
    this.#refreshAccess();
  }

  #refreshAccess(): void {
    this.freshAccess = this.#frequency?.freshAccess(this.nowMs) ?? this.accessClock;
  }
}
