/**
 * Dictionary look-ahead: has the memory fetched that lookups in many dictionaries will read.
 *
 * As `Dictionary.touch`, but each lookup has a dictionary of its own: all slots are read one right
 * after the other, then all records, since the processor waits for reads that don't depend on each
 * other at the same time.
 *
 * @module
 */

import { type Arena, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import { DictionaryDirectory } from "./dictionary_directory.ts";
import { baseOf, homeOf, SLOT_BITS_MAX, slotBitsOf } from "./dictionary_segment.ts";

/** Reads ahead; changes nothing but time. */
export class DictionaryLookAhead {
  readonly #arena: Arena;
  readonly #directory: DictionaryDirectory;
  #touchSum = 0;

  /** @param arena Where the dictionaries and records lie. */
  constructor(arena: Arena) {
    this.#arena = arena;
    this.#directory = new DictionaryDirectory(arena);
  }

  /**
   * Reads what lookups will read.
   *
   * @param roots The dictionary of each lookup; 0: there is none, the lookup is passed over.
   * @param hashes The hash of each.
   * @param count How many lookups there are.
   * @param records Gets the records found, 0 for none.
   */
  touch(roots: Int32Array, hashes: Int32Array, count: number, records: Int32Array): void {
    // Lookups that follow each other are mostly in one dictionary.
    for (let from = 0; from < count;) {
      const root = roots[from];
      let end = from + 1;
      while (end < count && roots[end] === root) end++;
      if (root === 0) records.fill(0, from, end);
      else this.#touchSlots(root, hashes, from, end);
      from = end;
    }
    for (let from = 0; from < count;) {
      const root = roots[from];
      let end = from + 1;
      while (end < count && roots[end] === root) end++;
      if (root !== 0) this.#findRecords(root, hashes, from, end, records);
      from = end;
    }
    this.#arena.touch(records, count);
  }

  #touchSlots(root: Ref, hashes: Int32Array, from: number, end: number): void {
    const pages = this.#arena.words, directory = this.#directory;
    directory.root = root;
    const slotBits = this.#slotBits();
    let sum = 0;
    for (let index = from; index < end; index++) {
      const segment = directory.segmentOf(hashes[index]);
      const at = baseOf(segment) + (homeOf(hashes[index], slotBits) << 1);
      sum ^= pages[segment >>> PAGE_SHIFT][at];
    }
    this.#touchSum = sum; // a result that nobody could see would not be read at all
  }

  #findRecords(
    root: Ref,
    hashes: Int32Array,
    from: number,
    end: number,
    records: Int32Array,
  ): void {
    const pages = this.#arena.words, directory = this.#directory;
    directory.root = root;
    const slotBits = this.#slotBits(), slotMask = (1 << slotBits) - 1;
    for (let index = from; index < end; index++) {
      const hash = hashes[index], segment = directory.segmentOf(hash);
      const words = pages[segment >>> PAGE_SHIFT], base = baseOf(segment);
      let slot = homeOf(hash, slotBits);
      while (words[base + (slot << 1) + 1] !== 0 && words[base + (slot << 1)] !== hash) {
        slot = (slot + 1) & slotMask;
      }
      records[index] = words[base + (slot << 1) + 1];
    }
  }

  /** Beside others a segment is full-sized; asking its header would cost a miss of the cache. */
  #slotBits(): number {
    const directory = this.#directory;
    return directory.depth > 0 ? SLOT_BITS_MAX : slotBitsOf(this.#arena, directory.segmentAt(0));
  }
}
