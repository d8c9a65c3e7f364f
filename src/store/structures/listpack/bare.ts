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

/** Most bytes of an element whose back length is one byte. */
const SHORT_ELEMENT_BYTES_MAX = 127;

/**
 * Writes the listpack that a bare one stands for, with back lengths.
 *
 * @param bytes The bare listpack is `bytes[start, end)`.
 * @param target Gets it from its start on; twice as many bytes are room enough.
 * @returns Its bytes.
 */
export function writeWholeListpack(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
): number {
  target[4] = bytes[start + 4];
  target[5] = bytes[start + 5];
  let to = LISTPACK_HEADER_BYTES;
  for (let at = start + LISTPACK_HEADER_BYTES; at < end - 1;) {
    const encodedBytes = encodedBytesAt(bytes, at);
    for (const stop = at + encodedBytes; at < stop;) target[to++] = bytes[at++];
    if (encodedBytes <= SHORT_ELEMENT_BYTES_MAX) {
      target[to++] = encodedBytes;
    } else {
      writeBackLength(target, to, encodedBytes);
      to += backLengthBytes(encodedBytes);
    }
  }
  target[to++] = END_BYTE;
  writeInt32(target, 0, to);
  return to;
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
