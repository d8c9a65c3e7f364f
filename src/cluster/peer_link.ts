/**
 * Peer link: this node's connection to another one, and whether that is there.
 *
 * A node is failing when nothing was heard of it for `cluster-node-timeout`, whatever the reason: it
 * is down, the network is, it was told another secret or another list of nodes. It gets that time at
 * the start too, so that nodes may be started one after the other; and if this node was halted itself,
 * it listens to the others before it judges.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Clock, Timer } from "../base/clock.ts";
import { setPatientTimer } from "../base/patient_timer.ts";
import type { Random } from "../base/random.ts";
import { type Connect, ReconnectingClient } from "../client/mod.ts";
import type { ClusterNode } from "../engine/mod.ts";
import { RedisError } from "../errors/redis_error.ts";
import type { Log } from "../observability/mod.ts";
import type { ReplyValue, RequestWord } from "../resp/mod.ts";
import { PeerError, type PeerHandshake } from "./peer_handshake.ts";

/** Heartbeats in the time after which a node is failing, and bounds of their distance. */
const HEARTBEATS_PER_TIMEOUT = 4;
const HEARTBEAT_MS_MIN = 10;
const HEARTBEAT_MS_MAX = 1000;
const PAUSE_MS_MIN = 20;

/** What a link needs. */
export interface PeerLinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly handshake: PeerHandshake;
  /** `cluster-node-timeout`, in milliseconds, as it is now. */
  readonly nodeTimeoutMs: () => number;
  /** What the node is told behind the handshake. */
  readonly greeting: () => readonly RequestWord[];
  /** Told when the node begins or ceases to be failing. */
  readonly changed: () => void;
  /** @default a TCP connection */
  readonly connect?: Connect;
}

/** The way to one node. */
export class PeerLink implements AsyncDisposable {
  readonly node: ClusterNode;
  isFailing = false;
  sentCount = 0;
  receivedCount = 0;
  /** When it was asked last and has not answered yet; 0: nothing is open. In unix milliseconds. */
  askedMs = 0;
  /** When it answered last; 0: never. In unix milliseconds. */
  heardMs = 0;
  /** When the connection was made, in unix milliseconds. */
  sinceMs = 0;

  readonly #options: PeerLinkOptions;
  readonly #client: ReconnectingClient;
  #deadline: Timer;
  #loggedReason = "";

  /** Begins to connect. */
  constructor(node: ClusterNode, options: PeerLinkOptions) {
    const { clock, random, handshake, connect } = this.#options = options;
    this.node = node;
    this.#deadline = this.#newDeadline();
    const heartbeatMs = () => this.#heartbeatMs;
    this.#client = new ReconnectingClient(node, {
      clock,
      random,
      connect,
      pauseMsMin: PAUSE_MS_MIN,
      get pauseMsMax(): number {
        return Math.max(PAUSE_MS_MIN, heartbeatMs());
      },
      get heartbeatMs(): number {
        return heartbeatMs();
      },
      get timeoutMs(): number {
        return heartbeatMs() * HEARTBEATS_PER_TIMEOUT / 2;
      },
      prepare: async (client) => {
        await this.#ask(() => handshake.introduce(client, node));
        await client.call(...options.greeting());
        this.sinceMs = clock.nowMs();
      },
      beat: (client) => this.#ask(() => handshake.beat(client)),
      heard: () => this.#noteHeard(),
      broken: (reason) => this.#noteBroken(reason),
    });
  }

  /** Whether there is a connection on which both sides have shown who they are. */
  get isConnected(): boolean {
    return this.#client.isConnected;
  }

  /** Has the node send a message to who listens there; whether it did is not waited for. */
  publish(channel: ByteView, message: ByteView, isToShard: boolean): void {
    const verb = isToShard ? "SPUBLISH" : "PUBLISH";
    this.#client.call("PEER", verb, bytesIn(channel), bytesIn(message)).catch(
      (error: Error) => {
        const { name } = this.node;
        this.#options.log.verbose(`A message to node '${name}' was lost: ${error.message}`);
      },
    );
  }

  /**
   * Asks the node something that it answers at once: heartbeats wait behind it.
   *
   * @throws {RedisError} What it refuses that with.
   * @throws {DisconnectedError} When there is no connection, or it breaks before the answer.
   * @throws {TimeoutError} When the answer takes half of `cluster-node-timeout`.
   */
  call(...words: RequestWord[]): Promise<ReplyValue> {
    return this.#client.call(...words);
  }

  /** The same; strings of bytes come as `Uint8Array`. */
  callBytes(...words: RequestWord[]): Promise<ReplyValue<Uint8Array>> {
    return this.#client.callBytes(...words);
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#deadline.cancel();
    await this.#client.close();
    this.#deadline.cancel();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #heartbeatMs(): number {
    const eachMs = this.#options.nodeTimeoutMs() / HEARTBEATS_PER_TIMEOUT;
    return Math.min(HEARTBEAT_MS_MAX, Math.max(HEARTBEAT_MS_MIN, Math.floor(eachMs)));
  }

  async #ask(ask: () => Promise<void>): Promise<void> {
    this.sentCount++;
    this.askedMs = this.#options.clock.nowMs();
    await ask();
    this.receivedCount++;
    this.askedMs = 0;
  }

  #noteHeard(): void {
    const { clock, log, changed } = this.#options;
    this.heardMs = clock.nowMs();
    this.#deadline.cancel();
    this.#deadline = this.#newDeadline();
    this.#loggedReason = "";
    if (!this.isFailing) return;
    this.isFailing = false;
    log.notice(`Clear FAIL state for node ${this.node.id} (${this.node.name}): it is there again.`);
    changed();
  }

  #noteBroken({ message, cause }: Error): void {
    const { log } = this.#options;
    const { name, host, port } = this.node;
    const isRefusal = cause instanceof RedisError || cause instanceof PeerError;
    const reason = isRefusal ? cause.message : message;
    if (reason === this.#loggedReason) return;
    this.#loggedReason = reason;
    if (isRefusal) log.warning(`No link to node '${name}' at ${host}:${port}: ${reason}`);
    else log.verbose(`No link to node '${name}' at ${host}:${port}: ${reason}`);
  }

  #newDeadline(): Timer {
    const { clock, log, changed, nodeTimeoutMs } = this.#options;
    return setPatientTimer(clock, nodeTimeoutMs(), () => {
      if (this.isFailing) return;
      this.isFailing = true;
      log.notice(
        `Marking node ${this.node.id} (${this.node.name}) as failing: nothing heard for ${nodeTimeoutMs()} ms.`,
      );
      changed();
    });
  }
}

/** The bytes of a view, borrowed. */
function bytesIn({ bytes, start, end }: ByteView): Uint8Array {
  return bytes.subarray(start, end);
}
