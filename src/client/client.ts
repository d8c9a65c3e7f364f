/**
 * Client: sends commands over one connection and gives their replies back, pipelined.
 *
 * A call never waits for the one before it. Requests made in one turn of the program go out in one
 * write, and those made while a write is under way in the next, so a thousand calls are a few packets
 * without the caller doing anything for it. There is no queue of packets and no reconnecting: who
 * needs that makes a new client, and knows what was lost.
 *
 * Always true: replies settle calls in the order they were made; a call is settled exactly once, at
 * the latest when the connection breaks; at most one write is under way.
 * Not here: sockets. It asks for three methods, which a `Transport` has, and a `Deno.Conn` too.
 *
 * @module
 */

import { RedisError } from "../errors/redis_error.ts";
import {
  type BulkKind,
  encodeRequest,
  OutputBuffer,
  ReplyParser,
  type ReplyValue,
  type RequestWord,
} from "../resp/mod.ts";
import { CallQueue } from "./call_queue.ts";

/** Size of one read. */
const READ_BYTES = 16 * 1024;
/** A buffer of requests that grew beyond this is not kept. */
const KEPT_BUFFER_BYTES_MAX = 256 * 1024;

/** What a client talks over. */
export interface ClientTransport {
  /** Waits for bytes; `null` when the other side has closed. */
  read(into: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** Sends bytes, which stay unchanged until then; returns how many were sent. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Closes both directions and ends a read under way. */
  close(): void;
}

/** How a client is to be. */
export interface ClientOptions {
  /**
   * Given each message that answers no call: pushes of RESP3 and, in RESP2, what a subscribed
   * client gets. An error thrown here breaks the connection.
   *
   * @default they are dropped
   */
  receivePush?: (push: ReplyValue<Uint8Array>) => void;
  /** What strings become in pushes. @default "text" */
  pushForm?: BulkKind;
}

/** What `hello` tells the server besides the protocol. */
export interface HelloOptions {
  /** Who to authenticate as; needs a password. @default "default" */
  username?: string;
  /** With what; without it there is no authentication. */
  password?: string;
  /** The connection's name in CLIENT LIST. */
  clientName?: string;
}

/** The connection is gone: a call was not answered, or can't be sent. `cause` says why, if known. */
export class DisconnectedError extends Error {
  override readonly name = "DisconnectedError";
}

/** A connection to a server; `await using` closes it. */
export class Client implements AsyncDisposable {
  readonly #transport: ClientTransport;
  readonly #options: ClientOptions;
  readonly #parser: ReplyParser;
  readonly #calls = new CallQueue();
  #output = new OutputBuffer();
  #spare: OutputBuffer | undefined;
  /** Whether requests are being sent, or will be at the end of this turn. */
  #isSending = false;
  #broken: DisconnectedError | undefined;
  readonly #reading: Promise<void>;
  #sending: Promise<void> = Promise.resolve();

