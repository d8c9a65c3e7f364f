/**
 * Blocked clients: those whose command found nothing and waits for it.
 *
 * BLPOP on an absent list replies nothing: the client is parked with a copy of its arguments and of
 * what it wants. A change of a key that somebody waits for only notes the key. Once the command that
 * made the change has finished (a transaction as a whole), the waiters are tried one after the
 * other, the first come first, by the very function that their command tried at once. What they take
 * is an effect of its own, and may be a change that others wait for: BLMOVE feeds BLPOP.
 *
 *   RPUSH k a ── changed(k) ──> k is ready ── RPUSH done ──> try waiter 1, waiter 2 ... of k
 *                                    ^                                 |
 *                                    └── BLMOVE pushed to another key ─┘
 *
 * While nobody waits, this listens to no change, so other commands pay nothing for it.
 *
 * Always true: a client has a waiter exactly while it is blocked by its command; a client that is
 * gone has none; keys are served in the order in which they became ready.
 * Not here: requests behind the blocked one, which its session holds back; what is taken.
 * Behaviour: Redis 7.0; among waiters of one key, those of another type than it has keep their place.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Timer } from "../base/clock.ts";
import { UNBLOCKED } from "../errors/catalogue.ts";
import type { RedisError } from "../errors/redis_error.ts";
import { Args } from "../resp/mod.ts";
import type { Keyspace } from "../store/mod.ts";
import type { Command } from "./command.ts";
import { CommandContext } from "./context.ts";
import { toRedisError } from "./failure.ts";
import type { ChangeListener, ServerParts } from "./ports.ts";
import type { Session } from "./session.ts";
import { type WaitedKey, WaitedKeys } from "./waited_keys.ts";

/** Changes of a stream that bring nothing to read: who waits sleeps on, though IDs may have moved. */
const QUIET_EVENTS: ReadonlySet<string> = new Set([
  "xsetid",
  "xdel",
  "xtrim",
  "xgroup-create",
  "xgroup-setid",
  "xgroup-createconsumer",
  "xgroup-delconsumer",
  "expire",
  "persist",
]);

/** What a command wants of a key that it waits for; best a constant. */
export interface Demand {
  /** The type of value that can have it, as `TYPE_SORTED_SET`. */
  readonly type: number;
  /** Replied when the key vanishes or gets another type; without, the client waits on. */
  readonly lostError?: RedisError;
  /**
   * Serves the client from one of its keys, which may be absent: the same that the command tries
   * before it waits.
   *
   * @param args The command's; a copy if it has waited.
   * @param keyIndex Which of them is the key.
   * @returns Whether it replied; `false`: there is nothing, and nothing was written or changed.
   * @throws {RedisError} What to reply instead.
   */
  serve(context: CommandContext, args: Args, keyIndex: number): boolean;
}

/** Which arguments are keys to wait for, and how long. */
export interface WaitTerms {
  /** Number of the first argument that is a key; the others follow. */
  readonly firstKey: number;
  readonly keyCount: number;
  /** 0: for ever. */
  readonly timeoutMs: number;
  /** What the command is served by, if it has to be other arguments than the client sent. */
  readonly servedArgs?: Args;
}

/** What the slow log shows of a command whose words are forgotten. */
const NO_WORDS = Args.of();

/** What a client wants that waits for no key. */
const NOTHING: Demand = { type: -1, serve: () => false };

/** One blocked client. */
export interface Waiter {
  readonly session: Session;
  readonly command: Command;
  /** A copy. */
  readonly args: Args;
  /** The same as the client sent them. */
  readonly sentArgs: Args;
  readonly demand: Demand;
  /** How long it waits from its beginning; 0: for ever. */
  readonly timeoutMs: number;
  /** Where it waits, with the number of the argument that is the key. */
  readonly keys: Map<WaitedKey, number>;
  /** How long its command ran before it waited, in microseconds. */
  durationUs: number;
  /** Ends the wait; `undefined`: nothing does. */
  readonly timer: Timer | undefined;
}

/** The blocked clients of one server. */
export class BlockedClients implements ChangeListener {
  readonly #server: ServerParts;
  /** Its own: a waiter is served while the dispatcher's still belongs to the command before. */
  readonly #context: CommandContext;
  readonly #waitedKeys: WaitedKeys;
  /** Keys that have changed, in order. */
  readonly #ready: WaitedKey[] = [];
  /** Those that are to be looked at again when fewer keys are held. */
  readonly #heldBack = new Set<WaitedKey>();
  #count = 0;

  constructor(server: ServerParts) {
    this.#server = server;
    this.#context = new CommandContext(server);
    this.#waitedKeys = new WaitedKeys(server.store.environment.lookAhead);
  }

