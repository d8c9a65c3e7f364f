/**
 * RDB file fixture: writes a store into a file in memory, and loads such files.
 *
 * @module
 */

import { ManualClock } from "../../../src/base/clock.ts";
import { Log } from "../../../src/observability/mod.ts";
import {
  type ByteSource,
  RdbFileWriter,
  RdbLoader,
  type RdbLoadOptions,
  type RdbLoadResult,
} from "../../../src/persistence/mod.ts";
import type { Store } from "../../../src/store/mod.ts";

/** How a file is written here, unless a test says otherwise. */
export const WRITE_OPTIONS = { isCompressing: true, isChecksummed: true, policy: "noeviction" };

/** A file in memory, of which a read gives some bytes at a time. */
export class MemorySource implements ByteSource {
  readonly #bytes: Uint8Array;
  readonly #pieceBytes: number;
  #at = 0;

  constructor(bytes: Uint8Array, pieceBytes = Infinity) {
    this.#bytes = bytes;
    this.#pieceBytes = pieceBytes;
  }

  read(into: Uint8Array): number {
    const end = Math.min(this.#bytes.length, this.#at + Math.min(into.length, this.#pieceBytes));
    into.set(this.#bytes.subarray(this.#at, end));
    const byteCount = end - this.#at;
    this.#at = end;
    return byteCount;
  }
}

/** Writes all databases of a store, taking the bytes out at each pause. */
export function writeFile(store: Store, options = WRITE_OPTIONS): Uint8Array {
  const writer = new RdbFileWriter(store, options), pieces: Uint8Array[] = [];
  writer.header([["redis-ver", "7.0.15"], ["redis-bits", "64"]]);
  for (const database of store.databases) {
    if (database.count === 0) continue;
    writer.database(database.index, database.count, database.expiringCount);
    database.forEach((ref) => {
      const steps = writer.entrySteps(ref);
      while (steps !== undefined && !steps.next().done) pieces.push(writer.output.take());
    });
  }
  writer.end();
  pieces.push(writer.output.take());
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Loads a file, and keeps what is logged. */
export function loadFile(
  store: Store,
  source: ByteSource,
  options: Partial<RdbLoadOptions> = {},
): { result: RdbLoadResult; lines: string[] } {
  const lines: string[] = [];
  const sink = { write: (line: Uint8Array) => void lines.push(new TextDecoder().decode(line)) };
  const log = new Log({ clock: new ManualClock(), pid: 1, sink });
  const loader = new RdbLoader(store, {
    isChecksummed: true,
    keepsExpired: false,
    replacesKeys: false,
    log,
    ...options,
  });
  const steps = loader.steps(source);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return { result: step.value, lines };
}
