/**
 * Request encoder: words to the bytes of a request. The client's side of RESP.
 *
 * Text is sent as UTF-8; most of it is ASCII and written straight into the buffer.
 *
 * @module
 */

import { formatDouble } from "../base/double.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import { beginRequest, writeAsciiWord, writeWord } from "./request_frame.ts";

/** A word of a request: text (sent as UTF-8), bytes, or a number in the form Redis reads. */
export type RequestWord = string | Uint8Array | number | bigint;

const UTF8 = new TextEncoder();

/**
 * Appends a request.
 *
 * @param words The command's name and its arguments; copied.
 * @throws {TypeError} When a word is something else; nothing is appended then.
 */
export function encodeRequest(words: readonly RequestWord[], into: OutputBuffer): void {
  const start = into.length;
  beginRequest(words.length, into);
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
  if (!writeAsciiWord(text, into)) writeBytes(UTF8.encode(text), into);
}

function writeBytes(bytes: Uint8Array, into: OutputBuffer): void {
  writeWord(bytes, 0, bytes.length, into);
}
