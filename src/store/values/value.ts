/**
 * Values of any type: what the keyspace must be able to do without knowing the type.
 *
 * @module
 */

import { copyBytes } from "../../base/byte_view.ts";
import type { Ref } from "../memory/mod.ts";
import type { Collection } from "./collection.ts";
import type { Collections } from "./collections.ts";
import {
  ENCODING_EMBSTR,
  ENCODING_HASHTABLE,
  ENCODING_INT,
  ENCODING_INTSET,
  ENCODING_LISTPACK,
  ENCODING_QUICKLIST,
  ENCODING_RAW,
  ENCODING_SKIPLIST,
  ENCODING_STREAM,
  type Entries,
  TYPE_STRING,
  VALUE_WORD,
} from "./entry.ts";
import { ValueRemains } from "./value_remains.ts";

/** Names of the types, by number, as TYPE replies them. */
export const TYPE_NAMES: readonly string[] = [
  "string",
  "list",
  "set",
  "zset",
  "hash",
  "module",
  "stream",
];

const ENCODING_NAMES = new Map([
  [ENCODING_RAW, "raw"],
  [ENCODING_INT, "int"],
  [ENCODING_HASHTABLE, "hashtable"],
  [ENCODING_INTSET, "intset"],
  [ENCODING_SKIPLIST, "skiplist"],
  [ENCODING_EMBSTR, "embstr"],
  [ENCODING_QUICKLIST, "quicklist"],
  [ENCODING_STREAM, "stream"],
  [ENCODING_LISTPACK, "listpack"],
]);

/** The encoding's name, as OBJECT ENCODING replies it. */
export function encodingName(entries: Entries, ref: Ref): string {
  return ENCODING_NAMES.get(entries.encodingOf(ref)) ?? "unknown";
}

/** Whether a string has a block of its own. */
export function hasBlock(entries: Entries, ref: Ref): boolean {
  return (entries.flagsOf(ref) & VALUE_WORD) !== 0 && entries.encodingOf(ref) !== ENCODING_INT;
}

/** Redis keeps one object for each of these integers, and OBJECT REFCOUNT shows that. */
const SHARED_INTEGER_COUNT = 10_000;
const SHARED_REFERENCE_COUNT = 2 ** 31 - 1;

/**
 * What OBJECT REFCOUNT replies: 1, but for the integers that Redis shares.
 *
 * @param isSharing Not where each key must know its own last use.
 */
export function sharedReferenceCount(entries: Entries, ref: Ref, isSharing: boolean): number {
  if (!isSharing || entries.encodingOf(ref) !== ENCODING_INT) return 1;
  const low = entries.valueBlockOf(ref), high = entries.valueCountOf(ref);
  return high === 0 && low >= 0 && low < SHARED_INTEGER_COUNT ? SHARED_REFERENCE_COUNT : 1;
}

/** What lies outside entries: freed, copied and measured here. */
export class Values {
  readonly #entries: Entries;
  readonly #collections: Collections;

  /** @param collections Handles that nobody else uses. */
  constructor(entries: Entries, collections: Collections) {
    this.#entries = entries;
    this.#collections = collections;
  }

  /** Frees what an entry's value holds outside the entry. */
  free(ref: Ref): void {
    const entries = this.#entries;
    if (entries.typeOf(ref) !== TYPE_STRING) this.#handleOf(ref).free();
    else if (hasBlock(entries, ref)) entries.arena.free(entries.valueBlockOf(ref));
  }

  /**
   * Moves an entry's value off pages that are being emptied, but not the entry.
   *
   * @param cursor See `Collection.relocate`.
   * @returns The next cursor, 0 when the whole value is through.
   */
  relocate(ref: Ref, cursor: number, wantedCount: number): number {
    const entries = this.#entries;
    if (entries.typeOf(ref) !== TYPE_STRING) {
      const handle = this.#handleOf(ref);
      const next = handle.relocate(cursor, wantedCount);
      entries.setValueWord(ref, handle.root, handle.count);
      return next;
    }
    if (hasBlock(entries, ref)) {
      const block = entries.arena.moveOut(entries.valueBlockOf(ref));
      entries.setValueWord(ref, block, entries.valueCountOf(ref));
    }
    return 0;
  }

  /** Gives a copied entry a value of its own where the original's lies outside the entry. */
  copy(from: Ref, to: Ref): void {
    const entries = this.#entries;
    if (entries.typeOf(from) !== TYPE_STRING) {
      const handle = this.#handleOf(from);
      entries.setValueWord(to, handle.copyRoot(), handle.count);
    } else if (hasBlock(entries, from)) {
      const byteCount = entries.valueCountOf(from);
      entries.setValueWord(to, this.#copyBlock(entries.valueBlockOf(from), byteCount), byteCount);
    }
  }

  /**
   * Bytes that the entry and its value take in the arena.
   *
   * @param sampleCount Elements of a collection to look at for an estimate; 0: all.
   */
  memoryBytes(ref: Ref, sampleCount: number): number {
    const entries = this.#entries;
    const ownBytes = entries.arena.capacityOf(ref);
    if (entries.typeOf(ref) !== TYPE_STRING) {
      return ownBytes + this.#handleOf(ref).memoryBytes(sampleCount);
    }
    if (!hasBlock(entries, ref)) return ownBytes;
    return ownBytes + entries.arena.capacityOf(entries.valueBlockOf(ref));
  }

  /** Steps that freeing the value takes; a value of one block is one. */
  freeEffort(ref: Ref): number {
    const entries = this.#entries;
    if (entries.typeOf(ref) === TYPE_STRING) return 1;
    const encoding = entries.encodingOf(ref);
    const isPacked = encoding === ENCODING_LISTPACK || encoding === ENCODING_INTSET;
    return isPacked ? 1 : this.#handleOf(ref).freeEffort;
  }

  /** What an entry's collection leaves behind when its key is removed; the caller frees it. */
  remainsOf(ref: Ref): ValueRemains {
    return new ValueRemains(this.#handleOf(ref));
  }

  #handleOf(ref: Ref): Collection {
    const entries = this.#entries;
    return this.#collections.of(entries.typeOf(ref)).detach(
      entries.encodingOf(ref),
      entries.valueBlockOf(ref),
      entries.valueCountOf(ref),
    );
  }

  #copyBlock(block: Ref, byteCount: number): Ref {
    const arena = this.#entries.arena;
    const copy = arena.allocate(byteCount);
    const from = arena.offsetOf(block), to = arena.offsetOf(copy);
    copyBytes(arena.bytesOf(block), from, from + byteCount, arena.bytesOf(copy), to);
    return copy;
  }
}
