/**
 * Relay connection: carries requests of clients to another node, and its replies back.
 *
 * Replies come in the order of the requests, so the oldest run owns the next ones. They are passed on as
 * they are: only their ends are looked for. A reply is passed on when it is whole, so that a connection
 * that breaks leaves no client with half of one.
 *
 * Always true: it is used only once both sides have shown who they are.
 * Not here: what becomes of requests that are not answered (`RelayLink`).
 *
 * @module
 */

import { bytesOfText } from "../../base/byte_view.ts";
import type { ClientTransport } from "../../client/mod.ts";
import { DisconnectedError } from "../../client/mod.ts";
import { MOVED_CODE } from "../../errors/catalogue.ts";
import { RedisError } from "../../errors/redis_error.ts";
import {
  encodeRequest,
  OutputBuffer,
  ReplyParser,
  ReplyScanner,
  type ReplyValue,
  type RequestWord,
} from "../../resp/mod.ts";
import { RequestChunk, type RequestRun } from "./request_chunk.ts";

/** Room for one read; for a longer reply there is more, and no longer than that needs it. */
const READ_BYTES = 64 * 1024;
/** An announced length is believed up to this; beyond, the buffer doubles as bytes come. */
const TRUSTED_BYTES_MAX = 1024 * 1024;

/** Answered runs that are kept, so that the list is not moved up for each. */
const ANSWERED_COUNT_MAX = 1024;

/** What a connection tells. */
export interface ConnectionListener {
  /** Told of each chunk of which nothing is missing any more. */
  readonly answered: (chunk: RequestChunk) => void;
  /** Told of requests that the node does not answer, as another one has their keys by now. */
  readonly moved: (run: RequestRun) => void;
  /** Given each message of the node that answers nothing; borrowed during the call. @default none is due */
  readonly pushed?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** How a connection is to be. */
export interface RelayConnectionOptions extends ConnectionListener {
  /** Resolves when everything else that is ready had its turn. */
  readonly nextTurn: () => Promise<void>;
}

/** How a reply begins that names the node which has the keys by now. */
const MOVED = bytesOfText(`-${MOVED_CODE} `);
/** How a message begins that answers nothing. */
const PUSH = 62;

/** One connection to another node. */
export class RelayConnection {
  readonly #transport: ClientTransport;
  readonly #options: RelayConnectionOptions;
  readonly #scanner = new ReplyScanner();
  /** What was sent and is not answered, in order; those before `#firstIndex` are. */
  #runs: RequestRun[] = [];
  #firstIndex = 0;
  #bytes = new Uint8Array(READ_BYTES);
  /** What was read and not passed on, and how much of it was looked at: all. */
  #from = 0;
  #to = 0;
  #isClosed = false;

