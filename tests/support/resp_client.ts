/**
 * RESP client: a bare client for tests, which hides nothing that is on the wire.
 *
 * No reconnecting, no queue, no retry, no interpretation: arguments go out as one multi-bulk
 * request, replies come back as trees of tagged nodes (`reply.ts`), pushes included, in the order
 * of the wire. Every read has a deadline, so a server that stays silent fails the test and does
 * not hang it.
 *
 * Strings are binary text: the character é is the one byte E9. Text meant as UTF-8 is given as
 * the bytes of a `TextEncoder`.
 *
 * @module
 */

import { bytesOfText, textOfBytes } from "../../src/base/byte_view.ts";
import { plainOf, type PlainReply, type Reply } from "./reply.ts";
import { ReplyReader } from "./reply_reader.ts";

/** An argument of a request: binary text, bytes, or a number in its decimal form. */
export type Argument = string | Uint8Array | number | bigint;

/** Where a server listens. */
export type Address = { readonly port: number; readonly hostname?: string } | {
  readonly path: string;
};

/** How to connect. */
export interface ConnectOptions {
  /**
   * Longest wait for the bytes of one reply, in milliseconds.
   *
   * @default {30000}
   */
  deadlineMs?: number;
  /**
   * Protocol to speak; 3 sends `HELLO 3` first.
   *
   * @default {2}
   */
  protocol?: 2 | 3;
}

/** The server closed the connection where a reply was due. */
export class ConnectionEndedError extends Error {
  override readonly name = "ConnectionEndedError";
}

/** A reply did not come in time. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** Long enough for a machine that is busy otherwise; only a failure takes as long. */
const REPLY_DEADLINE_MS = 30_000;

const READ_BUFFER_BYTES = 64 * 1024;

/** A connection to a server under test. */
export class RespClient implements AsyncDisposable {
  readonly #connection: Deno.Conn;
  readonly #deadlineMs: number;
  readonly #reader = new ReplyReader();
  readonly #chunk = new Uint8Array(READ_BUFFER_BYTES);
  #isClosed = false;

