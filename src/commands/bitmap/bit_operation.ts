/**
 * Bit operations: AND, OR, XOR and NOT over runs of bytes.
 *
 * The first bytes go word by word where both runs begin at a word, which strings with a block of
 * their own do; what is left, and short strings inside their entries, go byte by byte.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { isWordStart, WORD_BYTES, WORD_RUN_BYTES, wordsIn } from "./word_run.ts";

/** What BITOP can do. */
export type BitOperation = "and" | "or" | "xor" | "not";

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
  const sharedBytes = source.byteCount, sharedEnd = target.start + sharedBytes;
  let combinedBytes = 0;
  if (
    sharedBytes >= WORD_RUN_BYTES && isWordStart(target.bytes, target.start) &&
    isWordStart(source.bytes, source.start)
  ) {
    const words = wordsIn(target.bytes, target.start, sharedEnd);
    combine(operation, words, wordsIn(source.bytes, source.start, source.end));
    combinedBytes = words.length * WORD_BYTES;
  }
  combine(
    operation,
    target.bytes.subarray(target.start + combinedBytes, sharedEnd),
    source.bytes.subarray(source.start + combinedBytes, source.end),
  );
  if (operation === "and") target.bytes.fill(0, sharedEnd, target.end);
}

/** Turns every bit over. */
export function invertBits(target: ByteView): void {
  const bytes = target.bytes;
  let invertedBytes = 0;
  if (target.byteCount >= WORD_RUN_BYTES && isWordStart(bytes, target.start)) {
    const words = wordsIn(bytes, target.start, target.end);
    for (let index = 0; index < words.length; index++) words[index] = ~words[index];
    invertedBytes = words.length * WORD_BYTES;
  }
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
