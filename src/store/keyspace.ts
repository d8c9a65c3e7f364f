/**
 * Keyspace: one numbered database as commands see it: entries, and what each type keeps in them.
 *
 * The entry table below finds, moves and expires; this adds the accessors of types, each of which
 * holds the only check of its type, and picks the encoding of what is stored.
 *
 * @module
 */

import { ByteView, copyBytes } from "../base/byte_view.ts";
import { Int64, parseInt64 } from "../base/int64.ts";
import { INCREMENT_OVERFLOW, WRONG_TYPE } from "../errors/catalogue.ts";
import { EntryTable } from "./entry_table.ts";
import { PAGE_SHIFT, type Ref } from "./memory/mod.ts";
import {
  type Collection,
  type CollectionHost,
  EMBSTR_BYTES_MAX,
  ENCODING_EMBSTR,
  ENCODING_INT,
  ENCODING_RAW,
  EXPIRES,
  type ExpiryChoice,
  hasBlock,
  type HashValue,
  INLINE_BYTES_MAX,
  kindOf,
  ListValue,
  type SetValue,
  type SortedSetDraft,
  type SortedSetValue,
  type StreamValue,
  stringBytesOf,
  stringView,
  TYPE_STRING,
  typeOfHeader,
  VALUE_WORD,
} from "./values/mod.ts";

/** Longest text that can be an integer. */
const INTEGER_BYTES_MAX = 20;

const KIND_INT = kindOf(TYPE_STRING, ENCODING_INT);
const KIND_EMBSTR = kindOf(TYPE_STRING, ENCODING_EMBSTR);
const KIND_RAW = kindOf(TYPE_STRING, ENCODING_RAW);

/** Whether a key has an entry, and whether its time has come unnoticed. */
export type KeyPresence = "absent" | "alive" | "due";

/** The keys of one database, with values. */
export class Keyspace extends EntryTable implements CollectionHost {
  readonly #valueView = new ByteView();
  readonly #integer = new Int64();

  /** Keys whose time has come by then are expired, in unix milliseconds. */
  get dueByMs(): number {
    return this.environment.dueByMs;
  }

  /** What there is of a key; unlike `peek` it leaves an entry that is due where it is. */
  presenceOf(key: ByteView): KeyPresence {
    const ref = this.lookUp(key), entries = this.entries;
    if (ref === 0) return "absent";
    return entries.expires(ref) && entries.dueMsOf(ref) <= this.dueByMs ? "due" : "alive";
  }

  /** The type of a key's value, which is left where it is even if it is due; -1: there is none. */
  typeUnder(key: ByteView): number {
    const ref = this.lookUp(key);
    return ref === 0 ? -1 : this.entries.typeOf(ref);
  }

  /** Removes a key, alive or due, and tells nobody that its time had come; returns whether it was there. */
  discard(key: ByteView): boolean {
    const ref = this.lookUp(key);
    if (ref !== 0) this.removeEntry(ref);
    return ref !== 0;
  }

  /** The same as `readUntouched` for a command about the entry itself, whose miss is not told (OBJECT). */
  readUnnoticed(key: ByteView): Ref {
    const ref = this.peek(key);
    if (ref === 0) this.environment.counters.keyspaceMisses++;
    else this.environment.counters.keyspaceHits++;
    return ref;
  }

  /** Counts an entry that a command has looked at on a walk, as if it had asked for its key. */
  countRead(): void {
    this.environment.counters.keyspaceHits++;
  }

  /** The same as `read` for a key that its command does not name. */
  readDerived(key: ByteView): Ref {
    this.environment.derivedKeyRead?.(this.index, key);
    return this.read(key);
  }

  /** What the entry of a key notes about its last use; `undefined` without one. */
  noteOfAccess(key: ByteView): number | undefined {
    const ref = this.lookUp(key);
    return ref === 0 ? undefined : this.entries.accessOf(ref);
  }

  /** Changes what is noted, where there is an entry. */
  noteAccess(key: ByteView, access: number): void {
    const ref = this.lookUp(key);
    if (ref !== 0) this.entries.setAccess(ref, access);
  }

  /**
   * Moves an entry under another key or into another database; what was there is removed.
   *
   * @param newKey Copied; must not lie in the entry itself, nor be its key where it is already.
   */
  moveEntry(ref: Ref, target: Keyspace, newKey: ByteView): void {
    this.preserve(ref);
    target.remove(newKey);
    const moved = this.twin(ref, newKey);
    this.environment.snapshot?.moved(ref, moved);
    this.detach(ref);
    this.entries.arena.free(ref);
    target.attach(moved);
  }

