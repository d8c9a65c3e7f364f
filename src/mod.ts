/**
 * EasyRedis inside another program: a Redis for tests, tools and services.
 *
 * ```ts
 * import { ManualClock, startServer } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = new ManualClock();
 * await using server = await startServer({ clock });
 * await using client = server.client();
 *
 * await client.call("SET", "session", "alice", "EX", 3600);
 * clock.advance(3_599_000);
 * assertEquals(await client.call("GET", "session"), "alice");
 * clock.advance(1_000);
 * assertEquals(await client.call("GET", "session"), null);
 * ```
 *
 * @module
 */

import { type Clock, ManualClock, SystemClock } from "./base/clock.ts";
import { type Random, SystemRandom } from "./base/random.ts";
import { Client } from "./client/mod.ts";
import { Config } from "./config/mod.ts";
import type { MemoryTransport } from "./net/mod.ts";
import type { LogSink } from "./observability/mod.ts";
import { makeLog, newIdentity, Server, SilentSink } from "./server/mod.ts";

export { type Clock, ManualClock, SystemClock } from "./base/clock.ts";
export { type Random, SeededRandom, SystemRandom } from "./base/random.ts";
export {
  type AcquireLimits,
  type BulkKind,
  Client,
  type ClientOptions,
  ClientPool,
  type ClientPoolOptions,
  type ClientTransport,
  type Connect,
  DisconnectedError,
  type HelloOptions,
  type PeerAddress,
  type PooledClient,
  ReconnectingClient,
  type ReconnectingOptions,
  type ReplyValue,
  type RequestWord,
  SharedConnections,
  type SharedConnectionsOptions,
  TimeoutError,
} from "./client/mod.ts";
export { RedisError } from "./errors/redis_error.ts";
export type { LogSink } from "./observability/mod.ts";

/** How a server inside another program is to be. */
export interface StartOptions {
  /**
   * The TCP port on the loopback interface; 0: one that the system chooses; `"none"`: no socket, so
   * no permission is needed either.
   *
   * @default 0
   */
  port?: number | "none";
  /**
   * Directives of redis.conf, by name. With `save`, `appendonly` or `dir` among them, the data are loaded
   * from the files in `dir`. Without, files are left alone but for SAVE and the like.
   */
  config?: Readonly<Record<string, string>>;
  /**
   * Where time comes from. With a `ManualClock`, expiries and timeouts wait for `advance`.
   *
   * @default new SystemClock()
   */
  clock?: Clock;
  /**
   * Where chance comes from; a `SeededRandom` makes RANDOMKEY and the like repeatable.
   *
   * @default new SystemRandom()
   */
  random?: Random;
  /** Where log lines go. @default nowhere */
  log?: LogSink;
}

/** A running server; `await using` stops it. */
export class EasyRedisServer implements AsyncDisposable {
  readonly #server: Server;

  /** @param server Owned from now on. */
  constructor(server: Server) {
    this.#server = server;
  }

  /** The TCP port on 127.0.0.1; 0 without one. */
  get port(): number {
    return this.#server.port;
  }

  /** A client connected in memory; the caller closes it. */
  client(): Client {
    return new Client(this.#server.connect());
  }

  /** A bare connection in memory that speaks RESP; the caller closes it. */
  connect(): MemoryTransport {
    return this.#server.connect();
  }

  /** Lets replies go out, closes all clients and frees the port. */
  stop(): Promise<void> {
    return this.#server.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/**
 * Starts a server in this process.
 *
 * @throws {ConfigError} When a directive is unknown or has a bad value, or the port is taken.
 * @throws {Error} When the data can't be loaded.
 */
export async function startServer(options: StartOptions = {}): Promise<EasyRedisServer> {
  const clock = options.clock ?? new SystemClock();
  const config = new Config();
  config.set([
    ["bind", "127.0.0.1"],
    ["save", ""],
    ...(clock instanceof ManualClock ? [["hz", "1"] as const] : []),
  ]);
  const lines = Object.entries(options.config ?? {}).map(([name, value], index) => ({
    name: name.toLowerCase(),
    words: [value],
    text: `${name} ${value}`,
    line: index + 1,
  }));
  config.load(lines);
  const identity = newIdentity(clock, "");
  const server = new Server({
    config,
    clock,
    random: options.random ?? new SystemRandom(),
    log: makeLog(config, clock, identity.pid, options.log ?? new SilentSink()),
    identity,
    rewriteConfig: () => {},
    exit: () => void server.stop(),
  });
  const port = options.port === "none" ? undefined : options.port ?? 0;
  if (port !== undefined || config.path("unixsocket") !== "") server.listen(port);
  const isAsked = ["save", "dir", "appendonly"].some((name) => name in (options.config ?? {}));
  try {
    if (isAsked) await server.persistence.load();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return new EasyRedisServer(server);
}
