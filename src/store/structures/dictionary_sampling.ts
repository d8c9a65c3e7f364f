/**
 * Dictionary sampling: records drawn by chance.
 *
 * A segment is drawn through the directory, and kept with a probability that makes up for how often
 * it stands there; then one of its slots is drawn. Only the single segment of a dictionary with
 * depth 0 may be small, so all slots weigh the same. A draw that finds an empty slot is void.
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import { type Arena, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import type { DictionaryDirectory } from "./dictionary_directory.ts";
import { baseOf, depthOf, slotBitsOf } from "./dictionary_segment.ts";

/** Where drawn records go, and how many are wanted. */
export interface RecordSample {
  readonly records: Int32Array;
  readonly hashes: Int32Array;
  readonly count: number;
}

/**
 * Draws some records at once: neighbours from a place chosen evenly, and others where those do not
 * suffice. As places follow from keyed hashes, neighbours have nothing in common but the place.
 *
 * @returns How many: as many as wanted, or all that there are.
 */
export function sampleRecords(
  arena: Arena,
  directory: DictionaryDirectory,
  random: Random,
  sample: RecordSample,
): number {
  const { records, hashes } = sample;
  const wantedCount = Math.min(sample.count, directory.count);
  let drawnCount = 0;
  while (drawnCount < wantedCount) {
    const segment = randomSegment(arena, directory, random);
    const words = arena.words[segment >>> PAGE_SHIFT], base = baseOf(segment);
    const slotCount = 1 << slotBitsOf(arena, segment);
    const start = random.below(slotCount);
    for (let step = 0; step < slotCount && drawnCount < wantedCount; step++) {
      const at = base + (((start + step) & (slotCount - 1)) << 1);
      if (words[at + 1] === 0) continue;
      hashes[drawnCount] = words[at];
      records[drawnCount++] = words[at + 1];
    }
  }
  return drawnCount;
}

/**
 * Whether a hash that was drawn may count: a segment that stands in several places of the directory is
 * drawn so many times too often.
 */
export function isFairDraw(
  arena: Arena,
  directory: DictionaryDirectory,
  hash: number,
  random: Random,
): boolean {
  const depth = directory.depth;
  if (depth === 0) return true;
  const place = hash >>> (32 - depth), segment = directory.segmentAt(place);
  // It stands alone if its neighbour is another; to ask it itself would cost a miss of the cache.
  if (directory.segmentAt(place ^ 1) !== segment) return true;
  const placeCount = 1 << (depth - depthOf(arena, segment));
  return (random.nextUint32() & (placeCount - 1)) === 0;
}

/** A segment, each equally likely. */
function randomSegment(arena: Arena, directory: DictionaryDirectory, random: Random): Ref {
  for (;;) {
    const hash = random.nextUint32() | 0; // signed, as all hashes are
    if (isFairDraw(arena, directory, hash, random)) return directory.segmentOf(hash);
  }
}
