/**
 * Expiry as a client sees it, on a clock that is turned by hand: no waiting, and exact to the
 * millisecond. DBSIZE counts what is stored and touches nothing, so it tells whether keys went by
 * themselves.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { type Client, ManualClock, RedisError, startServer } from "../../src/mod.ts";

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;

/** A server that nobody else talks to, its clock, and a client. */
class Stage implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly client: Client;
  readonly #server: AsyncDisposable;

  private constructor(clock: ManualClock, server: AsyncDisposable, client: Client) {
    this.clock = clock;
    this.client = client;
    this.#server = server;
  }

  static async start(): Promise<Stage> {
    const clock = new ManualClock();
    const config = { "enable-debug-command": "yes" };
    const server = await startServer({ clock, config });
    return new Stage(clock, server, server.client());
  }

  /** Runs a command written as one line. */
  async run(line: string): Promise<unknown> {
    return await this.client.call(...line.split(" "));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.#server[Symbol.asyncDispose]();
  }
}

Deno.test("keys expire at their moment without being touched", async () => {
  await using stage = await Stage.start();
  for (let index = 0; index < 10; index++) await stage.run(`SET key:${index} value EX 2`);
  await stage.run("SET lasting value");
  stage.clock.advance(2 * SECOND_MS - 1);
  assertEquals(await stage.run("DBSIZE"), 11);
  stage.clock.advance(1);
  assertEquals(await stage.run("DBSIZE"), 1);
  assertEquals(await stage.run("GET lasting"), "value");
});

Deno.test("many keys with the same moment go together", async () => {
  await using stage = await Stage.start();
  const keyCount = 10_000;
  const calls = Array.from(
    { length: keyCount },
    (_, index) => stage.run(`SET key:${index} value PX 777`),
  );
  await Promise.all(calls);
  stage.clock.advance(776);
  assertEquals(await stage.run("DBSIZE"), keyCount);
  stage.clock.advance(1);
  assertEquals(await stage.run("DBSIZE"), 0);
});

Deno.test("TTL rounds: right after EX 10 it is 10, half a second later 9 from the next millisecond", async () => {
  await using stage = await Stage.start();
  await stage.run("SET key value EX 10");
  assertEquals(await stage.run("TTL key"), 10);
  assertEquals(await stage.run("PTTL key"), 10_000);
  stage.clock.advance(500);
  assertEquals(await stage.run("TTL key"), 10);
  stage.clock.advance(1);
  assertEquals(await stage.run("TTL key"), 9);
  assertEquals(await stage.run("PTTL key"), 9499);
});

Deno.test("SET NX takes an expired key at once, whether or not it was removed already", async () => {
  for (const isActive of [0, 1]) {
    await using stage = await Stage.start();
    await stage.run(`DEBUG SET-ACTIVE-EXPIRE ${isActive}`);
    assertEquals(await stage.run("SET lock mine NX PX 2500"), "OK");
    stage.clock.advance(2499);
    assertEquals(await stage.run("SET lock yours NX PX 2500"), null);
    stage.clock.advance(1);
    assertEquals(await stage.run("DBSIZE"), 1 - isActive);
    assertEquals(await stage.run("SET lock yours NX PX 2500"), "OK");
    assertEquals(await stage.run("GET lock"), "yours");
    assertEquals(await stage.run("PTTL lock"), 2500);
  }
});

