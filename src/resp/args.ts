/**
 * Args: one request's arguments as windows on the buffer they arrived in.
 *
 * The parser writes two numbers for each argument; `at` turns them into a `ByteView` that is kept and
 * pointed anew for the next request. So a request costs no allocation, however many there are. The
 * price: arguments are borrowed and gone when the command returns.
 *
 * @module
 */

import { bytesOfText, ByteView, EMPTY_BYTES } from "../base/byte_view.ts";
import { parseDouble } from "../base/double.ts";
import { Int64, parseInt64 } from "../base/int64.ts";
import { NOT_A_FLOAT, NOT_AN_INTEGER, OUT_OF_INT32 } from "../errors/catalogue.ts";

/** Room for so many arguments is kept between requests. */
const KEPT_ARGUMENT_COUNT = 64;

/** The arguments of one request; the command's name is number 0. */
export class Args {
  /** The buffer that holds them. */
  bytes: Uint8Array = EMPTY_BYTES;
  /** Where in `bytes` the request begins; offsets count from here, as the buffer may be compacted. */
  base = 0;
  /** How many there are. */
  count = 0;

  /** Where each begins and ends, from `base` on: start, end, start, end ... */
  #bounds = new Int32Array(KEPT_ARGUMENT_COUNT * 2);
  #views: ByteView[] = [];
  readonly #integer = new Int64();

  /** Arguments with bytes of their own, from binary text or bytes. */
  static of(...values: readonly (string | Uint8Array)[]): Args {
    const parts = values.map((value) => typeof value === "string" ? bytesOfText(value) : value);
    const args = new Args();
    args.bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      args.bytes.set(part, at);
      args.push(at, at + part.length);
      at += part.length;
    }
    return args;
  }

  /** Forgets all arguments, and room for unusually many. */
  clear(): void {
    this.count = 0;
    if (this.#bounds.length > KEPT_ARGUMENT_COUNT * 2) {
      this.#bounds = new Int32Array(KEPT_ARGUMENT_COUNT * 2);
      this.#views = [];
    }
  }

  /** Forgets all arguments and lets go of the buffer that held them. */
  release(): void {
    this.count = 0;
    this.bytes = EMPTY_BYTES;
    this.#views = [];
  }

  /** Adds an argument `bytes[base + start, base + end)`. */
  push(start: number, end: number): void {
    const at = this.count * 2;
    if (at === this.#bounds.length) this.#grow(at * 2);
    this.#bounds[at] = start;
    this.#bounds[at + 1] = end;
    this.count++;
  }

  /** The argument's bytes; the same view until the next request. */
  at(index: number): ByteView {
    let view = this.#views[index];
    if (view === undefined) view = this.#addView(index);
    if (view.bytes !== this.bytes) view.bytes = this.bytes; // looking is cheaper than storing
    view.start = this.base + this.#bounds[index * 2];
    view.end = this.base + this.#bounds[index * 2 + 1];
    return view;
  }

  /** The argument as binary text. */
  text(index: number): string {
    return this.at(index).toText();
  }

  /** The arguments from an index on as binary text, one by one. */
  *texts(from: number): IterableIterator<string> {
    for (let index = from; index < this.count; index++) yield this.text(index);
  }

  /** Whether the argument is this word, given in lower case, in any case. */
  isWord(index: number, word: string): boolean {
    return this.at(index).isWord(word);
  }

  /**
   * The argument as a number: exact up to 2^53, the nearest double beyond.
   *
   * @param refusal What to throw instead of the usual error.
   * @throws {RedisError} When it is no 64-bit integer.
   */
  integer(index: number, refusal = NOT_AN_INTEGER): number {
    return this.int64(index, this.#integer, refusal).toNumber();
  }

  /**
   * The argument as a number of 32 bits.
   *
   * @throws {RedisError} When it is none.
   */
  int32(index: number): number {
    const value = this.integer(index);
    if (value !== (value | 0)) throw OUT_OF_INT32;
    return value;
  }

  /**
   * Reads the argument as a 64-bit integer.
   *
   * @param refusal What to throw instead of the usual error.
   * @returns `into`.
   * @throws {RedisError} When it is none.
   */
  int64(index: number, into: Int64, refusal = NOT_AN_INTEGER): Int64 {
    const view = this.at(index);
    if (!parseInt64(view.bytes, view.start, view.end, into)) throw refusal;
    return into;
  }

  /**
   * The argument as a double.
   *
   * @param refusal What to throw instead of the usual error.
   * @throws {RedisError} When it is none.
   */
  double(index: number, refusal = NOT_A_FLOAT): number {
    const value = parseDouble(this.at(index));
    if (value === undefined) throw refusal;
    return value;
  }

  /** Bytes of all arguments together. */
  get byteCount(): number {
    let byteCount = 0;
    for (let index = 0; index < this.count; index++) {
      byteCount += this.#bounds[index * 2 + 1] - this.#bounds[index * 2];
    }
    return byteCount;
  }

  /** Bytes from `base` to the end of the last argument, what stands between them included. */
  get spanBytes(): number {
    return this.count === 0 ? 0 : this.#bounds[this.count * 2 - 1];
  }

  /** Notes where the arguments lie, two numbers each, in `into` from `at` on. */
  saveBounds(into: Int32Array, at: number): void {
    const bounds = this.#bounds, count = this.count * 2;
    for (let index = 0; index < count; index++) into[at + index] = bounds[index];
  }

  /** Takes `count` arguments whose bounds were noted in `from`, at `at`. */
  loadBounds(from: Int32Array, at: number, count: number): void {
    this.clear();
    if (count * 2 > this.#bounds.length) this.#grow(count * 2);
    const bounds = this.#bounds;
    for (let index = 0; index < count * 2; index++) bounds[index] = from[at + index];
    this.count = count;
  }

  /** The same offsets in an object of their own; the bytes stay borrowed. */
  clone(): Args {
    const clone = new Args();
    clone.bytes = this.bytes;
    clone.base = this.base;
    clone.loadBounds(this.#bounds, 0, this.count);
    return clone;
  }

  /** The same arguments with bytes of their own, to be kept. */
  copy(): Args {
    const values: Uint8Array[] = [];
    for (let index = 0; index < this.count; index++) values.push(this.at(index).copy());
    return Args.of(...values);
  }

  #addView(index: number): ByteView {
    while (this.#views.length <= index) this.#views.push(new ByteView());
    return this.#views[index];
  }

  #grow(length: number): void {
    const bounds = new Int32Array(length);
    bounds.set(this.#bounds);
    this.#bounds = bounds;
  }
}
