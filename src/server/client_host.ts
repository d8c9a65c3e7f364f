/**
 * Client host: lets clients in, turns them away, and closes those that went too far.
 *
 * @module
 */

import { bytesOfText } from "../base/byte_view.ts";
import { clientLine } from "../commands/mod.ts";
import { type ClientClass, type OutputBufferLimit, outputBufferLimitsOf } from "../config/mod.ts";
import {
  type ClusterNode,
  type Dispatcher,
  Replayer,
  RequestBatch,
  type ServerParts,
  Session,
} from "../engine/mod.ts";
import { MAX_CLIENTS, PROTECTED_MODE_DENIED } from "../errors/catalogue.ts";
import type { RedisError } from "../errors/redis_error.ts";
import {
  BufferPool,
  Connection,
  type ConnectionShare,
  MemoryTransport,
  Outbox,
  Resumptions,
  type SocketOptions,
  type Transport,
  Turns,
} from "../net/mod.ts";
import type { RequestLimits } from "../resp/mod.ts";

/** Least limit on the memory of clients: with less, nobody could tell the server to raise it. */
const CLIENT_MEMORY_BYTES_MIN = 128 * 1024;
/** Replies that a client may leave unread while it sends on, where no limit of the configuration counts. */
const UNREAD_BYTES_MAX = 16 * 1024 * 1024;
/** So few waiting replies count for no limit; in Redis they lie in a client's first buffer. */
const UNCOUNTED_BYTES_MAX = 16 * 1024;

/** How long a server that ends waits for clients to take their last replies. */
const FAREWELL_MS_MAX = 500;

/** Serves the connections of one server. */
export class ClientHost implements ConnectionShare {
  readonly buffers = new BufferPool();
  readonly turns = new Turns();
  readonly resumptions = new Resumptions();
  readonly outbox = new Outbox(this.turns);
  farewell: Promise<void> | undefined;
  queryBytesMax = 0;

  readonly #server: ServerParts;
  readonly #dispatcher: Dispatcher;
  /** Told of an exception that is a bug. */
  readonly #failed: (error: unknown) => void;
  readonly #batch = new RequestBatch();
  readonly #limits: RequestLimits = { bulkBytesMax: 0 };
  readonly #running = new Set<Promise<void>>();
  /** When a client's output went over the soft limit, in unix seconds. */
  readonly #overSoftLimitSinceSeconds = new WeakMap<Connection, number>();
  #outputLimits!: Record<ClientClass, OutputBufferLimit>;
  #clientCountMax = 0;
  #idleSecondsMax = 0;
  /** What all clients together may hold; `Infinity` for no limit. */
  #memoryBytesMax = Infinity;

  constructor(server: ServerParts, dispatcher: Dispatcher, failed: (error: unknown) => void) {
    this.#server = server;
    this.#dispatcher = dispatcher;
    this.#failed = failed;
    const config = server.config;
    const readLimits = () => {
      this.queryBytesMax = config.number("client-query-buffer-limit");
      this.#limits.bulkBytesMax = config.number("proto-max-bulk-len");
      this.#outputLimits = outputBufferLimitsOf(config.text("client-output-buffer-limit"));
      this.#clientCountMax = config.number("maxclients");
      this.#idleSecondsMax = config.number("timeout");
    };
    config.onApply([
      "client-query-buffer-limit",
      "proto-max-bulk-len",
      "client-output-buffer-limit",
      "maxclients",
      "timeout",
    ], readLimits);
    readLimits();
  }

