/**
 * Rollback: random transactions, in which a command fails at a random place, leave nothing; those in
 * which none fails leave what they leave without rollback.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import type { Client } from "../../src/client/mod.ts";
import { RedisError } from "../../src/errors/redis_error.ts";
import { type Ref, Snapshot, type SnapshotSink } from "../../src/store/mod.ts";
import { RANDOM_CONFIG, randomCommand } from "../support/random_commands.ts";
import { RecordedServer } from "../support/recorded_server.ts";
import { takeSeed } from "../support/seed.ts";

const ROUND_COUNT = Number(Deno.env.get("ROUNDS") ?? 150);
const SETUP_COMMANDS = 60;
const TRANSACTION_COMMANDS_MAX = 12;
/** It fails when it runs, whatever the key has. */
const FAILING = ["INCRBY", "a", "no number"];
const KEYS = ["a", "b", "list:1", "set:1", "zset:1", "hash:1", "stream:1", "geo:1"];

/** Commands on keys of any type, which the random groups have few of. */
function randomKeyCommand(random: Random): readonly string[] {
  const key = KEYS[random.below(KEYS.length)], other = KEYS[random.below(KEYS.length)];
  const database = `${random.below(4)}`;
  const shapes = [
    ["DEL", key, other],
    ["UNLINK", key],
    ["RENAME", key, other],
    ["RENAMENX", key, other],
    ["COPY", key, other, "DB", database, "REPLACE"],
    ["COPY", key, other],
    ["MOVE", key, database],
    ["PEXPIRE", key, `${random.below(30)}`],
    ["EXPIRE", key, "100"],
    ["EXPIREAT", key, "1"],
    ["PEXPIREAT", key, "99999999999999"],
    ["PERSIST", key],
    ["GETEX", key, "PX", "20"],
    ["SELECT", database],
    ["TOUCH", key],
    ["RANDOMKEY"],
    ["SCAN", "0"],
    ["RESTORE", key, "0", "no payload"],
    ["BLPOP", key, other, "0"],
    ["BRPOPLPUSH", key, other, "0"],
    ["BLMOVE", key, other, "LEFT", "LEFT", "0"],
    ["BZPOPMIN", key, "0"],
    ["PFADD", key, "x", "y"],
    ["PFCOUNT", key],
    ["PFMERGE", other, key],
    ["BITOP", "NOT", other, key],
    ["SETRANGE", key, "3", "abc"],
    ["FLUSHDB"],
    ["GEORADIUS", "geo:1", "15", "37", "9000", "km", "STORE", other, "STORE", key],
    ["SORT", key, "BY", "nosort", "STORE", other],
  ];
  return shapes[random.below(shapes.length)];
}

function anyCommand(random: Random): readonly string[] {
  return random.below(3) === 0 ? randomKeyCommand(random) : randomCommand(random).args;
}

function nonBlockingCommand(random: Random): readonly string[] {
  for (;;) {
    const request = anyCommand(random);
    if (!/^B[^I]/.test(request[0])) return request;
  }
}

/** A command that does the same on two servers. */
function certainCommand(random: Random): readonly string[] {
  for (;;) {
    const { args, comparison } = randomCommand(random);
    if (comparison !== "shape") return args;
  }
}

function randomRequests(
  random: Random,
  draw: (random: Random) => readonly string[],
): (readonly string[])[] {
  return Array.from({ length: random.below(TRANSACTION_COMMANDS_MAX) }, () => draw(random));
}

async function attempt(client: Client, args: readonly string[]): Promise<unknown> {
  try {
    return await client.call(args[0], ...args.slice(1).map(bytesOf));
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
    return error;
  }
}

/** Binary text as bytes. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Queues requests, and has them run. */
async function transact(
  client: Client,
  requests: readonly (readonly string[])[],
  end: readonly string[],
): Promise<unknown> {
  await attempt(client, ["MULTI"]);
  for (const request of requests) await attempt(client, request);
  return await attempt(client, end);
}

/** What a reply says. */
function textOf(reply: unknown): string {
  return reply instanceof RedisError ? reply.text : `${reply}`;
}

/** A snapshot's lines. */
class LineSink implements SnapshotSink {
  readonly lines: string[] = [];
  readonly #recorded: RecordedServer;

  constructor(recorded: RecordedServer) {
    this.#recorded = recorded;
  }

  begin(): void {}

  entry(databaseIndex: number, ref: Ref): undefined {
    this.lines.push(`${databaseIndex} ${this.#recorded.lineOf(ref, false)}`);
  }
}

/** Lines without when an entry was used last. */
function withoutUse(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/ used \d+ /, " used  ")).sort();
}

/** What a transaction is run on, and against what its outcome is held. */
class Trial {
  readonly #recorded: RecordedServer;
  readonly #requests: readonly (readonly string[])[];
  /** Whether it reads keys that it does not name; when these were used last is not put back. */
  readonly #looksUp: boolean;
  readonly #before: string[];
  readonly #changeCount: number;
  readonly #expiredKeys: number;
  readonly #sink: LineSink;
  #snapshot: Snapshot | undefined;

