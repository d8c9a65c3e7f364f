/**
 * Reply line: the replies of one client that are still to come, in the order of its requests.
 *
 * Where others answer some of a client's requests, what comes first need not be first in order. So each
 * of those requests has a slot here; what arrives for the first slot goes out at once, what arrives for
 * the others waits, and so do the replies that are written here meanwhile: they follow the slot that was
 * the last one when they were written.
 *
 *   line     [slot, open] ─ [slot, done: "$1 a", then "+OK"] ─ [slot, open, then ":1"]
 *   output   what came of the first slot so far
 *
 * Always true: only the first slot is passed on before it is done; a line without slots holds no bytes.
 * Cost: nothing for who has no slot. A reply that comes in its turn is copied once, others twice.
 * Not here: who fills the slots. What others send to the client (messages) does not wait in line.
 *
 * @module
 */

import type { Connection } from "./connection.ts";

/** The place of one reply, or of several that come one behind the other. */
export interface ReplySlot {
  /** Adds some bytes. @param bytes `bytes[start, end)` is copied. */
  add(bytes: Uint8Array, start: number, end: number): void;
  /** Nothing more is to come; called once. */
  end(): void;
}

/** The replies that a client waits for. */
export class ReplyLine {
  readonly connection: Connection;
  /** How many slots are open, or wait for one that is. */
  slotCount = 0;

  /** Called each time when the last slot is gone. */
  readonly #emptied: () => void;
  #first: LineSlot | undefined;
  #last: LineSlot | undefined;
  /** Where in the output begins what follows the last slot. */
  #mark = 0;

  constructor(connection: Connection, emptied: () => void) {
    this.connection = connection;
    this.#emptied = emptied;
  }

  /** Whether replies are missing. */
  get isOpen(): boolean {
    return this.#first !== undefined;
  }

  /** Takes the place of a reply that comes later. @param isWanted Whether the client is to get it. */
  reserve(isWanted = true): ReplySlot {
    this.capture();
    const slot = new LineSlot(this, isWanted);
    if (this.#last === undefined) this.#first = slot;
    else this.#last.next = slot;
    this.#last = slot;
    this.slotCount++;
    this.#mark = this.connection.reply.buffer.length;
    return slot;
  }

  /** What is written to the output from now on follows the last slot. */
  begin(): void {
    this.#mark = this.connection.reply.buffer.length;
  }

  /** Takes what was written since, to send it when its turn has come. */
  capture(): void {
    const buffer = this.connection.reply.buffer;
    if (this.#last === undefined || buffer.length <= this.#mark) return;
    this.#last.follow(buffer.bytes, this.#mark, buffer.length);
    buffer.length = this.#mark;
  }

  /** Whether a slot is the first one, so that what comes for it is passed on. */
  isFirst(slot: ReplySlot): boolean {
    return slot === this.#first;
  }

  /** Sends all that is not behind an open slot. */
  advance(): void {
    let first = this.#first;
    if (first === undefined || !first.isDone) return;
    this.capture();
    for (; first !== undefined; first = first.next) {
      this.#first = first;
      first.pass();
      if (!first.isDone) break;
      this.slotCount--;
    }
    this.#mark = this.connection.reply.buffer.length;
    if (first !== undefined) return;
    this.#first = this.#last = undefined;
    this.#emptied();
  }
}

/** A slot with what follows it. */
class LineSlot implements ReplySlot {
  readonly #line: ReplyLine;
  readonly #isWanted: boolean;
  isDone = false;
  next: LineSlot | undefined;
  /** What came before its turn, and what was written here behind it. */
  #early: Uint8Array | undefined;
  #following: Uint8Array | undefined;

  constructor(line: ReplyLine, isWanted: boolean) {
    this.#line = line;
    this.#isWanted = isWanted;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#isWanted) return;
    if (!this.#line.isFirst(this)) {
      this.#early = joined(this.#early, bytes, start, end);
      return;
    }
    this.#line.capture();
    this.#line.connection.putReply(bytes, start, end);
    this.#line.begin();
  }

  end(): void {
    this.isDone = true;
    if (this.#line.isFirst(this)) this.#line.advance();
  }

  /** Adds what was written behind it. */
  follow(bytes: Uint8Array, start: number, end: number): void {
    this.#following = joined(this.#following, bytes, start, end);
  }

  /** Sends what it has; what follows it, once it is done. */
  pass(): void {
    const { connection } = this.#line;
    if (this.#early !== undefined) connection.putReply(this.#early, 0, this.#early.length);
    this.#early = undefined;
    if (!this.isDone || this.#following === undefined) return;
    connection.putReply(this.#following, 0, this.#following.length);
    this.#following = undefined;
  }
}

/** Bytes with others behind them, copied. */
function joined(
  before: Uint8Array | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
): Uint8Array {
  if (before === undefined) return bytes.slice(start, end);
  const all = new Uint8Array(before.length + end - start);
  all.set(before);
  all.set(bytes.subarray(start, end), before.length);
  return all;
}
