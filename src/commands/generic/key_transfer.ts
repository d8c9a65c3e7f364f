/**
 * Key transfer: has another server RESTORE keys of this one.
 *
 * Everything goes out in one pipeline (AUTH, SELECT, the RESTOREs), a piece at a time: the next keys
 * are dumped when the ones before have been sent, so a slow target costs no memory here and ten
 * thousand keys stall nobody. Then the replies are read, each of which may take as long as the
 * client said.
 *
 * A connection that breaks before the target took anything is made anew, once: one that was kept from
 * before may have been closed meanwhile. A timeout is not tried again.
 *
 * Not here: what happens to the keys afterwards, and that nobody changes them meanwhile.
 * Behaviour: Redis 7.0, `migrateCommand`.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import {
  DisconnectedError,
  type PeerAddress,
  type PooledClient,
  TimeoutError,
  within,
} from "../../client/mod.ts";
import type { ServerParts } from "../../engine/mod.ts";
import {
  TARGET_NOT_CONNECTED,
  TARGET_NOT_READ,
  TARGET_NOT_WRITTEN,
  targetRefused,
} from "../../errors/catalogue.ts";
import { RedisError } from "../../errors/redis_error.ts";
import type { Keyspace } from "../../store/mod.ts";

/** Bytes that are sent before more is dumped. */
const PIECE_BYTES = 64 * 1024;
const PORT_MAX = 65535;
/** Stands for an answer that did not come. */
const TOO_LATE = new TimeoutError("The target does not answer");

/** What goes where. */
export interface TransferRequest {
  readonly address: PeerAddress;
  /** The database there: what the target is told, sensible or not. */
  readonly databaseIndex: bigint;
  /** How long to wait for the connection, for a piece to be sent, for each reply. */
  readonly timeoutMs: number;
  /** Whether keys of the target are replaced. */
  readonly replaces: boolean;
  /** A password, or a user's name and a password; or nothing. */
  readonly authentication: readonly Uint8Array[];
  readonly keys: readonly Uint8Array[];
}

/** What became of it. */
export interface TransferOutcome {
  /** Keys that the target says it has. */
  readonly taken: readonly Uint8Array[];
  /** What the client is told; `undefined`: all went well. */
  readonly error: RedisError | undefined;
}

/** How an exchange ended early. */
interface Failure {
  readonly error: RedisError;
  /** Whether it may be tried again: the connection is gone, and nothing was taken. */
  readonly mayRetry: boolean;
}

/** A reply of the target, which matters only as far as it is an error. */
class Answer {
  /** Whether it is here, or will never be. */
  isSettled = false;
  /** An error of the target, or why there is no reply. */
  error: Error | undefined;
  /** Resolves when it is settled. */
  readonly arrival: Promise<void>;

  constructor(reply: Promise<unknown>) {
    this.arrival = reply.then(() => this.#settle(undefined), (error) => this.#settle(error));
  }

  #settle(error: Error | undefined): void {
    this.isSettled = true;
    this.error = error;
  }
}

/** Sends keys to another server. Never rejects for what the other server or the network does. */
export async function transferKeys(
  server: ServerParts,
  database: Keyspace,
  request: TransferRequest,
): Promise<TransferOutcome> {
  const first = await new KeyTransfer(server, database, request).run();
  if (first.failure?.mayRetry !== true) return first;
  return await new KeyTransfer(server, database, request).run();
}

/** One try. */
class KeyTransfer {
  readonly #server: ServerParts;
  readonly #database: Keyspace;
  readonly #request: TransferRequest;
  readonly #preliminaries: Answer[] = [];
  readonly #restored: { key: Uint8Array; answer: Answer }[] = [];
  readonly #taken: Uint8Array[] = [];
  /** What the target refused first. */
  #refusal: RedisError | undefined;

  constructor(server: ServerParts, database: Keyspace, request: TransferRequest) {
    this.#server = server;
    this.#database = database;
    this.#request = request;
  }

