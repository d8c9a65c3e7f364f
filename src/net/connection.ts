/**
 * Connection: one client's bytes, in and out.
 *
 * The loop is read, hand over, write, and again: one read brings a batch of requests, and one write
 * takes all its replies. Because it writes before it reads on, a client that does not read its
 * replies is not read from: that is the back-pressure. Who still sends is read from a little later
 * (`readAhead`), as long as the server lets its output grow. What others send to this client (messages
 * of channels) goes out at the next turn of the loop, together. A busy client gives way to the others.
 *
 * Replies are written at the end of the turn, when the requests of all connections have run that were
 * read together: to write wakes the client, which costs the server more than anything else it does, and
 * a client (or a processor) that is awake already need not be woken again for the next.
 *
 * What many are told is sent from a log that they share (`DeliveryLog`), as long as nothing of the client's
 * own comes between.
 *
 * Always true: while a read is under way its buffer is neither moved nor replaced; at most one write is
 * under way; a delivery never gets into the middle of a reply.
 * Not here: what the bytes mean (`Receiver`) and when a client is too slow to live (the server).
 *
 * @module
 */

import type { ClientClass } from "../config/mod.ts";
import { OutputBuffer, WireWriter } from "../resp/mod.ts";
import type { ConnectionShare, Receiver } from "./connection_share.ts";
import { type DeliveryLog, SharedPart } from "./delivery_log.ts";
import { isDisconnect } from "./disconnect.ts";
import { InputBuffer } from "./input_buffer.ts";
import type { ReplyLine } from "./reply_line.ts";
import type { Transport } from "./transport.ts";

/** Replies that may wait before they are sent, though more requests are there. */
const OUTPUT_BATCH_BYTES = 256 * 1024;
/**
 * Bytes of requests and replies after which a busy connection gives way to the others. Measured: with
 * four times as many, ten thousand subscribers get little more than half the messages a second.
 */
const TURN_BYTES = 16 * 1024;
/** While so few delivered bytes wait to be sent, nobody asks whether they are too many. */
const DELIVERED_BYTES_UNCHECKED = 64 * 1024;
/** What a connection and its client take beside the buffers, about. */
const OBJECT_BYTES = 1024;

/** Stands in while a connection has nothing to say; never written to. */
const NO_BUFFER = new OutputBuffer();

/** Reads requests and sends replies over a transport. */
export class Connection {
  readonly transport: Transport;
  /** Where replies are written, between `openOutput` and `flush`. */
  readonly reply = new WireWriter(NO_BUFFER);

  readonly #share: ConnectionShare;
  #receiver: Receiver | undefined;
  readonly #input = new InputBuffer();
  #isReading = false;
  /** Whether the receiver is at work; the output buffer is its until it returns. */
  #isServing = false;
  /** Whether somebody else writes a reply, between `openOutput` and `flush`. */
  #isReplying = false;
  /** What was delivered while a reply was being written: it must not get into the middle of that. */
  #aside: OutputBuffer | undefined;
  /** What is delivered and shared with others; the output buffer is empty while there is some. */
  readonly #shared = new SharedPart();
  /** Whether it is in the outbox. */
  #isInOutbox = false;
  #isClosed = false;
  #isClosing = false;
  /** When bytes left last, in unix milliseconds; 0: never. */
  lastSentMs = 0;
  /** Bytes of requests that its client has queued; part of `memoryBytes`. */
  queuedBytes = 0;
  /** Whether requests that were held back have their turn as soon as others are through. */
  isGoingOn = false;
  /** Which of the limits on waiting output it is held to; see `ConnectionShare.outputWaits`. */
  outputClass: ClientClass = "normal";
  /** Whether its client has said who it is, or need not: else it is held to a limit of its own. */
  isTrusted = true;
  /** Bytes that its client's subscriptions take; part of `memoryBytes`. */
  subscriptionBytes = 0;
  /** Bytes that the prefixes take which its client is told of; part of `memoryBytes`. */
  prefixBytes = 0;
  /** Bytes that the keys take which its client watches; part of `memoryBytes`. */
  watchBytes = 0;
  /** With more bytes of replies than these the receiver is to stop, so that they go out. */
  replyBytesMax = OUTPUT_BATCH_BYTES;
  /** Where replies wait for those before them; `undefined`: none ever had to. */
  line: ReplyLine | undefined;
  /** Whether `run` waits for the peer to take replies. */
  #isHeldUp = false;
  /** Reading that goes on meanwhile. */
  #readingAhead: Promise<void> | undefined;

  #sending: Promise<void> | undefined;
  #sendingBytes = 0;
  /** Size of the buffer that is being sent. */
  #sendingBufferBytes = 0;
  /** What the share knows of `memoryBytes`. */
  #accountedBytes = 0;

