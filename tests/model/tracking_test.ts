/**
 * Client-side caching against the simplest caches: clients that keep what they read, in all modes,
 * while keys change, expire and vanish, and clients come and go. Whatever happened, a client that has
 * read what it was sent has no key with another value than the server.
 *
 * A client leaves out what was invalidated while it waited for the reply, as real ones must, and what
 * it changes itself it drops, as one with NOLOOP must. Several clients act at once.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { Client } from "../../src/client/mod.ts";
import { BlockingServer } from "../unit/engine/blocking_server.ts";
import { takeSeed } from "../support/seed.ts";
import { cachedKeys, TRACKING_MODES } from "../support/tracking.ts";

const ROUND_COUNT = 400;
const CLIENT_COUNT = 6;
const KEYS = cachedKeys(24);

/** A client with a cache. */
class CachingClient {
  readonly cache = new Map<string, unknown>();
  readonly #client: Client;
  /** Keys that were invalidated since the running request was sent; `undefined`: all. */
  #invalidated: Set<string> | undefined = new Set();
  #mode: readonly string[] = [];

  constructor(client: (receivePush: (push: unknown) => void) => Client) {
    this.#client = client((push) => this.#invalidate(push as [string, string[] | null]));
  }

  /** Begins to track in a mode, whatever it did before. */
  async begin(mode: readonly string[]): Promise<void> {
    await this.#client.hello(3);
    await this.#client.call("CLIENT", "TRACKING", "OFF");
    this.cache.clear();
    this.#mode = mode;
    await this.#client.call("CLIENT", "TRACKING", "ON", ...mode);
  }

  /** Reads keys, and keeps what may be kept. @param isNamed Whether CLIENT CACHING is said before. */
  async read(keys: readonly string[], isNamed: boolean): Promise<void> {
    const isOptIn = this.#mode.includes("OPTIN"), isOptOut = this.#mode.includes("OPTOUT");
    this.#invalidated = new Set();
    const caching = isNamed && (isOptIn || isOptOut)
      ? this.#client.call("CLIENT", "CACHING", isOptIn ? "YES" : "NO")
      : undefined;
    const values = await this.#client.call("MGET", ...keys) as unknown[];
    await caching;
    if (isOptIn ? !isNamed : isOptOut && isNamed) return;
    keys.forEach((key, index) => {
      const isTold = !this.#mode.includes("PREFIX") || key.startsWith("a:") || key.startsWith("b");
      if (isTold && this.#invalidated?.has(key) === false) this.cache.set(key, values[index]);
    });
  }

  /** Runs commands as one transaction, and drops what they change. */
  async change(commands: readonly (readonly string[])[]): Promise<void> {
    const replies = [this.#client.call("MULTI")];
    for (const words of commands) replies.push(this.#client.call(...words));
    replies.push(this.#client.call("EXEC"));
    await Promise.all(replies);
    for (const words of commands) for (const word of words) this.cache.delete(word);
  }

  /** Reads all that it was sent. */
  async catchUp(): Promise<void> {
    await this.#client.call("PING");
  }

  async close(): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }

  #invalidate([, keys]: [string, string[] | null]): void {
    if (keys === null) {
      this.cache.clear();
      this.#invalidated = undefined;
      return;
    }
    for (const key of keys) {
      this.cache.delete(key);
      this.#invalidated?.add(key);
    }
  }
}

Deno.test("no client keeps a key with a value that it has no more", async () => {
  const random = new SeededRandom(takeSeed("tracking"));
  await using fixture = new BlockingServer();
  const { server } = fixture;
  const control = fixture.client();
  const pick = <T>(choices: readonly T[]) => choices[random.below(choices.length)];
  const newClient = async () => {
    const client = new CachingClient((receivePush) =>
      new Client(server.connect(), { receivePush })
    );
    await client.begin(pick(TRACKING_MODES));
    return client;
  };
  const someKeys = () => Array.from({ length: 1 + random.below(4) }, () => pick(KEYS));
  const someChange = (): string[] => {
    const key = pick(KEYS);
    switch (random.below(40)) {
      case 0:
        return ["FLUSHALL"];
      case 1:
      case 2:
        return ["RENAME", key, pick(KEYS)];
      case 3:
      case 4:
      case 5:
        return ["DEL", ...someKeys()];
      case 6:
      case 7:
      case 8:
        return ["PEXPIRE", key, String(random.below(60))];
      default:
        return ["SET", key, String(random.below(1000)), "PX", String(1 + random.below(300))];
    }
  };
  const clients: CachingClient[] = [];
  let keptCount = 0;
  const act = async (index: number): Promise<void> => {
    const client = clients[index];
    const dice = random.below(100);
    if (dice < 60) return await client.read(someKeys(), random.below(2) === 0);
    if (dice < 92) {
      return await client.change(Array.from({ length: 1 + random.below(3) }, someChange));
    }
    if (dice < 96) return await client.begin(pick(TRACKING_MODES));
    await client.close();
    clients[index] = await newClient();
  };

  for (let index = 0; index < CLIENT_COUNT; index++) clients.push(await newClient());
  await control.call("CONFIG", "SET", "tracking-table-max-keys", "12");
  for (let round = 0; round < ROUND_COUNT; round++) {
    await Promise.all(clients.map((_, index) => act(index)));
    if (random.below(3) === 0) fixture.clock.advance(random.below(50));
    for (const client of clients) await client.catchUp();
    const values = await control.call("MGET", ...KEYS) as unknown[];
    for (const client of clients) {
      for (const [key, value] of client.cache) {
        assertEquals(value, values[KEYS.indexOf(key)], `${key} in round ${round}`);
        keptCount++;
      }
    }
  }
  // Caches that are always empty would be right, too.
  assertEquals(keptCount > ROUND_COUNT, true, `only ${keptCount} values were kept`);
  for (const client of clients) await client.close();
});
