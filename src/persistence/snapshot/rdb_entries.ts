/**
 * RDB entries: a snapshot in the form of an RDB file, which is read faster than commands are run.
 *
 * @module
 */

import { REDIS_VERSION } from "../../base/version.ts";
import type { Config } from "../../config/mod.ts";
import type { PastValue, Ref, Store } from "../../store/mod.ts";
import { RdbFileWriter } from "../rdb/mod.ts";
import type { EntryWriter } from "./entry_writer.ts";

/** What an RDB file is written for: by itself, or as the base of an append-only log. */
export type RdbPurpose = "snapshot" | "log-base";

/** Writes an RDB file as it is configured. */
export class RdbEntries implements EntryWriter {
  readonly #store: Store;
  readonly #purpose: RdbPurpose;
  readonly #writer: RdbFileWriter;

  constructor(store: Store, config: Config, purpose: RdbPurpose) {
    this.#store = store;
    this.#purpose = purpose;
    this.#writer = new RdbFileWriter(store, {
      isCompressing: config.boolean("rdbcompression"),
      isChecksummed: config.boolean("rdbchecksum"),
      policy: config.text("maxmemory-policy"),
    });
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
      ["aof-base", this.#purpose === "log-base" ? "1" : "0"],
    ]);
  }

  begin(databaseIndex: number, keyCount: number, expiringCount: number): void {
    this.#writer.database(databaseIndex, keyCount, expiringCount);
  }

  entry(databaseIndex: number, ref: Ref, past?: PastValue): Generator<void, void> | undefined {
    this.#writer.select(databaseIndex);
    return this.#writer.entrySteps(ref, past);
  }

  end(): void {
    this.#writer.end();
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#writer.output.take();
  }
}
