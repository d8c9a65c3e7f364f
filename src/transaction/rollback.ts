/**
 * Rollback: runs queued requests as something that may yet not count.
 *
 * Before a request runs, the keys that it names are kept as they are; what is to be told of it, to
 * logs, replicas, watchers, waiting clients and subscribers, is held back. When all have run, it is
 * told and the images go. When one fails, the rest does not run, the keys are put back, and nothing
 * is told: nobody can find out that anything happened, but by what counts calls and errors.
 *
 *   keep keys of 1 ── run 1 ── keep keys of 2 ── run 2 ── ... ── tell what was held back
 *                                                  └─ failed ──> put keys back, drop what was held
 *
 * A key that is found to have expired meanwhile and that no request names is gone, as it would be
 * anyway, and that is told.
 *
 * Always true: each key that a request changes was kept before (`rollback_rule.ts`).
 * Cost: a copy of each key that is named to be changed, whatever its size, once in a transaction.
 *
 * @module
 */

import {
  type Command,
  type CommandContext,
  type NestedRunner,
  type OpenTransaction,
  type Session,
  toRedisError,
} from "../engine/mod.ts";
import { transactionIrrevocable, transactionRolledBack } from "../errors/catalogue.ts";
import type { RedisError } from "../errors/redis_error.ts";
import type { Args } from "../resp/mod.ts";
import { PreImages } from "../store/mod.ts";
import { databasesOf, isRevocable } from "./rollback_rule.ts";

/** Why a queue can't be run so: the first request that could not be taken back; usually there is none. */
export function irrevocableIn(queue: OpenTransaction): RedisError | undefined {
  let number = 0, refusal: RedisError | undefined;
  queue.some((command, args) => {
    number++;
    if (isRevocable(command, args)) return false;
    refusal = transactionIrrevocable(number, command.fullName);
    return true;
  });
  return refusal;
}

/**
 * Runs a queue's requests up to the first that fails.
 *
 * @returns What to reply when one failed: nothing has happened then.
 */
export function runRevocably(
  queue: OpenTransaction,
  context: CommandContext,
  runner: NestedRunner,
): RedisError | undefined {
  const trial = new Trial(context);
  let number = 0, failure: RedisError | undefined;
  queue.some((command, args) => {
    number++;
    const errorText = trial.run(command, args, runner);
    if (errorText === undefined) return false;
    failure = transactionRolledBack(number, command.fullName, errorText);
    return true;
  });
  if (failure === undefined) trial.accept();
  else trial.undo();
  return failure;
}

/** What must be known to undo what ran. */
class Trial {
  readonly #context: CommandContext;
  readonly #session: Session;
  readonly #images = new PreImages();
  readonly #databaseIndex: number;
  readonly #changesSinceSave: number;

  constructor(context: CommandContext) {
    const { server, session } = context;
    this.#context = context;
    this.#session = session;
    this.#databaseIndex = session.databaseIndex;
    this.#changesSinceSave = server.stats.changesSinceSave;
    server.changeListeners.hold((databaseIndex, key) => {
      return this.#images.has(server.store.databases[databaseIndex], key);
    });
  }

  /** Runs a request; returns the error that it replied. */
  run(command: Command, args: Args, runner: NestedRunner): string | undefined {
    try {
      this.#keepKeys(command, args);
    } catch (error) {
      return toRedisError(error).text; // there was no memory for the copy
    }
    const { reply } = this.#session;
    const errorCount = reply.errorCount;
    runner.runNested(command, args);
    return reply.errorCount === errorCount ? undefined : reply.lastErrorText;
  }

  /** What ran counts. */
  accept(): void {
    this.#context.server.changeListeners.tellHeld();
    this.#images.free();
  }

  /** What ran has not happened. */
  undo(): void {
    const { changeListeners, stats, store } = this.#context.server;
    this.#images.restore(); // before: that keys appear again is told nobody either
    store.environment.counters.expiredKeys -= changeListeners.dropHeld();
    stats.changesSinceSave = this.#changesSinceSave;
    this.#session.databaseIndex = this.#databaseIndex;
  }

  #keepKeys(command: Command, args: Args): void {
    const uses = command.keysOf(args) ?? [];
    if (uses.length === 0) return;
    const { server } = this.#context;
    const databases = databasesOf(server, command, args, this.#session.databaseIndex);
    for (const { argumentIndex } of command.changedAmong(uses)) {
      for (const database of databases) this.#images.keep(database, args.at(argumentIndex));
    }
    for (const { argumentIndex } of uses) {
      this.#images.keepUse(databases[0], args.at(argumentIndex));
    }
  }
}
