/**
 * Stream node: some dozens of neighbouring entries in one listpack, in Redis' own format.
 *
 * Entries of a stream mostly have the same fields and IDs close to each other. So a node begins with a
 * *master entry*, which has the fields of its first entry and no values; an entry with the same fields
 * leaves them out, and IDs are distances from the master's, which is the node's key in the index.
 *
 *   master:  live count | deleted count | field count | field ... | 0
 *   entry:   flags | ms distance | sequence distance | value ... | element count       same fields
 *            flags | ms distance | sequence distance | field count | (field | value) ... | element count
 *
 * The element count tells how many elements of the entry stand before it: the way for a walk from the
 * end. An entry is deleted by a flag; the node goes when its last live entry does.
 *
 * This is a flyweight with a cursor on one entry. The fields of that entry are read in turn, each once:
 * `readField`, `readValue`, and so on.
 *
 * Always true: the IDs of a node rise; live and deleted count add up to the entries.
 * Cost: append O(fields); a walk reads each element.
 * Specified in: Redis 7.0 t_stream.c and stream.h.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64, parseInt64 } from "../../base/int64.ts";
import { StreamId } from "../../base/stream_id.ts";
import type { Arena, Ref } from "../memory/mod.ts";
import { type ElementWriter, Listpack } from "./listpack/mod.ts";

/** Words by number, fields and values in turn: the arguments of a command, for instance. */
export interface FieldSource {
  /** The word with a number; borrowed until the next call. */
  at(index: number): ByteView;
}

const DELETED = 1;
const SAME_FIELDS = 2;

/** Bytes of a listpack without elements. */
const EMPTY_LISTPACK_BYTES = 7;
/** Bytes that a master entry takes beside the fields, at most. */
const MASTER_BYTES_MAX = 12;
/** Bytes that an entry takes beside its fields and values, at most. */
const ENTRY_BYTES_MAX = 32;
/** Bytes that a string takes beside its own, a short one and at most. */
const SHORT_STRING_BYTES_MAX = 63;
const SHORT_OVERHEAD_BYTES = 2;
const OVERHEAD_BYTES_MAX = 10;
/** A node grows by its size, but not by more than this. */
const GROWTH_BYTES_MAX = 4096;
/** Most room that is kept for entries that are only expected. */
const EXPECTED_BYTES_MAX = 4096;

/** A handle on one node after the other, with a cursor on an entry. */
export class StreamNode {
  readonly #arena: Arena;
  readonly #listpack: Listpack;
  readonly #masterId = new StreamId();
  #masterFieldCount = 0;
  /** Positions of the first field and the closing 0 of the master entry. */
  #masterFields = 0;
  #masterEnd = 0;

  /** The ID at the cursor. */
  readonly id = new StreamId();
  /** Fields of the entry at the cursor. */
  fieldCount = 0;
  #flags = 0;
  #flagsAt = 0;
  /** Where the next field, if the entry has its own, or value is; then the element count. */
  #elementAt = 0;
  #elementsLeft = 0;
  #masterFieldAt = 0;

