/**
 * Relay link: the way of clients' requests to one other node.
 *
 * One connection carries the requests of all clients. It is made when the first one comes, and made
 * again when it broke and there is something to send. Where it breaks, what was not sent yet waits for
 * the next one, and so do requests that only read; of another that was sent nobody knows whether it
 * ran, so it is answered with an error and never sent again. Nothing waits for longer than
 * `cluster-node-timeout`.
 *
 *   relay ─> filling chunk ──(end of turn)──> connection ──> owner
 *                                  ^ takes over what is left of the one that broke
 *
 * While clients want to hear of keys that change there, the connection is kept though nobody asks
 * anything (`mustHear`).
 *
 * Always true: at most one connection; requests of one client are sent in their order.
 *
 * @module
 */

import { textOfBytes } from "../../base/byte_view.ts";
import type { Clock } from "../../base/clock.ts";
import type { ClusterNode, Session } from "../../engine/mod.ts";
import { NODE_LOST, SLOT_NOT_SERVED } from "../../errors/catalogue.ts";
import type { Log } from "../../observability/mod.ts";
import type { RequestWord } from "../../resp/mod.ts";
import type { ConnectionListener, RelayConnection } from "./relay_connection.ts";
import { refuseRun, RequestChunk, type RequestRun, type RunOptions } from "./request_chunk.ts";

/** Bytes of requests that are not answered; who would add to more has to wait. */
const OPEN_BYTES_MAX = 16 * 1024 * 1024;
/** Chunks that are kept to be used again, and the largest. */
const SPARE_COUNT_MAX = 4;
const SPARE_BYTES_MAX = 256 * 1024;
/** How often a request that only reads is sent, if connections break by it. */
const SENT_COUNT_MAX = 3;
/** Pause between attempts to connect, and the longest where no request waits: it doubles up to that. */
const PAUSE_MS = 20;
const IDLE_PAUSE_MS_MAX = 1000;

/** What a link needs. */
export interface RelayLinkOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** `cluster-node-timeout`, in milliseconds, as it is now. */
  readonly nodeTimeoutMs: () => number;
  /** Makes a connection on which both sides have shown who they are. */
  readonly open: (told: ConnectionListener) => Promise<RelayConnection>;
  /** Told of requests that another node is to answer. */
  readonly moved: (run: RequestRun, from: ClusterNode) => void;
  /** Given each message of the node that answers nothing; borrowed during the call. */
  readonly pushed: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** What the node is told first over each connection; `undefined`: nothing. */
  readonly greeting: () => readonly RequestWord[] | undefined;
  /** Whether there must be a connection, so that its messages come. */
  readonly mustHear: () => boolean;
  /** Told that a connection is gone: messages may be missing. */
  readonly lost: () => void;
}

