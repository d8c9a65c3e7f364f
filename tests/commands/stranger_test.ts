/**
 * A client that has not given the password, and reads no replies, is closed before it costs much.
 *
 * The connections are in memory, so that no buffer of the system hides how much waits.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { bytesOfText } from "../../src/base/byte_view.ts";
import { type EasyRedisServer, ManualClock, startServer } from "../../src/mod.ts";
import type { MemoryTransport } from "../../src/net/mod.ts";
import { eventually } from "../support/poll.ts";

/** Their replies are more than a stranger may leave unread, and far less than others may. */
const REQUESTS = bytesOfText("PING\r\n".repeat(1000)) as Uint8Array<ArrayBuffer>;

/** A client with so many replies waiting that a stranger is closed by the next look at them. */
async function leaveUnread(server: EasyRedisServer, login: string): Promise<MemoryTransport> {
  const client = server.connect();
  await client.write(bytesOfText(`${login}\r\n`) as Uint8Array<ArrayBuffer>);
  await client.write(REQUESTS);
  return client;
}

/** Sends requests as long as they are taken. */
async function writeOn(client: MemoryTransport): Promise<never> {
  for (;;) await client.write(bytesOfText("PING\r\n") as Uint8Array<ArrayBuffer>);
}

Deno.test("who has not authenticated may not leave many replies unread", async () => {
  const clock = new ManualClock();
  await using server = await startServer({ port: "none", clock, config: { requirepass: "word" } });
  const stranger = await leaveUnread(server, "AUTH wrong");
  const friend = await leaveUnread(server, "AUTH word");
  const writing = assertRejects(() => writeOn(stranger), Deno.errors.BrokenPipe);
  let isClosed = false;
  writing.finally(() => isClosed = true);
  await eventually(() => {
    clock.advance(1000); // the server looks after its connections
    return isClosed;
  });
  await writing;
  const buffer = new Uint8Array(1 << 20);
  let byteCount = 0;
  while (byteCount < "+OK\r\n".length + 1000 * "+PONG\r\n".length) {
    byteCount += (await friend.read(buffer))!;
  }
  await friend.write(bytesOfText("ECHO still\r\n") as Uint8Array<ArrayBuffer>);
  const count = await friend.read(buffer);
  assertEquals(new TextDecoder().decode(buffer.subarray(0, count!)), "$5\r\nstill\r\n");
  friend.close();
});