  constructor(recorded: RecordedServer, requests: readonly (readonly string[])[]) {
    const { stats } = recorded.server;
    this.#recorded = recorded;
    this.#requests = requests;
    this.#looksUp = requests.some(([name, ...rest]) =>
      /^SORT/.test(name) && /BY|GET/.test(`${rest}`)
    );
    this.#before = this.#lines();
    this.#changeCount = stats.changesSinceSave;
    this.#expiredKeys = stats.expiredKeys;
    this.#sink = new LineSink(recorded);
    recorded.effects.length = 0;
    recorded.events.length = 0;
  }

  /** Begins a snapshot, and has it come some way. */
  beginSnapshot(random: Random): void {
    this.#snapshot = Snapshot.begin(this.#recorded.server.store, this.#sink);
    this.#snapshot.advance(() => random.below(20) > 0);
  }

  /** All is as before, and nothing was told, but for keys whose time had come. @param text To show. */
  assertUndone(text: string): void {
    const { clock, effects, events, server: { stats } } = this.#recorded;
    const before = this.#before, after = this.#lines();
    const gone = before.filter((line) => !after.includes(line));
    const areDue = gone.every((line) => Number(/ until (\d+) /.exec(line)?.[1]) <= clock.nowMs());
    const expected = areDue ? before.filter((line) => !gone.includes(line)) : before;
    assertEquals(after, expected, `${text}: ${this.#requests.join("; ")}`);
    assertEquals(events.length, gone.length, `${text}: ${gone} but ${events}`);
    assertEquals(effects.filter((effect) => / DEL /.test(effect)).length, gone.length);
    assertEquals(effects.filter((effect) => !/ (DEL|MULTI|EXEC)/.test(effect)), []);
    assertEquals(stats.changesSinceSave, this.#changeCount);
    assertEquals(stats.expiredKeys, this.#expiredKeys + gone.length);
    if (this.#snapshot === undefined) return;
    while (this.#snapshot.advance(() => false));
    assertEquals(this.#sink.lines.sort(), withoutUse(before));
  }

  #lines(): string[] {
    return this.#looksUp ? withoutUse(this.#recorded.lines()) : this.#recorded.lines();
  }
}

Deno.test("a transaction that is rolled back leaves nothing but what had expired", async () => {
  const random = new SeededRandom(takeSeed("rolled back transactions"));
  await using recorded = new RecordedServer(RANDOM_CONFIG, random.below(1000));
  const { server, clock } = recorded;
  server.isExpiringActively = false;
  const client = recorded.client();
  let rolledBackCount = 0;
  for (let round = 0; round < ROUND_COUNT; round++) {
    for (let left = random.below(SETUP_COMMANDS); left > 0; left--) {
      await attempt(client, nonBlockingCommand(random));
    }
    clock.advance(random.below(10) === 0 ? 3000 : random.below(20));
    server.store.environment.refreshTime();
    const requests = randomRequests(random, anyCommand);
    requests.splice(random.below(requests.length + 1), 0, FAILING);
    const trial = new Trial(recorded, requests);
    if (round % 4 === 0) trial.beginSnapshot(random);
    const text = textOf(
      await transact(client, requests, ["EXEC", round % 2 === 0 ? "RB" : "rollback"]),
    );
    assert(text.startsWith("EXECABORT "), text);
    if (text.includes("rolled back because")) rolledBackCount++;
    trial.assertUndone(text);
    if (round % 20 === 0) await recorded.verifyEmptied(client);
  }
  await recorded.verifyEmptied(client);
  assert(rolledBackCount > ROUND_COUNT / 3, `${rolledBackCount} were rolled back`);
});

Deno.test("a transaction of which nothing fails does the same with rollback as without", async () => {
  const random = new SeededRandom(takeSeed("transactions that succeed"));
  const seed = random.below(1000);
  await using plain = new RecordedServer(RANDOM_CONFIG, seed);
  await using revocable = new RecordedServer(
    { ...RANDOM_CONFIG, "transaction-rollback": "yes" },
    seed,
  );
  const both = [plain, revocable], clients = both.map((recorded) => recorded.client());
  for (const { server } of both) server.isExpiringActively = false;
  let successCount = 0;
  for (let round = 0; round < ROUND_COUNT; round++) {
    for (let left = random.below(SETUP_COMMANDS); left > 0; left--) {
      const request = certainCommand(random);
      for (const client of clients) await attempt(client, request);
    }
    const pauseMs = random.below(20), requests = randomRequests(random, certainCommand);
    for (const recorded of both) {
      recorded.clock.advance(pauseMs);
      recorded.server.store.environment.refreshTime();
      recorded.effects.length = recorded.events.length = 0;
    }
    const trial = new Trial(revocable, requests);
    const [expected, given] = await Promise.all(clients.map((client) => {
      return transact(client, requests, ["EXEC"]);
    }));
    if (Array.isArray(expected) && !expected.some((reply) => reply instanceof RedisError)) {
      successCount++;
      assertEquals(given, expected, requests.join("; "));
      assertEquals(revocable.lines(), plain.lines(), requests.join("; "));
      assertEquals(revocable.effects, plain.effects);
      assertEquals(revocable.events, plain.events);
    } else {
      trial.assertUndone(textOf(given));
      for (const client of clients) await attempt(client, ["FLUSHALL"]);
    }
  }
  for (const [index, recorded] of both.entries()) await recorded.verifyEmptied(clients[index]);
  assert(successCount > ROUND_COUNT / 20, `${successCount} succeeded`);
});
