/**
 * Distributed transactions: requests whose keys are at several nodes, as one node runs them and takes
 * part in those of others.
 *
 * @module
 */

import type { Timer } from "../../base/clock.ts";
import { bytesOfText, textOfBytes } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import { DisconnectedError, within } from "../../client/mod.ts";
import { randomId } from "../../base/random.ts";
import type {
  ClusterNode,
  KeyUse,
  PeerTransactions,
  ServerParts,
  Session,
  TransactionRecordVerb,
  TransactionVerb,
} from "../../engine/mod.ts";
import {
  appendOnlyFails,
  transactionIrrevocable,
  UNBLOCKED,
  WRONG_TYPE,
} from "../../errors/catalogue.ts";
import {
  type Args,
  type ReplyValue,
  type ReplyWriter,
  type RequestWord,
  WireWriter,
} from "../../resp/mod.ts";
import { isRevocable } from "../../transaction/mod.ts";
import type { FanOutPort, SeveralOwnersOptions } from "../relay/mod.ts";
import type { ServerCluster } from "../server_cluster.ts";
import { Coordinator, type TransactionInput } from "./coordinator.ts";
import { ALARM_MS, KeyAlarms } from "./key_alarms.ts";
import { Participant } from "./participant.ts";
import type {
  LockAnswer,
  OwnerReader,
  ParticipantPort,
  TransactionOutcome,
} from "./participation.ts";
import {
  answerIn,
  AwaitedLocks,
  isLarge,
  lockIn,
  outcomeIn,
  RemoteParticipant,
  WAITING_WORD,
  wordsOfAnswer,
} from "./peer_dialogue.ts";
import { elementsOf, withElements } from "./reply_elements.ts";
import { namesIn, TransactionRecords } from "./transaction_records.ts";
import { workIn } from "./transaction_work.ts";
import {
  type TransactionRequest,
  type TrialRunner,
  type TrialWait,
  usesKeys,
} from "./trial_run.ts";
import { WaitingClient } from "./waiting_client.ts";

/** The reply to a client that CLIENT UNBLOCK has told so. */
const UNBLOCKED_REPLY = bytesOfText(`-${UNBLOCKED.text}\r\n`);
/** How often is looked whether all records are read. */
const LOADING_PAUSE_MS = 50;

/** What runs requests; made when it is needed first. */
export interface TransactionRunners {
  readonly trial: () => TrialRunner;
  readonly reader: () => OwnerReader;
}

/** The transactions over several nodes, as one node sees them. */
export class DistributedTransactions implements PeerTransactions {
  readonly #server: ServerParts;
  readonly #cluster: ServerCluster;
  readonly #runners: TransactionRunners;
  readonly #records: TransactionRecords;
  readonly #participant: Participant;
  readonly #coordinator: Coordinator;
  readonly #awaited = new AwaitedLocks();
  readonly #ports = new Map<string, ParticipantPort>();
  readonly #alarms: KeyAlarms;
  /** Clients that wait for keys of several nodes, by the names of their alarms. */
  readonly #waiting = new Map<string, WaitingClient>();
  #loading: Timer | undefined;
  #isStopped = false;

