/**
 * Dictionary segment: slots of (hash, record) pairs with linear probing, in one block of the arena.
 *
 *   count u32 | depth u8, slot bits u8 | (hash u32, record u32) x slots
 *
 * Always true: no empty slot lies between a record and its home, the slot where its hash leads.
 * Not here: which segment a hash belongs to, and when one grows (`Dictionary`).
 *
 * @module
 */

import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";

/** Bits of the hash that choose a slot, in the largest segment. */
export const SLOT_BITS_MAX = 12;
/** More than the records that one segment holds. */
export const SEGMENT_RECORD_COUNT_MAX = 1 << SLOT_BITS_MAX;
const SLOT_HASH_MASK = (1 << SLOT_BITS_MAX) - 1;
/** The same in the smallest. */
export const SLOT_BITS_MIN = 2;
/** Bits of the hash above those, which the directory may use. */
export const DEPTH_MAX = 32 - SLOT_BITS_MAX;
/** Words before the slots. */
export const HEADER_WORDS = 2;
const HEADER_BYTES = 8;

/** Allocates an empty segment. */
export function newSegment(arena: Arena, slotBits: number, depth: number): Ref {
  const segment = arena.allocate(HEADER_BYTES + (8 << slotBits));
  const words = arena.words[segment >>> PAGE_SHIFT], header = baseOf(segment) - HEADER_WORDS;
  words.fill(0, header, header + HEADER_WORDS + (2 << slotBits));
  words[header + 1] = depth | (slotBits << 8);
  return segment;
}

/** Copies a segment, with a copy of each record in the slot that the record is in. */
export function copySegment(
  arena: Arena,
  segment: Ref,
  copyRecord: (record: Ref) => Ref,
): Ref {
  const slotBits = slotBitsOf(arena, segment);
  const copy = newSegment(arena, slotBits, depthOf(arena, segment));
  const from = arena.words[segment >>> PAGE_SHIFT], base = baseOf(segment);
  const to = arena.words[copy >>> PAGE_SHIFT], copyBase = baseOf(copy);
  const records = new Int32Array(countOf(arena, segment));
  let count = 0;
  for (let word = 1; word < 2 << slotBits; word += 2) {
    if (from[base + word] !== 0) records[count++] = from[base + word];
  }
  arena.touch(records, count);
  for (let word = 0; word < 2 << slotBits; word += 2) {
    if (from[base + word + 1] === 0) continue;
    to[copyBase + word] = from[base + word];
    to[copyBase + word + 1] = copyRecord(from[base + word + 1]);
  }
  to[copyBase - HEADER_WORDS] = count;
  return copy;
}

/** How many records a segment holds. */
export function countOf(arena: Arena, segment: Ref): number {
  return arena.words[segment >>> PAGE_SHIFT][baseOf(segment) - 2];
}

/** How many bits of the hash all records of a segment share. */
export function depthOf(arena: Arena, segment: Ref): number {
  return arena.words[segment >>> PAGE_SHIFT][baseOf(segment) - 1] & 0xff;
}

/** How many bits of the hash choose a slot in a segment. */
export function slotBitsOf(arena: Arena, segment: Ref): number {
  return arena.words[segment >>> PAGE_SHIFT][baseOf(segment) - 1] >>> 8;
}

/** The slot where the search for a hash begins. */
export function homeOf(hash: number, slotBits: number): number {
  return (hash & SLOT_HASH_MASK) >>> (SLOT_BITS_MAX - slotBits);
}

/** Where in its page's words a segment's slots begin. */
export function baseOf(segment: Ref): number {
  return ((segment & GRANULE_MASK) << 1) + HEADER_WORDS;
}

/** Writes a pair into the first free slot from its home and counts it. */
export function placeInSegment(
  words: Int32Array,
  header: number,
  slotBits: number,
  hash: number,
  record: Ref,
): void {
  const slotMask = (1 << slotBits) - 1;
  let slot = homeOf(hash, slotBits);
  while (words[header + HEADER_WORDS + (slot << 1) + 1] !== 0) slot = (slot + 1) & slotMask;
  words[header + HEADER_WORDS + (slot << 1)] = hash;
  words[header + HEADER_WORDS + (slot << 1) + 1] = record;
  words[header]++;
}

/** Empties a slot and moves back what was pushed behind it by probing. */
export function closeGap(words: Int32Array, header: number, gap: number): void {
  const base = header + HEADER_WORDS;
  const slotBits = words[header + 1] >>> 8;
  const slotMask = (1 << slotBits) - 1;
  for (let slot = (gap + 1) & slotMask;; slot = (slot + 1) & slotMask) {
    const at = base + (slot << 1);
    if (words[at + 1] === 0) break;
    const distanceFromHome = (slot - homeOf(words[at], slotBits)) & slotMask;
    if (distanceFromHome < ((slot - gap) & slotMask)) continue;
    words[base + (gap << 1)] = words[at];
    words[base + (gap << 1) + 1] = words[at + 1];
    gap = slot;
  }
  words[base + (gap << 1) + 1] = 0;
}