  private constructor(connection: Deno.Conn, deadlineMs: number) {
    this.#connection = connection;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Opens a connection over TCP (to 127.0.0.1 unless told) or a unix socket.
   *
   * @param address port, or path of a socket
   * @param options deadline and protocol
   * @returns the client; the caller closes it, best by `await using`
   * @throws {Deno.errors.ConnectionRefused} when nobody listens
   */
  static async connect(address: Address, options: ConnectOptions = {}): Promise<RespClient> {
    const connection = "path" in address
      ? await Deno.connect({ transport: "unix", path: address.path })
      : await Deno.connect({ hostname: address.hostname ?? "127.0.0.1", port: address.port });
    const client = new RespClient(connection, options.deadlineMs ?? REPLY_DEADLINE_MS);
    if (options.protocol === 3) await client.#greet();
    return client;
  }

  /** Whether this side has closed the connection, also for a deadline that passed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Sends one command and reads one reply.
   *
   * @param args name and arguments
   * @returns the reply, an error reply too
   * @throws {DeadlineError} when it does not come in time; the connection is then closed
   * @throws {ConnectionEndedError} when the server closes instead
   */
  async command(...args: Argument[]): Promise<Reply> {
    await this.send(...args);
    return await this.receive();
  }

  /**
   * Sends one command and reads its reply as a plain value (see `plainOf`).
   *
   * @param args name and arguments
   * @returns the value
   * @throws {ReplyError} for an error reply
   */
  async value(...args: Argument[]): Promise<PlainReply> {
    return plainOf(await this.command(...args));
  }

  /**
   * Sends commands in one write, then reads as many replies.
   *
   * @param commands each a name and arguments
   * @returns the replies in order
   */
  async pipeline(commands: readonly (readonly Argument[])[]): Promise<Reply[]> {
    const [, replies] = await Promise.all([
      this.sendRaw(commands.map(encodeCommand).join("")),
      this.receiveMany(commands.length),
    ]);
    return replies;
  }

  /**
   * Sends one command and does not wait for its reply.
   *
   * @param args name and arguments
   */
  async send(...args: Argument[]): Promise<void> {
    await this.sendRaw(encodeCommand(args));
  }

  /**
   * Sends bytes as they are.
   *
   * @param bytes binary text or bytes; all of them are written
   */
  async sendRaw(bytes: string | Uint8Array): Promise<void> {
    const rest = typeof bytes === "string" ? bytesOfBinaryText(bytes) : bytes;
    for (let at = 0; at < rest.length;) at += await this.#connection.write(rest.subarray(at));
  }

  /** Tells the server that nothing more will be sent; reading goes on. */
  async endSending(): Promise<void> {
    await this.#connection.closeWrite();
  }

  /**
   * The next reply or push on the wire.
   *
   * @returns the reply
   * @throws {DeadlineError} when it does not come in time; the connection is then closed
   * @throws {ConnectionEndedError} when the server closes instead
   */
  async receive(): Promise<Reply> {
    while (true) {
      const reply = this.#reader.next();
      if (reply !== undefined) return reply;
      const chunk = await this.#read();
      if (chunk === undefined) {
        const rest = this.#reader.pendingByteCount;
        throw new ConnectionEndedError(
          `Connection closed by the server where a reply was due, ${rest} bytes unread`,
        );
      }
      this.#reader.push(chunk);
    }
  }

  /**
   * The next replies on the wire.
   *
   * @param replyCount how many
   * @returns the replies in order
   */
  async receiveMany(replyCount: number): Promise<Reply[]> {
    const replies: Reply[] = [];
    while (replies.length < replyCount) replies.push(await this.receive());
    return replies;
  }

  /**
   * Bytes as they are, at least one: what is there, or the next chunk.
   *
   * @returns binary text; empty when the server has closed
   */
  async readRaw(): Promise<string> {
    if (this.#reader.pendingByteCount > 0) return this.#reader.takeRest();
    const chunk = await this.#read();
    return chunk === undefined ? "" : textOfBytes(chunk);
  }

  /**
   * All bytes until the server closes.
   *
   * @returns binary text
   * @throws {DeadlineError} when a pause exceeds the deadline
   */
  async readToEnd(): Promise<string> {
    const parts: string[] = [];
    for (let part = await this.readRaw(); part !== ""; part = await this.readRaw()) {
      parts.push(part);
    }
    return parts.join("");
  }

  /** Closes the connection at once; doing it twice is fine. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  async #greet(): Promise<void> {
    const greeting = await this.command("HELLO", "3");
    if (greeting.kind !== "map") {
      this.close();
      throw new Error(`Cannot speak RESP3: HELLO 3 answered with kind ${greeting.kind}`);
    }
  }

  /** One chunk from the connection, valid until the next read; `undefined` at its end. */
  async #read(): Promise<Uint8Array | undefined> {
    let isLate = false;
    // Closing is what ends a pending read: an abandoned one would outlive the test.
    const timer = setTimeout(() => {
      isLate = true;
      this.close();
    }, this.#deadlineMs);
    try {
      const byteCount = await this.#connection.read(this.#chunk);
      return byteCount === null ? undefined : this.#chunk.subarray(0, byteCount);
    } catch (error) {
      if (isLate) {
        throw new DeadlineError(`No bytes from the server in ${this.#deadlineMs} ms`);
      }
      // A server that closes with requests unread resets the connection: an end like any other.
      if (error instanceof Deno.errors.ConnectionReset) return undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * A request as multi-bulk.
 *
 * @param args name and arguments
 * @returns binary text of the wire
 */
export function encodeCommand(args: readonly Argument[]): string {
  let wire = `*${args.length}\r\n`;
  for (const arg of args) {
    const text = textOfArgument(arg);
    wire += `$${text.length}\r\n${text}\r\n`;
  }
  return wire;
}

/**
 * An argument as binary text.
 *
 * @param arg any argument
 * @returns one character for each byte
 */
export function textOfArgument(arg: Argument): string {
  return arg instanceof Uint8Array ? textOfBytes(arg) : String(arg);
}

function bytesOfBinaryText(text: string): Uint8Array {
  // deno-lint-ignore no-control-regex -- the range is that of bytes
  const wide = /[^\x00-\xff]/.exec(text);
  if (wide !== null) {
    throw new Error(`Cannot send "${wide[0]}": not a byte; encode the text as UTF-8 first`);
  }
  return bytesOfText(text);
}