  constructor(transport: Transport, share: ConnectionShare) {
    this.transport = transport;
    this.#share = share;
  }

  /** Whether the connection is closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether it closes once its replies are sent; no request is read any more. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Bytes read and not consumed. */
  get inputBytes(): number {
    return this.#input.waitingBytes;
  }

  /** Room left in the input buffer. */
  get inputFreeBytes(): number {
    return this.#input.bytes.length - this.#input.to;
  }

  /** Size of the input buffer. */
  get inputBufferBytes(): number {
    return this.#input.bytes.length;
  }

  /** Size of the buffer that replies are written to; 0 while there is none. */
  get outputBufferBytes(): number {
    return this.reply.buffer === NO_BUFFER ? 0 : this.reply.buffer.bytes.length;
  }

  /** Bytes of replies that wait to be sent. */
  get outputBytes(): number {
    return this.#sendingBytes + this.#unsentBytes;
  }

  /** Bytes that the connection holds: buffers, queued requests, itself; 0 once it is closed. */
  get memoryBytes(): number {
    if (this.#isClosed) return 0;
    return OBJECT_BYTES + this.queuedBytes + this.subscriptionBytes + this.prefixBytes +
      this.watchBytes + this.#input.bytes.length + this.outputBufferBytes +
      this.#sendingBufferBytes;
  }

  /** Reads and serves until one side closes. Never throws for what the peer or network does. */
  async run(receiver: Receiver): Promise<void> {
    this.#receiver = receiver;
    let turnBytes = 0;
    try {
      while (!this.#isClosed && !this.#isClosing) {
        const room = this.#beginRead();
        const byteCount = await this.transport.read(room);
        if (!this.#endRead(byteCount, room.length)) {
          await this.#sendMissing();
          break;
        }
        turnBytes += byteCount!;
        do {
          const hasReplies = this.#consume(receiver);
          turnBytes += this.reply.buffer.length;
          if (hasReplies) {
            this.#isHeldUp = true;
            await this.#sendAll();
            this.#isHeldUp = false;
            while (this.#readingAhead !== undefined && !this.#isClosed && !this.#isClosing) {
              await this.#readingAhead;
              await this.#sendAll();
            }
          }
          if (turnBytes >= TURN_BYTES || receiver.wantsMore) {
            turnBytes = 0;
            await this.#share.turns.next();
          }
        } while (receiver.wantsMore && !this.#isClosed && !this.#isClosing);
      }
      if (this.#isClosing) await this.#sendLast();
    } catch (error) {
      if (!isDisconnect(error)) throw error;
    } finally {
      this.close();
      this.#releaseOutput();
    }
  }

  /** Sends the replies that others are to give to the last requests of a client that sends no more. */
  async #sendMissing(): Promise<void> {
    const line = this.line;
    while (line?.isOpen === true && !line.mayBeLeft && !this.#isClosed) {
      await line.whenEmpty();
      await this.#sendAll();
      await this.#share.turns.next(); // what was put off is tried again
    }
  }

  /** Reads from a client that does not take its replies, as long as it may have more; else does nothing. */
  readAhead(): void {
    const receiver = this.#receiver;
    if (!this.#isHeldUp || this.#readingAhead !== undefined || receiver === undefined) return;
    if (this.#sending === undefined || !this.#share.mayHaveMore(this.outputBytes)) return;
    this.#readingAhead = this.#readAhead(receiver).catch((error) => this.#fail(error));
  }

  async #readAhead(receiver: Receiver): Promise<void> {
    while (this.#sending !== undefined && this.#share.mayHaveMore(this.outputBytes)) {
      if (!receiver.wantsMore) {
        const room = this.#beginRead();
        const hasRead = this.#endRead(await this.transport.read(room), room.length);
        if (!hasRead) this.#isClosing = true; // when the replies so far are sent
      }
      if (this.#isClosing) return;
      this.replyBytesMax = this.reply.buffer.length + OUTPUT_BATCH_BYTES;
      this.#consume(receiver);
      if (this.#isClosed || this.#isClosing) return;
      await this.#share.turns.next();
    }
    this.#readingAhead = undefined;
    this.replyBytesMax = OUTPUT_BATCH_BYTES;
  }

  /** Makes `reply` ready for writing outside of `Receiver.receive`; `flush` ends it. */
  openOutput(): WireWriter {
    this.#isReplying = true;
    const reply = this.#borrowOutput();
    if (!this.#isServing) this.line?.begin();
    return reply;
  }

  /** Has what was written since `openOutput` sent at the turn's end, or with the reply to this client's request. */
  flush(): void {
    const hasReply = this.#isReplying;
    this.#isReplying = false;
    if (this.#isServing) return;
    if (this.#aside !== undefined) this.putDeliveries(this.reply.buffer.length);
    if (hasReply) this.line?.finish();
    if (this.#isClosed || this.#unsentBytes === 0) return this.#releaseOutput();
    this.#noteOutput();
    if (this.#sending === undefined) this.#awaitOutbox();
  }

  /**
   * Sends what others have for this client (a message of a channel), at the end of this turn of the
   * loop; nothing behind a last reply. During a reply it waits for `putDeliveries` or the reply's end.
   *
   * @param bytes `bytes[start, end)` is copied.
   */
  deliver(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isClosed || this.#isClosing) return;
    if (this.#isServing || this.#isReplying) {
      this.#aside ??= this.#share.buffers.take();
      this.#aside.append(bytes, start, end);
      return;
    }
    this.#borrowOutput().buffer.append(bytes, start, end);
    this.#awaitOutbox();
  }

  /**
   * The same behind all replies that are still to come, but for one that nobody knows when to expect: the
   * message speaks of what they tell.
   *
   * @param bytes `bytes[start, end)` is copied.
   */
  deliverBehind(bytes: Uint8Array, start: number, end: number): void {
    const { line } = this;
    if (line?.isOpen !== true || line.mayBeLeft) return this.deliver(bytes, start, end);
    line.follow(bytes, start, end);
  }

  /** Puts more of a reply, `bytes[start, end)`, behind what is there, in the middle of other work too; for the line. */
  putReply(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isClosed) return;
    this.#borrowOutput().buffer.append(bytes, start, end);
    if (!this.#isServing && !this.#isReplying) this.#awaitOutbox();
  }

  /** The same for a message `[start, end)` of a log that many share: it need not be copied. */
  deliverShared(log: DeliveryLog, start: number, end: number): void {
    const isFree = this.reply.buffer.length === 0 && !this.#isServing && !this.#isReplying;
    if (this.#isClosing || this.#isClosed || !isFree || !this.#shared.add(log, start, end)) {
      return this.deliver(log.buffer.bytes, start, end);
    }
    this.#awaitOutbox();
  }

  /** Whether something was delivered in the middle of a reply. */
  get hasDeliveries(): boolean {
    return this.#aside !== undefined;
  }

  /** Puts what was delivered meanwhile into the output. @param mark Where the reply begins that it precedes. */
  putDeliveries(mark: number): void {
    const aside = this.#aside;
    if (aside === undefined) return;
    this.#aside = undefined;
    // They wait for no reply that is still to come.
    if (this.line?.isOpen === true) mark = this.line.skip(aside.length);
    const { buffer } = this.#borrowOutput();
    buffer.openGap(mark, aside.length);
    buffer.bytes.set(aside.bytes.subarray(0, aside.length), mark);
    this.#share.buffers.give(aside);
  }

  /** Has what waits sent at the end of the turn. */
  #awaitOutbox(): void {
    if (this.#unsentBytes > DELIVERED_BYTES_UNCHECKED) this.#noteOutput();
    if (this.#isInOutbox) return;
    this.#isInOutbox = true;
    this.#share.outbox.add(this);
  }

  /** Sends what waits; for the outbox. */
  sendWaiting(): void {
    this.#isInOutbox = false;
    if (this.#isClosed || this.#unsentBytes === 0) return this.#releaseOutput();
    this.#noteOutput();
    this.#sendAll().catch((error) => this.#fail(error));
  }

  /** Goes on with input that was held back while the client was blocked, behind this turn's work. */
  resume(): void {
    if (this.#receiver === undefined || this.#isClosed) return;
    // The read that is under way stays; only what it brought before is consumed.
    this.#serveHeld(this.#receiver).catch((error) => this.#fail(error));
  }

  /** Closes once the replies so far are sent. */
  closeAfterReply(): void {
    this.#isClosing = true;
    // Whoever called the receiver, or is sending, sees to it.
    if (!this.#isReading || this.#isServing) return;
    this.#sendLast().catch((error) => this.#fail(error));
  }

  /** Closes at once; what was not sent is dropped. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.transport.close();
    this.line?.release();
    this.#accountMemory();
    // The output buffer stays until `run` ends: somebody may be in the middle of writing to it.
    this.#receiver?.closed();
  }

  /** Where the next read may write. */
  #beginRead(): Uint8Array<ArrayBuffer> {
    if (this.#input.waitingBytes > this.#share.queryBytesMax) {
      this.#share.queryOverflow(this);
      throw new Deno.errors.ConnectionAborted("Cannot read on: the query buffer is over its limit");
    }
    const room = this.#input.makeRoom(this.#receiver!.neededBytes);
    this.#accountMemory();
    this.#isReading = true;
    return room;
  }

  /** Takes note of what a read brought; returns whether to go on. */
  #endRead(byteCount: number | null, roomBytes: number): boolean {
    this.#isReading = false;
    if (byteCount === null || this.#isClosed) return false;
    this.#share.countRead(byteCount);
    this.#input.accept(byteCount, roomBytes, this.#receiver!.neededBytes);
    return true;
  }

  /** Has requests run that have been read; returns whether there are replies to send. */
  #consume(receiver: Receiver): boolean {
    const input = this.#input;
    this.#borrowOutput();
    this.line?.begin();
    this.#isServing = true;
    input.from = receiver.receive(input.bytes, input.from, input.to);
    this.#isServing = false;
    if (this.#aside !== undefined) this.putDeliveries(this.reply.buffer.length);
    this.line?.finish();
    if (input.from === input.to && !this.#isReading) input.from = input.to = 0;
    if (this.reply.buffer.length === 0 || this.#isClosed) {
      this.#releaseOutput();
      this.#accountMemory();
      return false;
    }
    this.#noteOutput();
    return true;
  }

  async #serveHeld(receiver: Receiver): Promise<void> {
    const { resumptions } = this.#share;
    resumptions.begin();
    this.isGoingOn = true;
    // It may be a request of another client that lets this one go on: that one is finished first.
    await undefined;
    this.isGoingOn = false;
    let hasReplies = false;
    try {
      if (!this.#isClosed && !this.#isClosing) hasReplies = this.#consume(receiver);
    } finally {
      resumptions.end();
    }
    for (;;) {
      if (hasReplies) await this.#sendAll();
      if (!receiver.wantsMore || this.#isClosed || this.#isClosing) break;
      hasReplies = this.#consume(receiver);
    }
    if (this.#isClosing) await this.#sendLast();
  }

  #noteOutput(): void {
    const waitingBytes = this.outputBytes;
    if (waitingBytes > 0) this.#share.outputWaits(this, waitingBytes);
    this.#accountMemory();
  }

  /** Tells the share what has become of the memory since it was told last. */
  #accountMemory(): void {
    const byteDelta = this.memoryBytes - this.#accountedBytes;
    if (byteDelta === 0) return;
    this.#accountedBytes += byteDelta;
    this.#share.memoryChanged(byteDelta);
  }

  /** Sends until nothing waits, and closes. */
  async #sendLast(): Promise<void> {
    await this.#sendAll();
    await this.#share.farewell;
    this.close();
  }

  /** Sends until nothing waits. */
  #sendAll(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    if (this.#sending === undefined && this.#unsentBytes === 0) return Promise.resolve();
    return this.#sending ??= this.#sendLoop();
  }

  /** One function for all of it: each more that can be awaited would cost a promise for each write. */
  async #sendLoop(): Promise<void> {
    try {
      while (this.#unsentBytes > 0 && !this.#isClosed) {
        const shared = this.#shared.byteCount > 0 ? this.#shared.take() : undefined;
        const buffer = this.reply.buffer;
        if (shared === undefined) this.reply.buffer = NO_BUFFER;
        this.#sendingBufferBytes = shared?.bytes.length ?? buffer.bytes.length;
        let bytes = shared?.bytes ?? buffer.bytes.subarray(0, buffer.length);
        this.#sendingBytes = bytes.length;
        try {
          await (this.#share.clearance ?? this.#share.turns.end());
          while (this.#sendingBytes > 0 && !this.#isClosed) {
            const written = await this.transport.write(bytes);
            this.#share.countWrite(written);
            this.lastSentMs = this.#share.nowMs;
            this.#sendingBytes -= written;
            if (this.#sendingBytes > 0) bytes = bytes.subarray(written);
          }
        } finally {
          shared?.log.release();
        }
        if (shared === undefined) this.#share.buffers.give(buffer);
      }
    } finally {
      this.#sending = undefined;
      this.#sendingBytes = 0;
      this.#sendingBufferBytes = 0;
      this.#accountMemory();
      this.line?.noteSent();
    }
  }

  /** Bytes of output that nobody sends yet. */
  get #unsentBytes(): number {
    return this.reply.buffer.length + this.#shared.byteCount;
  }

  #borrowOutput(): WireWriter {
    if (this.reply.buffer === NO_BUFFER) this.reply.buffer = this.#share.buffers.take();
    if (this.#shared.byteCount > 0) {
      const { log, bytes } = this.#shared.take();
      this.reply.buffer.append(bytes, 0, bytes.length);
      log.release();
    }
    return this.reply;
  }

  #releaseOutput(): void {
    if (this.#shared.byteCount > 0) this.#shared.take().log.release();
    this.#aside = undefined;
    if (this.reply.buffer !== NO_BUFFER) this.#share.buffers.give(this.reply.buffer);
    this.reply.buffer = NO_BUFFER;
  }

  #fail(error: unknown): void {
    this.close();
    if (!isDisconnect(error)) throw error;
  }
}
