/**
 * A server in a process of its own: what it says when it can't start, and how it heeds signals.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runEasyRedis, startEasyRedisProcess } from "../support/easyredis_process.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import { RespClient } from "../support/resp_client.ts";

Deno.test("-v tells the version, -h the usage, on the streams and with the exit codes of Redis", async () => {
  for (const arg of ["-v", "--version"]) {
    const { code, stdout, stderr } = await runEasyRedis([arg, "--port", "x"]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^EasyRedis server v=\S+ redis=7\.0\.\d+ bits=64\n$/);
  }
  for (const arg of ["-h", "--help"]) {
    const { code, stdout, stderr } = await runEasyRedis([arg, "--port", "x"]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "Usage: easyredis ");
  }
});

for (const [name, reason] of [["none.conf", "No such file or directory"], ["", "Is a directory"]]) {
  Deno.test(`a configuration file that can't be read ends the start: ${reason}`, async () => {
    await inDirectory(async (directory) => {
      const path = `${directory}/${name}`.replace(/\/$/, "");
      const { code, stderr } = await runEasyRedis([path]);
      assertEquals(stderr, `Fatal error, can't open config file '${path}': ${reason}\n`);
      assertEquals(code, 1);
    });
  });
}

for (const [directive, reason] of [["logfile", "Can't open the log file: "], ["dir", ""]]) {
  Deno.test(`${directive} where nothing can be ends the start, with its line`, async () => {
    const { code, stderr } = await runEasyRedis(["--port", "0", `--${directive}`, "/none/here"]);
    assertEquals(stderr.split("\n").slice(2), [
      "Reading the configuration file, at line 3",
      `>>> '${directive} "/none/here"'`,
      `${reason}No such file or directory`,
      "",
    ]);
    assertEquals(code, 1);
  });
}

Deno.test("an address that can't be had ends the start, and the log file says why", async () => {
  await inDirectory(async (directory) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr;
    const log = `${directory}/log`;
    const place = ["--dir", directory, "--logfile", log];
    const run = await runEasyRedis([...place, "--bind", "127.0.0.1", "--port", String(port)]);
    assertEquals(run, { code: 1, stdout: "", stderr: "" });
    const lines = (await Deno.readTextFile(log)).trim().split("\n").slice(-2);
    assertMatch(
      lines[0],
      new RegExp(` # Warning: .* socket 127\\.0\\.0\\.1:${port}: bind: Address already in use$`),
    );
    assertMatch(
      lines[1],
      new RegExp(` # Failed listening on port ${port} \\(TCP\\), aborting\\.$`),
    );

    const socket = `${directory}/none/socket`;
    const second = await runEasyRedis([...place, "--port", "0", "--unixsocket", socket]);
    assertEquals(second, { code: 1, stdout: "", stderr: "" });
    assertMatch(
      await Deno.readTextFile(log),
      / # Failed opening Unix socket: bind: No such file or directory\n$/,
    );
  });
});

Deno.test("a pid file that can't be written, or is gone at the end, is told of and no more", async () => {
  const without = await startEasyRedisProcess({ config: { pidfile: "/none/here/pid" } });
  assertEquals(await without.stop(), { code: 0, signal: null });
  assertStringIncludes(
    without.log,
    "# Failed to write PID file '/none/here/pid': No such file or directory",
  );

  const server = await startEasyRedisProcess({ config: { pidfile: "pid", save: "" } });
  const path = `${server.directory}/pid`;
  assertEquals(await Deno.readTextFile(path), `${server.pid}\n`);
  await Deno.remove(path);
  assertEquals(await server.stop(), { code: 0, signal: null });
  assertStringIncludes(server.log, "* Removing the pid file.");
  assertStringIncludes(server.log, `# Failed to remove PID file '${path}': No such file`);
});

Deno.test("a pid file is removed from where it was written, though dir has changed", async () => {
  await inDirectory(async (directory) => {
    const config = { dir: directory, pidfile: "pid", "enable-protected-configs": "yes" };
    const server = await startEasyRedisProcess({ config });
    const client = await RespClient.connect(server.address);
    assertEquals(await client.value("CONFIG", "SET", "dir", server.directory), "OK");
    client.close();
    assertEquals(await Deno.readTextFile(`${directory}/pid`), `${server.pid}\n`);
    assertEquals(await server.stop(), { code: 0, signal: null });
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name), []);
  });
});

/** What is logged from SIGTERM on, where there is a pid file, a socket and a log. */
const LAST_WORDS = [
  "# User requested shutdown...",
  "* Calling fsync() on the AOF file.",
  "* Saving the final RDB snapshot before exiting.",
  "* DB saved on disk",
  "* Removing the pid file.",
  "* Removing the unix socket file.",
  "# Redis is now ready to exit, bye bye...",
];

for (const start of [startEasyRedisProcess, startRedisServer]) {
  const name = start === startEasyRedisProcess ? "the server" : "real Redis";
  const ignore = name === "real Redis" && redisVersion() === undefined;
  Deno.test({
    name: `at its end ${name} tells step by step what it does`,
    ignore,
    fn: async () => {
      const config = { pidfile: "pid", appendonly: "yes", save: "3600 1" };
      const server = (await start({ config, hasUnixSocket: true }))!;
      assertEquals(await server.stop(), { code: 0, signal: null });
      const lines = server.log.trimEnd().split("\n").slice(-LAST_WORDS.length);
      assertEquals(lines.map((line) => line.replace(/^.*? (?=[#*] )/, "")), LAST_WORDS);
    },
  });
}

Deno.test("a terminal that goes does not take the server along; SIGINT ends it", async () => {
  await using server = await startEasyRedisProcess();
  Deno.kill(server.pid, "SIGHUP");
  await using client = await RespClient.connect(server.address);
  // The command is read in a later turn than the one the signal is heard in.
  for (let count = 0; count < 10; count++) assertEquals(await client.value("PING"), "PONG");
  Deno.kill(server.pid, "SIGINT");
  assertEquals(await server.ended, { code: 0, signal: null });
  assertMatch(
    server.log,
    /^\d+:signal-handler \(\d+\) Received SIGINT scheduling shutdown\.\.\.$/m,
  );
});

/** Runs what needs a directory of its own, removed afterwards. */
async function inDirectory(run: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "easyredis-start-" }));
  try {
    await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}
