/**
 * Append-only files both ways: real Redis starts on what EasyRedis has written, and the reverse.
 *
 * Random commands of all types make the data, a rewrite comes in the middle of them, the writing server
 * is killed, and what the other one loads must have the same digest. Where `redis-server` is absent there
 * is nobody to exchange with, and the tests are ignored.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/mod.ts";
import { easyRedisCommand } from "../support/easyredis_process.ts";
import { eventually } from "../support/poll.ts";
import { RANDOM_CONFIG, randomCommand } from "../support/random_commands.ts";
import { redisVersion } from "../support/redis_server.ts";
import { ReplyError } from "../support/reply.ts";
import { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";
import { type Directives, ServerProcess } from "../support/server_process.ts";

const COMMAND_COUNT = 3000;
/** Keys that live for less may expire before they are looked at. */
const LIFE_MS_MIN = 1_000_000;
const LAST_MOMENT = "9223372036854775807";
const COMMANDS: Readonly<Record<Who, readonly [string, ...string[]]>> = {
  redis: ["redis-server"],
  easyredis: easyRedisCommand(),
};

type Who = "redis" | "easyredis";

function start(who: Who, directory: string, config: Directives): Promise<ServerProcess> {
  return ServerProcess.start({
    label: who,
    command: COMMANDS[who],
    config: {
      ...RANDOM_CONFIG,
      save: "",
      appendonly: "yes",
      appendfsync: "always", // otherwise the last writes may be in no file yet when the writer is killed
      "enable-debug-command": "yes",
      dir: directory,
      ...config,
    },
  });
}

/** Runs random commands in some databases. */
async function fill(client: RespClient, random: SeededRandom): Promise<void> {
  for (let count = 0; count < COMMAND_COUNT; count++) {
    if (count % 100 === 0) await client.command("SELECT", random.below(4));
    if (count % 40 === 0) await client.command("MULTI");
    await client.command(...randomCommand(random).args);
    if (count % 40 === 10) await client.command("EXEC");
  }
  await client.command("SET", "forever", "the last moment that there is", "PXAT", LAST_MOMENT);
}

/**
 * Takes off what does not stay: expiries of keys that could expire before they are compared, and scores
 * of -0, which keep their sign in a skip list and lose it in a listpack, in Redis too.
 */
async function steady(client: RespClient): Promise<void> {
  for (let index = 0; index < 4; index++) {
    await client.command("SELECT", index);
    for (const key of await client.value("KEYS", "*") as string[]) {
      const restMs = await client.value("PTTL", key) as number;
      if (restMs >= 0 && restMs < LIFE_MS_MIN) await client.command("PERSIST", key);
      if (await client.value("TYPE", key) !== "zset") continue;
      const parts = await client.value("ZRANGE", key, 0, -1, "WITHSCORES") as string[];
      for (const [at, score] of parts.entries()) {
        if (at % 2 === 1 && score === "-0") await client.command("ZREM", key, parts[at - 1]);
      }
    }
  }
}

async function rewrite(client: RespClient): Promise<void> {
  try {
    await client.value("BGREWRITEAOF");
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
  }
  await eventually(async () => {
    const info = String(await client.value("INFO", "persistence"));
    return info.includes("rewrite_in_progress:0") && info.includes("rewrite_scheduled:0");
  }, { what: "the end of a rewrite" });
}

async function exchange(from: Who, to: Who, preamble: "yes" | "no"): Promise<void> {
  const random = new SeededRandom(takeSeed(`AOF of ${from} for ${to}, preamble ${preamble}`));
  const directory = Deno.makeTempDirSync({ prefix: "easyredis-aof-exchange-" });
  const config = { "aof-use-rdb-preamble": preamble };
  try {
    let digest: string, keyCount = 0;
    const writer = await start(from, directory, config);
    try {
      await using client = await RespClient.connect(writer.address);
      await fill(client, random);
      await rewrite(client);
      await fill(client, random);
      await steady(client);
      digest = String(await client.value("DEBUG", "DIGEST"));
      for (let index = 0; index < 4; index++) {
        await client.command("SELECT", index);
        keyCount += Number(await client.value("DBSIZE"));
      }
    } finally {
      await writer.kill();
    }
    assert(keyCount > 10, `only ${keyCount} keys`);
    const check = await new Deno.Command("redis-check-aof", {
      args: [`${directory}/appendonlydir/appendonly.aof.manifest`],
    }).output();
    assert(check.success, new TextDecoder().decode(check.stdout));
    const reader = await start(to, directory, config);
    try {
      await using client = await RespClient.connect(reader.address);
      assertEquals(await client.value("DEBUG", "DIGEST"), digest);
      await rewrite(client);
      await client.command("DEBUG", "LOADAOF");
      assertEquals(await client.value("DEBUG", "DIGEST"), digest, "after a rewrite there");
    } finally {
      await reader.kill();
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

for (const preamble of ["yes", "no"] as const) {
  for (
    const [from, to] of [["easyredis", "redis"], ["redis", "easyredis"], [
      "easyredis",
      "easyredis",
    ]] as const
  ) {
    Deno.test({
      name: `AOF: what ${from} writes ${to} loads, with preamble: ${preamble}`,
      ignore: redisVersion() === undefined,
      fn: () => exchange(from, to, preamble),
    });
  }
}
