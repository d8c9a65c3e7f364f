/**
 * CONFIG SET of `port` and `bind` while the server listens, and DEBUG CONFIG-REWRITE-FORCE-ALL.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { startServer } from "../../src/mod.ts";
import { easyRedisCommand, startEasyRedisProcess } from "../support/easyredis_process.ts";
import { freePort } from "../support/free_port.ts";
import { eventually } from "../support/poll.ts";
import { type Address, ConnectionEndedError, RespClient } from "../support/resp_client.ts";
import { ServerProcess } from "../support/server_process.ts";

Deno.test("CONFIG SET port listens there instead, and clients stay", async () => {
  await using server = await startEasyRedisProcess();
  await using client = await RespClient.connect(server.address);
  const port = freePort();
  assertEquals(await client.value("CONFIG", "SET", "port", port), "OK");
  await using other = await RespClient.connect({ port });
  assertEquals(await other.value("PING"), "PONG");
  await eventually(() => isRefused(server.address));
  const info = String(await client.value("INFO", "server"));
  assertMatch(info, new RegExp(`^tcp_port:${port}\r$`, "m"));

  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const words = ["CONFIG", "SET", "timeout", "77", "port", taken.addr.port];
  const refusal = await client.command(...words);
  assertMatch(
    "text" in refusal ? refusal.text : "",
    /^ERR CONFIG SET failed \(possibly related to argument 'port'\) - Unable to listen on this port/,
  );
  assertEquals(await client.value("CONFIG", "GET", "timeout"), ["timeout", "0"]);
  await using third = await RespClient.connect({ port });
  assertEquals(await third.value("PING"), "PONG");
});

Deno.test("CONFIG SET bind moves to other addresses, or stays where that fails", async () => {
  await using server = await startEasyRedisProcess();
  await using client = await RespClient.connect(server.address);
  const refusal = await client.command("CONFIG", "SET", "bind", "999.999.999.999");
  assertMatch("text" in refusal ? refusal.text : "", /Failed to bind to specified addresses/);
  await using other = await RespClient.connect(server.address);
  assertEquals(await other.value("PING"), "PONG");
  assertEquals(await client.value("CONFIG", "SET", "bind", ""), "OK");
  await eventually(() => isRefused(server.address));
  assertEquals(await client.value("CONFIG", "SET", "bind", "127.0.0.1"), "OK");
  await using third = await RespClient.connect(server.address);
  assertEquals(await third.value("PING"), "PONG");
  // All addresses at once are in the way of each.
  for (const addresses of ["0.0.0.0", "127.0.0.1"]) {
    assertEquals(await client.value("CONFIG", "SET", "bind", addresses), "OK");
    await eventually(() => isAnswered(server.address));
  }
});

Deno.test("a server that has no descriptor left for a client ends all the same", async () => {
  await using server = await ServerProcess.start({
    label: "easyredis",
    command: ["sh", "-c", 'ulimit -n 100; exec "$@"', "sh", ...easyRedisCommand()],
    config: { save: "" }, // a snapshot would be in want of one, too
  });
  const clients: Deno.Conn[] = [];
  for (let count = 0; count < 100; count++) {
    clients.push(await Deno.connect({ hostname: "127.0.0.1", port: server.port }));
  }
  await server.logged(/accept: Too many open files/);
  assertEquals((await server.stop()).code, 0);
  for (const client of clients) client.close();
});

Deno.test("CONFIG SET bind gives addresses to a server that began without", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "easyredis-listening-" });
  try {
    const port = freePort();
    const config = { bind: "", unixsocket: `${directory}/socket` };
    await using server = await startServer({ port, config });
    await using client = server.client();
    assert(await isRefused({ port }));
    assertMatch(
      String(await client.call("INFO", "server")),
      new RegExp(`^tcp_port:${port}\r$`, "m"),
    );
    assertEquals(await client.call("CONFIG", "SET", "bind", "127.0.0.1"), "OK");
    await using other = await RespClient.connect({ port });
    assertEquals(await other.value("PING"), "PONG");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

/** Whether nobody listens. */
async function isRefused(address: Address): Promise<boolean> {
  await using client = await connectedTo(address);
  return client === undefined;
}

/** Whether somebody answers; who was let in by an address that is being given up hears nothing. */
async function isAnswered(address: Address): Promise<boolean> {
  await using client = await connectedTo(address);
  try {
    return await client?.value("PING") === "PONG";
  } catch (error) {
    if (error instanceof ConnectionEndedError) return false;
    throw error;
  }
}

/** A client, if somebody listens. */
async function connectedTo(address: Address): Promise<RespClient | undefined> {
  try {
    return await RespClient.connect(address);
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return undefined;
    throw error;
  }
}

Deno.test("DEBUG CONFIG-REWRITE-FORCE-ALL writes defaults too", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/my.conf`;
  await Deno.writeTextFile(path, "timeout 30\nenable-debug-command yes\n");
  try {
    await using server = await ServerProcess.start({
      label: "easyredis",
      command: [...easyRedisCommand(), path],
    });
    await using client = await RespClient.connect(server.address);
    assertEquals(await client.value("DEBUG", "CONFIG-REWRITE-FORCE-ALL"), "OK");
    const lines = (await Deno.readTextFile(path)).split("\n");
    assertEquals(lines[0], "timeout 30");
    assertEquals(lines.includes("maxclients 10000"), true);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
