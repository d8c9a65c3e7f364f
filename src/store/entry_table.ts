/**
 * Entry table: the keys of one database, from their bytes to their entries.
 *
 * It finds entries, replaces them when their layout must change, and keeps the dictionary, the time
 * wheel and the arena of one mind. That is why nobody else moves an entry: a new block means a new
 * reference in the dictionary and new links in the wheel, and here both happen together.
 *
 * A reference is good until the next call that changes the same entry; those that may move it
 * return the new one. Looking a key up removes it first if its time has come, so whatever a lookup
 * returns is alive: the wheel only makes sure that nobody has to look.
 *
 * Always true: exactly the `expiringCount` entries with an expiry are in the wheel.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import { Int64 } from "../base/int64.ts";
import { invariant } from "../base/invariant.ts";
import type { StoreEnvironment } from "./environment.ts";
import { IndexRemains, KeyspaceRemains } from "./keyspace_remains.ts";
import type { Ref } from "./memory/mod.ts";
import { Dictionary } from "./structures/mod.ts";
import { type Entries, EXPIRES, type ExpiryChoice } from "./values/mod.ts";
import { type UnusedTable, VolatileKeys } from "./volatile_keys.ts";

/** How often RANDOMKEY draws anew when it draws keys that have expired. */
const RANDOM_DRAWS_MAX = 10_000;

/** Entries by key, with their expiry. */
export class EntryTable {
  /** The database's number, as SELECT takes it. */
  index = 0;

  /** What all databases share. */
  protected readonly environment: StoreEnvironment;
  readonly #entries: Entries;
  #dictionary: Dictionary;
  #volatile: VolatileKeys;
  /** Whether it has had no key so far, and these two are those of all unused tables. */
  #isUnused: boolean;
  readonly #keyView = new ByteView();
  readonly #expiry = new Int64();

  /** @param unused What it shares with others until it has a key; without, it is made at once. */
  constructor(index: number, environment: StoreEnvironment, unused?: UnusedTable) {
    this.index = index;
    this.environment = environment;
    this.#entries = environment.entries;
    this.#isUnused = unused !== undefined;
    this.#dictionary = unused?.dictionary ?? new Dictionary(environment.arena).create();
    this.#volatile = unused?.volatile ?? new VolatileKeys(environment);
  }

  /** The time that commands see, in unix milliseconds. */
  get nowMs(): number {
    return this.environment.nowMs;
  }

  /** Access to the fields of entries. */
  get entries(): Entries {
    return this.#entries;
  }

  /** Keys held, expired ones that nobody noticed yet included. */
  get count(): number {
    return this.#dictionary.count;
  }

  /** Keys with an expiry. */
  get expiringCount(): number {
    return this.#volatile.count;
  }

  /** Slots of the table. */
  get slotCount(): number {
    return this.#isUnused ? 0 : this.#dictionary.slotCount;
  }

  /** Bytes of the table, without entries. */
  get tableBytes(): number {
    return this.#isUnused ? 0 : this.#dictionary.tableBytes;
  }

  /** When the next key may be due, in unix milliseconds; `Infinity` if none expires. */
  get nextExpiryMs(): number {
    return this.#volatile.nextMs;
  }

  /** Has the memory fetched that lookups of the announced keys and elements will read. */
  lookAhead(): void {
    const { hashes, count, isOneKey, records } = this.environment.lookAhead;
    this.#dictionary.touch(hashes, isOneKey ? 1 : count, records);
    if (isOneKey) records.fill(records[0], 1, count);
    this.environment.elements.touch(records, count);
  }