  /** Whether waiters are to be served. */
  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /**
   * Blocks the client of the running command until it is served or its time is up.
   *
   * @param args The command's; copied.
   */
  park(context: CommandContext, args: Args, demand: Demand, terms: WaitTerms): void {
    const { session, command, db } = context;
    const { timeoutMs } = terms;
    const sentArgs = args.copy();
    const waiter: Waiter = {
      session,
      command,
      args: terms.servedArgs ?? sentArgs,
      sentArgs,
      demand,
      timeoutMs,
      keys: new Map(),
      durationUs: 0,
      timer: timeoutMs === 0 ? undefined : this.#server.clock.setTimer(timeoutMs, () => {
        this.#endInVain(waiter);
      }),
    };
    for (let index = terms.firstKey + terms.keyCount - 1; index >= terms.firstKey; index--) {
      waiter.keys.set(this.#waitedKeys.add(waiter, db.index, args.at(index)), index);
    }
    session.waiter = waiter;
    if (this.#count++ === 0) this.#server.changeListeners.add(this);
  }

  /**
   * Blocks the client of the running command until `finish`: the command waits for another server.
   *
   * @param args The command's; copied.
   */
  parkUntilFinished({ session, command }: CommandContext, args: Args): Waiter {
    const sentArgs = args.copy();
    const waiter: Waiter = {
      session,
      command,
      args: sentArgs,
      sentArgs,
      demand: NOTHING,
      timeoutMs: 0,
      keys: new Map(),
      durationUs: 0,
      timer: undefined,
    };
    session.waiter = waiter;
    if (this.#count++ === 0) this.#server.changeListeners.add(this);
    return waiter;
  }

  /**
   * Goes on with a command that was parked so, and to its end, even if its client is gone.
   *
   * @param act Changes and replies.
   */
  finish(waiter: Waiter, act: (context: CommandContext, args: Args) => void): void {
    this.#server.store.environment.refreshTime();
    this.#attempt(waiter, () => {
      act(this.#context, waiter.args);
      return true;
    });
    this.serveReady();
  }

  changed(databaseIndex: number, key: ByteView, event: string): void {
    let queue = this.#waitedKeys.first(key);
    if (queue === undefined || QUIET_EVENTS.has(event)) return;
    let isConcerned = false;
    const queues: WaitedKey[] = [];
    for (; queue !== undefined; queue = this.#waitedKeys.following(queue)) {
      if (queue.databaseIndex !== databaseIndex) continue;
      queues.push(queue);
      isConcerned ||= this.#isConcerned(queue);
    }
    if (!isConcerned) return;
    // All of them: a key has one place in the order, whoever of its waiters it is ready for.
    for (const each of queues) this.#note(each);
  }

  flushed(databases: readonly Keyspace[]): void {
    const indices = databases.map((database) => database.index);
    for (const queue of this.#waitedKeys) {
      if (indices.includes(queue.databaseIndex) && this.#isConcerned(queue)) this.#note(queue);
    }
  }

  /** Serves who waits for what has changed; called when a command has finished. */
  serveReady(): void {
    // It grows meanwhile.
    for (let index = 0; index < this.#ready.length; index++) this.#serveKey(this.#ready[index]);
    this.#ready.length = 0;
  }

  /**
   * Ends the wait of a client, as if its time were up or with an error (CLIENT UNBLOCK). Who waits for the
   * end of a pause goes on waiting, and is told the error all the same.
   *
   * @returns Whether its command waited.
   */
  unblock(session: Session, how: "timeout" | "error"): boolean {
    const { waiter, remoteWait } = session;
    remoteWait?.unblock(how);
    if (remoteWait !== undefined) return true;
    if (how === "error" && this.#server.pause.isHolding(session)) return this.#disturb(session);
    if (waiter === undefined || waiter.demand === NOTHING) return false;
    this.#endInVain(waiter, how === "error" ? UNBLOCKED : undefined);
    this.#countUnblocked(waiter);
    return true;
  }

  /** Tells a client whose request is put off what ends the wait of others; returns that it did. */
  #disturb(session: Session): true {
    const reply = session.connection.openOutput();
    const mark = reply.mark();
    reply.error(UNBLOCKED);
    if (session.isMute) reply.rewind(mark);
    session.connection.flush();
    session.lastCommand!.stats.failedCalls++;
    this.#server.stats.recordErrorReply(UNBLOCKED.code);
    return true;
  }

  /** Serves who could not be served yet, as keys of its command were held. */
  serveHeldBack(): void {
    if (this.#heldBack.size === 0) return;
    for (const queue of this.#heldBack) this.#note(queue);
    this.#heldBack.clear();
    this.serveReady();
  }

  /** Has clients that wait for some keys begin anew: these are another node's now. */
  restartWaiters(concerns: (key: ByteView) => boolean): void {
    const found = new Set<Waiter>();
    for (const { view, waiters } of this.#waitedKeys) {
      if (concerns(view)) { for (const waiter of waiters) found.add(waiter); }
    }
    for (const waiter of found) {
      this.#release(waiter);
      waiter.session.restart(waiter.command, waiter.args);
    }
  }

  /** The client is gone. */
  forget(session: Session): void {
    if (session.waiter !== undefined) this.#release(session.waiter);
  }

  /** Whether there may be something to take, or something to be told, now that the key has changed. */
  #isConcerned({ lostError, databaseIndex, view, type }: WaitedKey): boolean {
    return lostError !== undefined ||
      this.#server.store.databases[databaseIndex].typeUnder(view) === type;
  }

  #note(queue: WaitedKey): void {
    if (queue.isReady) return;
    queue.isReady = true;
    this.#ready.push(queue);
  }

  #serveKey(queue: WaitedKey): void {
    let isThere = this.#isThere(queue);
    for (const waiter of queue.waiters) {
      if (isThere) {
        if (this.#serve(waiter, waiter.keys.get(queue)!)) isThere = this.#isThere(queue);
      } else if (queue.lostError !== undefined) {
        this.#fail(waiter, queue.lostError);
      } else {
        break;
      }
    }
    queue.isReady = false; // not before: what the waiters took concerns no other of this queue
  }

  /** Whether the key has a value of the type that is wanted. */
  #isThere({ databaseIndex, view, type }: WaitedKey): boolean {
    const database = this.#server.store.databases[databaseIndex];
    const ref = database.peek(view);
    return ref !== 0 && database.entries.typeOf(ref) === type;
  }

  #serve(waiter: Waiter, keyIndex: number): boolean {
    const { heldKeys } = this.#server;
    if (heldKeys.isInForce && heldKeys.verdictOn(waiter.command, waiter.args) !== undefined) {
      for (const queue of waiter.keys.keys()) this.#heldBack.add(queue);
      return false;
    }
    return this.#attempt(waiter, () => {
      return waiter.demand.serve(this.#context, waiter.args, keyIndex);
    });
  }

  #fail(waiter: Waiter, error: RedisError): void {
    this.#attempt(waiter, () => {
      throw error;
    });
  }

  /** Goes on with a waiter's command; if that replies, the wait is over. Returns whether it is. */
  #attempt(waiter: Waiter, act: () => boolean): boolean {
    const { session, command, args } = waiter;
    const server = this.#server, context = this.#context;
    const startUs = server.clock.monotonicUs();
    const reply = session.connection.openOutput();
    const mark = reply.mark();
    const errorCount = reply.errorCount;
    const before = server.tracking.begin(session);
    context.begin(session, command);
    try {
      if (!act()) {
        server.tracking.end(session, before);
        session.connection.flush();
        return false;
      }
    } catch (thrown) {
      reply.rewind(mark);
      reply.error(toRedisError(thrown));
    }
    context.finish(args, session.databaseIndex);
    const replyUs = server.clock.monotonicUs() - startUs;
    const durationUs = waiter.durationUs + replyUs;
    command.stats.recordUnblock(durationUs, server.config.boolean("latency-tracking"));
    if (reply.errorCount !== errorCount) {
      command.stats.failedCalls++;
      server.stats.recordErrorReply(reply.lastErrorCode);
    }
    context.logIfSlow(durationUs, waiter.sentArgs);
    server.latency.record("command-unblocking", replyUs / 1000);
    this.#dismiss(waiter, mark);
    server.tracking.end(session, before);
    return true;
  }

  /** Counts a command that CLIENT UNBLOCK has ended; as in Redis, its words are forgotten by then. */
  #countUnblocked({ session, command, durationUs }: Waiter): void {
    command.stats.recordUnblock(durationUs, this.#server.config.boolean("latency-tracking"));
    command.stats.failedCalls++;
    this.#context.begin(session, command);
    this.#context.logIfSlow(durationUs, NO_WORDS);
  }

  /** Ends a wait that nothing came of. @param error What is replied; nil if the time is just up. */
  #endInVain(waiter: Waiter, error?: RedisError): void {
    const reply = waiter.session.connection.openOutput();
    const mark = reply.mark();
    if (error === undefined) {
      reply.nilArray();
    } else {
      reply.error(error);
      this.#server.stats.recordErrorReply(error.code);
    }
    this.#dismiss(waiter, mark);
  }

  /** Sends a waiter the reply that begins at `mark`, and lets its client go on. */
  #dismiss(waiter: Waiter, mark: number): void {
    const session = waiter.session;
    if (session.waiter === waiter) this.#release(waiter);
    if (session.replyMode !== "on") session.muteReply(mark);
    session.connection.flush();
    session.connection.resume();
  }

  #release(waiter: Waiter): void {
    waiter.session.waiter = undefined;
    waiter.timer?.cancel();
    for (const queue of waiter.keys.keys()) this.#waitedKeys.remove(waiter, queue);
    if (--this.#count > 0) return;
    this.#server.changeListeners.remove(this);
  }
}
