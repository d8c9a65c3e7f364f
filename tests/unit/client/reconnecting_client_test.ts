/**
 * Reconnecting client: its life over connections in memory that the test answers and cuts, on a clock
 * that is turned.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { textOfBytes } from "../../../src/base/byte_view.ts";
import { ManualClock } from "../../../src/base/clock.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import {
  DisconnectedError,
  ReconnectingClient,
  type ReconnectingOptions,
  TimeoutError,
} from "../../../src/client/mod.ts";
import { MemoryTransport } from "../../../src/net/mod.ts";

const TIMEOUT_MS = 100;
const HEARTBEAT_MS = 1000;
const PAUSE_MS_MAX = 800;

/** A server that is the test, and a client of it. */
class Fixture implements AsyncDisposable {
  readonly clock = new ManualClock();
  /** The other ends, in the order in which they were connected. */
  readonly ends: MemoryTransport[] = [];
  /** What the server got, one entry a request. */
  readonly requests: string[] = [];
  readonly breaks: string[] = [];
  heardCount = 0;
  isReachable = true;
  isAnswering = true;
  readonly client: ReconnectingClient;

  constructor(options: Partial<ReconnectingOptions> = {}) {
    this.client = new ReconnectingClient({ host: "here", port: 1 }, {
      clock: this.clock,
      random: new SeededRandom(1),
      timeoutMs: TIMEOUT_MS,
      heartbeatMs: HEARTBEAT_MS,
      pauseMsMin: 100,
      pauseMsMax: PAUSE_MS_MAX,
      connect: () => {
        if (!this.isReachable) return Promise.reject(new Deno.errors.ConnectionRefused("nobody"));
        const [ours, theirs] = MemoryTransport.pair();
        this.ends.push(theirs);
        this.#serve(theirs);
        return Promise.resolve(ours);
      },
      heard: () => this.heardCount++,
      broken: (reason) => this.breaks.push(reason.message),
      ...options,
    });
  }

  async #serve(end: MemoryTransport): Promise<void> {
    const chunk = new Uint8Array(1024);
    for (;;) {
      const byteCount = await end.read(chunk);
      if (byteCount === null) return;
      this.requests.push(textOfBytes(chunk, 0, byteCount).split("\r\n")[2]);
      if (this.isAnswering) await end.write(new TextEncoder().encode("+fine\r\n"));
    }
  }

  async advance(milliseconds: number): Promise<void> {
    await settle();
    this.clock.advance(milliseconds);
    await settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    for (const end of this.ends) end.close();
  }
}

/** Lets everything run that waits for nothing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await undefined;
}

Deno.test("ReconnectingClient prepares a connection before anybody calls over it", async () => {
  await using fixture = new Fixture({
    prepare: async (client) => void await client.call("HELLO"),
  });
  assert(!fixture.client.isConnected);
  await assertRejects(() => fixture.client.call("GET"), DisconnectedError);
  await settle();
  assert(fixture.client.isConnected);
  assertEquals(await fixture.client.call("GET"), "fine");
  assertEquals(fixture.requests, ["HELLO", "GET"]);
});

Deno.test("ReconnectingClient connects again, after pauses that double up to a limit", async () => {
  await using fixture = new Fixture();
  await settle();
  fixture.isReachable = false;
  fixture.ends[0].close();
  await settle();
  assert(!fixture.client.isConnected);
  assertEquals(fixture.breaks.length, 1);
  for (const wholeMs of [100, 200, 400, 800, 800]) {
    const attempts = fixture.breaks.length;
    await fixture.advance(wholeMs / 2 - 1);
    assertEquals(fixture.breaks.length, attempts, `too early: ${wholeMs}`);
    await fixture.advance(wholeMs / 2 + 1);
    assertEquals(fixture.breaks.length, attempts + 1, `too late: ${wholeMs}`);
  }
  const reason = await assertRejects(() => fixture.client.call("GET"), DisconnectedError);
  assert(reason.message.includes("nobody"));
  fixture.isReachable = true;
  await fixture.advance(PAUSE_MS_MAX);
  assertEquals(await fixture.client.call("GET"), "fine");
});

Deno.test("ReconnectingClient gives a connection up that does not answer", async () => {
  await using fixture = new Fixture();
  await fixture.advance(HEARTBEAT_MS);
  assertEquals(fixture.requests, ["PING"]);
  assertEquals(fixture.heardCount, 2);
  fixture.isAnswering = false;
  await fixture.advance(HEARTBEAT_MS);
  await fixture.advance(TIMEOUT_MS / 2);
  const waiting = assertRejects(() => fixture.client.call("GET"), DisconnectedError);
  await fixture.advance(TIMEOUT_MS / 2);
  assertEquals(fixture.heardCount, 2);
  await waiting;
  assertEquals(fixture.breaks.length, 1);
  fixture.isAnswering = true;
  await fixture.advance(PAUSE_MS_MAX);
  assertEquals(fixture.ends.length, 2);
  assertEquals(fixture.heardCount, 3);
});

Deno.test("ReconnectingClient keeps a connection whose reply came too late for its caller", async () => {
  await using fixture = new Fixture();
  await settle();
  fixture.isAnswering = false;
  const waiting = assertRejects(() => fixture.client.call("SLOW"), TimeoutError);
  await fixture.advance(TIMEOUT_MS);
  await waiting;
  fixture.isAnswering = true;
  await fixture.ends[0].write(new TextEncoder().encode("+late\r\n"));
  assertEquals(await fixture.client.call("GET"), "fine");
  assertEquals(fixture.ends.length, 1);
});

Deno.test("ReconnectingClient tries again when a connection can't be prepared", async () => {
  let attemptCount = 0;
  await using fixture = new Fixture({
    prepare: () => ++attemptCount < 3 ? Promise.reject(new Error("no")) : Promise.resolve(),
  });
  await fixture.advance(100);
  await fixture.advance(200);
  assertEquals(fixture.breaks, ["Disconnected: no", "Disconnected: no"]);
  assert(fixture.client.isConnected);
});

Deno.test("ReconnectingClient.close ends it, whatever it does", async () => {
  const ways: ((fixture: Fixture) => Promise<void>)[] = [
    () => Promise.resolve(), // connecting
    () => settle(), // connected
    async (fixture) => { // between two attempts
      fixture.isReachable = false;
      await settle();
      fixture.ends[0].close();
      await settle();
    },
    async (fixture) => { // waiting for a heartbeat
      fixture.isAnswering = false;
      await fixture.advance(HEARTBEAT_MS);
    },
  ];
  for (const way of ways) {
    const fixture = new Fixture();
    await way(fixture);
    await fixture.client.close();
    assert(!fixture.client.isConnected);
    await assertRejects(() => fixture.client.call("GET"), DisconnectedError);
    const connectedCount = fixture.ends.length;
    await fixture.advance(10 * PAUSE_MS_MAX);
    assertEquals(fixture.ends.length, connectedCount);
    await fixture[Symbol.asyncDispose]();
  }
});