  async run(): Promise<TransferOutcome & { failure?: Failure }> {
    const pooled = await this.#connect();
    if (pooled instanceof RedisError) return { taken: [], error: pooled };
    const failure = await this.#send(pooled) ?? await this.#receive();
    const { peers } = this.#server;
    const isDone = failure === undefined && this.#refusal === undefined;
    pooled.databaseIndex = isDone ? Number(this.#request.databaseIndex) : -1;
    if (failure === undefined) peers.release(pooled);
    else peers.discard(pooled);
    const refusal = this.#refusal;
    const error = refusal === undefined ? failure?.error : targetRefused(refusal.text);
    return { taken: this.#taken, error, failure: refusal === undefined ? failure : undefined };
  }

  async #connect(): Promise<PooledClient | RedisError> {
    const { address, timeoutMs } = this.#request;
    if (address.port < 0 || address.port > PORT_MAX) return TARGET_NOT_CONNECTED;
    // That nobody listens, Redis hears only when it writes.
    if (address.port === 0) return TARGET_NOT_WRITTEN;
    try {
      return await this.#server.peers.acquire(address, { timeoutMs });
    } catch (error) {
      if (error instanceof TimeoutError) return TARGET_NOT_CONNECTED;
      if (!(error instanceof DisconnectedError)) throw error;
      const isRefused = error.cause instanceof Error && error.cause.name === "ConnectionRefused";
      return isRefused ? TARGET_NOT_WRITTEN : TARGET_NOT_CONNECTED;
    }
  }

  async #send(pooled: PooledClient): Promise<Failure | undefined> {
    const { client } = pooled;
    const { authentication, databaseIndex, keys } = this.#request;
    if (authentication.length > 0) {
      this.#preliminaries.push(new Answer(client.call("AUTH", ...authentication)));
    }
    if (BigInt(pooled.databaseIndex) !== databaseIndex) {
      this.#preliminaries.push(new Answer(client.call("SELECT", databaseIndex)));
    }
    let waitingBytes = 0;
    for (const key of keys) {
      waitingBytes += this.#restore(pooled, key);
      if (waitingBytes < PIECE_BYTES) continue;
      waitingBytes = 0;
      const isInTime = await this.#isInTime(client.flushed());
      if (!isInTime || client.isClosed) return { error: TARGET_NOT_WRITTEN, mayRetry: isInTime };
    }
    return await this.#isInTime(client.flushed())
      ? undefined
      : { error: TARGET_NOT_WRITTEN, mayRetry: false };
  }

  /** Sends one key, unless it is gone; returns about how many bytes. */
  #restore({ client }: PooledClient, key: Uint8Array): number {
    const { config, payloads, store } = this.#server, database = this.#database;
    store.environment.refreshTime();
    const ref = database.peek(new ByteView(key));
    if (ref === 0) return 0;
    let ttlMs = 0n;
    if (database.entries.expires(ref)) {
      const expiresAt = database.entries.readExpiry(ref, new Int64()).toBigInt();
      ttlMs = expiresAt - BigInt(database.nowMs);
      if (ttlMs < 1n) ttlMs = 1n;
    }
    const { bytes, start, end } = payloads.dump(
      ref,
      config.boolean("rdbcompression"),
      new ByteView(),
    );
    const options = this.#request.replaces ? ["REPLACE"] : [];
    const payload = bytes.subarray(start, end);
    this.#restored.push({
      key,
      answer: new Answer(client.call("RESTORE", key, ttlMs, payload, ...options)),
    });
    return key.length + payload.length;
  }

  async #receive(): Promise<Failure | undefined> {
    let early: RedisError | undefined;
    for (const answer of this.#preliminaries) {
      const error = await this.#errorOf(answer);
      if (error instanceof RedisError) early ??= error;
      else if (error !== undefined) return failureOf(error, true);
    }
    for (let index = 0; index < this.#restored.length; index++) {
      const { key, answer } = this.#restored[index];
      const error = answer.isSettled ? answer.error : await this.#errorOf(answer);
      if (error !== undefined && !(error instanceof RedisError)) {
        return failureOf(error, index === 0);
      }
      const refusal = early ?? error;
      if (refusal === undefined) this.#taken.push(key);
      else this.#refusal ??= refusal;
    }
    return undefined;
  }

  /** What is wrong with an answer: an error of the target, no connection, too late; or nothing. */
  async #errorOf(answer: Answer): Promise<Error | undefined> {
    return await this.#isInTime(answer.arrival) ? answer.error : TOO_LATE;
  }

  async #isInTime(awaited: Promise<void>): Promise<boolean> {
    try {
      await within(awaited, this.#request.timeoutMs, this.#server);
      return true;
    } catch (error) {
      if (error instanceof TimeoutError) return false;
      throw error;
    }
  }
}

function failureOf(error: Error, isNothingTaken: boolean): Failure {
  return {
    error: TARGET_NOT_READ,
    mayRetry: isNothingTaken && error instanceof DisconnectedError,
  };
}
