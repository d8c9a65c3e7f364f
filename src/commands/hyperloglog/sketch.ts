/**
 * Stored sketch: a HyperLogLog under a key, grown and made dense where it lies.
 *
 * A sketch is a string. Before its first change it gets a block of its own in the arena, with room
 * behind it for what one element can add, and is then changed in place.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { CORRUPT_SKETCH, NOT_A_SKETCH } from "../../errors/catalogue.ts";
import {
  DENSE_BYTES,
  EMPTY_SKETCH_BYTES,
  HyperLogLog,
  isHyperLogLog,
  type Keyspace,
  type Ref,
  SPARE_BYTES,
  writeEmptySketch,
} from "../../store/mod.ts";

/** The sketch under one key; made once and pointed anew for each command. */
export class StoredSketch {
  /** The sketch itself: good until the next call here. */
  readonly content = new HyperLogLog();
  readonly #view = new ByteView();
  #db!: Keyspace;
  #ref: Ref = 0;

  /**
   * Points at a sketch to read it only.
   *
   * @returns Whether the key exists.
   * @throws {RedisError} WRONGTYPE when the value is no sketch.
   */
  read(db: Keyspace, key: ByteView): boolean {
    const ref = db.read(key);
    if (ref === 0) return false;
    const { bytes, start, byteCount } = this.#require(db, ref);
    this.content.set(bytes, start, byteCount);
    return true;
  }

  /**
   * Points at a sketch to change it.
   *
   * @param ref Its entry, which may move: the string becomes `raw`.
   * @returns Itself.
   * @throws {RedisError} WRONGTYPE when the value is no sketch.
   */
  edit(db: Keyspace, ref: Ref): this {
    const { byteCount } = this.#require(db, ref);
    this.#db = db;
    this.#ref = db.growString(ref, byteCount, byteCount);
    this.#show(byteCount);
    return this;
  }

  /** Stores a sketch that saw nothing under an absent key, and points at it; returns itself. */
  create(db: Keyspace, key: ByteView): this {
    this.#db = db;
    this.#ref = db.createString(key, EMPTY_SKETCH_BYTES);
    const arena = db.entries.arena, block = db.entries.valueBlockOf(this.#ref);
    writeEmptySketch(arena.bytesOf(block), arena.offsetOf(block));
    this.#show(EMPTY_SKETCH_BYTES);
    return this;
  }

  /**
   * Raises a register to a value if it is lower.
   *
   * @param sparseBytesMax Bytes from which on the sketch becomes dense.
   * @returns Whether it was lower.
   * @throws {RedisError} INVALIDOBJ when the sparse registers are corrupted.
   */
  raise(registerIndex: number, value: number, sparseBytesMax: number): boolean {
    if (!this.content.isDense) this.#makeRoom();
    const oldBytes = this.content.byteCount;
    let outcome = this.content.raise(registerIndex, value, sparseBytesMax);
    if (outcome === "full") {
      this.makeDense();
      outcome = this.content.raise(registerIndex, value, sparseBytesMax);
    } else if (this.content.byteCount !== oldBytes) {
      this.#setByteCount(this.content.byteCount);
    }
    if (outcome === "corrupt") throw CORRUPT_SKETCH;
    return outcome === "raised";
  }

  /**
   * Makes the registers dense.
   *
   * @returns Whether they were sparse.
   * @throws {RedisError} INVALIDOBJ when they are corrupted; nothing was changed.
   */
  makeDense(): boolean {
    if (this.content.isDense) return false;
    const entries = this.#db.entries, arena = entries.arena;
    const dense = arena.allocate(DENSE_BYTES);
    if (!this.content.writeDense(arena.bytesOf(dense), arena.offsetOf(dense))) {
      arena.free(dense);
      throw CORRUPT_SKETCH;
    }
    arena.free(entries.valueBlockOf(this.#ref));
    entries.setValueWord(this.#ref, dense, DENSE_BYTES);
    this.#show(DENSE_BYTES);
    return true;
  }

  /** Sees to the room that the next element may need. */
  #makeRoom(): void {
    const entries = this.#db.entries, byteCount = this.content.byteCount;
    const roomBytes = byteCount + SPARE_BYTES;
    if (entries.arena.capacityOf(entries.valueBlockOf(this.#ref)) >= roomBytes) return;
    this.#ref = this.#db.growString(this.#ref, roomBytes, roomBytes);
    this.#setByteCount(byteCount);
    this.#show(byteCount);
  }

  #setByteCount(byteCount: number): void {
    const entries = this.#db.entries;
    entries.setValueWord(this.#ref, entries.valueBlockOf(this.#ref), byteCount);
  }

  #show(byteCount: number): void {
    const entries = this.#db.entries, arena = entries.arena;
    const block = entries.valueBlockOf(this.#ref);
    this.content.set(arena.bytesOf(block), arena.offsetOf(block), byteCount);
  }

  /** @throws {RedisError} WRONGTYPE when the value is no sketch. */
  #require(db: Keyspace, ref: Ref): ByteView {
    const view = db.stringOf(ref, this.#view);
    if (!isHyperLogLog(view)) throw NOT_A_SKETCH;
    return view;
  }
}
