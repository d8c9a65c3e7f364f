/**
 * Connecting: a connection to another server, within a time.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import { type ClientTransport, DisconnectedError } from "./client.ts";
import { TimeoutError, within } from "./within.ts";

/** Where a server listens. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** Connects to a server; gives that up when the signal says so. */
export type Connect = (address: PeerAddress, signal: AbortSignal) => Promise<ClientTransport>;

/** How to connect. */
export interface ConnectingOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Ends it before its time. */
  readonly signal?: AbortSignal;
  /** @default a TCP connection */
  readonly connect?: Connect;
}

/**
 * Connects. What comes when nobody waits any more is closed.
 *
 * @throws {TimeoutError} When the time is up.
 * @throws {DisconnectedError} When there is no connection; `cause` is the system's reason.
 */
export async function connectWithin(
  address: PeerAddress,
  { clock, timeoutMs, signal, connect = connectTcp }: ConnectingOptions,
): Promise<ClientTransport> {
  const aborter = new AbortController();
  const abort = () => aborter.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  const connecting = connect(address, aborter.signal).then((transport) => {
    if (!aborter.signal.aborted) return transport;
    transport.close();
    throw new DisconnectedError("Connected in vain: nobody waits any more");
  });
  try {
    return await within(connecting, timeoutMs, { clock, signal });
  } catch (error) {
    abort();
    if (error instanceof TimeoutError || error instanceof DisconnectedError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DisconnectedError(`Cannot connect: ${reason}`, { cause: error });
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

async function connectTcp(
  { host, port }: PeerAddress,
  signal: AbortSignal,
): Promise<ClientTransport> {
  const connection = await Deno.connect({ hostname: host, port, signal });
  connection.setNoDelay(true);
  return connection;
}
