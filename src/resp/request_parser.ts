/**
 * Request parser: bytes as they come, split anywhere, to requests.
 *
 * Synchronous and resumable: it reads what is there and says whether a request is complete. A
 * request that lies whole in the buffer, which is nearly each one, is parsed in one go into `Args`
 * that all connections share. One that breaks off keeps its own until the rest comes, so no
 * byte is looked at twice and a request of a million arguments takes linear time.
 *
 *   multi-bulk   * count CR LF ( $ byte count CR LF bytes CR LF ) x count
 *   inline       words with quotes, LF
 *
 * Behaviour: Redis 7.0 networking.c, whose rules it shares: a line's number is looked for up to the
 * next CR; what stands where LF or the CR LF behind an argument should be is not looked at.
 *
 * @module
 */

import { bytesOfText, textOfBytes } from "../base/byte_view.ts";
import { Int64, parseInt64 } from "../base/int64.ts";
import { splitWords } from "../base/quoting.ts";
import { ProtocolError } from "../errors/redis_error.ts";
import { Args } from "./args.ts";
import { ASTERISK, CR, DOLLAR, LF } from "./sign.ts";

/** What a look at the buffer found. */
export const INCOMPLETE = 0;
/** A request is complete. */
export const REQUEST = 1;
/** Something that is no command and gets no reply: an empty line, `*0`. */
export const NOTHING = 2;

/** Longest inline request, and longest line with a number. */
const LINE_BYTES_MAX = 64 * 1024;
const ARGUMENT_COUNT_MAX = 2 ** 31 - 1;
/** What a client may send before it has authenticated. */
const UNAUTHENTICATED_ARGUMENT_COUNT_MAX = 10;
const UNAUTHENTICATED_BULK_BYTES_MAX = 16_384;

const ZERO = 48;

/** Limits of all parsers of a server. */
export interface RequestLimits {
  /** Longest argument in bytes: `proto-max-bulk-len`. */
  bulkBytesMax: number;
}

/** Takes one connection's bytes apart. */
export class RequestParser {
  /** The request that `parse` completed; borrowed until the next call. */
  args!: Args;
  /** Index in the buffer behind the request that `parse` completed. */
  end = 0;
  /** Whether the client has authenticated, or need not. */
  isTrusted = true;

  readonly #limits: RequestLimits;
  /** Arguments still to come; -1 before the count is read. */
  #missingCount = -1;
  /** Length of the argument that is being read; -1 before it is known. */
  #bulkBytes = -1;
  /** How far into the request it is read. */
  #offset = 0;
  readonly #integer = new Int64();

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /** Whether a request has begun and is not complete. */
  get isInRequest(): boolean {
    return this.#missingCount >= 0;
  }

  /** Bytes of the request in progress that are read already. */
  get parsedBytes(): number {
    return this.#missingCount < 0 ? 0 : this.#offset;
  }

  /**
   * How many bytes the request in progress needs from its beginning, as far as known: at least
   * this much buffer is worth having.
   */
  get neededBytes(): number {
    return this.#bulkBytes < 0 ? 0 : this.#offset + this.#bulkBytes + 2;
  }

  /**
   * Reads one request from `bytes[from, to)`.
   *
   * @param from Where the request begins; the same request when the last call was incomplete, even
   *   if the bytes have been moved.
   * @param into Where a request that lies whole in the buffer is put; not kept when `INCOMPLETE`.
   * @returns `REQUEST` or `NOTHING`, with `end` set, or `INCOMPLETE`.
   * @throws {ProtocolError} When the framing is broken; the connection can't be used any more.
   */
  parse(bytes: Uint8Array, from: number, to: number, into: Args): number {
    if (this.#missingCount < 0) {
      if (from >= to) return INCOMPLETE;
      if (bytes[from] !== ASTERISK) return this.#parseInline(bytes, from, to);
      this.args = into;
      into.clear();
      const begun = this.#parseCount(bytes, from, to);
      if (begun !== REQUEST) return begun;
    }
    const args = this.args;
    if (args.bytes !== bytes) args.bytes = bytes;
    args.base = from;
    let at = from + this.#offset;
    while (this.#missingCount > 0) {
      let bulkBytes = this.#bulkBytes;
      if (bulkBytes < 0) {
        // The usual line: a dollar sign, one digit or two, CR LF.
        let digits = at + 1;
        let value = 0;
        while (digits < to && digits < at + 10) {
          const digit = bytes[digits] - ZERO;
          if (digit < 0 || digit > 9) break;
          value = value * 10 + digit;
          digits++;
        }
        if (
          digits + 1 < to && digits > at + 1 && bytes[digits] === CR && bytes[at] === DOLLAR &&
          (bytes[at + 1] !== ZERO || digits === at + 2) &&
          value <= UNAUTHENTICATED_BULK_BYTES_MAX &&
          value <= this.#limits.bulkBytesMax
        ) {
          bulkBytes = value;
          at = digits + 2;
        } else {
          bulkBytes = this.#parseBulkLength(bytes, at, to);
          if (bulkBytes < 0) return this.#pause(at - from, into);
          at = from + this.#offset;
        }
      }
      if (to - at < bulkBytes + 2) {
        this.#bulkBytes = bulkBytes;
        return this.#pause(at - from, into);
      }
      args.push(at - from, at - from + bulkBytes);
      at += bulkBytes + 2;
      this.#bulkBytes = -1;
      this.#missingCount--;
    }
    this.#missingCount = -1;
    this.#offset = 0;
    this.end = at;
    return REQUEST;
  }

