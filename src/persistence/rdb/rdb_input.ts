/**
 * RDB input: a file or payload that is read, primitive by primitive.
 *
 * Whatever the bytes say, nothing is read beyond their end, and nothing is allocated that they could
 * not fill: who reads a count of elements must be able to trust that the loop ends.
 *
 * Always true: `at` is from `start` to `end`. A view that was read is good until the next string but one.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { Int64, INT64_TEXT_BYTES_MAX, writeInteger } from "../../base/int64.ts";
import { LzfRoom } from "../../base/lzf.ts";
import type { StreamId } from "../../base/stream_id.ts";
import { RdbError, ShortRdbError } from "./rdb_error.ts";
import {
  ENCODED_INT16,
  ENCODED_INT32,
  ENCODED_INT8,
  ENCODED_LZF,
  LENGTH_14_BITS,
  LENGTH_32_BITS,
  LENGTH_64_BITS,
  LENGTH_6_BITS,
  LENGTH_ENCODED,
} from "./rdb_format.ts";

const TWO_TO_32 = 2 ** 32;
const TWO_TO_53 = 2 ** 53;
/** LZF makes no more than this of one byte: what is said to be larger is a lie. */
const LZF_FACTOR_MAX = 264;
/** Compressed strings up to this size get no room of their own. */
const KEPT_STRING_BYTES_MAX = 65_536;

/** A position in bytes that are all here, or not yet. */
export class RdbInput {
  bytes: Uint8Array;
  /** Where the next primitive begins. */
  at: number;
  /** Where the bytes that are here end. */
  end: number;
  /** Strings that were read as they are, so that views lie in `bytes`. */
  protected rawStringCount = 0;
  /** What to add to a position in `bytes` to have the offset in the file or payload. */
  protected base: number;
  readonly #digits = [new Uint8Array(INT64_TEXT_BYTES_MAX), new Uint8Array(INT64_TEXT_BYTES_MAX)];
  #integerCount = 0;
  readonly #rooms: LzfRoom[] = [];
  #compressedCount = 0;
  readonly #size = new Int64();
  readonly #numbers = new DataView(new ArrayBuffer(8));

  /** Reads `bytes[start, end)`, which are borrowed. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.base = -start;
  }

  /** Goes to other bytes, `bytes[start, end)`, which are borrowed; returns itself. */
  open(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.base = -start;
    return this;
  }

  /** Bytes read so far, from the start of the file or payload. */
  get offset(): number {
    return this.base + this.at;
  }

  /** Refuses the bytes. @throws {RdbError} Always. */
  fail(reason: string): never {
    throw new RdbError(reason, this.offset);
  }

  /** One byte. */
  byte(): number {
    this.#need(1);
    return this.bytes[this.at++];
  }

