/**
 * Wire writer: replies as RESP bytes, version 2 or 3.
 *
 * One class for both, since they share nearly every verb; where they differ it asks `protocol`. So
 * a handler's call is always the same method of the same class, which the engine compiles to a
 * direct call. Numbers are written as digits straight into the buffer.
 *
 * Cost: a few nanoseconds for a header, a copy for a string; nothing is allocated.
 * Specification: RESP and RESP3, as Redis 7.0 writes them.
 *
 * @module
 */

import { bytesOfText, type ByteView, copyBytes } from "../base/byte_view.ts";
import { formatDouble } from "../base/double.ts";
import {
  decimalLengthOf,
  type Int64,
  INT64_TEXT_BYTES_MAX,
  writeInt64,
  writeInteger,
} from "../base/int64.ts";
import type { RedisError } from "../errors/redis_error.ts";
import { OutputBuffer } from "./output_buffer.ts";
import type { ReplyWriter } from "./reply_writer.ts";
import {
  ASTERISK,
  BAR,
  COLON,
  COMMA,
  CR,
  DOLLAR,
  EQUALS,
  GREATER,
  LF,
  MINUS,
  PARENTHESIS,
  PERCENT,
  PLUS,
  TILDE,
} from "./sign.ts";

/** Most bytes of a header: its sign, a number, CR LF. */
const HEADER_BYTES_MAX = INT64_TEXT_BYTES_MAX + 3;
/** Strings up to here have a length of one digit. */
const SHORT_BYTES_MAX = 9;
const ZERO = 48;

const OK_REPLY = bytesOfText("+OK\r\n");
const QUEUED_REPLY = bytesOfText("+QUEUED\r\n");
const NULL_BULK = bytesOfText("$-1\r\n");
const NULL_ARRAY = bytesOfText("*-1\r\n");
const NULL = bytesOfText("_\r\n");
const TRUE = bytesOfText("#t\r\n");
const FALSE = bytesOfText("#f\r\n");

/** Writes RESP into an output buffer. */
export class WireWriter implements ReplyWriter {
  /** Where replies go; exchanged between batches. */
  buffer: OutputBuffer;
  protocol: 2 | 3 = 2;
  /** How many errors have been written. */
  errorCount = 0;
  /** The code of the last one. */
  lastErrorCode = "";
  /** Its text. */
  lastErrorText = "";

  constructor(buffer: OutputBuffer = new OutputBuffer()) {
    this.buffer = buffer;
  }

  ok(): void {
    this.#raw(OK_REPLY);
  }

  /** What a request is answered that waits for EXEC. */
  queued(): void {
    this.#raw(QUEUED_REPLY);
  }

  simple(text: string): void {
    this.#line(PLUS, text);
  }

  error(error: RedisError): void {
    this.errorCount++;
    this.lastErrorCode = error.code;
    this.lastErrorText = error.text;
    this.requestedError(error);
  }

  requestedError(error: RedisError): void {
    this.#line(MINUS, error.text);
  }

  integer(value: number): void {
    this.#header(COLON, value);
  }

  int64(value: Int64): void {
    const buffer = this.buffer;
    buffer.reserve(HEADER_BYTES_MAX);
    buffer.bytes[buffer.length] = COLON;
    this.#endLine(writeInt64(value, buffer.bytes, buffer.length + 1));
  }

  bulk(view: ByteView): void {
    this.bulkBytes(view.bytes, view.start, view.end);
  }

  bulkBytes(bytes: Uint8Array, start: number, end: number): void {
    const buffer = this.buffer;
    buffer.reserve(HEADER_BYTES_MAX + end - start + 2);
    const target = buffer.bytes;
    let at = buffer.length;
    target[at] = DOLLAR;
    if (end - start > SHORT_BYTES_MAX) {
      at = writeInteger(end - start, target, at + 1);
    } else {
      target[at + 1] = ZERO + end - start;
      at += 2;
    }
    target[at++] = CR;
    target[at++] = LF;
    copyBytes(bytes, start, end, target, at);
    this.#endLine(at + end - start);
  }

  bulkText(text: string): void {
    this.#header(DOLLAR, text.length);
    this.#text(text);
  }

