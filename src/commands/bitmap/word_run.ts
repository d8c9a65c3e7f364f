/**
 * Word runs: bytes seen as words of 32 bits, for what goes over many megabytes.
 *
 * @module
 */

/** A run so long is worth a view of words. */
export const WORD_RUN_BYTES = 64;

/** Bytes of a word. */
export const WORD_BYTES = 4;

/** Whether a word may begin at an index: typed arrays of words begin at multiples of their size. */
export function isWordStart(bytes: Uint8Array, at: number): boolean {
  return (bytes.byteOffset + at) % WORD_BYTES === 0;
}

/** The whole words in `bytes[start, end)`, where a word begins at `start`. */
export function wordsIn(bytes: Uint8Array, start: number, end: number): Int32Array {
  const wordCount = Math.floor((end - start) / WORD_BYTES);
  return new Int32Array(bytes.buffer, bytes.byteOffset + start, wordCount);
}
