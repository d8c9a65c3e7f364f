/**
 * Request frame: what stands around the words of a request, as clients and logs write it.
 *
 *   * count CR LF ( $ byte count CR LF bytes CR LF ) x count
 *
 * @module
 */

import { copyBytes } from "../base/byte_view.ts";
import { INT64_TEXT_BYTES_MAX, writeInteger } from "../base/int64.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import { ASTERISK, CR, DOLLAR, LF } from "./sign.ts";

/** Most bytes beside a word's own: a sign, a number, and the ends of both lines. */
const FRAME_BYTES_MAX = INT64_TEXT_BYTES_MAX + 5;

/** Begins a request of so many words. */
export function beginRequest(wordCount: number, into: OutputBuffer): void {
  into.reserve(FRAME_BYTES_MAX);
  writeHeader(ASTERISK, wordCount, into);
}

/** Writes a word, `source[start, end)`. */
export function writeWord(
  source: Uint8Array,
  start: number,
  end: number,
  into: OutputBuffer,
): void {
  const byteCount = end - start;
  into.reserve(byteCount + FRAME_BYTES_MAX);
  writeHeader(DOLLAR, byteCount, into);
  copyBytes(source, start, end, into.bytes, into.length);
  into.length += byteCount;
  endLine(into);
}

/**
 * Writes a word of ASCII.
 *
 * @returns Whether it is one; if not, nothing was written.
 */
export function writeAsciiWord(text: string, into: OutputBuffer): boolean {
  const start = into.length;
  into.reserve(text.length + FRAME_BYTES_MAX);
  writeHeader(DOLLAR, text.length, into);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 128) {
      into.length = start;
      return false;
    }
    into.bytes[into.length++] = code;
  }
  endLine(into);
  return true;
}

/** Writes a sign, a number and a line's end; room for them has been reserved. */
function writeHeader(sign: number, value: number, into: OutputBuffer): void {
  into.bytes[into.length] = sign;
  into.length = writeInteger(value, into.bytes, into.length + 1);
  endLine(into);
}

function endLine(into: OutputBuffer): void {
  into.bytes[into.length] = CR;
  into.bytes[into.length + 1] = LF;
  into.length += 2;
}
