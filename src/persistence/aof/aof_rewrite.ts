/**
 * AOF rewrite: replaces base and increments of the log by a base of the data as they are.
 *
 *   prepare     a further increment is opened, and a list that names it reaches the disk
 *   turn        in one moment: that list comes into force, effects go to that increment, and the
 *               snapshot begins; so what was before is in the snapshot, and what follows in the increment
 *   walk        the base is written
 *   install     the base gets its name, and a list that names it comes into force
 *   clear away  what was before is removed
 *
 * Commands run all the while; only the turn is one piece, and it waits for no disk. Where nothing is
 * logged (BGREWRITEAOF with `appendonly no`), or the log is being switched on, there is no list to
 * prepare, and the turn comes at once.
 *
 * Ended before its time, in any phase but the last two, it leaves the log as it was: at most an increment
 * more. In the last two it goes on to their end, which is soon.
 *
 * Always true: `run` settles when it touches no file any more. Until then nobody else may change the
 * directory, or begin a snapshot.
 * Behaviour: Redis 7.0 `rewriteAppendOnlyFileBackground`, `backgroundRewriteDoneHandler`.
 *
 * @module
 */

import type { ServerParts } from "../../engine/mod.ts";
import { systemReasonOf } from "../../errors/system_reason.ts";
import { isSystemError } from "../disk_failure.ts";
import {
  beginSnapshotJob,
  type EntryWriter,
  RdbEntries,
  SnapshotFile,
  type SnapshotJob,
} from "../snapshot/mod.ts";
import { AofError } from "./aof_error.ts";
import type { AofDirectory, LogFile, LogState, NewIncrement } from "./aof_directory.ts";
import { CommandBase } from "./command_base.ts";
import type { BaseFormat } from "./manifest.ts";

const SECOND_US = 1_000_000;

/** What a rewrite has to do with the log that is written meanwhile. */
export interface RewrittenLog {
  readonly state: LogState;
  /** Settles when no other thread is at work on the increments there have been. */
  rest(): Promise<void>;
  /** Writes what belongs to it. @returns Whether that worked. */
  writeOut(): boolean;
  /**
   * Has effects go to another increment from now on.
   *
   * @param file Owned by the log.
   * @param listed Settles when a crash of the machine leaves a list that names it; `undefined`: it need not.
   */
  switchTo(file: LogFile, name: string, listed: Promise<void> | undefined): void;
  /** Lets everything that is ready by now have its turn. */
  nextTurn(): Promise<void>;
  /** The base is in force. */
  noteInstalled(): void;
}

/** All of a base without a key. */
export function emptyBase(server: ServerParts, format: BaseFormat): Uint8Array {
  const writer = newWriter(server, format);
  writer.header();
  writer.end();
  return writer.take();
}

/** One rewrite. */
export class AofRewrite {
  /** Whether somebody has ended it. */
  isAborted = false;
  /** That of the log at the beginning; who changes it ends the rewrite. */
  readonly state: LogState;

  readonly #server: ServerParts;
  readonly #directory: AofDirectory;
  readonly #log: RewrittenLog;
  readonly #format: BaseFormat;
  readonly #startUs: number;
  readonly #file: SnapshotFile;
  /** Where effects will go to. */
  #increment: NewIncrement | undefined;
  #job: SnapshotJob | undefined;

