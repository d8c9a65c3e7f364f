/**
 * Memory transport: two ends in one process, without a socket.
 *
 * For embedding and tests: a client in the same program needs no port and no permission. Each
 * direction hands bytes over only when they are read, so back-pressure works as on a socket.
 *
 * @module
 */

import { EMPTY_BYTES } from "../base/byte_view.ts";
import type { Transport } from "./transport.ts";

/** One direction. */
class Pipe {
  #pending: Uint8Array = EMPTY_BYTES;
  #isClosed = false;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#pending.length === 0) {
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
    const byteCount = Math.min(into.length, this.#pending.length);
    into.set(this.#pending.subarray(0, byteCount));
    this.#pending = this.#pending.subarray(byteCount);
    if (this.#pending.length === 0) this.#wakeWriter?.();
    return byteCount;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.#pending.length > 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => this.#wakeWriter = resolve);
    }
    if (this.#isClosed) throw new Deno.errors.BrokenPipe("Cannot write: the other end is closed");
    this.#pending = bytes.slice();
    this.#wakeReader?.();
    return bytes.length;
  }

  close(): void {
    this.#isClosed = true;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }
}

/** One end of a connection in memory. */
export class MemoryTransport implements Transport {
  readonly peerAddress = "memory:0";
  readonly localAddress = "memory:0";
  readonly kind = "memory";
  readonly isLocal = true;
  readonly #incoming: Pipe;
  readonly #outgoing: Pipe;

  private constructor(incoming: Pipe, outgoing: Pipe) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /** Two ends; what one writes the other reads. */
  static pair(): [MemoryTransport, MemoryTransport] {
    const there = new Pipe(), back = new Pipe();
    return [new MemoryTransport(there, back), new MemoryTransport(back, there)];
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#incoming.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#outgoing.write(bytes);
  }

  close(): void {
    this.#incoming.close();
    this.#outgoing.close();
  }
}
