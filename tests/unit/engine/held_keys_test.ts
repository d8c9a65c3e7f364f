/**
 * Held keys: which requests and which holds wait for which.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { SystemClock } from "../../../src/base/clock.ts";
import { SystemRandom } from "../../../src/base/random.ts";
import { Client } from "../../../src/client/mod.ts";
import { Config } from "../../../src/config/mod.ts";
import type { Hold, HoldMode } from "../../../src/engine/mod.ts";
import { OUT_OF_MEMORY } from "../../../src/errors/catalogue.ts";
import { makeLog, newIdentity, Server, SilentSink } from "../../../src/server/mod.ts";
import { eventually } from "../../support/poll.ts";

/** A server without a socket, and what was granted in it. */
class HoldingServer implements AsyncDisposable {
  readonly server: Server;
  readonly granted: string[] = [];

  constructor() {
    const clock = new SystemClock(), config = new Config();
    config.set([["save", ""]]);
    this.server = new Server({
      config,
      clock,
      random: new SystemRandom(),
      log: makeLog(config, clock, 1, new SilentSink()),
      identity: newIdentity(clock, ""),
      rewriteConfig: () => {},
      exit: () => {},
    });
  }

  client(): Client {
    return new Client(this.server.connect());
  }

  /** @param keys A letter each; those to be written in upper case. */
  acquire(name: string, keys: string): Hold {
    const hold = this.server.heldKeys.acquire(
      [...keys].map((key) => {
        const mode: HoldMode = key === key.toLowerCase() ? "read" : "write";
        return { key: bytesOfText(key.toLowerCase()), mode };
      }),
      () => this.granted.push(name),
    );
    if (hold.isGranted) this.granted.push(name);
    return hold;
  }

  release(...holds: Hold[]): void {
    for (const hold of holds) this.server.heldKeys.release(hold);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.stop();
  }
}

/** Whether a request waits; it is given the time of some requests that don't. */
async function waits(holding: HoldingServer, request: Promise<unknown>): Promise<boolean> {
  let isAnswered = false;
  request.then(() => isAnswered = true, () => isAnswered = true);
  await using other = holding.client();
  for (let count = 0; count < 5; count++) await other.call("PING");
  return !isAnswered;
}

Deno.test("requests that would get in the way of a hold wait for its end", async () => {
  await using holding = new HoldingServer();
  await using client = holding.client();
  await client.call("MSET", "r", "1", "w", "2");
  const hold = holding.acquire("a", "rW");
  const reading = [["GET", "r"], ["GET", "w"], ["MGET", "r", "w"], ["SET", "free", "v"]];
  const writing = [["INCR", "r"], ["INCR", "w"], ["COPY", "free", "w"], ["FLUSHALL"]];
  for (const words of reading) await client.call(...words);
  const held: Promise<unknown>[] = [];
  const clients: Client[] = [];
  const isHeld = async (...words: string[]): Promise<boolean> => {
    const other = holding.client();
    clients.push(other);
    const request = other.call(...words);
    held.push(request);
    return await waits(holding, request);
  };
  for (const words of writing.slice(0, 3)) assert(await isHeld(...words), words.join(" "));
  holding.server.heldKeys.makeExclusive(hold);
  assertEquals(await client.call("GET", "r"), "1");
  assert(await isHeld("MGET", "free", "w"));
  assert(await isHeld(...writing[3]));
  holding.release(hold);
  await Promise.all(held);
  for (const other of clients) await other.close();
});

Deno.test("a transaction waits when one of its requests would", async () => {
  await using holding = new HoldingServer();
  await using client = holding.client();
  const hold = holding.acquire("a", "W");
  await client.call("MULTI");
  await client.call("SET", "free", "1");
  await client.call("SET", "w", "1");
  const outcome = client.call("EXEC");
  assert(await waits(holding, outcome));
  holding.release(hold);
  assertEquals(await outcome, ["OK", "OK"]);
});

