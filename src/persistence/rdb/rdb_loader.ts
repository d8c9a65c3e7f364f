/**
 * RDB loader: puts what an RDB file holds into the databases, in slices.
 *
 * Files of all versions up to 10 are read, so those of Redis 2 to 7.0. Whatever a file says, it is
 * loaded or refused with the offset: lengths are believed only as far as bytes follow, and values are
 * built as commands build them.
 *
 * What Redis does, it does too: keys whose time has come are passed over, so are keys with empty
 * collections, which old servers wrote by mistake; a key that comes twice and data of modules are
 * refused. Functions are passed over, as there are none here yet.
 *
 * Specified in: Redis 7.0 rdb.c, `rdbLoadRio`. Not here: emptying the databases before, or after a
 * refusal; files.
 *
 * @module
 */

import { ByteView, copyBytes } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import type { Log } from "../../observability/mod.ts";
import type { Keyspace, Ref, Store } from "../../store/mod.ts";
import type { ByteSource } from "../byte_source.ts";
import { KeyScout } from "./key_scout.ts";
import { EmptyValueError, ForeignRdbError } from "./rdb_error.ts";
import {
  isOneString,
  OPCODE_AUX,
  OPCODE_END,
  OPCODE_EXPIRES_MS,
  OPCODE_EXPIRES_SECONDS,
  OPCODE_FREQUENCY,
  OPCODE_FUNCTION,
  OPCODE_FUNCTION_2,
  OPCODE_IDLE,
  OPCODE_MODULE_AUX,
  OPCODE_RESIZE_DATABASE,
  OPCODE_SELECT_DATABASE,
  RDB_MODULE,
  RDB_MODULE_2,
  RDB_SIGNATURE,
  RDB_STRING,
  RDB_VERSION,
} from "./rdb_format.ts";
import { moduleName } from "./module_name.ts";
import { RdbSourceInput } from "./rdb_source_input.ts";
import { type ReadingSteps, ValueReader } from "./value_reader.ts";

/** How a file is loaded. */
export interface RdbLoadOptions {
  /** Whether the checksum is looked at (`rdbchecksum`). */
  isChecksummed: boolean;
  /** Whether keys whose time has come are loaded too: what follows was written when they were there. */
  keepsExpired: boolean;
  /** Whether keys that are there already are replaced, and may come twice. */
  replacesKeys: boolean;
  /** Where facts about the file are told. */
  log: Log;
  /** Length of the file, if it is known. */
  byteCount?: number;
  /** Hears how much memory the server used that wrote the file. */
  noteUsedMemory?: (byteCount: number) => void;
}

/** What was loaded. */
export interface RdbLoadResult {
  /** Keys that were put into the databases. */
  keyCount: number;
  /** Keys that were passed over as their time had come. */
  expiredCount: number;
  /** Keys that were passed over as they held nothing. */
  emptyCount: number;
  /** Libraries of functions that were passed over. */
  functionCount: number;
  /** Facts about the file, by their names. */
  aux: Map<string, string>;
  /** Length of the file; other data may follow. */
  byteCount: number;
}

/** Bytes between two looks at the clock. */
const STEP_BYTES = 64 * 1024;
const SIGNATURE_BYTES = 9;
/** The form, a key of one byte and an empty value. */
const KEY_BYTES_MIN = 4;
/** Longer keys are kept in arrays of their own. */
const KEPT_KEY_BYTES_MAX = 1024;
/** Files of older versions have no checksum. */
const CHECKSUM_VERSION_MIN = 5;
const FREQUENCY_UNKNOWN = -1;
const IDLE_UNKNOWN = -1;
/** Keys with empty collections that are named in the log. */
const NAMED_EMPTY_COUNT_MAX = 10;

/** Loads files into one store. */
export class RdbLoader {
  readonly #store: Store;
  readonly #options: RdbLoadOptions;
  readonly #values: ValueReader;
  readonly #scout: KeyScout;
  readonly #key = new ByteView();
  readonly #keyBytes = new Uint8Array(KEPT_KEY_BYTES_MAX);
  readonly #view = new ByteView();
  readonly #number = new Int64();
  readonly #expiresAt = new Int64();
  #keyspace: Keyspace;
  #result = freshResult();
  /** The moment before which keys are expired. */
  #nowMs = 0;
  // What was said of the next key.
  #expires = false;
  #idleSeconds = IDLE_UNKNOWN;
  #frequency = FREQUENCY_UNKNOWN;

