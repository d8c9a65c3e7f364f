/**
 * Element look-ahead: the fields and members that waiting requests ask for, looked for together.
 *
 * What `KeyLookAhead` does for keys, one floor further down: once the entries of the keys are known,
 * the blocks of their values are read one right after the other; then, of large collections, the
 * slots that the elements lead to, and the records there. So HGET from a hash of a million fields
 * waits for memory as little as GET does.
 *
 * Elements of packed collections are not hashed: reading the block was all.
 *
 * Always true: it changes nothing but time. An element that was not announced is hashed as ever.
 *
 * @module
 */

import { type ByteView, EMPTY_BYTES } from "../../base/byte_view.ts";
import type { KeyHash } from "../../base/key_hash.ts";
import type { Random } from "../../base/random.ts";
import type { Ref } from "../memory/mod.ts";
import { DictionaryLookAhead, SkipList, TOUCH_COUNT_MAX } from "../structures/mod.ts";
import { ENCODING_HASHTABLE, ENCODING_SKIPLIST, type Entries } from "./entry.ts";
import { hasBlock } from "./value.ts";

/** Collections of fewer elements are in the cache, or soon will be. */
const LARGE_COUNT = 2048;

/** Remembers elements to come, and their hashes. */
export class ElementLookAhead {
  /** Elements announced. */
  count = 0;

  readonly #entries: Entries;
  readonly #hash: KeyHash;
  readonly #dictionaries: DictionaryLookAhead;
  readonly #skipList: SkipList;
  #bytes: Uint8Array = EMPTY_BYTES;
  readonly #keyIndices = new Int32Array(TOUCH_COUNT_MAX);
  readonly #starts = new Int32Array(TOUCH_COUNT_MAX);
  /** Where each ends; 0 once it is known that it need not be hashed. */
  readonly #ends = new Int32Array(TOUCH_COUNT_MAX);
  readonly #hashes = new Int32Array(TOUCH_COUNT_MAX);
  readonly #roots = new Int32Array(TOUCH_COUNT_MAX);
  readonly #records = new Int32Array(TOUCH_COUNT_MAX);
  readonly #blocks = new Int32Array(TOUCH_COUNT_MAX);
  /** How many of the first have been hashed, or need not be. */
  #hashedCount = 0;
  #next = 0;

  /**
   * @param hash Hashes elements.
   * @param random For the skip lists, which are only read here.
   */
  constructor(entries: Entries, hash: KeyHash, random: Random) {
    this.#entries = entries;
    this.#hash = hash;
    this.#dictionaries = new DictionaryLookAhead(entries.arena);
    this.#skipList = new SkipList(entries.arena, random);
  }

  /** Forgets what was announced; must be called before `bytes` change. */
  clear(): void {
    this.count = 0;
    this.#hashedCount = 0;
    this.#next = 0;
    this.#bytes = EMPTY_BYTES;
  }

  /**
   * Announces an element, which lies behind the ones before in the same array; of too many, the rest
   * waits for its commands.
   *
   * @param keyIndex Which of the announced keys it is asked of.
   * @param element Remembered until `clear`.
   * @returns Whether there was room for it.
   */
  add(keyIndex: number, element: ByteView): boolean {
    const { bytes, start, end } = element;
    const count = this.count;
    if (count === TOUCH_COUNT_MAX || (count > 0 && bytes !== this.#bytes)) return false;
    this.#bytes = bytes;
    this.#keyIndices[count] = keyIndex;
    this.#starts[count] = start;
    this.#ends[count] = end;
    this.count++;
    return true;
  }

  /**
   * Has the memory fetched: of the values' blocks, and of what the announced elements lead to.
   *
   * @param refs The entries of the announced keys, 0 for none.
   * @param keyCount How many there are.
   */
  touch(refs: Int32Array, keyCount: number): void {
    const entries = this.#entries, blocks = this.#blocks;
    let ref = 0;
    for (let index = 0; index < keyCount; index++) {
      blocks[index] = 0;
      if (refs[index] === ref) continue; // the same key again
      ref = refs[index];
      if (ref !== 0 && hasBlock(entries, ref)) blocks[index] = entries.valueBlockOf(ref);
    }
    entries.arena.touch(blocks, keyCount);
    if (this.count > 0) this.#touchElements(refs);
  }

  #touchElements(refs: Int32Array): void {
    const count = this.count, roots = this.#roots, hashes = this.#hashes;
    const bytes = this.#bytes, starts = this.#starts, ends = this.#ends;
    let ref = 0, root = 0;
    for (let index = 0; index < count; index++) {
      const refOfKey = refs[this.#keyIndices[index]];
      if (refOfKey !== ref) root = this.#dictionaryOf(ref = refOfKey);
      roots[index] = root;
      if (root === 0) ends[index] = 0;
      else hashes[index] = this.#hash.of(bytes, starts[index], ends[index]);
    }
    this.#hashedCount = count;
    this.#dictionaries.touch(roots, hashes, count, this.#records);
  }

  /** The hash of an element, announced or not. */
  hashOf(element: ByteView): number {
    const { bytes, start, end } = element;
    if (bytes === this.#bytes) {
      const starts = this.#starts, count = this.#hashedCount;
      let next = this.#next;
      while (next < count && starts[next] < start) next++;
      this.#next = next;
      if (next < count && starts[next] === start && this.#ends[next] === end) {
        return this.#hashes[next];
      }
    }
    return this.#hash.of(bytes, start, end);
  }

  /** The root of the dictionary in an entry's value; 0 if there is none, or a small one. */
  #dictionaryOf(ref: Ref): Ref {
    if (ref === 0) return 0;
    const entries = this.#entries, encoding = entries.encodingOf(ref);
    if (entries.valueCountOf(ref) < LARGE_COUNT) return 0;
    if (encoding === ENCODING_HASHTABLE) return entries.valueBlockOf(ref);
    if (encoding !== ENCODING_SKIPLIST) return 0;
    return this.#skipList.open(entries.valueBlockOf(ref)).ownerWord;
  }
}
