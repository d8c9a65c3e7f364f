/**
 * Client: the other end of a connection, for embedding, for tests and for links between servers.
 *
 * ```ts
 * import { Client } from "./mod.ts";
 *
 * const gone = { read: () => Promise.resolve(null), write: () => Promise.resolve(1), close() {} };
 * await using client = new Client(gone);
 * const outcome = await client.call("PING").catch((error) => error.name);
 * console.assert(outcome === "DisconnectedError");
 * ```
 *
 * @module
 */

export {
  Client,
  type ClientOptions,
  type ClientTransport,
  DisconnectedError,
  type HelloOptions,
} from "./client.ts";
export {
  type AcquireLimits,
  ClientPool,
  type ClientPoolOptions,
  type PooledClient,
} from "./client_pool.ts";
export { type Connect, connectWithin, type PeerAddress } from "./connecting.ts";
export { ReconnectingClient, type ReconnectingOptions } from "./reconnecting_client.ts";
export { SharedConnections, type SharedConnectionsOptions } from "./shared_connections.ts";
export { rest, TimeoutError, within } from "./within.ts";
export type { BulkKind, ReplyValue, RequestWord } from "../resp/mod.ts";