  /** Copies an entry, expiry included but unused yet, under another key; what was there is removed. */
  copyEntry(ref: Ref, target: Keyspace, newKey: ByteView): void {
    target.remove(newKey);
    const copy = this.twin(ref, newKey);
    this.environment.values.copy(ref, copy);
    this.entries.setAccess(copy, this.environment.freshAccess);
    target.attach(copy);
  }

  /**
   * Copies the entry of a key as it is, due or not, expiry and last use included.
   *
   * @returns The copy, which is in no table, for `reinstate` or `freeImage`; 0: there is no entry.
   */
  imageOf(key: ByteView): Ref {
    const ref = this.lookUp(key);
    if (ref === 0) return 0;
    const image = this.twin(ref, key);
    this.environment.values.copy(ref, image);
    return image;
  }

  /**
   * Puts a copy in the place of what is under a key. That it appears is told like of any other key.
   *
   * @param image The table's from now on; 0: nothing shall be there.
   */
  reinstate(key: ByteView, image: Ref): void {
    const ref = this.lookUp(key);
    if (ref !== 0) this.removeEntry(ref);
    if (image === 0) return;
    this.attach(image);
    if (this.entries.expires(image)) this.environment.wakeBy(this.entries.dueMsOf(image));
  }

  /** Frees a copy that was not put back. */
  freeImage(image: Ref): void {
    this.free(image, true);
  }

  /**
   * Points a view at a key's string for a command that reads it.
   *
   * @returns Whether the key exists.
   * @throws {RedisError} WRONGTYPE when the value is no string.
   */
  readString(key: ByteView, into: ByteView): boolean {
    const ref = this.read(key);
    if (ref === 0) return false;
    this.stringOf(ref, into);
    return true;
  }

  /**
   * Points a view at an entry's string.
   *
   * @throws {RedisError} WRONGTYPE when the value is no string.
   */
  stringOf(ref: Ref, into: ByteView): ByteView {
    this.requireString(ref);
    return stringView(this.entries, ref, into, this.environment.digits);
  }

  /** Whether an entry's value is a string. */
  isString(ref: Ref): boolean {
    return typeOfHeader(this.entries.headerOf(ref)) === TYPE_STRING;
  }

  /** @throws {RedisError} WRONGTYPE when the value is no string. */
  requireString(ref: Ref): void {
    if (!this.isString(ref)) throw WRONG_TYPE;
  }

  /** Length in bytes of an entry's string. */
  stringBytesOf(ref: Ref): number {
    return stringBytesOf(this.entries, ref);
  }

  /**
   * Stores a string under a key, whatever was there.
   *
   * @param key Copied.
   * @param value Copied; must not lie in what is replaced.
   * @param expiry What expiry it has then.
   * @returns The entry.
   */
  setString(key: ByteView, value: ByteView, expiry: ExpiryChoice = false): Ref {
    const byteCount = value.end - value.start;
    const integer = this.#integer;
    if (
      byteCount <= INTEGER_BYTES_MAX &&
      parseInt64(value.bytes, value.start, value.end, integer)
    ) {
      return this.setInteger(key, integer, expiry);
    }
    return this.setText(key, value, expiry);
  }

  /** The same for a string that stays text though it may look like an integer. */
  setText(key: ByteView, value: ByteView, expiry: ExpiryChoice): Ref {
    const byteCount = value.end - value.start;
    const kind = byteCount <= EMBSTR_BYTES_MAX ? KIND_EMBSTR : KIND_RAW;
    if (byteCount > INLINE_BYTES_MAX) return this.#setLongString(key, value, expiry);
    const ref = this.place(key, kind, 0, byteCount, expiry);
    copyBytes(
      value.bytes,
      value.start,
      value.end,
      this.entries.arena.bytesOf(ref),
      this.entries.inlineOffsetOf(ref),
    );
    return ref;
  }

  /** Stores an integer as a string under a key, whatever was there. */
  setInteger(key: ByteView, value: Int64, expiry: ExpiryChoice): Ref {
    const ref = this.place(key, KIND_INT, VALUE_WORD, 0, expiry);
    this.entries.setValueWord(ref, value.lo, value.hi);
    return ref;
  }

