/**
 * Page memory: numbered pages, got from the system and given back to it.
 *
 * Why not one buffer a page: the C library maps a buffer of a megabyte by itself only until the
 * first such buffer is freed; from then on it cuts them from its heap, and what is freed in the
 * middle of a heap never goes back to the system. Buffers of 32 MiB are always mapped. So pages are
 * cut from *regions* of that size, and a region without pages is unmapped.
 *
 *   region:   | page | page | free | page | ... 32 of them      lowest free place first
 *
 * A page's number says nothing about its place, as every access goes through `pages` or `words`. So
 * a page can move to another region without anybody noticing, and `giveBackSome` empties thin regions
 * at the price of a copy. A page of another size, for one large block, has a buffer of its own.
 *
 * Pages may come and go many times a second, as when one list grows through all sizes of blocks again
 * and again. Who moved pages each time they are few would do nothing else; so a region can be judged
 * by the most pages that it had of late.
 *
 * Always true: a region has at least one page; places of a region that were never used were never
 * touched, so they are not resident and not counted in `heldBytes`.
 * Cost: add and remove O(regions), of which a terabyte has 32,768; a move copies 1 MiB.
 *
 * @module
 */

import { EMPTY_BYTES } from "../../base/byte_view.ts";
import { PAGE_BYTES } from "./size_classes.ts";

const REGION_PAGES = 32;
/** The smallest size that glibc maps by itself whatever was freed before, 32 MiB. */
const REGION_BYTES = REGION_PAGES * PAGE_BYTES;
/** Free places that are not worth a move. */
const SLACK_PAGES = 4;
/** Pages that may be moved for one that goes back to the system, beyond those. */
const MOVES_PER_PAGE = 4;
const EMPTY_WORDS = new Int32Array(0);
const EMPTY_DOUBLES = new Float64Array(0);

/** The arena has no page number left, or the system no memory. */
export class ArenaFullError extends Error {
  constructor(cause?: unknown) {
    super("Cannot allocate: out of memory", { cause });
    this.name = "ArenaFullError";
  }
}

/** A buffer that pages are cut from. */
class Region {
  readonly buffer: ArrayBuffer = mapBuffer(REGION_BYTES);
  /** The number of the page in each place; 0 for none. */
  readonly pageAt = new Int32Array(REGION_PAGES);
  liveCount = 0;
  /** The most pages that it had at a time since the last look that found nothing to do. */
  peakCount = 0;
  /** Places that have been used at some time: all below this one. */
  touchedCount = 0;
}

/** Hands out pages by number, and takes them back. */
export class PageMemory {
  /** The bytes of each page, by page number; there is no page 0. */
  readonly pages: Uint8Array[] = [EMPTY_BYTES];
  /** The same pages as 32-bit words. */
  readonly words: Int32Array[] = [EMPTY_WORDS];
  /** The same pages as doubles, one a granule. */
  readonly doubles: Float64Array[] = [EMPTY_DOUBLES];
  /** Bytes that the system keeps for us, free places that were used before included. */
  heldBytes = 0;
  /** Bytes of the pages that are handed out. */
  pageBytes = 0;

  readonly #pageNumberMax: number = 0;
  readonly #freeNumbers: number[] = [];
  readonly #regions: Region[] = [];
  /** A region that is being emptied: it gets no more pages. */
  #leaving: Region | undefined;

  /** @param pageNumberMax The highest number that a page may have. */
  constructor(pageNumberMax: number) {
    this.#pageNumberMax = pageNumberMax;
  }

  /**
   * Adds a page of `PAGE_BYTES` with undefined content; returns its number.
   *
   * @throws {ArenaFullError} When there is no number or no memory left.
   */
  add(): number {
    this.#requireNumber();
    const region = this.#regionWithRoom() ?? this.#addRegion();
    const page = this.#takeNumber();
    this.#place(page, region);
    this.pageBytes += PAGE_BYTES;
    return page;
  }

  /**
   * Adds a page of any size, in a buffer of its own; returns its number.
   *
   * @throws {ArenaFullError} When there is no number or no memory left.
   */
  addLarge(byteCount: number): number {
    this.#requireNumber();
    const buffer = mapBuffer(byteCount);
    const page = this.#takeNumber();
    this.#show(page, buffer, 0, byteCount);
    this.heldBytes += byteCount;
    this.pageBytes += byteCount;
    return page;
  }

  /** Gives back a page that `add` handed out. */
  remove(page: number): void {
    const bytes = this.pages[page];
    const region = this.#regions.find((region) => region.buffer === bytes.buffer)!;
    vacate(region, bytes.byteOffset / PAGE_BYTES);
    this.pageBytes -= PAGE_BYTES;
    this.#dropNumber(page);
  }

  /** Gives back a page that `addLarge` handed out. */
  removeLarge(page: number): void {
    this.heldBytes -= this.pages[page].length;
    this.pageBytes -= this.pages[page].length;
    unmapBuffer(this.pages[page].buffer as ArrayBuffer);
    this.#dropNumber(page);
  }

