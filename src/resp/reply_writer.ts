/**
 * Reply writer: how a command answers, one verb for each kind of reply.
 *
 * A reply is written, not returned: there is no tree of objects between a handler and the wire. A
 * handler calls the verbs in order, an aggregate's header before its elements, and never knows
 * which protocol its client speaks. Kinds that RESP2 lacks are written there as Redis does: a map as
 * a flat array, a double as a string, a null as a null string.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Int64 } from "../base/int64.ts";
import type { RedisError } from "../errors/redis_error.ts";

/** Writes replies of one client. All text is binary text. */
export interface ReplyWriter {
  /** The protocol's version, 2 or 3. */
  readonly protocol: 2 | 3;

  /** `+OK`. */
  ok(): void;
  /** A status: one short line without line breaks. */
  simple(text: string): void;
  /** An error. */
  error(error: RedisError): void;
  /** An error that the command was asked to reply: it did not fail, and no statistics count it. */
  requestedError(error: RedisError): void;
  /** An integer; a safe one. */
  integer(value: number): void;
  /** An integer of 64 bits. */
  int64(value: Int64): void;
  /** A string of bytes; copied. */
  bulk(view: ByteView): void;
  /** A string of bytes `bytes[start, end)`; copied. */
  bulkBytes(bytes: Uint8Array, start: number, end: number): void;
  /** A string of binary text. */
  bulkText(text: string): void;
  /** Nothing: a key or field that is not there. */
  nil(): void;
  /** Nothing, where an array would stand: an aborted transaction, a timed out blocking call. */
  nilArray(): void;
  /** An array's header; `count` replies follow. */
  array(count: number): void;
  /** A map's header; `count` pairs of replies follow. */
  map(count: number): void;
  /** A set's header; `count` replies follow. */
  set(count: number): void;
  /** An out-of-band message's header; `count` replies follow. */
  push(count: number): void;
  /** An attribute's header, RESP3 only; `count` pairs of replies follow, then what they belong to. */
  attribute(count: number): void;
  /** A double in its shortest form that reads back. */
  double(value: number): void;
  /** A double whose digits the command chose. */
  doubleText(text: string): void;
  /** A truth value; an integer 1 or 0 in RESP2. */
  boolean(value: boolean): void;
  /** Text for people, with its format (`txt`, `mkd`); a plain string in RESP2. */
  verbatim(format: string, text: string): void;
  /** An integer beyond 64 bits, as decimal text; a plain string in RESP2. */
  bigNumber(text: string): void;
  /**
   * An array whose length is known only at its end.
   *
   * @returns A mark for `closeArray`; the elements are written between the calls.
   */
  openArray(): number;
  /** Writes the header of an array begun by `openArray`. */
  closeArray(mark: number, count: number): void;
  /** The same for a set; `openArray` begins it. */
  closeSet(mark: number, count: number): void;
  /** The same for a map of `count` pairs. */
  closeMap(mark: number, count: number): void;

  /** Where the reply stands now, for `rewind`. */
  mark(): number;
  /** Takes back all that was written since the mark. */
  rewind(mark: number): void;
}
