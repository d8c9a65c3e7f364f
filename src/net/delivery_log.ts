/**
 * Delivery log: messages that go to many connections, as bytes that all of these share.
 *
 * Ten thousand subscribers would need ten thousand output buffers for the same bytes. Instead a message
 * is written once, behind those before it, and a connection only notes which part of the log it still
 * has to send. Messages that come one after the other are one part, and one write:
 *
 *   log          | message 1 | message 2 | message 3 |
 *   quick one                            [           )   sends this now
 *   slower one               [                       )   is being sent message 1, and will send these
 *
 * Always true: what is written is never changed while somebody uses the log; it only grows.
 * Not here: when a log is full and the next one begins (its writer).
 *
 * @module
 */

import { EMPTY_BYTES } from "../base/byte_view.ts";
import type { OutputBuffer } from "../resp/mod.ts";

/** Bytes that connections send parts of. */
export class DeliveryLog {
  /** Where messages are appended. */
  readonly buffer: OutputBuffer;
  readonly #becameIdle: (log: DeliveryLog) => void;
  #userCount = 0;
  /** The part that was asked for last: the next connection most likely sends the same one. */
  #part: Uint8Array<ArrayBuffer> = EMPTY_BYTES as Uint8Array<ArrayBuffer>;
  #partStart = 0;

  /**
   * @param buffer Empty; kept.
   * @param becameIdle Told when nobody uses the log any more.
   */
  constructor(buffer: OutputBuffer, becameIdle: (log: DeliveryLog) => void) {
    this.buffer = buffer;
    this.#becameIdle = becameIdle;
  }

  /** Whether somebody has a part to send. */
  get isUsed(): boolean {
    return this.#userCount > 0;
  }

  /** A connection has a part to send; `release` ends that. */
  use(): void {
    this.#userCount++;
  }

  /** It has sent it, or never will. */
  release(): void {
    if (--this.#userCount === 0) this.#becameIdle(this);
  }

  /** The bytes of a part, to be sent. */
  part(start: number, end: number): Uint8Array<ArrayBuffer> {
    if (this.#partStart !== start || this.#part.length !== end - start) {
      this.#part = this.buffer.bytes.subarray(start, end);
      this.#partStart = start;
    }
    return this.#part;
  }
}

/** The part of a log that one connection has yet to send. */
export class SharedPart {
  #log: DeliveryLog | undefined;
  #start = 0;
  #end = 0;

  /** How long it is. */
  get byteCount(): number {
    return this.#end - this.#start;
  }

  /** Adds a message; returns whether that could be done: it must follow what is there in the same log. */
  add(log: DeliveryLog, start: number, end: number): boolean {
    if (this.#log === undefined) {
      log.use();
      this.#log = log;
      this.#start = start;
    } else if (this.#log !== log || this.#end !== start) {
      return false;
    }
    this.#end = end;
    return true;
  }

  /** Takes it out. @returns The log, for the caller to release, and the bytes. */
  take(): { log: DeliveryLog; bytes: Uint8Array<ArrayBuffer> } {
    const log = this.#log!;
    const bytes = log.part(this.#start, this.#end);
    this.#log = undefined;
    this.#start = this.#end = 0;
    return { log, bytes };
  }
}
