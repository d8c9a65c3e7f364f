/**
 * Tests of starting and ending servers, with real Redis as the server.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { redisVersion, startRedisServer } from "./redis_server.ts";
import { RespClient } from "./resp_client.ts";

const isAbsent = redisVersion() === undefined;

Deno.test({
  name: "ServerProcess answers once started, on TCP and on its unix socket, and leaves no files",
  ignore: isAbsent,
  fn: async () => {
    const server = (await startRedisServer({ hasUnixSocket: true }))!;
    for (const address of [server.address, { path: server.socketPath! }]) {
      await using client = await RespClient.connect(address, { protocol: 3 });
      assertEquals(await client.value("ECHO", "hello"), "hello");
    }
    assertEquals(await server.stop(), { code: 0, signal: null });
    await assertRejects(() => Deno.stat(server.directory), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "ServerProcess shows the log of a server that ends at its start",
  ignore: isAbsent,
  fn: async () => {
    const error = await assertRejects(
      () => startRedisServer({ config: { "no-such-directive": "1" } }),
      Error,
      "ended at its start",
    );
    assertStringIncludes(error.message, "no-such-directive");
  },
});

Deno.test({
  name: "ServerProcess tells how a server was killed",
  ignore: isAbsent,
  fn: async () => {
    await using server = (await startRedisServer())!;
    await server.kill();
    assertEquals(await server.ended, { code: 137, signal: "SIGKILL" });
  },
});
