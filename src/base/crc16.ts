/**
 * CRC16: the checksum that decides which of the 16,384 cluster slots a key belongs to.
 *
 * Every Redis client and server computes it, so it is not a choice: CRC-16/XMODEM, polynomial
 * 0x1021, start 0, nothing reflected, nothing inverted ("123456789" gives 0x31c3), and the lower 14
 * bits are the slot. One table look-up a byte.
 *
 * A *hash tag* lets keys share a slot: of `{user7}.name` and `{user7}.mail`, only `user7` counts.
 * The tag is what stands between the first `{` and the first `}` behind it; if that is nothing, or
 * there is no such pair, the whole key counts.
 *
 * Specified in: Redis cluster specification, "Key distribution model" and "Hash tags".
 *
 * @module
 */
import type { ByteView } from "./byte_view.ts";

/** Number of slots of a cluster; slots count from 0. */
export const SLOT_COUNT = 16_384;

const POLYNOMIAL = 0x1021;
const OPEN_TAG = 123;
const CLOSE_TAG = 125;

/** What each value of the upper byte does to the checksum. */
const TABLE = buildTable();

/**
 * CRC-16/XMODEM of `bytes[start, end)`.
 *
 * @param bytes borrowed
 * @returns a number below 65,536
 */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let at = start; at < end; at++) {
    crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >>> 8) ^ bytes[at]];
  }
  return crc;
}

/**
 * The cluster slot of a key.
 *
 * @param key borrowed
 * @returns slot index below `SLOT_COUNT`
 */
export function slotOf(key: ByteView): number {
  const bytes = key.bytes, end = key.end;
  const open = indexOfByte(bytes, OPEN_TAG, key.start, end);
  const close = indexOfByte(bytes, CLOSE_TAG, open + 1, end);
  const isTagged = close < end && close > open + 1;
  const crc = isTagged ? crc16(bytes, open + 1, close) : crc16(bytes, key.start, end);
  return crc & (SLOT_COUNT - 1);
}

/** The index of the first such byte in `bytes[start, end)`, or `end`. */
function indexOfByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  // Not `Uint8Array.indexOf`: that would search on behind `end`, through the rest of the buffer.
  while (start < end && bytes[start] !== byte) start++;
  return Math.min(start, end);
}

function buildTable(): Uint16Array {
  const table = new Uint16Array(256);
  for (let byte = 0; byte < table.length; byte++) {
    let crc = byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc << 1) ^ ((crc & 0x8000) !== 0 ? POLYNOMIAL : 0);
    }
    table[byte] = crc;
  }
  return table;
}
