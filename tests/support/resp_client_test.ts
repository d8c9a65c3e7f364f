/**
 * Tests of the bare client against servers of a few lines, which say what the test wants.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionEndedError, DeadlineError, encodeCommand, RespClient } from "./resp_client.ts";

/** Takes one connection and plays the server on it until `play` ends. */
async function withServer(
  play: (connection: Deno.Conn) => Promise<void>,
  test: (port: number) => Promise<void>,
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = listener.accept().then(async (connection) => {
    try {
      await play(connection);
    } finally {
      connection.close();
    }
  });
  await test(listener.addr.port);
  await server;
}

async function read(connection: Deno.Conn): Promise<string> {
  const chunk = new Uint8Array(1024);
  return new TextDecoder("latin1").decode(chunk.subarray(0, await connection.read(chunk) ?? 0));
}

async function write(connection: Deno.Conn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

Deno.test("RespClient sends text, bytes and numbers as bulk strings", () => {
  assertEquals(
    encodeCommand(["SET", Uint8Array.of(0, 255), 12, 9223372036854775807n]),
    "*4\r\n$3\r\nSET\r\n$2\r\n\x00\xff\r\n$2\r\n12\r\n$19\r\n9223372036854775807\r\n",
  );
});

Deno.test("RespClient refuses text that is no bytes", async () => {
  await withServer(async (connection) => void await read(connection), async (port) => {
    await using client = await RespClient.connect({ port });
    await assertRejects(() => client.send("ECHO", "\u20ac"), Error, "not a byte");
  });
});

Deno.test("RespClient gives pipelined replies in order, however they are cut", async () => {
  await withServer(async (connection) => {
    assertEquals(await read(connection), "*1\r\n$1\r\nA\r\n*1\r\n$1\r\nB\r\n");
    for (const part of ["+fi", "rst\r", "\n:2\r\n"]) await write(connection, part);
  }, async (port) => {
    await using client = await RespClient.connect({ port });
    assertEquals(await client.pipeline([["A"], ["B"]]), [
      { kind: "simple", text: "first" },
      { kind: "integer", text: "2" },
    ]);
  });
});

Deno.test("RespClient reports a server that closes where a reply is due", async () => {
  await withServer(async (connection) => {
    await read(connection);
    await write(connection, "$5\r\nhal");
  }, async (port) => {
    await using client = await RespClient.connect({ port });
    await assertRejects(() => client.command("GET", "k"), ConnectionEndedError, "3 bytes unread");
  });
});

Deno.test("RespClient gives up at its deadline and closes", async () => {
  await withServer(async (connection) => {
    while (await read(connection) !== "");
  }, async (port) => {
    await using client = await RespClient.connect({ port }, { deadlineMs: 20 });
    await assertRejects(() => client.command("GET", "k"), DeadlineError, "20 ms");
    assertEquals(client.isClosed, true);
  });
});

Deno.test("RespClient reads raw bytes to the end after it has ended sending", async () => {
  await withServer(async (connection) => {
    assertEquals(await read(connection), "PING\r\n");
    assertEquals(await read(connection), "");
    await write(connection, "+PONG\r\n");
  }, async (port) => {
    await using client = await RespClient.connect({ port });
    await client.sendRaw("PING\r\n");
    await client.endSending();
    assertEquals(await client.readToEnd(), "+PONG\r\n");
  });
});

Deno.test("RespClient speaks over a unix socket", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/test.sock`;
  try {
    using listener = Deno.listen({ transport: "unix", path });
    const server = listener.accept().then(async (connection) => {
      await write(connection, "_\r\n");
      connection.close();
    });
    await using client = await RespClient.connect({ path });
    assertEquals(await client.receive(), { kind: "null" });
    await server;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