  constructor(store: Store, options: RdbLoadOptions) {
    this.#store = store;
    this.#options = options;
    this.#values = new ValueReader(store);
    this.#scout = new KeyScout(store);
    this.#keyspace = store.databases[0];
  }

  /**
   * Loads a file; yields the bytes read so far about every 64 KiB.
   *
   * @throws {RdbError} When the file is not what the format allows; what was loaded so far is there.
   */
  *steps(source: ByteSource): Generator<number, RdbLoadResult> {
    const input = new RdbSourceInput(source, this.#options.isChecksummed);
    const result = this.#result = freshResult();
    this.#keyspace = this.#store.databases[0];
    this.#nowMs = this.#store.environment.clock.nowMs();
    this.#forgetKeyFacts();
    const version = this.#readVersion(input);
    yield* this.#entrySteps(input);
    if (version >= CHECKSUM_VERSION_MIN) this.#verify(input);
    result.byteCount = input.offset;
    this.#logSummary();
    return result;
  }

  /** Loads all up to the end. */
  *#entrySteps(input: RdbSourceInput): Generator<number, void> {
    let stepEnd = STEP_BYTES;
    try {
      for (;;) {
        this.#scout.runAhead(input, this.#keyspace);
        const form = input.byte();
        if (form === OPCODE_END) return;
        if (form >= OPCODE_FUNCTION_2) this.#readOpcode(form, input);
        else if (form === RDB_STRING && !this.#isOver) this.#readString(input);
        else {
          const steps = this.#readEntry(form, input);
          if (steps !== undefined) yield* steps;
        }
        if (input.offset < stepEnd) continue;
        yield input.offset;
        stepEnd = input.offset + STEP_BYTES;
      }
    } finally {
      this.#scout.forget();
    }
  }

  #readVersion(input: RdbSourceInput): number {
    const text = input.raw(SIGNATURE_BYTES, this.#view).toText();
    const version = Number.parseInt(text.slice(RDB_SIGNATURE.length), 10);
    if (!text.startsWith(RDB_SIGNATURE)) {
      throw new ForeignRdbError("Wrong signature trying to load DB from file");
    }
    if (!(version >= 1 && version <= RDB_VERSION)) {
      throw new ForeignRdbError(`Can't handle RDB format version ${version || 0}`);
    }
    return version;
  }

  #readOpcode(opcode: number, input: RdbSourceInput): void {
    switch (opcode) {
      case OPCODE_EXPIRES_MS:
        input.long(this.#expiresAt);
        this.#noteExpiry();
        break;
      case OPCODE_EXPIRES_SECONDS:
        this.#expiresAt.setNumber(input.int32() * 1000);
        this.#noteExpiry();
        break;
      case OPCODE_IDLE:
        this.#idleSeconds = input.size();
        break;
      case OPCODE_FREQUENCY:
        this.#frequency = input.byte();
        break;
      case OPCODE_SELECT_DATABASE:
        this.#select(input);
        break;
      case OPCODE_RESIZE_DATABASE:
        this.#reserve(input.size());
        input.size64(this.#number); // keys that expire
        break;
      case OPCODE_AUX:
        this.#readAux(input);
        break;
      case OPCODE_MODULE_AUX:
        input.fail(
          "The RDB file contains AUX module data I can't load: no matching module " +
            `'${moduleName(input.size64(this.#number))}'`,
        );
        break;
      default:
        this.#skipFunction(opcode, input);
    }
  }

  /** Makes room for the keys of the database, believed as far as the file has bytes for them. */
  #reserve(keyCount: number): void {
    const { byteCount } = this.#options;
    if (byteCount !== undefined && keyCount <= byteCount / KEY_BYTES_MIN) {
      this.#keyspace.reserve(keyCount);
    }
  }

  /** -1 stands for none, as the number that no moment has. */
  #noteExpiry(): void {
    this.#expires = (this.#expiresAt.hi & this.#expiresAt.lo) !== -1;
  }

