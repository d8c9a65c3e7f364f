/**
 * Listener: waits for clients at one address.
 *
 * @module
 */

import { type SocketOptions, SocketTransport } from "./socket_transport.ts";
import type { Transport } from "./transport.ts";

/** Pause after a failed accept: the system is out of descriptors, and trying at once won't help. */
const RETRY_MS = 100;

/** Where to listen. */
export type ListenAddress =
  | { kind: "tcp"; hostname: string; port: number }
  | { kind: "unix"; path: string; mode: number };

/** Accepts connections at one address. */
export class Listener {
  readonly address: ListenAddress;
  readonly #listener: Deno.TcpListener | Deno.UnixListener;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Ends the pause after a failed accept. */
  #endPause = (): void => {};
  #isClosed = false;

  private constructor(address: ListenAddress, listener: Deno.TcpListener | Deno.UnixListener) {
    this.address = address;
    this.#listener = listener;
  }

  /**
   * Begins to listen.
   *
   * @throws {Deno.errors.AddrInUse} When the address is taken; other `Deno.errors` likewise.
   */
  static open(address: ListenAddress): Listener {
    if (address.kind === "tcp") {
      const listener = Deno.listen({ hostname: address.hostname, port: address.port });
      return new Listener({ ...address, port: listener.addr.port }, listener);
    }
    removeStaleSocket(address.path);
    const listener = Deno.listen({ transport: "unix", path: address.path });
    if (address.mode !== 0) Deno.chmodSync(address.path, address.mode);
    return new Listener(address, listener);
  }

  /**
   * Hands over each connection, until the listener is closed.
   *
   * @param options Asked for each connection, as they may change.
   * @param failed Told of an accept that failed; listening goes on.
   */
  async serve(
    options: () => SocketOptions,
    accepted: (transport: Transport) => void,
    failed: (error: Error) => void,
  ): Promise<void> {
    while (!this.#isClosed) {
      try {
        const conn = await this.#listener.accept();
        if (this.#isClosed) return conn.close(); // it came with the end
        accepted(new SocketTransport(conn as Deno.TcpConn | Deno.UnixConn, options()));
      } catch (error) {
        if (this.#isClosed || !(error instanceof Error)) break;
        failed(error);
        await this.#pause();
      }
    }
  }

  /** Stops listening; connections stay. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#endPause();
    this.#listener.close();
    if (this.address.kind === "unix") removeStaleSocket(this.address.path);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#endPause = resolve;
      this.#retry = setTimeout(resolve, RETRY_MS);
    });
  }
}

function removeStaleSocket(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
