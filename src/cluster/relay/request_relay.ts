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

import { bytesOfText } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import {
  type ClientTransport,
  connectWithin,
  DisconnectedError,
  within,
} from "../../client/mod.ts";
import {
  type ClusterNode,
  type Command,
  type Gate,
  type GateOutcome,
  POSTPONED,
  RELAYED,
  RELAYED_ALONE,
  type ServerParts,
  type Session,
} from "../../engine/mod.ts";
import {
  MOVED_ELSEWHERE,
  NODE_LOST,
  SEVERAL_OWNERS,
  SLOT_NOT_SERVED,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { Coverage } from "../coverage.ts";
import { isPeerFailure } from "../peer_handshake.ts";
import { usesShards } from "../request_slots.ts";
import type { ServerCluster } from "../server_cluster.ts";
import {
  errorReply,
  fill,
  lineOf,
  mustWait,
  takeReplyWish,
  waitForReplies,
} from "./client_replies.ts";
import { KeyOwners, type RoutedRequest, SEVERAL } from "./key_owners.ts";
import type { FanOutPort, SeveralOwnersOptions, SeveralOwnersPort } from "./relay_ports.ts";
import { LoneConnections } from "./lone_connections.ts";
import { type ConnectionListener, RelayConnection } from "./relay_connection.ts";
import { RelayLink } from "./relay_link.ts";
import { RemoteWatch, type WatchedKey } from "./remote_watch.ts";
import { RemoteCall } from "./remote_call.ts";
import { RemoteTracking } from "./remote_tracking.ts";
import { hasOwnCommand, mayWait, requestsOf } from "./request_rules.ts";
import { type NewRoute, Rerouting } from "./rerouting.ts";
import { refuseRun, RequestChunk, type RequestRun } from "./request_chunk.ts";

/** What a relay needs. */
export interface RequestRelayOptions {
  /** Resolves when everything else that is ready had its turn. */
  readonly nextTurn: () => Promise<void>;
  /** Connects to this node, as a node. */
  readonly connectHere: () => ClientTransport;
  readonly fanOut?: FanOutPort;
  readonly severalOwners?: SeveralOwnersPort;
}

const OK_REPLY = bytesOfText("+OK\r\n");
const NO_REPLY = new Uint8Array(0);

/** Sends requests to who has the keys. */
export class RequestRelay implements Gate {
  readonly isInForce = true;
  readonly #server: ServerParts;
  readonly #cluster: ServerCluster;
  readonly #options: RequestRelayOptions;
  readonly #links = new Map<string, RelayLink>();
  /** Ends of links to addresses where nodes are no longer. */
  readonly #retired: Promise<void>[] = [];
  readonly #lone = new LoneConnections((node, told) => this.#open(node, told));
  readonly #aborter = new AbortController();
  readonly #owners: KeyOwners;
  readonly #coverage: Coverage;
  readonly #rerouting: Rerouting;
  readonly #tracking: RemoteTracking;

  constructor(server: ServerParts, cluster: ServerCluster, options: RequestRelayOptions) {
    this.#server = server;
    this.#cluster = cluster;
    this.#options = options;
    this.#owners = new KeyOwners(cluster);
    this.#coverage = new Coverage(cluster, server.config);
    this.#rerouting = new Rerouting({
      server,
      owners: this.#owners,
      send: (run, route) => this.#sendAgain(run, route),
    });
    this.#tracking = new RemoteTracking(server.tracking, cluster, (node) => this.#linkTo(node));
    cluster.onStatusChange(() => {
      this.#failWhereNeeded();
      this.#tracking.attend();
    });
  }

  check(session: Session, command: Command, args: Args): GateOutcome {
    if (session.peer !== undefined && this.#cluster.mapVersion === 0) return undefined;
    const { withinMulti } = command.spec;
    if (session.peer !== undefined) return this.#checkForNode(session, command, args);
    if (session.transaction !== undefined) {
      if (withinMulti === "executes") return this.#checkTransaction(session, command, args);
      return withinMulti === "ends" ? waitForReplies(session, command) : undefined;
    }
    const fanOut = this.#options.fanOut;
    if (command.spec.acrossNodes === "listen") {
      const isReady = fanOut?.isReady(session, command, args) !== false;
      return isReady ? waitForReplies(session, command) : POSTPONED;
    }
    if (fanOut?.answers(command, args) === true) {
      const copy = args.copy();
      return this.#answerAlone(session, () => fanOut.run(session, command, copy));
    }
    const owner = this.#owners.of(command, args);
    if (owner === undefined) return waitForReplies(session, command);
    if (usesShards(command)) return undefined;
    const refusal = this.#coverage.refusalOf(session, command);
    if (refusal !== undefined) return refusal;
    if (this.#mustSeeMap(session)) return POSTPONED;
    if (withinMulti === "runs") return this.#watch(session, args);
    if (owner === this.#cluster.self) return undefined;
    if (owner === SEVERAL) {
      return this.#answerAtSeveral(session, () => [{ command, args: args.copy() }], {
        isTransaction: false,
        isRevocable: false,
      });
    }
    if (mayWait(command, args)) return this.#relayWaiting(owner, session, command, args);
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

  /**
   * Looks whether what another node asks for is here: it may not know yet that a slot has moved. Then it
   * sends that elsewhere.
   */
  #checkForNode(session: Session, command: Command, args: Args): GateOutcome {
    const { transaction } = session;
    const isExecution = command.spec.withinMulti === "executes";
    if (transaction !== undefined && !isExecution) return undefined;
    const owner = transaction === undefined
      ? this.#owners.of(command, args)
      : this.#owners.ofTransaction(transaction);
    return owner === undefined || owner === this.#cluster.self ? undefined : MOVED_ELSEWHERE;
  }

  /** Closes all connections; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#lone.close();
    this.#aborter.abort(new DisconnectedError("Disconnected: the server ends"));
    await Promise.all([...this.#links.values()].map((link) => link.close()).concat(this.#retired));
  }

  /** Sends a request to the owner of its keys. */
  #relay(owner: ClusterNode, session: Session, command: Command, args: Args): GateOutcome {
    if (this.#cluster.isFailing(owner)) return SLOT_NOT_SERVED;
    const link = this.#linkTo(owner), line = lineOf(session);
    if (mustWait(session, line) || link.isFullFor(session)) return POSTPONED;
    const isReplyWanted = takeReplyWish(session), isRepeatable = command.has("readonly");
    const { tracking } = session;
    const isNoting = tracking?.isNoting === true;
    if (isNoting) this.#tracking.noteRead(session, command, args);
    const options = {
      line,
      isReplyWanted,
      isRepeatable,
      droppedCount: 0,
      isNoting,
      changerId: tracking?.isNoLoop ? session.id : 0,
    };
    link.send(session, options).add(args);
    return RELAYED;
  }

  /** Sends a request that may wait there, over a connection that nobody shares. */
  #relayWaiting(
    owner: ClusterNode,
    session: Session,
    command: Command,
    args: Args,
  ): GateOutcome {
    if (this.#cluster.isFailing(owner)) return SLOT_NOT_SERVED;
    const line = lineOf(session);
    if (line.isOpen) return POSTPONED;
    const isReplyWanted = takeReplyWish(session);
    const chunk = new RequestChunk();
    chunk.begin(session, {
      line,
      isReplyWanted,
      isRepeatable: false,
      droppedCount: 0,
      isNoting: false,
      changerId: 0,
    });
    chunk.add(args);
    const noted = this.#tracking.noteAhead(session, [{ command, args: args.copy() }]);
    this.#callAlone(session, chunk, { owner, noted });
    return RELAYED_ALONE;
  }

  /**
   * Has requests answered over a connection that nobody shares; the client waits for that.
   *
   * @param where At whom, and what must be through before; see `RemoteTracking.noteAhead`.
   */
  #callAlone(
    session: Session,
    chunk: RequestChunk,
    { owner, noted }: { owner: ClusterNode; noted: Promise<void> },
  ): void {
    const line = lineOf(session), [run] = chunk.runs;
    const call = new RemoteCall({
      connections: this.#lone,
      unblock: ({ node, clientId }, how) => this.#unblock(node, clientId, how),
    });
    session.remoteWait = call;
    line.mayBeLeft = true;
    noted.then(() => this.#followCall(call, chunk, owner)).catch((error) => {
      if (!isPeerFailure(error)) throw error;
      refuseRun(run, run.chunk.isSent ? NODE_LOST : SLOT_NOT_SERVED);
    }).then(() => {
      session.remoteWait = undefined;
      line.mayBeLeft = false;
      session.answeredElsewhere();
    });
  }

  /** Runs a call, and again wherever its keys move meanwhile. */
  async #followCall(
    call: RemoteCall,
    chunk: RequestChunk,
    owner: ClusterNode,
  ): Promise<void> {
    let at = owner;
    for (;;) {
      const moved = await call.run(chunk, () => this.#lone.acquire(at));
      if (moved === undefined) return;
      const found = await this.#rerouting.routeOf(moved, at);
      if (typeof found?.owner !== "object") return refuseRun(moved, SLOT_NOT_SERVED);
      at = found.owner;
      chunk = new RequestChunk();
      chunk.takeOver(moved);
    }
  }

  /** Sends what a node did not answer to where its keys are now. */
  #sendAgain(run: RequestRun, { owner, requests, isRevocable }: NewRoute): void {
    if (typeof owner === "object") {
      if (this.#cluster.isFailing(owner)) return refuseRun(run, SLOT_NOT_SERVED);
      return this.#linkTo(owner).sendAgain(run);
    }
    const { fanOut, severalOwners } = this.#options;
    if (severalOwners === undefined) return refuseRun(run, SEVERAL_OWNERS);
    const options = {
      isTransaction: run.droppedCount > 0,
      isRevocable,
      fanOut,
      isStillWanted: () => true, // it was not watched for
      watchedKeys: [],
    };
    severalOwners.run(run.session!, requests, options)
      .catch((error) => errorReply(error))
      .then((bytes) => fill(run.slot, bytes));
  }

  #unblock(node: ClusterNode, clientId: number, how: "timeout" | "error"): void {
    if (node.name === this.#cluster.self.name) {
      const waiting = this.#server.clients.get(clientId);
      if (waiting !== undefined) this.#server.blocked.unblock(waiting, how);
      return;
    }
    this.#cluster.call(node, "CLIENT", "UNBLOCK", clientId, how).catch((error) => {
      // Then the connection of the client who waits is soon gone too.
      if (!isPeerFailure(error)) throw error;
    });
  }

  #checkTransaction(session: Session, command: Command, args: Args): GateOutcome {
    const { transaction, watch } = session;
    if (transaction === undefined || transaction.hasFailed) return undefined;
    const fanOut = this.#options.fanOut;
    const owner = this.#owners.ofTransaction(transaction);
    const refusal = fanOut?.refusalOf(transaction) ??
      (owner === undefined ? undefined : this.#coverage.refusalOf(session, command));
    if (refusal !== undefined) return refusal;
    const isReady = !transaction.some((command, args) =>
      fanOut?.isReady(session, command, args) === false
    );
    if (!isReady) return POSTPONED;
    if (owner !== undefined && this.#mustSeeMap(session)) return POSTPONED;
    if (watch?.isBroken) return undefined;
    const isForAll = transaction.some((command, args) => fanOut?.answers(command, args) === true);
    const isHere = owner === undefined || owner === this.#cluster.self;
    const watchesHere = !(watch instanceof RemoteWatch) || watch.isHere;
    if (isHere && watchesHere && !isForAll) return undefined;
    const isThere = typeof owner === "object" && watch === undefined;
    if (isThere && !isForAll && !hasOwnCommand(transaction)) {
      return this.#relayTransaction(owner, session, args);
    }
    return this.#answerAtSeveral(session, () => requestsOf(transaction), {
      isTransaction: true,
      isRevocable: args.count > 1,
    });
  }

  /** Watches keys, wherever they are. */
  #watch(session: Session, args: Args): GateOutcome {
    if (session.watch?.isBroken) return undefined;
    if (lineOf(session).isOpen) return POSTPONED;
    const remote = this.#remoteWatchOf(session), { databaseIndex } = session;
    const keys: WatchedKey[] = [];
    session.watch = remote.here;
    for (let index = 1; index < args.count; index++) {
      const view = args.at(index);
      keys.push({ databaseIndex, key: view.copy() });
      if (this.#cluster.ownerOf(slotOf(view)) !== this.#cluster.self) continue;
      const { store, transactions } = this.#server;
      transactions.watch(session, store.databases[databaseIndex], view);
    }
    remote.here = session.watch;
    session.watch = remote;
    return this.#answerAlone(session, async () => {
      await remote.add(keys);
      return OK_REPLY;
    });
  }

  /** What a client watches, as what may be at several nodes. */
  #remoteWatchOf(session: Session): RemoteWatch {
    const { watch } = session;
    if (watch instanceof RemoteWatch) return watch;
    const { self } = this.#cluster;
    const remote = new RemoteWatch({
      connections: this.#lone,
      ownerOf: (slotIndex) => {
        const owner = this.#cluster.ownerOf(slotIndex);
        return owner === self ? undefined : owner;
      },
    });
    remote.here = watch;
    session.watch = remote;
    return remote;
  }

  /** Has the owner of all keys of a transaction run it. */
  #relayTransaction(owner: ClusterNode, session: Session, args: Args): GateOutcome {
    if (this.#cluster.isFailing(owner)) return SLOT_NOT_SERVED;
    const link = this.#linkTo(owner),
      line = lineOf(session),
      transaction = session.transaction!;
    if (mustWait(session, line) || link.isFullFor(session)) return POSTPONED;
    const options = {
      line,
      isReplyWanted: takeReplyWish(session),
      isRepeatable: false,
      droppedCount: transaction.commandCount + 1,
      isNoting: session.tracking?.isNoting === true,
      changerId: session.tracking?.isNoLoop ? session.id : 0,
    };
    const chunk = link.send(session, options);
    chunk.addWords("MULTI");
    transaction.some((queued, queuedArgs) => {
      if (options.isNoting) this.#tracking.noteRead(session, queued, queuedArgs);
      chunk.add(queuedArgs);
      return false;
    });
    chunk.add(args);
    session.endTransaction();
    return RELAYED;
  }

  /** Has several nodes answer a request or a transaction together. */
  #answerAtSeveral(
    session: Session,
    takeRequests: () => RoutedRequest[],
    options: Omit<SeveralOwnersOptions, "fanOut" | "isStillWanted" | "watchedKeys">,
  ): GateOutcome {
    const { fanOut, severalOwners } = this.#options;
    if (severalOwners === undefined) return SEVERAL_OWNERS;
    if (lineOf(session).isOpen) return POSTPONED;
    const requests = takeRequests();
    const watch = options.isTransaction ? session.watch : undefined;
    if (options.isTransaction) {
      session.watch = undefined; // it lasts until the keys are locked
      session.endTransaction();
    }
    const isStillWanted = watch instanceof RemoteWatch
      ? () => watch.isIntact()
      : () => watch === undefined || !(watch.isBroken || watch.hasExpired());
    const watchedKeys = watch instanceof RemoteWatch ? watch.keys : [];
    const noted = this.#tracking.noteAhead(session, requests);
    const whole = { ...options, fanOut, isStillWanted, watchedKeys };
    return this.#answerAlone(
      session,
      () =>
        noted.then(() => severalOwners.run(session, requests, whole))
          .finally(() => watch?.release()),
    );
  }

  /** Has a request answered when all before it are, and those behind it wait. */
  #answerAlone(session: Session, run: () => Promise<Uint8Array>): GateOutcome {
    const line = lineOf(session);
    if (line.isOpen) return POSTPONED;
    const slot = line.reserve();
    run().catch((error) => errorReply(error)).then((bytes) => {
      // A transaction may have changed by then whether replies are wanted.
      fill(slot, takeReplyWish(session) ? bytes : NO_REPLY);
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
        open: (told) => this.#open(node, told),
        moved: (run, from) => this.#rerouting.take(run, from),
        pushed: (bytes) => this.#tracking.hear(bytes),
        greeting: () => this.#tracking.greeting,
        mustHear: () => this.#tracking.mustHear,
        lost: () => this.#tracking.lost(),
      });
      this.#links.set(node.name, link);
    }
    return link;
  }

  /** Makes a connection on which both sides have shown who they are. */
  async #open(node: ClusterNode, told: ConnectionListener): Promise<RelayConnection> {
    const { nextTurn, connectHere } = this.#options;
    if (node.name === this.#cluster.self.name) {
      return new RelayConnection(connectHere(), { nextTurn, ...told });
    }
    const { clock, config } = this.#server;
    const timeoutMs = config.number("cluster-node-timeout"), { signal } = this.#aborter;
    const transport = await connectWithin(node, { clock, timeoutMs, signal });
    const connection = new RelayConnection(transport, { nextTurn, ...told });
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
