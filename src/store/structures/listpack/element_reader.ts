/**
 * Element reader: the bytes of an element of a listpack, whether it is written as a string or as an integer.
 *
 * @module
 */

import type { ByteView } from "../../../base/byte_view.ts";
import { Int64, INT64_TEXT_BYTES_MAX, writeInt64 } from "../../../base/int64.ts";
import { encodedBytesAt, isIntegerAt, readIntegerAt, stringStartAt } from "./element.ts";

/** First bytes of strings of up to 63 bytes, which most elements are. */
const SHORT_STRING_START = 0x80;
const SHORT_STRING_END = 0xc0;

/** Reads elements; the digits of an integer are its own until it reads the next one. */
export class ElementReader {
  readonly #integer = new Int64();
  readonly #digits = new Uint8Array(INT64_TEXT_BYTES_MAX);

  /** Points a view at the bytes of the element at `at`; returns it. */
  read(bytes: Uint8Array, at: number, into: ByteView): ByteView {
    const form = bytes[at];
    if (form >= SHORT_STRING_START && form < SHORT_STRING_END) {
      return into.set(bytes, at + 1, at + 1 + (form & 0x3f));
    }
    if (isIntegerAt(bytes, at)) {
      readIntegerAt(bytes, at, this.#integer);
      return into.set(this.#digits, 0, writeInt64(this.#integer, this.#digits, 0));
    }
    return into.set(bytes, stringStartAt(bytes, at), at + encodedBytesAt(bytes, at));
  }
}
