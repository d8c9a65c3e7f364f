/**
 * Element writer: puts many elements at the end of a listpack, one behind the other.
 *
 * Adding one by one looks at the block's size and mends header and end byte every time. Who knows an
 * upper bound of what is to come reserves that and pays for it once: `Listpack.beginAppending`, the
 * elements, `Listpack.endAppending`.
 *
 * @module
 */

import type { ByteView } from "../../../base/byte_view.ts";
import { Int64 } from "../../../base/int64.ts";
import {
  backLengthBytes,
  integerBytes,
  spellsInteger,
  stringBytes,
  writeBackLength,
  writeIntegerAt,
  writeStringAt,
} from "./element.ts";

const SMALL_INTEGER_MAX = 127;
/** Longest string whose back length is one byte, and whose own length is in its first. */
const SHORT_STRING_BYTES_MAX = 63;

/** Writes elements where there is room for them. */
export class ElementWriter {
  /** Where the next element goes. */
  at = 0;
  /** Elements written since `begin`. */
  count = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #integer = new Int64();

  /** Begins at a place; `bytes` is borrowed until the last element. */
  begin(bytes: Uint8Array, at: number): void {
    this.#bytes = bytes;
    this.at = at;
    this.count = 0;
  }

  /** Writes a safe integer. */
  integer(value: number): void {
    if (value < 0 || value > SMALL_INTEGER_MAX) return this.int64(this.#integer.setNumber(value));
    this.#bytes[this.at] = value;
    this.#bytes[this.at + 1] = 1;
    this.at += 2;
    this.count++;
  }

  /** Writes an integer of 64 bits. */
  int64(value: Int64): void {
    const encodedBytes = integerBytes(value);
    writeIntegerAt(this.#bytes, this.at, value, encodedBytes);
    this.#bytes[this.at + encodedBytes] = encodedBytes;
    this.at += encodedBytes + 1;
    this.count++;
  }

  /** Writes a string, as an integer if it spells one. @param view Does not lie in the block. */
  string(view: ByteView): void {
    if (spellsInteger(view.bytes, view.start, view.end, this.#integer)) {
      return this.int64(this.#integer);
    }
    const byteCount = view.end - view.start;
    writeStringAt(this.#bytes, this.at, view.bytes, view.start, view.end);
    if (byteCount <= SHORT_STRING_BYTES_MAX) {
      this.#bytes[this.at + 1 + byteCount] = 1 + byteCount;
      this.at += 2 + byteCount;
    } else {
      const encodedBytes = stringBytes(byteCount);
      writeBackLength(this.#bytes, this.at + encodedBytes, encodedBytes);
      this.at += encodedBytes + backLengthBytes(encodedBytes);
    }
    this.count++;
  }
}
