/**
 * Crash: a server that is killed while clients write comes back with what it has acknowledged.
 *
 * Each writer counts: with every number it makes a transaction of two keys, so that half of one would
 * show. A round ends by kill -9 at a random moment, during a rewrite in every other one; the next round
 * starts on the same files. With `always` no number that was acknowledged may be missing; with
 * `everysec` none that was acknowledged more than two seconds before.
 *
 * `EASYREDIS_CRASH_ROUNDS` asks for more rounds than the usual twenty, half of them for each policy.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { SeededRandom } from "../../src/mod.ts";
import { easyRedisCommand } from "../support/easyredis_process.ts";
import { ConnectionEndedError, RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";
import { ServerProcess } from "../support/server_process.ts";

const ROUND_COUNT = Number(Deno.env.get("EASYREDIS_CRASH_ROUNDS") ?? 20);
const WRITER_COUNT = 4;
const LOST_MS_MAX = 2000;
/** Longest life of a server. */
const LIFE_MS_MAX = 250;
const LIST_LENGTH_MAX = 1000;

/** What one client has written. */
interface Writer {
  readonly index: number;
  sentNumber: number;
  /** Numbers acknowledged, with the time. */
  acknowledged: { number: number; atMs: number }[];
}

/** Writes until the server is gone. */
async function write(server: ServerProcess, writer: Writer): Promise<void> {
  const { index } = writer;
  try {
    await using client = await RespClient.connect(server.address);
    for (;;) {
      const number = ++writer.sentNumber;
      await client.pipeline([
        ["MULTI"],
        ["SET", `last${index}`, number],
        ["LPUSH", `all${index}`, number],
        ["LTRIM", `all${index}`, 0, LIST_LENGTH_MAX - 1],
        ["EXEC"],
      ]);
      writer.acknowledged.push({ number, atMs: Date.now() });
    }
  } catch (error) {
    const isGone = error instanceof ConnectionEndedError ||
      error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
      error instanceof Deno.errors.ConnectionRefused;
    if (!isGone) throw error;
  }
}

/** What the rounds of a policy came to. */
interface Tally {
  roundCount: number;
  acknowledgedCount: number;
  /** Acknowledged, but gone; with `everysec` those of the last two seconds may be. */
  missingCount: number;
}

/** Looks at what a server has of a writer's numbers. */
async function verify(
  server: ServerProcess,
  writer: Writer,
  rules: { killedAtMs: number; toleratedMs: number; tally: Tally },
): Promise<void> {
  const { killedAtMs, toleratedMs, tally } = rules;
  const { index, acknowledged, sentNumber } = writer;
  await using client = await RespClient.connect(server.address);
  const last = Number(await client.value("GET", `last${index}`) ?? 0);
  tally.acknowledgedCount += acknowledged.filter(({ atMs }) => atMs > 0).length;
  tally.missingCount += acknowledged.filter(({ number }) => number > last).length;
  const owed = acknowledged.findLast(({ atMs }) => atMs <= killedAtMs - toleratedMs);
  assert(last >= (owed?.number ?? 0), `writer ${index}: ${last} is left, ${owed?.number} is owed`);
  assert(last <= sentNumber, `writer ${index}: ${last} is there, ${sentNumber} was sent last`);
  const list = await client.value("LRANGE", `all${index}`, 0, -1);
  const expected = Array.from(
    { length: Math.min(last, LIST_LENGTH_MAX) },
    (_, age) => String(last - age),
  );
  assertEquals(list, expected, `writer ${index}: the list of ${last}`);
  // What was sent and not acknowledged may be there, and counts from now on.
  writer.sentNumber = last;
  writer.acknowledged = [{ number: last, atMs: 0 }];
}

async function crash(policy: string, toleratedMs: number): Promise<void> {
  const random = new SeededRandom(takeSeed(`crash with ${policy}`));
  const directory = Deno.makeTempDirSync({ prefix: "easyredis-crash-" });
  const writers = Array.from(
    { length: WRITER_COUNT },
    (_, index): Writer => ({ index, sentNumber: 0, acknowledged: [] }),
  );
  const tally: Tally = { roundCount: 0, acknowledgedCount: 0, missingCount: 0 };
  let killedAtMs = 0;
  try {
    for (let round = 0; round <= ROUND_COUNT / 2; round++) {
      const server = await ServerProcess.start({
        label: "easyredis",
        command: easyRedisCommand(),
        config: { dir: directory, save: "", appendonly: "yes", appendfsync: policy },
      });
      try {
        for (const writer of writers) {
          await verify(server, writer, { killedAtMs, toleratedMs, tally });
        }
        const writing = writers.map((writer) => write(server, writer));
        if (round % 2 === 1) {
          await delay(random.below(LIFE_MS_MAX));
          await using client = await RespClient.connect(server.address);
          await client.command("BGREWRITEAOF");
        }
        await delay(random.below(LIFE_MS_MAX));
        killedAtMs = Date.now(); // before, since it may take a while until the end is noticed
        await server.kill();
        tally.roundCount++;
        await Promise.all(writing);
      } finally {
        await server.kill();
      }
    }
  } finally {
    const { roundCount, acknowledgedCount, missingCount } = tally;
    console.log(
      `crash with ${policy}: ${roundCount} kills, ` +
        `${acknowledgedCount} writes acknowledged, ${missingCount} missing`,
    );
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("crash: with appendfsync always nothing acknowledged is lost", async () => {
  await crash("always", 0);
});

Deno.test("crash: with appendfsync everysec nothing is lost that is older than two seconds", async () => {
  await crash("everysec", LOST_MS_MAX);
});
