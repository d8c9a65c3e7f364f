/**
 * Dump codec: one value as bytes that another server can take over (DUMP, RESTORE).
 *
 *   form u8 | value | RDB version u16 | CRC64 of all before      lowest byte first
 *
 * Specified in: Redis 7.0 cluster.c, `createDumpPayload`, `verifyDumpPayload`.
 *
 * @module
 */

import { type ByteView, EMPTY_BYTES } from "../../base/byte_view.ts";
import { Crc64 } from "../../base/crc64.ts";
import { readInt32 } from "../../base/int32.ts";
import type { PayloadCodec } from "../../engine/mod.ts";
import { BAD_DATA_FORMAT, BAD_DUMP_PAYLOAD } from "../../errors/catalogue.ts";
import {
  type CollectionLimits,
  type Keyspace,
  recodeString,
  type Ref,
  type Store,
} from "../../store/mod.ts";
import { RdbError } from "./rdb_error.ts";
import { RDB_HASH, RDB_SET, RDB_SORTED_SET, RDB_VERSION } from "./rdb_format.ts";
import { RdbInput } from "./rdb_input.ts";
import { RdbOutput } from "./rdb_output.ts";
import { ValueReader } from "./value_reader.ts";
import { ValueWriter } from "./value_writer.ts";

const FORM_BYTES = 1;
const VERSION_BYTES = 2;
const CHECKSUM_BYTES = 8;
const FOOTER_BYTES = VERSION_BYTES + CHECKSUM_BYTES;

/** What a damaged payload claims to be, by the number of its form. */
const FORM_NAMES = [
  ...["String", "List", "Set", "Zset", "Hash", "Zset", "Module", "Module", undefined, "Zipmap"],
  ...["List ziplist", "Intset", "Zset ziplist", "Hash ziplist", "Quicklist ziplist"],
  ...["Stream listpack", "Hash listpack", "Zset listpack", "Quicklist listpack"],
  "Stream listpack",
];

/** Forms of collections that are too large to be packed, or once were. */
const UNPACKED_FORMS: ReadonlySet<number> = new Set([RDB_SET, RDB_HASH, RDB_SORTED_SET]);
const NOTHING_PACKED: Partial<CollectionLimits> = {
  hashMaxListpackEntries: 0,
  setMaxIntsetEntries: 0,
  zsetMaxListpackEntries: 0,
};

/** Makes and reads payloads of one store's values. */
export class DumpCodec implements PayloadCodec {
  isChecksumChecked = true;
  readonly #output = new RdbOutput();
  readonly #input = new RdbInput(EMPTY_BYTES, 0, 0);
  readonly #writer: ValueWriter;
  readonly #reader: ValueReader;
  readonly #crc = new Crc64();
  readonly #store: Store;
  readonly #report: (text: string) => void;

  /**
   * @param store Whose values these are.
   * @param report Hears what is wrong with a damaged payload.
   */
  constructor(store: Store, report: (text: string) => void = () => {}) {
    this.#store = store;
    this.#report = report;
    this.#writer = new ValueWriter(store);
    this.#reader = new ValueReader(store);
  }

  dump(ref: Ref, isCompressing: boolean, into: ByteView): ByteView {
    const output = this.#write(ref, isCompressing);
    output.byte(RDB_VERSION & 0xff);
    output.byte(RDB_VERSION >>> 8);
    const { low, high } = this.#crc.reset().update(output.bytes, 0, output.length);
    output.long(high, low);
    return into.set(output.bytes, 0, output.length);
  }

  valueBytesOf(ref: Ref, isCompressing: boolean): number {
    return this.#write(ref, isCompressing).length - FORM_BYTES;
  }

  restore(payload: ByteView, keyspace: Keyspace, key: ByteView): void {
    this.#readPayload(payload, (form, input) => {
      this.#reader.read(form, input, keyspace, key);
    });
  }

  restoreAsIs(payload: ByteView, keyspace: Keyspace, key: ByteView, encoding: number): void {
    const { limits } = this.#store.environment, usual = { ...limits };
    try {
      this.#readPayload(payload, (form, input) => {
        if (UNPACKED_FORMS.has(form)) Object.assign(limits, NOTHING_PACKED);
        this.#reader.read(form, input, keyspace, key);
      });
      recodeString(keyspace, key, encoding);
    } finally {
      Object.assign(limits, usual);
    }
  }

  check(payload: ByteView): void {
    this.#readPayload(payload, (form, input) => this.#reader.check(form, input));
  }

  #readPayload(payload: ByteView, read: (form: number, input: RdbInput) => void): void {
    const input = this.#open(payload);
    if (input === undefined) throw BAD_DUMP_PAYLOAD;
    let form = -1;
    try {
      form = input.byte();
      read(form, input);
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
      this.#report(
        `RESTORE: ${FORM_NAMES[form] ?? "Value"} integrity check failed: ${error.message}`,
      );
      throw BAD_DATA_FORMAT;
    } finally {
      input.open(EMPTY_BYTES, 0, 0); // so that nobody's bytes are kept
    }
  }

  #write(ref: Ref, isCompressing: boolean): RdbOutput {
    const output = this.#output;
    output.clear();
    output.isCompressing = isCompressing;
    output.byte(this.#writer.formOf(ref));
    this.#writer.write(ref, output);
    return output;
  }

  /**
   * A payload whose version and checksum are right, from its form on. As in Redis, what reads on behind the
   * value reads the footer: ten zero bytes are an empty string.
   */
  #open(payload: ByteView): RdbInput | undefined {
    const { bytes, start, end } = payload;
    if (end - start < FOOTER_BYTES) return undefined;
    const footer = end - FOOTER_BYTES, checksum = footer + VERSION_BYTES;
    const version = bytes[footer] | (bytes[footer + 1] << 8);
    if (version > RDB_VERSION) return undefined;
    if (!this.isChecksumChecked) return this.#input.open(bytes, start, end);
    const { low, high } = this.#crc.reset().update(bytes, start, checksum);
    const isRight = readInt32(bytes, checksum) === low && readInt32(bytes, checksum + 4) === high;
    return isRight ? this.#input.open(bytes, start, end) : undefined;
  }
}
