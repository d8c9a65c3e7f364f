/**
 * RDB file writer: the parts of an RDB file, one after the other.
 *
 *   "REDIS" version | aux ... | (database | entry ...) ... | end | CRC64 of all before
 *   aux        250 | name | text
 *   database   254 | number | 251 | keys | keys that expire
 *   entry      [252 | expires at ms] [248 | idle seconds] [249 | counter] form | key | value
 *
 * The bytes gather in `output`; who saves a file takes them out now and then. Entries may come in any
 * order, of any databases, which is what a snapshot by pre-image needs.
 *
 * Specified in: Redis 7.0 rdb.c, `rdbSaveRio`. Not here: which entries there are, and files.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import type { PastValue, Ref, Store } from "../../store/mod.ts";
import {
  OPCODE_AUX,
  OPCODE_END,
  OPCODE_EXPIRES_MS,
  OPCODE_FREQUENCY,
  OPCODE_IDLE,
  OPCODE_RESIZE_DATABASE,
  OPCODE_SELECT_DATABASE,
  RDB_SIGNATURE,
  RDB_VERSION,
} from "./rdb_format.ts";
import { RdbOutput } from "./rdb_output.ts";
import { type ValueSteps, ValueWriter } from "./value_writer.ts";

/** How a file is written. */
export interface RdbFileOptions {
  /** Whether long strings are compressed (`rdbcompression`). */
  isCompressing: boolean;
  /** Whether the file ends with its checksum, or with 0 (`rdbchecksum`). */
  isChecksummed: boolean;
  /** `maxmemory-policy`: by it entries tell when or how often they were used. */
  policy: string;
}

const VERSION_DIGITS = 4;

/** Writes one file. */
export class RdbFileWriter {
  /** The bytes that were not taken out yet. */
  readonly output = new RdbOutput();

  readonly #store: Store;
  readonly #values: ValueWriter;
  readonly #isSavingIdle: boolean;
  readonly #isSavingFrequency: boolean;
  readonly #key = new ByteView();
  readonly #expiry = new Int64();
  #databaseIndex = -1;

  constructor(store: Store, options: RdbFileOptions) {
    this.#store = store;
    this.#values = new ValueWriter(store);
    this.#isSavingIdle = options.policy.endsWith("-lru");
    this.#isSavingFrequency = options.policy.endsWith("-lfu");
    this.output.isCompressing = options.isCompressing;
    this.output.isChecksummed = options.isChecksummed;
  }

  /** Writes what a file begins with. @param aux Facts about it: names and texts. */
  header(aux: readonly (readonly [string, string])[]): void {
    const version = String(RDB_VERSION).padStart(VERSION_DIGITS, "0");
    const signature = ByteView.ofText(RDB_SIGNATURE + version);
    this.output.raw(signature.bytes, signature.start, signature.end);
    for (const [name, text] of aux) {
      this.output.byte(OPCODE_AUX);
      this.output.string(ByteView.ofText(name));
      this.output.string(ByteView.ofText(text));
    }
  }

  /** Says how large a database is, whose entries follow. */
  database(index: number, keyCount: number, expiringCount: number): void {
    this.select(index);
    this.output.byte(OPCODE_RESIZE_DATABASE);
    this.output.size(keyCount);
    this.output.size(expiringCount);
  }

  /** Has the next entries belong to a database. */
  select(index: number): void {
    if (index === this.#databaseIndex) return;
    this.#databaseIndex = index;
    this.output.byte(OPCODE_SELECT_DATABASE);
    this.output.size(index);
  }

  /** Writes an entry to its end. */
  entry(ref: Ref): void {
    const steps = this.entrySteps(ref);
    while (steps !== undefined && !steps.next().done);
  }

  /**
   * Writes an entry, with pauses if its value is large.
   *
   * @param past Where the elements come from, if not from the entry.
   * @returns Nothing if all is written. Else what is left: it must be run to its end before anything else
   * is written, and the entry must not change meanwhile.
   */
  entrySteps(ref: Ref, past?: PastValue): ValueSteps | undefined {
    const { environment } = this.#store, { entries, frequency } = environment;
    const output = this.output;
    if (entries.expires(ref)) {
      const { hi, lo } = entries.readExpiry(ref, this.#expiry);
      output.byte(OPCODE_EXPIRES_MS);
      output.long(hi, lo);
    }
    if (this.#isSavingIdle && frequency === undefined) {
      output.byte(OPCODE_IDLE);
      output.size(environment.idleSecondsOf(entries.accessOf(ref)));
    } else if (this.#isSavingFrequency && frequency !== undefined) {
      output.byte(OPCODE_FREQUENCY);
      output.byte(frequency.counterOf(entries.accessOf(ref), environment.nowMs));
    }
    output.byte(this.#values.formOf(ref));
    output.string(entries.keyView(ref, this.#key));
    if (past !== undefined) return this.#values.beginPast(past, output);
    return this.#values.begin(ref, output);
  }

  /** Writes what a file ends with. */
  end(): void {
    this.output.byte(OPCODE_END);
    this.output.checksum();
  }
}
