/**
 * Dispatcher: from a request to the command that runs.
 *
 * It finds the command, asks the gates in force, runs the handler, and sees to what follows: the
 * error reply if it threw, the effect if it changed something, the counters.
 *
 * Time: a look at the clock costs as much as a short command. So brief commands of one batch share
 * one measurement, which is divided evenly among them (`BriefCommands`): their sum is exact, and what
 * could be slow is measured by itself. When the slow log asks for less than a millisecond, everything is.
 *
 * Always true: a command either replies once or (blocked, muted) not at all; a handler that throws
 * leaves no part of a reply.
 *
 * @module
 */

import {
  NOT_IN_TRANSACTION,
  transactionDiscarded,
  unknownCommand,
  unknownSubcommand,
  wrongArity,
} from "../errors/catalogue.ts";
import { type ProtocolError, RedirectError, type RedisError } from "../errors/redis_error.ts";
import type { Args } from "../resp/mod.ts";
import { BriefCommands } from "./brief_commands.ts";
import { BrowserGuard } from "./browser_guard.ts";
import type { Command } from "./command.ts";
import { CommandContext, type NestedRunner } from "./context.ts";
import { toRedisError } from "./failure.ts";
import { type Gate, type GateOutcome, POSTPONED, RELAYED, RELAYED_ALONE } from "./gates.ts";
import type { ServerParts } from "./ports.ts";
import type { RequestBatch } from "./request_batch.ts";
import type { Session } from "./session.ts";

/** Below this threshold of the slow log, in microseconds, no measurement is shared. */
const SHARED_MEASURE_US = 1000;
/** How long the requests of one client run before others have their turn. */
const BATCH_US = 2000;

/** Runs requests. */
export class Dispatcher implements NestedRunner {
  readonly #server: ServerParts;
  readonly #context: CommandContext;
  readonly #gates: readonly Gate[];
  /** Those in force, in order; see `#lookAtGates`. */
  readonly #gatesInForce: Gate[] = [];
  #gatesInForceCount = 0;
  readonly #brief = new BriefCommands();
  readonly #browsers: BrowserGuard;
  #measuredUs = 0;
  /** When the batch began. */
  #begunUs = 0;
  /** Errors that the running command's client had been replied before they were last counted. */
  #countedErrors = 0;
  #tracksLatency = true;
  #measuresEach = false;

  /** @param gates In the order in which they are asked. */
  constructor(server: ServerParts, gates: readonly Gate[]) {
    this.#server = server;
    this.#gates = gates;
    this.#context = new CommandContext(server, this);
    this.#browsers = new BrowserGuard(server);
    const refresh = () => {
      const thresholdUs = server.config.number("slowlog-log-slower-than");
      server.slowLog.slowerThanUs = thresholdUs;
      this.#measuresEach = thresholdUs >= 0 && thresholdUs < SHARED_MEASURE_US;
      this.#tracksLatency = server.config.boolean("latency-tracking");
    };
    server.config.onApply(["slowlog-log-slower-than", "latency-tracking"], refresh);
    refresh();
  }

  /** Begins a batch of requests of one client: the time they will see is read. */
  beginBatch(session: Session): void {
    const environment = this.#server.store.environment;
    environment.refreshTime();
    // The loop has no time for timers while there always is a request to read.
    if (environment.nowMs >= environment.wakeAtMs) environment.listener.isDue();
    session.lastReceivedMs = environment.nowMs;
    this.#begunUs = this.#measuredUs = this.#server.clock.monotonicUs();
    this.#lookAtGates();
  }

  /** Whether the batch has taken so long that others should have their turn. */
  get isLate(): boolean {
    return this.#server.clock.monotonicUs() - this.#begunUs > BATCH_US;
  }

