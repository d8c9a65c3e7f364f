/**
 * AOF loader: the data from the files of an append-only log, in the order of its manifest.
 *
 * The effects are run again by the very functions that made them. What the server was writing when it
 * was stopped may be there in part: a record, or a transaction without its EXEC. Such a tail is cut
 * off, with a warning, so that what is written from then on follows something whole. A tail can only be
 * torn where writing ended, so anything else is damage, and a damaged log is refused: somebody has to
 * look at it, as going on would lose what follows the damage.
 *
 * Keys do not expire meanwhile. Their time may have come since, but what the log tells next happened
 * when they were there: an APPEND to a key that had a day to live must not make a key that lives for ever.
 *
 * Behaviour: Redis 7.0 `loadAppendOnlyFiles`.
 *
 * @module
 */

import { textOfBytes } from "../../base/byte_view.ts";
import type { Replayer, ServerParts } from "../../engine/mod.ts";
import { isUnknownCommand } from "../../errors/catalogue.ts";
import { systemReasonOf } from "../../errors/system_reason.ts";
import { FileSource } from "../byte_source.ts";
import { isSystemError } from "../disk_failure.ts";
import { exists } from "../durable_files.ts";
import { RdbError, RdbLoader } from "../rdb/mod.ts";
import type { AofDirectory } from "./aof_directory.ts";
import { AofError } from "./aof_error.ts";
import type { AofFile } from "./manifest.ts";
import { RecordReader } from "./record_reader.ts";

/** Records after which the time is looked at. */
const TIMED_COUNT = 64;
/** Longest piece of work without a pause. */
const SLICE_US = 1000;
const SNAPSHOT_SIGNATURE = "REDIS";

/** Loads a log into an empty server. */
export class AofLoader {
  readonly #server: ServerParts;
  readonly #directory: AofDirectory;
  /** Bytes of the files before the one that is read. */
  #loadedBytes = 0;

  constructor(server: ServerParts, directory: AofDirectory) {
    this.#server = server;
    this.#directory = directory;
  }

  /** Bytes that there are to load. */
  get totalBytes(): number {
    const { manifest } = this.#directory;
    return manifest.files.reduce((sum, file) => sum + this.#directory.bytesOf(file), 0);
  }

  /**
   * Loads all files, with pauses.
   *
   * @param newReplayer Makes what runs the effects of one file: each begins in database 0.
   * @returns Yields how many bytes are loaded.
   * @throws {AofError} When something is missing or damaged.
   */
  *steps(newReplayer: () => Replayer): Generator<number, void> {
    const { manifest } = this.#directory;
    for (const { name } of manifest.files) {
      if (!exists(this.#directory.pathOf(name))) {
        throw new AofError(
          `Unable to obtain the AOF file ${name} length. stat: No such file or directory`,
        );
      }
    }
    const { environment } = this.#server.store;
    environment.isKeepingExpired = true;
    try {
      for (const file of manifest.files) yield* this.#loadFile(file, newReplayer());
    } finally {
      environment.isKeepingExpired = false;
    }
  }

  /** @param replayer Owned. */
  *#loadFile(file: AofFile, replayer: Replayer): Generator<number, void> {
    const { log, clock } = this.#server;
    const startUs = clock.monotonicUs();
    const path = this.#directory.pathOf(file.name);
    try {
      yield* this.#loadRecords(file.name, path, replayer);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new AofError(
        `Unrecoverable error reading the append only file ${file.name}: ${systemReasonOf(error)}`,
        { cause: error },
      );
    } finally {
      replayer.end();
    }
    this.#loadedBytes += this.#directory.bytesOf(file);
    const seconds = ((clock.monotonicUs() - startUs) / 1_000_000).toFixed(3);
    const kind = file.type === "b" ? "base" : "incr";
    log.notice(`DB loaded from ${kind} file ${file.name}: ${seconds} seconds`);
  }

