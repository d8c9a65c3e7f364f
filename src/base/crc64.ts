/**
 * CRC64: the checksum at the end of RDB files and DUMP payloads.
 *
 * CRC-64 with the polynomial of Jones, 0xad93d23594c935a9, reflected, start 0, nothing inverted:
 * "123456789" gives 0xe9c6d914c4b8d9ca. The register is two 32-bit halves, since BigInt would cost an
 * object a byte. Eight bytes go in at a time (*slicing*): table k says what a byte does to the
 * register when k more bytes follow it, and the eight answers are joined by exclusive or.
 *
 * Cost: about 1 ns a byte; 16 tables of 1 KiB.
 *
 * @module
 */

/** The polynomial's halves, bits reversed. */
const POLYNOMIAL_HIGH = 0x95ac9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;
const SLICE_BYTES = 8;
const TABLE_LENGTH = 256;

/** Halves of what a byte does when so many more follow: index `slice * 256 + byte`. */
const TABLE_LOW = new Int32Array(SLICE_BYTES * TABLE_LENGTH);
const TABLE_HIGH = new Int32Array(SLICE_BYTES * TABLE_LENGTH);
fillTables();

/** A register that bytes are fed into. */
export class Crc64 {
  /** Lower half, as a signed 32-bit integer. */
  low = 0;
  /** Upper half. */
  high = 0;

  /** Starts anew; returns itself. */
  reset(): this {
    this.low = 0;
    this.high = 0;
    return this;
  }

  /** Feeds `bytes[start, end)`; returns itself. */
  update(bytes: Uint8Array, start: number, end: number): this {
    const tableLow = TABLE_LOW, tableHigh = TABLE_HIGH;
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let low = this.low, high = this.high, at = start;
    for (; at + SLICE_BYTES <= end; at += SLICE_BYTES) {
      low ^= words.getInt32(at, true);
      high ^= words.getInt32(at + 4, true);
      const i0 = 0x700 | (low & 0xff), i1 = 0x600 | ((low >>> 8) & 0xff);
      const i2 = 0x500 | ((low >>> 16) & 0xff), i3 = 0x400 | (low >>> 24);
      const i4 = 0x300 | (high & 0xff), i5 = 0x200 | ((high >>> 8) & 0xff);
      const i6 = 0x100 | ((high >>> 16) & 0xff), i7 = high >>> 24;
      low = tableLow[i0] ^ tableLow[i1] ^ tableLow[i2] ^ tableLow[i3] ^
        tableLow[i4] ^ tableLow[i5] ^ tableLow[i6] ^ tableLow[i7];
      high = tableHigh[i0] ^ tableHigh[i1] ^ tableHigh[i2] ^ tableHigh[i3] ^
        tableHigh[i4] ^ tableHigh[i5] ^ tableHigh[i6] ^ tableHigh[i7];
    }
    for (; at < end; at++) {
      const index = (low ^ bytes[at]) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ tableLow[index];
      high = (high >>> 8) ^ tableHigh[index];
    }
    this.low = low;
    this.high = high;
    return this;
  }
}

function fillTables(): void {
  for (let byte = 0; byte < TABLE_LENGTH; byte++) {
    let low = byte, high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) !== 0;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOdd) {
        low ^= POLYNOMIAL_LOW;
        high ^= POLYNOMIAL_HIGH;
      }
    }
    TABLE_LOW[byte] = low;
    TABLE_HIGH[byte] = high;
  }
  for (let index = TABLE_LENGTH; index < SLICE_BYTES * TABLE_LENGTH; index++) {
    const low = TABLE_LOW[index - TABLE_LENGTH], high = TABLE_HIGH[index - TABLE_LENGTH];
    TABLE_LOW[index] = ((low >>> 8) | (high << 24)) ^ TABLE_LOW[low & 0xff];
    TABLE_HIGH[index] = (high >>> 8) ^ TABLE_HIGH[low & 0xff];
  }
}
