/**
 * RDB files, both ways: real Redis loads ours, we load its, and neither loses anything.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { SystemClock } from "../../src/base/clock.ts";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import { digestOfData, digestOfValue } from "../../src/commands/data_digest.ts";
import { AccessFrequency, Store } from "../../src/store/mod.ts";
import { RANDOM_CONFIG, randomCommand } from "../support/random_commands.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import { plainOf } from "../support/reply.ts";
import { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";
import {
  loadFile,
  MemorySource,
  WRITE_OPTIONS,
  writeFile,
} from "../unit/persistence/rdb_file_fixture.ts";

const DATABASE_COUNT = 16;
const COMMANDS_PER_DATABASE = 400;
const LARGE_COUNT = 3000;
const PACKED_SCORES_MAX = "zset-max-listpack-entries";
const LONG_TTL_SECONDS = 100_000;

/** An empty store that notes the use of keys as a policy asks. */
function storeFor(policy: string): Store {
  const random = new SeededRandom(1);
  const store = new Store({ clock: new SystemClock(), random, databaseCount: DATABASE_COUNT });
  // A score of -0 is 0 in a listpack; so which sorted sets are packed must be the same on both sides.
  store.environment.limits.zsetMaxListpackEntries = Number(RANDOM_CONFIG[PACKED_SCORES_MAX]);
  if (policy.endsWith("-lfu")) {
    store.environment.frequency = new AccessFrequency({ random, logFactor: 10, decayMinutes: 1 });
  }
  return store;
}

/** Fills all databases by random commands, and some by large values. */
async function fill(client: RespClient, random: Random): Promise<void> {
  for (let index = 0; index < DATABASE_COUNT; index++) {
    await client.value("SELECT", index);
    const commands = Array.from(
      { length: COMMANDS_PER_DATABASE },
      () => [...randomCommand(random).args],
    );
    await client.pipeline(commands);
    await client.value("SELECT", index); // the random commands may have gone elsewhere
    if (index % 5 === 0) await client.pipeline(largeValues());
  }
  // Guide: what expires soon would be gone on one side only.
  for (let index = 0; index < DATABASE_COUNT; index++) {
    await client.value("SELECT", index);
    const keys = await client.value("KEYS", "*") as string[];
    for (const [number, key] of keys.entries()) {
      if (number % 3 === 0) await client.value("EXPIRE", key, LONG_TTL_SECONDS + number);
      else await client.value("PERSIST", key);
    }
  }
}

function largeValues(): string[][] {
  const commands = [["SET", "large:text", "some words ".repeat(20 * LARGE_COUNT)]];
  for (let index = 0; index < LARGE_COUNT; index++) {
    const element = `element:${index}`;
    commands.push(
      ["RPUSH", "large:list", element, "y".repeat(index)],
      ["SADD", "large:set", element],
      ["HSET", "large:hash", element, String(index)],
      ["ZADD", "large:scores", String(index / 7), element],
      ["XADD", "large:stream", `${index + 1}-0`, "field", element],
    );
  }
  commands.push(
    ["XGROUP", "CREATE", "large:stream", "group", "0"],
    ["XREADGROUP", "GROUP", "group", "me", "COUNT", "2000", "STREAMS", "large:stream", ">"],
  );
  return commands;
}

/** Names the keys that differ, which the digest of all data does not. */
async function assertSameValues(store: Store, client: RespClient): Promise<void> {
  for (const database of store.databases) {
    const { entries } = database, view = new ByteView();
    const keys: string[] = [], digests: string[] = [], expiries: string[] = [];
    database.forEach((ref) => {
      const key = entries.keyView(ref, view).toText();
      keys.push(key);
      digests.push(`${key} ${digestOfValue(database, ref)}`);
      expiries.push(`${key} ${entries.expires(ref) ? entries.dueMsOf(ref) : -1}`);
    });
    await client.value("SELECT", database.index);
    assertEquals(await client.value("DBSIZE"), keys.length);
    const theirs = await client.value("DEBUG", "DIGEST-VALUE", ...keys) as string[];
    assertEquals(digests, theirs.map((digest, index) => `${keys[index]} ${digest}`));
    const moments = await client.pipeline(keys.map((key) => ["PEXPIRETIME", key]));
    assertEquals(expiries, moments.map((reply, index) => `${keys[index]} ${plainOf(reply)}`));
  }
}

/** What `redis-check-rdb` says of a file. */
async function check(path: string): Promise<string> {
  const { stdout } = await new Deno.Command("redis-check-rdb", { args: [path] }).output();
  return new TextDecoder().decode(stdout);
}

for (const policy of ["noeviction", "allkeys-lru", "allkeys-lfu"]) {
  Deno.test({
    name: `RDB files go both ways between here and real Redis, under ${policy}`,
    ignore: redisVersion() === undefined,
    fn: async () => {
      await using server = await startRedisServer({
        config: { ...RANDOM_CONFIG, "maxmemory-policy": policy },
      });
      await using client = await RespClient.connect(server!);
      await fill(client, new SeededRandom(takeSeed(`RDB files under ${policy}`)));
      // Guide: a reload packs small sorted sets, there as here.
      await client.value("DEBUG", "RELOAD");
      const digest = await client.value("DEBUG", "DIGEST");
      await client.value("SAVE");
      const [, directory] = await client.value("CONFIG", "GET", "dir") as string[];
      const path = `${directory}/dump.rdb`;

      // Theirs, here.
      const store = storeFor(policy);
      loadFile(store, new MemorySource(await Deno.readFile(path), 100_000));
      await assertSameValues(store, client);
      assertEquals(digestOfData(store.databases), digest);

      // Ours, there.
      const settings = [{}, { isCompressing: false }, { isChecksummed: false }];
      for (const setting of settings) {
        const options = { ...WRITE_OPTIONS, policy, ...setting };
        await Deno.writeFile(path, writeFile(store, options));
        assertMatch(await check(path), /RDB looks OK/);
        await client.value("FLUSHALL");
        await client.value("DEBUG", "RELOAD", "NOSAVE");
        assertEquals(await client.value("DEBUG", "DIGEST"), digest);
      }
    },
  });
}
