/**
 * Sought element: bytes that elements of a list are compared with.
 *
 * What the bytes spell is found out once, so that each comparison is one byte for most elements.
 *
 * @module
 */

import { ByteView } from "../../../base/byte_view.ts";
import { Int64 } from "../../../base/int64.ts";
import {
  encodedBytesAt,
  isIntegerAt,
  readIntegerAt,
  spellsInteger,
  stringStartAt,
} from "../listpack/mod.ts";

/** First bytes of an element: an integer of 7 bits, a string of up to 63 bytes. */
const SHORT_INTEGER_END = 0x80;
const SHORT_STRING_END = 0xc0;
const SHORT_STRING_BYTES_MAX = 63;
const NO_FORM = -1;

/** What is looked for; made once and set anew for each search. */
export class SoughtElement {
  readonly #view = new ByteView();
  readonly #integer = new Int64();
  readonly #found = new Int64();
  #isInteger = false;
  /** The first byte of an equal element, where that tells something by itself. */
  #integerForm = NO_FORM;
  #stringForm = NO_FORM;

  /** Sets what is looked for: borrowed during the search. */
  set(view: ByteView): this {
    const integer = this.#integer, byteCount = view.byteCount;
    this.#view.set(view.bytes, view.start, view.end);
    this.#isInteger = spellsInteger(view.bytes, view.start, view.end, integer);
    const isShort = this.#isInteger && integer.hi === 0 && integer.lo >= 0 &&
      integer.lo < SHORT_INTEGER_END;
    this.#integerForm = isShort ? integer.lo : NO_FORM;
    this.#stringForm = byteCount <= SHORT_STRING_BYTES_MAX
      ? SHORT_INTEGER_END | byteCount
      : NO_FORM;
    return this;
  }

  /** Whether the element of a listpack at `at` has these bytes. */
  isAt(bytes: Uint8Array, at: number): boolean {
    const form = bytes[at];
    if (form < SHORT_INTEGER_END) return form === this.#integerForm;
    if (form < SHORT_STRING_END) return form === this.#stringForm && this.#isSame(bytes, at + 1);
    if (isIntegerAt(bytes, at)) {
      if (!this.#isInteger) return false;
      readIntegerAt(bytes, at, this.#found);
      return this.#found.lo === this.#integer.lo && this.#found.hi === this.#integer.hi;
    }
    return this.isBytes(bytes, stringStartAt(bytes, at), at + encodedBytesAt(bytes, at));
  }

  /** Whether `bytes[start, end)` are the same bytes. */
  isBytes(bytes: Uint8Array, start: number, end: number): boolean {
    return end - start === this.#view.byteCount && this.#isSame(bytes, start);
  }

  #isSame(bytes: Uint8Array, at: number): boolean {
    const theirs = this.#view.bytes, end = this.#view.end;
    for (let index = this.#view.start; index < end; index++, at++) {
      if (bytes[at] !== theirs[index]) return false;
    }
    return true;
  }
}