  /**
   * Adds to a string that is stored as an integer, in place.
   *
   * @param sum Gets the sum.
   * @returns `false` when the value is stored otherwise, or no string; nothing has changed then.
   * @throws {RedisError} When the sum takes more than 64 bits.
   */
  addToInteger(ref: Ref, delta: Int64, sum: Int64): boolean {
    const index = this.entries.integerIndexOf(ref);
    if (index < 0) return false;
    const words = this.entries.arena.words[ref >>> PAGE_SHIFT];
    sum.lo = words[index];
    sum.hi = words[index + 1];
    if (!sum.add(delta)) throw INCREMENT_OVERFLOW;
    words[index] = sum.lo;
    words[index + 1] = sum.hi;
    return true;
  }

  /** Stores a string of zero bytes under an absent key, to be written to; returns its entry. */
  createString(key: ByteView, byteCount: number): Ref {
    const arena = this.entries.arena;
    const block = arena.allocate(byteCount), start = arena.offsetOf(block);
    arena.bytesOf(block).fill(0, start, start + byteCount);
    return this.setBlock(key, block, byteCount, false);
  }

  /**
   * Stores a string that was written into a block of the arena, whatever was under the key.
   *
   * @param block The entry's from now on.
   * @param byteCount Length of the string, at least 1.
   */
  setBlock(key: ByteView, block: Ref, byteCount: number, expiry: ExpiryChoice): Ref {
    const ref = this.place(key, KIND_RAW, VALUE_WORD, 0, expiry);
    this.entries.setValueWord(ref, block, byteCount);
    return ref;
  }

