/**
 * Persistence gates: commands that are refused because of the files.
 *
 * @module
 */

import { type Command, type Gate, requestHas, type Session } from "../engine/mod.ts";
import { LOADING, SNAPSHOT_FAILED } from "../errors/catalogue.ts";
import type { RedisError } from "../errors/redis_error.ts";

/** What the gates ask. */
export interface PersistenceState {
  /** Whether data are being loaded at the moment. */
  readonly isLoading: boolean;
  /** Whether writes would not get into snapshots. */
  readonly isSavingBroken: boolean;
}

/** What is written could be lost, as the disk takes nothing (`stop-writes-on-bgsave-error`). */
export class DiskErrorGate implements Gate {
  readonly #state: PersistenceState;

  constructor(state: PersistenceState) {
    this.#state = state;
  }

  get isInForce(): boolean {
    return this.#state.isSavingBroken;
  }

  check(session: Session, command: Command): RedisError | undefined {
    // PING too, so that whoever watches the server by it notices.
    return requestHas(session, command, "write") || command.fullName === "ping"
      ? SNAPSHOT_FAILED
      : undefined;
  }
}

/** The data are not there yet. */
export class LoadingGate implements Gate {
  readonly #state: PersistenceState;

  constructor(state: PersistenceState) {
    this.#state = state;
  }

  get isInForce(): boolean {
    return this.#state.isLoading;
  }

  check(_session: Session, command: Command): RedisError | undefined {
    return command.has("loading") ? undefined : LOADING;
  }
}
