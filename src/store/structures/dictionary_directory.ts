/**
 * Dictionary directory: the root of a dictionary, which leads from hashes to segments.
 *
 *   root:  count u32 | depth u32 | segments of that depth u32 | segment u32 x 2^depth
 *
 * The top `depth` bits of a hash choose the place. A segment that fewer bits tell apart from the
 * others stands in several places, side by side. All of it lies in one block of the arena, so that a
 * dictionary is one reference to whoever keeps it.
 *
 * Always true: some segment needs all `depth` bits, unless `depth` is 0.
 * Not here: what segments hold, and when they split or merge (`Dictionary`).
 *
 * @module
 */

import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import { depthOf, newSegment, SLOT_BITS_MIN } from "./dictionary_segment.ts";

/** Words of the root before the segments. */
const ROOT_WORDS = 3;
const COUNT_WORD = 0;
/** The directory's depth, with a mark while the dictionary is taken apart. */
const DEPTH_WORD = 1;
const DEPTH_MASK = 0xff;
const DISMANTLING = 0x100;
/** Segments that the last bit tells apart; while it is taken apart, the places left. */
const DEEPEST_WORD = 2;

/** Leads from hashes to segments; one object serves many dictionaries, pointed at each in turn. */
export class DictionaryDirectory {
  /** The root; 0 for none. Another block after `grow`, `shrink` and `create`. */
  root: Ref = 0;
  readonly #arena: Arena;

  /** @param arena Where roots and segments lie. */
  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Makes the root of an empty dictionary, with its one segment. */
  create(): void {
    const segment = newSegment(this.#arena, SLOT_BITS_MIN, 0);
    this.root = this.#newRoot(0, 0);
    this.setSegment(segment, 0, 1);
    this.deepestSegmentCount = 1;
  }

  /** Records in all segments together. */
  get count(): number {
    return this.root === 0 ? 0 : this.#word(COUNT_WORD);
  }

  set count(count: number) {
    this.#setWord(COUNT_WORD, count);
  }

  /** Bits of a hash that choose a segment. */
  get depth(): number {
    return this.#word(DEPTH_WORD) & DEPTH_MASK;
  }

  /** Places for segments. */
  get length(): number {
    return 1 << this.depth;
  }

  /** Segments that need all `depth` bits; at 0, half the places would do. */
  get deepestSegmentCount(): number {
    return this.#word(DEEPEST_WORD);
  }

  set deepestSegmentCount(count: number) {
    this.#setWord(DEEPEST_WORD, count);
  }

  /** The segment that a hash belongs to. */
  segmentOf(hash: number): Ref {
    const root = this.root;
    const words = this.#arena.words[root >>> PAGE_SHIFT], at = (root & GRANULE_MASK) << 1;
    const depth = words[at + DEPTH_WORD];
    return words[at + ROOT_WORDS + (depth === 0 ? 0 : hash >>> (32 - depth))];
  }

  /** The segment in a place. */
  segmentAt(index: number): Ref {
    return this.#word(ROOT_WORDS + index);
  }

  /** The place that a hash leads to, rounded down to a multiple of `placeCount`, a power of two. */
  firstPlaceOf(hash: number, placeCount: number): number {
    const depth = this.depth;
    return (depth === 0 ? 0 : hash >>> (32 - depth)) & -placeCount;
  }

  /** Puts a segment into `placeCount` places. */
  setSegment(segment: Ref, firstPlace: number, placeCount: number): void {
    const from = ((this.root & GRANULE_MASK) << 1) + ROOT_WORDS + firstPlace;
    this.#arena.words[this.root >>> PAGE_SHIFT].fill(segment, from, from + placeCount);
  }

  /** Visits each segment once. */
  forEachSegment(visit: (segment: Ref) => void): void {
    let previous = 0;
    for (let index = 0; index < this.length; index++) {
      const segment = this.segmentAt(index);
      if (segment !== previous) visit(segment);
      previous = segment;
    }
  }

  /** Makes a root with the same places, and copies of the segments in them; returns it. */
  duplicate(copySegment: (segment: Ref) => Ref): Ref {
    const original = this.root;
    const duplicate = this.#newRoot(this.count, this.depth);
    let previous = 0, copy = 0;
    for (let index = 0; index < this.length; index++) {
      const segment = this.segmentAt(index);
      if (segment !== previous) copy = copySegment(segment);
      previous = segment;
      this.root = duplicate;
      this.setSegment(copy, index, 1);
      this.root = original;
    }
    const { deepestSegmentCount } = this;
    this.root = duplicate;
    this.deepestSegmentCount = deepestSegmentCount;
    this.root = original;
    return duplicate;
  }

  /** Doubles the places, as some segment needs one more bit. */
  grow(): void {
    const old = this.root;
    const grown = this.#newRoot(this.count, this.depth + 1);
    for (let index = 0; index < this.length; index++) {
      const segment = this.segmentAt(index);
      this.root = grown;
      this.setSegment(segment, 2 * index, 2);
      this.root = old;
    }
    this.root = grown;
    this.#arena.free(old);
  }

  /** Halves the places, which no segment needs. */
  shrink(): void {
    const old = this.root;
    const depth = this.depth - 1;
    const shrunk = this.#newRoot(this.count, depth);
    let deepestSegmentCount = 0;
    for (let index = 0; index < 1 << depth; index++) {
      const segment = this.segmentAt(2 * index);
      if (depthOf(this.#arena, segment) === depth) deepestSegmentCount++;
      this.root = shrunk;
      this.setSegment(segment, index, 1);
      this.root = old;
    }
    this.root = shrunk;
    this.deepestSegmentCount = deepestSegmentCount;
    this.#arena.free(old);
  }

  /**
   * Takes one segment out for good, to take the dictionary apart; from then on the directory only
   * gives out the others.
   *
   * @returns The segment, the caller's now; 0 when none was left, and then the root is freed.
   */
  takeSegment(): Ref {
    if (this.root === 0) return 0;
    if ((this.#word(DEPTH_WORD) & DISMANTLING) === 0) {
      this.#setWord(DEEPEST_WORD, this.length); // from here on: the places left
      this.#setWord(DEPTH_WORD, this.depth | DISMANTLING);
    }
    let placeCount = this.#word(DEEPEST_WORD);
    if (placeCount === 0) {
      this.#arena.free(this.root);
      this.root = 0;
      return 0;
    }
    const segment = this.segmentAt(--placeCount);
    while (placeCount > 0 && this.segmentAt(placeCount - 1) === segment) placeCount--;
    this.#setWord(DEEPEST_WORD, placeCount);
    return segment;
  }

  #word(index: number): number {
    return this.#arena.words[this.root >>> PAGE_SHIFT][((this.root & GRANULE_MASK) << 1) + index];
  }

  #setWord(index: number, value: number): void {
    const words = this.#arena.words[this.root >>> PAGE_SHIFT];
    words[((this.root & GRANULE_MASK) << 1) + index] = value;
  }

  /** A root with undefined places and no deepest segment. */
  #newRoot(count: number, depth: number): Ref {
    const root = this.#arena.allocate((ROOT_WORDS + (1 << depth)) * Int32Array.BYTES_PER_ELEMENT);
    const words = this.#arena.words[root >>> PAGE_SHIFT], at = (root & GRANULE_MASK) << 1;
    words[at + COUNT_WORD] = count;
    words[at + DEPTH_WORD] = depth;
    words[at + DEEPEST_WORD] = 0;
    return root;
  }
}
