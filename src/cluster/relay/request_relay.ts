/**
 * Request relay: any node answers for all keys, by sending requests to the nodes that have them.
 *
 * By a request's keys it is one of these: it has none, or all are here: it runs here. All are at one
 * other node: it is sent there. They are at several, or it concerns all nodes (DBSIZE): what is made
 * for that answers it, alone, once the client's earlier requests are answered.
 *
 * When slots move, nodes may differ for a moment in who has them. Whoever gets a request for a slot that
 * has gone sends it on, and a client whose requests are under way by one map waits for their replies
 * before the next ones go by another.
 *
 * Always true: requests of one client for the same key are answered in their order.
 * Not here: what several nodes do together.
 *
 * @module
 */

import type { Timer } from "../../base/clock.ts";
import { connectWithin, DisconnectedError, TimeoutError, within } from "../../client/mod.ts";
import {
  type ClusterNode,
  type Command,
  type Gate,
  type GateOutcome,
  type OpenTransaction,
  POSTPONED,
  RELAYED,
  RELAYED_ALONE,
  type ServerParts,
  type Session,
  toRedisError,
} from "../../engine/mod.ts";
import {
  NODE_LOST,
  NOT_RELAYED_YET,
  SEVERAL_OWNERS,
  SLOT_NOT_SERVED,
} from "../../errors/catalogue.ts";
import type { RedisError } from "../../errors/redis_error.ts";
import { ReplyLine } from "../../net/mod.ts";
import { type Args, WireWriter } from "../../resp/mod.ts";
import { PeerError } from "../peer_handshake.ts";
import { foldSlots } from "../request_slots.ts";
import type { ServerCluster } from "../server_cluster.ts";
import { type LoneConnection, LoneConnections } from "./lone_connections.ts";
import { RelayConnection } from "./relay_connection.ts";
import { RelayLink } from "./relay_link.ts";
import { RemoteCall } from "./remote_call.ts";
import { refuseRun, RequestChunk } from "./request_chunk.ts";

/** A request that outlives the call it came with. */
export interface RoutedRequest {
  readonly command: Command;
  /** With bytes of their own. */
  readonly args: Args;
}

/** Answers requests that concern all nodes. */
export interface FanOutPort {
  /** Whether it is the one to answer a command. */
  answers(command: Command, args: Args): boolean;
  /**
   * Whether a request may run, or other nodes must know of it before; if not, its session is to try again
   * when it is told to.
   */
  isReady(session: Session, command: Command, args: Args): boolean;
  /** Why a transaction can't run; `undefined`: it can, and what it sends as messages reaches all nodes. */
  refusalOf(transaction: OpenTransaction): RedisError | undefined;
  /** @param args With bytes of their own. @returns The reply as it goes to the client. */
  run(session: Session, command: Command, args: Args): Promise<Uint8Array>;
}

/** How requests whose keys are at several nodes are run. */
export interface SeveralOwnersOptions {
  /** Whether they are those of a transaction; else there is one. */
  readonly isTransaction: boolean;
  /** Whether all are undone when one fails (EXEC ROLLBACK). */
  readonly isRevocable: boolean;
  /** Answers those of them that concern all nodes. */
  readonly fanOut: FanOutPort | undefined;
}

/** Runs requests whose keys are at several nodes as one. */
export interface SeveralOwnersPort {
  /**
   * @param requests One, or those of a transaction.
   * @param options Whether they are a transaction.
   * @returns The reply as it goes to the client: for a transaction, EXEC's.
   */
  run(
    session: Session,
    requests: readonly RoutedRequest[],
    options: SeveralOwnersOptions,
  ): Promise<Uint8Array>;
}

/** What a relay needs. */
export interface RequestRelayOptions {
  /** Resolves when everything else that is ready had its turn. */
  readonly nextTurn: () => Promise<void>;
  readonly fanOut?: FanOutPort;
  readonly severalOwners?: SeveralOwnersPort;
}

/** The owner of keys that have several; of none there is no owner. */
const SEVERAL = "several";
type Owner = ClusterNode | typeof SEVERAL | undefined;

/** Replies of one client that may be missing; with more it waits until all are there. */
const SLOT_COUNT_MAX = 1024;
/** Bytes of replies that a client may leave unread before more of its requests are relayed. */
const UNREAD_BYTES_MAX = 1024 * 1024;
/** Pause before a request is looked at again that seems to have come to the wrong node. */
const MISLED_MS = 20;
/** Commands without keys that need not wait for the replies before theirs, beside those of transactions. */
const FLOWING: ReadonlySet<string> = new Set([
  ...["ping", "echo", "select", "time", "lastsave", "peer|as"],
]);

