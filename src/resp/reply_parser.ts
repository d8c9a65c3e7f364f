/**
 * Reply parser: bytes as they come, split anywhere, to replies. The client's side of RESP.
 *
 * Synchronous and resumable. It swallows each chunk whole: elements that are complete are values
 * already, kept on a stack of the aggregates that are still open, and only a line or a string that
 * breaks off is kept as bytes. So no byte is looked at twice, a reply of a million elements takes
 * linear time however it is cut, and no depth of nesting can overflow the call stack.
 *
 *   line        + - : , ( # _     text CR LF
 *   blob        $ = !             byte count CR LF bytes CR LF
 *   aggregate   * ~ % > |         count CR LF elements
 *
 * It is strict, as a reply out of step must not be taken for the answer to another request: what
 * Redis never sends (a bare LF, a sign before a length, streamed strings and aggregates) is refused.
 * Attributes are read and dropped.
 *
 * Always true: an announced length or count takes no memory before the bytes are there.
 * Specification: RESP2, RESP3.
 *
 * @module
 */

import { textOfBytes } from "../base/byte_view.ts";
import { Int64, parseInt64 } from "../base/int64.ts";
import { errorWithText } from "../errors/catalogue.ts";
import type { BulkKind, ReplyValue } from "./reply_value.ts";
import {
  ASTERISK,
  BANG,
  BAR,
  COLON,
  COMMA,
  CR,
  DOLLAR,
  EQUALS,
  GREATER,
  HASH,
  LF,
  MINUS,
  PARENTHESIS,
  PERCENT,
  PLUS,
  TILDE,
  UNDERSCORE,
} from "./sign.ts";

/** Longest line: a status, an error, a number. */
const LINE_BYTES_MAX = 1024 * 1024;
/** A blob's announced length is believed up to this; beyond, its buffer doubles as bytes come. */
const TRUSTED_BYTES_MAX = 64 * 1024;
/** Most entries of a `Map` or `Set` of the engine. */
const HASHED_COUNT_MAX = 2 ** 24;
/** Most elements of an array of the engine. */
const ARRAY_COUNT_MAX = 2 ** 32 - 1;

/** Bytes of a verbatim string's format and the colon behind it. */
const VERBATIM_PREFIX_BYTES = 4;

const BIG_NUMBER = /^[+-]?[0-9]+$/;
const DOUBLE = /^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$/;
const NAMED_DOUBLES: ReadonlyMap<string, number> = new Map([
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["nan", NaN],
  ["-nan", NaN],
]);

const EMPTY_LINE = new Uint8Array(0);

// A byte order mark at the start of a value belongs to the value.
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** What a server may send. */
export interface ReplyLimits {
  /**
   * Longest string in bytes; Redis' own default for `proto-max-bulk-len`.
   *
   * @default 536_870_912
   */
  bulkBytesMax?: number;
  /**
   * Most aggregates within one another.
   *
   * @default 1024
   */
  depthMax?: number;
}

/** Takes what a parser read. */
export interface ReplyReceiver {
  /** How the bulk strings of the reply that begins are to be read; asked once for each. */
  readonly replyBulks: BulkKind;
  /** The same for a push message. */
  readonly pushBulks: BulkKind;
  /** A complete reply; an error is a `RedisError`. */
  reply(value: ReplyValue<Uint8Array>): void;
  /** A complete push message: its kind, then what belongs to it. */
  push(message: ReplyValue<Uint8Array>[]): void;
}

/** Bytes that are no reply: the connection can't be used any more. */
export class MalformedReplyError extends Error {
  /** @param reason What was read, and in place of what. */
  constructor(reason: string) {
    super(`Cannot read the server's reply: ${reason}`);
    this.name = "MalformedReplyError";
  }
}

/** An aggregate whose elements are still coming. */
interface OpenAggregate {
  readonly marker: number;
  readonly elements: ReplyValue<Uint8Array>[];
  missingCount: number;
}

