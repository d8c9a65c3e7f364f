/**
 * Key scout: finds the keys that come next in a file, so that their places are looked up together.
 *
 * The keys of a file come in no order that the table here has, so each would wait for memory when it is
 * put in its place. The scout runs ahead over some entries, as far as their bytes are here, and announces
 * their keys; see `KeyLookAhead`. It believes nothing and decides nothing: what it can't pass over ends
 * its way, and the entries are read as if nobody had been there.
 *
 * Always true: it looks at no byte beyond the end, and it changes nothing but time.
 * Cost: about 20 ns an entry.
 *
 * @module
 */

import { ByteView, EMPTY_BYTES } from "../../base/byte_view.ts";
import type { Keyspace, Store } from "../../store/mod.ts";
import {
  ENCODED_INT16,
  ENCODED_INT32,
  ENCODED_INT8,
  ENCODED_LZF,
  LENGTH_14_BITS,
  LENGTH_32_BITS,
  LENGTH_6_BITS,
  LENGTH_ENCODED,
  OPCODE_EXPIRES_MS,
  OPCODE_EXPIRES_SECONDS,
  OPCODE_FREQUENCY,
  OPCODE_FUNCTION_2,
  OPCODE_IDLE,
  RDB_HASH,
  RDB_LIST,
  RDB_LIST_QUICKLIST,
  RDB_LIST_QUICKLIST_2,
  RDB_MODULE,
  RDB_MODULE_2,
  RDB_SET,
  RDB_SORTED_SET,
  RDB_SORTED_SET_TEXT,
  RDB_STREAM,
  RDB_STREAM_2,
} from "./rdb_format.ts";
import type { RdbInput } from "./rdb_input.ts";

/** Entries announced at a time. */
const ENTRY_COUNT_MAX = 32;
/** Most parts of a value that are passed over; what has more is left to who reads it. */
const PART_COUNT_MAX = 128;
const SCORE_BYTES = 8;
const NONE = -1;

/** Runs ahead of who reads a file. */
export class KeyScout {
  readonly #store: Store;
  readonly #key = new ByteView();
  #bytes: Uint8Array = EMPTY_BYTES;
  #at = 0;
  #end = 0;

  /** @param store Where the keys are going to be. */
  constructor(store: Store) {
    this.#store = store;
  }

  /** Announces the keys of the entries to come, once those announced before have been read. */
  runAhead({ bytes, at, end }: RdbInput, keyspace: Keyspace): void {
    if (bytes === this.#bytes && at < this.#at) return;
    const { lookAhead } = this.#store.environment;
    lookAhead.clear();
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    while (lookAhead.count < ENTRY_COUNT_MAX && this.#passEntry());
    if (lookAhead.count > 1) keyspace.lookAhead();
  }

  /** Forgets what was announced, as the bytes may change. */
  forget(): void {
    this.#store.environment.lookAhead.clear();
    this.#bytes = EMPTY_BYTES;
  }

  /** Announces the key of an entry and passes over it; returns whether it could. */
  #passEntry(): boolean {
    let form = this.#byte();
    for (; form >= OPCODE_FUNCTION_2; form = this.#byte()) if (!this.#passFact(form)) return false;
    const keyBytes = form === NONE ? NONE : this.#length();
    if (keyBytes < 0 || !this.#pass(keyBytes)) return false;
    this.#store.environment.lookAhead.add(
      this.#key.set(this.#bytes, this.#at - keyBytes, this.#at),
    );
    return this.#passValue(form);
  }

  /** Passes over what is said of a key before it. */
  #passFact(opcode: number): boolean {
    switch (opcode) {
      case OPCODE_EXPIRES_MS:
        return this.#pass(8);
      case OPCODE_EXPIRES_SECONDS:
        return this.#pass(4);
      case OPCODE_FREQUENCY:
        return this.#pass(1);
      case OPCODE_IDLE:
        return this.#length() !== NONE;
      default:
        return false;
    }
  }

  #passValue(form: number): boolean {
    switch (form) {
      case RDB_LIST:
      case RDB_SET:
      case RDB_LIST_QUICKLIST:
        return this.#passParts(1, 0, 0);
      case RDB_HASH:
        return this.#passParts(2, 0, 0);
      case RDB_SORTED_SET:
        return this.#passParts(1, 0, SCORE_BYTES);
      case RDB_LIST_QUICKLIST_2:
        return this.#passParts(1, 1, 0);
      case RDB_SORTED_SET_TEXT:
      case RDB_MODULE:
      case RDB_MODULE_2:
      case RDB_STREAM:
      case RDB_STREAM_2:
        return false;
      default:
        return this.#passString();
    }
  }

  /** Passes over a counted row of strings, each with so many bytes before and after it. */
  #passParts(stringCount: number, bytesBefore: number, bytesAfter: number): boolean {
    const partCount = this.#length() * stringCount;
    if (partCount < 0 || partCount > PART_COUNT_MAX) return false;
    for (let left = partCount; left > 0; left--) {
      if (!this.#pass(bytesBefore) || !this.#passString() || !this.#pass(bytesAfter)) return false;
    }
    return true;
  }

  #passString(): boolean {
    if (this.#at >= this.#end) return false;
    const first = this.#bytes[this.#at];
    if (first >>> 6 !== LENGTH_ENCODED) return this.#pass(this.#length());
    this.#at++;
    switch (first & 0x3f) {
      case ENCODED_INT8:
        return this.#pass(1);
      case ENCODED_INT16:
        return this.#pass(2);
      case ENCODED_INT32:
        return this.#pass(4);
      case ENCODED_LZF: {
        const compressedBytes = this.#length();
        return this.#length() >= 0 && this.#pass(compressedBytes);
      }
      default:
        return false;
    }
  }

  /** A length that is not absurd, or `NONE`. */
  #length(): number {
    const first = this.#byte();
    if (first === NONE || first >>> 6 === LENGTH_6_BITS) return first;
    const bytes = this.#bytes, at = this.#at;
    if (first >>> 6 === LENGTH_14_BITS) {
      return this.#pass(1) ? ((first & 0x3f) << 8) | bytes[at] : NONE;
    }
    if (first !== LENGTH_32_BITS || !this.#pass(4)) return NONE;
    const high = (bytes[at] << 24) | (bytes[at + 1] << 16);
    return Math.max(high | (bytes[at + 2] << 8) | bytes[at + 3], NONE);
  }

  #byte(): number {
    return this.#at < this.#end ? this.#bytes[this.#at++] : NONE;
  }

  /** Passes over so many bytes, if they are here. */
  #pass(byteCount: number): boolean {
    if (byteCount < 0 || byteCount > this.#end - this.#at) return false;
    this.#at += byteCount;
    return true;
  }
}
