/**
 * Dictionary walk: all records, some at a time, while the dictionary changes in between.
 *
 * It goes by the top bits of the hash and, within a segment, by home slot. Both orders survive
 * whatever happens to segments: a split or a merge keeps top bits together, and homes keep their order
 * when a segment gets more slots. So a cursor is a place in the order of hashes and names no block:
 *
 *   segment's first hash >>> 12 in 20 bits | depth in 5 | home in 12, as of a full-sized segment
 *
 * If the segment has merged since, its neighbour's part may still be owed, and the walk restarts at
 * home 0.
 *
 * Always true: a record that is there from the first call to the last is visited at least once.
 *
 * @module
 */

import { type Arena, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import type { DictionaryDirectory } from "./dictionary_directory.ts";
import {
  baseOf,
  DEPTH_MAX,
  depthOf,
  homeOf,
  SLOT_BITS_MAX,
  slotBitsOf,
} from "./dictionary_segment.ts";

/** Called with each record and its hash. */
export type RecordVisitor = (record: Ref, hash: number) => void;

/** Called with each record and its hash; says where the record is now. */
export type RecordMover = (record: Ref, hash: number) => Ref;

/** Homes that are visited together. */
export const HOME_BATCH = 8;

/** Visits a dictionary's segments, in the order of hashes. */
export interface SegmentVisitor {
  /** Before a segment's homes; returns the block that the segment is in from now on. */
  enter(segment: Ref, firstHash: number): Ref;
  /** Visits the records at home in `[home, homeEnd)`; returns how many. */
  visit(segment: Ref, home: number, homeEnd: number): number;
}

/** From where, and how far. */
export interface WalkStep {
  /** 0 to begin, else what the last call returned. */
  readonly cursor: number;
  /** Records after which it stops, between two batches. */
  readonly wantedCount: number;
}

/** Where in the order of a walk a hash stands. */
export function hashPlaceOf(hash: number): number {
  return hash >>> SLOT_BITS_MAX;
}

/** Up to where, in the same order, a walk reaches that is through with the segment of a cursor. */
export function endOfSegmentAt(cursor: number): number {
  const depth = Math.floor(cursor / 4096) % 32;
  return Math.floor(cursor / (4096 * 32)) + 2 ** (DEPTH_MAX - depth);
}

/** Walks on from a cursor; returns the next one, 0 when the walk is complete. */
export function walkSegments(
  arena: Arena,
  directory: DictionaryDirectory,
  step: WalkStep,
  visitor: SegmentVisitor,
): number {
  const { cursor, wantedCount } = step;
  let home12 = cursor % 4096;
  const cursorDepth = Math.floor(cursor / 4096) % 32;
  let prefix = (Math.floor(cursor / (4096 * 32)) % (1 << DEPTH_MAX)) << SLOT_BITS_MAX;
  let visitedCount = 0;
  let isFirst = true;
  for (;;) {
    let segment = directory.segmentOf(prefix);
    const depth = depthOf(arena, segment);
    const first = depth === 0 ? 0 : (prefix >>> (32 - depth)) << (32 - depth);
    if (isFirst && (depth < cursorDepth || first !== prefix)) home12 = 0;
    isFirst = false;
    prefix = first;
    segment = visitor.enter(segment, prefix);
    const shift = SLOT_BITS_MAX - slotBitsOf(arena, segment);
    const homeCount = 1 << (SLOT_BITS_MAX - shift);
    for (let home = home12 >>> shift; home < homeCount;) {
      const homeEnd = Math.min(homeCount, home + HOME_BATCH);
      visitedCount += visitor.visit(segment, home, homeEnd);
      home = homeEnd;
      if (visitedCount >= wantedCount && home < homeCount) {
        return ((prefix >>> SLOT_BITS_MAX) * 32 + depth) * 4096 + (home << shift);
      }
    }
    home12 = 0;
    const next = depth === 0 ? 0 : (prefix + (1 << (32 - depth))) | 0;
    if (next === 0) return 0;
    prefix = next;
    if (visitedCount >= wantedCount) {
      const nextDepth = depthOf(arena, directory.segmentOf(prefix));
      return ((prefix >>> SLOT_BITS_MAX) * 32 + nextDepth) * 4096;
    }
  }
}

/** Visits the records at home in `[home, homeEnd)`; they lie from there to the next gap. */
export function visitHomes(
  arena: Arena,
  segment: Ref,
  home: number,
  homeEnd: number,
  visit: RecordVisitor,
): number {
  return moveHomes(arena, segment, home, homeEnd, (record, hash) => {
    visit(record, hash);
    return record;
  });
}

/** The same, for a visitor that may move records. */
export function moveHomes(
  arena: Arena,
  segment: Ref,
  home: number,
  homeEnd: number,
  move: RecordMover,
): number {
  const words = arena.words[segment >>> PAGE_SHIFT];
  const base = baseOf(segment);
  const slotBits = words[base - 1] >>> 8;
  const slotCount = 1 << slotBits;
  let visitedCount = 0;
  for (let step = home; step < home + slotCount; step++) {
    const at = base + ((step & (slotCount - 1)) << 1);
    const record = words[at + 1];
    if (record === 0) {
      if (step >= homeEnd) break;
      continue;
    }
    const recordHome = homeOf(words[at], slotBits);
    if (recordHome < home || recordHome >= homeEnd) continue;
    const moved = move(record, words[at]);
    if (moved !== record) words[at + 1] = moved;
    visitedCount++;
  }
  return visitedCount;
}