  /** Ends it. */
  endBatch(): void {
    this.forgetAhead();
    if (!this.#brief.isEmpty) this.#shareMeasurement(this.#server.clock.monotonicUs());
    if (this.#server.blocked.hasReady) this.#server.blocked.serveReady();
  }

  /**
   * Finds the commands of a batch, and has the memory fetched that their keys and elements lie in. What
   * will only be queued does without: EXEC looks ahead itself.
   */
  lookAhead(session: Session, batch: RequestBatch): void {
    const commands = this.#server.commands;
    let isQueueing = session.transaction !== undefined;
    this.forgetAhead();
    for (let index = 0; index < batch.count; index++) {
      const args = batch.requests[index];
      const command = commands.find(args.at(0));
      if (batch.commands[index] !== command) batch.commands[index] = command;
      if (command === undefined) continue;
      if (!command.isQueueable) isQueueing = command.keepsQueueing(isQueueing);
      else if (!isQueueing) this.announce(command, args);
    }
    this.fetchAhead(session.databaseIndex);
  }

  announce(command: Command, args: Args): void {
    const range = command.keyRange, { environment } = this.#server.store;
    if (range === undefined || !environment.looksAhead) return;
    const { lookAhead, elements } = environment;
    const last = range.last < 0 ? args.count + range.last : Math.min(range.last, args.count - 1);
    const keyIndex = lookAhead.count;
    for (let key = range.first; key <= last; key += range.step) lookAhead.add(args.at(key));
    const elementRange = command.elements;
    if (elementRange === undefined || lookAhead.count === keyIndex) return;
    for (let element = elementRange.first; element < args.count; element += elementRange.step) {
      if (!elements.add(keyIndex, args.at(element))) break;
    }
  }

  fetchAhead(databaseIndex: number): void {
    const { databases, environment } = this.#server.store;
    const { lookAhead, elements } = environment;
    if (lookAhead.count > 1 || elements.count > 1) databases[databaseIndex].lookAhead();
  }

  forgetAhead(): void {
    const { lookAhead, elements } = this.#server.store.environment;
    lookAhead.clear();
    elements.clear();
  }

  /**
   * Runs one request.
   *
   * @param args Borrowed during the call.
   * @param command What `lookAhead` found; `undefined`: there is no such command.
   * @returns Whether the next one may follow; `false`: this one is to be tried again later, or, if
   *   the session has a waiter now, blocks.
   */
  execute(session: Session, args: Args, command: Command | undefined): boolean {
    if (command === undefined) {
      session.lastCommand = undefined;
      if (this.#browsers.isBrowser(args)) this.#browsers.cutOff(session);
      else this.#refuse(session, undefined, unknownCommand(args.text(0), args.texts(1)));
      return true;
    }
    if (command.subcommands.size > 0) {
      if (args.count > 1) {
        const subcommand = command.subcommands.get(args.at(1).toLowerText());
        if (subcommand === undefined) {
          session.lastCommand = undefined;
          const error = unknownSubcommand(command.fullName.toUpperCase(), args.text(1));
          this.#refuse(session, undefined, error);
          return true;
        }
        command = subcommand;
      } else if (command.run === undefined) {
        session.lastCommand = command;
        this.#refuse(session, command, wrongArity(command.fullName));
        return true;
      }
    }
    session.lastCommand = command;
    if (!command.takes(args)) {
      this.#refuse(session, command, wrongArity(command.fullName), args);
      return true;
    }
    const transaction = session.transaction;
    if (transaction !== undefined && !command.mayBeInMulti) {
      this.#refuse(session, command, NOT_IN_TRANSACTION);
      return true;
    }
    const gates = this.#gatesInForce;
    for (let index = 0; index < this.#gatesInForceCount; index++) {
      const refusal = gates[index].check(session, command, args);
      if (refusal === undefined) continue;
      if (typeof refusal === "string") return this.#setAside(session, command, refusal);
      this.#refuse(session, command, refusal, args);
      return true;
    }
    if (transaction === undefined || !command.isQueueable) {
      return this.#run(session, command, args);
    }
    transaction.queue(command, args);
    this.#acknowledge(session);
    return true;
  }

  /** Runs a recorded request, whatever the gates say; see `Replayer`. */
  replay(session: Session, command: Command, args: Args): void {
    const countedErrors = this.#countedErrors; // of a command that has this one run (DEBUG LOADAOF)
    this.#perform(session, command, args);
    this.#countedErrors = countedErrors;
  }

  /** Answers broken framing and closes the connection behind the answer. */
  refuseProtocol(session: Session, error: ProtocolError): void {
    this.#server.log.verbose(`Protocol error from client: ${error.message}. id=${session.id}`);
    this.#refuse(session, undefined, error);
    session.connection.closeAfterReply();
  }

  /** The client is gone. */
  forget(session: Session): void {
    session.endTransaction();
    session.endSubscriptions();
    session.tracking?.release();
    this.#server.blocked.forget(session);
    this.#server.pause.forget(session);
    session.remoteWait?.abandon();
    this.#server.monitors.remove(session);
    this.#server.clients.remove(session);
  }

  runNested(command: Command, args: Args): void {
    const session = this.#context.session;
    const isMeasuredAlone = this.#isMeasuredAlone(session, command, args);
    if (isMeasuredAlone) this.#startMeasurement();
    const startUs = this.#measuredUs;
    const mark = session.reply.mark();
    this.#perform(session, command, args);
    // What would be muted with the whole reply is left to `#run`.
    if (!session.isMute) session.connection.putDeliveries(mark);
    if (isMeasuredAlone) this.#endMeasurement(session, command, args, startUs);
    else this.#measureLater(command, 1);
  }

  /** Does not run a request, at least not now; returns whether the next one may follow. */
  #setAside(
    session: Session,
    command: Command,
    outcome: Exclude<GateOutcome, RedisError | undefined>,
  ): boolean {
    session.isAnsweredElsewhere = outcome === RELAYED_ALONE;
    if (outcome !== POSTPONED) session.tracking?.requestEnded(command);
    return outcome === RELAYED;
  }

  /** Runs a command; returns whether it is through, or blocks its client. */
  #run(session: Session, command: Command, args: Args): boolean {
    const server = this.#server;
    const isMeasuredAlone = this.#isMeasuredAlone(session, command, args);
    if (isMeasuredAlone) this.#startMeasurement();
    const startUs = this.#measuredUs, briefCount = this.#brief.notedCount;
    const mark = session.reply.mark();
    const before = server.tracking.isFollowing ? server.tracking.begin(session) : undefined;
    this.#perform(session, command, args);
    const isAnswered = session.waiter === undefined;
    const end = session.replyMode !== "on" && isAnswered ? session.muteReply(mark) : mark;
    if (session.connection.hasDeliveries) session.connection.putDeliveries(end);
    if (server.tracking.isFollowing) server.tracking.end(session, before);
    if (isMeasuredAlone) {
      const durationUs = this.#endMeasurement(session, command, args, startUs);
      // Commands behind a slow one must not see the time before it.
      if (durationUs >= SHARED_MEASURE_US) server.store.environment.refreshTime();
      if (command.mayChangeGates) this.#lookAtGates();
    } else {
      this.#measureLater(command, this.#brief.notedCount - briefCount + 1);
    }
    if (server.blocked.hasReady) this.#serveBlocked();
    return session.waiter === undefined;
  }

  /**
   * Finds the gates in force. Few commands bring one into force or take one out of it, so a look for each
   * batch and behind each of these is enough.
   */
  #lookAtGates(): void {
    const gates = this.#gates, inForce = this.#gatesInForce;
    let count = 0;
    for (let index = 0; index < gates.length; index++) {
      if (gates[index].isInForce) inForce[count++] = gates[index];
    }
    this.#gatesInForceCount = count; // to shorten the array would be to allocate it anew
  }