Deno.test("an expired key that is still stored is absent to every command", async () => {
  const answers: Readonly<Record<string, unknown>> = {
    "DEL key": 0,
    "UNLINK key": 0,
    "EXISTS key": 0,
    "TOUCH key": 0,
    "TYPE key": "none",
    "TTL key": -2,
    "PEXPIRETIME key": -2,
    "PERSIST key": 0,
    "EXPIRE key 10": 0,
    "COPY key other": 0,
    "MOVE key 1": 0,
    "KEYS *": [],
    "SCAN 0": ["0", []],
    "RANDOMKEY": null,
    "OBJECT ENCODING key": null,
    "GET key": null,
    "STRLEN key": 0,
    "APPEND key x": 1,
    "INCR key": 1,
    "SETNX key x": 1,
  };
  await using stage = await Stage.start();
  await stage.run("DEBUG SET-ACTIVE-EXPIRE 0");
  for (const [line, answer] of Object.entries(answers)) {
    await stage.run("SET key 5 PX 1");
    stage.clock.advance(1);
    assertEquals(await stage.run("DBSIZE"), 1, line);
    assertEquals(await stage.run(line), answer, line);
    await stage.run("FLUSHALL");
  }
  await stage.run("SET key 5 PX 1");
  stage.clock.advance(1);
  await assertRejects(() => stage.run("RENAME key other"), RedisError, "no such key");
});

// The seed's wheel fired what lay more than one turn ahead in the first turn.
for (const delayMs of [1, 63, 64, 65, 4095, 4096, 64 ** 3, HOUR_MS - 1, HOUR_MS, HOUR_MS + 1]) {
  Deno.test(`a key with a time to live of ${delayMs} ms stays until its moment`, async () => {
    await using stage = await Stage.start();
    await stage.run(`SET key value PX ${delayMs}`);
    await stage.run("SET soon value PX 1"); // so that the wheel turns before the key is due
    stage.clock.advance(delayMs - 1);
    assertEquals(await stage.run("PTTL key"), 1);
    stage.clock.advance(1);
    assertEquals(await stage.run("DBSIZE"), 0);
  });
}

Deno.test("a key that lives for days outlives every turn of the hours", async () => {
  await using stage = await Stage.start();
  await stage.run("SET key value");
  await stage.run(`EXPIRE key ${48 * 3600}`);
  for (let hour = 1; hour < 48; hour++) {
    await stage.run("SET soon value PX 1");
    stage.clock.advance(HOUR_MS);
    assertEquals(await stage.run("DBSIZE"), 1, `after ${hour} hours`);
  }
  assertEquals(await stage.run("TTL key"), 3600);
  stage.clock.advance(HOUR_MS);
  assertEquals(await stage.run("DBSIZE"), 0);
});

Deno.test("the same key in two databases has two expiries", async () => {
  await using stage = await Stage.start();
  await stage.run("SET key zero EX 10");
  await stage.run("SELECT 1");
  await stage.run("SET key one EX 100");
  await stage.run("DEL key");
  await stage.run("SET key one EX 5");
  await stage.run("PERSIST key");
  await stage.run("SELECT 0");
  stage.clock.advance(10 * SECOND_MS);
  assertEquals(await stage.run("DBSIZE"), 0);
  await stage.run("SELECT 1");
  assertEquals(await stage.run("GET key"), "one");
  assertEquals(await stage.run("TTL key"), -1);
});

Deno.test("the last expiry given is the one that counts", async () => {
  await using stage = await Stage.start();
  for (const key of ["longer", "shorter", "persistent", "replaced", "kept"]) {
    await stage.run(`SET ${key} value EX 10`);
  }
  await stage.run("EXPIRE longer 20");
  await stage.run("EXPIRE shorter 5");
  await stage.run("PERSIST persistent");
  await stage.run("SET replaced value");
  await stage.run("SET kept value KEEPTTL");
  stage.clock.advance(5 * SECOND_MS);
  assertEquals(await stage.run("DBSIZE"), 4);
  stage.clock.advance(5 * SECOND_MS);
  assertEquals((await stage.run("KEYS *") as string[]).sort(), [
    "longer",
    "persistent",
    "replaced",
  ]);
  stage.clock.advance(10 * SECOND_MS);
  assertEquals(await stage.run("DBSIZE"), 2);
});

Deno.test("MSET drops the old expiry", async () => {
  await using stage = await Stage.start();
  await stage.run("SET key value EX 10");
  await stage.run("MSET key new");
  assertEquals(await stage.run("TTL key"), -1);
});