  nil(): void {
    this.#raw(this.protocol === 3 ? NULL : NULL_BULK);
  }

  nilArray(): void {
    this.#raw(this.protocol === 3 ? NULL : NULL_ARRAY);
  }

  array(count: number): void {
    this.#header(ASTERISK, count);
  }

  map(count: number): void {
    if (this.protocol === 3) this.#header(PERCENT, count);
    else this.#header(ASTERISK, count * 2);
  }

  set(count: number): void {
    this.#header(this.protocol === 3 ? TILDE : ASTERISK, count);
  }

  push(count: number): void {
    this.#header(this.protocol === 3 ? GREATER : ASTERISK, count);
  }

  attribute(count: number): void {
    this.#header(BAR, count);
  }

  double(value: number): void {
    const isWhole = Number.isSafeInteger(value) && !Object.is(value, -0);
    if (!isWhole) return this.doubleText(formatDouble(value));
    if (this.protocol === 3) return this.#header(COMMA, value);
    this.#header(DOLLAR, decimalLengthOf(value));
    const buffer = this.buffer;
    buffer.reserve(HEADER_BYTES_MAX);
    this.#endLine(writeInteger(value, buffer.bytes, buffer.length));
  }

  doubleText(text: string): void {
    if (this.protocol === 3) this.#line(COMMA, text);
    else this.bulkText(text);
  }

  boolean(value: boolean): void {
    if (this.protocol === 3) this.#raw(value ? TRUE : FALSE);
    else this.integer(value ? 1 : 0);
  }

  verbatim(format: string, text: string): void {
    if (this.protocol === 2) return this.bulkText(text);
    this.#header(EQUALS, text.length + 4);
    this.#text(`${format}:${text}`);
  }

  bigNumber(text: string): void {
    if (this.protocol === 3) this.#line(PARENTHESIS, text);
    else this.bulkText(text);
  }

  openArray(): number {
    return this.buffer.length;
  }

  closeArray(mark: number, count: number): void {
    this.#insertHeader(mark, ASTERISK, count);
  }

  closeSet(mark: number, count: number): void {
    this.#insertHeader(mark, this.protocol === 3 ? TILDE : ASTERISK, count);
  }

  closeMap(mark: number, count: number): void {
    if (this.protocol === 3) this.#insertHeader(mark, PERCENT, count);
    else this.#insertHeader(mark, ASTERISK, count * 2);
  }

  mark(): number {
    return this.buffer.length;
  }

  rewind(mark: number): void {
    this.buffer.length = mark;
  }

  #raw(bytes: Uint8Array): void {
    this.buffer.append(bytes, 0, bytes.length);
  }

  /** A sign, a number and the line's end. */
  #header(sign: number, value: number): void {
    const buffer = this.buffer;
    buffer.reserve(HEADER_BYTES_MAX);
    buffer.bytes[buffer.length] = sign;
    this.#endLine(writeInteger(value, buffer.bytes, buffer.length + 1));
  }

  /** Writes a header at an earlier place. */
  #insertHeader(mark: number, sign: number, count: number): void {
    this.buffer.openGap(mark, decimalLengthOf(count) + 3);
    const bytes = this.buffer.bytes;
    bytes[mark] = sign;
    const at = writeInteger(count, bytes, mark + 1);
    bytes[at] = CR;
    bytes[at + 1] = LF;
  }

  /** A sign, text and the line's end. */
  #line(sign: number, text: string): void {
    this.buffer.reserve(1);
    this.buffer.bytes[this.buffer.length++] = sign;
    this.#text(text);
  }

  /** Text and the line's end. */
  #text(text: string): void {
    const buffer = this.buffer;
    buffer.reserve(text.length + 2);
    let at = buffer.length;
    for (let index = 0; index < text.length; index++) buffer.bytes[at++] = text.charCodeAt(index);
    this.#endLine(at);
  }

  /** Writes the line's end; room for it has been reserved. */
  #endLine(at: number): void {
    const bytes = this.buffer.bytes;
    bytes[at] = CR;
    bytes[at + 1] = LF;
    this.buffer.length = at + 2;
  }
}
