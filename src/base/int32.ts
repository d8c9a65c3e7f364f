/**
 * Int32: 32-bit integers in bytes, the lowest byte first, at any place.
 *
 * By hand and not by a `DataView`: that would be one more object for each array, and engines make of this
 * a few instructions.
 *
 * @module
 */

/** The integer in the four bytes from `at` on, signed. */
export function readInt32(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** The same, unsigned. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at) >>> 0;
}

/** Writes one there; of larger numbers the lowest 32 bits. */
export function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}
