/**
 * Invalidation: the message that some keys have changed, as bytes, made at most once for each form.
 *
 *   push      RESP3                     >2 invalidate [key, key ...]
 *   message   RESP2, to a subscriber    *3 message __redis__:invalidate [key, key ...]
 *
 * In place of the keys stands nil where all have changed.
 *
 * @module
 */

import { OutputBuffer, WireWriter } from "../resp/mod.ts";

/** A buffer that grew beyond this is not kept for the next message. */
const KEPT_BYTES_MAX = 64 * 1024;

/** How a message is written. */
export type InvalidationForm = "push" | "message";

/** A message on its way to some clients. */
export class Invalidation {
  readonly #writers: Readonly<Record<InvalidationForm, WireWriter>> = {
    push: new WireWriter(),
    message: new WireWriter(),
  };
  #keys: readonly string[] | undefined;
  /** The protocol that nil is written in. */
  #protocol: 2 | 3 = 2;

  /** The keys that it is about; `undefined`: all. */
  get keys(): readonly string[] | undefined {
    return this.#keys;
  }

  /** Begins a message about keys. @param keys Binary text; kept. */
  ofKeys(keys: readonly string[]): this {
    this.#keys = keys;
    return this.#begin();
  }

  /**
   * Begins a message that all keys have changed.
   *
   * @param protocol The one that nil is written in: with Redis that of the client which tracks, even if
   *   another one is told in its place.
   */
  ofAll(protocol: 2 | 3): this {
    this.#keys = undefined;
    this.#protocol = protocol;
    return this.#begin();
  }

  /** The message in a form; borrowed until the next one. */
  in(form: InvalidationForm): OutputBuffer {
    const writer = this.#writers[form];
    if (writer.buffer.length > 0) return writer.buffer;
    writer.protocol = form === "push" ? 3 : 2;
    writer.push(form === "push" ? 2 : 3);
    if (form === "push") {
      writer.bulkText("invalidate");
    } else {
      writer.bulkText("message");
      writer.bulkText("__redis__:invalidate");
    }
    if (this.#keys === undefined) {
      writer.protocol = this.#protocol;
      writer.nil();
      return writer.buffer;
    }
    writer.array(this.#keys.length);
    for (const key of this.#keys) writer.bulkText(key);
    return writer.buffer;
  }

  #begin(): this {
    for (const writer of [this.#writers.push, this.#writers.message]) {
      if (writer.buffer.bytes.length > KEPT_BYTES_MAX) writer.buffer = new OutputBuffer();
      writer.buffer.length = 0;
    }
    return this;
  }
}