Deno.test("holds that can't be beside each other come one after the other", async () => {
  await using holding = new HoldingServer();
  const { granted } = holding;
  const a = holding.acquire("a", "x"), b = holding.acquire("b", "xy");
  assertEquals(granted, ["a", "b"]);
  const c = holding.acquire("c", "XZ"),
    d = holding.acquire("d", "x"),
    e = holding.acquire("e", "z");
  assertEquals(granted, ["a", "b"], "d could be beside a, but came after c");
  holding.release(a);
  assertEquals(granted, ["a", "b"]);
  holding.release(b);
  assertEquals(granted, ["a", "b", "c"]);
  holding.release(d); // before it was granted
  holding.release(c);
  assertEquals(granted, ["a", "b", "c", "e"]);
  holding.release(e);
  assertEquals(holding.server.heldKeys.isInForce, false);
});

Deno.test("requests that waited have their turn before the next hold", async () => {
  await using holding = new HoldingServer();
  await using client = holding.client();
  const first = holding.acquire("a", "W");
  const request = client.call("INCR", "w");
  assert(await waits(holding, request));
  const next = holding.acquire("b", "W");
  holding.release(first);
  assertEquals(holding.granted, ["a"]);
  assertEquals(await request, 1);
  await eventually(() => next.isGranted);
  assertEquals(next.hasChanges, false);
  holding.release(next);
});

Deno.test("no hold gets a key before a request that waits for it", async () => {
  await using holding = new HoldingServer();
  await using client = holding.client();
  const first = holding.acquire("a", "r");
  const request = client.call("INCR", "r");
  assert(await waits(holding, request));
  const next = holding.acquire("b", "r");
  assertEquals(next.isGranted, false);
  holding.release(first);
  assertEquals(await request, 1);
  await eventually(() => next.isGranted);
  holding.release(next);
});

Deno.test("what needs all keys waits until none is held, and no hold begins before", async () => {
  await using holding = new HoldingServer();
  await using client = holding.client();
  await client.call("SET", "k", "v");
  const first = holding.acquire("a", "x");
  const request = client.call("FLUSHALL");
  assert(await waits(holding, request));
  const next = holding.acquire("b", "y");
  assertEquals(next.isGranted, false);
  holding.release(first);
  await request;
  await eventually(() => next.isGranted);
  holding.release(next);
});

Deno.test("a hold that is refused keeps nobody waiting", async () => {
  await using holding = new HoldingServer();
  await using client = holding.client(), other = holding.client();
  const hold = holding.acquire("a", "W");
  const request = client.call("INCR", "w");
  const emptying = other.call("FLUSHALL");
  assert(await waits(holding, request) && await waits(holding, emptying));
  holding.server.heldKeys.refuse(hold, OUT_OF_MEMORY);
  for (const refused of [request, emptying]) {
    assertEquals(await refused.catch((error) => error.message), OUT_OF_MEMORY.text);
  }
  const next = holding.acquire("b", "y");
  await eventually(() => next.isGranted);
});

Deno.test("a client that waits for a key is not served by changing one that is held", async () => {
  await using holding = new HoldingServer();
  await using client = holding.client(), waiter = holding.client();
  const move = waiter.call("BLMOVE", "source", "w", "LEFT", "RIGHT", "0");
  await eventually(() => [...holding.server.clients].some(({ isBlocked }) => isBlocked));
  const hold = holding.acquire("a", "W");
  await client.call("RPUSH", "source", "element");
  assert(await waits(holding, move));
  assertEquals(hold.hasChanges, false);
  holding.release(hold);
  assertEquals(await move, "element");
  assertEquals(await client.call("LRANGE", "w", "0", "-1"), ["element"]);
});

Deno.test("a change by somebody who was let in before is noted", async () => {
  await using holding = new HoldingServer();
  const hold = holding.acquire("a", "wX");
  const waiting = holding.acquire("b", "X");
  const { changeListeners, store } = holding.server;
  await using client = holding.client();
  await client.call("SET", "other", "v");
  assertEquals(hold.hasChanges, false);
  changeListeners.flushed([store.databases[0]]);
  assert(hold.hasChanges && hold.isChanged(0, bytesOfText("x")));
  assertEquals(hold.isChanged(1, bytesOfText("x")), false);
  assertEquals(waiting.hasChanges, false);
  holding.release(hold, waiting);
});
