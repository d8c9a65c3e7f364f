/**
 * Reply scanner: finds where replies end, without making anything of them.
 *
 * Who only passes replies on needs no values, just the places where one is whole and the next begins.
 * So this counts: an array of three says that three more elements are to come, whatever is around it.
 * No stack is needed for that, and a reply may be cut anywhere.
 *
 *   *2 CR LF   $1 CR LF a CR LF   *1 CR LF   :7 CR LF
 *   missing 2         1               1          0, the end
 *
 * Requests are made of the same parts, so their ends are found too.
 *
 * Always true: between two replies nothing is missing. Cost: a look at each byte of a line, none at
 * those of a string. Not here: whether the values are sound; `ReplyParser` sees to that.
 *
 * @module
 */

import { MalformedReplyError } from "./reply_parser.ts";
import {
  ASTERISK,
  BANG,
  BAR,
  COLON,
  COMMA,
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

const CR_LF_BYTES = 2;
const DIGIT_ZERO = 48;
const DIGIT_NINE = 57;
/** Larger lengths and counts are none. */
const NUMBER_MAX = 2 ** 40;

/** Cuts one connection's replies apart. */
export class ReplyScanner {
  /** Elements to come before the reply is whole; 0: it has not begun. */
  #missingCount = 0;
  /** Bytes to come of a string, its line's end included. */
  #blobBytes = 0;
  /** The marker of the line that is being read; 0: it has not begun. */
  #marker = 0;
  #number = 0;
  #isNegative = false;

  /** Whether a reply has begun and is not whole. */
  get isInReply(): boolean {
    return this.#missingCount > 0;
  }

  /** Bytes that are to come at least. */
  get neededBytes(): number {
    return this.#blobBytes;
  }

  /**
   * Reads on in `bytes[from, to)`.
   *
   * @returns Where the next reply ends; -1 when it goes on behind `to`.
   * @throws {MalformedReplyError} When these are no replies; call it no more.
   */
  scan(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    if (this.#missingCount === 0 && at < to) this.#missingCount = 1;
    while (at < to) {
      if (this.#blobBytes > 0) {
        const takenBytes = Math.min(this.#blobBytes, to - at);
        this.#blobBytes -= takenBytes;
        at += takenBytes;
        if (this.#blobBytes > 0) return -1;
        if (--this.#missingCount === 0) return at;
        continue;
      }
      at = this.#readLine(bytes, at, to);
      if (this.#marker !== 0) return -1;
      if (this.#blobBytes === 0 && this.#missingCount === 0) return at;
    }
    return -1;
  }

  /** Reads a line to its end, if that is there; returns where it has come to. */
  #readLine(bytes: Uint8Array, at: number, to: number): number {
    if (this.#marker === 0) {
      this.#marker = bytes[at++];
      this.#number = 0;
      this.#isNegative = false;
    }
    if (hasNumber(this.#marker)) {
      let number = this.#number;
      for (; at < to; at++) {
        const byte = bytes[at];
        if (byte >= DIGIT_ZERO && byte <= DIGIT_NINE) number = number * 10 + byte - DIGIT_ZERO;
        else if (byte === LF) break;
        else if (byte === MINUS) this.#isNegative = true;
      }
      this.#number = number;
    } else {
      while (at < to && bytes[at] !== LF) at++;
    }
    if (at === to) return at;
    this.#endLine();
    return at + 1;
  }

  #endLine(): void {
    const marker = this.#marker, number = this.#isNegative ? -1 : this.#number;
    this.#marker = 0;
    if (number > NUMBER_MAX) throw new MalformedReplyError("a length is too large");
    switch (marker) {
      case PLUS:
      case MINUS:
      case COLON:
      case COMMA:
      case PARENTHESIS:
      case HASH:
      case UNDERSCORE:
        this.#missingCount--;
        break;
      case DOLLAR:
      case EQUALS:
      case BANG:
        if (number < 0) this.#missingCount--;
        else this.#blobBytes = number + CR_LF_BYTES;
        break;
      case ASTERISK:
      case TILDE:
      case GREATER:
        this.#missingCount += Math.max(number, 0) - 1;
        break;
      case PERCENT:
        this.#missingCount += number * 2 - 1;
        break;
      case BAR: // what it belongs to is still to come
        this.#missingCount += number * 2;
        break;
      default:
        throw new MalformedReplyError(`it begins with byte ${marker}`);
    }
  }
}

/** Whether a line says how much follows it. */
function hasNumber(marker: number): boolean {
  return marker === DOLLAR || marker === ASTERISK || marker === PERCENT || marker === TILDE ||
    marker === EQUALS || marker === BANG || marker === GREATER || marker === BAR;
}