  /**
   * Gives a page that `addLarge` handed out another size; it keeps its number and its content.
   *
   * @throws {ArenaFullError} When there is no memory left; the page is then as it was.
   */
  resizeLarge(page: number, byteCount: number): void {
    const bytes = this.pages[page];
    const oldByteCount = bytes.length;
    try {
      this.#show(page, (bytes.buffer as ArrayBuffer).transfer(byteCount), 0, byteCount);
    } catch (error) {
      throw asArenaFull(error);
    }
    this.heldBytes += byteCount - oldByteCount;
    this.pageBytes += byteCount - oldByteCount;
  }

  /**
   * Does one step of giving memory back: unmaps a region without pages, or moves one page out of a
   * region that should have none.
   *
   * Views and arrays that were taken from `pages` and `words` before must not be used afterwards.
   *
   * @param sparesRecent Whether a region counts as needing what it has needed since the last call that
   *   found nothing to do.
   * @returns Whether something was done; if so, there may be more to do.
   */
  giveBackSome(sparesRecent = false): boolean {
    const empty = this.#regions.find((region) => region.liveCount === 0);
    if (empty !== undefined) {
      this.#dropRegion(empty);
      return true;
    }
    this.#leaving ??= this.#regionToLeave(sparesRecent);
    if (this.#leaving === undefined) {
      for (const region of this.#regions) region.peakCount = region.liveCount;
      return false;
    }
    const place = this.#leaving.pageAt.findIndex((page) => page !== 0);
    const page = this.#leaving.pageAt[place];
    const bytes = this.pages[page];
    this.#place(page, this.#regionWithRoom() ?? this.#addRegion());
    this.pages[page].set(bytes);
    vacate(this.#leaving, place);
    return true;
  }

  #requireNumber(): void {
    if (this.#freeNumbers.length === 0 && this.pages.length > this.#pageNumberMax) {
      throw new ArenaFullError();
    }
  }

  #takeNumber(): number {
    return this.#freeNumbers.pop() ?? this.pages.length;
  }

  #dropNumber(page: number): void {
    this.pages[page] = EMPTY_BYTES;
    this.words[page] = EMPTY_WORDS;
    this.doubles[page] = EMPTY_DOUBLES;
    this.#freeNumbers.push(page);
  }

  /** The fullest region with a free place, so that thin ones get a chance to become empty. */
  #regionWithRoom(): Region | undefined {
    let fullest: Region | undefined;
    for (const region of this.#regions) {
      if (region.liveCount === REGION_PAGES || region === this.#leaving) continue;
      if (fullest === undefined || region.liveCount > fullest.liveCount) fullest = region;
    }
    return fullest;
  }

  /**
   * The emptiest region, if all of its pages find room in others, or if it holds so much more than
   * they need that a fresh one is better: there, only what is in use will be touched.
   */
  #regionToLeave(sparesRecent: boolean): Region | undefined {
    const neededCountOf = (region: Region) => sparesRecent ? region.peakCount : region.liveCount;
    let emptiest: Region | undefined;
    let freeCount = 0;
    for (const region of this.#regions) {
      freeCount += REGION_PAGES - neededCountOf(region);
      if (emptiest === undefined || neededCountOf(region) < neededCountOf(emptiest)) {
        emptiest = region;
      }
    }
    if (emptiest === undefined) return undefined;
    const neededCount = neededCountOf(emptiest);
    const fitsElsewhere = freeCount - (REGION_PAGES - neededCount) >= neededCount;
    const freedCount = emptiest.touchedCount - neededCount;
    const isThin = freedCount > SLACK_PAGES + neededCount / MOVES_PER_PAGE;
    return fitsElsewhere || isThin ? emptiest : undefined;
  }

  #addRegion(): Region {
    const region = new Region();
    this.#regions.push(region);
    return region;
  }

  /** Puts a page into the lowest free place of a region. */
  #place(page: number, region: Region): void {
    const place = region.pageAt.indexOf(0);
    region.pageAt[place] = page;
    region.liveCount++;
    region.peakCount = Math.max(region.peakCount, region.liveCount);
    if (place === region.touchedCount) {
      region.touchedCount++;
      this.heldBytes += PAGE_BYTES;
    }
    this.#show(page, region.buffer, place * PAGE_BYTES, PAGE_BYTES);
  }

  #dropRegion(region: Region): void {
    this.heldBytes -= region.touchedCount * PAGE_BYTES;
    this.#regions.splice(this.#regions.indexOf(region), 1);
    if (region === this.#leaving) this.#leaving = undefined;
    unmapBuffer(region.buffer);
  }

  #show(page: number, buffer: ArrayBuffer, offset: number, byteCount: number): void {
    this.pages[page] = new Uint8Array(buffer, offset, byteCount);
    this.words[page] = new Int32Array(buffer, offset, byteCount >>> 2);
    this.doubles[page] = new Float64Array(buffer, offset, byteCount >>> 3);
  }
}

function vacate(region: Region, place: number): void {
  region.pageAt[place] = 0;
  region.liveCount--;
}

function mapBuffer(byteCount: number): ArrayBuffer {
  try {
    return new ArrayBuffer(byteCount);
  } catch (error) {
    throw asArenaFull(error);
  }
}

/** Detaching frees the memory now; dropping the buffer would wait for the collector. */
function unmapBuffer(buffer: ArrayBuffer): void {
  buffer.transfer(0);
}

function asArenaFull(error: unknown): unknown {
  return error instanceof RangeError ? new ArenaFullError(error) : error;
}
