/**
 * Relay ports: who answers what one node alone can't.
 *
 * @module
 */

import type { Command, OpenTransaction, Session } from "../../engine/mod.ts";
import type { RedisError } from "../../errors/redis_error.ts";
import type { Args } from "../../resp/mod.ts";
import type { WatchedKey } from "./remote_watch.ts";
import type { RoutedRequest } from "./key_owners.ts";

/** Answers requests that concern all nodes. */
export interface FanOutPort {
  /** Whether it is the one to answer a command. */
  answers(command: Command, args: Args): boolean;
  /**
   * Whether a request may run, or other nodes must know of it before; if not, its session is to try again
   * when it is told to.
   */
  isReady(session: Session, command: Command, args: Args): boolean;
  /** Why a transaction can't run; `undefined`: it can. */
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
  /** Asked when all keys are locked: whether they are still to be run (WATCH). */
  readonly isStillWanted: () => boolean | Promise<boolean>;
  /** Keys that are locked with the others, as the answer to that depends on them. */
  readonly watchedKeys: readonly WatchedKey[];
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