  constructor(server: ServerParts, cluster: ServerCluster, runners: TransactionRunners) {
    this.#server = server;
    this.#cluster = cluster;
    this.#runners = runners;
    const { clock, config } = server;
    const limitMs = () => config.number("cluster-transaction-timeout");
    const { name } = cluster.self;
    this.#alarms = new KeyAlarms(server);
    // Keys that are waited for may have another owner, where no alarm is set yet.
    cluster.onStatusChange(() => {
      for (const waiting of this.#waiting.values()) waiting.wake();
    });
    const records = this.#records = new TransactionRecords(server);
    this.#participant = new Participant({
      server,
      records,
      get reader(): OwnerReader {
        return runners.reader();
      },
      owns: (slotIndex) =>
        cluster.ownerOf(slotIndex).name === name && server.resharding?.isHeld(slotIndex) !== true,
      limitMs,
      ask: (node, role, id) => this.#ask(node, role, id),
    });
    this.#coordinator = new Coordinator({
      clock,
      idPrefix: `${name}:${randomId(server.random)}:`,
      records,
      get runner(): TrialRunner {
        return runners.trial();
      },
      databaseCount: server.store.databases.length,
      ownerOf: (slotIndex) => cluster.ownerOf(slotIndex),
      isFailing: (node) => cluster.isFailing(node),
      portOf: (name) => this.#portOf(name),
      recorded: () => server.appendOnly.clearance,
      limitMs,
    });
  }

  /**
   * Runs requests for a client as one.
   *
   * @returns The reply as it goes to the client.
   * @throws {RedisError} Why they can't be run; nothing has changed then.
   * @throws {DisconnectedError | TimeoutError} When a node can't be reached; nothing has changed then.
   */
  async run(
    session: Session,
    requests: readonly TransactionRequest[],
    options: SeveralOwnersOptions,
  ): Promise<Uint8Array> {
    const isRevocable = options.isRevocable || this.#server.transactions.isRollingBack;
    const way = !options.isTransaction ? "single" : isRevocable ? "exec-rollback" : "exec";
    if (way === "exec-rollback") refuseIrrevocable(requests);
    const { writeError } = this.#server.appendOnly;
    if (writeError !== undefined && requests.some(({ command }) => command.isWrite)) {
      throw appendOnlyFails(writeError); // there could be no decision
    }
    const { databaseIndex, reply: { protocol } } = session;
    const { isStillWanted, watchedKeys } = options;
    const input = { requests, way, databaseIndex, protocol, isStillWanted, watchedKeys } as const;
    const outcome = await this.#coordinator.run(input);
    if (outcome === undefined) return nilReply(protocol);
    if (outcome.wait !== undefined) return await this.#wait(session, input, outcome.wait);
    const { reply } = outcome;
    if (way === "single") return reply;
    session.databaseIndex = outcome.databaseIndex;
    return await this.#withOtherReplies(session, requests, { reply, fanOut: options.fanOut });
  }

  /** Tries a request again and again that found nothing, until it finds something or need not. */
  async #wait(
    session: Session,
    input: TransactionInput,
    { args, timeoutMs }: TrialWait,
  ): Promise<Uint8Array> {
    const { clock } = this.#server;
    const endUs = timeoutMs === 0 ? Infinity : clock.monotonicUs() + timeoutMs * 1000;
    const [{ command }] = input.requests;
    const requests = [{ command, args }];
    const name = `${this.#cluster.self.name}:${session.id}`;
    using waiting = new WaitingClient(session, clock);
    if (session.connection.isClosed) waiting.abandon();
    this.#waiting.set(name, waiting);
    try {
      for (;;) {
        const leftMs = (endUs - clock.monotonicUs()) / 1000;
        if (waiting.end !== undefined || leftMs <= 0 || this.#isStopped) {
          return waiting.end === "error" ? UNBLOCKED_REPLY : nilReply(input.protocol);
        }
        await this.#setAlarms(name, command.keysOf(args) ?? [], args);
        const isStillWanted = () => waiting.end === undefined;
        const outcome = await this.#coordinator.run({ ...input, requests, isStillWanted });
        if (outcome === undefined) continue;
        const { reply, wait } = outcome;
        if (wait === undefined && !isOfWrongType(reply)) return reply;
        await waiting.rest(Math.min(leftMs, ALARM_MS));
      }
    } finally {
      this.#waiting.delete(name);
      this.#alarms.clear(name); // those of other nodes go off by themselves, unheard
    }
  }

  /** Has the owners of keys tell when one of them changes. */
  async #setAlarms(name: string, uses: readonly KeyUse[], args: Args): Promise<void> {
    const cluster = this.#cluster;
    const keys = new Map<ClusterNode, Uint8Array[]>();
    for (const { argumentIndex } of uses) {
      const owner = cluster.ownerOf(slotOf(args.at(argumentIndex)));
      const its = keys.get(owner) ?? [];
      its.push(args.at(argumentIndex).copy());
      keys.set(owner, its);
    }
    await Promise.all([...keys].map(async ([owner, its]) => {
      if (owner.name === cluster.self.name) {
        return this.#alarms.set(name, its, () => this.#waiting.get(name)?.wake());
      }
      await cluster.call(owner, "PEER", "AWAIT", name, ...its);
    }));
  }

  /** Another node wants to hear when keys change. */
  #setAlarmFor(peer: ClusterNode, name: string, args: Args): void {
    const keys: Uint8Array[] = [];
    for (let index = 3; index < args.count; index++) keys.push(args.at(index).copy());
    this.#alarms.set(name, keys, () => {
      this.#cluster.call(peer, "PEER", "CHANGED", name).catch(() => {}); // it will look by itself
    });
  }

  hear(peer: ClusterNode, verb: TransactionVerb, args: Args, reply: ReplyWriter): void {
    const participant = this.#participant, id = args.text(2);
    switch (verb) {
      case "lock":
        return this.#lock(peer, args, reply);
      case "granted":
        if (!this.#awaited.settle(peer.name, id, answerIn(args, 3)!)) this.#refuseGrant(peer, id);
        return reply.ok();
      case "fetch":
        return replyWords(reply, wordsOfAnswer(participant.fetch(id)));
      case "prepare":
        return reply.integer(
          participant.prepare(id, namesIn(args.text(3)), workIn(args, 4)) ? 1 : 0,
        );
      case "confirm":
        participant.confirm(id);
        return reply.ok();
      case "cancel":
        participant.cancel(id);
        return reply.ok();
      case "unlock":
        return reply.integer(participant.unlock(id) ? 1 : 0);
      case "await":
        this.#setAlarmFor(peer, id, args);
        return reply.ok();
      case "changed":
        this.#waiting.get(id)?.wake();
        return reply.ok();
      case "outcome":
        return reply.bulkText(this.#outcomeOf(id, args.text(3)));
    }
  }

  recall(verb: TransactionRecordVerb, args: Args): void {
    const id = args.text(2);
    switch (verb) {
      case "prepared":
        return this.#participant.recallPrepared(id, namesIn(args.text(3)), workIn(args, 4));
      case "finished":
        return this.#participant.recallEnded(id, args.text(3) as TransactionOutcome);
      case "decided":
        this.#coordinator.recallDecided(id, namesIn(args.text(3)));
        return this.#resumeWhenLoaded();
      case "ended":
        return this.#coordinator.recallSettled(id);
    }
  }

  recordAgain(): void {
    const records = this.#records;
    for (const { id, participants, work } of this.#participant.prepared()) {
      records.prepared(id, participants, work);
    }
    for (const [id, names] of this.#coordinator.undelivered) records.decided(id, [...names]);
  }

  /** Ends all that is under way here; what is decided is not lost. */
  stop(): void {
    this.#isStopped = true;
    this.#loading?.cancel();
    this.#alarms.stop();
    for (const waiting of this.#waiting.values()) waiting.abandon();
    this.#participant.stop();
    this.#coordinator.stop();
  }

  /**
   * Puts the replies of requests without keys where they belong, which run behind the others: here, or
   * at all nodes.
   */
  async #withOtherReplies(
    session: Session,
    requests: readonly TransactionRequest[],
    { reply, fanOut }: { reply: Uint8Array; fanOut: FanOutPort | undefined },
  ): Promise<Uint8Array> {
    const isLocal = ({ command }: TransactionRequest): boolean =>
      !usesKeys(command) && command.spec.selectsDatabase === undefined;
    if (!requests.some(isLocal)) return reply;
    if (elementsOf(reply) === undefined) return reply; // an error: none of them has run
    const replies = new Map<number, Uint8Array>();
    for (let index = 0; index < requests.length; index++) {
      const { command, args } = requests[index];
      if (!isLocal(requests[index])) continue;
      const isForAll = fanOut?.answers(command, args) === true;
      replies.set(
        index,
        isForAll
          ? await fanOut.run(session, command, args)
          : this.#runners.trial().runHere(session, requests[index]),
      );
    }
    return withElements(reply, replies);
  }

  #lock(peer: ClusterNode, args: Args, reply: ReplyWriter): void {
    const request = lockIn(args, 2);
    let isLate = false, early: LockAnswer | undefined;
    this.#participant.lock(request, (answer) => {
      if (isLate) this.#sendGrant(peer, request.id, answer);
      else early = answer;
    });
    isLate = true;
    replyWords(reply, early === undefined ? [WAITING_WORD] : this.#wordsOf(request.id, early));
  }

  /** An answer as words for the connection that all share. */
  #wordsOf(id: string, answer: LockAnswer): (string | Uint8Array)[] {
    if (answer.status !== "granted" || !isLarge(answer.images, answer.replies)) {
      return wordsOfAnswer(answer);
    }
    this.#participant.keep(id, answer);
    return wordsOfAnswer({ status: "large" });
  }

  /**
   * Tells a coordinator what has become of locks that it waits for. If it does not answer it may have heard
   * all the same, and this node may have prepared by then.
   */
  #sendGrant(peer: ClusterNode, id: string, answer: LockAnswer): void {
    this.#cluster.callBytes(peer, "PEER", "GRANTED", id, ...this.#wordsOf(id, answer)).catch(() => {
      this.#participant.giveUp(id);
    });
  }

  /** Nobody waits for locks any more. */
  #refuseGrant(peer: ClusterNode, id: string): void {
    this.#portOf(peer.name)?.cancel(id).catch(() => {}); // they will lapse
  }

  #outcomeOf(id: string, role: string): TransactionOutcome {
    return role === "coordinator"
      ? this.#coordinator.outcomeOf(id)
      : this.#participant.outcomeOf(id);
  }

  async #ask(
    name: string,
    role: "coordinator" | "participant",
    id: string,
  ): Promise<TransactionOutcome> {
    if (name === this.#cluster.self.name) return this.#outcomeOf(id, role);
    const node = this.#nodeOf(name);
    return outcomeIn(await this.#cluster.callBytes(node, "PEER", "OUTCOME", id, role));
  }

  #portOf(name: string): ParticipantPort | undefined {
    const cluster = this.#cluster;
    if (!cluster.nodes.some((node) => node.name === name)) return undefined;
    let port = this.#ports.get(name);
    if (port !== undefined) return port;
    port = name === cluster.self.name
      ? new LocalParticipant(this.#participant)
      : new RemoteParticipant(name, {
        shared: (...words) => cluster.callBytes(this.#nodeOf(name), ...words),
        alone: (...words) => this.#callAlone(this.#nodeOf(name), words),
      }, this.#awaited);
    this.#ports.set(name, port);
    return port;
  }

  #nodeOf(name: string): ClusterNode {
    const node = this.#cluster.nodes.find((node) => node.name === name);
    if (node === undefined) throw new DisconnectedError(`There is no node '${name}'`);
    return node;
  }

  /** Asks a node over a connection that nobody shares meanwhile. */
  async #callAlone(
    node: ClusterNode,
    words: readonly RequestWord[],
  ): Promise<ReplyValue<Uint8Array>> {
    const { clock, config } = this.#server;
    const timeoutMs = config.number("cluster-transaction-timeout");
    using pooled = await this.#cluster.acquire(node, { timeoutMs });
    return await within(pooled.client.callBytes(...words), timeoutMs, { clock });
  }

  #resumeWhenLoaded(): void {
    const { clock, persistence } = this.#server;
    this.#loading ??= clock.setTimer(LOADING_PAUSE_MS, () => {
      this.#loading = undefined;
      if (persistence.loading === undefined) this.#coordinator.resume();
      else this.#resumeWhenLoaded();
    });
  }
}