/** The way to one node. */
export class RelayLink {
  readonly node: ClusterNode;
  readonly #options: RelayLinkOptions;
  #connection: RelayConnection | undefined;
  /** What is sent next. */
  #filling = new RequestChunk();
  readonly #spare: RequestChunk[] = [];
  /** Whether chunks are being sent, or will be at the end of this turn. */
  #isSending = false;
  #isConnecting = false;
  #isClosed = false;
  /** Bytes of requests that were sent and are not answered. */
  #sentBytes = 0;
  /** Who waits until there are less. */
  readonly #waiting = new Set<Session>();
  #resting: { readonly isIdle: boolean; readonly end: () => void } | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(node: ClusterNode, options: RelayLinkOptions) {
    this.node = node;
    this.#options = options;
  }

  /** Whether no further request may be added now; if so, the client is told when to try again. */
  isFullFor(session: Session): boolean {
    if (this.#sentBytes + this.#filling.output.length < OPEN_BYTES_MAX) return false;
    this.#waiting.add(session);
    return true;
  }

  /**
   * Sends requests of a client at the end of this turn, behind those before.
   *
   * @param add Adds them to the run, which is new or that of the client's last ones.
   */
  send(session: Session, options: RunOptions): RequestChunk {
    const chunk = this.#filling;
    if (!chunk.extends(session, options)) chunk.begin(session, options);
    this.#beginSending();
    return chunk;
  }

  /**
   * Asks something for this node itself.
   *
   * @returns The reply as it came, an error's if there was no answer.
   */
  ask(words: readonly RequestWord[]): Promise<string> {
    return new Promise((resolve) => {
      let text = "";
      const slot = {
        add: (bytes: Uint8Array, start: number, end: number) =>
          void (text += textOfBytes(bytes, start, end)),
        end: () => resolve(text),
      };
      this.#filling.beginOwn(0, slot);
      this.#filling.addWords(...words);
      this.#beginSending();
    });
  }

  /** Whether there is a connection. */
  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /** Connects, if there must be a connection. */
  hear(): void {
    if (!this.isConnected && this.#options.mustHear()) this.#connect();
  }

  /** Sends what another node had not to answer. */
  sendAgain(run: RequestRun): void {
    this.#filling.takeOver(run);
    this.#beginSending();
  }

  /** Answers everything with an error: the node is failing. What comes is tried anew. */
  fail(): void {
    this.#resting?.end();
    this.#resting = undefined;
    const { unanswered = [] } = this.#connection ?? {};
    this.#connection?.close();
    this.#connection = undefined;
    const runs = [...unanswered, ...this.#filling.runs];
    this.#reset();
    for (const run of runs) {
      refuseRun(run, run.chunk.isSent && !run.isRepeatable ? NODE_LOST : SLOT_NOT_SERVED);
    }
    this.#resumeWaiting();
  }

  /** Ends it; resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.fail();
    await this.#work;
  }

  #beginSending(): void {
    if (this.#isSending) return;
    if (this.#connection === undefined) return this.#connect();
    this.#isSending = true;
    queueMicrotask(() => this.#sendAll(this.#connection));
  }

  /** Sends until nothing waits; what happens to the connection shows in `#live`. */
  async #sendAll(
    connection: RelayConnection | undefined,
    greeting?: readonly RequestWord[],
  ): Promise<void> {
    try {
      if (greeting !== undefined) await connection?.send(this.#newGreeting(greeting));
      while (
        connection !== undefined && connection === this.#connection &&
        this.#filling.runs.length > 0
      ) {
        const chunk = this.#filling;
        this.#filling = this.#newChunk();
        this.#filling.follow(chunk);
        this.#sentBytes += chunk.output.length;
        await connection.send(chunk);
      }
    } catch {
      connection?.close(); // reading ends by that
    } finally {
      if (connection === this.#connection) this.#isSending = false;
    }
  }

  #newGreeting(words: readonly RequestWord[]): RequestChunk {
    const chunk = new RequestChunk();
    chunk.beginOwn(0, { add: () => {}, end: () => {} });
    chunk.addWords(...words);
    this.#sentBytes += chunk.output.length;
    return chunk;
  }

  /** Connects, and again and again while there is something to send, or to hear. */
  #connect(): void {
    if (this.#resting?.isIdle) this.#resting.end();
    if (this.#isConnecting || this.#isClosed) return;
    this.#isConnecting = true;
    this.#work = this.#live();
  }

  async #live(): Promise<void> {
    try {
      await this.#tryOn();
    } finally {
      this.#isConnecting = false;
      if (this.#isNeeded) this.#connect(); // by what came meanwhile
    }
  }

  async #tryOn(): Promise<void> {
    const { clock, nodeTimeoutMs } = this.#options;
    let deadlineUs = clock.monotonicUs() + nodeTimeoutMs() * 1000;
    let pauseMs = PAUSE_MS;
    do {
      try {
        await this.#useConnection();
        deadlineUs = clock.monotonicUs() + nodeTimeoutMs() * 1000;
        pauseMs = PAUSE_MS;
      } catch (error) {
        this.#noteBroken(error);
      }
      if (!this.#isNeeded) return;
      const hasRequests = this.#filling.runs.length > 0;
      if (hasRequests && clock.monotonicUs() >= deadlineUs) this.fail();
      if (!this.#isNeeded) return;
      pauseMs = hasRequests ? PAUSE_MS : Math.min(pauseMs * 2, IDLE_PAUSE_MS_MAX);
      await this.#rest(pauseMs, !hasRequests);
      if (!hasRequests) deadlineUs = clock.monotonicUs() + nodeTimeoutMs() * 1000;
    } while (this.#isNeeded);
  }

  /** Whether a connection is worth an attempt. */
  get #isNeeded(): boolean {
    return !this.#isClosed && (this.#filling.runs.length > 0 || this.#options.mustHear());
  }

  /** One connection, from its beginning to its end. */
  async #useConnection(): Promise<void> {
    const { open, moved, pushed, greeting, lost } = this.#options;
    const connection = await open({
      answered: (chunk) => this.#noteAnswered(chunk),
      moved: (run) => moved(run, this.node),
      pushed,
    });
    if (this.#isClosed) return connection.close();
    this.#connection = connection;
    this.#isSending = true;
    const sending = this.#sendAll(connection, greeting());
    const reason = await connection.run().catch((error) => error);
    connection.close();
    await sending;
    this.#noteBroken(reason);
    if (this.#connection === connection) this.#rescue(connection);
    lost();
  }

  /** Keeps what can be sent again for the next connection, and answers the rest. */
  #rescue(broken: RelayConnection): void {
    this.#connection = undefined;
    const runs = [...broken.unanswered, ...this.#filling.runs];
    this.#reset();
    for (const run of runs) {
      const mayRepeat = run.isRepeatable && run.sentCount < SENT_COUNT_MAX;
      if (mayRepeat || !run.chunk.isSent) this.#filling.takeOver(run);
      else refuseRun(run, NODE_LOST);
    }
    this.#resumeWaiting();
  }

  #reset(): void {
    this.#filling = new RequestChunk();
    this.#sentBytes = 0;
    this.#isSending = false;
  }

  #noteAnswered(chunk: RequestChunk): void {
    this.#sentBytes -= chunk.output.length;
    const isSmall = chunk.output.bytes.length <= SPARE_BYTES_MAX;
    if (isSmall && this.#spare.length < SPARE_COUNT_MAX) {
      chunk.clear();
      this.#spare.push(chunk);
    }
    if (this.#waiting.size > 0 && this.#sentBytes < OPEN_BYTES_MAX / 2) this.#resumeWaiting();
  }

  #newChunk(): RequestChunk {
    return this.#spare.pop() ?? new RequestChunk();
  }

  #resumeWaiting(): void {
    const sessions = [...this.#waiting];
    this.#waiting.clear();
    for (const session of sessions) session.retry();
  }

  #noteBroken(reason: unknown): void {
    const { name, host, port } = this.node;
    if (!(reason instanceof Error)) throw reason;
    this.#options.log.verbose(
      `No way for requests to node '${name}' at ${host}:${port}: ${reason.message}`,
    );
  }

  /** @param isIdle Whether nothing waits to be sent: a request ends the rest. */
  #rest(milliseconds: number, isIdle: boolean): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(milliseconds, resolve);
      this.#resting = {
        isIdle,
        end: () => {
          timer.cancel();
          resolve();
        },
      };
    });
  }
}
