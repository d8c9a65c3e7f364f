/**
 * Dictionary: byte keys to records in the arena, without a pause at any size.
 *
 * Why not `Map`: it ends at 2^24 entries, needs a string object per key, and rehashes all at once.
 * Why not Redis' two tables with incremental rehash: that doubles in one allocation of gigabytes.
 * Here the table is cut into *segments* of at most 4096 slots (extendible hashing): a full segment
 * splits alone, in microseconds, whatever the whole holds.
 *
 *   hash:       | top bits: which segment (directory, `depth` bits) | ... | low 12 bits: which slot |
 *   root:       count | ... | directory: 2^depth segments; a shallow one stands in several places
 *   segment:    count u32 | depth u8, slot bits u8 | (hash u32, record u32) x slots
 *   record:     key offset u8 | key length u8 | ...            the key lies at `record + key offset`;
 *               a length of 255 means: the true length is the u32 right before the key
 *
 * Inside a segment it is linear probing from the *home* slot, the top of the low 12 bits. A small
 * dictionary has one small segment that doubles; as homes keep their order when it does, and splits
 * follow the hash's top bits, walking by (top bits, home) is stable: that is what `scan` leans on.
 * Deleting shifts the run back, so there are no tombstones. Thin neighbours merge again.
 *
 * All state lies in the arena, so a dictionary costs no object: one `Dictionary` serves many, pointed
 * at the root of each in turn.
 *
 * Always true: no slot run wraps onto itself (a segment is never over 4/5 full); each record is
 * reachable from its home without crossing an empty slot; `count` is the sum of the segments'.
 * Cost: find, insert, remove O(1) expected, a split at most 4096 moves. 8 bytes a slot.
 * The hash must be keyed: whoever can choose keys could otherwise aim at one slot.
 *
 * @module
 */

