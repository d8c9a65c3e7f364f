/**
 * Hash walk: a walk over a dictionary that changes in between, and meets no record twice.
 *
 * `Dictionary.scan` promises that each record is met at least once; who counts what it met, or writes it
 * into a file, needs more. So this walk knows which hashes it is through with, and that is a question of
 * the hash alone: a record that comes or goes does not matter, nor which segment it is in by now. It goes
 * by *ranges* of hashes, each of them what one segment held when the walk came to it, and within a range
 * by home slot.
 *
 *   through:   the hashes of places below `place`, and those of places from there to below `endPlace`
 *              whose low bits are below `home`
 *
 * A range whose segment has split meanwhile is walked part by part, each from the same home to its end.
 * Of a segment that has merged, only the range is walked.
 *
 * Always true: a record is met exactly once if it is there from the first step to the last; one that is
 * not, at most once for each time that it is added.
 *
 * @module
 */

import type { Arena, Ref } from "../memory/mod.ts";
import { DictionaryDirectory } from "./dictionary_directory.ts";
import { DEPTH_MAX, depthOf, SLOT_BITS_MAX, slotBitsOf } from "./dictionary_segment.ts";
import { hashPlaceOf, HOME_BATCH, type RecordVisitor, visitHomes } from "./dictionary_walk.ts";

const PLACE_COUNT = 2 ** DEPTH_MAX;
const LOW_MASK = (1 << SLOT_BITS_MAX) - 1;

/** One walk. */
export class HashWalk {
  readonly #arena: Arena;
  readonly #directory: DictionaryDirectory;
  #place = 0;
  #endPlace = 0;
  #home = 0;

  /** Before the first hash. @param arena Where the dictionary lies. */
  constructor(arena: Arena) {
    this.#arena = arena;
    this.#directory = new DictionaryDirectory(arena);
  }

  /** Whether the walk is through with all hashes. */
  get isDone(): boolean {
    return this.#place === PLACE_COUNT;
  }

  /** Whether it is through with this hash. */
  isThrough(hash: number): boolean {
    const place = hashPlaceOf(hash);
    return place < this.#place || (place < this.#endPlace && (hash & LOW_MASK) < this.#home);
  }

  /** Meets no more. */
  end(): void {
    this.#place = PLACE_COUNT;
  }

  /**
   * Goes on over at least `wantedCount` records, or to the end.
   *
   * @param root Of the dictionary, as it is now.
   * @param visit Must not change the dictionary.
   */
  step(root: Ref, wantedCount: number, visit: RecordVisitor): void {
    this.#directory.root = root;
    while (!this.isDone && wantedCount > 0) wantedCount -= this.#walkSegment(wantedCount, visit);
  }

  /** Walks the part of the range that is in its first segment; returns how many records it met. */
  #walkSegment(wantedCount: number, visit: RecordVisitor): number {
    const arena = this.#arena, place = this.#place, home = this.#home;
    const segment = this.#directory.segmentOf(place << SLOT_BITS_MAX);
    const placeCount = 2 ** (DEPTH_MAX - depthOf(arena, segment));
    const segmentEnd = place - place % placeCount + placeCount;
    if (home === 0) this.#endPlace = segmentEnd;
    const end = Math.min(segmentEnd, this.#endPlace), isLast = end === this.#endPlace;
    let metCount = 0;
    const visitOwed: RecordVisitor = (record, hash) => {
      const hashPlace = hashPlaceOf(hash);
      if (hashPlace < place || hashPlace >= end || (hash & LOW_MASK) < home) return;
      metCount++;
      visit(record, hash);
    };
    const slotBits = slotBitsOf(arena, segment), homeCount = 1 << slotBits;
    const shift = SLOT_BITS_MAX - slotBits;
    for (let slot = home >>> shift; slot < homeCount;) {
      const slotEnd = Math.min(homeCount, slot + HOME_BATCH);
      visitHomes(arena, segment, slot, slotEnd, visitOwed);
      slot = slotEnd;
      if (metCount < wantedCount || slot === homeCount || !isLast) continue;
      this.#home = slot << shift;
      return metCount;
    }
    this.#place = end;
    if (isLast) this.#home = 0;
    return metCount;
  }
}