  /** The live entry of a key, or 0. Neither counted nor noted as a use. */
  peek(key: ByteView): Ref {
    const ref = this.#find(this.#hashOf(key), key);
    if (ref === 0 || !this.#isDue(ref)) return ref;
    return this.environment.isHidingExpired ? 0 : this.#removeDue(ref);
  }

  /** The entry of a key, alive or due, or 0; it is left where it is. */
  lookUp(key: ByteView): Ref {
    return this.#find(this.#hashOf(key), key);
  }

  /** The live entry of a key for a command that reads it, or 0; counts the hit or miss. */
  read(key: ByteView): Ref {
    const ref = this.readUntouched(key);
    if (ref !== 0) this.noteUse(ref);
    return ref;
  }

  /** The same for a command that asks about the entry, which is no use of it. */
  readUntouched(key: ByteView): Ref {
    const ref = this.peek(key);
    if (ref === 0) this.environment.noteMiss(this.index, key);
    else this.environment.counters.keyspaceHits++;
    return ref;
  }

  /** The live entry of a key for a command that changes it, or 0; not counted. */
  write(key: ByteView): Ref {
    const ref = this.peek(key);
    if (ref === 0) return 0;
    this.preserve(ref);
    this.noteUse(ref);
    return ref;
  }

  /** Notes that an entry is used, unless uses do not count (CLIENT NO-TOUCH). */
  noteUse(ref: Ref): void {
    const environment = this.environment;
    if (!environment.isTouching) return;
    const before = this.#entries.accessOf(ref);
    const access = environment.accessAfterUse(before);
    if (access !== before) this.#entries.setAccess(ref, access);
  }

  /** Has a snapshot that is being taken save an entry as it is, before it is changed. */
  protected preserve(ref: Ref): void {
    if (this.#isUnsaved(ref)) this.environment.snapshot!.keep(this, ref);
  }

  /** Walks on from a cursor; see `Dictionary.scan`. Expired entries are not visited but removed. */
  scan(cursor: number, wantedCount: number, visit: (ref: Ref) => void): number {
    const due: Ref[] = [];
    const next = this.#dictionary.scan(cursor, wantedCount, (ref) => {
      if (this.#isDue(ref)) due.push(ref);
      else visit(ref);
    });
    if (!this.environment.isHidingExpired) { for (const ref of due) this.#removeDue(ref); }
    return next;
  }

  /** The same with expired entries, of which none is removed. */
  scanAll(cursor: number, wantedCount: number, visit: (ref: Ref) => void): number {
    return this.#dictionary.scan(cursor, wantedCount, visit);
  }

  /** Visits all live entries; the visitor must not change the keyspace. */
  forEach(visit: (ref: Ref) => void): void {
    this.#dictionary.forEachTouched((ref) => {
      if (!this.#isDue(ref)) visit(ref);
    });
  }

  /** The same with expired entries, of which none is removed. */
  forEachAll(visit: (ref: Ref) => void): void {
    this.#dictionary.forEachTouched(visit);
  }

  /**
   * A live entry, each equally likely; 0 when there is none. Expired ones that are drawn are removed;
   * one that is drawn after very many others is returned, since to go on would be a stall.
   */
  randomEntry(): Ref {
    for (let draw = 0; this.count > 0; draw++) {
      const ref = this.#dictionary.randomRecord(this.environment.random);
      if (!this.#isDue(ref) || draw >= RANDOM_DRAWS_MAX) return ref;
      if (!this.environment.isHidingExpired) this.#removeDue(ref);
    }
    return 0;
  }

  // Eviction.

  /** Whether an entry is still here under a key of this hash. */
  holds(hash: number, ref: Ref): boolean {
    return this.#dictionary.findRecord(hash, ref);
  }

  /**
   * Draws some entries.
   *
   * @param isVolatileOnly Whether only those with an expiry count.
   * @param refs Gets the entries; @param hashes Their keys' hashes. @returns How many; 0 only when there are none.
   */
  sample(isVolatileOnly: boolean, refs: Int32Array, hashes: Int32Array, count: number): number {
    if (isVolatileOnly) return this.#volatile.sample(this.#dictionary, refs, hashes, count);
    return this.#dictionary.sample(this.environment.random, refs, hashes, count);
  }

  /** Keeps an index of volatile keys to draw from, filled by `indexSome`, or gives it up. */
  keepVolatileIndex(isKept: boolean): void {
    if (isKept) return this.#volatile.beginIndex();
    const index = this.#volatile.dropIndex();
    if (index !== undefined) this.environment.lazyFree.add(new IndexRemains(index));
  }

  /** Goes on with that index; returns whether there is more to do. */
  indexSome(wantedCount: number): boolean {
    return this.#volatile.indexSome(this.#dictionary, wantedCount);
  }

  /** Makes room for so many keys, if there are none yet. */
  reserve(keyCount: number): void {
    if (this.#isUnused) this.#renew();
    this.#dictionary.reserve(keyCount);
  }

  // Moving blocks.

  /** Moves entries off pages that are being emptied, but not their values; else as `scan`. */
  relocate(cursor: number, wantedCount: number, visit: (ref: Ref, hash: number) => void): number {
    const entries = this.#entries;
    return this.#dictionary.relocate(cursor, wantedCount, (ref, hash) => {
      const moved = entries.arena.moveOut(ref);
      if (moved !== ref && entries.expires(moved)) this.#volatile.moved(ref, moved, hash);
      visit(moved, hash);
      return moved;
    });
  }

  /** Moves the index of volatile keys too; see `Dictionary.relocate`. */
  relocateIndex(cursor: number, wantedCount: number): number {
    return this.#volatile.relocateIndex(cursor, wantedCount);
  }

  // Removal.

  /**
   * Removes a key; returns whether it was there and alive.
   *
   * @param isLazy See `StoreEnvironment.freeValue`.
   */
  remove(key: ByteView, isLazy = this.environment.lazyFree.isForOverwritten): boolean {
    const ref = this.peek(key);
    if (ref === 0) return false;
    this.#detachFound(ref);
    this.free(ref, isLazy);
    return true;
  }

  /** Removes an entry and frees it with its value. */
  removeEntry(ref: Ref, isLazy = this.environment.lazyFree.isForOverwritten): void {
    this.detach(ref);
    this.free(ref, isLazy);
  }

  /**
   * Empties the keyspace at once.
   *
   * @param isLazy Whether what is left will be freed in slices.
   * @returns What is left to free; the caller runs it, now or in slices. Nothing while a snapshot needs
   * it, which frees it later.
   */
  clear(isLazy: boolean): KeyspaceRemains | undefined {
    if (this.#isUnused) return undefined;
    const dictionary = this.#dictionary, index = this.#volatile.index;
    this.#renew();
    if (index !== undefined) this.environment.lazyFree.add(new IndexRemains(index));
    if (this.environment.snapshot?.adoptAll(this, dictionary)) return undefined;
    return new KeyspaceRemains(dictionary, this.environment, isLazy);
  }

  // Expiry.

  /**
   * Gives an entry an expiry, or another one.
   *
   * @param expiresAt Unix milliseconds; copied.
   * @returns The entry, which may have moved.
   */
  setExpiry(ref: Ref, expiresAt: Int64): Ref {
    const entries = this.#entries;
    this.preserve(ref);
    if (entries.expires(ref)) {
      this.#volatile.remove(ref);
    } else {
      ref = this.#rebuildWith(ref, entries.flagsOf(ref) | EXPIRES);
    }
    this.#beginExpiry(ref, expiresAt);
    return ref;
  }

  /** Has an entry with room for an expiry expire. */
  #beginExpiry(ref: Ref, expiresAt: Int64): void {
    this.#entries.writeExpiry(ref, expiresAt);
    this.#volatile.add(ref);
    this.environment.wakeBy(this.#entries.dueMsOf(ref));
  }

  /** Mean time to live of keys with an expiry; see `VolatileKeys.estimateTtlMs`. */
  estimateTtlMs(): number {
    return this.#volatile.estimateTtlMs(this.#dictionary);
  }

  /** Takes an entry's expiry away; returns the entry, which may have moved. */
  clearExpiry(ref: Ref): Ref {
    if (!this.#entries.expires(ref)) return ref;
    this.#volatile.remove(ref);
    return this.#rebuildWith(ref, this.#entries.flagsOf(ref) & ~EXPIRES);
  }

  /**
   * Removes keys whose time has come.
   *
   * @param mayGoOn Asked before each; `false` ends the slice.
   * @returns Whether none is left that is due.
   */
  expireDue(mayGoOn: () => boolean): boolean {
    return this.#volatile.advance(mayGoOn, (ref) => this.#removeDue(ref));
  }

  // Layouts.

  /**
   * An entry of the wanted layout under a key, in place of what was there: the same block where it
   * fits, else a new one. The value itself is for the caller to write.
   *
   * @param kind Type and encoding.
   * @param flags `VALUE_WORD` or 0.
   */
  place(
    key: ByteView,
    kind: number,
    flags: number,
    inlineBytes: number,
    expiry: ExpiryChoice,
  ): Ref {
    const hash = this.#hashOf(key);
    let old = this.#find(hash, key);
    if (old !== 0 && this.#isDue(old)) {
      this.#removeDue(old);
      old = this.#find(hash, key);
    }
    const entries = this.#entries;
    const isGiven = typeof expiry === "object";
    if (old === 0) {
      if (this.#isUnused) {
        this.#renew();
        this.#find(hash, key);
      }
      if (isGiven) flags |= EXPIRES;
      const fresh = entries.create(kind, key.bytes, key.start, key.end, flags, inlineBytes);
      entries.setAccess(fresh, this.environment.freshAccess);
      this.#dictionary.insertFound(hash, fresh);
      if (isGiven) this.#beginExpiry(fresh, expiry);
      this.environment.observer?.appeared(this.index, key);
      return fresh;
    }
    if (isGiven) return this.setExpiry(this.place(key, kind, flags, inlineBytes, true), expiry);
    const oldFlags = entries.flagsOf(old);
    const access = this.environment.accessAfterUse(entries.accessOf(old));
    if (expiry) flags |= oldFlags & EXPIRES;
    const entryBytes = entries.entryBytes(key.end - key.start, flags, inlineBytes);
    if (flags === oldFlags && entries.arena.isFit(old, entryBytes) && !this.#isUnsaved(old)) {
      this.environment.freeValue(old, this.environment.lazyFree.isForOverwritten);
      entries.setKind(old, kind);
      entries.setInlineBytes(old, inlineBytes);
      entries.setAccess(old, access);
      return old;
    }
    const fresh = entries.create(kind, key.bytes, key.start, key.end, flags, inlineBytes);
    entries.setAccess(fresh, access);
    this.#dictionary.replaceFound(fresh);
    if ((oldFlags & EXPIRES) !== 0) this.#volatile.remove(old);
    if ((flags & EXPIRES) !== 0) {
      entries.writeExpiry(fresh, entries.readExpiry(old, this.#expiry));
      this.#volatile.add(fresh);
    }
    this.free(old, this.environment.lazyFree.isForOverwritten);
    return fresh;
  }

  /**
   * Gives an entry another layout under the same key; see `Entries.createFrom`. The
   * entry must be in the wheel exactly if both layouts have an expiry.
   */
  rebuild(ref: Ref, kind: number, flags: number, inlineBytes: number): Ref {
    const entries = this.#entries;
    this.preserve(ref);
    const key = entries.keyView(ref, this.#keyView);
    const fresh = entries.createFrom(ref, key, kind, flags, inlineBytes);
    this.environment.snapshot?.moved(ref, fresh);
    this.#findEntry(ref);
    this.#dictionary.replaceFound(fresh);
    if ((flags & entries.flagsOf(ref) & EXPIRES) !== 0) {
      this.#volatile.replace(ref, fresh);
    }
    entries.arena.free(ref);
    return fresh;
  }

  // Private.

  /** Makes the table anew, empty and its own. */
  #renew(): void {
    const isIndexed = this.#volatile.index !== undefined;
    this.#dictionary = new Dictionary(this.#entries.arena).create();
    this.#volatile = new VolatileKeys(this.environment);
    if (isIndexed) this.#volatile.beginIndex();
    this.#isUnused = false;
  }

  /** The same with other flags. */
  #rebuildWith(ref: Ref, flags: number): Ref {
    const entries = this.#entries;
    return this.rebuild(ref, entries.kindOf(ref), flags, entries.inlineBytesOf(ref));
  }

  #hashOf(key: ByteView): number {
    return this.environment.lookAhead.hashOf(key);
  }

  #find(hash: number, key: ByteView): Ref {
    return this.#dictionary.find(hash, key.bytes, key.start, key.end);
  }

  #isDue(ref: Ref): boolean {
    return this.#entries.expires(ref) && this.#entries.dueMsOf(ref) <= this.environment.dueByMs;
  }

  /** Whether a snapshot is being taken that has not saved the entry. */
  #isUnsaved(ref: Ref): boolean {
    return this.environment.snapshot !== undefined && !this.#entries.isMarked(ref);
  }