  /** Has a command reply and pass on what it changed. */
  #perform(session: Session, command: Command, args: Args): void {
    const server = this.#server, context = this.#context, reply = session.reply;
    context.begin(session, command);
    const databaseIndex = session.databaseIndex;
    const mark = reply.mark();
    this.#countedErrors = reply.errorCount;
    try {
      command.run!(context, args);
    } catch (error) {
      reply.rewind(mark);
      reply.error(toRedisError(error));
    }
    server.stats.commandsProcessed++;
    if (reply.errorCount !== this.#countedErrors) {
      this.#countFailure(command, reply.lastErrorCode);
      this.#countedErrors = reply.errorCount;
    }
    if (server.monitors.count > 0 && command.isShown) {
      server.monitors.show(session, context.withoutSecrets(args));
    }
    if (command.isWrite || context.changeCount > 0) context.finish(args, databaseIndex);
    if (session.tracking !== undefined && command.has("readonly")) {
      session.tracking.noteRead(command, args);
    }
  }

  /** Serves the clients that waited for what the command before changed; that is not its time. */
  #serveBlocked(): void {
    this.#startMeasurement();
    this.#server.blocked.serveReady();
    this.#measuredUs = this.#server.clock.monotonicUs();
  }

  /**
   * Replies an error without running anything.
   *
   * @param args The request, where that may be an EXEC: monitors see how the transaction ends.
   */
  #refuse(
    session: Session,
    command: Command | undefined,
    error: RedisError,
    args?: Args,
  ): void {
    session.transaction?.fail();
    if (command?.spec.withinMulti === "executes") {
      session.endTransaction();
      if (!(error instanceof RedirectError)) error = transactionDiscarded(error.text);
    }
    const mark = session.reply.mark();
    session.reply.error(error);
    if (command !== undefined) command.stats.rejectedCalls++;
    this.#server.stats.recordErrorReply(error.code);
    if (session.replyMode !== "on") session.muteReply(mark);
    if (session.connection.hasDeliveries) session.connection.putDeliveries(mark);
    session.tracking?.requestEnded(command);
    if (args !== undefined && command?.spec.withinMulti === "executes") {
      this.#server.monitors.show(session, args);
    }
  }

  /** Replies that a request is queued. */
  #acknowledge(session: Session): void {
    const mark = session.reply.mark();
    session.reply.queued();
    if (session.replyMode !== "on") session.muteReply(mark);
    if (session.connection.hasDeliveries) session.connection.putDeliveries(mark);
  }

  #countFailure(command: Command, code: string): void {
    command.stats.failedCalls++;
    this.#server.stats.recordErrorReply(code);
  }

  #isMeasuredAlone(session: Session, command: Command, args: Args): boolean {
    if (this.#measuresEach) return true;
    if (args.count <= command.briefArgumentsMax) return false;
    return command.spec.isBriefNow?.(this.#server, session, args) !== true;
  }

  /** Leaves a brief command to the measurement that it shares. @param shares See `BriefCommands.note`. */
  #measureLater(command: Command, shares: number): void {
    this.#brief.note(command, shares);
    if (this.#brief.isFull) this.#shareMeasurement(this.#server.clock.monotonicUs());
  }

  /** Closes the shared measurement, if one is open, and starts one for a single command. */
  #startMeasurement(): void {
    if (this.#brief.isEmpty) return;
    this.#shareMeasurement(this.#server.clock.monotonicUs());
  }

  /** Records what was measured alone; returns how long it took, in microseconds. */
  #endMeasurement(session: Session, command: Command, args: Args, startUs: number): number {
    const server = this.#server;
    const nowUs = server.clock.monotonicUs();
    const durationUs = nowUs - startUs;
    if (!this.#brief.isEmpty) this.#shareMeasurement(nowUs); // among those that ran within it
    this.#measuredUs = nowUs;
    const waiter = session.waiter;
    command.stats.recordCall(durationUs, this.#tracksLatency && waiter === undefined);
    if (waiter !== undefined) waiter.durationUs = durationUs;
    else this.#context.logIfSlow(durationUs, args);
    if (durationUs >= SHARED_MEASURE_US) {
      server.latency.record(command.has("fast") ? "fast-command" : "command", durationUs / 1000);
    }
    return durationUs;
  }

  #shareMeasurement(nowUs: number): void {
    this.#brief.share(nowUs - this.#measuredUs, this.#tracksLatency);
    this.#measuredUs = nowUs;
  }
}
