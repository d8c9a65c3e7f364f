/**
 * Shared connections: which call goes over which connection, with a server in memory.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { SystemClock } from "../../../src/base/clock.ts";
import {
  ClientPool,
  type ClientTransport,
  DisconnectedError,
  SharedConnections,
  TimeoutError,
} from "../../../src/client/mod.ts";
import { eventually } from "../../support/poll.ts";
import { type EasyRedisServer, RedisError, startServer } from "../../../src/mod.ts";

const HERE = { host: "here", port: 1 };

/** A server, and how a pool reaches it. */
class Fixture implements AsyncDisposable {
  readonly transports: ClientTransport[] = [];
  readonly pool: ClientPool;
  readonly shared: SharedConnections;

  constructor(server: EasyRedisServer, connectionCountMax = 2) {
    this.pool = new ClientPool({
      clock: new SystemClock(),
      clientCountMax: 2,
      idleCountMax: 2,
      idleMsMax: 60_000,
      connect: () => {
        const transport = server.connect();
        this.transports.push(transport);
        return Promise.resolve(transport);
      },
    });
    this.shared = new SharedConnections(this.pool, HERE, { connectionCountMax, timeoutMs: 50 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.close();
  }
}

Deno.test("SharedConnections answers each caller, on no more connections than allowed", async () => {
  await using server = await startServer({ port: "none" });
  await using fixture = new Fixture(server);
  const calls = Array.from({ length: 100 }, (_, index) => fixture.shared.call("ECHO", index));
  assertEquals(await Promise.all(calls), Array.from({ length: 100 }, (_, index) => `${index}`));
  assertEquals(fixture.transports.length, 2);
});

Deno.test("SharedConnections gives connections back when nobody waits on them", async () => {
  await using server = await startServer({ port: "none" });
  await using fixture = new Fixture(server);
  await Promise.all([fixture.shared.call("PING"), fixture.shared.call("PING")]);
  using first = await fixture.pool.acquire(HERE, { timeoutMs: 50 });
  using second = await fixture.pool.acquire(HERE, { timeoutMs: 50 });
  assert(first !== second);
  assertEquals(fixture.transports.length, 2);
  await assertRejects(() => fixture.shared.call("PING"), TimeoutError);
});

Deno.test("SharedConnections passes on what the server refuses, to its caller only", async () => {
  await using server = await startServer({ port: "none" });
  await using fixture = new Fixture(server, 1);
  const refused = assertRejects(() => fixture.shared.call("INCR"), RedisError, "wrong number");
  assertEquals(await fixture.shared.call("PING"), "PONG");
  await refused;
});

Deno.test("SharedConnections uses a connection that broke no more", async () => {
  await using server = await startServer({ port: "none" });
  await using fixture = new Fixture(server, 1);
  await fixture.shared.call("PING");
  const calls = [fixture.shared.call("BLPOP", "absent", 0), fixture.shared.call("PING")];
  const outcomes = Promise.allSettled(calls);
  await using observer = server.client();
  await eventually(async () =>
    /blocked_clients:1/.test(`${await observer.call("INFO", "clients")}`)
  );
  fixture.transports[0].close();
  for (const outcome of await outcomes) {
    assertEquals(outcome.status, "rejected");
    if (outcome.status === "rejected") assertInstanceOf(outcome.reason, DisconnectedError);
  }
  assertEquals(await fixture.shared.call("PING"), "PONG");
  assertEquals(fixture.transports.length, 2);
});
