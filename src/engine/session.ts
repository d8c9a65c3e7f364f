/**
 * Session: one client as the engine knows it: who it is, what it selected, what it may do next.
 *
 * It takes the connection's bytes, cuts requests out of them and has each one run, until the batch
 * is through, a command blocks, or so many replies wait that they had better go out first.
 *
 * @module
 */

import { ProtocolError } from "../errors/redis_error.ts";
import type { Connection, Receiver } from "../net/mod.ts";
import { type Args, type RequestLimits, RequestParser, type WireWriter } from "../resp/mod.ts";
import { DEFAULT_USER } from "../security/mod.ts";
import type { Waiter } from "./blocked_clients.ts";
import type { ClusterNode, RemoteWait } from "./cluster_ports.ts";
import type { Command } from "./command.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Subscriber } from "./message_ports.ts";
import type { KeyWatch, OpenTransaction } from "./ports.ts";
import type { ClientTracking } from "./tracking_ports.ts";
import type { RequestBatch } from "./request_batch.ts";

/** Which replies reach the client (CLIENT REPLY). */
export type ReplyMode = "on" | "off" | "skip-next" | "skipping";

/** A connected client. */
export class Session implements Receiver {
  readonly id: number = 0;
  readonly connection: Connection;
  readonly createdAtMs: number = 0;
  /** When it last sent something, in unix milliseconds. */
  lastReceivedMs = 0;
  /** CLIENT SETNAME; empty: none. */
  name = "";
  /** Number of the selected database. */
  databaseIndex = 0;
  /** Who it authenticated as. */
  user = DEFAULT_USER;
  /** The command that runs, or ran last. */
  lastCommand: Command | undefined;
  replyMode: ReplyMode = "on";
  /** CLIENT NO-EVICT: spared when clients are closed for memory. */
  isNeverEvicted = false;
  /** Whether it is shown what others send (MONITOR); see `Monitors`. */
  isMonitor = false;
  /** What its command waits for; `undefined`: no command of it waits. */
  waiter: Waiter | undefined;
  /** What it has queued since MULTI; `undefined`: no transaction is open. */
  transaction: OpenTransaction | undefined;
  /** The keys that it watches; `undefined`: none. */
  watch: KeyWatch | undefined;
  /** What it listens to; `undefined`: nothing. */
  subscriber: Subscriber | undefined;
  /** How it is told of changes of what it read; `undefined`: it never was. */
  tracking: ClientTracking | undefined;
  /** The node of the cluster that it has shown to be; `undefined`: it is a client. */
  peer: ClusterNode | undefined;
  /** Whether it would read from replicas (READONLY). */
  isReadOnly = false;
  /** Whether its requests are recorded ones: what was allowed then must not be refused now. */
  isReplayed = false;
  /** Whether a postponed request waits to be tried again. */
  isPostponed = false;
  /** Whether other nodes answer a request of it, and the next one must wait for that. */
  isAnsweredElsewhere = false;
  /** Version of the map by which those of its requests were sent to other nodes whose replies are missing. */
  mapVersion = 0;
  /** What it waits for at another node; `undefined`: nothing. */
  remoteWait: RemoteWait | undefined;
  wantsMore = false;
  /**
   * Where in the output begins what a running transaction replies in vain, or OFF has muted; -1: nowhere,
   * and between requests.
   */
  #mutedFrom = -1;

  readonly #dispatcher: Dispatcher;
  readonly #parser: RequestParser;
  readonly #batch: RequestBatch;
  /** A request that begins anew, before those that are read. */
  #restarted: { readonly command: Command; readonly args: Args } | undefined;

  /**
   * @param dispatcher Runs its requests.
   */
  constructor(connection: Connection, dispatcher: Dispatcher, options: SessionOptions) {
    this.id = options.id;
    this.connection = connection;
    this.createdAtMs = options.nowMs;
    this.lastReceivedMs = options.nowMs;
    this.#dispatcher = dispatcher;
    this.#batch = options.batch;
    this.#parser = new RequestParser(options.limits);
    this.isAuthenticated = options.isAuthenticated;
  }

