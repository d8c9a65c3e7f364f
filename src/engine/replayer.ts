/**
 * Replayer: runs requests again that were recorded, in a log or from a primary.
 *
 * They have passed all gates once, and nobody waits for a reply. A transaction runs when its EXEC
 * comes, as a whole, and what is queued of one that has none is forgotten.
 *
 * @module
 */

import {
  repeatFailed,
  unknownCommand,
  unknownSubcommand,
  wrongArity,
} from "../errors/catalogue.ts";
import type { RedisError } from "../errors/redis_error.ts";
import type { Args } from "../resp/mod.ts";
import type { Command } from "./command.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { ServerParts } from "./ports.ts";
import type { Session } from "./session.ts";

/** Runs recorded requests, for a client that nobody is. */
export class Replayer {
  readonly #server: ServerParts;
  readonly #dispatcher: Dispatcher;
  readonly #session: Session;

  /** @param session Connected to nobody; owned from now on. */
  constructor(server: ServerParts, dispatcher: Dispatcher, session: Session) {
    this.#server = server;
    this.#dispatcher = dispatcher;
    this.#session = session;
    session.isReplayed = true;
    session.connection.openOutput();
  }

  /** Whether a transaction is open. */
  get isInTransaction(): boolean {
    return this.#session.transaction !== undefined;
  }

  /**
   * Runs a request.
   *
   * @param args Borrowed during the call.
   * @returns Why no further one may run: no server has recorded it, or it failed and
   *   `propagation-error-behavior` demands to stop then.
   */
  run(args: Args): RedisError | undefined {
    const command = this.#find(args);
    if (!("spec" in command)) return command;
    const session = this.#session;
    if (session.transaction !== undefined && command.isQueueable) {
      session.transaction.queue(command, args);
      session.transaction.settle();
      return undefined;
    }
    const { reply } = session;
    const mark = reply.mark(), errorCount = reply.errorCount;
    this.#dispatcher.replay(session, command, args);
    reply.rewind(mark);
    if (reply.errorCount === errorCount) return undefined;
    return this.#fail(command, reply.lastErrorText);
  }

  /** Ends it. */
  end(): void {
    this.#session.connection.close();
    this.#dispatcher.forget(this.#session);
  }

  /** Tells that a request has failed; returns the error if that is the end. */
  #fail(command: Command, errorText: string): RedisError | undefined {
    const { config, log, stats } = this.#server;
    stats.unexpectedErrorReplies++;
    log.warning(
      `== CRITICAL == This server is sending an error to its AOF-loading-client: '-${errorText}' after processing the command '${command.fullName}'`,
    );
    if (config.text("propagation-error-behavior") !== "panic") return undefined;
    return repeatFailed(errorText);
  }

  #find(args: Args): Command | RedisError {
    let command = this.#server.commands.find(args.at(0));
    if (command === undefined) return unknownCommand(args.text(0), args.texts(1));
    if (command.subcommands.size > 0 && args.count > 1) {
      const subcommand = command.subcommands.get(args.at(1).toLowerText());
      if (subcommand === undefined) {
        return unknownSubcommand(command.fullName.toUpperCase(), args.text(1));
      }
      command = subcommand;
    }
    return command.run !== undefined && command.takes(args)
      ? command
      : wrongArity(command.fullName);
  }
}