Deno.test("a value takes its expiry along under another key and to another database", async () => {
  await using stage = await Stage.start();
  for (const key of ["renamed", "copied", "moved"]) await stage.run(`SET ${key} value EX 10`);
  await stage.run("RENAME renamed new");
  await stage.run("COPY copied copy DB 1");
  await stage.run("MOVE moved 1");
  await stage.run("DEL copied");
  stage.clock.advance(10 * SECOND_MS - 1);
  assertEquals(await stage.run("DBSIZE"), 1);
  stage.clock.advance(1);
  assertEquals(await stage.run("DBSIZE"), 0);
  await stage.run("SELECT 1");
  assertEquals(await stage.run("DBSIZE"), 0);
});

for (const command of ["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"]) {
  Deno.test(`${command} honours NX, XX, GT and LT`, async () => {
    await using stage = await Stage.start();
    const unit = command.startsWith("P") ? 1 : SECOND_MS;
    const base = command.endsWith("AT") ? stage.clock.nowMs() / unit : 0;
    /** Whether it is set, with the times to come counted in hours. */
    const isSet = async (before: number | undefined, hours: number, option: string) => {
      await stage.run("SET key value");
      if (before !== undefined) await stage.run(`PEXPIRE key ${before * HOUR_MS}`);
      const number = base + hours * HOUR_MS / unit;
      const reply = await stage.run(`${command} key ${number} ${option}`);
      const expected = reply === 1 ? hours * HOUR_MS : (before ?? 0) * HOUR_MS || -1;
      assertEquals(await stage.run("PTTL key"), expected);
      return reply === 1;
    };
    const outcomes = {
      NX: [await isSet(undefined, 1, "NX"), await isSet(2, 1, "NX")],
      XX: [await isSet(undefined, 1, "XX"), await isSet(2, 1, "XX")],
      GT: [await isSet(undefined, 1, "GT"), await isSet(2, 1, "GT"), await isSet(2, 3, "GT")],
      LT: [await isSet(undefined, 1, "LT"), await isSet(2, 1, "LT"), await isSet(2, 3, "LT")],
    };
    assertEquals(outcomes, {
      NX: [true, false],
      XX: [false, true],
      GT: [false, false, true],
      LT: [true, true, false],
    });
  });

  Deno.test(`${command} with a moment that is past, or is now, deletes the key`, async () => {
    await using stage = await Stage.start();
    const unit = command.startsWith("P") ? 1 : SECOND_MS;
    const base = command.endsWith("AT") ? stage.clock.nowMs() / unit : 0;
    for (const number of [base, base - 1, base - 1000, -1]) {
      await stage.run("SET key value EX 100");
      assertEquals(await stage.run(`${command} key ${number}`), 1);
      assertEquals(await stage.run("DBSIZE"), 0);
      assertEquals(await stage.run(`${command} key ${number}`), 0);
    }
  });
}

Deno.test("PEXPIREAT keeps the last of 64 bits", async () => {
  await using stage = await Stage.start();
  await stage.run("SET key value");
  await stage.run("PEXPIREAT key 9223372036854775807");
  assertEquals(String(await stage.run("PEXPIRETIME key")), "9223372036854775807");
  stage.clock.advance(48 * HOUR_MS);
  assertEquals(await stage.run("DBSIZE"), 1);
});

Deno.test("keys that were due while active expiry was off go when it is on again", async () => {
  await using stage = await Stage.start();
  await stage.run("DEBUG SET-ACTIVE-EXPIRE 0");
  await stage.run("SET key value PX 10");
  stage.clock.advance(10 * SECOND_MS);
  assertEquals(await stage.run("DBSIZE"), 1);
  await stage.run("DEBUG SET-ACTIVE-EXPIRE 1");
  stage.clock.advance(SECOND_MS);
  assertEquals(await stage.run("DBSIZE"), 0);
});
