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
 * Not here: who fills the slots. What others send to the client (messages) does not wait in line, and
 * keeps its own order by that.
 *
 * @module
 */

import type { Connection } from "./connection.ts";

/** The place of one reply, or of several that come one behind the other. */
export interface ReplySlot {
  /** Adds whole replies. @param bytes `bytes[start, end)` is copied. */
  add(bytes: Uint8Array, start: number, end: number): void;
  /** Nothing more is to come; called once. */
  end(): void;
}

/** The replies that a client waits for. */
export class ReplyLine {
  readonly connection: Connection;
  /** How many slots are open, or wait for one that is. */
  slotCount = 0;
  /** Whether the client waits for something that nobody needs once it has gone (a blocking command). */
  mayBeLeft = false;

  /** Called when the last slot is gone, and when the client has taken what was sent. */
  readonly #progressed: () => void;
  #first: LineSlot | undefined;
  #last: LineSlot | undefined;
  /** Whether replies are being written, and where in the output those begin that follow the last slot. */
  #isWriting = false;
  #mark = 0;
  #whenEmpty: (() => void) | undefined;

  constructor(connection: Connection, progressed: () => void) {
    this.connection = connection;
    this.#progressed = progressed;
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

  /** Adds a slot right behind another, for a part of what that one was to have. */
  insertBehind(slot: ReplySlot, isWanted: boolean): ReplySlot {
    const before = slot as LineSlot, inserted = new LineSlot(this, isWanted);
    inserted.next = before.next;
    before.next = inserted;
    before.moveFollowing(inserted);
    if (this.#last === before) this.#last = inserted;
    this.slotCount++;
    return inserted;
  }

  /** Somebody begins to write replies to the output: they follow the last slot. */
  begin(): void {
    this.#isWriting = true;
    this.#mark = this.connection.reply.buffer.length;
  }

  /** Nobody does any more. */
  finish(): void {
    this.capture();
    this.#isWriting = false;
  }

  /** Something is put before what was written since; returns where. */
  skip(byteCount: number): number {
    this.#mark += byteCount;
    return this.#mark - byteCount;
  }

  /** Takes the replies that were written since, to send them when their turn has come. */
  capture(): void {
    const buffer = this.connection.reply.buffer;
    if (this.#last === undefined || !this.#isWriting || buffer.length <= this.#mark) return;
    this.#last.follow(buffer.bytes, this.#mark, buffer.length);
    buffer.length = this.#mark;
  }

  /** Puts a message behind the last slot and what was written since. @param bytes Copied. */
  follow(bytes: Uint8Array, start: number, end: number): void {
    this.capture();
    this.#last!.follow(bytes, start, end);
  }

  /** Whether nothing follows a slot. */
  endsWith(slot: ReplySlot): boolean {
    return slot === this.#last && this.#last.isBare &&
      this.connection.reply.buffer.length === this.#mark;
  }

  /** Whether a slot is the first one, so that what comes for it is passed on. */
  isFirst(slot: ReplySlot): boolean {
    return slot === this.#first;
  }

  /** Sends bytes whose turn has come. */
  pass(bytes: Uint8Array, start: number, end: number): void {
    this.capture();
    this.connection.putReply(bytes, start, end);
    this.#mark = this.connection.reply.buffer.length;
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
    if (first !== undefined) return;
    this.#first = this.#last = undefined;
    this.release();
    this.#progressed();
  }

  /** Everything so far has been sent. */
  noteSent(): void {
    this.#progressed();
  }

  /** Resolves when no reply is missing, or nobody is there any more to take it. */
  whenEmpty(): Promise<void> {
    return new Promise((resolve) => this.#whenEmpty = resolve);
  }

  /** Nobody waits for it to be empty any more. */
  release(): void {
    this.#whenEmpty?.();
    this.#whenEmpty = undefined;
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
    this.#line.pass(bytes, start, end);
  }

  end(): void {
    this.isDone = true;
    if (this.#line.isFirst(this)) this.#line.advance();
  }

  /** Whether nothing was written behind it. */
  get isBare(): boolean {
    return this.#following === undefined;
  }

  /** Adds what was written behind it. */
  follow(bytes: Uint8Array, start: number, end: number): void {
    this.#following = joined(this.#following, bytes, start, end);
  }

  /** Has what was written behind it follow another. */
  moveFollowing(other: LineSlot): void {
    other.#following = this.#following;
    this.#following = undefined;
  }

  /** Sends what it has; what follows it, once it is done. */
  pass(): void {
    if (this.#early !== undefined) this.#line.pass(this.#early, 0, this.#early.length);
    this.#early = undefined;
    if (!this.isDone || this.#following === undefined) return;
    this.#line.pass(this.#following, 0, this.#following.length);
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