  /** When it last sent something, or was sent something, in unix milliseconds. */
  get lastActiveMs(): number {
    return Math.max(this.lastReceivedMs, this.connection.lastSentMs);
  }

  /** Where its replies go. */
  get reply(): WireWriter {
    return this.connection.reply;
  }

  /** Whether it has authenticated, or need not. */
  get isAuthenticated(): boolean {
    return this.connection.isTrusted;
  }

  set isAuthenticated(isAuthenticated: boolean) {
    this.connection.isTrusted = isAuthenticated;
    this.#parser.isTrusted = isAuthenticated;
  }

  /** Whether its connection comes from this machine. */
  get isLocal(): boolean {
    return this.connection.transport.isLocal;
  }

  /** Whether its requests must wait. */
  get isBlocked(): boolean {
    return this.isPostponed || this.waiter !== undefined || this.isAnsweredElsewhere;
  }

  /** Whether it gets no replies at present. */
  get isMute(): boolean {
    return this.replyMode === "off" || this.replyMode === "skipping";
  }

  /** Whether it is told to others as blocked: its command waits, or it was put off. */
  get isShownBlocked(): boolean {
    return this.isPostponed || this.waiter !== undefined || this.remoteWait !== undefined;
  }

  get neededBytes(): number {
    return this.#parser.neededBytes;
  }

  /** Bytes of input that belong to arguments which are complete, of a request that is not. */
  get parsedBytes(): number {
    return this.#parser.parsedBytes;
  }

