/**
 * Encoded message: one message as bytes, made at most once for each protocol.
 *
 * Ten thousand subscribers get the same bytes, so those are written once into a buffer that is used
 * again and again, and copied from there.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import { OutputBuffer, WireWriter } from "../resp/mod.ts";

/** A buffer that grew beyond this is not kept for the next message. */
const KEPT_BYTES_MAX = 64 * 1024;

/** A message on its way to many. */
export class EncodedMessage {
  readonly #writers: readonly [resp2: WireWriter, resp3: WireWriter] = [
    new WireWriter(),
    new WireWriter(),
  ];
  #kind = "";
  #parts: readonly ByteView[] = [];

  constructor() {
    this.#writers[1].protocol = 3;
  }

  /**
   * Begins a message.
   *
   * @param kind Its first word: `message`.
   * @param parts The others; borrowed until `clear`.
   */
  begin(kind: string, ...parts: readonly ByteView[]): void {
    this.#kind = kind;
    this.#parts = parts;
    for (const writer of this.#writers) writer.buffer.length = 0;
  }

  /** The message for clients of a protocol; borrowed until the next one. */
  for(protocol: 2 | 3): OutputBuffer {
    const writer = this.#writers[protocol - 2];
    if (writer.buffer.length === 0) {
      writer.push(this.#parts.length + 1);
      writer.bulkText(this.#kind);
      for (const part of this.#parts) writer.bulk(part);
    }
    return writer.buffer;
  }

  /** Forgets it. */
  clear(): void {
    this.#parts = [];
    for (const writer of this.#writers) {
      if (writer.buffer.bytes.length > KEPT_BYTES_MAX) writer.buffer = new OutputBuffer();
    }
  }
}
