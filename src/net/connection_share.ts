/**
 * Connection share: what a connection is given: who takes its input, and what all of a server share.
 *
 * @module
 */

import type { BufferPool } from "./buffer_pool.ts";
import type { Connection } from "./connection.ts";
import type { Outbox } from "./outbox.ts";
import type { Resumptions } from "./resumptions.ts";
import type { Turns } from "./turns.ts";

/** Takes a connection's input. */
export interface Receiver {
  /**
   * Consumes requests from `bytes[from, to)` and writes replies to the connection's writer.
   *
   * @returns Where the first request begins that was not consumed.
   */
  receive(bytes: Uint8Array, from: number, to: number): number;
  /**
   * Whether it stopped only to let replies go out and others have their turn: it wants to be called again
   * when they have.
   */
  readonly wantsMore: boolean;
  /** Whether requests must wait (a blocking command, a pause). */
  readonly isBlocked: boolean;
  /** How many bytes the request in progress needs from its beginning; 0 if unknown. */
  readonly neededBytes: number;
  /** The connection is closed; called once. */
  closed(): void;
}

/** What all connections of a server share. */
export interface ConnectionShare {
  /** Buffers for replies. */
  readonly buffers: BufferPool;
  /** How busy connections give way. */
  readonly turns: Turns;
  /** Connections that go on with requests which were held back. */
  readonly resumptions: Resumptions;
  /** Connections that something was delivered to. */
  readonly outbox: Outbox;
  /**
   * What the replies so far wait for before they are sent; `undefined`: nothing. Where it rejects as if
   * the peer were gone, they are never sent.
   */
  readonly clearance: Promise<void> | undefined;
  /** What a client that is to be closed behind its replies is not to know before; `undefined`: nothing. */
  readonly farewell: Promise<void> | undefined;
  /** The time, in unix milliseconds. */
  readonly nowMs: number;
  /** Called with the bytes of each read and each write. */
  countRead(byteCount: number): void;
  countWrite(byteCount: number): void;
  /** Most input bytes that may wait: `client-query-buffer-limit`. */
  queryBytesMax: number;
  /** An input that grew over that limit; the connection is closed. */
  queryOverflow(connection: Connection): void;
  /** Called when output waits, with its bytes; may close the connection. */
  outputWaits(connection: Connection, byteCount: number): void;
  /** Whether a client that does not read its replies may have more than these bytes of them. */
  mayHaveMore(outputBytes: number): boolean;
  /** A connection holds so many bytes more or less than before; may close connections. */
  memoryChanged(byteDelta: number): void;
}