  /** Puts `maxmemory-clients` into force, in bytes or in percent of `maxmemory`. */
  limitMemory(): void {
    const limit = this.#server.config.number("maxmemory-clients");
    const bytesMax = limit >= 0
      ? limit
      : Math.floor(this.#server.config.number("maxmemory") * -limit / 100);
    this.#memoryBytesMax = bytesMax === 0 ? Infinity : Math.max(bytesMax, CLIENT_MEMORY_BYTES_MIN);
    this.#evictClients();
  }

  /** How sockets are set up, by the configuration in force. */
  get socketOptions(): SocketOptions {
    return {
      isNoDelay: this.#server.config.boolean("tcp-nodelay"),
      isKeptAlive: this.#server.config.number("tcp-keepalive") > 0,
    };
  }

  /** Lets this node itself in, which asks itself as it asks others. @param self It. */
  acceptNode(transport: Transport, self: ClusterNode): void {
    const session = this.#welcome(transport);
    session.peer = self;
    session.isAuthenticated = true;
  }

  /** Lets a client in, or tells it why not. */
  accept(transport: Transport): void {
    const { log, stats } = this.#server;
    log.verbose(`Accepted ${transport.peerAddress}`);
    const refusal = this.#refusalOf(transport);
    if (refusal !== undefined) {
      stats.connectionsRejected++;
      this.#keep(turnAway(transport, refusal));
      return;
    }
    stats.connectionsReceived++;
    this.#welcome(transport);
  }

  #welcome(transport: Transport): Session {
    const { clients, store } = this.#server;
    store.environment.refreshTime();
    const connection = new Connection(transport, this);
    const session = this.#newSession(connection, clients.nextId(), this.#dispatcher);
    clients.add(session);
    this.#keep(connection.run(session));
    return session;
  }