  readonly #msDistance = new Int64();
  readonly #sequenceDistance = new Int64();
  readonly #integer = new Int64();
  readonly #view = new ByteView();

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#listpack = new Listpack(arena);
  }

  /** The node's listpack; a change may move it. */
  get ref(): Ref {
    return this.#listpack.ref;
  }

  /** Points a view at the listpack; borrowed until it is changed. */
  view(into: ByteView): ByteView {
    return this.#listpack.view(into);
  }

  /** Bytes of the listpack. */
  get byteCount(): number {
    return this.#listpack.byteCount;
  }

  /**
   * Points at a node, with the cursor at no entry.
   *
   * @param masterId Its key in the index; copied.
   */
  open(ref: Ref, masterId: StreamId): this {
    const listpack = this.#listpack.open(ref);
    this.#masterId.set(masterId);
    const countAt = listpack.next(listpack.next(listpack.first()));
    this.#masterFieldCount = this.#numberAt(countAt);
    this.#masterFields = listpack.next(countAt);
    let at = this.#masterFields;
    for (let index = 0; index < this.#masterFieldCount; index++) at = listpack.next(at);
    this.#masterEnd = at;
    this.#flagsAt = 0;
    return this;
  }

  /** Entries that are not deleted. */
  get liveCount(): number {
    return this.#numberAt(this.#listpack.first());
  }

  /** Entries that are. */
  get deletedCount(): number {
    return this.#numberAt(this.#listpack.next(this.#listpack.first()));
  }

  // The cursor.

  /** Takes the cursor to no entry, as it was at first. */
  rewind(): void {
    this.#flagsAt = 0;
  }

  /** Goes to the next entry, at first to the first, deleted ones too; returns whether there is one. */
  next(): boolean {
    let at = this.#masterEnd;
    if (this.#flagsAt !== 0) {
      at = this.#elementAt;
      for (; this.#elementsLeft > 0; this.#elementsLeft--) at = this.#listpack.next(at);
    }
    at = this.#listpack.next(at);
    if (at === 0) return false;
    this.#readEntry(at);
    return true;
  }

  /** Goes to the entry before, at first to the last, deleted ones too; returns whether there is one. */
  previous(): boolean {
    const listpack = this.#listpack;
    let at = this.#flagsAt === 0 ? listpack.last() : listpack.previous(this.#flagsAt);
    if (at === this.#masterEnd) return false;
    for (let elementCount = this.#numberAt(at); elementCount > 0; elementCount--) {
      at = listpack.previous(at);
    }
    this.#readEntry(at);
    return true;
  }

  /** Whether the entry at the cursor is deleted. */
  get isDeleted(): boolean {
    return (this.#flags & DELETED) !== 0;
  }

  /** Points a view at the name of the next field; borrowed until the next read. */
  readField(into: ByteView): ByteView {
    const listpack = this.#listpack;
    if ((this.#flags & SAME_FIELDS) !== 0) {
      listpack.read(this.#masterFieldAt, into);
      this.#masterFieldAt = listpack.next(this.#masterFieldAt);
      return into;
    }
    return this.readValue(into);
  }

  /** Points a view at the value of the field that was just read; borrowed until the next read. */
  readValue(into: ByteView): ByteView {
    this.#listpack.read(this.#elementAt, into);
    this.#elementAt = this.#listpack.next(this.#elementAt);
    this.#elementsLeft--;
    return into;
  }

  /** Flags the entry at the cursor as deleted; the counts are for `countDeleted` to change. */
  flagDeleted(): void {
    this.#flags |= DELETED;
    this.#listpack.replaceInteger(this.#flagsAt, this.#flags);
  }

  /** Moves so many entries from the live to the deleted count; the node may move, the cursor is lost. */
  countDeleted(count: number): void {
    const listpack = this.#listpack;
    const liveAt = listpack.replaceInteger(listpack.first(), this.liveCount - count);
    const deletedCount = this.deletedCount + count;
    listpack.replaceInteger(listpack.next(liveAt), deletedCount);
  }

  // Appending.

  /**
   * Creates a node with one entry.
   *
   * @param id Of the entry, and so of the master entry.
   * @param source Where fields and values come from; not from this arena.
   * @param from Number of the first field.
   * @param byteCount Bytes of all fields and values.
   * @param expectedBytes Room that is kept at least, for more entries; 0: none.
   */
  create(
    id: StreamId,
    source: FieldSource,
    from: number,
    fieldCount: number,
    byteCount: number,
    expectedBytes: number,
  ): void {
    const listpack = this.#listpack;
    const roomBytes = MASTER_BYTES_MAX + entryBytesMax(fieldCount, byteCount);
    const keptBytes = Math.min(expectedBytes, EXPECTED_BYTES_MAX);
    listpack.create(Math.max(roomBytes + EMPTY_LISTPACK_BYTES, keptBytes));
    const writer = listpack.beginAppending(roomBytes);
    writer.integer(1);
    writer.integer(0);
    writer.integer(fieldCount);
    for (let index = 0; index < fieldCount; index++) writer.string(source.at(from + 2 * index));
    writer.integer(0);
    this.#masterId.set(id);
    this.#writeEntry(writer, SAME_FIELDS, id, source, from, fieldCount);
    listpack.endAppending();
  }

  /** Adds an entry behind all others; the node may move, the cursor is lost. */
  append(
    id: StreamId,
    source: FieldSource,
    from: number,
    fieldCount: number,
    byteCount: number,
  ): void {
    const listpack = this.#listpack;
    const flags = this.#hasMasterFields(source, from, fieldCount) ? SAME_FIELDS : 0;
    const entryBytes = entryBytesMax(fieldCount, byteCount);
    const nodeBytes = listpack.byteCount;
    if (nodeBytes + entryBytes > this.#arena.capacityOf(listpack.ref)) {
      listpack.reserve(Math.max(entryBytes, Math.min(nodeBytes, GROWTH_BYTES_MAX)));
    }
    listpack.replaceInteger(listpack.first(), this.liveCount + 1);
    const writer = listpack.beginAppending(entryBytes);
    this.#writeEntry(writer, flags, id, source, from, fieldCount);
    listpack.endAppending();
  }

  /** Gives back the room that was kept for more entries. */
  shrinkToFit(): void {
    const { ref, byteCount } = this.#listpack;
    if (this.#arena.isFit(ref, byteCount)) return;
    this.#listpack.open(this.#arena.resize(ref, byteCount, byteCount));
  }

  /** A copy of the listpack, owned by the caller. */
  duplicate(): Ref {
    return this.#listpack.duplicate();
  }

  #hasMasterFields(source: FieldSource, from: number, fieldCount: number): boolean {
    if (fieldCount !== this.#masterFieldCount) return false;
    let at = this.#masterFields;
    for (let index = 0; index < fieldCount; index++) {
      if (!this.#listpack.equals(at, source.at(from + 2 * index))) return false;
      at = this.#listpack.next(at);
    }
    return true;
  }

  #writeEntry(
    writer: ElementWriter,
    flags: number,
    id: StreamId,
    source: FieldSource,
    from: number,
    fieldCount: number,
  ): void {
    id.distanceFrom(this.#masterId, this.#msDistance, this.#sequenceDistance);
    writer.integer(flags);
    writer.int64(this.#msDistance);
    writer.int64(this.#sequenceDistance);
    const hasOwnFields = flags === 0;
    if (hasOwnFields) writer.integer(fieldCount);
    for (let index = from; index < from + 2 * fieldCount; index += 2) {
      if (hasOwnFields) writer.string(source.at(index));
      writer.string(source.at(index + 1));
    }
    writer.integer(hasOwnFields ? 4 + 2 * fieldCount : 3 + fieldCount);
  }

  /** Reads the entry whose flags are at a position, up to its first field or value. */
  #readEntry(flagsAt: number): void {
    const listpack = this.#listpack;
    this.#flagsAt = flagsAt;
    this.#flags = this.#numberAt(flagsAt);
    let at = listpack.next(flagsAt);
    this.#readInt64(at, this.#msDistance);
    at = listpack.next(at);
    this.#readInt64(at, this.#sequenceDistance);
    at = listpack.next(at);
    this.id.setAtDistance(this.#masterId, this.#msDistance, this.#sequenceDistance);
    if ((this.#flags & SAME_FIELDS) !== 0) {
      this.fieldCount = this.#elementsLeft = this.#masterFieldCount;
      this.#masterFieldAt = this.#masterFields;
    } else {
      this.fieldCount = this.#numberAt(at);
      this.#elementsLeft = 2 * this.fieldCount;
      at = listpack.next(at);
    }
    this.#elementAt = at;
  }

  #numberAt(position: number): number {
    const small = this.#listpack.smallIntegerAt(position);
    if (small >= 0) return small;
    this.#readInt64(position, this.#integer);
    return this.#integer.toNumber();
  }

  /** Reads an integer, which bytes from elsewhere may spell as a string. */
  #readInt64(position: number, into: Int64): void {
    if (this.#listpack.readInteger(position, into)) return;
    const view = this.#listpack.read(position, this.#view);
    if (!parseInt64(view.bytes, view.start, view.end, into)) into.setNumber(0);
  }
}

/** Bytes that an entry can take at most, with fields of its own. */
function entryBytesMax(fieldCount: number, byteCount: number): number {
  const overheadBytes = byteCount <= SHORT_STRING_BYTES_MAX
    ? SHORT_OVERHEAD_BYTES
    : OVERHEAD_BYTES_MAX;
  return ENTRY_BYTES_MAX + byteCount + 2 * fieldCount * overheadBytes;
}