  #select(input: RdbSourceInput): void {
    const index = input.size(), { databases } = this.#store;
    if (index >= databases.length) {
      input.fail(
        "Data file was created with a Redis server configured to handle more than " +
          `${databases.length} databases`,
      );
    }
    this.#keyspace = databases[index];
  }

  #readAux(input: RdbSourceInput): void {
    const { log } = this.#options;
    const name = input.string(this.#view).toText(), text = input.string(this.#view).toText();
    this.#result.aux.set(name, text);
    switch (name.toLowerCase()) {
      case "redis-ver":
        return log.notice(`Loading RDB produced by version ${text}`);
      case "ctime": {
        const ageSeconds = Math.floor(this.#nowMs / 1000) - (Number.parseInt(text, 10) || 0);
        return log.notice(`RDB age ${Math.max(0, ageSeconds)} seconds`);
      }
      case "used-mem": {
        const byteCount = Number.parseInt(text, 10) || 0;
        const megabytes = byteCount / (1024 * 1024);
        this.#options.noteUsedMemory?.(byteCount);
        return log.notice(`RDB memory usage when created ${megabytes.toFixed(2)} Mb`);
      }
      case "aof-preamble":
        if (Number.parseInt(text, 10) > 0) log.notice("RDB has an AOF tail");
        return;
      case "aof-base":
        if (Number.parseInt(text, 10) > 0) log.notice("RDB is base AOF");
        return;
      default:
        if (name.startsWith("%")) log.notice(`RDB '${name}': ${text}`);
    }
  }

  #skipFunction(opcode: number, input: RdbSourceInput): void {
    if (opcode === OPCODE_FUNCTION) {
      input.string(this.#view); // name
      input.string(this.#view); // engine
      const hasDescription = input.size() !== 0;
      if (hasDescription) input.string(this.#view);
    }
    input.string(this.#view);
    this.#result.functionCount++;
  }

  /** Whether the time of the next key has come. */
  get #isOver(): boolean {
    return this.#expires && !this.#options.keepsExpired &&
      this.#expiresAt.toNumber() < this.#nowMs;
  }

  /** Loads a key with a string: what most files are full of, so without steps. */
  #readString(input: RdbSourceInput): void {
    const keyspace = this.#keyspace, key = input.string(this.#key), countBefore = keyspace.count;
    const ref = this.#values.readString(input, keyspace, key, this.#expires && this.#expiresAt);
    this.#noteLoaded(input, key, countBefore, ref);
    this.#forgetKeyFacts();
  }

  /**
   * Loads a key with a value of any form, or passes it over.
   *
   * @returns The steps that are left where it is a large one.
   */
  #readEntry(form: number, input: RdbSourceInput): Generator<number, void> | undefined {
    let key = input.string(this.#key);
    if (form === RDB_MODULE || form === RDB_MODULE_2) this.#refuseModule(form, input);
    if (!isOneString(form)) key = this.#keepKey(key);
    try {
      if (form === RDB_STRING) {
        input.string(this.#view);
        this.#result.expiredCount++;
      } else {
        const steps = this.#values.begin(form, input);
        if (steps !== undefined) return this.#readOn(steps, input, key);
        this.#finishEntry(input, key);
      }
    } catch (error) {
      this.#passOverEmpty(error, key);
    }
    this.#forgetKeyFacts();
  }

  *#readOn(steps: ReadingSteps, input: RdbSourceInput, key: ByteView): Generator<number, void> {
    try {
      while (!steps.next().done) yield input.offset;
      this.#finishEntry(input, key);
    } catch (error) {
      this.#passOverEmpty(error, key);
    } finally {
      steps.return(); // a value that was begun is freed when loading is given up
    }
    this.#forgetKeyFacts();
  }

  /** Puts the collection that was read under its key, unless the key's time has come. */
  #finishEntry(input: RdbSourceInput, key: ByteView): void {
    if (this.#isOver) {
      this.#values.forget();
      this.#result.expiredCount++;
      return;
    }
    const keyspace = this.#keyspace, countBefore = keyspace.count;
    const ref = this.#values.store(keyspace, key, this.#expires && this.#expiresAt);
    this.#noteLoaded(input, key, countBefore, ref);
  }

  /** Notes a key that is passed over, as its value is empty. @throws What went wrong, if it is not that. */
  #passOverEmpty(error: unknown, key: ByteView): void {
    if (!(error instanceof EmptyValueError)) throw error;
    if (this.#result.emptyCount++ < NAMED_EMPTY_COUNT_MAX) {
      this.#options.log.warning(`rdbLoadObject skipping empty key: ${key.toText()}`);
    }
  }

  /** Points a view at bytes of its own, as it is needed while a value is read. */
  #keepKey(key: ByteView): ByteView {
    const { byteCount } = key;
    if (byteCount > this.#keyBytes.length) return key.set(key.copy(), 0, byteCount);
    copyBytes(key.bytes, key.start, key.end, this.#keyBytes, 0);
    return key.set(this.#keyBytes, 0, byteCount);
  }

  /** Notes that a key is there. @param countBefore Keys that there were before. */
  #noteLoaded(input: RdbSourceInput, key: ByteView, countBefore: number, ref: Ref): void {
    const keyspace = this.#keyspace;
    if (keyspace.count === countBefore && !this.#options.replacesKeys) {
      input.fail(`RDB has duplicated key '${key.toText()}' in DB ${keyspace.index}`);
    }
    if (this.#frequency !== FREQUENCY_UNKNOWN || this.#idleSeconds !== IDLE_UNKNOWN) {
      this.#noteUse(ref);
    }
    this.#result.keyCount++;
  }

  #noteUse(ref: Ref): void {
    const { environment } = this.#store, { entries, frequency } = environment;
    if (frequency === undefined) {
      if (this.#idleSeconds === IDLE_UNKNOWN) return;
      entries.setAccess(ref, environment.accessBefore(this.#idleSeconds));
    } else if (this.#frequency !== FREQUENCY_UNKNOWN) {
      const access = frequency.accessOfCounter(this.#frequency, environment.nowMs);
      entries.setAccess(ref, access);
    }
  }

  #forgetKeyFacts(): void {
    this.#expires = false;
    this.#idleSeconds = IDLE_UNKNOWN;
    this.#frequency = FREQUENCY_UNKNOWN;
  }

  #refuseModule(form: number, input: RdbSourceInput): never {
    if (form === RDB_MODULE) input.fail("Unknown RDB encoding type 6");
    const name = moduleName(input.size64(this.#number));
    return input.fail(
      `The RDB file contains module data I can't load: no matching module type '${name}'`,
    );
  }

  #verify(input: RdbSourceInput): void {
    const crc = input.checksum();
    const low = crc?.low, high = crc?.high;
    const given = input.long(this.#number);
    if (crc === undefined) return;
    if (given.hi === 0 && given.lo === 0) {
      this.#options.log.warning(
        "RDB file was saved with checksum disabled: no check performed.",
      );
    } else if (given.lo !== low || given.hi !== high) {
      input.fail(
        `RDB CRC error: wrong checksum, expected (${hexOf(high!, low!)}) but got (${
          hexOf(given.hi, given.lo)
        })`,
      );
    }
  }

  #logSummary(): void {
    const { keyCount, expiredCount, emptyCount, functionCount } = this.#result;
    const { log } = this.#options;
    if (functionCount > 0) {
      log.warning(`The RDB file contains ${functionCount} function libraries, which were skipped`);
    }
    const counts = `Done loading RDB, keys loaded: ${keyCount}, keys expired: ${expiredCount}`;
    if (emptyCount > 0) log.warning(`${counts}, empty keys skipped: ${emptyCount}.`);
    else log.notice(`${counts}.`);
  }
}

function freshResult(): RdbLoadResult {
  return {
    keyCount: 0,
    expiredCount: 0,
    emptyCount: 0,
    functionCount: 0,
    aux: new Map(),
    byteCount: 0,
  };
}

function hexOf(high: number, low: number): string {
  return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString(16);
}