import { invariant } from "../../base/invariant.ts";
import type { Random } from "../../base/random.ts";
import { type Arena, GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import { DictionaryDirectory } from "./dictionary_directory.ts";
import { isFairDraw, sampleRecords } from "./dictionary_sampling.ts";
import {
  baseOf,
  closeGap,
  copySegment,
  countOf,
  DEPTH_MAX,
  depthOf,
  HEADER_WORDS,
  homeOf,
  newSegment,
  placeInSegment,
  SLOT_BITS_MAX,
  SLOT_BITS_MIN,
  slotBitsOf,
} from "./dictionary_segment.ts";
import {
  HOME_BATCH,
  moveHomes,
  type RecordMover,
  type RecordVisitor,
  visitHomes,
  walkSegments,
} from "./dictionary_walk.ts";
import { longKeyBytes } from "./key_record.ts";

/** Key length byte of a record whose length stands before its key. */
export const LONG_KEY_LENGTH = 255;

/** Most keys whose memory is fetched together. */
export const TOUCH_COUNT_MAX = 64;

/** How full a segment gets before it grows, in fifths. */
const FULL_FIFTHS = 4;
/** How full a reserved segment will be at most, so much less that chance hardly ever makes it grow. */
const RESERVED_SHARE = 0.72;

/** A set of records found by their byte keys. */
export class Dictionary {
  readonly #arena: Arena;
  readonly #directory: DictionaryDirectory;
  /** Where the last `find` ended: the slot of the record or the free slot for it. */
  #foundSegment: Ref = 0;
  #foundSlot = 0;
  #touchSum = 0;
  readonly #touched = new Int32Array(HOME_BATCH);

  /** @param arena Where segments are allocated and records live. */
  constructor(arena: Arena) {
    this.#arena = arena;
    this.#directory = new DictionaryDirectory(arena);
  }

  /** Makes an empty dictionary and turns to it; returns itself. */
  create(): this {
    this.#directory.create();
    return this;
  }

  /** Turns to the dictionary with this root; returns itself. */
  open(root: Ref): this {
    this.#directory.root = root;
    return this;
  }

  /** The block that leads to all others; calls that add or remove may change it. 0: none. */
  get root(): Ref {
    return this.#directory.root;
  }

  /** Makes a dictionary of copies in the same order; returns its root. */
  duplicate(copyRecord: (record: Ref) => Ref): Ref {
    return this.#directory.duplicate((segment) => copySegment(this.#arena, segment, copyRecord));
  }

  /** Records held. */
  get count(): number {
    return this.#directory.count;
  }

  /** Slots of all segments, for statistics. */
  get slotCount(): number {
    let slotCount = 0;
    this.#directory.forEachSegment((segment) => slotCount += 1 << slotBitsOf(this.#arena, segment));
    return slotCount;
  }

  /** Bytes of the segments and the directory, for statistics. */
  get tableBytes(): number {
    let bytes = this.#arena.capacityOf(this.root);
    this.#directory.forEachSegment((segment) => bytes += this.#arena.capacityOf(segment));
    return bytes;
  }

  /**
   * The record with this key.
   *
   * Remembers the place for `replaceFound`, `removeFound` and `insertFound`, which must follow
   * before any other call that changes the dictionary.
   *
   * @param hash The key's hash.
   * @param key The key's bytes are `key[start, end)`.
   * @returns The record, or 0.
   */
  find(hash: number, key: Uint8Array, start: number, end: number): Ref {
    const segment = this.#directory.segmentOf(hash);
    const words = this.#arena.words[segment >>> PAGE_SHIFT];
    const base = baseOf(segment);
    // Beside others a segment is full-sized; asking its header would cost a miss of the cache.
    const slotBits = this.#directory.depth > 0 ? SLOT_BITS_MAX : words[base - 1] >>> 8;
    const slotMask = (1 << slotBits) - 1;
    let slot = homeOf(hash, slotBits);
    this.#foundSegment = segment;
    for (;;) {
      const at = base + (slot << 1);
      const record = words[at + 1];
      if (record === 0 || (words[at] === hash && this.#hasKey(record, key, start, end))) {
        this.#foundSlot = slot;
        return record;
      }
      slot = (slot + 1) & slotMask;
    }
  }

  /**
   * Reads what `find` will read for each of these hashes, so that it lies in the processor's cache:
   * all slots, then all records, since reads that don't depend on each other are under way together.
   *
   * @param hashes The first `count` count.
   * @param records Gets the records found, 0 for none.
   */
  touch(hashes: Int32Array, count: number, records: Int32Array): void {
    const pages = this.#arena.words;
    const slotBits = this.#commonSlotBits();
    const slotMask = (1 << slotBits) - 1;
    let sum = 0;
    for (let index = 0; index < count; index++) {
      const segment = this.#directory.segmentOf(hashes[index]);
      const at = baseOf(segment) + (homeOf(hashes[index], slotBits) << 1);
      sum ^= pages[segment >>> PAGE_SHIFT][at];
    }
    this.#touchSum = sum; // a result that nobody could see would not be read at all

    for (let index = 0; index < count; index++) {
      const hash = hashes[index], segment = this.#directory.segmentOf(hash);
      const words = pages[segment >>> PAGE_SHIFT], base = baseOf(segment);
      let slot = homeOf(hash, slotBits);
      while (words[base + (slot << 1) + 1] !== 0 && words[base + (slot << 1)] !== hash) {
        slot = (slot + 1) & slotMask;
      }
      records[index] = words[base + (slot << 1) + 1];
    }
    this.#arena.touch(records, count);
  }

  /** Puts another record with the same key where `find` found one. */
  replaceFound(record: Ref): void {
    const segment = this.#foundSegment;
    const at = baseOf(segment) + (this.#foundSlot << 1);
    this.#arena.words[segment >>> PAGE_SHIFT][at + 1] = record;
  }

  /** Adds a record for the key that `find` did not find. */
  insertFound(hash: number, record: Ref): void {
    const segment = this.#foundSegment;
    const words = this.#arena.words[segment >>> PAGE_SHIFT];
    const header = (segment & GRANULE_MASK) << 1;
    const slotCount = 1 << (words[header + 1] >>> 8);
    if ((words[header] + 1) * 5 > slotCount * FULL_FIFTHS) {
      this.#grow(segment, hash);
      return this.insert(hash, record);
    }
    const at = header + HEADER_WORDS + (this.#foundSlot << 1);
    words[at] = hash;
    words[at + 1] = record;
    words[header]++;
    this.#directory.count++;
  }

  /** Adds a record whose key is known to be absent. */
  insert(hash: number, record: Ref): void {
    for (;;) {
      const segment = this.#directory.segmentOf(hash);
      const words = this.#arena.words[segment >>> PAGE_SHIFT];
      const header = (segment & GRANULE_MASK) << 1;
      const slotBits = words[header + 1] >>> 8;
      if ((words[header] + 1) * 5 <= (1 << slotBits) * FULL_FIFTHS) {
        placeInSegment(words, header, slotBits, hash, record);
        this.#directory.count++;
        return;
      }
      this.#grow(segment, hash);
    }
  }

  /** Makes an empty dictionary large enough for so many records, so that it need not grow for them. */
  reserve(recordCount: number): void {
    const directory = this.#directory, segmentRecords = RESERVED_SHARE * (1 << SLOT_BITS_MAX);
    if (this.count > 0 || directory.depth > 0 || recordCount <= segmentRecords) return;
    while (this.#commonSlotBits() < SLOT_BITS_MAX) this.#grow(directory.segmentAt(0), 0);
    for (let depth = 0; segmentRecords * 2 ** depth < recordCount && depth < DEPTH_MAX; depth++) {
      for (let place = 0; place < 1 << depth; place++) {
        const hash = depth === 0 ? 0 : place << (32 - depth);
        this.#split(directory.segmentOf(hash), hash);
      }
    }
  }

  /** Takes out the record that `find` found; the record itself stays the caller's. */
  removeFound(): void {
    const segment = this.#foundSegment;
    const words = this.#arena.words[segment >>> PAGE_SHIFT];
    const header = (segment & GRANULE_MASK) << 1;
    const hash = words[header + HEADER_WORDS + (this.#foundSlot << 1)];
    closeGap(words, header, this.#foundSlot);
    words[header]--;
    this.#directory.count--;
    const slotCount = 1 << (words[header + 1] >>> 8);
    if (words[header] * 8 < slotCount) this.#shrink(segment, hash);
  }

  /** Whether this hash leads to `record`; remembers the place, as `find` does. */
  findRecord(hash: number, record: Ref): boolean {
    const segment = this.#directory.segmentOf(hash);
    const words = this.#arena.words[segment >>> PAGE_SHIFT];
    const header = (segment & GRANULE_MASK) << 1;
    const slotBits = words[header + 1] >>> 8;
    this.#foundSegment = segment;
    let slot = homeOf(hash, slotBits);
    for (;;) {
      const found = words[header + HEADER_WORDS + (slot << 1) + 1];
      if (found === record) break;
      if (found === 0) return false;
      slot = (slot + 1) & ((1 << slotBits) - 1);
    }
    this.#foundSlot = slot;
    return true;
  }

  /**
   * Walks on from a cursor over at least `wantedCount` records, or to the end.
   *
   * A record that is there from the first call to the last is visited at least once, whatever is
   * added, removed, split or merged between the calls. The visitor must not change the dictionary.
   *
   * @param cursor 0 to begin, else what the last call returned.
   * @returns The next cursor, 0 when the walk is complete.
   */
  scan(cursor: number, wantedCount: number, visit: RecordVisitor): number {
    return walkSegments(this.#arena, this.#directory, { cursor, wantedCount }, {
      enter: (segment) => segment,
      visit: (segment, home, homeEnd) => visitHomes(this.#arena, segment, home, homeEnd, visit),
    });
  }

  /**
   * Moves segments off pages that are being emptied, and lets records be moved; walks as `scan` does.
   *
   * @param move Gets each record; gives where it is now. Must not change the dictionary.
   */
  relocate(cursor: number, wantedCount: number, move: RecordMover): number {
    const arena = this.#arena, directory = this.#directory;
    if (cursor === 0) directory.root = arena.moveOut(directory.root);
    return walkSegments(arena, directory, { cursor, wantedCount }, {
      enter: (segment, firstHash) => this.#moveSegment(segment, firstHash),
      visit: (segment, home, homeEnd) => {
        this.#touchHomes(segment, home, homeEnd);
        return moveHomes(arena, segment, home, homeEnd, move);
      },
    });
  }

  /** Visits every record; the visitor must not change the dictionary. */
  forEach(visit: RecordVisitor): void {
    this.#directory.forEachSegment((segment) => {
      visitHomes(this.#arena, segment, 0, 1 << slotBitsOf(this.#arena, segment), visit);
    });
  }

  /** The same, some at a time, as each would wait for memory when it is looked at alone. */
  forEachTouched(visit: RecordVisitor): void {
    const records = new Int32Array(TOUCH_COUNT_MAX), hashes = new Int32Array(TOUCH_COUNT_MAX);
    let count = 0;
    const visitSome = () => {
      this.#arena.touch(records, count);
      for (let index = 0; index < count; index++) visit(records[index], hashes[index]);
      count = 0;
    };
    this.forEach((record, hash) => {
      records[count] = record;
      hashes[count++] = hash;
      if (count === TOUCH_COUNT_MAX) visitSome();
    });
    visitSome();
  }

  /**
   * A record chosen evenly among all; 0 for none. Its place is remembered as by `find`.
   *
   * What is drawn is a hash: its top bits lead to a segment, its low bits to a slot.
   */
  randomRecord(random: Random): Ref {
    if (this.count === 0) return 0;
    const directory = this.#directory;
    const slotBits = this.#commonSlotBits();
    for (;;) {
      const hash = random.nextUint32() | 0; // signed, as all hashes are
      const segment = directory.segmentOf(hash);
      const slot = homeOf(hash, slotBits);
      const record = this.#arena.words[segment >>> PAGE_SHIFT][baseOf(segment) + (slot << 1) + 1];
      if (record === 0 || !isFairDraw(this.#arena, directory, hash, random)) continue;
      this.#foundSegment = segment;
      this.#foundSlot = slot;
      return record;
    }
  }

  /**
   * Draws some records at once; see `sampleRecords`.
   *
   * @param records Gets the records; @param hashes Their hashes.
   * @returns How many: `count`, or all that there are.
   */
  sample(random: Random, records: Int32Array, hashes: Int32Array, count: number): number {
    return sampleRecords(this.#arena, this.#directory, random, { records, hashes, count });
  }

  /** Places in the directory, for statistics. */
  get directoryLength(): number {
    return this.#directory.length;
  }

  /**
   * Frees one segment and hands its records to the visitor, to take a whole dictionary apart in
   * slices. Once begun, nothing else may be asked of the dictionary but its root and count.
   *
   * @returns Whether there is more; if not, the root is gone too.
   */
  dismantleSome(visit: RecordVisitor): boolean {
    const directory = this.#directory;
    const segment = directory.takeSegment();
    if (segment === 0) return false;
    directory.count -= visitHomes(
      this.#arena,
      segment,
      0,
      1 << slotBitsOf(this.#arena, segment),
      visit,
    );
    this.#arena.free(segment);
    return true;
  }

  /** Slot bits of all segments; beside others a segment is full-sized. */
  #commonSlotBits(): number {
    const directory = this.#directory;
    return directory.depth > 0 ? SLOT_BITS_MAX : slotBitsOf(this.#arena, directory.segmentAt(0));
  }

  #hasKey(record: Ref, key: Uint8Array, start: number, end: number): boolean {
    const bytes = this.#arena.pages[record >>> PAGE_SHIFT];
    const offset = (record & GRANULE_MASK) << 3;
    let at = offset + bytes[offset];
    let length = bytes[offset + 1];
    if (length === LONG_KEY_LENGTH) length = longKeyBytes(bytes, at);
    if (length !== end - start) return false;
    for (let index = start; index < end; index++) {
      if (bytes[at++] !== key[index]) return false;
    }
    return true;
  }

  /** Has the memory of records fetched together that are about to be looked at one by one. */
  #touchHomes(segment: Ref, home: number, homeEnd: number): void {
    const words = this.#arena.words[segment >>> PAGE_SHIFT];
    let count = 0;
    for (let at = baseOf(segment) + (home << 1) + 1; home < homeEnd; home++, at += 2) {
      this.#touched[count++] = words[at];
    }
    this.#arena.touch(this.#touched, count);
  }

  /** Moves a segment off a page that is being emptied; returns where it is now. */
  #moveSegment(segment: Ref, firstHash: number): Ref {
    const moved = this.#arena.moveOut(segment);
    if (moved !== segment) this.#putSegment(moved, firstHash);
    return moved;
  }

  /** Has the directory lead to a segment; `hash` is any hash that belongs in it. */
  #putSegment(segment: Ref, hash: number): void {
    const placeCount = 1 << (this.#directory.depth - depthOf(this.#arena, segment));
    this.#directory.setSegment(segment, this.#directory.firstPlaceOf(hash, placeCount), placeCount);
  }

  /** Makes room where `hash` belongs: doubles a small segment, splits a full-sized one. */
  #grow(segment: Ref, hash: number): void {
    const slotBits = slotBitsOf(this.#arena, segment);
    if (slotBits < SLOT_BITS_MAX) this.#rebuild(segment, slotBits + 1, hash);
    else this.#split(segment, hash);
  }

  #split(segment: Ref, hash: number): void {
    const arena = this.#arena, directory = this.#directory;
    const depth = depthOf(arena, segment);
    invariant(depth < DEPTH_MAX, "Cannot split a dictionary segment: the hash has no bits left");
    if (depth === directory.depth) directory.grow();
    const low = newSegment(arena, SLOT_BITS_MAX, depth + 1);
    const high = newSegment(arena, SLOT_BITS_MAX, depth + 1);
    const bit = 31 - depth;
    this.#moveRecords(segment, (recordHash) => (recordHash >>> bit) & 1 ? high : low);
    const halfCount = 1 << (directory.depth - depth - 1);
    const place = directory.firstPlaceOf(hash, 2 * halfCount);
    directory.setSegment(low, place, halfCount);
    directory.setSegment(high, place + halfCount, halfCount);
    if (depth + 1 === directory.depth) directory.deepestSegmentCount += 2;
  }

  /** Gives a thinly filled segment less memory: merges it with its neighbour or halves it. */
  #shrink(segment: Ref, hash: number): void {
    const depth = depthOf(this.#arena, segment);
    if (depth > 0) return this.#merge(segment, depth, hash);
    const slotBits = slotBitsOf(this.#arena, segment);
    if (slotBits > SLOT_BITS_MIN) this.#rebuild(segment, slotBits - 1, hash);
  }

  #merge(segment: Ref, depth: number, hash: number): void {
    const arena = this.#arena, directory = this.#directory;
    const aliasCount = 1 << (directory.depth - depth);
    const place = directory.firstPlaceOf(hash, 2 * aliasCount);
    const low = directory.segmentAt(place), high = directory.segmentAt(place + aliasCount);
    const buddy = low === segment ? high : low;
    if (depthOf(arena, buddy) !== depth) return;
    if ((countOf(arena, segment) + countOf(arena, buddy)) * 2 > 1 << SLOT_BITS_MAX) return;
    const merged = newSegment(arena, SLOT_BITS_MAX, depth - 1);
    this.#moveRecords(low, () => merged);
    this.#moveRecords(high, () => merged);
    directory.setSegment(merged, place, 2 * aliasCount);
    if (depth !== directory.depth) return;
    directory.deepestSegmentCount -= 2;
    while (directory.deepestSegmentCount === 0 && directory.depth > 0) directory.shrink();
  }

  /** Replaces a segment by one with other slots; `hash` is any hash that belongs in it. */
  #rebuild(segment: Ref, slotBits: number, hash: number): void {
    const depth = depthOf(this.#arena, segment);
    const rebuilt = newSegment(this.#arena, slotBits, depth);
    this.#moveRecords(segment, () => rebuilt);
    this.#putSegment(rebuilt, hash);
  }

  /** Moves all records of a segment to the one that `choose` names, and frees it. */
  #moveRecords(segment: Ref, choose: (hash: number) => Ref): void {
    visitHomes(this.#arena, segment, 0, 1 << slotBitsOf(this.#arena, segment), (record, hash) => {
      this.#place(choose(hash), hash, record);
    });
    this.#arena.free(segment);
  }

  #place(segment: Ref, hash: number, record: Ref): void {
    const words = this.#arena.words[segment >>> PAGE_SHIFT];
    const header = (segment & GRANULE_MASK) << 1;
    placeInSegment(words, header, words[header + 1] >>> 8, hash, record);
  }
}
