/**
 * Snapshot job: a snapshot on its way to a file, in slices between commands.
 *
 * Two workers hand on to each other. The walk encodes entries for about a millisecond, and leaves the
 * bytes to the writer, which the system's threads serve. When the disk does not keep up, the walk rests;
 * only what commands are about to change is still encoded, as it must be. How long the walk waits between
 * two slices is told by `Pace`.
 *
 * Always true: the data are those of the moment in which the job was made. `run` settles when the file is
 * complete, or nothing is left of it.
 *
 * @module
 */

import type { Clock } from "../../base/clock.ts";
import type { ServerParts } from "../../engine/mod.ts";
import {
  type PastValue,
  type Ref,
  Snapshot,
  type SnapshotSink,
  type Store,
} from "../../store/mod.ts";
import type { EntryWriter } from "./entry_writer.ts";
import { Pace } from "./pace.ts";

/** Length of a slice. */
const SLICE_US = 1000;
/** Bytes that wait for the disk at which the walk rests. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** Bytes that are worth a write. */
const WRITE_BYTES_MIN = 256 * 1024;

/** Where the bytes go, as `SnapshotFile` has it. */
export interface SnapshotOutput {
  open(): Promise<void>;
  write(bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** What a job needs. */
export interface SnapshotJobOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** For `store`; nothing is written yet. */
  readonly writer: EntryWriter;
  /** Not open yet; owned from now on. */
  readonly file: SnapshotOutput;
  /** Lets everything that is ready by now have its turn. */
  readonly nextTurn: () => Promise<void>;
  /** How many commands have run so far. */
  readonly countCommands: () => number;
  /** Microseconds to wait for each key, so that tests find it on its way (`rdb-key-save-delay`). */
  readonly keyDelayUs: () => number;
}

/**
 * Begins a snapshot of a server's data, and has INFO tell of it what Redis tells of a fork.
 *
 * @param output Owned from now on; see `SnapshotJobOptions`.
 */
export function beginSnapshotJob(
  { store, clock, config, stats, latency }: ServerParts,
  output: Pick<SnapshotJobOptions, "writer" | "file" | "nextTurn">,
): SnapshotJob {
  const startUs = clock.monotonicUs();
  const job = new SnapshotJob({
    store,
    clock,
    ...output,
    countCommands: () => stats.commandsProcessed,
    keyDelayUs: () => config.number("rdb-key-save-delay"),
  });
  stats.forks++;
  stats.latestForkUs = clock.monotonicUs() - startUs;
  latency.record("fork", stats.latestForkUs / 1000);
  return job;
}

/** One snapshot that is written. */
export class SnapshotJob implements SnapshotSink {
  /** Keys at the beginning. */
  readonly keyCount: number;
  /** Keys saved so far. */
  savedKeyCount = 0;
  /** Most bytes that waited for the disk at a time. */
  waitingBytesPeak = 0;

  readonly #options: SnapshotJobOptions;
  readonly #snapshot: Snapshot;
  readonly #pace = new Pace();
  #waitingBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;
  #isAborted = false;
  /** Commands, and keys saved, up to the end of the last slice. */
  #commandCount = 0;
  #countedKeys = 0;
  /** Ends the pause between two slices. */
  #wake: () => void = () => {};

  /** Begins one, of the data as it is now. */
  constructor(options: SnapshotJobOptions) {
    this.#options = options;
    const { store, writer } = options;
    this.keyCount = store.keyCount;
    this.#commandCount = options.countCommands();
    writer.header();
    this.#snapshot = Snapshot.begin(store, this);
  }

  /** Bytes that wait for the disk. */
  get waitingBytes(): number {
    return this.#waitingBytes + this.#options.writer.byteCount;
  }

  /** Whether it was ended before its time. */
  get isAborted(): boolean {
    return this.#isAborted;
  }

  /**
   * Goes on to the end.
   *
   * @returns Whether the file is there; `false` when it was aborted.
   * @throws {Error} The system's, when opening or writing failed; nothing is left behind then.
   */
  async run(): Promise<boolean> {
    const { file } = this.#options;
    try {
      await file.open();
      for (let gapMs = 0; gapMs >= 0; gapMs = this.#advance()) {
        // Guide: the first pause is for the reply of the command that began the snapshot.
        await this.#pause(gapMs);
        if (this.#waitingBytes > WAITING_BYTES_MAX) await this.#writing;
      }
      await this.#writing;
      if (!this.#isAborted && this.#failure === undefined) {
        await file.finish();
        return true;
      }
    } catch (error) {
      this.#failure ??= error;
    }
    this.#snapshot.abort();
    await file.discard();
    if (this.#isAborted) return false;
    throw this.#failure;
  }

  /** Ends it as soon as possible; `run` returns then. */
  abort(): void {
    this.#isAborted = true;
    this.#snapshot.abort();
    this.#wake();
  }

  begin(databaseIndex: number, keyCount: number, expiringCount: number): void {
    this.#options.writer.begin(databaseIndex, keyCount, expiringCount);
  }

  entry(databaseIndex: number, ref: Ref, past?: PastValue): Generator<void, void> | undefined {
    this.savedKeyCount++;
    return this.#options.writer.entry(databaseIndex, ref, past);
  }

  /** One slice; returns the gap behind it in milliseconds, -1 when there is nothing more to do. */
  #advance(): number {
    if (this.#isAborted || this.#failure !== undefined) return -1;
    const { clock, writer } = this.#options, keyDelayUs = this.#options.keyDelayUs();
    const startUs = clock.monotonicUs(), untilUs = startUs + SLICE_US;
    const savedBefore = this.savedKeyCount;
    const isMore = this.#snapshot.advance(() => keyDelayUs <= 0 && clock.monotonicUs() < untilUs);
    if (!isMore) writer.end();
    if (!isMore || writer.byteCount >= WRITE_BYTES_MIN) this.#hand(writer.take());
    if (!isMore) return -1;
    const walkedCount = this.savedKeyCount - savedBefore;
    const delayMs = Math.max(0, keyDelayUs) * walkedCount / 1000;
    const commandCount = this.#options.countCommands();
    const gapMs = this.#pace.gapMs({
      startUs,
      endUs: clock.monotonicUs(),
      walkedCount,
      keptCount: savedBefore - this.#countedKeys,
      isBusy: commandCount !== this.#commandCount,
    });
    this.#commandCount = commandCount;
    this.#countedKeys = this.savedKeyCount;
    return Math.max(gapMs, delayMs);
  }

  /** Hands bytes to the writer. */
  #hand(bytes: Uint8Array): void {
    this.#waitingBytes += bytes.length;
    this.waitingBytesPeak = Math.max(this.waitingBytesPeak, this.#waitingBytes);
    this.#writing = this.#writing.then(() => this.#write(bytes));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      if (this.#failure === undefined && !this.#isAborted) await this.#options.file.write(bytes);
    } catch (error) {
      this.#failure = error;
    }
    this.#waitingBytes -= bytes.length;
  }

  #pause(gapMs: number): Promise<void> {
    if (this.#isAborted) return Promise.resolve();
    if (gapMs === 0) return this.#options.nextTurn();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#options.clock.setTimer(gapMs, resolve);
    this.#wake = () => {
      timer.cancel();
      resolve();
    };
    return promise;
  }
}