  /** A length; one that counts something, so it can't be beyond 2^53. */
  size(): number {
    const { hi, lo } = this.size64(this.#size);
    const value = (hi >>> 0) * TWO_TO_32 + (lo >>> 0);
    if (value >= TWO_TO_53) this.fail("A length is beyond reason");
    return value;
  }

  /** A length of up to 64 bits. What would say how a string is encoded is a small number, as in Redis. */
  size64(into: Int64): Int64 {
    const first = this.byte();
    into.hi = 0;
    switch (first >>> 6) {
      case LENGTH_ENCODED:
        into.lo = first & 0x3f;
        return into;
      case LENGTH_6_BITS:
        into.lo = first;
        return into;
      case LENGTH_14_BITS:
        into.lo = ((first & 0x3f) << 8) | this.byte();
        return into;
    }
    if (first !== LENGTH_32_BITS && first !== LENGTH_64_BITS) {
      this.at--;
      this.fail("A length has an unknown form");
    }
    if (first === LENGTH_64_BITS) into.hi = this.#bigEndian();
    into.lo = this.#bigEndian();
    return into;
  }

  /** A number of 64 bits, lowest byte first. */
  long(into: Int64): Int64 {
    this.#need(8);
    into.lo = this.#littleEndian(4);
    into.hi = this.#littleEndian(4);
    return into;
  }

  /** A number of 32 bits, lowest byte first. */
  int32(): number {
    this.#need(4);
    return this.#littleEndian(4);
  }

  /** A double. */
  double(): number {
    this.#need(8);
    this.#numbers.setInt32(0, this.#littleEndian(4), true);
    this.#numbers.setInt32(4, this.#littleEndian(4), true);
    return this.#numbers.getFloat64(0, true);
  }

  /** The sixteen bytes of an ID as they are. */
  streamId(into: StreamId): StreamId {
    return into.setWords(
      this.#bigEndian(),
      this.#bigEndian(),
      this.#bigEndian(),
      this.#bigEndian(),
    );
  }

  /** Bytes as they are; borrowed. */
  raw(byteCount: number, into: ByteView): ByteView {
    this.#need(byteCount);
    into.set(this.bytes, this.at, this.at + byteCount);
    this.at += byteCount;
    this.rawStringCount++;
    return into;
  }

  /** A string in any form; borrowed. */
  string(into: ByteView): ByteView {
    this.#need(1);
    switch (this.bytes[this.at] ^ 0xc0) {
      case ENCODED_INT8:
        return this.#integer(1, into);
      case ENCODED_INT16:
        return this.#integer(2, into);
      case ENCODED_INT32:
        return this.#integer(4, into);
      case ENCODED_LZF:
        return this.#compressed(into);
    }
    if (this.bytes[this.at] >>> 6 === LENGTH_ENCODED) this.fail("A string has an unknown encoding");
    return this.raw(this.size(), into);
  }

  #integer(byteCount: number, into: ByteView): ByteView {
    this.at++;
    this.#need(byteCount);
    const value = this.#littleEndian(byteCount) << (32 - 8 * byteCount) >> (32 - 8 * byteCount);
    const digits = this.#digits[this.#integerCount++ & 1];
    return into.set(digits, 0, writeInteger(value, digits, 0));
  }

  #compressed(into: ByteView): ByteView {
    this.at++;
    const compressedBytes = this.size(), byteCount = this.size();
    this.#need(compressedBytes);
    if (byteCount > compressedBytes * LZF_FACTOR_MAX) this.fail("A compressed string is damaged");
    const room = this.#roomFor(byteCount), at = this.at, end = at + compressedBytes;
    // As in Redis, whatever is said to become nothing does.
    if (byteCount > 0 && !room.decompress(this.bytes, at, end, byteCount)) {
      this.fail("A compressed string is damaged");
    }
    this.at = end;
    return into.set(room.bytes, 0, byteCount);
  }

  /** Room for a string of so many bytes; not that of the string before. */
  #roomFor(byteCount: number): LzfRoom {
    if (byteCount > KEPT_STRING_BYTES_MAX) return new LzfRoom(byteCount);
    const index = this.#compressedCount++ & 1, room = this.#rooms[index];
    if (room !== undefined && byteCount <= room.byteCount) return room;
    return this.#rooms[index] = new LzfRoom(Math.max(byteCount, 2 * (room?.byteCount ?? 0)));
  }

  #bigEndian(): number {
    this.#need(4);
    const { bytes, at } = this;
    this.at += 4;
    return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }

  #littleEndian(byteCount: number): number {
    let value = 0;
    for (let index = 0; index < byteCount; index++) value |= this.bytes[this.at++] << (8 * index);
    return value;
  }

  #need(byteCount: number): void {
    if (byteCount > this.end - this.at) this.refill(byteCount);
  }

  /**
   * Has so many bytes from `at` on, of which some are not here. Views on those before stay good.
   *
   * @throws {RdbError} When there are not so many.
   */
  protected refill(_byteCount: number): void {
    throw new ShortRdbError("Bytes are missing", this.offset);
  }
}
