/**
 * DUMP payloads made by hand: a form and a value with version and checksum behind.
 *
 * @module
 */

import { Crc64 } from "../../src/base/crc64.ts";

const VERSION_BYTES = 2;
const CHECKSUM_BYTES = 8;

/** Bytes behind form and value. */
export const PAYLOAD_FOOTER_BYTES = VERSION_BYTES + CHECKSUM_BYTES;

/**
 * A payload that RESTORE looks into, as its version and checksum are right.
 *
 * @param content Form and value, sound or not.
 */
export function payloadOf(content: Uint8Array): Uint8Array {
  const payload = new Uint8Array(content.length + PAYLOAD_FOOTER_BYTES);
  const view = new DataView(payload.buffer), checksumAt = content.length + VERSION_BYTES;
  payload.set(content);
  view.setUint16(content.length, 9, true);
  const { low, high } = new Crc64().update(payload, 0, checksumAt);
  view.setInt32(checksumAt, low, true);
  view.setInt32(checksumAt + 4, high, true);
  return payload;
}
