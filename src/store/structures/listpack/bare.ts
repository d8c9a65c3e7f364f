/**
 * Bare listpacks: what they lack, added for whoever wants Redis' bytes.
 *
 * @module
 */

import { writeInt32 } from "../../../base/int32.ts";
import {
  backLengthBytes,
  encodedBytesAt,
  END_BYTE,
  LISTPACK_HEADER_BYTES,
  writeBackLength,
} from "./element.ts";

/**
 * The listpack that a bare one stands for, with back lengths.
 *
 * @param bytes The bare listpack is `bytes[start, end)`.
 * @returns An array of its own.
 */
export function wholeListpack(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const first = start + LISTPACK_HEADER_BYTES;
  let addedBytes = 0;
  for (let at = first; bytes[at] !== END_BYTE;) {
    const encodedBytes = encodedBytesAt(bytes, at);
    addedBytes += backLengthBytes(encodedBytes);
    at += encodedBytes;
  }
  const whole = new Uint8Array(end - start + addedBytes);
  whole.set(bytes.subarray(start, first));
  writeInt32(whole, 0, whole.length);
  let to = LISTPACK_HEADER_BYTES;
  for (let at = first; bytes[at] !== END_BYTE;) {
    const encodedBytes = encodedBytesAt(bytes, at);
    for (let copied = 0; copied < encodedBytes; copied++) whole[to++] = bytes[at++];
    writeBackLength(whole, to, encodedBytes);
    to += backLengthBytes(encodedBytes);
  }
  whole[to] = END_BYTE;
  return whole;
}

/**
 * Makes a whole listpack bare.
 *
 * @param source The listpack is `source[start, end)`, and sound.
 * @param target Gets it from `at` on.
 * @returns Its bytes.
 */
export function writeBareListpack(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  let to = at + LISTPACK_HEADER_BYTES;
  target[at + 4] = source[start + 4];
  target[at + 5] = source[start + 5];
  for (let from = start + LISTPACK_HEADER_BYTES; from < end - 1;) {
    const encodedBytes = encodedBytesAt(source, from);
    for (const stop = from + encodedBytes; from < stop;) target[to++] = source[from++];
    from += backLengthBytes(encodedBytes);
  }
  target[to++] = END_BYTE;
  writeInt32(target, at, to - at);
  return to - at;
}
