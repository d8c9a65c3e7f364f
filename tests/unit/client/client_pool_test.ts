/**
 * Client pool: who gets which connection when, with connections in memory and a clock that is turned.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ManualClock } from "../../../src/base/clock.ts";
import {
  ClientPool,
  DisconnectedError,
  type PeerAddress,
  type PooledClient,
  TimeoutError,
} from "../../../src/client/mod.ts";
import { MemoryTransport } from "../../../src/net/mod.ts";

const HERE: PeerAddress = { host: "here", port: 1 };
const THERE: PeerAddress = { host: "there", port: 1 };
const IDLE_MS = 10_000;

/** A pool whose peers are the test. */
class Fixture implements AsyncDisposable {
  readonly clock = new ManualClock();
  /** The other ends, in the order in which they were connected. */
  readonly peers: MemoryTransport[] = [];
  readonly pool: ClientPool;
  /** What connecting waits for, or fails with. */
  connecting: Promise<void> = Promise.resolve();

  constructor(clientCountMax = 2, idleCountMax = 8) {
    this.pool = new ClientPool({
      clock: this.clock,
      clientCountMax,
      idleCountMax,
      idleMsMax: IDLE_MS,
      connect: async () => {
        await this.connecting;
        const [ours, theirs] = MemoryTransport.pair();
        this.peers.push(theirs);
        return ours;
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.close();
    for (const peer of this.peers) peer.close();
  }
}

/** Lets everything run that waits for nothing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await undefined;
}

Deno.test("ClientPool uses a connection again, with what its user noted", async () => {
  await using fixture = new Fixture();
  const { pool } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 });
  assertEquals(first.databaseIndex, -1);
  first.databaseIndex = 3;
  pool.release(first);
  assertStrictEquals(await pool.acquire({ ...HERE }, { timeoutMs: 100 }), first);
  assertEquals(first.databaseIndex, 3);
  assertNotStrictEquals(await pool.acquire(HERE, { timeoutMs: 100 }), first);
  await pool.acquire(THERE, { timeoutMs: 100 });
  assertEquals(pool.clientCount, 3);
});

Deno.test("ClientPool closes a connection that was idle for long", async () => {
  await using fixture = new Fixture();
  const { pool, clock } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 });
  pool.release(first);
  clock.advance(IDLE_MS - 1);
  assertStrictEquals(await pool.acquire(HERE, { timeoutMs: 100 }), first);
  clock.advance(IDLE_MS); // in use
  assert(!first.client.isClosed);
  pool.release(first);
  clock.advance(IDLE_MS);
  assert(first.client.isClosed);
  assertEquals(pool.clientCount, 0);
});

Deno.test("ClientPool hands a connection to who waits, the first come first", async () => {
  await using fixture = new Fixture(1);
  const { pool } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 });
  const order: string[] = [];
  const take = (name: string) =>
    pool.acquire(HERE, { timeoutMs: 100 }).then((pooled) => {
      order.push(name);
      return pooled;
    });
  const second = take("second"), third = take("third");
  await settle();
  assertEquals(order, []);
  pool.release(first);
  assertStrictEquals(await second, first);
  await settle();
  assertEquals(order, ["second"]);
  pool.release(first);
  assertStrictEquals(await third, first);
  assertEquals(fixture.peers.length, 1);
});

Deno.test("ClientPool hands on the place of a connection that broke", async () => {
  await using fixture = new Fixture(1);
  const { pool } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 });
  const waiting = pool.acquire(HERE, { timeoutMs: 100 });
  await settle();
  pool.discard(first);
  const second = await waiting;
  assertNotStrictEquals(second, first);
  assert(first.client.isClosed);
  pool.discard(first); // again
  assertEquals(pool.clientCount, 1);
  const third = pool.acquire(HERE, { timeoutMs: 100 });
  await settle();
  fixture.peers[1].close();
  await settle();
  pool.release(second);
  assertNotStrictEquals(await third, second);
});

Deno.test("ClientPool gives nobody an idle connection that the peer has closed", async () => {
  await using fixture = new Fixture(1);
  const { pool } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 });
  pool.release(first);
  fixture.peers[0].close();
  await settle();
  assertNotStrictEquals(await pool.acquire(HERE, { timeoutMs: 100 }), first);
  assertEquals(pool.clientCount, 1);
});

Deno.test("ClientPool closes the connection that is idle for longest when there are too many", async () => {
  await using fixture = new Fixture(3, 1);
  const { pool } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 }),
    second = await pool.acquire(THERE, { timeoutMs: 100 });
  pool.release(first);
  pool.release(second);
  assert(first.client.isClosed);
  assert(!second.client.isClosed);
});

Deno.test("ClientPool.acquire waits neither for a place nor for a peer for ever", async () => {
  await using fixture = new Fixture(1);
  const { pool, clock } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 });
  const waiting = assertRejects(() => pool.acquire(HERE, { timeoutMs: 100 }), TimeoutError);
  await settle();
  clock.advance(100);
  await waiting;
  pool.release(first); // to nobody: the one that waited is gone
  assertStrictEquals(await pool.acquire(HERE, { timeoutMs: 100 }), first);
  const { promise, resolve } = Promise.withResolvers<void>();
  fixture.connecting = promise;
  const connecting = assertRejects(() => pool.acquire(THERE, { timeoutMs: 100 }), TimeoutError);
  await settle();
  clock.advance(100);
  await connecting;
  resolve();
  await settle();
  assertEquals(await fixture.peers[1].read(new Uint8Array(1)), null); // came too late
  assertEquals(pool.clientCount, 1);
});

Deno.test("ClientPool.acquire says why a peer can't be reached, and keeps no place for it", async () => {
  await using fixture = new Fixture(1);
  const { pool } = fixture;
  fixture.connecting = Promise.reject(new Deno.errors.ConnectionRefused("nobody"));
  const error = await assertRejects(
    () => pool.acquire(HERE, { timeoutMs: 100 }),
    DisconnectedError,
  );
  assertInstanceOf(error.cause, Deno.errors.ConnectionRefused);
  fixture.connecting = Promise.resolve();
  await pool.acquire(HERE, { timeoutMs: 100 });
});

Deno.test("ClientPool.close ends connections, and the wait for them", async () => {
  const fixture = new Fixture(1);
  const { pool } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 });
  const reply = assertRejects(() => first.client.call("PING"), DisconnectedError);
  const waiting = assertRejects(() => pool.acquire(HERE, { timeoutMs: 100 }), DisconnectedError);
  await settle();
  await fixture[Symbol.asyncDispose]();
  await Promise.all([reply, waiting]);
  await assertRejects(() => pool.acquire(HERE, { timeoutMs: 100 }), DisconnectedError);
  pool.release(first);
  assertEquals(pool.clientCount, 0);
});

Deno.test("ClientPool takes back what `using` let go, unless a reply is missing", async () => {
  await using fixture = new Fixture(1);
  const { pool } = fixture;
  let first: PooledClient;
  {
    using pooled = await pool.acquire(HERE, { timeoutMs: 100 });
    first = pooled;
  }
  {
    using pooled = await pool.acquire(HERE, { timeoutMs: 100 });
    assertStrictEquals(pooled, first);
    pooled.client.call("PING").catch(() => {}); // nobody answers
  }
  assert(first.client.isClosed);
  assertNotStrictEquals(await pool.acquire(HERE, { timeoutMs: 100 }), first);
});

Deno.test("ClientPool.acquire ends when its caller gives up, and the next in line moves up", async () => {
  await using fixture = new Fixture(1);
  const { pool } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 });
  const aborter = new AbortController(), reason = new Error("enough");
  const limits = { timeoutMs: 100, signal: aborter.signal };
  const waiting = pool.acquire(HERE, limits).then(() => "served", (error) => error);
  const next = pool.acquire(HERE, { timeoutMs: 100 });
  await settle();
  aborter.abort(reason);
  assertStrictEquals(await waiting, reason);
  pool.release(first);
  assertStrictEquals(await next, first);
  assertStrictEquals(await pool.acquire(THERE, limits).catch((error) => error), reason);
  assertEquals(pool.clientCount, 1);
});

Deno.test("ClientPool.acquire has one time for its place and its connection together", async () => {
  await using fixture = new Fixture(1);
  const { pool, clock } = fixture;
  const first = await pool.acquire(HERE, { timeoutMs: 100 });
  const waiting = assertRejects(() => pool.acquire(HERE, { timeoutMs: 100 }), TimeoutError);
  await settle();
  clock.advance(60);
  fixture.connecting = new Promise(() => {});
  pool.discard(first);
  await settle();
  clock.advance(40);
  await waiting;
  assertEquals(pool.clientCount, 0);
});

Deno.test("ClientPool gives out connections that are prepared, each once", async () => {
  await using prepared = new AsyncDisposableStack();
  const peers: MemoryTransport[] = [];
  let failure: Error | undefined;
  const pool = prepared.use(
    new ClientPool({
      clock: new ManualClock(),
      clientCountMax: 1,
      idleCountMax: 1,
      idleMsMax: IDLE_MS,
      connect: () => {
        const [ours, theirs] = MemoryTransport.pair();
        peers.push(theirs);
        return Promise.resolve(ours);
      },
      prepare: async (client, address) => {
        assertEquals(address, HERE);
        assertEquals(client.isClosed, false);
        await undefined;
        if (failure !== undefined) throw failure;
      },
    }),
  );
  failure = new Error("not this one");
  await assertRejects(() => pool.acquire(HERE, { timeoutMs: 100 }), Error, "not this one");
  assertEquals(pool.clientCount, 0);
  failure = undefined;
  const pooled = await pool.acquire(HERE, { timeoutMs: 100 });
  pool.release(pooled);
  failure = new Error("prepared twice");
  assertStrictEquals(await pool.acquire(HERE, { timeoutMs: 100 }), pooled);
  for (const peer of peers) peer.close();
});
