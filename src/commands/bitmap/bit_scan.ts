/**
 * Bit scan: counting the ones in a run of bits, and finding the first bit of a kind.
 *
 * Both go by words of 32 bits, since bitmaps are often many megabytes long: the ragged ends by
 * themselves, then bytes up to where a word begins, then words.
 *
 * Counting adds neighbours in parallel: in each word pairs of bits become 2-bit sums, those become
 * 4-bit sums of up to 4, of which three words' fit together; then 8-bit sums. Byte lanes have room
 * for 30 words, at most 8 each, before the four lanes must be gathered.
 *
 * Bits are numbered from the view's start, the highest bit of a byte first.
 * Cost: O(n / 32); one typed array for a run of `WORD_RUN_BYTES` or more, else nothing is allocated.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { isWordStart, WORD_BYTES, WORD_RUN_BYTES, wordsIn } from "./word_run.ts";

/** Words, in threes, whose byte lanes, at most 8 each, add up without a carry into the next lane. */
const LANE_WORDS_MAX = 30;

/**
 * Counts the ones.
 *
 * @param firstBit Not behind `lastBit`.
 * @param lastBit Inside the view.
 */
export function countBits(view: ByteView, firstBit: number, lastBit: number): number {
  const bytes = view.bytes;
  const first = view.start + Math.floor(firstBit / 8), last = view.start + Math.floor(lastBit / 8);
  const firstMask = 0xff >> (firstBit % 8), lastMask = 0xff << (7 - (lastBit % 8)) & 0xff;
  if (first === last) return onesOf(bytes[first] & firstMask & lastMask);
  return onesOf(bytes[first] & firstMask) + countBytes(bytes, first + 1, last) +
    onesOf(bytes[last] & lastMask);
}

/**
 * Finds the first bit of a kind.
 *
 * @param bit 0 or 1.
 * @param firstBit Not behind `lastBit`.
 * @param lastBit Inside the view.
 * @returns Its number, or -1.
 */
export function findBit(view: ByteView, bit: number, firstBit: number, lastBit: number): number {
  const bytes = view.bytes;
  const first = view.start + Math.floor(firstBit / 8), last = view.start + Math.floor(lastBit / 8);
  const firstMask = 0xff >> (firstBit % 8), lastMask = 0xff << (7 - (lastBit % 8)) & 0xff;
  // Guide: looking for a zero is looking for a one with all bits turned over.
  const flip = bit === 0 ? 0xff : 0;
  let at = first;
  let byte = (bytes[first] ^ flip) & firstMask;
  if (byte === 0 && first < last) {
    at = skipBytes(bytes, first + 1, last, flip);
    byte = bytes[at] ^ flip;
  }
  if (at === last) byte &= lastMask;
  return byte === 0 ? -1 : (at - view.start) * 8 + Math.clz32(byte) - 24;
}

/** Ones in a word. */
function onesOf(word: number): number {
  const nibbles = nibbleSums(word);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The number of ones in each four bits of a word, in those bits. */
function nibbleSums(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555) | 0;
  return (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333) | 0;
}

/** Ones in `bytes[start, end)`. */
function countBytes(bytes: Uint8Array, start: number, end: number): number {
  let count = 0, at = start;
  if (end - start >= WORD_RUN_BYTES) {
    while (!isWordStart(bytes, at)) count += onesOf(bytes[at++]);
    const words = wordsIn(bytes, at, end);
    count += countWords(words);
    at += words.length * WORD_BYTES;
  }
  while (at < end) count += onesOf(bytes[at++]);
  return count;
}

function countWords(words: Int32Array): number {
  const threesEnd = words.length - words.length % 3;
  let count = 0, index = 0;
  while (index < threesEnd) {
    const runEnd = Math.min(index + LANE_WORDS_MAX, threesEnd);
    let lanes = 0;
    for (; index < runEnd; index += 3) {
      const nibbles = nibbleSums(words[index]) + nibbleSums(words[index + 1]) +
          nibbleSums(words[index + 2]) | 0;
      lanes = (lanes + (nibbles & 0x0f0f0f0f) + ((nibbles >>> 4) & 0x0f0f0f0f)) | 0;
    }
    // Lanes reach 240, so their sum needs more than a byte: pairs of lanes first.
    const pairs = (lanes & 0x00ff00ff) + ((lanes >>> 8) & 0x00ff00ff);
    count += (pairs & 0xffff) + (pairs >>> 16);
  }
  while (index < words.length) count += onesOf(words[index++]);
  return count;
}

/** The first index in `[start, last)` of a byte other than `skipped`, else `last`. */
function skipBytes(bytes: Uint8Array, start: number, last: number, skipped: number): number {
  let at = start;
  if (last - start >= WORD_RUN_BYTES) {
    while (!isWordStart(bytes, at)) {
      if (bytes[at] === skipped) at++;
      else return at;
    }
    const words = wordsIn(bytes, at, last);
    const skippedWord = skipped === 0 ? 0 : -1;
    let index = 0;
    while (index < words.length && words[index] === skippedWord) index++;
    at += index * WORD_BYTES;
  }
  while (at < last && bytes[at] === skipped) at++;
  return at;
}
