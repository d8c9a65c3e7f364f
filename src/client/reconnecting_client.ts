/**
 * Reconnecting client: a client that lives on when its connection breaks.
 *
 * It connects, prepares the connection (who am I, who are you), and watches over it: a question now
 * and then, and if the answer fails to come the connection is given up, as one that hangs looks like
 * one that is idle. Then it tries again, after a pause that doubles up to a limit and is drawn by
 * lot, lest all who lost a server come back to it in the same moment.
 *
 *   connect ─> prepare ─> connected ──> heartbeat ──> ... ──> broken
 *      ^────────────── pause <────────────────────────────────┘
 *
 * A call while there is no connection fails at once, and so does one that was not answered when it
 * broke: whether the server has run it nobody knows, and to send it again is for the caller to say.
 *
 * Always true: between `connected` and `broken` the connection is prepared; at most one is open.
 * Not here: subscriptions; who wants them back subscribes in `prepare`.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { ReplyValue, RequestWord } from "../resp/mod.ts";
import { Client, type ClientOptions, DisconnectedError } from "./client.ts";
import { type Connect, connectWithin, type PeerAddress } from "./connecting.ts";
import { rest, within } from "./within.ts";

/** A pause is drawn from this part of its length up to the whole. */
const PAUSE_FRACTION_MIN = 0.5;

/** How a reconnecting client is to be. */
export interface ReconnectingOptions extends ClientOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** @default a TCP connection */
  readonly connect?: Connect;
  /** How long connecting, preparing, a heartbeat and a call may take, each. */
  readonly timeoutMs: number;
  /** Pause between two heartbeats. */
  readonly heartbeatMs: number;
  /** Pause before the second attempt to connect, and longest pause. */
  readonly pauseMsMin: number;
  readonly pauseMsMax: number;
  /** Makes a connection ready for callers; if it rejects, the connection is closed. */
  readonly prepare?: (client: Client) => Promise<void>;
  /** What is asked now and then; if it rejects, the connection is closed. @default PING */
  readonly beat?: (client: Client) => Promise<unknown>;
  /** Told when a connection is ready, and of each heartbeat that was answered. */
  readonly heard?: () => void;
  /** Told when there is no connection, or still none, and why. */
  readonly broken?: (reason: Error) => void;
}

/** A connection to one server that is made again and again; `await using` closes it for good. */
export class ReconnectingClient implements AsyncDisposable {
  readonly #address: PeerAddress;
  readonly #options: ReconnectingOptions;
  readonly #aborter = new AbortController();
  readonly #running: Promise<void>;
  /** The connection that callers use; `undefined`: there is none. */
  #client: Client | undefined;
  #failure = new DisconnectedError("Disconnected: not connected yet");
  #attemptCount = 0;

  /** Begins to connect. */
  constructor(address: PeerAddress, options: ReconnectingOptions) {
    this.#address = address;
    this.#options = options;
    this.#running = this.#run();
  }

  /** Whether calls can be made. */
  get isConnected(): boolean {
    return this.#client !== undefined && !this.#client.isClosed;
  }

  /**
   * Runs a command; see `Client.call`.
   *
   * @throws {RedisError} What the server refuses it with.
   * @throws {DisconnectedError} When there is no connection, or it breaks before the reply.
   * @throws {TimeoutError} When the reply takes too long; the connection stays.
   */
  call(...words: RequestWord[]): Promise<ReplyValue> {
    return this.#send((client) => client.call(...words));
  }

  /**
   * Runs a command; see `Client.callBytes`.
   *
   * @throws {RedisError} What the server refuses it with.
   * @throws {DisconnectedError} When there is no connection, or it breaks before the reply.
   * @throws {TimeoutError} When the reply takes too long; the connection stays.
   */
  callBytes(...words: RequestWord[]): Promise<ReplyValue<Uint8Array>> {
    return this.#send((client) => client.callBytes(...words));
  }

  /** Closes the connection and makes no other; resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#aborter.abort(new DisconnectedError("Disconnected: the client was closed"));
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #send<Reply>(send: (client: Client) => Promise<Reply>): Promise<Reply> {
    const client = this.#client;
    if (client === undefined || this.#aborter.signal.aborted) return Promise.reject(this.#failure);
    return within(send(client), this.#options.timeoutMs, this.#options);
  }

  /** Connects again and again until it is closed; never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#aborter;
    while (!signal.aborted) {
      const reason = await this.#live().then(() => undefined, (error: unknown) => error);
      this.#failure = asDisconnected(signal.aborted ? signal.reason : reason);
      this.#options.broken?.(this.#failure);
      if (!signal.aborted) await this.#rest(this.#nextPauseMs());
    }
  }

  /** One connection, from its beginning to its end; rejects with what ended it. */
  async #live(): Promise<never> {
    const { clock, timeoutMs, connect, prepare, heard } = this.#options;
    const { signal } = this.#aborter;
    const transport = await connectWithin(this.#address, { clock, timeoutMs, signal, connect });
    const client = new Client(transport, this.#options);
    try {
      if (prepare !== undefined) await within(prepare(client), timeoutMs, { clock, signal });
      this.#client = client;
      this.#attemptCount = 0;
      heard?.();
      return await this.#watchOver(client);
    } finally {
      this.#client = undefined;
      await client.close();
    }
  }

  /** Asks now and then until there is no answer. */
  async #watchOver(client: Client): Promise<never> {
    const { clock, timeoutMs, heartbeatMs, heard, beat = ping } = this.#options;
    const { signal } = this.#aborter;
    for (;;) {
      await this.#rest(heartbeatMs, client.ended);
      signal.throwIfAborted();
      await within(beat(client), timeoutMs, { clock, signal }); // rejects if the client is closed
      heard?.();
    }
  }

  /** Waits for some time, for the end of a connection, or for `close`. */
  #rest(milliseconds: number, ended?: Promise<void>): Promise<void> {
    const { clock } = this.#options;
    return rest(milliseconds, { clock, signal: this.#aborter.signal, ended });
  }

  #nextPauseMs(): number {
    const { pauseMsMin, pauseMsMax, random } = this.#options;
    const wholeMs = Math.min(pauseMsMax, pauseMsMin * 2 ** this.#attemptCount++);
    const leastMs = Math.floor(wholeMs * PAUSE_FRACTION_MIN);
    return leastMs + random.below(wholeMs - leastMs + 1);
  }
}

function ping(client: Client): Promise<unknown> {
  return client.call("PING");
}

function asDisconnected(reason: unknown): DisconnectedError {
  if (reason instanceof DisconnectedError) return reason;
  const text = reason instanceof Error ? reason.message : String(reason);
  return new DisconnectedError(`Disconnected: ${text}`, { cause: reason });
}