  /** Forgets the request in progress; it will be read again from its beginning. */
  reset(): void {
    this.#missingCount = -1;
    this.#bulkBytes = -1;
    this.#offset = 0;
  }

  /** Notes where to go on, with arguments that no other connection will overwrite. */
  #pause(offset: number, into: Args): number {
    this.#offset = offset;
    if (this.args === into) this.args = into.clone();
    return INCOMPLETE;
  }

  #parseCount(bytes: Uint8Array, from: number, to: number): number {
    // The usual line: an asterisk, one digit, CR LF.
    const digit = bytes[from + 1] - ZERO;
    if (digit > 0 && digit <= 9 && from + 4 <= to && bytes[from + 2] === CR) {
      this.#missingCount = digit;
      this.#bulkBytes = -1;
      this.#offset = 4;
      return REQUEST;
    }
    const lineEnd = lineEndOf(bytes, from, to);
    if (lineEnd < 0) {
      if (to - from > LINE_BYTES_MAX) throw new ProtocolError("too big mbulk count string");
      return INCOMPLETE;
    }
    if (lineEnd > to - 2) return INCOMPLETE;
    const isInteger = parseInt64(bytes, from + 1, lineEnd, this.#integer);
    const count = this.#integer.toNumber();
    if (!isInteger || count > ARGUMENT_COUNT_MAX) {
      throw new ProtocolError("invalid multibulk length");
    }
    if (!this.isTrusted && count > UNAUTHENTICATED_ARGUMENT_COUNT_MAX) {
      throw new ProtocolError("unauthenticated multibulk length");
    }
    this.end = lineEnd + 2;
    if (count <= 0) return NOTHING;
    this.#missingCount = count;
    this.#bulkBytes = -1;
    this.#offset = lineEnd + 2 - from;
    return REQUEST;
  }

  /** Reads a line `$n` that is not of the usual form; -1 if it is not all there. */
  #parseBulkLength(bytes: Uint8Array, at: number, to: number): number {
    const lineEnd = lineEndOf(bytes, at, to);
    if (lineEnd < 0) {
      if (to - at > LINE_BYTES_MAX) throw new ProtocolError("too big bulk count string");
      return -1;
    }
    if (lineEnd > to - 2) return -1;
    if (bytes[at] !== DOLLAR) {
      throw new ProtocolError(`expected '$', got '${String.fromCharCode(bytes[at])}'`);
    }
    const isInteger = parseInt64(bytes, at + 1, lineEnd, this.#integer);
    const bulkBytes = this.#integer.toNumber();
    if (!isInteger || bulkBytes < 0 || bulkBytes > this.#limits.bulkBytesMax) {
      throw new ProtocolError("invalid bulk length");
    }
    if (!this.isTrusted && bulkBytes > UNAUTHENTICATED_BULK_BYTES_MAX) {
      throw new ProtocolError("unauthenticated bulk length");
    }
    this.#offset = lineEnd + 2 - this.args.base;
    return bulkBytes;
  }

  #parseInline(bytes: Uint8Array, from: number, to: number): number {
    const lineEnd = byteIndexOf(bytes, from, to, LF);
    if (lineEnd < 0) {
      if (to - from > LINE_BYTES_MAX) throw new ProtocolError("too big inline request");
      return INCOMPLETE;
    }
    const textEnd = lineEnd > from && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    const words = splitWords(textOfBytes(bytes, from, textEnd));
    if (words === undefined) throw new ProtocolError("unbalanced quotes in request");
    this.end = lineEnd + 1;
    if (words.length === 0) return NOTHING;
    this.args = Args.of(...words.map(bytesOfText));
    return REQUEST;
  }
}

/** Index of the next CR, -1 if there is none. */
function lineEndOf(bytes: Uint8Array, from: number, to: number): number {
  return byteIndexOf(bytes, from, to, CR);
}

/** Index of a byte in the text that begins at `from`; text ends at a zero byte. */
function byteIndexOf(bytes: Uint8Array, from: number, to: number, wanted: number): number {
  for (let index = from; index < to; index++) {
    const byte = bytes[index];
    if (byte === wanted) return index;
    if (byte === 0) return -1;
  }
  return -1;
}
