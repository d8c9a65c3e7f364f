/**
 * Dictionary sampling: records drawn by chance.
 *
 * A segment is drawn through the directory, and kept with a probability that makes up for how often
 * it stands there; then one of its slots is drawn. Only the single segment of a dictionary with
 * depth 0 may be small, so all slots weigh the same.
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

/** A segment, each as likely as its share of the hashes. */
export function randomSegment(arena: Arena, directory: DictionaryDirectory, random: Random): Ref {
  const depth = directory.depth;
  for (;;) {
    const segment = directory.segmentAt(random.below(1 << depth));
    const placeCount = 1 << (depth - depthOf(arena, segment));
    if (placeCount === 1 || random.below(placeCount) === 0) return segment;
  }
}