/** Takes one connection's replies apart. */
export class ReplyParser {
  readonly #receiver: ReplyReceiver;
  readonly #bulkBytesMax: number;
  readonly #depthMax: number;
  readonly #integer = new Int64();

  /** The chunk that is being read; borrowed while `parse` runs. */
  #chunk: Uint8Array = EMPTY_LINE;
  #at = 0;
  /** The start of a line whose end has not come, and its length. */
  #line: Uint8Array = EMPTY_LINE;
  #lineBytes = 0;
  /** The marker of the blob that is being read; 0 outside of one. */
  #blobMarker = 0;
  #blobBytes = 0;
  /** What has come of a blob that broke off, its line end included. */
  #blob: Uint8Array | undefined;
  #blobFilledBytes = 0;

  readonly #open: OpenAggregate[] = [];
  #isInReply = false;
  #bulks: BulkKind = "text";

  /** @param receiver Called while `parse` runs. */
  constructor(receiver: ReplyReceiver, limits: ReplyLimits = {}) {
    this.#receiver = receiver;
    this.#bulkBytesMax = limits.bulkBytesMax ?? 512 * 1024 * 1024;
    this.#depthMax = limits.depthMax ?? 1024;
  }

  /** Whether a reply has begun and is not complete. */
  get isInReply(): boolean {
    return this.#isInReply || this.#lineBytes > 0;
  }

  /**
   * Reads on.
   *
   * @param chunk The next bytes of the connection, all of them; free again when this returns.
   * @throws {MalformedReplyError} When they are no replies; call it no more.
   */
  parse(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
    while (this.#at < chunk.length) {
      if (this.#blobMarker !== 0) this.#readBlob();
      else this.#readLine();
    }
    this.#chunk = EMPTY_LINE;
  }

  /** Reads a line to its end, or keeps what there is of it. */
  #readLine(): void {
    const chunk = this.#chunk, start = this.#at;
    let end = start;
    while (end < chunk.length && chunk[end] !== LF) end++;
    const lineBytes = this.#lineBytes + end - start;
    if (lineBytes > LINE_BYTES_MAX) {
      throw new MalformedReplyError(`a line is longer than ${LINE_BYTES_MAX} bytes`);
    }
    const isWhole = end < chunk.length;
    this.#at = isWhole ? end + 1 : end;
    if (isWhole && this.#lineBytes === 0) return this.#takeLine(chunk, start, end);
    this.#keepLine(start, end);
    if (!isWhole) return;
    const line = this.#line;
    this.#line = EMPTY_LINE;
    this.#lineBytes = 0;
    this.#takeLine(line, 0, lineBytes);
  }

  #keepLine(start: number, end: number): void {
    const lineBytes = this.#lineBytes + end - start;
    if (lineBytes > this.#line.length) this.#line = grown(this.#line, lineBytes, this.#lineBytes);
    this.#line.set(this.#chunk.subarray(start, end), this.#lineBytes);
    this.#lineBytes = lineBytes;
  }

  /** A complete line `bytes[start, end]`, whose last byte is the LF. */
  #takeLine(bytes: Uint8Array, start: number, end: number): void {
    if (end - start < 2 || bytes[end - 1] !== CR) {
      throw new MalformedReplyError("a line does not end with CR LF");
    }
    const marker = bytes[start];
    if (!this.#isInReply) this.#begin(marker);
    const from = start + 1, to = end - 1;
    switch (marker) {
      case PLUS:
        return this.#add(this.#lineText(bytes, from, to));
      case MINUS:
        return this.#add(errorWithText(this.#lineText(bytes, from, to)));
      case COLON:
        return this.#add(this.#readInteger(bytes, from, to));
      case COMMA:
        return this.#add(readDouble(textOfBytes(bytes, from, to)));
      case PARENTHESIS:
        return this.#add(readBigNumber(textOfBytes(bytes, from, to)));
      case HASH:
        return this.#add(readBoolean(textOfBytes(bytes, from, to)));
      case UNDERSCORE:
        if (from !== to) throw new MalformedReplyError("a null has a value");
        return this.#add(null);
      case DOLLAR:
      case EQUALS:
      case BANG:
        return this.#beginBlob(marker, this.#readLength(bytes, from, to));
      case ASTERISK:
      case TILDE:
      case PERCENT:
      case GREATER:
      case BAR:
        return this.#beginAggregate(marker, this.#readLength(bytes, from, to));
      default:
        throw new MalformedReplyError(`it begins with byte ${marker}`);
    }
  }

  #begin(marker: number): void {
    this.#isInReply = true;
    const receiver = this.#receiver;
    this.#bulks = marker === GREATER ? receiver.pushBulks : receiver.replyBulks;
  }

