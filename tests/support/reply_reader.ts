/**
 * Reply reader: turns bytes as they arrive into replies.
 *
 * The grammar is written as generators that yield where the bytes run out. So it reads like the
 * protocol's description, it may be cut anywhere, and bytes are looked at once: a parser that
 * starts anew with each chunk takes quadratic time for a reply of a million elements.
 *
 * It is strict. What Redis never sends (a length with a sign, a line with a bare LF, `*?` streams)
 * is an error and not guessed at.
 *
 * Behaviour: the RESP2 and RESP3 specifications.
 *
 * @module
 */

import { textOfBytes } from "../../src/base/byte_view.ts";
import {
  BLOB_MARKERS,
  type BlobKind,
  LINE_MARKERS,
  type LineKind,
  LIST_MARKERS,
  type ListKind,
  type Reply,
  type ReplyPair,
} from "./reply.ts";

/** Bytes that are no RESP reply. */
export class MalformedReplyError extends Error {
  override readonly name = "MalformedReplyError";
}

/** A step of the grammar: yields when it needs more bytes, returns what it read. */
type Reading<T> = Generator<undefined, T, undefined>;

const CR = 13;
const LF = 10;

const LINE_KINDS = kindsByMarker<LineKind>(LINE_MARKERS);
const BLOB_KINDS = kindsByMarker<BlobKind>(BLOB_MARKERS);
const LIST_KINDS = kindsByMarker<ListKind>(LIST_MARKERS);

/** Collects bytes and gives out the replies in them. */
export class ReplyReader {
  #bytes: Uint8Array = new Uint8Array(16 * 1024);
  #start = 0;
  #end = 0;
  #reading: Reading<Reply> | undefined;

  /** Number of bytes received and not yet part of a reply given out. */
  get pendingByteCount(): number {
    return this.#end - this.#start;
  }

  /**
   * Adds bytes as they came from the connection.
   *
   * @param chunk copied
   */
  push(chunk: Uint8Array): void {
    const neededBytes = this.#end - this.#start + chunk.length;
    if (this.#end + chunk.length > this.#bytes.length) {
      const target = neededBytes > this.#bytes.length / 2
        ? new Uint8Array(2 * neededBytes)
        : this.#bytes;
      target.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = target;
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next reply, if all of it is there.
   *
   * @returns the reply, or `undefined` until more bytes are pushed
   * @throws {MalformedReplyError} when the bytes are no reply; the reader is of no use after that
   */
  next(): Reply | undefined {
    if (this.#reading === undefined && this.pendingByteCount === 0) return undefined;
    this.#reading ??= this.#reply();
    const step = this.#reading.next();
    if (!step.done) return undefined;
    this.#reading = undefined;
    return step.value;
  }

  /** Takes all bytes that are not yet part of a reply, as binary text. */
  takeRest(): string {
    const text = textOfBytes(this.#bytes, this.#start, this.#end);
    this.#start = this.#end = 0;
    this.#reading = undefined;
    return text;
  }

  *#reply(): Reading<Reply> {
    const line = yield* this.#line();
    const marker = line.charAt(0);
    const rest = line.slice(1);
    const lineKind = LINE_KINDS.get(marker);
    if (lineKind !== undefined) return { kind: lineKind, text: rest };
    if (line === "$-1") return { kind: "null-bulk" };
    const blobKind = BLOB_KINDS.get(marker);
    if (blobKind !== undefined) {
      return { kind: blobKind, text: yield* this.#blob(countOf(rest, line)) };
    }
    if (line === "*-1") return { kind: "null-array" };
    const listKind = LIST_KINDS.get(marker);
    if (listKind !== undefined) {
      return { kind: listKind, items: yield* this.#items(countOf(rest, line)) };
    }
    if (marker === "%") return { kind: "map", pairs: yield* this.#pairs(countOf(rest, line)) };
    if (marker === "|") {
      const pairs = yield* this.#pairs(countOf(rest, line));
      return { kind: "attribute", pairs, of: yield* this.#reply() };
    }
    if (line === "_") return { kind: "null" };
    if (line === "#t") return { kind: "boolean", value: true };
    if (line === "#f") return { kind: "boolean", value: false };
    throw new MalformedReplyError(`Cannot read a reply: line "${line}"`);
  }

  *#items(itemCount: number): Reading<Reply[]> {
    const items: Reply[] = [];
    while (items.length < itemCount) items.push(yield* this.#reply());
    return items;
  }

  *#pairs(pairCount: number): Reading<ReplyPair[]> {
    const pairs: ReplyPair[] = [];
    while (pairs.length < pairCount) pairs.push([yield* this.#reply(), yield* this.#reply()]);
    return pairs;
  }

  /** A line without its CRLF. */
  *#line(): Reading<string> {
    let lengthBytes = 0;
    while (true) {
      const at = this.#bytes.indexOf(LF, this.#start + lengthBytes);
      if (at !== -1 && at < this.#end) {
        if (at === this.#start || this.#bytes[at - 1] !== CR) {
          throw new MalformedReplyError("Cannot read a reply: a line ends without CR");
        }
        const line = textOfBytes(this.#bytes, this.#start, at - 1);
        this.#start = at + 1;
        return line;
      }
      lengthBytes = this.pendingByteCount;
      yield undefined;
    }
  }

  /** `byteCount` bytes and the CRLF behind them. */
  *#blob(byteCount: number): Reading<string> {
    while (this.pendingByteCount < byteCount + 2) yield undefined;
    const end = this.#start + byteCount;
    if (this.#bytes[end] !== CR || this.#bytes[end + 1] !== LF) {
      throw new MalformedReplyError(
        `Cannot read a reply: no CRLF behind a string of ${byteCount} bytes`,
      );
    }
    const text = textOfBytes(this.#bytes, this.#start, end);
    this.#start = end + 2;
    return text;
  }
}

/** The count or length of a header line. */
function countOf(digits: string, line: string): number {
  if (!/^(0|[1-9]\d*)$/.test(digits)) {
    throw new MalformedReplyError(`Cannot read a reply: line "${line}"`);
  }
  return Number(digits);
}

function kindsByMarker<Kind extends string>(
  markers: Readonly<Record<Kind, string>>,
): ReadonlyMap<string, Kind> {
  return new Map((Object.keys(markers) as Kind[]).map((kind) => [markers[kind], kind]));
}
