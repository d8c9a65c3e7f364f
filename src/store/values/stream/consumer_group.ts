/**
 * Consumer group: who reads a stream together, how far they have come, and what is not acknowledged.
 *
 * Group and consumers are records with their name in them; see `NameMap`. A pending entry is listed
 * twice, in the group's list and in its consumer's, as both are asked for in order of the IDs.
 *
 *   group:     name length u32 | last delivered ID | entries read i64 | pending | consumers | name
 *   consumer:  name length u32 | seen at i64 (unix ms) | pending | name
 *
 * `pending` and `consumers` are states of trees, two words each. Records move only between commands, so
 * references to them are good until they are removed.
 *
 * Always true: a pending entry with a consumer is in that consumer's list and in no other's.
 * Cost: O(log n) for what names an ID or a consumer.
 * Behaviour: Redis 7.0 streamCG, streamConsumer. Not here: what a stream's entries say.
 *
 * @module
 */

import { ByteView } from "../../../base/byte_view.ts";
import { Int64 } from "../../../base/int64.ts";
import { STREAM_ID_WORDS, StreamId } from "../../../base/stream_id.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import { IdMap, NameMap, type ReferenceVisitor, TREE_STATE_WORDS } from "../../structures/mod.ts";
import { PendingEntry, readMs, writeMs } from "./pending_entry.ts";

const LAST_ID_WORD = 1;
const ENTRIES_READ_WORD = LAST_ID_WORD + STREAM_ID_WORDS;
const PENDING_WORD = ENTRIES_READ_WORD + 2;
const CONSUMERS_WORD = PENDING_WORD + TREE_STATE_WORDS;
/** Words of a group's record between the length of its name and the name. */
export const GROUP_WORDS = CONSUMERS_WORD + TREE_STATE_WORDS - 1;

const SEEN_WORD = 1;
const CONSUMER_PENDING_WORD = SEEN_WORD + 2;
const CONSUMER_WORDS = CONSUMER_PENDING_WORD + TREE_STATE_WORDS - 1;
/** Pending entries that are freed at a time. */
const FREED_COUNT = 4000;

/** A handle on one group after the other. */
export class ConsumerGroup {
  /** The group's record; 0 when it was not found. */
  ref: Ref = 0;
  /** The pending entry that was found, created or walked to last. */
  readonly entry: PendingEntry;
  /** Walks the list that `walk` chose. */
  readonly walker: IdMap;

  readonly #arena: Arena;
  readonly #pending: IdMap;
  readonly #consumers: NameMap;
  readonly #consumerPending: IdMap;
  readonly #id = new StreamId();

  constructor(arena: Arena) {
    this.#arena = arena;
    this.entry = new PendingEntry(arena);
    this.walker = new IdMap(arena);
    this.#pending = new IdMap(arena);
    this.#consumers = new NameMap(arena, CONSUMER_WORDS);
    this.#consumerPending = new IdMap(arena);
  }

  /** Points at a group. */
  open(ref: Ref): this {
    this.ref = ref;
    if (ref === 0) return this;
    this.#pending.open(ref, PENDING_WORD);
    this.#consumers.open(ref, CONSUMERS_WORD);
    return this;
  }

