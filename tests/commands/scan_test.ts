/**
 * SCAN's promise, over the wire: a key that is there from the first call to the last is returned,
 * whatever is added and removed meanwhile, and nothing is returned that never was.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { type Argument, RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";
import { startSubject } from "../support/subject.ts";

const LASTING_KEYS = Array.from({ length: 500 }, (_, index) => `lasting:${index}`);
/** Calls of one walk; far more than any takes. */
const CALL_COUNT_MAX = 20_000;

/** A walk, and what is done to the keyspace before each of its calls. */
interface Walk {
  client: RespClient;
  counts: readonly number[];
  random: SeededRandom;
  disturb: (callIndex: number) => Argument[][];
}

/** Walks to the end; returns the keys met. */
async function walk({ client, counts, random, disturb }: Walk): Promise<Set<string>> {
  const met = new Set<string>();
  let cursor = "0";
  for (let callIndex = 0; callIndex < CALL_COUNT_MAX; callIndex++) {
    const count = counts[random.below(counts.length)];
    await client.pipeline(disturb(callIndex));
    const reply = await client.value("SCAN", cursor, "COUNT", count);
    const [next, keys] = reply as [string, string[]];
    for (const key of keys) met.add(key);
    if (next === "0") return met;
    cursor = next;
  }
  throw new Error(`SCAN did not come to an end in ${CALL_COUNT_MAX} calls`);
}

function assertMetAllLasting(met: ReadonlySet<string>): void {
  assertEquals(LASTING_KEYS.filter((key) => !met.has(key)), []);
  const strange = [...met].filter((key) => !/^(lasting|passing):\d+$/.test(key));
  assertEquals(strange, []);
}

async function fill(client: RespClient): Promise<void> {
  await client.value("MSET", ...LASTING_KEYS.flatMap((key) => [key, "value"]));
}

Deno.test("SCAN meets every lasting key while the keyspace grows manyfold", async () => {
  const random = new SeededRandom(takeSeed("SCAN while growing"));
  await using subject = await startSubject();
  await using client = await RespClient.connect({ port: subject.port });
  await fill(client);
  let passingCount = 0;
  const disturb = (callIndex: number): Argument[][] => {
    if (callIndex > 60) return [];
    const pairs = Array.from({ length: 500 }, () => [`passing:${passingCount++}`, "value"]);
    return [["MSET", ...pairs.flat()]];
  };
  assertMetAllLasting(await walk({ client, counts: [1, 7, 10, 40], random, disturb }));
  assert(passingCount > LASTING_KEYS.length);
});

Deno.test("SCAN meets every lasting key while the keyspace shrinks to a hundredth", async () => {
  const random = new SeededRandom(takeSeed("SCAN while shrinking"));
  await using subject = await startSubject();
  await using client = await RespClient.connect({ port: subject.port });
  const passingKeys = Array.from({ length: 50_000 }, (_, index) => `passing:${index}`);
  await fill(client);
  await client.pipeline(passingKeys.map((key) => ["SET", key, "value"]));
  const disturb = (): Argument[][] =>
    passingKeys.length === 0 ? [] : [["UNLINK", ...passingKeys.splice(0, 500)]];
  assertMetAllLasting(await walk({ client, counts: [10, 50, 300], random, disturb }));
});

Deno.test("SCAN meets every lasting key while keys come, go, expire and are renamed", async () => {
  const random = new SeededRandom(takeSeed("SCAN while keys come and go"));
  await using subject = await startSubject();
  await using client = await RespClient.connect({ port: subject.port });
  await fill(client);
  const disturb = (): Argument[][] =>
    Array.from({ length: 30 }, () => {
      const key = `passing:${random.below(20_000)}`;
      const other = `passing:${random.below(20_000)}`;
      const roll = random.below(10);
      if (roll < 5) return ["SET", key, "value"];
      if (roll < 6) return ["SET", key, "value", "PX", random.below(20) + 1];
      if (roll < 7) return ["COPY", LASTING_KEYS[random.below(500)], other, "REPLACE"];
      if (roll < 8) return ["APPEND", LASTING_KEYS[random.below(500)], "more"];
      if (roll < 9) return ["RENAME", key, other];
      return ["DEL", key, other];
    });
  for (let round = 0; round < 3; round++) {
    assertMetAllLasting(await walk({ client, counts: [1, 10, 100], random, disturb }));
  }
});

Deno.test("SCAN over an undisturbed keyspace returns each key once", async () => {
  await using subject = await startSubject();
  await using client = await RespClient.connect({ port: subject.port });
  await fill(client);
  const met: string[] = [];
  let cursor = "0";
  do {
    const [next, keys] = await client.value("SCAN", cursor) as [string, string[]];
    met.push(...keys);
    cursor = next;
  } while (cursor !== "0");
  assertEquals(met.sort(), LASTING_KEYS.toSorted());
});