/** Sends requests to who has the keys. */
export class RequestRelay implements Gate {
  readonly isInForce = true;
  readonly #server: ServerParts;
  readonly #cluster: ServerCluster;
  readonly #options: RequestRelayOptions;
  readonly #links = new Map<string, RelayLink>();
  /** Connections of nodes that sent requests which, as far as is known here, are theirs; since when. */
  readonly #misled = new Map<Session, number>();
  #misledTimer: Timer | undefined;
  /** Ends of links to addresses where nodes are no longer. */
  readonly #retired: Promise<void>[] = [];
  readonly #lone = new LoneConnections((node, answered) => this.#open(node, answered));
  readonly #aborter = new AbortController();
  readonly #joinOwner: (owner: Owner, slotIndex: number) => Owner;

  constructor(server: ServerParts, cluster: ServerCluster, options: RequestRelayOptions) {
    this.#server = server;
    this.#cluster = cluster;
    this.#options = options;
    this.#joinOwner = (owner, slotIndex) => {
      const other = cluster.ownerOf(slotIndex);
      return owner === undefined || owner === other ? other : SEVERAL;
    };
    cluster.onStatusChange(() => this.#failWhereNeeded());
  }

  check(session: Session, command: Command, args: Args): GateOutcome {
    if (session.peer !== undefined && this.#cluster.mapVersion === 0) return undefined;
    const { withinMulti } = command.spec;
    if (session.transaction !== undefined) {
      if (withinMulti === "executes") return this.#checkTransaction(session, args);
      return withinMulti === "ends" ? waitForReplies(session, command) : undefined;
    }
    const fanOut = this.#fanOutFor(session);
    if (command.spec.acrossNodes === "listen") {
      const isReady = fanOut?.isReady(session, command, args) !== false;
      return isReady ? waitForReplies(session, command) : POSTPONED;
    }
    if (fanOut?.answers(command, args) === true) {
      const copy = args.copy();
      return this.#answerAlone(session, () => fanOut.run(session, command, copy));
    }
    const owner = foldSlots(command, args, undefined, this.#joinOwner);
    if (owner === undefined) return waitForReplies(session, command);
    if (isAboutShards(command)) return undefined;
    if (this.#mustSeeMap(session)) return POSTPONED;
    if (owner === this.#cluster.self) return undefined;
    if (owner === SEVERAL) {
      return this.#answerAtSeveral(session, () => [{ command, args: args.copy() }], {
        isTransaction: false,
        isRevocable: false,
      });
    }
    if (withinMulti === "runs") return NOT_RELAYED_YET;
    if (mayWait(command, args)) return this.#relayWaiting(owner, session, args);
    return this.#relay(owner, session, command, args);
  }

  /**
   * Whether a client's requests may overtake each other: a slot may have another owner by now, and to the
   * one before there are requests under way. Then those are answered first.
   */
  #mustSeeMap(session: Session): boolean {
    const { mapVersion } = this.#cluster;
    if (session.mapVersion === mapVersion) return false;
    if (session.connection.line?.isOpen === true) return true;
    session.mapVersion = mapVersion;
    return false;
  }

  /** What another node has sent is not fanned out again. */
  #fanOutFor(session: Session): FanOutPort | undefined {
    return session.peer === undefined ? this.#options.fanOut : undefined;
  }

  /** Why a request can't be sent to a node, at least not now. */
  #obstacleTo(owner: ClusterNode, session: Session): GateOutcome {
    if (this.#cluster.isFailing(owner)) return SLOT_NOT_SERVED;
    if (session.peer?.name !== owner.name) {
      this.#misled.delete(session);
      return undefined;
    }
    // It comes from there, so that node knows that the slot has moved; we will soon hear it, too.
    const { clock, config } = this.#server;
    const sinceUs = this.#misled.get(session) ?? clock.monotonicUs();
    const waitedMs = (clock.monotonicUs() - sinceUs) / 1000;
    if (waitedMs >= config.number("cluster-node-timeout")) return SLOT_NOT_SERVED;
    this.#misled.set(session, sinceUs);
    this.#misledTimer ??= clock.setTimer(MISLED_MS, () => this.#retryMisled());
    return POSTPONED;
  }

