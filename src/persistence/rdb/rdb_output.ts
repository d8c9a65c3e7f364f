/**
 * RDB output: bytes of a file or payload that is being written.
 *
 * One growing array with a verb for each primitive of the format. Whoever writes a large file takes
 * the bytes out now and then and begins anew.
 *
 *   length   00nnnnnn | 01nnnnnn nnnnnnnn | 0x80 u32 | 0x81 u64      highest byte first
 *   string   length, bytes | 11000000 i8 | 11000001 i16 | 11000010 i32      lowest byte first
 *            11000011 length of the compressed, length, compressed bytes
 *
 * Specified in: Redis 7.0 rdb.c.
 *
 * @module
 */

import { type ByteView, copyBytes } from "../../base/byte_view.ts";
import { Crc64 } from "../../base/crc64.ts";
import { Int64, parseInt64 } from "../../base/int64.ts";
import { compressLzf } from "../../base/lzf.ts";
import type { StreamId } from "../../base/stream_id.ts";
import { PieceCompressor } from "./piece_compressor.ts";
import {
  ENCODED_INT16,
  ENCODED_INT32,
  ENCODED_INT8,
  ENCODED_LZF,
  LENGTH_14_BITS,
  LENGTH_32_BITS,
  LENGTH_64_BITS,
  LENGTH_ENCODED,
} from "./rdb_format.ts";

const FIRST_ROOM_BYTES = 64 * 1024;
/** Larger arrays are given away and not kept for what comes. */
const KEPT_BYTES_MAX = 1024 * 1024;
const TWO_TO_32 = 2 ** 32;
/** Longest text of a 32-bit integer. */
const INTEGER_BYTES_MAX = 11;
/** Shorter strings are not worth compressing. */
const COMPRESSED_BYTES_MIN = 21;
/** After so many bytes the checksum keeps up: later it would be a stall, once its code is not compiled. */
const SUMMED_BYTES = 8192;
/** A compressed string must be shorter by so much. */
const COMPRESSION_GAIN_MIN = 4;
/** Most bytes before the bytes of a string: the kind and two lengths. */
const STRING_HEADER_BYTES_MAX = 19;

/** A growing row of bytes. */
export class RdbOutput {
  /** The array; the first `length` bytes are written. */
  bytes = new Uint8Array(FIRST_ROOM_BYTES);
  /** Bytes written. */
  length = 0;
  /** Whether long strings are compressed (`rdbcompression`). */
  isCompressing = true;
  /** Whether a checksum runs along. */
  isChecksummed = false;

  readonly #crc = new Crc64();
  /** Bytes, of those that are here, that are in the checksum. */
  #summedBytes = 0;
  readonly #integer = new Int64();
  readonly #numbers = new DataView(new ArrayBuffer(8));

  /** Forgets what was written. */
  clear(): void {
    this.length = 0;
    this.#summedBytes = 0;
    this.#crc.reset();
  }

  /** Takes the bytes out, owned by the caller, and goes on without them. */
  take(): Uint8Array<ArrayBuffer> {
    if (this.isChecksummed) this.#sum();
    const { bytes, length } = this;
    this.length = 0;
    this.#summedBytes = 0;
    if (length <= KEPT_BYTES_MAX) return bytes.slice(0, length);
    this.bytes = new Uint8Array(FIRST_ROOM_BYTES);
    return bytes.subarray(0, length);
  }

  /** Writes the checksum of all bytes since `clear`, taken ones included; 0 when none runs along. */
  checksum(): void {
    if (this.isChecksummed) this.#sum();
    this.long(this.#crc.high, this.#crc.low);
  }

  #sum(): void {
    this.#crc.update(this.bytes, this.#summedBytes, this.length);
    this.#summedBytes = this.length;
  }

  /** One byte. */
  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  /** A length. @param value A safe integer, not negative. */
  size(value: number): void {
    this.#reserve(9);
    if (value < 1 << 6) {
      this.bytes[this.length++] = value;
    } else if (value < 1 << 14) {
      this.bytes[this.length++] = (LENGTH_14_BITS << 6) | (value >>> 8);
      this.bytes[this.length++] = value & 0xff;
    } else if (value < TWO_TO_32) {
      this.bytes[this.length++] = LENGTH_32_BITS;
      this.#bigEndian(value);
    } else {
      this.size64(Math.floor(value / TWO_TO_32), value | 0);
    }
  }