  /** @param transport Owned from now on. */
  constructor(transport: ClientTransport, options: ClientOptions = {}) {
    this.#transport = transport;
    this.#options = options;
    const calls = this.#calls;
    this.#parser = new ReplyParser({
      pushBulks: options.pushForm ?? "text",
      get replyBulks(): BulkKind {
        return calls.form;
      },
      reply: (value) => this.#takeReply(value),
      push: (message) => this.#takePush(message),
    });
    this.#reading = this.#read();
  }

  /** Whether the connection is closed, by either side. */
  get isClosed(): boolean {
    return this.#broken !== undefined;
  }

  /** Whether no reply is missing, so that somebody else may use the connection. */
  get isIdle(): boolean {
    return this.#calls.isEmpty;
  }

  /** Settles when the connection is gone, whoever closed it. */
  get ended(): Promise<void> {
    return this.#reading;
  }

  /**
   * Runs a command.
   *
   * SUBSCRIBE and its kin want RESP3 (`HELLO 3`): there the last of their confirmations is the reply.
   *
   * @param words Its name and arguments; copied.
   * @returns Its reply, strings read as UTF-8.
   * @throws {RedisError} What the server refuses it with.
   * @throws {DisconnectedError} When the connection is gone, or breaks before the reply.
   */
  call(...words: RequestWord[]): Promise<ReplyValue> {
    // Where strings are read as text, no element is bytes.
    return this.#send(words, "text") as Promise<ReplyValue>;
  }

  /**
   * Runs a command; like `call`, but strings of bytes come as `Uint8Array`.
   *
   * @throws {RedisError} What the server refuses it with.
   * @throws {DisconnectedError} When the connection is gone, or breaks before the reply.
   */
  callBytes(...words: RequestWord[]): Promise<ReplyValue<Uint8Array>> {
    return this.#send(words, "bytes");
  }

  /**
   * Waits until what was called so far has been sent, or the connection is gone: for who sends much
   * and would not have it all wait here.
   */
  flushed(): Promise<void> {
    if (!this.#isSending) return Promise.resolve();
    // Behind the microtask that begins to send.
    return new Promise((resolve) => queueMicrotask(() => resolve(this.#sending)));
  }

  /**
   * Chooses the protocol; with 3, maps, sets, doubles and pushes come as such.
   *
   * @returns What the server says of itself, in either protocol.
   * @throws {RedisError} What the server refuses it with; the protocol stays.
   * @throws {DisconnectedError} When the connection is gone, or breaks before the reply.
   */
  async hello(
    protocol: 2 | 3,
    options: HelloOptions = {},
  ): Promise<Map<ReplyValue, ReplyValue>> {
    const { username = "default", password, clientName } = options;
    const authentication = password === undefined ? [] : ["AUTH", username, password];
    const naming = clientName === undefined ? [] : ["SETNAME", clientName];
    const facts = await this.call("HELLO", protocol, ...authentication, ...naming);
    return facts instanceof Map ? facts : mapOfPairs(facts);
  }

  /**
   * Closes the connection at once; calls without a reply are rejected. Harmless when closed already.
   *
   * @returns Resolved when no read or write is under way any more.
   */
  async close(): Promise<void> {
    this.#break("the client was closed", undefined);
    await Promise.all([this.#reading, this.#sending]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #send(words: readonly RequestWord[], form: BulkKind): Promise<ReplyValue<Uint8Array>> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (words.length === 0) throw new TypeError("Cannot call: there is no command");
    encodeRequest(words, this.#output);
    if (!this.#isSending) {
      this.#isSending = true;
      queueMicrotask(() => this.#sending = this.#write());
    }
    return this.#calls.add(words, form);
  }

  /** Writes until nothing waits; never rejects. */
  async #write(): Promise<void> {
    try {
      while (this.#output.length > 0 && this.#broken === undefined) {
        const buffer = this.#output;
        this.#output = this.#spare ?? new OutputBuffer();
        this.#spare = undefined;
        let sentBytes = 0;
        while (sentBytes < buffer.length) {
          sentBytes += await this.#transport.write(
            buffer.bytes.subarray(sentBytes, buffer.length),
          );
        }
        buffer.length = 0;
        if (buffer.bytes.length <= KEPT_BUFFER_BYTES_MAX) this.#spare = buffer;
      }
    } catch (error) {
      this.#break("sending failed", error);
    }
    this.#isSending = false;
  }

  /** Reads until the connection is gone; never rejects. */
  async #read(): Promise<void> {
    const chunk = new Uint8Array(READ_BYTES);
    try {
      while (this.#broken === undefined) {
        const byteCount = await this.#transport.read(chunk);
        if (byteCount === null) return this.#break("the server closed the connection", undefined);
        this.#parser.parse(chunk.subarray(0, byteCount));
      }
    } catch (error) {
      this.#break("receiving failed", error);
    }
  }

  #takeReply(value: ReplyValue<Uint8Array>): void {
    if (this.#broken !== undefined) return;
    if (!this.#calls.isEmpty) {
      this.#calls.answer(value);
    } else if (value instanceof RedisError) {
      // An error that nobody asked for is a farewell: too many clients, protected mode.
      this.#break("the server refused the connection", value);
    } else {
      this.#takePush(value);
    }
  }

  #takePush(message: ReplyValue<Uint8Array>): void {
    if (this.#broken !== undefined) return;
    this.#calls.confirm(message);
    this.#options.receivePush?.(message);
  }

  #break(reason: string, cause: unknown): void {
    if (this.#broken !== undefined) return;
    const detail = cause instanceof Error ? `: ${cause.message}` : "";
    this.#broken = new DisconnectedError(`Disconnected: ${reason}${detail}`, { cause });
    this.#transport.close();
    this.#calls.rejectAll(this.#broken);
  }
}

/** A map as RESP2 writes it. */
function mapOfPairs(reply: ReplyValue): Map<ReplyValue, ReplyValue> {
  const map = new Map<ReplyValue, ReplyValue>();
  if (!Array.isArray(reply)) return map;
  for (let index = 0; index < reply.length; index += 2) map.set(reply[index], reply[index + 1]);
  return map;
}
