/**
 * Slot sending: keys on their way to the node that takes their slots in, over one connection.
 *
 * They go out pipelined; more is dumped when what was dumped before has left, and answered, so neither
 * a slow network nor a large slot costs much memory.
 *
 * A stream changes without anybody being told when its groups are read, so it is sent at the last
 * moment only, when nobody reads.
 *
 * Always true: when a call resolves, the target has taken everything that was sent.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { type Client, type RequestWord, within } from "../../client/mod.ts";
import type { ServerParts } from "../../engine/mod.ts";
import { TYPE_STREAM } from "../../store/mod.ts";
import type { IndexedKey, SlotIndex } from "./slot_index.ts";

/** Bytes sent before more is dumped, and keys before their answers are awaited. */
const PIECE_BYTES = 64 * 1024;
const WINDOW_KEYS = 1000;

/** What it belongs to. */
export interface SlotSendingOptions {
  readonly server: ServerParts;
  /** On which the target knows this node. */
  readonly client: Client;
  /** How long the target may take for a piece, and for an answer. */
  readonly timeoutMs: number;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Told of keys that are to be sent again. */
  readonly index: SlotIndex;
}

/** Sends keys. */
export class SlotSending {
  /** Whether streams are sent, too. */
  isLast = false;
  keyCount = 0;
  byteCount = 0;

  readonly #options: SlotSendingOptions;
  readonly #payload = new ByteView();
  readonly #expiresAt = new Int64();
  #answers: Promise<unknown>[] = [];

  constructor(options: SlotSendingOptions) {
    this.#options = options;
  }

  /**
   * Asks the target something, and waits for the answer.
   *
   * @throws {RedisError} What it refuses that with.
   * @throws {DisconnectedError} When the connection breaks.
   * @throws {TimeoutError} When the answer takes too long.
   */
  async ask(...words: RequestWord[]): Promise<void> {
    await this.#inTime(this.#options.client.call(...words));
  }

  /** Sends keys as they are, or that they are gone. @throws As `ask`. */
  async send(keys: readonly IndexedKey[]): Promise<void> {
    const { client } = this.#options;
    let waitingBytes = 0;
    for (const each of keys) {
      waitingBytes += this.#sendKey(each);
      if (waitingBytes < PIECE_BYTES && this.#answers.length < WINDOW_KEYS) continue;
      waitingBytes = 0;
      await this.#inTime(client.flushed());
      if (this.#answers.length >= WINDOW_KEYS) await this.#settle();
    }
    await this.#settle();
  }

  /** Sends one key; returns about how many bytes. */
  #sendKey({ databaseIndex, key }: IndexedKey): number {
    const { client, server, index } = this.#options;
    server.store.environment.refreshTime();
    const database = server.store.databases[databaseIndex], { entries } = database;
    const view = new ByteView(key), ref = database.peek(view);
    if (ref === 0) {
      this.#await(client.call("PEER", "DROP", databaseIndex, key));
      return key.length;
    }
    if (!this.isLast && entries.typeOf(ref) === TYPE_STREAM) {
      index.changed(databaseIndex, view);
      return 0;
    }
    const expiresAt = entries.expires(ref)
      ? entries.readExpiry(ref, this.#expiresAt).toBigInt()
      : 0n;
    const isCompressing = server.config.boolean("rdbcompression");
    const { bytes, start, end } = server.payloads.dump(ref, isCompressing, this.#payload);
    const payload = bytes.subarray(start, end);
    const notes = [entries.accessOf(ref), entries.encodingOf(ref)];
    this.#await(client.call("PEER", "IMPORT", databaseIndex, key, expiresAt, ...notes, payload));
    this.keyCount++;
    this.byteCount += payload.length;
    return key.length + payload.length;
  }

  #await(answer: Promise<unknown>): void {
    answer.catch(() => {}); // `#settle` looks at it, unless something else fails before
    this.#answers.push(answer);
  }

  async #settle(): Promise<void> {
    const answers = this.#answers;
    this.#answers = [];
    await this.#inTime(Promise.all(answers));
  }

  #inTime(promise: Promise<unknown>): Promise<unknown> {
    const { timeoutMs, server: { clock }, signal } = this.#options;
    return within(promise, timeoutMs, { clock, signal });
  }
}
