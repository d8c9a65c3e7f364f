/**
 * Transport: what a connection reads from and writes to.
 *
 * A socket of the system, or a pipe in memory: the connection above can't tell.
 *
 * @module
 */

/** A stream of bytes in both directions. */
export interface Transport {
  /** The peer as Redis prints it: `127.0.0.1:50123`, `[::1]:50123`, `/path/of/socket:0`. */
  readonly peerAddress: string;
  /** Our side, in the same form. */
  readonly localAddress: string;
  /** How the peer is connected. */
  readonly kind: "tcp" | "unix" | "memory";
  /** Whether the peer is on this machine: a unix socket, loopback, this process. */
  readonly isLocal: boolean;
  /**
   * Waits for bytes.
   *
   * @param into Filled from its start; must not be touched until the promise settles.
   * @returns How many bytes there are, or `null` when the peer has closed.
   */
  read(into: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /**
   * Sends bytes.
   *
   * @param bytes Must not be changed until the promise settles.
   * @returns How many of them were sent, at least one.
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Closes both directions; reads and writes under way end. Harmless when closed already. */
  close(): void;
}