  #retryMisled(): void {
    this.#misledTimer = undefined;
    for (const session of this.#misled.keys()) {
      if (session.connection.isClosed) this.#misled.delete(session);
      else session.retry();
    }
  }

  /** Closes all connections; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#misledTimer?.cancel();
    this.#lone.close();
    this.#aborter.abort(new DisconnectedError("Disconnected: the server ends"));
    await Promise.all([...this.#links.values()].map((link) => link.close()).concat(this.#retired));
  }

  /** Sends a request to the owner of its keys. */
  #relay(owner: ClusterNode, session: Session, command: Command, args: Args): GateOutcome {
    const obstacle = this.#obstacleTo(owner, session);
    if (obstacle !== undefined) return obstacle;
    const link = this.#linkTo(owner), line = lineOf(session);
    if (mustWait(session, line) || link.isFullFor(session)) return POSTPONED;
    const isReplyWanted = takeReplyWish(session), isRepeatable = command.has("readonly");
    link.send(session, { line, isReplyWanted, isRepeatable, droppedCount: 0 }).add(args);
    return RELAYED;
  }

  /** Sends a request that may wait there, over a connection that nobody shares. */
  #relayWaiting(owner: ClusterNode, session: Session, args: Args): GateOutcome {
    const obstacle = this.#obstacleTo(owner, session);
    if (obstacle !== undefined) return obstacle;
    const line = lineOf(session);
    if (line.isOpen) return POSTPONED;
    const isReplyWanted = takeReplyWish(session);
    const chunk = new RequestChunk();
    chunk.begin(session, { line, isReplyWanted, isRepeatable: false, droppedCount: 0 });
    chunk.add(args);
    this.#callAlone(session, chunk, () => this.#lone.acquire(owner));
    return RELAYED_ALONE;
  }

  /** Has requests answered over a connection that nobody shares; the client waits for that. */
  #callAlone(
    session: Session,
    chunk: RequestChunk,
    acquire: () => Promise<LoneConnection>,
  ): void {
    const line = lineOf(session), [run] = chunk.runs;
    const call = new RemoteCall({
      connections: this.#lone,
      unblock: ({ node, clientId }, how) => this.#unblock(node, clientId, how),
    });
    session.remoteWait = call;
    line.mayBeLeft = true;
    call.run(chunk, acquire).catch((error) => {
      if (!isUnreachable(error)) throw error;
      refuseRun(run, chunk.isSent ? NODE_LOST : SLOT_NOT_SERVED);
    }).then(() => {
      session.remoteWait = undefined;
      line.mayBeLeft = false;
      session.answeredElsewhere();
    });
  }

  #unblock(node: ClusterNode, clientId: number, how: "timeout" | "error"): void {
    this.#cluster.call(node, "CLIENT", "UNBLOCK", clientId, how).catch((error) => {
      // Then the connection of the client who waits is soon gone too.
      if (!isUnreachable(error)) throw error;
    });
  }

  #checkTransaction(session: Session, args: Args): GateOutcome {
    const { transaction, watch } = session;
    if (transaction === undefined || transaction.hasFailed) return undefined;
    const fanOut = this.#fanOutFor(session);
    const refusal = fanOut?.refusalOf(transaction);
    if (refusal !== undefined) return refusal;
    const isReady = !transaction.some((command, args) =>
      fanOut?.isReady(session, command, args) === false
    );
    if (!isReady) return POSTPONED;
    const owner = this.#ownerOfTransaction(transaction);
    if (owner !== undefined && this.#mustSeeMap(session)) return POSTPONED;
    if (owner === undefined || owner === this.#cluster.self || watch?.isBroken) return undefined;
    if (owner !== SEVERAL) return this.#relayTransaction(owner, session, args);
    return this.#answerAtSeveral(session, () => requestsOf(transaction), {
      isTransaction: true,
      isRevocable: args.count > 1,
    });
  }

  /** Has the owner of all keys of a transaction run it. */
  #relayTransaction(owner: ClusterNode, session: Session, args: Args): GateOutcome {
    const obstacle = this.#obstacleTo(owner, session);
    if (obstacle !== undefined) return obstacle;
    const link = this.#linkTo(owner), line = lineOf(session), transaction = session.transaction!;
    if (mustWait(session, line) || link.isFullFor(session)) return POSTPONED;
    const options = {
      line,
      isReplyWanted: takeReplyWish(session),
      isRepeatable: false,
      droppedCount: transaction.commandCount + 1,
    };
    const chunk = link.send(session, options);
    chunk.addWords("MULTI");
    transaction.some((_, queuedArgs) => {
      chunk.add(queuedArgs);
      return false;
    });
    chunk.add(args);
    session.endTransaction();
    return RELAYED;
  }

  #ownerOfTransaction(transaction: OpenTransaction): Owner {
    let owner: Owner;
    transaction.some((command, args) => {
      owner = foldSlots(command, args, owner, this.#joinOwner);
      return owner === SEVERAL;
    });
    return owner;
  }

  /** Has several nodes answer a request or a transaction together. */
  #answerAtSeveral(
    session: Session,
    takeRequests: () => RoutedRequest[],
    options: Omit<SeveralOwnersOptions, "fanOut">,
  ): GateOutcome {
    const { fanOut, severalOwners } = this.#options;
    if (severalOwners === undefined) return SEVERAL_OWNERS;
    if (lineOf(session).isOpen) return POSTPONED;
    const requests = takeRequests();
    if (options.isTransaction) session.endTransaction();
    return this.#answerAlone(
      session,
      () => severalOwners.run(session, requests, { ...options, fanOut }),
    );
  }

  /** Has a request answered when all before it are, and those behind it wait. */
  #answerAlone(session: Session, run: () => Promise<Uint8Array>): GateOutcome {
    const line = lineOf(session);
    if (line.isOpen) return POSTPONED;
    const slot = line.reserve(takeReplyWish(session));
    run().catch((error) => errorReply(error)).then((bytes) => {
      slot.add(bytes, 0, bytes.length);
      slot.end();
      session.answeredElsewhere();
    });
    return RELAYED_ALONE;
  }

  #linkTo(node: ClusterNode): RelayLink {
    let link = this.#links.get(node.name);
    if (link !== undefined && (link.node.host !== node.host || link.node.port !== node.port)) {
      this.#retired.push(link.close());
      link = undefined;
    }
    if (link === undefined) {
      const { clock, config, log } = this.#server;
      link = new RelayLink(node, {
        clock,
        log,
        nodeTimeoutMs: () => config.number("cluster-node-timeout"),
        open: (answered) => this.#open(node, answered),
      });
      this.#links.set(node.name, link);
    }
    return link;
  }

  /** Makes a connection on which both sides have shown who they are. */
  async #open(
    node: ClusterNode,
    answered: (chunk: RequestChunk) => void,
  ): Promise<RelayConnection> {
    const { clock, config } = this.#server;
    const timeoutMs = config.number("cluster-node-timeout"), { signal } = this.#aborter;
    const transport = await connectWithin(node, { clock, timeoutMs, signal });
    const { nextTurn } = this.#options;
    const connection = new RelayConnection(transport, { nextTurn, answered });
    try {
      await within(this.#cluster.introduce(connection, node), timeoutMs, { clock, signal });
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  #failWhereNeeded(): void {
    for (const node of this.#cluster.nodes) {
      if (!this.#cluster.isFailing(node)) continue;
      this.#links.get(node.name)?.fail();
      this.#lone.closeTo(node);
    }
  }
}

/** Whether a request could wait where it runs. */
function mayWait(command: Command, args: Args): boolean {
  if (command.fullName === "migrate") return true;
  if (!command.has("blocking")) return false;
  if (!command.fullName.startsWith("xread")) return true;
  for (let index = 1; index < args.count; index++) if (args.isWord(index, "block")) return true;
  return false;
}

/** Whether an error says that a node can't be reached. */
function isUnreachable(error: unknown): boolean {
  return error instanceof DisconnectedError || error instanceof TimeoutError ||
    error instanceof PeerError;
}

function lineOf(session: Session): ReplyLine {
  return session.connection.line ??= new ReplyLine(session.connection, () => session.retry());
}

/** Whether a client has to wait before more of its requests are relayed; it is told when to go on. */
function mustWait(session: Session, line: ReplyLine): boolean {
  return line.slotCount >= SLOT_COUNT_MAX || session.connection.outputBytes > UNREAD_BYTES_MAX;
}

/** Has a command without keys wait for the replies before, unless it is none that could tell. */
function waitForReplies({ connection }: Session, command: Command): typeof POSTPONED | undefined {
  if (connection.line?.isOpen !== true || FLOWING.has(command.fullName)) return undefined;
  const { withinMulti } = command.spec;
  return withinMulti === "runs" || command.fullName === "discard" ? undefined : POSTPONED;
}

/** Whether a command's keys are channels of shards. */
function isAboutShards({ spec }: Command): boolean {
  return spec.categories?.includes("pubsub") === true;
}

/** Whether the client is to get the reply of the request at hand (CLIENT REPLY). */
function takeReplyWish(session: Session): boolean {
  if (session.replyMode === "on") return true;
  session.muteReply(session.reply.mark());
  return false;
}

function requestsOf(transaction: OpenTransaction): RoutedRequest[] {
  const requests: RoutedRequest[] = [];
  transaction.some((command, args) => {
    requests.push({ command, args: args.copy() });
    return false;
  });
  return requests;
}

/** An error as it goes to the client. @throws What is a bug of ours. */
function errorReply(error: unknown): Uint8Array {
  const writer = new WireWriter();
  writer.error(isUnreachable(error) ? SLOT_NOT_SERVED : toRedisError(error));
  return writer.buffer.bytes.subarray(0, writer.buffer.length);
}