  *#loadRecords(name: string, path: string, replayer: Replayer): Generator<number, void> {
    const preambleBytes = isSnapshot(path) ? yield* this.#loadPreamble(name, path) : 0;
    using source = new FileSource(path, preambleBytes);
    const reader = new RecordReader(source, name, preambleBytes);
    const { clock, store } = this.#server;
    let endUs = clock.monotonicUs() + SLICE_US;
    let recordCount = 0, beforeOffset = preambleBytes, multiOffset = 0;
    let outcome = reader.next();
    for (; outcome === "record"; outcome = reader.next()) {
      const wasInTransaction = replayer.isInTransaction;
      const refusal = replayer.run(reader.args);
      if (refusal !== undefined) {
        if (isUnknownCommand(refusal)) {
          throw new AofError(
            `Unknown command '${
              reader.args.text(0)
            }' reading the append only file ${name} at offset ${beforeOffset}`,
          );
        }
        throw new AofError(
          `Cannot run a command of the append only file ${name} at offset ${beforeOffset}: ${refusal.text}`,
        );
      }
      if (!wasInTransaction && replayer.isInTransaction) multiOffset = beforeOffset;
      beforeOffset = reader.offset;
      if (++recordCount % TIMED_COUNT !== 0 || clock.monotonicUs() < endUs) continue;
      yield this.#loadedBytes + reader.offset;
      store.environment.refreshTime();
      endUs = clock.monotonicUs() + SLICE_US;
    }
    if (replayer.isInTransaction) {
      this.#server.log.warning(`Revert incomplete MULTI/EXEC transaction in AOF file ${name}`);
      this.#cut(name, path, multiOffset);
    } else if (outcome === "torn") {
      this.#cut(name, path, reader.offset);
    }
  }

  /** Loads the snapshot that a file begins with, or is; returns its length. */
  *#loadPreamble(name: string, path: string): Generator<number, number> {
    const { store, config, log, stats } = this.#server;
    log.notice("Reading RDB base file on AOF loading...");
    using source = new FileSource(path);
    const loader = new RdbLoader(store, {
      isChecksummed: config.boolean("rdbchecksum"),
      keepsExpired: true,
      replacesKeys: false,
      log,
      byteCount: Deno.statSync(path).size,
      noteUsedMemory: (byteCount) => void (stats.loadingRdbUsedBytes = byteCount),
    });
    try {
      for (const steps = loader.steps(source);;) {
        const { done, value } = steps.next();
        if (done) return value.byteCount;
        yield this.#loadedBytes + value;
      }
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
      throw new AofError(
        `Error reading the RDB base file ${name}, AOF loading aborted: ${error.message}`,
        { cause: error },
      );
    }
  }

  /** Cuts a torn tail off. @param offset Behind what is whole. */
  #cut(name: string, path: string, offset: number): void {
    const { log, config } = this.#server;
    if (name !== this.#directory.manifest.files.at(-1)!.name) {
      throw new AofError(
        `Fatal error: the truncated file is not the last file: ${name} ends within a record or transaction that begins at offset ${offset}`,
      );
    }
    if (!config.boolean("aof-load-truncated")) {
      throw new AofError(
        `Unexpected end of file reading the append only file ${name} at offset ${offset}. You can: 1) Make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>. 2) Alternatively you can set the 'aof-load-truncated' configuration option to yes and restart the server.`,
      );
    }
    log.warning(`!!! Warning: short read while loading the AOF file ${name}!!!`);
    log.warning(`!!! Truncating the AOF ${name} at offset ${offset} !!!`);
    using file = Deno.openSync(path, { write: true });
    file.truncateSync(offset);
    file.syncSync();
    log.warning(`AOF ${name} loaded anyway because aof-load-truncated is enabled`);
  }
}

/** Whether a file begins as an RDB file does. */
function isSnapshot(path: string): boolean {
  using source = new FileSource(path);
  const bytes = new Uint8Array(SNAPSHOT_SIGNATURE.length);
  let byteCount = 0;
  for (let read = -1; read !== 0 && byteCount < bytes.length; byteCount += read) {
    read = source.read(bytes.subarray(byteCount));
  }
  return byteCount === bytes.length && textOfBytes(bytes) === SNAPSHOT_SIGNATURE;
}
