/**
 * Random waits beside real Redis: a handful of clients block and are served, thousands of times, and
 * each time the same clients must be served the same.
 *
 * Not here: XSETID behind XGROUP CREATE in a transaction, which has Redis answer XREAD without an
 * entry; SWAPDB, where Redis serves several keys in the order of a table that chance arranges; and
 * results stored over a value of another type, which wake nobody in Redis 7.0.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { eventually } from "../support/poll.ts";
import type { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";

/** How many steps are taken; `COMMANDS=` in the environment asks for more. */
const STEP_COUNT = Number(Deno.env.get("COMMANDS") ?? 1500);
const WAITER_COUNT = 6;
const KEYS = ["a", "b", "c"] as const;

/** Draws requests. */
class Requests {
  readonly #random: SeededRandom;
  #lastId = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Whether to do what is done so many times in a hundred. */
  percent(share: number): boolean {
    return this.#random.below(100) < share;
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.#random.below(choices.length)];
  }

  /** A request that may block. */
  blocking(): string[] {
    const key = this.one(KEYS), keys = this.#some(() => this.one(KEYS));
    const end = () => this.one(["LEFT", "RIGHT"]);
    const count = this.percent(50) ? [] : ["COUNT", this.one(["1", "2", "5"])];
    return this.one([
      [this.one(["BLPOP", "BRPOP"]), ...keys, "0"],
      ["BLMPOP", "0", String(keys.length), ...keys, end(), ...count],
      ["BLMOVE", key, this.one(KEYS), end(), end(), "0"],
      ["BRPOPLPUSH", key, this.one(KEYS), "0"],
      [this.one(["BZPOPMIN", "BZPOPMAX"]), ...keys, "0"],
      ["BZMPOP", "0", String(keys.length), ...keys, this.one(["MIN", "MAX"]), ...count],
      ["XREAD", ...count, "BLOCK", "0", "STREAMS", key, this.one(["$", "0", String(this.#lastId)])],
      ["XREAD", "BLOCK", "0", "STREAMS", ...KEYS, "$", "$", "$"],
      ["XREADGROUP", "GROUP", "g", this.one(KEYS), "BLOCK", "0", "STREAMS", key, ">"],
      ["XREADGROUP", "GROUP", "g", "n", ...count, "BLOCK", "0", "NOACK", "STREAMS", key, ">"],
    ]);
  }

  /** A request that may end waits. */
  feeding(): string[] {
    const key = this.one(KEYS);
    const element = () => String(this.#random.below(1000));
    const push = () => [this.one(["LPUSH", "RPUSH"]), key, ...this.#some(element)];
    return this.one([
      push(),
      push(),
      ["ZADD", key, ...this.#some(() => [element(), element()]).flat()],
      [this.one(["RENAME", "RENAMENX", "COPY", "RPOPLPUSH"]), key, this.one(KEYS)],
      ["LMOVE", key, this.one(KEYS), "LEFT", "RIGHT"],
      ["SET", key, "string"],
      ["DEL", key],
      ["DEL", ...KEYS],
      ["FLUSHDB"],
      [this.one(["LPOP", "RPOP", "ZPOPMIN"]), key],
      ["LTRIM", key, "0", "1"],
      ["XADD", key, String(++this.#lastId), "field", element()],
      ["XADD", key, "MAXLEN", "1", String(++this.#lastId), "field", element()],
      ["XGROUP", "CREATE", key, "g", this.one(["$", "0"]), "MKSTREAM"],
      ["XGROUP", "SETID", key, "g", this.one(["$", "0"])],
      ["XGROUP", "DESTROY", key, "g"],
      ["XTRIM", key, "MAXLEN", "1"],
      ["XSETID", key, String(++this.#lastId)],
      ["EXPIRE", key, this.one(["1000", "0"])],
      ["PERSIST", key],
    ]);
  }

  #some<T>(draw: () => T): T[] {
    return Array.from({ length: 1 + this.#random.below(3) }, draw);
  }
}

/** A client that is blocked from time to time. */
interface Waiter {
  readonly name: string;
  readonly both: Both;
  isBlocked: boolean;
}

differential("random clients wait and are served alike", async (both) => {
  const requests = new Requests(new SeededRandom(takeSeed("random waits")));
  const waiters: Waiter[] = [];
  for (let index = 0; index < WAITER_COUNT; index++) {
    const waiter = { name: `w${index}`, both: await both.onSecondConnection(), isBlocked: false };
    await waiter.both.same("CLIENT", "SETNAME", waiter.name);
    waiters.push(waiter);
  }
  for (let step = 0; step < STEP_COUNT; step++) {
    const idle = waiters.filter((waiter) => !waiter.isBlocked);
    if (idle.length > 0 && requests.percent(50)) {
      await tryToBlock(both, requests.one(idle), requests.blocking());
    } else if (requests.percent(5)) {
      await unblock(both, requests.one(waiters), requests.one(["TIMEOUT", "ERROR"]));
    } else if (requests.percent(15)) {
      await runTransaction(both, requests);
    } else {
      await both.same(...requests.feeding());
    }
    await receiveServed(both, waiters);
  }
});

/** Sends a request and waits until it blocks or is through. */
async function tryToBlock(both: Both, waiter: Waiter, request: string[]): Promise<void> {
  await waiter.both.same("ECHO", waiter.name); // so that the next command is seen to have begun
  await waiter.both.begin(...request);
  waiter.isBlocked = true;
  const command = ` cmd=${request[0].toLowerCase()} `;
  await both.sameOutcome(
    `wait until ${waiter.name} has begun`,
    (client) =>
      eventually(async () => (await lineOf(client, waiter.name)).includes(command), { pauseMs: 0 }),
  );
}

/** Several changes as one, behind which those are served who wait for what is there then. */
async function runTransaction(both: Both, requests: Requests): Promise<void> {
  await both.same("MULTI");
  do {
    const request = requests.feeding();
    if (request[0] !== "XSETID") await both.same(...request);
  } while (requests.percent(70));
  await both.same("EXEC");
}

async function unblock(both: Both, waiter: Waiter, reason: string): Promise<void> {
  await both.sameOutcome(`CLIENT UNBLOCK of ${waiter.name}, ${reason}`, async (client) => {
    const id = /id=(\d+)/.exec(await lineOf(client, waiter.name))![1];
    return await client.value("CLIENT", "UNBLOCK", id, reason);
  });
}

/** Reads the replies of those who are blocked no longer. */
async function receiveServed(both: Both, waiters: readonly Waiter[]): Promise<void> {
  const blocked = await both.sameOutcome("who is blocked", async (client) => {
    const list = String(await client.value("CLIENT", "LIST"));
    return [...list.matchAll(/ name=(w\d) .* flags=b /g)].map((match) => match[1]).sort();
  });
  for (const waiter of waiters) {
    if (!waiter.isBlocked || blocked.includes(waiter.name)) continue;
    await waiter.both.sameNext();
    waiter.isBlocked = false;
  }
}

/** A client's line of CLIENT LIST. */
async function lineOf(client: RespClient, name: string): Promise<string> {
  const list = String(await client.value("CLIENT", "LIST"));
  return list.split("\n").find((line) => line.includes(` name=${name} `)) ?? "";
}