  receive(bytes: Uint8Array, from: number, to: number): number {
    this.wantsMore = false;
    if (this.isBlocked || this.connection.isClosing) return from;
    const dispatcher = this.#dispatcher, batch = this.#batch;
    dispatcher.beginBatch(this);
    try {
      let mayGoOn = this.#restarted === undefined || this.#runRestarted();
      while (mayGoOn) {
        batch.fill(this.#parser, bytes, from, to);
        from = this.#runBatch(from);
        mayGoOn = !batch.isEmpty && from === batch.end && from < to && !this.isBlocked &&
          !this.#mustStop() && !this.#isLate();
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // What it sent before is answered first; then the same bytes come again.
      this.isPostponed = this.connection.line?.isOpen === true;
      if (this.isPostponed) this.#parser.reset();
      else from = this.#refuseProtocol(error, to);
    }
    this.transaction?.settle();
    batch.release(bytes);
    dispatcher.endBatch();
    return from;
  }

  closed(): void {
    this.#dispatcher.forget(this);
  }

  /** Lets a postponed request be tried again. */
  retry(): void {
    if (!this.isPostponed) return;
    this.isPostponed = false;
    this.connection.resume();
  }

  /** Has a request begin anew that waited. @param args With bytes of their own. */
  restart(command: Command, args: Args): void {
    this.#restarted = { command, args };
    this.connection.resume();
  }

  /** Lets requests go on behind one that other nodes have answered. */
  answeredElsewhere(): void {
    this.isAnsweredElsewhere = false;
    this.connection.resume();
  }

  /** A transaction runs: what it replies up to a CLIENT REPLY ON in it may be in vain. */
  beginTransactionReply(): void {
    if (this.isMute) this.#mutedFrom = this.reply.mark();
  }

  /** CLIENT REPLY ON: replies reach the client from here on, but for what SKIP is meant for. */
  unmute(): void {
    if (this.#mutedFrom >= 0) {
      this.reply.rewind(this.#mutedFrom);
      this.connection.putDeliveries(this.#mutedFrom);
    }
    this.#mutedFrom = -1;
    if (this.isMute) this.replyMode = "on";
  }

  /** CLIENT REPLY OFF: no reply reaches it from here on. */
  mute(): void {
    if (!this.isMute) this.#mutedFrom = this.reply.mark();
    this.replyMode = "off";
  }

  /** CLIENT REPLY SKIP: the reply to the next request does not reach it. */
  muteNext(): void {
    if (this.replyMode !== "off") this.replyMode = "skip-next";
  }

  /** What it is replied goes another way: none of it is to be taken back here. */
  leaveReply(): void {
    this.#mutedFrom = -1;
  }

  /**
   * Takes back what the client does not want of a reply (CLIENT REPLY).
   *
   * @param mark Where it begins.
   * @returns Where that begins which is taken back; what was delivered meanwhile belongs there.
   */
  muteReply(mark: number): number {
    const from = this.isMute ? Math.max(mark, this.#mutedFrom) : mark;
    if (this.isMute) this.reply.rewind(from);
    this.#mutedFrom = -1;
    this.#endSkip();
    return from;
  }

  /**
   * Goes back to the state of a new connection (RESET), but for its authentication. NO-EVICT stays,
   * and so does a SKIP that is meant for the running command.
   */
  reset(): void {
    this.endTransaction();
    this.endSubscriptions();
    this.tracking?.disable();
    this.databaseIndex = 0;
    this.name = "";
    this.user = DEFAULT_USER;
    this.peer = undefined;
    this.isReadOnly = false;
    if (this.replyMode !== "skipping") this.replyMode = "on";
    this.reply.protocol = 2;
  }

  /** Forgets the transaction, if one is open, and watches no key any more. */
  endTransaction(): void {
    this.transaction?.release();
    this.transaction = undefined;
    this.connection.queuedBytes = 0;
    this.endWatch();
  }

  /** Listens to nothing any more. */
  endSubscriptions(): void {
    this.subscriber?.release();
  }

  /** Watches no key any more. */
  endWatch(): void {
    this.watch?.release();
    this.watch = undefined;
    this.connection.watchBytes = 0;
  }

  /**
   * Runs the batch's requests until one must wait or replies had better go out.
   *
   * @param from Where the first begins.
   * @returns Where the first begins that was not run; one that blocks was.
   */
  #runBatch(from: number): number {
    const dispatcher = this.#dispatcher, batch = this.#batch;
    dispatcher.lookAhead(this, batch);
    for (let index = 0; index < batch.count; index++) {
      if (this.#mustStop()) return this.#stopAt(from);
      if (!dispatcher.execute(this, batch.requests[index], batch.commands[index])) {
        this.isPostponed = this.waiter === undefined && !this.isAnsweredElsewhere;
        return this.#stopAt(this.isPostponed ? from : batch.ends[index]);
      }
      from = batch.ends[index];
    }
    if (batch.endsInNothing) this.#passNothing();
    return batch.end;
  }

  /** An empty request is over: it has used up what was said for the next one. */
  #passNothing(): void {
    this.#endSkip();
    this.tracking?.requestEnded(undefined);
  }

  /** A request is over: SKIP was meant for it, or is for the next. */
  #endSkip(): void {
    if (this.replyMode === "skip-next") this.replyMode = "skipping";
    else if (this.replyMode === "skipping") this.replyMode = "on";
  }

  /** Runs a request that begins anew; returns whether others may follow. */
  #runRestarted(): boolean {
    const { command, args } = this.#restarted!;
    const mayGoOn = this.#dispatcher.execute(this, args, command);
    this.isPostponed = !mayGoOn && this.waiter === undefined && !this.isAnsweredElsewhere;
    if (!this.isPostponed) this.#restarted = undefined;
    return mayGoOn;
  }

  #refuseProtocol(error: ProtocolError, to: number): number {
    this.#dispatcher.refuseProtocol(this, error);
    return to;
  }

  /** Forgets what was parsed beyond: it will be parsed again. */
  #stopAt(from: number): number {
    this.#parser.reset();
    return from;
  }

  /** Whether others should have their turn before further requests run. */
  #isLate(): boolean {
    return this.wantsMore = this.#dispatcher.isLate;
  }

  /** Whether no further request may run now. */
  #mustStop(): boolean {
    const connection = this.connection;
    this.wantsMore = connection.reply.buffer.length > connection.replyBytesMax;
    return this.wantsMore || connection.isClosing || connection.isClosed;
  }
}

/** What a session is made of. */
export interface SessionOptions {
  id: number;
  nowMs: number;
  limits: RequestLimits;
  /** Where requests are parsed to; shared by all sessions of a server. */
  batch: RequestBatch;
  /** Whether it may go on without a password. */
  isAuthenticated: boolean;
}
