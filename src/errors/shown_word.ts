/**
 * Shown word: how much of what a client wrote comes back to it in an error.
 *
 * @module
 */

/** Bytes of a name, and of all arguments together, that an error shows. */
export const SHOWN_BYTES_MAX = 128;

/** What an error shows of a word that a client gave: up to a zero byte, where text in C ends. */
export function shown(word: string, bytesMax = SHOWN_BYTES_MAX): string {
  return word.split("\0", 1)[0].slice(0, bytesMax);
}
