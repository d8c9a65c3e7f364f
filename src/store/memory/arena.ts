/**
 * Arena: memory for everything that clients store, outside the garbage-collected heap.
 *
 * Why not objects: ten million JavaScript objects cost over a hundred bytes each and seconds of
 * collector stalls; ten million blocks in a few hundred `ArrayBuffer`s cost their bytes and
 * nothing else. The collector sees only the pages.
 *
 * A *reference* is a 32-bit integer, kept signed because V8 holds such numbers unboxed:
 *
 *   | page index 15 bits | granule in the page 17 bits |      0 is "no block"
 *
 * A page is 1 MiB with blocks of one size class; `PageMemory` says where it lies. Free blocks of a
 * page form a list through their first word; blocks never used yet lie behind `#bumpCount`, so
 * memory that was never used is never resident. A page whose last block is freed is given back; one
 * empty page per class may stay as a spare until `trim()`. Pages that are thinly used can be emptied by
 * moving their blocks, which takes whoever holds the references (`beginEvacuation`). A block above 256 KiB is a page
 * by itself, as large as it needs, so that every reference is followed in the same two steps.
 *
 * Always true: a page with room is in its class's list of open pages and no other page is;
 * `usedBytes` is the sum of the sizes of all live blocks.
 * Cost: allocate and free O(1), a few array accesses. Limit: 32,767 pages, which is 32 GiB of
 * shared blocks, or so many large ones.
 *
 * @module
 */

import { copyBytes } from "../../base/byte_view.ts";
import { pagesToLeave } from "./evacuation.ts";
import { PageMemory } from "./page_memory.ts";
import {
  blockBytesFor,
  CLASS_BLOCK_COUNT,
  CLASS_BYTES,
  CLASS_OF_GRANULES,
  GRANULE_BYTES,
  SHARED_BLOCK_BYTES_MAX,
} from "./size_classes.ts";

/** A reference to a block; 0 is none. Signed 32-bit. */
export type Ref = number;

/** Shift from a reference to its page index. */
export const PAGE_SHIFT = 17;
/** Mask of a reference's granule inside its page. */
export const GRANULE_MASK = (1 << PAGE_SHIFT) - 1;

const PAGE_INDEX_MAX = (1 << (32 - PAGE_SHIFT)) - 1;
/** Class of a page that is one large block. */
const LARGE_CLASS = 255;
const NO_PAGE = -1;

/** Hands out, takes back and counts blocks of memory. */
export class Arena {
  readonly #memory = new PageMemory(PAGE_INDEX_MAX);
  /** The bytes of each page, by page index. */
  readonly pages: Uint8Array[] = this.#memory.pages;
  /** The same pages as 32-bit words. */
  readonly words: Int32Array[] = this.#memory.words;
  /** The same pages as doubles: the granule of a reference is the index. */
  readonly doubles: Float64Array[] = this.#memory.doubles;

  /** Bytes of all live blocks, by the size of their class. */
  usedBytes = 0;
  /** Live blocks. */
  blockCount = 0;
  /** Blocks that `moveOut` moved, and that it left where they were. */
  movedCount = 0;
  stayedCount = 0;

  readonly #classOfPage = new Uint8Array(PAGE_INDEX_MAX + 1);
  readonly #freeHead = new Int32Array(PAGE_INDEX_MAX + 1);
  readonly #bumpCount = new Int32Array(PAGE_INDEX_MAX + 1);
  readonly #liveCount = new Int32Array(PAGE_INDEX_MAX + 1);
  readonly #nextOpen = new Int32Array(PAGE_INDEX_MAX + 1);
  readonly #previousOpen = new Int32Array(PAGE_INDEX_MAX + 1);
  readonly #openHead = new Int32Array(CLASS_BYTES.length).fill(NO_PAGE);
  /** 1 for pages that are being emptied: they get no more blocks. */
  readonly #isLeaving = new Uint8Array(PAGE_INDEX_MAX + 1);
  #usedBytesPeak = 0;
  #touchSum = 0;

  /** Bytes held from the system: all pages, whether their blocks are live or not. */
  get heldBytes(): number {
    return this.#memory.heldBytes;
  }

  /** Bytes of the pages that have blocks, and the spare ones. */
  get pageBytes(): number {
    return this.#memory.pageBytes;
  }

  /** The most that `usedBytes` has been since the last `resetPeak`. */
  get usedBytesPeak(): number {
    this.#notePeak();
    return this.#usedBytesPeak;
  }

  /** Starts the peak anew from what is in use now. */
  resetPeak(): void {
    this.#usedBytesPeak = this.usedBytes;
  }

