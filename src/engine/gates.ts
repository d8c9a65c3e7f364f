/**
 * Gates: the reasons for which a command that exists is not run.
 *
 * Redis' checks are one long function; here each stands by itself, says when it is in force, and
 * the dispatcher asks those in force, in Redis' order. Usually none is, and a command pays nothing.
 *
 * @module
 */

import type { Clock, Timer } from "../base/clock.ts";
import {
  appendOnlyFails,
  DEBUG_NOT_ALLOWED,
  NO_AUTH,
  NO_KEYS_FOR_MONITORS,
  notForSubscribers,
  OUT_OF_MEMORY,
} from "../errors/catalogue.ts";
import type { RedisError } from "../errors/redis_error.ts";
import type { Args } from "../resp/mod.ts";
import type { Authenticator } from "../security/mod.ts";
import type { Store } from "../store/mod.ts";
import type { Command } from "./command.ts";
import type { AppendOnly } from "./ports.ts";
import type { MemoryLimit } from "./memory_limit.ts";
import type { Monitors } from "./monitors.ts";
import type { Messages } from "./message_ports.ts";
import type { Session } from "./session.ts";
import type { CommandFlag } from "./spec.ts";

/** What a gate may say beside an error: not now; the same request is to be tried again. */
export const POSTPONED = "postponed";
/** The request is answered elsewhere, and its reply comes in its turn. */
export const RELAYED = "relayed";
/** The same, but what its client sends next waits for that. */
export const RELAYED_ALONE = "relayed alone";

/** What a gate may say. */
export type GateOutcome =
  | RedisError
  | typeof POSTPONED
  | typeof RELAYED
  | typeof RELAYED_ALONE
  | undefined;

/** One reason. */
export interface Gate {
  /** Whether it could refuse anything at the moment. */
  readonly isInForce: boolean;
  /**
   * Asked while in force, before a command runs.
   *
   * @param args The request; borrowed.
   * @returns What to reply instead, or what else becomes of it; `undefined` to let it pass.
   */
  check(session: Session, command: Command, args: Args): GateOutcome;
}

/** Whether a request has a flag: its command, or, for EXEC, one of those that it would run. */
export function requestHas(session: Session, command: Command, flag: CommandFlag): boolean {
  if (command.has(flag)) return true;
  return command.spec.withinMulti === "executes" && session.transaction?.has(flag) === true;
}

/** A protected command: only where the configuration allows it. */
export class ProtectedGate implements Gate {
  readonly isInForce = true;
  readonly #permission: () => string;

  /** @param permission The value of `enable-debug-command`: `yes`, `no`, `local`. */
  constructor(permission: () => string) {
    this.#permission = permission;
  }

  check(session: Session, command: Command): RedisError | undefined {
    if (!command.isProtected) return undefined;
    const permission = this.#permission();
    if (permission === "yes" || (permission === "local" && session.isLocal)) return undefined;
    return DEBUG_NOT_ALLOWED;
  }
}

/** A password is required and was not given. */
export class AuthenticatedGate implements Gate {
  readonly #authenticator: Authenticator;

  constructor(authenticator: Authenticator) {
    this.#authenticator = authenticator;
  }

  get isInForce(): boolean {
    return this.#authenticator.requiresPassword;
  }

  check(session: Session, command: Command): RedisError | undefined {
    return session.isAuthenticated || command.has("no_auth") ? undefined : NO_AUTH;
  }
}

/** A client that only watches, as a monitor, must not use keys. */
export class MonitorGate implements Gate {
  readonly #monitors: Monitors;

  constructor(monitors: Monitors) {
    this.#monitors = monitors;
  }

  get isInForce(): boolean {
    return this.#monitors.count > 0;
  }

  check(session: Session, command: Command): RedisError | undefined {
    if (!session.isMonitor) return undefined;
    const usesKeys = requestHas(session, command, "write") ||
      requestHas(session, command, "readonly") || requestHas(session, command, "may_replicate");
    return usesKeys ? NO_KEYS_FOR_MONITORS : undefined;
  }
}

/** Which commands CLIENT PAUSE holds back. */
export type PauseKind = "write" | "all";

