/**
 * Background save: a snapshot on its way to a file, in slices between commands.
 *
 * Two workers hand on to each other. The walk encodes entries for about a millisecond, and leaves the
 * bytes to the writer, which the system's threads serve. When the disk does not keep up, the walk rests;
 * only what commands are about to change is still encoded, as it must be.
 *
 * Between two slices commands run. When some did, the walk waits a little longer, so that it takes about
 * a quarter of the time; an idle server saves at full speed.
 *
 * @module
 */

import type { Clock } from "../../base/clock.ts";
import { type Ref, Snapshot, type SnapshotSink, type Store } from "../../store/mod.ts";
import type { RdbFileWriter } from "../rdb/mod.ts";

/** Length of a slice. */
const SLICE_US = 1000;
/** Gaps between slices: while commands run, and while none does. */
const BUSY_GAP_MS = 3;
const IDLE_GAP_MS = 0;
/** Bytes that wait for the disk at which the walk rests. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** Bytes that are worth a write. */
const WRITE_BYTES_MIN = 64 * 1024;

/** Where the bytes go, as `SnapshotFile` has it. */
export interface SnapshotOutput {
  write(bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  discard(): void;
}

/** What a background save needs. */
export interface BackgroundSaveOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** For `store`; nothing is written yet but the header. */
  readonly writer: RdbFileWriter;
  /** Owned from now on. */
  readonly file: SnapshotOutput;
  /** How many commands have run so far. */
  readonly countCommands: () => number;
  /** Microseconds to wait for each key, so that tests find it on its way (`rdb-key-save-delay`). */
  readonly keyDelayUs: () => number;
}

/** One background save. */
export class BackgroundSave implements SnapshotSink {
  /** Keys at the beginning. */
  readonly keyCount: number;
  /** Keys saved so far. */
  savedKeyCount = 0;
  /** Most bytes that waited for the disk at a time. */
  waitingBytesPeak = 0;

  readonly #options: BackgroundSaveOptions;
  readonly #snapshot: Snapshot;
  #waitingBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;
  #isAborted = false;
  #commandCount = 0;
  #delayMs = 0;
  /** Ends the pause between two slices. */
  #wake: () => void = () => {};

  /** Begins one, of the data as it is now. */
  constructor(options: BackgroundSaveOptions) {
    this.#options = options;
    const { databases } = options.store;
    this.keyCount = databases.reduce((sum, { count }) => sum + count, 0);
    this.#snapshot = Snapshot.begin(options.store, this);
  }

  /** Bytes that wait for the disk. */
  get waitingBytes(): number {
    return this.#waitingBytes + this.#options.writer.output.length;
  }

  /** Whether it was ended before its time. */
  get isAborted(): boolean {
    return this.#isAborted;
  }

  /**
   * Goes on to the end.
   *
   * @returns Whether the file is there; `false` when it was aborted.
   * @throws {Error} The system's, when writing failed; nothing is left behind then.
   */
  async run(): Promise<boolean> {
    const { file } = this.#options;
    try {
      while (this.#advance()) {
        await (this.#waitingBytes > WAITING_BYTES_MAX ? this.#writing : this.#pause());
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
    file.discard();
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
    this.#options.writer.database(databaseIndex, keyCount, expiringCount);
  }

  entry(databaseIndex: number, ref: Ref): Generator<void, void> | undefined {
    const { writer } = this.#options;
    this.savedKeyCount++;
    writer.select(databaseIndex);
    return writer.entrySteps(ref);
  }

  /** One slice; returns whether there is more. */
  #advance(): boolean {
    if (this.#isAborted || this.#failure !== undefined) return false;
    const { clock, writer } = this.#options;
    const endUs = clock.monotonicUs() + SLICE_US, keyDelayUs = this.#options.keyDelayUs();
    const savedBefore = this.savedKeyCount;
    const isMore = this.#snapshot.advance(() => keyDelayUs <= 0 && clock.monotonicUs() < endUs);
    this.#delayMs = Math.max(0, keyDelayUs) * (this.savedKeyCount - savedBefore) / 1000;
    if (!isMore) writer.end();
    if (!isMore || writer.output.length >= WRITE_BYTES_MIN) this.#hand(writer.output.take());
    return isMore;
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

  #pause(): Promise<void> {
    const commandCount = this.#options.countCommands();
    const isBusy = commandCount !== this.#commandCount;
    this.#commandCount = commandCount;
    const { promise, resolve } = Promise.withResolvers<void>();
    const gapMs = Math.max(this.#delayMs, isBusy ? BUSY_GAP_MS : IDLE_GAP_MS);
    const timer = setTimeout(resolve, gapMs);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }
}
