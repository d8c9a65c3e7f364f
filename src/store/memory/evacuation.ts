/**
 * Evacuation: which pages to empty, so that the others hold their blocks.
 *
 * After many blocks of a class were freed at random, all of its pages are thin and none is empty, so
 * nothing goes back to the system. As blocks of one class fit everywhere, the fewest pages that can hold
 * them are known: those that are fullest stay, and every block moves at most once. To move each block
 * from wherever is below the average, as an allocator would have to that can't plan, moves some
 * twice and never knows when it is done.
 *
 * Cost: O(pages), some ten microseconds for a gigabyte. Not here: who finds and moves the blocks.
 *
 * @module
 */

import { CLASS_BLOCK_COUNT } from "./size_classes.ts";

/** What is known of pages, by page number. */
export interface PageCensus {
  /** Numbers that are in use or were, from 1 to this. */
  readonly pageNumberMax: number;
  /** The class of a page; 0 for none, or one that is no class. */
  classOf(page: number): number;
  /** Blocks in use on it. */
  liveCountOf(page: number): number;
}

/** The pages to empty, thin ones first. */
export function pagesToLeave(census: PageCensus): number[] {
  const pagesByClass: number[][] = Array.from(CLASS_BLOCK_COUNT, () => []);
  for (let page = 1; page <= census.pageNumberMax; page++) {
    const classIndex = census.classOf(page);
    if (classIndex > 0 && census.liveCountOf(page) > 0) pagesByClass[classIndex].push(page);
  }
  return pagesByClass.flatMap((pages, classIndex) => {
    let liveCount = 0;
    for (const page of pages) liveCount += census.liveCountOf(page);
    const neededCount = Math.ceil(liveCount / CLASS_BLOCK_COUNT[classIndex]);
    pages.sort((left, right) => census.liveCountOf(left) - census.liveCountOf(right));
    return pages.slice(0, pages.length - neededCount);
  });
}
