/**
 * Request encoder: words to the bytes of a request. The client's side of RESP.
 *
 *   * count CR LF ( $ byte count CR LF bytes CR LF ) x count
 *
 * Text is sent as UTF-8; most of it is ASCII and written straight into the buffer.
 *
 * @module
 */

import { formatDouble } from "../base/double.ts";
import { INT64_TEXT_BYTES_MAX, writeInteger } from "../base/int64.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import { ASTERISK, CR, DOLLAR, LF } from "./sign.ts";

/** A word of a request: text (sent as UTF-8), bytes, or a number in the form Redis reads. */
export type RequestWord = string | Uint8Array | number | bigint;

/** Most bytes of a header: its sign, a number, CR LF. */
const HEADER_BYTES_MAX = INT64_TEXT_BYTES_MAX + 3;

const UTF8 = new TextEncoder();

/**
 * Appends a request.
 *
 * @param words The command's name and its arguments; copied.
 * @throws {TypeError} When a word is something else; nothing is appended then.
 */
export function encodeRequest(words: readonly RequestWord[], into: OutputBuffer): void {
  const start = into.length;
  writeHeader(ASTERISK, words.length, into);
  for (const word of words) {
    if (typeof word === "string") writeText(word, into);
    else if (typeof word === "number") writeText(formatDouble(word), into);
    else if (typeof word === "bigint") writeText(word.toString(), into);
    else if (word instanceof Uint8Array) writeBytes(word, into);
    else {
      into.length = start;
      throw new TypeError(`Cannot send a word of a request: it is ${typeof word}`);
    }
  }
}

function writeText(text: string, into: OutputBuffer): void {
  const start = into.length;
  writeHeader(DOLLAR, text.length, into);
  into.reserve(text.length + 2);
  const bytes = into.bytes;
  let at = into.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 128) {
      into.length = start;
      return writeBytes(UTF8.encode(text), into);
    }
    bytes[at++] = code;
  }
  into.length = at;
  endLine(into);
}

function writeBytes(bytes: Uint8Array, into: OutputBuffer): void {
  writeHeader(DOLLAR, bytes.length, into);
  into.append(bytes, 0, bytes.length);
  into.reserve(2);
  endLine(into);
}

function writeHeader(sign: number, value: number, into: OutputBuffer): void {
  into.reserve(HEADER_BYTES_MAX);
  into.bytes[into.length] = sign;
  into.length = writeInteger(value, into.bytes, into.length + 1);
  endLine(into);
}

/** Writes a line's end; room for it has been reserved. */
function endLine(into: OutputBuffer): void {
  into.bytes[into.length] = CR;
  into.bytes[into.length + 1] = LF;
  into.length += 2;
}
