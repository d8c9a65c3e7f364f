/**
 * Bit operations: AND, OR, XOR and NOT over runs of bytes.
 *
 * The first bytes go word by word where both runs begin at a word, which strings with a block of
 * their own do; what is left, and short strings inside their entries, go byte by byte.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";

/** What BITOP can do. */
export type BitOperation = "and" | "or" | "xor" | "not";

/** A run so long is worth views of words. */
const WORD_RUN_BYTES = 64;

const WORD_BYTES = 4;

/** Bytes or words: the operations are the same on both. */
type Units = Uint8Array | Int32Array;

/**
 * Combines bytes with others, which stand for zeros where they are fewer.
 *
 * @param target Changed; at least as long as `source`.
 * @param source Elsewhere in memory.
 */
export function combineBits(
  operation: Exclude<BitOperation, "not">,
  target: ByteView,
  source: ByteView,
): void {
  const sharedBytes = source.byteCount;
  let combinedBytes = 0;
  if (sharedBytes >= WORD_RUN_BYTES && isWordStart(target) && isWordStart(source)) {
    const wordCount = Math.floor(sharedBytes / WORD_BYTES);
    combine(operation, wordsOf(target, wordCount), wordsOf(source, wordCount));
    combinedBytes = wordCount * WORD_BYTES;
  }
  combine(
    operation,
    target.bytes.subarray(target.start + combinedBytes, target.start + sharedBytes),
    source.bytes.subarray(source.start + combinedBytes, source.end),
  );
  if (operation === "and") target.bytes.fill(0, target.start + sharedBytes, target.end);
}

/** Turns every bit over. */
export function invertBits(target: ByteView): void {
  let invertedBytes = 0;
  if (target.byteCount >= WORD_RUN_BYTES && isWordStart(target)) {
    const words = wordsOf(target, Math.floor(target.byteCount / WORD_BYTES));
    for (let index = 0; index < words.length; index++) words[index] = ~words[index];
    invertedBytes = words.length * WORD_BYTES;
  }
  const bytes = target.bytes;
  for (let at = target.start + invertedBytes; at < target.end; at++) bytes[at] = ~bytes[at];
}

function combine(operation: Exclude<BitOperation, "not">, target: Units, source: Units): void {
  switch (operation) {
    case "and":
      for (let index = 0; index < target.length; index++) target[index] &= source[index];
      break;
    case "or":
      for (let index = 0; index < target.length; index++) target[index] |= source[index];
      break;
    case "xor":
      for (let index = 0; index < target.length; index++) target[index] ^= source[index];
      break;
  }
}

/** Whether a word begins where the view does. */
function isWordStart(view: ByteView): boolean {
  return (view.bytes.byteOffset + view.start) % WORD_BYTES === 0;
}

/** The view's first words. */
function wordsOf(view: ByteView, wordCount: number): Int32Array {
  return new Int32Array(view.bytes.buffer, view.bytes.byteOffset + view.start, wordCount);
}