  /** A length of 64 bits, by its halves, in its shortest form. */
  size64(high: number, low: number): void {
    if (high === 0) return this.size(low >>> 0);
    this.#reserve(9);
    this.bytes[this.length++] = LENGTH_64_BITS;
    this.#bigEndian(high);
    this.#bigEndian(low);
  }

  /** A number of 32 bits, lowest byte first. */
  word(value: number): void {
    this.#reserve(4);
    this.#littleEndian(value, 4);
  }

  /** A number of 64 bits by its halves, lowest byte first. */
  long(high: number, low: number): void {
    this.word(low);
    this.word(high);
  }

  /** A double. */
  double(value: number): void {
    this.#numbers.setFloat64(0, value, true);
    this.long(this.#numbers.getInt32(4, true), this.#numbers.getInt32(0, true));
  }

  /** A string, as an integer or compressed where that is possible. */
  string(view: ByteView): void {
    this.stringBytes(view.bytes, view.start, view.end);
  }

  /** The same for `source[start, end)`. */
  stringBytes(source: Uint8Array, start: number, end: number): void {
    const byteCount = end - start;
    if (this.length - this.#summedBytes >= SUMMED_BYTES && this.isChecksummed) this.#sum();
    if (byteCount <= INTEGER_BYTES_MAX && parseInt64(source, start, end, this.#integer)) {
      const { lo, hi } = this.#integer;
      if (hi === lo >> 31) return this.integer(lo);
    }
    if (this.isCompressing && byteCount >= COMPRESSED_BYTES_MIN) {
      if (this.#compressed(source, start, end)) return;
    }
    this.size(byteCount);
    this.raw(source, start, end);
  }

  /** A string that spells an integer of 32 bits. */
  integer(value: number): void {
    this.#reserve(5);
    const isByte = value === (value << 24) >> 24, isShort = value === (value << 16) >> 16;
    const kind = isByte ? ENCODED_INT8 : isShort ? ENCODED_INT16 : ENCODED_INT32;
    this.bytes[this.length++] = (LENGTH_ENCODED << 6) | kind;
    this.#littleEndian(value, isByte ? 1 : isShort ? 2 : 4);
  }

  /** Begins to compress a string piece by piece; `undefined` when it is not to be compressed. */
  beginCompressed(byteCount: number): PieceCompressor | undefined {
    if (!this.isCompressing) return undefined;
    return new PieceCompressor(byteCount - COMPRESSION_GAIN_MIN);
  }

  /** What stands before the bytes of a compressed string. @param byteCount What they decompress to. */
  compressedHeader(compressedBytes: number, byteCount: number): void {
    this.byte((LENGTH_ENCODED << 6) | ENCODED_LZF);
    this.size(compressedBytes);
    this.size(byteCount);
  }

  /** The sixteen bytes of an ID, highest first. */
  streamId(id: StreamId): void {
    this.#reserve(16);
    this.#bigEndian(id.msHigh);
    this.#bigEndian(id.msLow);
    this.#bigEndian(id.sequenceHigh);
    this.#bigEndian(id.sequenceLow);
  }

  /** Bytes as they are. */
  raw(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    copyBytes(source, start, end, this.bytes, this.length);
    this.length += end - start;
  }

  /** Writes a string compressed; returns whether that was worth it, else nothing was written. */
  #compressed(source: Uint8Array, start: number, end: number): boolean {
    const byteCount = end - start, roomBytes = byteCount - COMPRESSION_GAIN_MIN;
    this.#reserve(STRING_HEADER_BYTES_MAX + roomBytes);
    // Guide: the length of what comes out stands before it; so it is compressed a little further on.
    const begin = this.length, at = begin + STRING_HEADER_BYTES_MAX;
    const compressedEnd = compressLzf(source, start, end, this.bytes, at, at + roomBytes);
    if (compressedEnd === 0) return false;
    this.compressedHeader(compressedEnd - at, byteCount);
    this.bytes.copyWithin(this.length, at, compressedEnd);
    this.length += compressedEnd - at;
    return true;
  }

  #bigEndian(value: number): void {
    this.bytes[this.length++] = value >>> 24;
    this.bytes[this.length++] = value >>> 16;
    this.bytes[this.length++] = value >>> 8;
    this.bytes[this.length++] = value;
  }

  #littleEndian(value: number, byteCount: number): void {
    for (let index = 0; index < byteCount; index++) {
      this.bytes[this.length++] = value >>> (8 * index);
    }
  }

  #reserve(byteCount: number): void {
    if (this.length + byteCount <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + byteCount));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
