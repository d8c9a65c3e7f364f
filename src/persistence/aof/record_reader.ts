/**
 * Record reader: the commands of an append-only file, one by one.
 *
 * Stricter than the parser of what clients send: a log is written by one hand, so whatever does not
 * look like it was damaged, and a damaged log must not be taken for a shorter one. Only a record that
 * the file ends within is no error but the end: the server was stopped while it wrote.
 *
 * The file is read in large pieces; a record that breaks off at the end of one is moved to the front of
 * the next and read again from its beginning. The buffer doubles where a record is larger, so that
 * costs no more than reading it twice.
 *
 * @module
 */

import { Args } from "../../resp/mod.ts";
import type { ByteSource } from "../byte_source.ts";
import { AofError } from "./aof_error.ts";

const CHUNK_BYTES = 1024 * 1024;
const ASTERISK = 42, DOLLAR = 36, HASH = 35, CR = 13, LF = 10, ZERO = 48;
/** Longest remark. */
const REMARK_BYTES_MAX = 1024;
/** More digits than any length has. */
const DIGIT_COUNT_MAX = 15;

/** What `next` found. */
export type RecordOutcome = "record" | "end" | "torn";

/** Reads the records of one file. */
export class RecordReader {
  /** The last record; borrowed until the next. */
  readonly args = new Args();

  readonly #source: ByteSource;
  readonly #name: string;
  #bytes = new Uint8Array(CHUNK_BYTES);
  #from = 0;
  #to = 0;
  /** Where `bytes[0]` stands in the file. */
  #bufferOffset: number;
  #isAtEnd = false;
  /** Index behind the number that was read last. */
  #at = 0;

  /**
   * @param name Of the file, for messages.
   * @param offset Where in the file the source stands.
   */
  constructor(source: ByteSource, name: string, offset: number) {
    this.#source = source;
    this.#name = name;
    this.#bufferOffset = offset;
  }

  /** Offset in the file behind the last record. */
  get offset(): number {
    return this.#bufferOffset + this.#from;
  }

  /**
   * Reads the next record.
   *
   * @returns `torn`: the file ends within one.
   * @throws {AofError} When there is something else.
   */
  next(): RecordOutcome {
    for (;;) {
      if (this.#parse()) {
        if (this.args.count > 0) return "record";
        continue; // a remark
      }
      if (this.#isAtEnd) return this.#from === this.#to ? "end" : "torn";
      this.#fill();
    }
  }

  /** Reads a record or a remark, which has no arguments; returns whether it is all there. */
  #parse(): boolean {
    const bytes = this.#bytes, to = this.#to, start = this.#from, args = this.args;
    args.clear();
    if (start >= to) return false;
    if (bytes[start] === HASH) return this.#passRemark();
    const count = this.#number(start, ASTERISK);
    if (count < 0) return false;
    if (count === 0) throw this.#damage(start);
    args.bytes = bytes;
    args.base = start;
    let at = this.#at;
    for (let index = 0; index < count; index++) {
      const byteCount = this.#number(at, DOLLAR);
      if (byteCount < 0) return false;
      const argument = this.#at, end = argument + byteCount;
      if (end < to && bytes[end] !== CR) throw this.#damage(end);
      if (end + 1 < to && bytes[end + 1] !== LF) throw this.#damage(end);
      if (end + 2 > to) return false;
      args.push(argument - start, end - start);
      at = end + 2;
    }
    this.#from = at;
    return true;
  }

  #passRemark(): boolean {
    const end = this.#bytes.subarray(0, this.#to).indexOf(LF, this.#from);
    if (end < 0) {
      if (this.#to - this.#from > REMARK_BYTES_MAX) throw this.#damage(this.#from);
      return false;
    }
    this.#from = end + 1;
    return true;
  }

  /** Reads a line of a sign and a number; -1 if it is not all there. */
  #number(at: number, sign: number): number {
    const bytes = this.#bytes, to = this.#to;
    if (at >= to) return -1;
    if (bytes[at] !== sign) throw this.#damage(at);
    let value = 0, index = at + 1;
    for (; index < to; index++) {
      const digit = bytes[index] - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (index - at > DIGIT_COUNT_MAX) throw this.#damage(at);
    if (index === to) return -1;
    if (index === at + 1 || bytes[index] !== CR) throw this.#damage(at);
    if (index + 1 === to) return -1;
    if (bytes[index + 1] !== LF) throw this.#damage(at);
    this.#at = index + 2;
    return value;
  }

  #fill(): void {
    const waitingBytes = this.#to - this.#from;
    let bytes = this.#bytes;
    if (waitingBytes * 2 > bytes.length) bytes = new Uint8Array(bytes.length * 2);
    bytes.set(this.#bytes.subarray(this.#from, this.#to));
    this.#bytes = bytes;
    this.#bufferOffset += this.#from;
    this.#from = 0;
    this.#to = waitingBytes;
    const readBytes = this.#source.read(bytes.subarray(waitingBytes));
    this.#to += readBytes;
    if (readBytes === 0) this.#isAtEnd = true;
  }

  #damage(at: number): AofError {
    return new AofError(
      `Bad file format reading the append only file ${this.#name} at offset ${
        this.#bufferOffset + at
      }: make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>`,
    );
  }
}