  #beginBlob(marker: number, blobBytes: number): void {
    if (blobBytes < 0) {
      if (marker !== DOLLAR) throw new MalformedReplyError("a length is negative");
      return this.#add(null);
    }
    if (blobBytes > this.#bulkBytesMax) {
      throw new MalformedReplyError(`a string has ${blobBytes} bytes, over the limit`);
    }
    this.#blobMarker = marker;
    this.#blobBytes = blobBytes;
  }

  #readBlob(): void {
    const chunk = this.#chunk, at = this.#at;
    const wholeBytes = this.#blobBytes + 2;
    if (this.#blob === undefined && chunk.length - at >= wholeBytes) {
      this.#at = at + wholeBytes;
      return this.#takeBlob(chunk, at);
    }
    const filledBytes = this.#blobFilledBytes;
    const takenBytes = Math.min(chunk.length - at, wholeBytes - filledBytes);
    let blob = this.#blob ?? new Uint8Array(Math.min(wholeBytes, TRUSTED_BYTES_MAX));
    if (filledBytes + takenBytes > blob.length) {
      blob = grown(blob, filledBytes + takenBytes, filledBytes, wholeBytes);
    }
    blob.set(chunk.subarray(at, at + takenBytes), filledBytes);
    this.#blob = blob;
    this.#blobFilledBytes = filledBytes + takenBytes;
    this.#at = at + takenBytes;
    if (this.#blobFilledBytes < wholeBytes) return;
    this.#blob = undefined;
    this.#blobFilledBytes = 0;
    this.#takeBlob(blob, 0);
  }

  /** A complete blob that begins at `start`. */
  #takeBlob(bytes: Uint8Array, start: number): void {
    const marker = this.#blobMarker, end = start + this.#blobBytes;
    this.#blobMarker = 0;
    if (bytes[end] !== CR || bytes[end + 1] !== LF) {
      throw new MalformedReplyError("a string is longer than announced");
    }
    if (marker === BANG) return this.#add(errorWithText(this.#lineText(bytes, start, end)));
    if (marker === DOLLAR) return this.#add(this.#bulk(bytes, start, end));
    const colon = start + VERBATIM_PREFIX_BYTES - 1;
    if (colon >= end || bytes[colon] !== COLON) {
      throw new MalformedReplyError("a verbatim string has no format");
    }
    this.#add(this.#bulk(bytes, colon + 1, end));
  }

  #beginAggregate(marker: number, count: number): void {
    if (count < 0) {
      if (marker !== ASTERISK) throw new MalformedReplyError("a count is negative");
      return this.#add(null);
    }
    if (count > (marker === ASTERISK || marker === GREATER ? ARRAY_COUNT_MAX : HASHED_COUNT_MAX)) {
      throw new MalformedReplyError(`an aggregate has ${count} elements, over the limit`);
    }
    if (marker === GREATER && (count === 0 || this.#open.length > 0)) {
      throw new MalformedReplyError("a push message is empty or within a reply");
    }
    if (this.#open.length >= this.#depthMax) {
      throw new MalformedReplyError(`it is nested more than ${this.#depthMax} deep`);
    }
    const isOfPairs = marker === PERCENT || marker === BAR;
    this.#open.push({ marker, elements: [], missingCount: isOfPairs ? count * 2 : count });
    if (count === 0) this.#closeAggregates();
  }

  /** Puts a complete value where it belongs. */
  #add(value: ReplyValue<Uint8Array>): void {
    const open = this.#open;
    if (open.length === 0) return this.#finish(value);
    const innermost = open[open.length - 1];
    innermost.elements.push(value);
    if (--innermost.missingCount === 0) this.#closeAggregates();
  }

  /** Closes the innermost aggregate, and those around it that are complete by that. */
  #closeAggregates(): void {
    const open = this.#open;
    for (;;) {
      const { marker, elements } = open.pop()!;
      if (marker === BAR) {
        // What an attribute belongs to is still to come; it may be a push message.
        if (open.length === 0) this.#isInReply = false;
        return;
      }
      if (marker === GREATER) {
        this.#isInReply = false;
        return this.#receiver.push(elements);
      }
      const value = marker === PERCENT
        ? mapOf(elements)
        : marker === TILDE
        ? new Set(elements)
        : elements;
      if (open.length === 0) return this.#finish(value);
      const outer = open[open.length - 1];
      outer.elements.push(value);
      if (--outer.missingCount > 0) return;
    }
  }

  #finish(value: ReplyValue<Uint8Array>): void {
    this.#isInReply = false;
    this.#receiver.reply(value);
  }

  /** A bulk string as the receiver wants it, with bytes of its own. */
  #bulk(bytes: Uint8Array, start: number, end: number): string | Uint8Array {
    if (this.#bulks === "bytes") return bytes.slice(start, end);
    return UTF8.decode(bytes.subarray(start, end));
  }

  /** A status or error: UTF-8, or binary text where bytes are wanted. */
  #lineText(bytes: Uint8Array, start: number, end: number): string {
    if (this.#bulks === "bytes") return textOfBytes(bytes, start, end);
    return UTF8.decode(bytes.subarray(start, end));
  }

  #readInteger(bytes: Uint8Array, start: number, end: number): number | bigint {
    const integer = this.#integer;
    if (!parseInt64(bytes, start, end, integer)) {
      throw new MalformedReplyError("an integer is none, or of more than 64 bits");
    }
    return integer.isSafe() ? integer.toNumber() : integer.toBigInt();
  }

  /** A length or count; -1 for null. */
  #readLength(bytes: Uint8Array, start: number, end: number): number {
    const length = parseInt64(bytes, start, end, this.#integer) ? this.#integer.toNumber() : -2;
    if (length < -1) throw new MalformedReplyError("a length is no number");
    return length;
  }
}

