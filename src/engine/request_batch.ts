/**
 * Request batch: requests that are parsed before the first of them runs.
 *
 * A request that runs as soon as it is parsed makes the processor wait: its key lies in memory that
 * no cache holds, and nothing else can be done meanwhile. Known together, the keys of some requests
 * are looked for together (`KeyLookAhead`), and the waits overlap. In a pipeline over a million keys
 * that saves a sixth of a GET.
 *
 * Always true: a request that breaks the protocol is refused when its turn comes, not before; who has
 * not authenticated is parsed one request at a time, since the first may change what the next may say.
 *
 * @module
 */

import { ProtocolError } from "../errors/redis_error.ts";
import { Args, INCOMPLETE, REQUEST, type RequestParser } from "../resp/mod.ts";
import type { Command } from "./command.ts";

/** Enough to overlap as many waits as a processor can; few enough to stay in its first cache. */
const REQUEST_COUNT_MAX = 32;
/** Buffers up to this size may outlive their connection, as the last requests point to them. */
const KEPT_BUFFER_BYTES = 64 * 1024;

/** Some requests of one client, in order; one object for all clients of a server. */
export class RequestBatch {
  /** Requests held. */
  count = 0;
  /** Whether an empty request follows them, which runs nothing and is a request all the same. */
  endsInNothing = false;
  /** Index in the buffer behind what was parsed. */
  end = 0;
  /** The requests' arguments; borrowed until the next `fill`. */
  readonly requests: Args[] = [];
  /** Index in the buffer behind each request. */
  readonly ends = new Int32Array(REQUEST_COUNT_MAX);
  /** What each request calls, for the dispatcher to fill in; `undefined`: no such command. */
  readonly commands: (Command | undefined)[] = [];

  readonly #slots: readonly Args[] = Array.from({ length: REQUEST_COUNT_MAX }, () => new Args());

  /**
   * Parses the next requests of `bytes[from, to)`, perhaps none.
   *
   * @throws {ProtocolError} When the very first is broken.
   */
  fill(parser: RequestParser, bytes: Uint8Array, from: number, to: number): void {
    const countMax = parser.isTrusted ? REQUEST_COUNT_MAX : 1;
    this.count = 0;
    this.endsInNothing = false;
    try {
      while (this.count < countMax) {
        const outcome = parser.parse(bytes, from, to, this.#slots[this.count]);
        if (outcome === INCOMPLETE) break;
        from = parser.end;
        this.endsInNothing = outcome !== REQUEST;
        if (this.endsInNothing) break;
        this.#keep(parser.args, from);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError) || this.count === 0) throw error;
      parser.reset();
    }
    this.end = from;
  }

  /** Whether nothing was there to be parsed. */
  get isEmpty(): boolean {
    return this.count === 0 && !this.endsInNothing;
  }

  #keep(args: Args, end: number): void {
    const index = this.count++;
    // Nearly always it is there already, and looking is cheaper than telling the collector.
    if (this.requests[index] !== args) this.requests[index] = args;
    this.ends[index] = end;
  }

  /** Lets go of the buffer that the requests lie in, where it is too large to be kept alive. */
  release(bytes: Uint8Array): void {
    if (bytes.length <= KEPT_BUFFER_BYTES) return;
    this.count = 0;
    this.requests.length = 0;
    for (const slot of this.#slots) slot.release();
  }
}