/** This node's own part, asked without a connection. */
class LocalParticipant implements ParticipantPort {
  readonly #participant: Participant;

  constructor(participant: Participant) {
    this.#participant = participant;
  }

  lock(request: Parameters<ParticipantPort["lock"]>[0]): Promise<LockAnswer> {
    return new Promise((resolve) => this.#participant.lock(request, resolve));
  }

  prepare(...words: Parameters<ParticipantPort["prepare"]>): Promise<boolean> {
    return Promise.resolve(this.#participant.prepare(...words));
  }

  confirm(id: string): Promise<void> {
    return new Promise((resolve) => resolve(this.#participant.confirm(id)));
  }

  cancel(id: string): Promise<void> {
    return Promise.resolve(this.#participant.cancel(id));
  }

  unlock(id: string): Promise<boolean> {
    return Promise.resolve(this.#participant.unlock(id));
  }
}

function replyWords(reply: ReplyWriter, words: readonly (string | Uint8Array)[]): void {
  reply.array(words.length);
  for (const word of words) {
    if (typeof word === "string") reply.bulkText(word);
    else reply.bulkBytes(word, 0, word.length);
  }
}

/** The reply to a client that waited in vain, or whose watch broke. */
function nilReply(protocol: 2 | 3): Uint8Array {
  const writer = new WireWriter();
  writer.protocol = protocol;
  writer.nilArray();
  return writer.buffer.bytes.subarray(0, writer.buffer.length);
}

/** Whether a reply says that a key has another type: who waits waits on for one that has the right one. */
function isOfWrongType(reply: Uint8Array): boolean {
  return textOfBytes(reply, 1, Math.min(reply.length, 1 + WRONG_TYPE.code.length)) ===
    WRONG_TYPE.code;
}

/** @throws {RedisError} When something could not be undone. */
function refuseIrrevocable(requests: readonly TransactionRequest[]): void {
  requests.forEach(({ command, args }, index) => {
    if (!isRevocable(command, args)) throw transactionIrrevocable(index + 1, command.fullName);
  });
}
