/**
 * Node calls: how the nodes are reached that answer a request together.
 *
 * Another node is asked over a connection of the cluster's pool, which nobody shares meanwhile: KEYS may
 * take long, and FLUSHALL may have to wait there, and no heartbeat should stand behind them. This node is
 * asked over a connection in memory, as a node too, so that nothing is relayed once more.
 *
 * A node that does not answer is waited for only as long as it is there by its heartbeats.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import {
  ClientPool,
  type ClientTransport,
  type PooledClient,
  rest,
  TimeoutError,
  within,
} from "../../client/mod.ts";
import type { ClusterNode, ServerParts } from "../../engine/mod.ts";
import { CLUSTER_DOWN } from "../../errors/catalogue.ts";
import type { ReplyValue, RequestWord } from "../../resp/mod.ts";
import { isUnreachable } from "../peer_handshake.ts";
import type { ServerCluster } from "../server_cluster.ts";
import type { FanOutNodes } from "./fan_out_nodes.ts";

/** Connections of the node to itself: how many, and how long they wait to be used again. */
const OWN_LIMITS = { clientCountMax: 64, idleCountMax: 4, idleMsMax: 10_000 };
/** How often in `cluster-node-timeout` it is looked whether a node that has not answered is there. */
const LOOKS_PER_TIMEOUT = 4;

/** What it calls nodes by. */
export interface NodeCallsParts {
  readonly server: Pick<ServerParts, "clock" | "config" | "log">;
  readonly cluster: ServerCluster;
  /** Connects to this node, as a node. */
  readonly connectHere: () => ClientTransport;
}

/** The nodes of a server's cluster. */
export class NodeCalls implements FanOutNodes {
  readonly #parts: NodeCallsParts;
  readonly #own: ClientPool;

  constructor(parts: NodeCallsParts) {
    this.#parts = parts;
    this.#own = new ClientPool({
      clock: parts.server.clock,
      ...OWN_LIMITS,
      connect: () => Promise.resolve(parts.connectHere()),
    });
  }

  get nodes(): readonly ClusterNode[] {
    return this.#parts.cluster.nodes;
  }

  get self(): ClusterNode {
    return this.#parts.cluster.self;
  }

  get layoutMark(): number {
    return this.#parts.cluster.layoutMark;
  }

  get isMoving(): boolean {
    return this.#parts.cluster.isMoving;
  }

  ownerOf(key: ByteView): ClusterNode {
    return this.#parts.cluster.ownerOf(slotOf(key));
  }

  hasSlots(node: ClusterNode): boolean {
    return this.#parts.cluster.hasSlots(node);
  }

  isFailing(node: ClusterNode): boolean {
    return this.#parts.cluster.isFailing(node);
  }

  get patienceMs(): number {
    return this.#nodeTimeoutMs;
  }

  pause(milliseconds: number): Promise<void> {
    return rest(milliseconds, { clock: this.#parts.server.clock });
  }

  async call(
    node: ClusterNode,
    databaseIndex: number,
    words: readonly RequestWord[],
  ): Promise<ReplyValue<Uint8Array>> {
    if (this.isFailing(node)) throw CLUSTER_DOWN;
    try {
      using pooled = await this.#acquire(node);
      return await this.#whileThere(node, callIn(pooled, databaseIndex, words));
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      this.#parts.server.log.verbose(`Node '${node.name}' did not answer: ${error.message}`);
      throw CLUSTER_DOWN;
    }
  }

  tell(node: ClusterNode, words: readonly RequestWord[]): Promise<ReplyValue<Uint8Array>> {
    return this.#parts.cluster.callBytes(node, ...words);
  }

  /** Ends the connections of this node to itself. */
  close(): Promise<void> {
    return this.#own.close();
  }

  #acquire(node: ClusterNode): Promise<PooledClient> {
    const { cluster } = this.#parts;
    const timeoutMs = this.#nodeTimeoutMs;
    return node.name === cluster.self.name
      ? this.#own.acquire(node, { timeoutMs })
      : cluster.acquire(node, { timeoutMs });
  }

  /** Waits for a reply. @throws {TimeoutError} When the node is not there any more. */
  async #whileThere<Reply>(node: ClusterNode, reply: Promise<Reply>): Promise<Reply> {
    const { clock } = this.#parts.server;
    for (;;) {
      try {
        return await within(reply, this.#nodeTimeoutMs / LOOKS_PER_TIMEOUT, { clock });
      } catch (error) {
        if (!(error instanceof TimeoutError) || this.isFailing(node)) throw error;
      }
    }
  }

  get #nodeTimeoutMs(): number {
    return this.#parts.server.config.number("cluster-node-timeout");
  }
}

/** Runs a command in a database, both sent together. */
async function callIn(
  pooled: PooledClient,
  databaseIndex: number,
  words: readonly RequestWord[],
): Promise<ReplyValue<Uint8Array>> {
  const { client } = pooled;
  pooled.databaseIndex = databaseIndex;
  const [, reply] = await Promise.all([
    client.call("SELECT", databaseIndex),
    client.callBytes(...words),
  ]);
  return reply;
}
