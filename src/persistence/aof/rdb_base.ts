/**
 * RDB base: the data as a snapshot file has them, which is read faster than commands are run.
 *
 * @module
 */

import { REDIS_VERSION } from "../../base/version.ts";
import type { Ref, Store } from "../../store/mod.ts";
import { type RdbFileOptions, RdbFileWriter } from "../rdb/mod.ts";
import type { BaseWriter } from "./base_writer.ts";

/** Writes a base in the form of an RDB file. */
export class RdbBase implements BaseWriter {
  readonly #store: Store;
  readonly #writer: RdbFileWriter;

  constructor(store: Store, options: RdbFileOptions) {
    this.#store = store;
    this.#writer = new RdbFileWriter(store, options);
  }

  get byteCount(): number {
    return this.#writer.output.length;
  }

  header(): void {
    const { clock } = this.#store.environment;
    this.#writer.header([
      ["redis-ver", REDIS_VERSION],
      ["redis-bits", "64"],
      ["ctime", String(Math.floor(clock.nowMs() / 1000))],
      ["used-mem", String(this.#store.usedBytes)],
      ["aof-base", "1"],
    ]);
  }

  begin(databaseIndex: number, keyCount: number, expiringCount: number): void {
    this.#writer.database(databaseIndex, keyCount, expiringCount);
  }

  entry(databaseIndex: number, ref: Ref): Generator<void, void> | undefined {
    this.#writer.select(databaseIndex);
    return this.#writer.entrySteps(ref);
  }

  end(): void {
    this.#writer.end();
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#writer.output.take();
  }
}
