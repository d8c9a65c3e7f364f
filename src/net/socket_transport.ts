/**
 * Socket transport: a connection of the operating system, TCP or unix.
 *
 * @module
 */

import type { Transport } from "./transport.ts";

/** Options of a TCP socket. */
export interface SocketOptions {
  /** Send small packets at once. */
  isNoDelay: boolean;
  /** Let the system probe peers that are silent. */
  isKeptAlive: boolean;
}

/** Wraps a `Deno.Conn`. */
export class SocketTransport implements Transport {
  readonly peerAddress: string;
  readonly localAddress: string;
  readonly kind: "tcp" | "unix";
  readonly isLocal: boolean;
  readonly #conn: Deno.Conn;
  #isClosed = false;

  constructor(conn: Deno.TcpConn | Deno.UnixConn, options: SocketOptions) {
    this.#conn = conn;
    this.kind = conn.remoteAddr.transport === "tcp" ? "tcp" : "unix";
    this.localAddress = addressText(conn.localAddr);
    // A unix client has no address of its own; Redis shows the server's path.
    this.peerAddress = this.kind === "tcp" ? addressText(conn.remoteAddr) : this.localAddress;
    this.isLocal = this.kind === "unix" || isLoopback(conn.remoteAddr as Deno.NetAddr);
    if ("setNoDelay" in conn) {
      conn.setNoDelay(options.isNoDelay);
      conn.setKeepAlive(options.isKeptAlive);
    }
  }

  read(into: Uint8Array<ArrayBuffer>): Promise<number | null> {
    return this.#conn.read(into);
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    return this.#conn.write(bytes);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
  }
}

/** An address as Redis prints it. */
function addressText(address: Deno.Addr): string {
  if (address.transport === "tcp" || address.transport === "udp") {
    // A socket for both families shows an IPv4 peer as mapped into IPv6.
    const hostname = address.hostname.replace(/^::ffff:(?=\d+\.)/, "");
    const host = hostname.includes(":") ? `[${hostname}]` : hostname;
    return `${host}:${address.port}`;
  }
  return "path" in address ? `${address.path}:0` : "?:0";
}

function isLoopback(address: Deno.NetAddr): boolean {
  return address.hostname.startsWith("127.") || address.hostname === "::1" ||
    address.hostname.startsWith("::ffff:127.");
}