  /**
   * A block of at least `byteCount` bytes with undefined content, owned by the caller.
   *
   * @param byteCount At least 1.
   * @throws {ArenaFullError} When there is no memory left.
   */
  allocate(byteCount: number): Ref {
    if (byteCount > SHARED_BLOCK_BYTES_MAX) return this.#allocateLarge(byteCount);
    const classIndex = CLASS_OF_GRANULES[(byteCount + GRANULE_BYTES - 1) >>> 3];
    let page = this.#openHead[classIndex];
    if (page === NO_PAGE) page = this.#addPage(classIndex);
    let ref = this.#freeHead[page];
    if (ref !== 0) {
      this.#freeHead[page] = this.words[page][(ref & GRANULE_MASK) << 1];
    } else {
      const granule = this.#bumpCount[page]++ * (CLASS_BYTES[classIndex] >>> 3);
      ref = (page << PAGE_SHIFT) | granule;
    }
    if (++this.#liveCount[page] === CLASS_BLOCK_COUNT[classIndex]) this.#close(page, classIndex);
    this.usedBytes += CLASS_BYTES[classIndex];
    this.blockCount++;
    return ref;
  }

  /** A block with a copy of `bytes[start, end)`, of which there is one at least; owned by the caller. */
  store(bytes: Uint8Array, start: number, end: number): Ref {
    const ref = this.allocate(end - start);
    copyBytes(bytes, start, end, this.pages[ref >>> PAGE_SHIFT], (ref & GRANULE_MASK) << 3);
    return ref;
  }

  /** Takes a block back. The reference must not be used afterwards. */
  free(ref: Ref): void {
    const page = ref >>> PAGE_SHIFT;
    const classIndex = this.#classOfPage[page];
    this.#notePeak();
    this.blockCount--;
    if (classIndex === LARGE_CLASS) return this.#freeLarge(page);
    if (this.#liveCount[page] === CLASS_BLOCK_COUNT[classIndex]) this.#open(page, classIndex);
    this.words[page][(ref & GRANULE_MASK) << 1] = this.#freeHead[page];
    this.#freeHead[page] = ref;
    this.usedBytes -= CLASS_BYTES[classIndex];
    if (--this.#liveCount[page] === 0) this.#emptied(page, classIndex);
  }

  /**
   * A block with the same content and room for `byteCount` bytes; frees the old one if it moved.
   *
   * @param keptBytes How many of its first bytes matter.
   * @throws {ArenaFullError} When there is no memory left; the old block is then as it was.
   */
  resize(ref: Ref, byteCount: number, keptBytes: number): Ref {
    const page = ref >>> PAGE_SHIFT;
    if (this.#classOfPage[page] === LARGE_CLASS && byteCount > SHARED_BLOCK_BYTES_MAX) {
      this.#resizeLarge(page, byteCount);
      return ref;
    }
    return this.#moveTo(this.allocate(byteCount), ref, keptBytes);
  }

  /** Usable bytes of a block: what was asked for, rounded up to its class. */
  capacityOf(ref: Ref): number {
    const page = ref >>> PAGE_SHIFT;
    const classIndex = this.#classOfPage[page];
    return classIndex === LARGE_CLASS ? this.pages[page].length : CLASS_BYTES[classIndex];
  }

  /** Whether a block is just what `allocate(byteCount)` would hand out: neither small nor wasteful. */
  isFit(ref: Ref, byteCount: number): boolean {
    return this.capacityOf(ref) === blockBytesFor(byteCount);
  }

  /** The array that holds a block's bytes, from `offsetOf(ref)` on. */
  bytesOf(ref: Ref): Uint8Array {
    return this.pages[ref >>> PAGE_SHIFT];
  }

  /** Where in `bytesOf(ref)` a block starts. */
  offsetOf(ref: Ref): number {
    return (ref & GRANULE_MASK) << 3;
  }

  /**
   * Reads the beginning of blocks one right after the other, so that the processor's cache holds them
   * when each is used: a single read waits for memory, many at once wait together.
   *
   * @param refs The first `count` count; 0 is passed over.
   */
  touch(refs: Int32Array, count: number): void {
    const pages = this.words;
    let sum = 0;
    for (let index = 0; index < count; index++) {
      const ref = refs[index];
      if (ref !== 0) sum ^= pages[ref >>> PAGE_SHIFT][(ref & GRANULE_MASK) << 1];
    }
    this.#touchSum = sum; // a result that nobody could see would not be read at all
  }

  /**
   * Gives memory back to the system that no block needs: one step of a millisecond or so, to be
   * called now and then until there is nothing left to do.
   *
   * References stay good. Views of blocks do not, as pages may move together.
   *
   * @param sparesRecent Whether memory counts as needed that has been since the last call that found
   *   nothing to do: for who calls this all the time.
   * @returns Whether something was given back or moved; if so, there may be more.
   */
  trim(sparesRecent = false): boolean {
    for (let classIndex = 1; classIndex < CLASS_BYTES.length; classIndex++) {
      for (let page = this.#openHead[classIndex]; page !== NO_PAGE;) {
        const next = this.#nextOpen[page];
        if (this.#liveCount[page] === 0) this.#releasePage(page, classIndex);
        page = next;
      }
    }
    return this.#memory.giveBackSome(sparesRecent);
  }

  // Moving blocks together.

  /**
   * Chooses the pages whose blocks would fit on the others, and gives out no more blocks there. Whoever
   * holds references then passes each through `moveOut`, so that the pages become empty.
   *
   * @returns How many pages that are; 0 when nothing could be gained.
   */
  beginEvacuation(): number {
    this.endEvacuation();
    const leaving = pagesToLeave({
      pageNumberMax: this.pages.length - 1,
      classOf: (page) => this.#isShared(page) ? this.#classOfPage[page] : 0,
      liveCountOf: (page) => this.#liveCount[page],
    });
    for (const page of leaving) {
      this.#isLeaving[page] = 1;
      this.#close(page, this.#classOfPage[page]);
    }
    return leaving.length;
  }

  /** Lets the pages that did not become empty have blocks again. */
  endEvacuation(): void {
    for (let page = 1; page < this.pages.length; page++) {
      if (this.#isLeaving[page] === 0) continue;
      this.#isLeaving[page] = 0;
      this.#open(page, this.#classOfPage[page]);
    }
  }

  /**
   * Moves a block off a page that is being emptied.
   *
   * @returns Where the block is now: the same reference unless it moved.
   */
  moveOut(ref: Ref): Ref {
    if (this.#isLeaving[ref >>> PAGE_SHIFT] === 0) {
      this.stayedCount++;
      return ref;
    }
    this.movedCount++;
    const byteCount = this.capacityOf(ref);
    return this.#moveTo(this.allocate(byteCount), ref, byteCount);
  }

  #moveTo(moved: Ref, ref: Ref, keptBytes: number): Ref {
    const from = this.offsetOf(ref);
    copyBytes(this.bytesOf(ref), from, from + keptBytes, this.bytesOf(moved), this.offsetOf(moved));
    this.free(ref);
    return moved;
  }

  #isShared(page: number): boolean {
    return this.pages[page].length > 0 && this.#classOfPage[page] !== LARGE_CLASS;
  }

  #notePeak(): void {
    if (this.usedBytes > this.#usedBytesPeak) this.#usedBytesPeak = this.usedBytes;
  }

  #addPage(classIndex: number): number {
    const page = this.#memory.add();
    this.#classOfPage[page] = classIndex;
    this.#freeHead[page] = 0;
    this.#bumpCount[page] = 0;
    this.#liveCount[page] = 0;
    this.#open(page, classIndex);
    return page;
  }

  /** Puts a page at the head of its class's list of pages with room. */
  #open(page: number, classIndex: number): void {
    const head = this.#openHead[classIndex];
    this.#nextOpen[page] = head;
    this.#previousOpen[page] = NO_PAGE;
    if (head !== NO_PAGE) this.#previousOpen[head] = page;
    this.#openHead[classIndex] = page;
  }

  /** Takes a page out of that list. */
  #close(page: number, classIndex: number): void {
    const next = this.#nextOpen[page], previous = this.#previousOpen[page];
    if (previous === NO_PAGE) this.#openHead[classIndex] = next;
    else this.#nextOpen[previous] = next;
    if (next !== NO_PAGE) this.#previousOpen[next] = previous;
  }

