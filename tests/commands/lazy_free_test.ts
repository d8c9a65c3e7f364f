/**
 * Lazy freeing as clients see it: what is large goes out of sight at once, and its memory later.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Client, ManualClock, startServer } from "../../src/mod.ts";

const FIELD_COUNT = 20_000;

async function info(client: Client, name: string): Promise<number> {
  const text = await client.call("INFO") as string;
  return Number(new RegExp(`^${name}:(.*)\r$`, "m").exec(text)![1]);
}

async function makeHash(client: Client, key: string, fieldCount: number): Promise<void> {
  const words = [];
  for (let index = 0; index < fieldCount; index++) words.push(`field:${index}`, `value:${index}`);
  await client.call("HSET", key, ...words);
}

interface Removal {
  command: string[];
  fieldCount: number;
  isLazy: boolean;
  config?: Record<string, string>;
  expectedKeyCount?: number;
}

const SMALL = 50, MIDDLE = 1000, LARGE = FIELD_COUNT;

// deno-fmt-ignore
const REMOVALS: readonly Removal[] = [
  { command: ["UNLINK", "key"], fieldCount: SMALL, isLazy: false },
  { command: ["UNLINK", "key"], fieldCount: MIDDLE, isLazy: true },
  { command: ["DEL", "key"], fieldCount: MIDDLE, isLazy: false },
  { command: ["DEL", "key"], fieldCount: MIDDLE, isLazy: true, config: { "lazyfree-lazy-user-del": "yes" } },
  { command: ["DEL", "key"], fieldCount: LARGE, isLazy: true },
  { command: ["SET", "key", "value"], fieldCount: MIDDLE, isLazy: false, expectedKeyCount: 1 },
  { command: ["SET", "key", "value"], fieldCount: MIDDLE, isLazy: true, expectedKeyCount: 1,
    config: { "lazyfree-lazy-server-del": "yes" } },
  { command: ["SET", "key", "value"], fieldCount: LARGE, isLazy: true, expectedKeyCount: 1 },
  { command: ["PEXPIRE", "key", "-1"], fieldCount: MIDDLE, isLazy: false },
  { command: ["PEXPIRE", "key", "-1"], fieldCount: MIDDLE, isLazy: true, config: { "lazyfree-lazy-expire": "yes" } },
  { command: ["FLUSHALL", "ASYNC"], fieldCount: MIDDLE, isLazy: true },
  { command: ["FLUSHDB", "SYNC"], fieldCount: LARGE, isLazy: false },
  { command: ["FLUSHALL"], fieldCount: MIDDLE, isLazy: false },
  { command: ["FLUSHDB"], fieldCount: MIDDLE, isLazy: true, config: { "lazyfree-lazy-user-flush": "yes" } },
  { command: ["CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "allkeys-random"],
    fieldCount: MIDDLE, isLazy: true, config: { "lazyfree-lazy-eviction": "yes" } },
];

for (const { command, fieldCount, isLazy, config = {}, expectedKeyCount = 0 } of REMOVALS) {
  const setting = Object.keys(config).map((name) => ` with ${name}`).join("");
  const when = isLazy ? "later" : "at once";
  Deno.test(`${command.join(" ")}${setting} frees ${fieldCount} elements ${when}`, async () => {
    const clock = new ManualClock();
    await using server = await startServer({ port: "none", clock, config });
    await using client = server.client();
    const emptyBytes = await info(client, "used_memory");
    await makeHash(client, "key", fieldCount);
    await client.call(...command);
    clock.advance(command[0] === "CONFIG" ? 1 : 0);
    const isPending = await info(client, "lazyfree_pending_objects") > 0;
    clock.advance(100);
    assertEquals(await info(client, "lazyfree_pending_objects"), 0);
    const freedCount = await info(client, "lazyfreed_objects");
    assertEquals(isPending || freedCount > 0, isLazy);
    assertEquals(await client.call("DBSIZE"), expectedKeyCount);
    assert(await info(client, "used_memory") - emptyBytes < 80_000);
  });
}

for (const [option, isLazy] of [[[], true], [["SYNC"], false]] as const) {
  const name = ["FLUSHALL", ...option].join(" ");
  Deno.test(`${name} of very many keys frees them ${isLazy ? "later" : "at once"}`, async () => {
    const clock = new ManualClock();
    await using server = await startServer({ port: "none", clock });
    await using client = server.client();
    const keys = Array.from({ length: FIELD_COUNT }, (_, index) => `key:${index}`);
    await client.call("MSET", ...keys.flatMap((key) => [key, "value"]));
    await client.call("FLUSHALL", ...option);
    assertEquals(await client.call("DBSIZE"), 0);
    assertEquals(await info(client, "lazyfree_pending_objects"), isLazy ? FIELD_COUNT : 0);
    clock.advance(100);
    assertEquals(await info(client, "lazyfree_pending_objects"), 0);
  });
}