/**
 * Clients are paused (CLIENT PAUSE). The data must not change meanwhile: nothing expires, though a key
 * whose time has come is not seen. Where a transaction began the pause, the rest of it runs as ever.
 */
export class PauseGate implements Gate {
  readonly #clock: Clock;
  readonly #environment: Store["environment"];
  /** Who waits for the end of the pause; the first who came is tried again first. */
  #postponed = new Set<Session>();
  #kind: PauseKind | undefined;
  #untilUs = 0;
  #timer: Timer | undefined;

  /** @param environment Told whether to hide expired keys. */
  constructor(clock: Clock, environment: Store["environment"]) {
    this.#clock = clock;
    this.#environment = environment;
  }

  get isInForce(): boolean {
    return this.#kind !== undefined;
  }

  /**
   * Begins a pause, or extends one: the stricter kind and the later end count. One of no length is over
   * before it has begun.
   */
  begin(kind: PauseKind, milliseconds: number): void {
    if (milliseconds === 0 && this.#kind === undefined) return;
    const untilUs = this.#clock.monotonicUs() + milliseconds * 1000;
    this.#kind = this.#kind === "all" ? "all" : kind;
    if (this.#timer !== undefined && untilUs <= this.#untilUs) return;
    this.#untilUs = untilUs;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(milliseconds, () => this.end());
  }

  /** Ends the pause. */
  end(): void {
    if (this.#kind === undefined) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#kind = undefined;
    this.#untilUs = 0;
    this.#environment.isHidingExpired = false;
    const postponed = this.#postponed;
    this.#postponed = new Set();
    for (const session of postponed) session.retry();
  }

  /** Whether a client waits for the end of the pause. */
  isHolding(session: Session): boolean {
    return this.#postponed.has(session);
  }

  /** The client is gone. */
  forget(session: Session): void {
    this.#postponed.delete(session);
  }

  check(session: Session, command: Command): typeof POSTPONED | undefined {
    if (session.isMonitor) return undefined; // it can't touch a key, so it need not wait
    const isHeld = this.#kind === "all" || requestHas(session, command, "write") ||
      requestHas(session, command, "may_replicate");
    if (isHeld) {
      this.#postponed.add(session);
      return POSTPONED;
    }
    this.#environment.isHidingExpired = true;
    return undefined;
  }
}

/** Memory is short (`maxmemory`), and nothing can be evicted. */
export class MemoryGate implements Gate {
  readonly #limit: MemoryLimit;

  constructor(limit: MemoryLimit) {
    this.#limit = limit;
  }

  get isInForce(): boolean {
    return this.#limit.bytesMax > 0;
  }

  check(session: Session, command: Command): RedisError | undefined {
    if (this.#limit.makeRoom() !== "none") return undefined;
    return requestHas(session, command, "denyoom") || queuesMore(session, command)
      ? OUT_OF_MEMORY
      : undefined;
  }
}

/** Effects can't be written to the append-only file: commands that would have more are refused. */
export class AppendOnlyGate implements Gate {
  readonly #file: AppendOnly;

  constructor(file: AppendOnly) {
    this.#file = file;
  }

  get isInForce(): boolean {
    return this.#file.writeError !== undefined;
  }

  check(session: Session, command: Command): RedisError | undefined {
    // PING is how a watcher asks whether all is well.
    return requestHas(session, command, "write") || command.fullName === "ping"
      ? appendOnlyFails(this.#file.writeError!)
      : undefined;
  }
}

/**
 * A client that listens to channels over RESP2 could not tell replies from messages: it may only say
 * what concerns its listening.
 */
export class SubscriberGate implements Gate {
  readonly #messages: Messages;

  constructor(messages: Messages) {
    this.#messages = messages;
  }

  get isInForce(): boolean {
    return this.#messages.clientCount > 0;
  }

  check(session: Session, command: Command): RedisError | undefined {
    if (session.subscriber === undefined || session.reply.protocol !== 2) return undefined;
    return command.spec.isForSubscribers ? undefined : notForSubscribers(command.fullName);
  }
}

/** Whether a request takes an open transaction further instead of ending it. */
function queuesMore(session: Session, { spec, isQueueable }: Command): boolean {
  return session.transaction !== undefined && (isQueueable || spec.withinMulti === "runs");
}
