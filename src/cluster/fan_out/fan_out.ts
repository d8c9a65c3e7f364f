/**
 * Fan-out: requests that concern the data or the messages of the whole cluster, answered by all nodes
 * together, as by one server.
 *
 * How they put the answer together is a word in the command's row (`AcrossNodes`). The node that is asked
 * asks the others, and itself, which goes the same way: so its own part passes the same gates, and waits
 * where a client's request would.
 *
 * What would be wrong without a node (DBSIZE, KEYS, FLUSHALL) is refused while one is down, at once; what
 * is about clients, who are gone with it, goes on without.
 *
 * Not here: when a request's turn is (`RelayRouter`); how nodes are reached (`FanOutNodes`).
 *
 * @module
 */

import type { Random } from "../../base/random.ts";
import {
  type AcrossNodes,
  type Command,
  type Messages,
  type OpenTransaction,
  type Session,
  toRedisError,
} from "../../engine/mod.ts";
import { allNodesInTransaction } from "../../errors/catalogue.ts";
import type { RedisError } from "../../errors/redis_error.ts";
import type { Args } from "../../resp/mod.ts";
import type { FanOutPort } from "../relay/mod.ts";
import { drawKey, haveEach, joinKeys, sumUp } from "./all_keys.ts";
import { countPatterns, joinNames, publishToAll, sumAudience } from "./all_listeners.ts";
import { digestAll, digestValues } from "./all_digests.ts";
import { scanAll } from "./cluster_scan.ts";
import { migrateFromEach } from "./each_owner.ts";
import type { FanOutNodes } from "./fan_out_nodes.ts";
import { FanOutRequest } from "./fan_out_request.ts";
import type { KeyListeners } from "./key_listeners.ts";
import { sumKeyspace } from "./keyspace_info.ts";

/** What a transaction may hold; it is said of all nodes, behind the rest of the transaction. */
const WAYS_IN_TRANSACTIONS: ReadonlySet<AskedOfAll> = new Set([
  ...["keyspace-info", "publish", "shard-publish", "names", "audience", "patterns"] as const,
]);

/** What all nodes are asked. */
type AskedOfAll = Exclude<AcrossNodes, "listen">;

/** Puts the answer to a request together. */
type Way = (request: FanOutRequest, command: Command) => Promise<void>;

/** What it needs beside the nodes. */
export interface FanOutParts {
  readonly random: Random;
  /** The channels of this node. */
  readonly messages: Messages;
  /** Who listens to what happens to keys. */
  readonly listeners: KeyListeners;
}

/** Answers for all nodes. */
export class FanOut implements FanOutPort {
  readonly #nodes: FanOutNodes;
  readonly #listeners: KeyListeners;
  readonly #ways: Readonly<Record<AskedOfAll, Way>>;

  constructor(nodes: FanOutNodes, { random, messages, listeners }: FanOutParts) {
    this.#listeners = listeners;
    this.#nodes = nodes;
    this.#ways = {
      "sum": sumUp,
      "each": haveEach,
      "keys": joinKeys,
      "scan": scanAll,
      "randomkey": (request) => drawKey(request, random),
      "keyspace-info": sumKeyspace,
      "digest": digestAll,
      "digest-values": digestValues,
      "publish": (request) => publishToAll(request, messages, false),
      "shard-publish": (request) => publishToAll(request, messages, true),
      "names": joinNames,
      "audience": sumAudience,
      "patterns": countPatterns,
      "migrate": migrateFromEach,
    };
  }

  /** How all nodes answer a request together; `undefined`: they don't. */
  static wayOf({ spec: { acrossNodes } }: Command, args: Args): AskedOfAll | undefined {
    const way = typeof acrossNodes === "function" ? acrossNodes(args) : acrossNodes;
    return way === "listen" ? undefined : way;
  }

  answers(command: Command, args: Args): boolean {
    return command.spec.acrossNodes !== undefined && FanOut.wayOf(command, args) !== undefined;
  }

  isReady(session: Session, command: Command, args: Args): boolean {
    return this.#listeners.isReady(session, command, args);
  }

  refusalOf(transaction: OpenTransaction): RedisError | undefined {
    let refusal: RedisError | undefined;
    transaction.some((command, args) => {
      const way = command.spec.acrossNodes && FanOut.wayOf(command, args);
      if (way !== undefined && !WAYS_IN_TRANSACTIONS.has(way)) {
        refusal = allNodesInTransaction(command.fullName);
      }
      return refusal !== undefined;
    });
    return refusal;
  }

  /**
   * Answers a request for which there is a way.
   *
   * @param args With bytes of their own.
   * @returns The reply's bytes in the client's protocol, an error's too; rejects for a bug only.
   */
  async run(session: Session, command: Command, args: Args): Promise<Uint8Array> {
    const { databaseIndex, reply: { protocol } } = session;
    const way = this.#ways[FanOut.wayOf(command, args)!];
    const request = new FanOutRequest(this.#nodes, args, { databaseIndex, protocol });
    const { reply } = request;
    try {
      await way(request, command);
    } catch (error) {
      reply.rewind(0);
      reply.error(toRedisError(error));
    }
    return reply.buffer.bytes.subarray(0, reply.buffer.length);
  }
}