  /** @param transport Owned from now on. */
  constructor(transport: ClientTransport, options: RelayConnectionOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  /** What was sent and is not answered, in order. */
  get unanswered(): readonly RequestRun[] {
    return this.#runs.slice(this.#firstIndex);
  }

  /** Whether nothing is missing. */
  get isIdle(): boolean {
    return this.#firstIndex === this.#runs.length;
  }

  /**
   * Asks something before there are requests of clients.
   *
   * @throws {RedisError} What the other side refuses it with.
   * @throws {DisconnectedError} When the connection is gone, or what answers there is no server.
   */
  async call(...words: RequestWord[]): Promise<ReplyValue> {
    const output = new OutputBuffer();
    encodeRequest(words, output);
    await this.#write(output);
    const answers: ReplyValue<Uint8Array>[] = [];
    const parser = new ReplyParser({
      replyBulks: "text",
      pushBulks: "text",
      reply: (answer) => answers.push(answer),
      push: () => {},
    });
    while (answers.length === 0) {
      const byteCount = await this.#read(this.#bytes);
      try {
        parser.parse(this.#bytes.subarray(0, byteCount));
      } catch (error) {
        throw new DisconnectedError("Disconnected: that is no answer", { cause: error });
      }
    }
    if (answers[0] instanceof RedisError) throw answers[0];
    return answers[0] as ReplyValue; // where strings are read as text, no element is bytes
  }

  /** Sends a chunk; resolves when it is written. */
  async send(chunk: RequestChunk): Promise<void> {
    chunk.isSent = true;
    for (const run of chunk.runs) {
      run.sentCount++;
      this.#runs.push(run);
    }
    await this.#write(chunk.output);
  }

  /** Passes replies on until the connection is gone; rejects with what ended it. */
  async run(): Promise<never> {
    let turnBytes = 0;
    for (;;) {
      const byteCount = await this.#read(this.#makeRoom());
      if (this.#isClosed) throw new DisconnectedError("Disconnected: the connection was closed");
      this.#take(byteCount);
      turnBytes += byteCount;
      if (turnBytes < READ_BYTES) continue;
      turnBytes = 0;
      await this.#options.nextTurn();
    }
  }

  /** Closes it at once; nothing is passed on any more. Harmless when closed already. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#transport.close();
  }

  /** @throws {DisconnectedError} When the connection is gone; `cause` is the system's reason. */
  async #read(room: Uint8Array<ArrayBuffer>): Promise<number> {
    let byteCount: number | null;
    try {
      byteCount = await this.#transport.read(room);
    } catch (error) {
      throw new DisconnectedError("Disconnected: receiving failed", { cause: error });
    }
    if (byteCount === null) throw new DisconnectedError("Disconnected: the node hung up");
    return byteCount;
  }

  /** @throws {DisconnectedError} When the connection is gone; `cause` is the system's reason. */
  async #write({ bytes, length }: OutputBuffer): Promise<void> {
    let sentBytes = 0;
    try {
      while (sentBytes < length) {
        sentBytes += await this.#transport.write(bytes.subarray(sentBytes, length));
      }
    } catch (error) {
      throw new DisconnectedError("Disconnected: sending failed", { cause: error });
    }
  }

  /** Where the next read may write. */
  #makeRoom(): Uint8Array<ArrayBuffer> {
    const waitingBytes = this.#to - this.#from;
    const neededBytes = Math.min(
      waitingBytes + this.#scanner.neededBytes,
      Math.max(waitingBytes * 2, TRUSTED_BYTES_MAX),
    );
    const size = Math.max(neededBytes, waitingBytes === this.#bytes.length ? waitingBytes * 2 : 0);
    if (size > this.#bytes.length || (waitingBytes === 0 && this.#bytes.length > READ_BYTES)) {
      const bytes = new Uint8Array(Math.max(size, READ_BYTES));
      bytes.set(this.#bytes.subarray(this.#from, this.#to));
      this.#bytes = bytes;
    } else if (this.#from > 0) {
      this.#bytes.copyWithin(0, this.#from, this.#to);
    }
    this.#from = 0;
    this.#to = waitingBytes;
    return waitingBytes === 0 ? this.#bytes : this.#bytes.subarray(waitingBytes);
  }

  /** Passes on what is whole by the bytes that have come. */
  #take(byteCount: number): void {
    const bytes = this.#bytes, scanner = this.#scanner;
    let at = this.#to, from = this.#from, whole = from;
    const to = this.#to = at + byteCount;
    for (;;) {
      const end = scanner.scan(bytes, at, to);
      if (end < 0) break;
      const start = whole, run = this.#runs[this.#firstIndex];
      at = whole = end;
      if (bytes[start] === PUSH) {
        if (start > from) run.slot.add(bytes, from, start);
        from = end;
        this.#options.pushed?.(bytes.subarray(start, end));
        continue;
      }
      if (run === undefined) throw new DisconnectedError("Disconnected: a reply to nothing");
      run.answeredCount++;
      if (bytes[start] === MOVED[0] && isMoved(bytes, start, end)) {
        if (start > from) run.slot.add(bytes, from, start);
        from = end;
        this.#takeOut(run);
        continue;
      }
      if (run.answeredCount <= run.droppedCount) {
        from = end;
      } else if (run.answeredCount === run.requestCount) {
        run.slot.add(bytes, from, end);
        from = end;
        this.#finish(run);
      }
    }
    // Some of a run, all whole.
    if (whole > from) this.#runs[this.#firstIndex].slot.add(bytes, from, whole);
    this.#from = whole;
  }

  /** Has the last answered request sent elsewhere. */
  #takeOut(run: RequestRun): void {
    const { line, slot, isReplyWanted } = run;
    if (run.answeredCount === run.requestCount || line === undefined) {
      const moved = RequestChunk.takeOut(run, slot);
      this.#forget(run);
      return this.#options.moved(moved);
    }
    const movedSlot = line.insertBehind(slot, isReplyWanted);
    run.slot = line.insertBehind(movedSlot, isReplyWanted);
    slot.end();
    this.#options.moved(RequestChunk.takeOut(run, movedSlot));
  }

  #finish(run: RequestRun): void {
    this.#forget(run);
    run.slot.end();
  }

  #forget({ chunk }: RequestRun): void {
    this.#firstIndex++;
    if (this.#firstIndex === this.#runs.length || this.#firstIndex > ANSWERED_COUNT_MAX) {
      this.#runs.splice(0, this.#firstIndex);
      this.#firstIndex = 0;
    }
    if (--chunk.openRunCount === 0) this.#options.answered(chunk);
  }
}

/** Whether a reply says that another node has the keys. */
function isMoved(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < MOVED.length) return false;
  for (let index = 0; index < MOVED.length; index++) {
    if (bytes[start + index] !== MOVED[index]) return false;
  }
  return true;
}