  /** Reads the ID that was delivered last; returns `into`. */
  readLastId(into: StreamId): StreamId {
    return into.read(this.#wordsOf(this.ref), this.#wordAt(this.ref, LAST_ID_WORD));
  }

  /** Sets the ID that was delivered last. */
  setLastId(id: StreamId): void {
    id.write(this.#wordsOf(this.ref), this.#wordAt(this.ref, LAST_ID_WORD));
  }

  /** Reads how many entries were read, -1 if that is not known; returns `into`. */
  readEntriesRead(into: Int64): Int64 {
    const words = this.#wordsOf(this.ref), at = this.#wordAt(this.ref, ENTRIES_READ_WORD);
    into.lo = words[at];
    into.hi = words[at + 1];
    return into;
  }

  /** Sets how many entries were read. */
  setEntriesRead(count: Int64): void {
    const words = this.#wordsOf(this.ref), at = this.#wordAt(this.ref, ENTRIES_READ_WORD);
    words[at] = count.lo;
    words[at + 1] = count.hi;
  }

  // Consumers.

  /** How many consumers there are. */
  get consumerCount(): number {
    return this.#consumers.count;
  }

  /** A consumer by name; 0 if there is none. */
  findConsumer(name: ByteView): Ref {
    return this.#consumers.find(name);
  }

  /** Creates the consumer that `findConsumer` has just not found. */
  createConsumer(nowMs: number): Ref {
    const consumer = this.#consumers.createFound();
    this.setSeen(consumer, nowMs);
    return consumer;
  }

  /** Removes a consumer with its pending entries; returns how many those were. */
  removeConsumer(name: ByteView): number {
    const consumer = this.#consumers.find(name);
    if (consumer === 0) return 0;
    const list = this.#consumerPending.open(consumer, CONSUMER_PENDING_WORD);
    const pendingCount = list.count;
    for (let hasEntry = list.seekFirst(); hasEntry; hasEntry = list.next()) {
      const entry = this.#pending.find(list.readId(this.#id));
      this.#pending.removeHere();
      this.#arena.free(entry);
    }
    while (list.removeSome(() => {}) > 0);
    this.#consumers.removeHere();
    this.#arena.free(consumer);
    return pendingCount;
  }

  /** Goes to the first consumer, in order of the names, and gives it; 0 if there is none. */
  firstConsumer(): Ref {
    return this.#consumers.seekFirst() ? this.#consumers.reference : 0;
  }

  /** Goes on to the next; nothing may be looked up or changed meanwhile. */
  nextConsumer(): Ref {
    return this.#consumers.next() ? this.#consumers.reference : 0;
  }

  /** Points a view at a consumer's name. */
  nameOf(consumer: Ref, into: ByteView): ByteView {
    return this.#consumers.nameOf(consumer, into);
  }

  /** When a consumer was last heard of, in unix milliseconds. */
  seenMsOf(consumer: Ref): number {
    return readMs(this.#wordsOf(consumer), this.#wordAt(consumer, SEEN_WORD));
  }

  /** Notes that a consumer was heard of. */
  setSeen(consumer: Ref, nowMs: number): void {
    writeMs(this.#wordsOf(consumer), this.#wordAt(consumer, SEEN_WORD), nowMs);
  }

  // Pending entries.

  /** How many pending entries the group has. */
  get pendingCount(): number {
    return this.#pending.count;
  }

  /** How many a consumer has. */
  pendingCountOf(consumer: Ref): number {
    return this.#consumerPending.open(consumer, CONSUMER_PENDING_WORD).count;
  }

  /** Points `walker` at the list of a consumer, or of the group if that is 0; returns `walker`. */
  walk(consumer: Ref): IdMap {
    return consumer === 0
      ? this.walker.open(this.ref, PENDING_WORD)
      : this.walker.open(consumer, CONSUMER_PENDING_WORD);
  }

  /** Points `entry` at the pending entry of an ID; returns whether there is one. */
  findPending(id: StreamId): boolean {
    const ref = this.#pending.find(id);
    this.entry.open(ref);
    return ref !== 0;
  }

  /** Creates a pending entry, which nobody owns, for the ID that `findPending` has just not found. */
  createPending(nowMs: number): void {
    this.#pending.insertFound(this.entry.create(nowMs));
  }

  /** Gives `entry`, the pending entry of an ID, to a consumer. */
  assign(id: StreamId, consumer: Ref): void {
    const owner = this.entry.consumer;
    if (owner === consumer) return;
    if (owner !== 0) this.#unlist(id, owner);
    const list = this.#consumerPending.open(consumer, CONSUMER_PENDING_WORD);
    list.find(id);
    list.insertFound(this.entry.ref);
    this.entry.consumer = consumer;
  }

  /** Removes the pending entry of an ID; returns whether there was one. */
  removePending(id: StreamId): boolean {
    if (!this.findPending(id)) return false;
    this.#pending.removeHere();
    const owner = this.entry.consumer;
    if (owner !== 0) this.#unlist(id, owner);
    this.#arena.free(this.entry.ref);
    return true;
  }

  // The whole.

  /**
   * Frees some thousand pending entries, or a consumer, or the record itself at last.
   *
   * @returns Whether there is more to free.
   */
  freeSome(): boolean {
    if (removeMany(this.#pending, (entry) => this.#arena.free(entry))) return true;
    if (this.#consumers.seekLast()) {
      const consumer = this.#consumers.reference;
      if (removeMany(this.#consumerPending.open(consumer, CONSUMER_PENDING_WORD), () => {})) {
        return true;
      }
      this.#consumers.removeHere();
      this.#arena.free(consumer);
      return true;
    }
    this.#arena.free(this.ref);
    return false;
  }

  /** Moves all that belongs to the group off pages that are being emptied; returns its record. */
  relocate(): Ref {
    const arena = this.#arena, { entry } = this;
    this.open(arena.moveOut(this.ref));
    this.#consumers.relocate((consumer) => this.#relocateConsumer(consumer));
    this.#pending.relocate((ref) => {
      const moved = arena.moveOut(ref);
      const consumer = entry.open(moved).consumer;
      if (moved === ref || consumer === 0) return moved;
      const list = this.#consumerPending.open(consumer, CONSUMER_PENDING_WORD);
      list.find(this.#pending.readId(this.#id));
      list.reference = moved;
      return moved;
    });
    return this.ref;
  }

  #relocateConsumer(consumer: Ref): Ref {
    const moved = this.#arena.moveOut(consumer);
    this.#consumerPending.open(moved, CONSUMER_PENDING_WORD).relocate((entry) => {
      if (moved !== consumer) this.entry.open(entry).consumer = moved;
      return entry;
    });
    return moved;
  }

  /** Takes over all that another group has; this one is new. */
  copyFrom(other: ConsumerGroup): void {
    this.setLastId(other.readLastId(this.#id));
    this.setEntriesRead(other.readEntriesRead(scratchCount));
    // Guide: the group's list first, in order; then each consumer takes what is its own.
    const list = other.walk(0);
    for (let hasEntry = list.seekFirst(); hasEntry; hasEntry = list.next()) {
      other.entry.open(list.reference);
      this.#pending.find(list.readId(this.#id));
      this.createPending(other.entry.deliveredMs);
      this.entry.setDeliveryCount(other.entry.readDeliveryCount(scratchCount));
    }
    for (let from = other.firstConsumer(); from !== 0; from = other.nextConsumer()) {
      this.#consumers.find(other.nameOf(from, scratchName));
      const consumer = this.createConsumer(other.seenMsOf(from));
      other.walk(from);
      for (let hasEntry = list.seekFirst(); hasEntry; hasEntry = list.next()) {
        this.findPending(list.readId(this.#id));
        this.assign(this.#id, consumer);
      }
    }
  }

  /** Bytes of all that belongs to the group. */
  get memoryBytes(): number {
    const arena = this.#arena;
    let byteCount = arena.capacityOf(this.ref) + this.#pending.nodeBytes +
      this.#consumers.nodeBytes;
    if (this.#pending.seekFirst()) {
      byteCount += this.#pending.count * arena.capacityOf(this.#pending.reference);
    }
    for (let consumer = this.firstConsumer(); consumer !== 0; consumer = this.nextConsumer()) {
      byteCount += arena.capacityOf(consumer) +
        this.#consumerPending.open(consumer, CONSUMER_PENDING_WORD).nodeBytes;
    }
    return byteCount;
  }

  /** Takes an ID off a consumer's list. */
  #unlist(id: StreamId, consumer: Ref): void {
    const list = this.#consumerPending.open(consumer, CONSUMER_PENDING_WORD);
    list.find(id);
    list.removeHere();
  }

  #wordsOf(ref: Ref): Int32Array {
    return this.#arena.words[ref >>> PAGE_SHIFT];
  }

  #wordAt(ref: Ref, word: number): number {
    return ((ref & GRANULE_MASK) << 1) + word;
  }
}

/** Removes some thousand entries of a list; returns whether there was one. */
function removeMany(list: IdMap, visit: ReferenceVisitor): boolean {
  let removedCount = 0;
  while (removedCount < FREED_COUNT) {
    const count = list.removeSome(visit);
    if (count === 0) break;
    removedCount += count;
  }
  return removedCount > 0;
}

const scratchCount = new Int64();
const scratchName = new ByteView();
