/**
 * Tracking table: which clients may have which keys in their caches.
 *
 * A key is noted when a client reads it, for all databases alike, and forgotten when it changes: then
 * its clients are told, and have it no more. A client that leaves is not looked for: its id, which is
 * given to nobody else, stays with its keys until these change.
 *
 * Most keys are read by one client, so an id stands by itself, and a set is made for a second one.
 *
 * Always true: a key that is here has an id; `itemCount` is how many ids all keys have.
 * Cost: noting and finding O(1); about a hundred bytes a key beside its own.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Random } from "../base/random.ts";
import { KeyRecord, KeyRegistry } from "../engine/mod.ts";
import type { KeyLookAhead } from "../store/mod.ts";

/** A record with its place in a chain and the header of its key's text. */
const KEY_BYTES = 96;
/** An id in a set. */
const ITEM_BYTES = 40;

/** A key, and who may have it. */
export class TrackedKey extends KeyRecord<TrackedKey> {
  /** Ids of clients. */
  holders: number | Set<number>;

  constructor(key: string, hash: number, holder: number) {
    super(key, hash);
    this.holders = holder;
  }

  /** How many clients these are. */
  get holderCount(): number {
    return typeof this.holders === "number" ? 1 : this.holders.size;
  }

  /** Whether a client is one of them. */
  isHeldBy(id: number): boolean {
    return typeof this.holders === "number" ? this.holders === id : this.holders.has(id);
  }

  /** Adds a client; returns whether it is a new one. */
  addHolder(id: number): boolean {
    const holders = this.holders;
    if (typeof holders === "number") {
      if (holders === id) return false;
      this.holders = new Set([holders, id]);
      return true;
    }
    if (holders.has(id)) return false;
    holders.add(id);
    return true;
  }
}

/** The table of one server. */
export class TrackingTable {
  itemCount = 0;

  readonly #keys: KeyRegistry<TrackedKey>;
  /** Bytes of all keys' names. */
  #nameBytes = 0;

  /** @param hashing Hashes keys. */
  constructor(hashing: KeyLookAhead) {
    this.#keys = new KeyRegistry(hashing);
  }

  /** Keys that somebody may have. */
  get keyCount(): number {
    return this.#keys.count;
  }

  /** Bytes that it takes, about. */
  get memoryBytes(): number {
    const keyCount = this.#keys.count;
    return keyCount * KEY_BYTES + this.#nameBytes + (this.itemCount - keyCount) * ITEM_BYTES;
  }

  /** Notes that a client may have a key from now on. @param key Copied. */
  note(key: ByteView, id: number): void {
    const tracked = this.#keys.first(key);
    if (tracked === undefined) {
      this.#keys.add(new TrackedKey(key.toText(), this.#keys.hashOf(key), id));
      this.#nameBytes += key.byteCount;
      this.itemCount++;
    } else if (tracked.addHolder(id)) {
      this.itemCount++;
    }
  }

  /** A key that somebody may have. */
  find(key: ByteView): TrackedKey | undefined {
    return this.#keys.first(key);
  }

  /** Any key; `undefined` when there is none. */
  sample(random: Random): TrackedKey | undefined {
    return this.#keys.sample(random);
  }

  /** Forgets a key. */
  remove(tracked: TrackedKey): void {
    this.#keys.remove(tracked);
    this.#nameBytes -= tracked.key.length;
    this.itemCount -= tracked.holderCount;
  }

  /** Forgets all. */
  clear(): void {
    this.#keys.clear();
    this.#nameBytes = 0;
    this.itemCount = 0;
  }
}