  /** Opens where effects will go. @throws {AofError} When that is not possible; nothing is left behind then. */
  constructor(server: ServerParts, directory: AofDirectory, log: RewrittenLog) {
    this.#server = server;
    this.#directory = directory;
    this.#log = log;
    this.state = log.state;
    this.#format = baseFormatOf(server);
    this.#startUs = server.clock.monotonicUs();
    this.#file = new SnapshotFile({
      temporaryPath: directory.temporaryBasePath,
      isSyncedOften: server.config.boolean("aof-rewrite-incremental-fsync"),
    });
    if (this.state === "on") {
      this.#increment = directory.openNewIncrement();
      this.#tellOfIncrement(this.#increment.name);
    } else if (this.state === "waiting") {
      this.#turn();
    }
  }

  /** How long it has been going on, in whole seconds. */
  get elapsedSeconds(): number {
    return Math.floor((this.#server.clock.monotonicUs() - this.#startUs) / SECOND_US);
  }

  /** Ends it as soon as possible. */
  abort(): void {
    this.isAborted = true;
    this.#job?.abort();
  }

  /** Goes through all phases. @returns Whether the base is in force. */
  async run(): Promise<boolean> {
    const { log } = this.#server;
    if (!await this.#begin() || !await this.#walk()) {
      if (!this.isAborted) log.warning("Background AOF rewrite terminated with error");
      return false;
    }
    log.notice("Background AOF rewrite terminated with success");
    if (!await this.#install()) return false;
    await this.#log.rest(); // a file that is open is freed by who closes it
    await clearAway(this.#server, this.#directory);
    return true;
  }

  /** Prepares and takes the turn; returns whether there is a snapshot then. */
  async #begin(): Promise<boolean> {
    if (this.#job !== undefined) return true;
    try {
      if (this.#increment !== undefined) await this.#directory.stageIncrement(this.#increment);
      await this.#log.rest(); // a write to a file on its way to the disk would wait for that
      if (!this.isAborted) this.#turn();
    } catch (error) {
      warn(this.#server, "Can't rewrite append only file in background", error);
    }
    if (this.#job === undefined) await this.#discard();
    return this.#job !== undefined;
  }

  #turn(): void {
    const directory = this.#directory, { log, latency, clock } = this.#server;
    if (this.#increment !== undefined) {
      const { file, name } = this.#increment;
      if (!this.#log.writeOut()) {
        log.warning("Can't rewrite append only file in background: its end can't be written");
        return;
      }
      const startUs = clock.monotonicUs();
      const listed = directory.commitIncrement(this.#increment);
      latency.record("aof-rename", (clock.monotonicUs() - startUs) / 1000);
      this.#increment = undefined;
      this.#log.switchTo(file, name, listed);
    } else if (this.state === "waiting") {
      const file = directory.openTemporaryIncrement();
      const name = directory.temporaryIncrementName;
      this.#log.switchTo(file, name, undefined);
      this.#tellOfIncrement(name);
    }
    this.#job = beginSnapshotJob(this.#server, {
      writer: newWriter(this.#server, this.#format),
      file: this.#file,
      nextTurn: () => this.#log.nextTurn(),
    });
  }

  #tellOfIncrement(name: string): void {
    this.#server.log.notice(`Creating AOF incr file ${name} on background rewrite`);
  }

  async #walk(): Promise<boolean> {
    try {
      if (!await this.#job!.run()) return false;
    } catch (error) {
      const action = this.#file.operation === "fopen"
        ? "Opening the temp file for AOF rewrite in rewriteAppendOnlyFile()"
        : "Write error writing append only file on disk";
      warn(this.#server, action, error);
      return false;
    }
    if (this.isAborted) {
      await this.#file.discard();
      return false;
    }
    const name = this.#file.temporaryName;
    this.#server.log.notice(`Successfully created the temporary AOF base file ${name}`);
    return true;
  }

  /** Removes what was made and has not come to anything. */
  async #discard(): Promise<void> {
    await this.#file.discard();
    if (this.#increment === undefined) return;
    try {
      await this.#directory.discardIncrement(this.#increment);
    } catch (error) {
      warn(this.#server, "Can't remove an increment of the AOF", error);
    }
  }

  async #install(): Promise<boolean> {
    const directory = this.#directory, path = directory.temporaryBasePath;
    try {
      await directory.installBase(path, this.#format, this.state);
    } catch (error) {
      warn(this.#server, "Can't put the rewritten AOF into force", error);
      await this.#file.discard();
      return false;
    }
    this.#log.noteInstalled();
    return true;
  }
}

/** Removes the files that count no longer. That they can't be removed does no harm: no server reads them. */
export async function clearAway(server: ServerParts, directory: AofDirectory): Promise<void> {
  if (server.config.boolean("aof-disable-auto-gc")) return;
  try {
    await directory.removeHistory();
  } catch (error) {
    warn(server, "Can't remove history files of the AOF", error);
  }
}

/** Removes what was logged for a base that has not come about. */
export async function removeTemporaryIncrement(
  server: ServerParts,
  directory: AofDirectory,
): Promise<void> {
  try {
    await directory.removeTemporaryIncrement();
  } catch (error) {
    warn(server, "Can't remove the temporary increment of the AOF", error);
  }
}

/** Whether bases are RDB files or commands (`aof-use-rdb-preamble`). */
export function baseFormatOf({ config }: ServerParts): BaseFormat {
  return config.boolean("aof-use-rdb-preamble") ? "rdb" : "aof";
}

function newWriter({ store, config, clock }: ServerParts, format: BaseFormat): EntryWriter {
  if (format === "rdb") return new RdbEntries(store, config, "log-base");
  return new CommandBase(
    store,
    config.boolean("aof-timestamp-enabled") ? clock.nowMs() : undefined,
  );
}

function warn({ log }: ServerParts, action: string, error: unknown): void {
  if (error instanceof AofError) return log.warning(error.message);
  if (!isSystemError(error)) throw error;
  log.warning(`${action}: ${systemReasonOf(error)}`);
}