/** A larger array with the same first bytes: at least doubled, at most `bytesMax`. */
function grown(
  bytes: Uint8Array,
  neededBytes: number,
  filledBytes: number,
  bytesMax = Infinity,
): Uint8Array {
  const larger = new Uint8Array(Math.min(Math.max(neededBytes, bytes.length * 2), bytesMax));
  larger.set(bytes.subarray(0, filledBytes));
  return larger;
}

function mapOf(
  elements: ReplyValue<Uint8Array>[],
): Map<ReplyValue<Uint8Array>, ReplyValue<Uint8Array>> {
  const map = new Map<ReplyValue<Uint8Array>, ReplyValue<Uint8Array>>();
  for (let index = 0; index < elements.length; index += 2) {
    map.set(elements[index], elements[index + 1]);
  }
  return map;
}

function readDouble(text: string): number {
  if (DOUBLE.test(text)) return Number(text);
  const value = NAMED_DOUBLES.get(text);
  if (value === undefined) throw new MalformedReplyError("a double is no number");
  return value;
}

function readBigNumber(text: string): bigint {
  if (!BIG_NUMBER.test(text)) throw new MalformedReplyError("a big number is no number");
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text.replace("+", ""));
}

function readBoolean(text: string): boolean {
  if (text !== "t" && text !== "f") throw new MalformedReplyError("a boolean is neither t nor f");
  return text === "t";
}