  #emptied(page: number, classIndex: number): void {
    if (this.#isLeaving[page] !== 0) {
      this.#isLeaving[page] = 0;
      return this.#memory.remove(page);
    }
    const isOnlyOpenPage = this.#openHead[classIndex] === page &&
      this.#nextOpen[page] === NO_PAGE;
    if (!isOnlyOpenPage) return this.#releasePage(page, classIndex);
    this.#freeHead[page] = 0;
    this.#bumpCount[page] = 0;
  }

  #releasePage(page: number, classIndex: number): void {
    this.#close(page, classIndex);
    this.#memory.remove(page);
  }

  #allocateLarge(byteCount: number): Ref {
    const page = this.#memory.addLarge(blockBytesFor(byteCount));
    this.#classOfPage[page] = LARGE_CLASS;
    this.usedBytes += this.pages[page].length;
    this.blockCount++;
    return page << PAGE_SHIFT;
  }

  #freeLarge(page: number): void {
    this.usedBytes -= this.pages[page].length;
    this.#memory.removeLarge(page);
  }

  #resizeLarge(page: number, byteCount: number): void {
    const blockBytes = blockBytesFor(byteCount);
    const byteDelta = blockBytes - this.pages[page].length;
    this.#memory.resizeLarge(page, blockBytes);
    this.#notePeak();
    this.usedBytes += byteDelta;
  }
}
