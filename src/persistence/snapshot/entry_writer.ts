/**
 * Entry writer: what puts the entries of a snapshot into the form of a file.
 *
 * @module
 */

import type { SnapshotSink } from "../../store/mod.ts";

/** Writes the bytes of one file. */
export interface EntryWriter extends SnapshotSink {
  /** Writes what comes before all entries. */
  header(): void;
  /** Writes what comes behind them. */
  end(): void;
  /** Bytes that were written and not taken. */
  readonly byteCount: number;
  /** What was written since the last call; owned by the caller. */
  take(): Uint8Array<ArrayBuffer>;
}
