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
 * Always true: at most one connection; requests of one client are sent in their order.
 *
 * @module
 */

import type { Clock, Timer } from "../../base/clock.ts";
import type { ClusterNode, Session } from "../../engine/mod.ts";
import { NODE_LOST, SLOT_NOT_SERVED } from "../../errors/catalogue.ts";
import type { Log } from "../../observability/mod.ts";
import type { ConnectionListener, RelayConnection } from "./relay_connection.ts";
import { refuseRun, RequestChunk, type RequestRun, type RunOptions } from "./request_chunk.ts";

/** Bytes of requests that are not answered; who would add to more has to wait. */
const OPEN_BYTES_MAX = 16 * 1024 * 1024;
/** Chunks that are kept to be used again, and the largest. */
const SPARE_COUNT_MAX = 4;
const SPARE_BYTES_MAX = 256 * 1024;
/** How often a request that only reads is sent, if connections break by it. */
const SENT_COUNT_MAX = 3;
/** Pause between attempts to connect. */
const PAUSE_MS = 20;

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
  #resting: { readonly timer: Timer; readonly end: () => void } | undefined;
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
  async #sendAll(connection: RelayConnection | undefined): Promise<void> {
    try {
      while (
        connection !== undefined && connection === this.#connection &&
        this.#filling.runs.length > 0
      ) {
        const chunk = this.#filling;
        this.#filling = this.#newChunk();
        this.#filling.databaseIndex = chunk.databaseIndex;
        this.#filling.protocol = chunk.protocol;
        this.#sentBytes += chunk.output.length;
        await connection.send(chunk);
      }
    } catch {
      connection?.close(); // reading ends by that
    } finally {
      if (connection === this.#connection) this.#isSending = false;
    }
  }

  /** Connects, and again and again while there is something to send. */
  #connect(): void {
    if (this.#isConnecting || this.#isClosed) return;
    this.#isConnecting = true;
    this.#work = this.#live();
  }

  async #live(): Promise<void> {
    try {
      await this.#tryOn();
    } finally {
      this.#isConnecting = false; // in the same step in which nothing was left to send
    }
  }

  async #tryOn(): Promise<void> {
    const { clock, nodeTimeoutMs } = this.#options;
    let deadlineUs = clock.monotonicUs() + nodeTimeoutMs() * 1000;
    do {
      try {
        const connection = await this.#options.open({
          answered: (chunk) => this.#noteAnswered(chunk),
          moved: (run) => this.#options.moved(run, this.node),
        });
        if (this.#isClosed) return connection.close();
        this.#connection = connection;
        this.#isSending = true;
        const sending = this.#sendAll(connection);
        const reason = await connection.run().catch((error) => error);
        connection.close();
        await sending;
        this.#noteBroken(reason);
        if (this.#connection === connection) this.#rescue(connection);
        deadlineUs = clock.monotonicUs() + nodeTimeoutMs() * 1000;
      } catch (error) {
        this.#noteBroken(error);
      }
      if (this.#filling.runs.length === 0 || this.#isClosed) return;
      if (clock.monotonicUs() >= deadlineUs) this.fail();
      else await this.#rest();
    } while (this.#filling.runs.length > 0 && !this.#isClosed);
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

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(PAUSE_MS, resolve);
      this.#resting = {
        timer,
        end: () => {
          timer.cancel();
          resolve();
        },
      };
    });
  }
}
