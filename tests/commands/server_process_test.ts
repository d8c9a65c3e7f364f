/**
 * SHUTDOWN and CONFIG REWRITE on a server in a process of its own.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { easyRedisCommand, startEasyRedisProcess } from "../support/easyredis_process.ts";
import { eventually } from "../support/poll.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import { plainOf, ReplyError } from "../support/reply.ts";
import { encodeCommand, RespClient } from "../support/resp_client.ts";
import { ServerProcess } from "../support/server_process.ts";

for (const words of [["SHUTDOWN"], ["SHUTDOWN", "NOSAVE"], ["shutdown", "now", "force", "save"]]) {
  Deno.test(`${words.join(" ")} sends what was replied and ends the process with 0`, async () => {
    await using server = await startEasyRedisProcess();
    await using other = await RespClient.connect(server.address);
    await using client = await RespClient.connect(server.address);
    await client.sendRaw(
      [["SET", "key", "value"], words, ["GET", "key"]].map(encodeCommand).join(""),
    );
    assertEquals(await client.readToEnd(), "+OK\r\n");
    assertEquals(await other.readToEnd(), "");
    assertEquals(await server.ended, { code: 0, signal: null });
    await server.logged(/User requested shutdown/);
    await server.logged(/Redis is now ready to exit, bye bye/);
  });
}

for (const start of [startEasyRedisProcess, startRedisServer]) {
  const name = start === startEasyRedisProcess ? "" : ": real Redis";
  Deno.test({
    name: `SHUTDOWN ABORT takes back what SIGTERM has asked for${name}`,
    ignore: name !== "" && redisVersion() === undefined,
    fn: async () => {
      await using server = (await start({ config: { "enable-debug-command": "yes" } }))!;
      await using client = await RespClient.connect(server.address);
      const none = "ERR No shutdown in progress.";
      const abort = async () => plainOf(await client.command("SHUTDOWN", "ABORT"));
      await assertRejects(abort, ReplyError, none);
      // The shutdown begins with a heartbeat, and there is none for now.
      await client.value("DEBUG", "PAUSE-CRON", "1");
      Deno.kill(server.pid, "SIGTERM");
      await server.logged(/Received SIGTERM scheduling shutdown\.\.\./);
      assertEquals(await abort(), "OK");
      await server.logged(/ \* Shutdown manually aborted\./);
      await assertRejects(abort, ReplyError, none);
      await client.value("DEBUG", "PAUSE-CRON", "0");
      assert(!server.log.includes("User requested shutdown"), server.log);
    },
  });
}

Deno.test("SHUTDOWN does not wait for a client that takes no replies", async () => {
  await using server = await startEasyRedisProcess();
  await using deaf = await RespClient.connect(server.address);
  await using client = await RespClient.connect(server.address);
  await client.value("SET", "large", "x".repeat(1 << 20));
  await deaf.sendRaw(encodeCommand(["GET", "large"]).repeat(64));
  await eventually(async () => {
    const list = new TextDecoder().decode(bytesOf(await client.value("CLIENT", "LIST")));
    return /omem=[1-9]/.test(list);
  });
  await client.sendRaw(encodeCommand(["SHUTDOWN", "NOSAVE"]));
  assertEquals(await server.ended, { code: 0, signal: null });
});

Deno.test("the log tells whose request grew over client-query-buffer-limit", async () => {
  await using server = await startEasyRedisProcess({
    config: { "client-query-buffer-limit": "1mb" },
  });
  await using client = await RespClient.connect(server.address);
  await client.value("CLIENT", "SETNAME", "greedy");
  await client.sendRaw(`*2\r\n$4\r\nECHO\r\n$${3 << 20}\r\n${"x".repeat(2 << 20)}`);
  assertEquals(await client.readToEnd(), "");
  await server.logged(/Closing client that reached max query buffer length: id=.* name=greedy /);
});

Deno.test("CONFIG REWRITE brings the file up to date and keeps what is somebody's", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/é €.conf`;
  await Deno.writeTextFile(path, "# Mine\ntimeout 30\n\nmaxclients 100\n");
  try {
    await using server = await ServerProcess.start({
      label: "easyredis",
      command: [...easyRedisCommand(), path],
    });
    await using client = await RespClient.connect(server.address);
    const info = new TextDecoder().decode(bytesOf(await client.value("INFO", "server")));
    assert(info.includes(`config_file:${await Deno.realPath(path)}\r\n`), info);
    await client.value("CONFIG", "SET", "timeout", "77", "hz", "20");
    assertEquals(plainOf(await client.command("CONFIG", "REWRITE")), "OK");
    const lines = (await Deno.readTextFile(path)).split("\n");
    assertEquals(lines.slice(0, 4), ["# Mine", "timeout 77", "", "maxclients 100"]);
    assert(lines.includes("hz 20"), lines.join("\n"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("CONFIG REWRITE tells why the file can't be written", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/gone.conf`;
  await Deno.writeTextFile(path, "timeout 30\n");
  await using server = await ServerProcess.start({
    label: "easyredis",
    command: [...easyRedisCommand(), path],
  });
  await Deno.remove(directory, { recursive: true });
  await using client = await RespClient.connect(server.address);
  const reply = await client.command("CONFIG", "REWRITE");
  assertEquals(reply.kind, "error");
  assertMatch(String("text" in reply && reply.text), /^ERR Rewriting config file: No such file/);
  assertEquals(await client.value("PING"), "PONG");
});

/** The bytes of binary text. */
function bytesOf(text: unknown): Uint8Array {
  return Uint8Array.from(String(text), (character) => character.charCodeAt(0));
}
