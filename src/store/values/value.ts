/**
 * Values of any type: what the keyspace must be able to do without knowing the type.
 *
 * @module
 */

import { copyBytes } from "../../base/byte_view.ts";
import type { Ref } from "../memory/mod.ts";
import {
  ENCODING_EMBSTR,
  ENCODING_INT,
  ENCODING_RAW,
  type Entries,
  TYPE_STRING,
  VALUE_WORD,
} from "./entry.ts";

/** Names of the types, by number, as TYPE replies them. */
export const TYPE_NAMES: readonly string[] = ["string", "list", "set", "zset", "hash", "stream"];

const ENCODING_NAMES = new Map([
  [ENCODING_RAW, "raw"],
  [ENCODING_INT, "int"],
  [ENCODING_EMBSTR, "embstr"],
]);

/** The encoding's name, as OBJECT ENCODING replies it. */
export function encodingName(entries: Entries, ref: Ref): string {
  return ENCODING_NAMES.get(entries.encodingOf(ref)) ?? "unknown";
}

/** Whether the value has a block of its own. */
export function hasBlock(entries: Entries, ref: Ref): boolean {
  return (entries.flagsOf(ref) & VALUE_WORD) !== 0 && entries.encodingOf(ref) !== ENCODING_INT;
}

/** Redis keeps one object for each of these integers, and OBJECT REFCOUNT shows that. */
const SHARED_INTEGER_COUNT = 10_000;
const SHARED_REFERENCE_COUNT = 2 ** 31 - 1;

/** What OBJECT REFCOUNT replies: 1, but for the integers that Redis shares. */
export function sharedReferenceCount(entries: Entries, ref: Ref): number {
  if (entries.encodingOf(ref) !== ENCODING_INT) return 1;
  const low = entries.valueBlockOf(ref), high = entries.valueCountOf(ref);
  return high === 0 && low >= 0 && low < SHARED_INTEGER_COUNT ? SHARED_REFERENCE_COUNT : 1;
}

/** Frees what the value holds outside its entry. */
export function freeValue(entries: Entries, ref: Ref): void {
  if (hasBlock(entries, ref)) entries.arena.free(entries.valueBlockOf(ref));
}

/** Gives a copied entry a value of its own where the original's lies outside the entry. */
export function copyValue(entries: Entries, from: Ref, to: Ref): void {
  if (!hasBlock(entries, from)) return;
  const block = entries.valueBlockOf(from), byteCount = entries.valueCountOf(from);
  const arena = entries.arena;
  const copy = arena.allocate(byteCount);
  const start = arena.offsetOf(block);
  copyBytes(
    arena.bytesOf(block),
    start,
    start + byteCount,
    arena.bytesOf(copy),
    arena.offsetOf(copy),
  );
  entries.setValueWord(to, copy, byteCount);
}

/** Bytes that the entry and its value take in the arena. */
export function memoryBytesOf(entries: Entries, ref: Ref): number {
  const ownBytes = entries.arena.capacityOf(ref);
  if (!hasBlock(entries, ref)) return ownBytes;
  return ownBytes + entries.arena.capacityOf(entries.valueBlockOf(ref));
}

/** Steps that freeing the value takes; a value of one block is one. */
export function freeEffortOf(entries: Entries, ref: Ref): number {
  return entries.typeOf(ref) === TYPE_STRING ? 1 : entries.valueCountOf(ref);
}
