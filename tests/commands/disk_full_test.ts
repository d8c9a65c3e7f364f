/**
 * Disk full: a server whose log can't grow says so, and goes on when it can.
 *
 * The system limits the size of the server's files, which fails writes as a full disk does, in the
 * middle of a record too; and it can lift the limit of a running process.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { easyRedisCommand } from "../support/easyredis_process.ts";
import { eventually } from "../support/poll.ts";
import { wireOf } from "../support/reply.ts";
import { RespClient } from "../support/resp_client.ts";
import { type Directives, ServerProcess } from "../support/server_process.ts";

/** Blocks of 512 bytes that a file may have. */
const LIMIT_BLOCKS = 64;
/** No divisor of the limit, so that the last write that fits leaves part of the next. */
const VALUE = "x".repeat(1000);

async function hasPrlimit(): Promise<boolean> {
  try {
    return (await new Deno.Command("prlimit", { args: ["--version"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const ignore = !await hasPrlimit();

/** Starts a server whose files can't grow beyond the limit. */
async function startLimited(config: Directives): Promise<ServerProcess> {
  return await ServerProcess.start({
    label: "easyredis",
    command: [
      "sh",
      "-c",
      `trap '' XFSZ; ulimit -S -f ${LIMIT_BLOCKS}; exec "$@"`,
      "sh",
      ...easyRedisCommand(),
    ],
    config: { save: "", appendonly: "yes", ...config },
  });
}

/** Writes until that is refused; returns how many keys were acknowledged, and the refusal. */
async function fill(client: RespClient): Promise<{ keyCount: number; refusal: string }> {
  for (let keyCount = 0;; keyCount++) {
    const reply = wireOf(await client.command("SET", `key${keyCount}`, VALUE));
    if (reply !== "+OK\r\n") return { keyCount, refusal: reply };
  }
}

Deno.test({
  name: "disk full: everysec refuses writes, keeps what it has, and goes on when there is room",
  ignore,
  fn: async () => {
    const directory = Deno.makeTempDirSync({ prefix: "easyredis-full-" });
    try {
      let keyCount: number;
      const server = await startLimited({ dir: directory });
      try {
        await using client = await RespClient.connect(server.address);
        const filled = await fill(client);
        keyCount = filled.keyCount;
        assertStringIncludes(
          filled.refusal,
          "-MISCONF Errors writing to the AOF file: File too large",
        );
        assertStringIncludes(wireOf(await client.command("PING")), "-MISCONF");
        assertEquals(await client.value("GET", "key0"), VALUE);
        assertStringIncludes(
          String(await client.value("INFO", "persistence")),
          "last_write_status:err",
        );
        await server.logged(/Error writing to the AOF file: File too large/);
        const { success } = await new Deno.Command("prlimit", {
          args: ["--fsize=unlimited", "--pid", String(server.pid)],
        }).output();
        assert(success);
        await eventually(async () => wireOf(await client.command("PING")) === "+PONG\r\n", {
          what: "writes to be taken again",
        });
        await server.logged(/AOF write error looks solved, Redis can write again\./);
        assertEquals(await client.value("SET", "last", "1"), "OK");
      } finally {
        await server.kill();
      }
      await using again = await ServerProcess.start({
        label: "easyredis",
        command: easyRedisCommand(),
        config: { dir: directory, save: "", appendonly: "yes" },
      });
      assert(!again.log.includes("Truncating"));
      await using client = await RespClient.connect(again.address);
      assertEquals(await client.value("DBSIZE"), keyCount + 1);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
});

Deno.test({
  name: "disk full: always ends the server rather than acknowledge what is not on the disk",
  ignore,
  fn: async () => {
    const directory = Deno.makeTempDirSync({ prefix: "easyredis-full-" });
    try {
      const server = await startLimited({ dir: directory, appendfsync: "always" });
      let acknowledgedCount = 0;
      try {
        await using client = await RespClient.connect(server.address);
        for (;; acknowledgedCount++) {
          assertEquals(await client.value("SET", `key${acknowledgedCount}`, VALUE), "OK");
        }
      } catch (error) {
        assert(error instanceof Error && error.name === "ConnectionEndedError", String(error));
      }
      assertEquals((await server.ended).code, 1);
      await server.logged(/when the AOF fsync policy is 'always'\. Exiting\.\.\./);
      await server.kill();
      await using again = await ServerProcess.start({
        label: "easyredis",
        command: easyRedisCommand(),
        config: { dir: directory, save: "", appendonly: "yes" },
      });
      await using client = await RespClient.connect(again.address);
      assertEquals(await client.value("DBSIZE"), acknowledgedCount);
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