  #newSession(connection: Connection, id: number, dispatcher: Dispatcher): Session {
    return new Session(connection, dispatcher, {
      id,
      nowMs: this.#server.store.environment.nowMs,
      limits: this.#limits,
      batch: this.#batch,
      isAuthenticated: !this.#server.authenticator.requiresPassword,
    });
  }

  get clearance(): Promise<void> | undefined {
    return this.#server.appendOnly.clearance;
  }

  get nowMs(): number {
    return this.#server.clock.nowMs();
  }

  countRead(byteCount: number): void {
    const stats = this.#server.stats;
    stats.readsProcessed++;
    stats.clientInputBytes += byteCount;
  }

  countWrite(byteCount: number): void {
    const stats = this.#server.stats;
    stats.writesProcessed++;
    stats.clientOutputBytes += byteCount;
  }

  queryOverflow(connection: Connection): void {
    this.#server.log.warning(
      `Closing client that reached max query buffer length: ${this.#describe(connection)}`,
    );
  }

  outputWaits(connection: Connection, waitingBytes: number): void {
    const byteCount = waitingBytes > UNCOUNTED_BYTES_MAX ? waitingBytes : 0;
    const limit = this.#outputLimits[connection.outputClass];
    let isTooMuch = !connection.isTrusted && byteCount > 0;
    if (limit.hardBytes === 0 && limit.softBytes === 0 && !isTooMuch) return;
    const isOverSoft = limit.softBytes > 0 && byteCount >= limit.softBytes;
    isTooMuch ||= limit.hardBytes > 0 && byteCount >= limit.hardBytes;
    if (isOverSoft) {
      // In whole seconds, as Redis counts them.
      const nowSeconds = Math.floor(this.#server.clock.nowMs() / 1000);
      const sinceSeconds = this.#overSoftLimitSinceSeconds.get(connection) ?? nowSeconds;
      this.#overSoftLimitSinceSeconds.set(connection, sinceSeconds);
      isTooMuch ||= nowSeconds - sinceSeconds > limit.softSeconds;
    } else {
      this.#overSoftLimitSinceSeconds.delete(connection);
    }
    if (!isTooMuch || connection.isClosed) return;
    this.#server.log.warning(
      `Client ${
        this.#describe(connection)
      } scheduled to be closed ASAP for overcoming of output buffer limits.`,
    );
    connection.close();
  }

  mayHaveMore(outputBytes: number): boolean {
    const { normal } = this.#outputLimits;
    const isLimited = normal.hardBytes > 0 || normal.softBytes > 0 ||
      this.#memoryBytesMax < Infinity;
    return isLimited || outputBytes < UNREAD_BYTES_MAX;
  }

  memoryChanged(byteDelta: number): void {
    this.#server.clients.memoryBytes += byteDelta;
    if (byteDelta > 0) this.#evictClients();
  }

  /** Runs recorded requests, for a client that is not there. */
  replayer(): Replayer {
    return new Replayer(
      this.#server,
      this.#dispatcher,
      this.unconnectedSession(this.#dispatcher),
    );
  }

  /** A session that is connected to nobody. @param dispatcher Runs its requests. */
  unconnectedSession(dispatcher: Dispatcher): Session {
    const [ours] = MemoryTransport.pair();
    return this.#newSession(new Connection(ours, this), 0, dispatcher);
  }

  /** Lets clients go on that do not read their replies, and closes those that have too many. */
  attendUnread(): void {
    for (const { connection } of this.#server.clients) {
      const outputBytes = connection.outputBytes;
      if (outputBytes === 0) continue;
      this.outputWaits(connection, outputBytes);
      connection.readAhead();
    }
  }

  /** Closes clients that have been silent for longer than `timeout` or hold too much. */
  closeOverdue(): void {
    this.#evictClients();
    const { clients, log } = this.#server;
    const { nowMs } = this;
    for (const session of clients) {
      const idleMs = nowMs - session.lastActiveMs;
      const maySleep = session.isBlocked || session.isMonitor ||
        session.subscriber !== undefined || session.peer !== undefined;
      if (this.#idleSecondsMax > 0 && idleMs > this.#idleSecondsMax * 1000 && !maySleep) {
        log.verbose("Closing idle client");
        session.connection.close();
      }
    }
  }

  /**
   * Closes all connections, once their replies are sent or nobody took them in time; waits for that.
   *
   * @param farewell They are closed behind that: who is, and comes again, must find nobody.
   */
  async closeAll(farewell: Promise<void>): Promise<void> {
    const { clients, clock } = this.#server;
    this.farewell = farewell;
    for (const session of [...clients]) session.connection.closeAfterReply();
    const timer = clock.setTimer(FAREWELL_MS_MAX, () => {
      for (const session of [...clients]) session.connection.close();
    });
    await Promise.all(this.#running);
    timer.cancel();
  }

  /** Closes the clients that hold most, until what they all hold is within `maxmemory-clients`. */
  #evictClients(): void {
    const { clients, log, stats } = this.#server;
    if (clients.memoryBytes <= this.#memoryBytesMax) return;
    const evictable = [...clients].filter(({ isNeverEvicted, peer }) =>
      !isNeverEvicted && peer === undefined
    )
      .sort((a, b) => b.connection.memoryBytes - a.connection.memoryBytes);
    for (const session of evictable) {
      log.notice(`Evicting client: ${this.#describe(session.connection)}`);
      stats.evictedClients++;
      session.connection.close();
      if (clients.memoryBytes <= this.#memoryBytesMax) return;
    }
    log.warning("Over client maxmemory after evicting all evictable clients");
  }

  /** The line of CLIENT LIST for the client of a connection. */
  #describe(connection: Connection): string {
    const { clients, clock } = this.#server;
    const session = [...clients].find((client) => client.connection === connection);
    if (session === undefined) return `addr=${connection.transport.peerAddress}`;
    return clientLine(session, { nowMs: clock.nowMs(), argumentBytes: 0 }).trimEnd();
  }

  #refusalOf(transport: Transport): RedisError | undefined {
    const { clients, config, authenticator } = this.#server;
    if (clients.count >= this.#clientCountMax) return MAX_CLIENTS;
    const isProtected = config.boolean("protected-mode") && !authenticator.requiresPassword;
    return isProtected && !transport.isLocal ? PROTECTED_MODE_DENIED : undefined;
  }

  /** Knows of work until it is done, and reports its failure. */
  #keep(work: Promise<void>): void {
    const kept = work.catch((error) => this.#failed(error)).finally(() =>
      this.#running.delete(kept)
    );
    this.#running.add(kept);
  }
}

/** Says why and closes; that the peer may be gone already is no matter. */
async function turnAway(transport: Transport, refusal: RedisError): Promise<void> {
  try {
    await transport.write(bytesOfText(`-${refusal.text}\r\n`) as Uint8Array<ArrayBuffer>);
  } catch (error) {
    if (
      !(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset)
    ) {
      throw error;
    }
  } finally {
    transport.close();
  }
}
