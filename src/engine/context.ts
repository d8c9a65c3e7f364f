/**
 * Context: what a handler works with while its command runs.
 *
 * One object for the whole server, filled anew for each command: commands run one after the other,
 * so nothing is allocated to call one.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import { invariant } from "../base/invariant.ts";
import { Args, type ReplyWriter } from "../resp/mod.ts";
import type { Collection, Keyspace } from "../store/mod.ts";
import type { Demand, WaitTerms } from "./blocked_clients.ts";
import type { Command } from "./command.ts";
import type { Effects } from "./effects.ts";
import type { ServerParts } from "./ports.ts";
import type { Session } from "./session.ts";

/** The event of a change that nobody is to be notified of. */
export const NO_EVENT = "";

/** Runs a command within another. */
export interface NestedRunner {
  /**
   * Runs a command for the running one's client, with counters, times and effects of its own.
   *
   * @param args Borrowed during the call.
   */
  runNested(command: Command, args: Args): void;
  /**
   * Announces a request to come; see `KeyLookAhead`.
   *
   * @param args Its bytes are remembered until `forgetAhead`.
   */
  announce(command: Command, args: Args): void;
  /** Has the memory fetched that the announced requests will need. */
  fetchAhead(databaseIndex: number): void;
  /** Forgets what was announced. */
  forgetAhead(): void;
}

/** The running command's surroundings. */
export class CommandContext {
  /** The server's parts. */
  readonly server: ServerParts;
  /** Says what leaves for logs and replicas where that differs from the command's words. */
  readonly effects: Effects;
  /** Who called. */
  session!: Session;
  /** What was called. */
  command!: Command;
  /** The caller's selected database. */
  db!: Keyspace;
  /** Where the reply goes. */
  reply!: ReplyWriter;
  /** Changes so far: what INFO counts as `rdb_changes_since_last_save`. */
  changeCount = 0;
  /** Whether a command may wait; within a transaction or a script none may. */
  mayBlock = true;
  /** Numbers of the arguments that no log may show, such as passwords; usually there are none. */
  secretIndices: readonly number[] | undefined;

  readonly #runner: NestedRunner | undefined;

  /** @param runner Runs commands within commands; without, none can be. */
  constructor(server: ServerParts, runner?: NestedRunner) {
    this.server = server;
    this.#runner = runner;
    this.effects = server.effects;
  }

  /** Begins a command, or goes on with one that was blocked. */
  begin(session: Session, command: Command): void {
    this.session = session;
    this.command = command;
    this.db = this.server.store.databases[session.databaseIndex];
    this.reply = session.reply;
    this.changeCount = 0;
    this.secretIndices = undefined;
  }

  /**
   * Runs commands within the running one, as one effect; none of them may wait (EXEC).
   *
   * @param each Calls `run` for each of them.
   */
  nest(each: (runner: NestedRunner) => void): void {
    const { session, command, mayBlock } = this;
    invariant(this.#runner !== undefined, "No command can run within another here");
    this.mayBlock = false;
    this.effects.beginUnit();
    each(this.#runner);
    this.effects.endUnit();
    this.mayBlock = mayBlock;
    this.begin(session, command);
  }

  /**
   * Ends it: passes on what it changed.
   *
   * @param args Its arguments.
   * @param databaseIndex The database that was selected when it began.
   */
  finish(args: Args, databaseIndex: number): void {
    this.effects.finish(this.changeCount > 0, databaseIndex, args);
    this.server.stats.changesSinceSave += this.changeCount;
  }

  /**
   * Serves the client from the first of some keys that has what is wanted, or blocks it until one
   * has.
   *
   * @param args The running command's.
   * @throws {RedisError} What serving it throws: WRONGTYPE.
   */
  takeOrBlock(args: Args, demand: Demand, terms: WaitTerms): void {
    const end = terms.firstKey + terms.keyCount;
    for (let index = terms.firstKey; index < end; index++) {
      if (demand.serve(this, args, index)) return;
    }
    this.block(args, demand, terms);
  }

  /** Blocks the client until it is served; where that may not be, its time is up at once. */
  block(args: Args, demand: Demand, terms: WaitTerms): void {
    if (this.mayBlock) this.server.blocked.park(this, args, demand, terms);
    else this.reply.nilArray();
  }

  /**
   * Notes that a key of the selected database was changed. Everything that follows from a change
   * hangs on this call: effects, watchers, waiters, notifications.
   *
   * @param event Name of the keyspace event: `set`, `del`, `expire` ...
   * @param changeCount How many changes this is.
   */
  modified(key: ByteView, event: string, changeCount = 1): void {
    this.modifiedIn(this.db, key, event, changeCount);
  }

  /** The same for a key of another database. */
  modifiedIn(keyspace: Keyspace, key: ByteView, event: string, changeCount = 1): void {
    this.changeCount += changeCount;
    this.server.changeListeners.changed(keyspace.index, key, event);
  }

  /**
   * Removes a key of the selected database if its collection has become empty, and notes that.
   *
   * @param collection The handle that the command used.
   * @returns Whether the key is gone.
   */
  removeIfEmpty(key: ByteView, collection: Collection): boolean {
    if (collection.count > 0) return false;
    this.db.removeEntry(collection.ref);
    this.modified(key, "del", 0);
    return true;
  }

  /** Tells the slow log of the running command, if it took long. */
  logIfSlow(durationUs: number, args: Args): void {
    const { session, command } = this;
    const slowLog = this.server.slowLog;
    if (!slowLog.isSlow(durationUs) || command.has("skip_slowlog")) return;
    slowLog.record(durationUs, this.withoutSecrets(args), {
      address: session.connection.transport.peerAddress,
      name: session.name,
    });
  }

  /** The running command's arguments as logs may show them. */
  withoutSecrets(args: Args): Args {
    const secrets = this.secretIndices;
    if (secrets === undefined) return args;
    const words: (string | Uint8Array)[] = [];
    for (let index = 0; index < args.count; index++) {
      words.push(secrets.includes(index) ? "(redacted)" : args.at(index).copy());
    }
    return Args.of(...words);
  }

  /** The word for a deletion in effects: UNLINK where the directive wants memory freed lazily. */
  deletionVerb(directive: "lazyfree-lazy-expire" | "lazyfree-lazy-user-del"): string {
    return this.server.config.boolean(directive) ? "UNLINK" : "DEL";
  }

  /** Notes that databases were emptied or exchanged. */
  flushed(databases: readonly Keyspace[], changeCount: number): void {
    this.changeCount += changeCount;
    this.server.changeListeners.flushed(databases);
  }
}
