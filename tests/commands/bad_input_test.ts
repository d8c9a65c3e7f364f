/**
 * Bad input: whatever bytes come, the server answers or closes, and nobody else notices.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { startServer } from "../../src/mod.ts";
import { randomStream } from "../support/byte_streams.ts";
import { eventually } from "../support/poll.ts";
import { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";

const STREAM_COUNT = 10_000;
const STREAMS_AT_ONCE = 25;

Deno.test("10,000 random and mutated streams end, and a client beside them is served", async () => {
  const random = new SeededRandom(takeSeed("bad input"));
  await using server = await startServer();
  await using bystander = await RespClient.connect({ port: server.port });
  for (let sent = 0; sent < STREAM_COUNT; sent += STREAMS_AT_ONCE) {
    await Promise.all(
      Array.from({ length: STREAMS_AT_ONCE }, () => sendStream(server.port, randomStream(random))),
    );
    assertEquals(await bystander.value("ECHO", `${sent}`), `${sent}`);
  }
  await eventually(async () => {
    const info = String(await bystander.value("INFO", "clients"));
    return info.includes("connected_clients:1\r\n");
  }, { what: "all broken clients to be forgotten" });
});

/** Sends a stream, ends the sending side, and waits until the server has closed its own. */
async function sendStream(port: number, bytes: Uint8Array): Promise<void> {
  await using client = await RespClient.connect({ port });
  await client.sendRaw(bytes);
  await client.endSending();
  await client.readToEnd();
}