  /**
   * Gives a string a block of its own with room for `byteCount` bytes, its content in front, so
   * that it can be changed in place; its encoding becomes `raw`. Bytes behind the old content are
   * undefined.
   *
   * @param roomBytes Room to allocate; the caller leaves some for what will be appended.
   * @returns The entry, which may have moved; its value word names the block and `byteCount`.
   */
  growString(ref: Ref, byteCount: number, roomBytes: number): Ref {
    const entries = this.entries, arena = entries.arena;
    this.preserve(ref);
    const view = stringView(entries, ref, this.#valueView, this.environment.digits);
    const keptBytes = view.byteCount;
    if (hasBlock(entries, ref)) {
      let block = entries.valueBlockOf(ref);
      if (arena.capacityOf(block) < byteCount) block = arena.resize(block, roomBytes, keptBytes);
      entries.setValueWord(ref, block, byteCount);
      return ref;
    }
    const block = arena.allocate(roomBytes);
    copyBytes(view.bytes, view.start, view.end, arena.bytesOf(block), arena.offsetOf(block));
    const moved = this.rebuild(ref, KIND_RAW, entries.flagsOf(ref) & EXPIRES | VALUE_WORD, 0);
    entries.setValueWord(moved, block, byteCount);
    return moved;
  }

  createCollection(key: ByteView, kind: number): Ref {
    return this.place(key, kind, VALUE_WORD, 0, false);
  }

  /**
   * Stores a collection that was built without an entry, whatever was under the key.
   *
   * @param collection The entry takes its value over; the handle now shows the entry.
   */
  storeCollection(key: ByteView, collection: Collection, expiry: ExpiryChoice = false): void {
    const { type, encoding, root, count } = collection;
    const ref = this.place(key, kindOf(type, encoding), VALUE_WORD, 0, expiry);
    this.entries.setValueWord(ref, root, count);
    collection.attach(this, key, ref);
  }

  /** A key's hash for a command that changes it; see `openCollection`. */
  openHash(key: ByteView, into: HashValue = this.environment.collections.hash): HashValue {
    return this.openCollection(key, into);
  }

  /** A key's hash for a command that reads it; see `readCollection`. */
  readHash(
    key: ByteView,
    into: HashValue = this.environment.collections.hash,
  ): HashValue | undefined {
    return this.readCollection(key, into);
  }

  /** A handle on sets, for commands that need several at a time; number 0 is the usual one. */
  setHandle(index: number): SetValue {
    return this.environment.collections.setAt(index);
  }

  /** Opens a key's set to change or make it. @throws {RedisError} WRONGTYPE when it is none. */
  openSet(key: ByteView, into: SetValue = this.setHandle(0)): SetValue {
    return this.openCollection(key, into);
  }

  /** Opens a key's set to read it. @throws {RedisError} WRONGTYPE when it is none. */
  readSet(key: ByteView, into: SetValue = this.setHandle(0)): SetValue | undefined {
    return this.readCollection(key, into);
  }

  /**
   * A key's list for a command that changes it, or makes it.
   *
   * @param into The handle; of those of one default, only the last one opened is good.
   * @throws {RedisError} WRONGTYPE when the value is of another type.
   */
  openList(key: ByteView, into = this.environment.collections.list): ListValue {
    return this.openCollection(key, into);
  }

  /** The same for a command that reads it; `undefined` when the key is absent. */
  readList(key: ByteView, into = this.environment.collections.list): ListValue | undefined {
    return this.readCollection(key, into);
  }

  /** An entry's list, for a look that is no use of it; `undefined` when it is of another type. */
  listOf(ref: Ref): ListValue | undefined {
    const collection = this.isString(ref) ? undefined : this.collectionOf(ref);
    return collection instanceof ListValue ? collection : undefined;
  }

  /** A list without an entry, to be built and stored. */
  emptyList(): ListValue {
    return this.environment.collections.list.detach();
  }

  /**
   * An entry's collection of whatever type, to be looked at and not changed.
   *
   * @param ref Not of a string.
   * @returns The usual handle of its type.
   */
  collectionOf(ref: Ref): Collection {
    const { entries } = this;
    return this.environment.collections.of(entries.typeOf(ref)).detach(
      entries.encodingOf(ref),
      entries.valueBlockOf(ref),
      entries.valueCountOf(ref),
    );
  }

  /** A second key's list for a command that changes it beside the one that `openList` opened. */
  openOtherList(key: ByteView): ListValue {
    return this.openCollection(key, this.environment.collections.otherList);
  }

  /**
   * A key's sorted set for a command that changes it, or makes it.
   *
   * @param into The handle; of those of one default, only the last one opened is good.
   * @throws {RedisError} WRONGTYPE when the value is of another type.
   */
  openSortedSet(key: ByteView, into = this.environment.collections.sortedSet): SortedSetValue {
    return this.openCollection(key, into);
  }

  /** The same for a command that reads it; `undefined` when the key is absent. */
  readSortedSet(
    key: ByteView,
    into = this.environment.collections.sortedSet,
  ): SortedSetValue | undefined {
    return this.readCollection(key, into);
  }

  /** A handle on sorted sets, for commands that need several at a time; number 0 is the usual one. */
  sortedSetHandle(index: number): SortedSetValue {
    return this.environment.collections.sortedSetAt(index);
  }

  /**
   * An empty draft of a sorted set, which the caller finishes or discards.
   *
   * @param index Number of the draft, for commands that need several at a time.
   */
  sortedSetDraft(index = 0): SortedSetDraft {
    return this.environment.collections.sortedSetDraftAt(index).begin();
  }

  /**
   * A key's stream for a command that changes it, or makes it.
   *
   * @throws {RedisError} WRONGTYPE when the value is of another type.
   */
  openStream(key: ByteView, into = this.environment.collections.stream): StreamValue {
    return this.openCollection(key, into);
  }

  /** The same for a command that Redis counts as reading though it changes what groups know. */
  openCountedStream(key: ByteView): StreamValue {
    const ref = this.read(key);
    if (ref !== 0) this.preserve(ref);
    return this.#attach(key, ref, this.environment.collections.stream);
  }

  /** The same for a command that reads it; `undefined` when the key is absent. */
  readStream(
    key: ByteView,
    into = this.environment.collections.stream,
  ): StreamValue | undefined {
    return this.readCollection(key, into);
  }

  /**
   * Points a handle at a key's collection for a command that changes it, or makes it.
   *
   * @param key Borrowed as long as the handle is used.
   * @throws {RedisError} WRONGTYPE when the value is of another type.
   */
  protected openCollection<Handle extends Collection>(key: ByteView, into: Handle): Handle {
    return this.#attach(key, this.write(key), into);
  }

  /**
   * Points a handle at a key's collection for a command that reads it.
   *
   * @returns `undefined` when the key is absent.
   * @throws {RedisError} WRONGTYPE when the value is of another type.
   */
  protected readCollection<Handle extends Collection>(
    key: ByteView,
    into: Handle,
  ): Handle | undefined {
    const ref = this.read(key);
    return ref === 0 ? undefined : this.#attach(key, ref, into);
  }

  #attach<Handle extends Collection>(key: ByteView, ref: Ref, into: Handle): Handle {
    if (ref !== 0 && this.entries.typeOf(ref) !== into.type) throw WRONG_TYPE;
    return into.attach(this, key, ref);
  }

  #setLongString(key: ByteView, value: ByteView, expiry: ExpiryChoice): Ref {
    const block = this.entries.arena.store(value.bytes, value.start, value.end);
    return this.setBlock(key, block, value.byteCount, expiry);
  }
}