  /** Removes an entry whose time has come; returns 0, what a lookup then finds. */
  #removeDue(ref: Ref): 0 {
    this.environment.counters.expiredKeys++;
    this.environment.listener.expired(this.index, this.#entries.keyView(ref, this.#keyView));
    this.removeEntry(ref, this.environment.lazyFree.isForExpired);
    return 0;
  }

  /** An entry like `ref` under another key, not attached yet. */
  protected twin(ref: Ref, key: ByteView): Ref {
    const entries = this.#entries;
    const inlineBytes = entries.inlineBytesOf(ref);
    return entries.createFrom(ref, key, entries.kindOf(ref), entries.flagsOf(ref), inlineBytes);
  }

  /** Puts an unattached entry into dictionary and wheel; its key must be absent. */
  protected attach(ref: Ref): void {
    if (this.#isUnused) this.#renew();
    const key = this.#entries.keyView(ref, this.#keyView);
    this.#dictionary.insert(this.#hashOf(key), ref);
    this.environment.observer?.appeared(this.index, key);
    if (this.#entries.expires(ref)) this.#volatile.add(ref);
  }

  /** Takes an entry out of dictionary and wheel; its block stays. */
  protected detach(ref: Ref): void {
    this.#findEntry(ref);
    this.#detachFound(ref);
  }

  /** The same for the entry that the dictionary found last. */
  #detachFound(ref: Ref): void {
    this.#dictionary.removeFound();
    if (this.#entries.expires(ref)) this.#volatile.remove(ref);
  }

  /** Makes the dictionary find an entry that is known to be there. */
  #findEntry(ref: Ref): void {
    const isThere = this.#dictionary.findRecord(
      this.#hashOf(this.#entries.keyView(ref, this.#keyView)),
      ref,
    );
    invariant(isThere, "An entry is not in its keyspace");
  }

  /** Frees an entry that was taken out, with its value, but leaves it to a snapshot that wants it. */
  protected free(ref: Ref, isLazy: boolean): void {
    if (this.#isUnsaved(ref) && this.environment.snapshot!.adopt(this, ref)) return;
    this.environment.freeValue(ref, isLazy);
    this.#entries.arena.free(ref);
  }
}
