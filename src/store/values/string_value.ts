/**
 * String values: bytes of any length, stored in one of three places.
 *
 * A number that reads back as it was written is eight bytes in the entry (encoding `int`). Other
 * values of up to 255 bytes lie behind the key in the entry itself; longer ones have a block of
 * their own, named by the entry's value word. Whether Redis calls the encoding `embstr` or `raw`
 * depends on length and history, not on the place.
 *
 * The functions here read; what changes a value may move its entry, so that is the keyspace's to do
 * and `StringHandle`'s to offer.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64, INT64_TEXT_BYTES_MAX, parseInt64, writeInt64 } from "../../base/int64.ts";
import { GRANULE_MASK, PAGE_SHIFT, type Ref } from "../memory/mod.ts";
import { ENCODING_INT, encodingOfHeader, type Entries, VALUE_WORD } from "./entry.ts";

/** Longest value that Redis stores as `embstr`. */
export const EMBSTR_BYTES_MAX = 44;

/** Where the digits of integers are written when a view on them is asked for. */
export class IntegerText {
  readonly #bytes = new Uint8Array(INT64_TEXT_BYTES_MAX);
  readonly #value = new Int64();

  /** Points a view at the decimal digits of `hi * 2^32 + lo`; borrowed until the next call. */
  view(low: number, high: number, into: ByteView): ByteView {
    this.#value.lo = low;
    this.#value.hi = high;
    return into.set(this.#bytes, 0, writeInt64(this.#value, this.#bytes, 0));
  }
}

/**
 * Points a view at a string's bytes.
 *
 * @param digits Where the digits go if the value is an integer.
 * @returns `into`, borrowed until the next write to the store or use of `digits`.
 */
export function stringView(
  entries: Entries,
  ref: Ref,
  into: ByteView,
  digits: IntegerText,
): ByteView {
  const header = entries.headerOf(ref);
  if (((header >>> 24) & VALUE_WORD) === 0) {
    const keyEnd = ((ref & GRANULE_MASK) << 3) + (header & 0xff) + entries.keyBytesOf(ref);
    const bytes = entries.arena.pages[ref >>> PAGE_SHIFT];
    return into.set(bytes, keyEnd, keyEnd + entries.inlineBytesOf(ref));
  }
  const low = entries.valueBlockOf(ref), high = entries.valueCountOf(ref);
  if (encodingOfHeader(header) === ENCODING_INT) return digits.view(low, high, into);
  const start = entries.arena.offsetOf(low);
  return into.set(entries.arena.bytesOf(low), start, start + high);
}

/** Length of a string in bytes; of an integer, its digits. */
export function stringBytesOf(entries: Entries, ref: Ref): number {
  const header = entries.headerOf(ref);
  if (((header >>> 24) & VALUE_WORD) === 0) return entries.inlineBytesOf(ref);
  if (encodingOfHeader(header) !== ENCODING_INT) return entries.valueCountOf(ref);
  return stringView(entries, ref, SCRATCH_VIEW, SCRATCH_DIGITS).byteCount;
}

/**
 * Reads a string as a 64-bit integer, whatever its encoding.
 *
 * @returns Whether it is one, written as Redis writes it.
 */
export function readStringInteger(entries: Entries, ref: Ref, into: Int64): boolean {
  if (entries.encodingOf(ref) === ENCODING_INT) {
    into.lo = entries.valueBlockOf(ref);
    into.hi = entries.valueCountOf(ref);
    return true;
  }
  const view = stringView(entries, ref, SCRATCH_VIEW, SCRATCH_DIGITS);
  return parseInt64(view.bytes, view.start, view.end, into);
}

const SCRATCH_VIEW = new ByteView();
const SCRATCH_DIGITS = new IntegerText();
