/**
 * Subscribers that do not read: each is closed by the limit of its class, and nobody else notices.
 *
 * The connections are in memory, so that no buffer of the system hides how much waits.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../src/base/byte_view.ts";
import { type Client, type EasyRedisServer, ManualClock, startServer } from "../../src/mod.ts";
import type { MemoryTransport } from "../../src/net/mod.ts";
import { eventually } from "../support/poll.ts";

/** What waits and is not counted. */
const UNCOUNTED_BYTES = 16 * 1024;
const HARD_BYTES = 100_000;
const SOFT_BYTES = 20_000;
const MESSAGE = "m".repeat(1000);
/** Far more than the hard limit allows. */
const MESSAGE_COUNT = 1000;
const READ_BYTES = 65_536;

/** A server whose subscribers may leave little unread. */
function start(limit: string, clock = new ManualClock()): Promise<EasyRedisServer> {
  const config = { "client-output-buffer-limit": `pubsub ${limit}` };
  return startServer({ port: "none", clock, config });
}

/** A client that listens and has read the confirmation. */
async function subscribe(server: EasyRedisServer, channel: string): Promise<MemoryTransport> {
  const listener = server.connect();
  await listener.write(bytesOfText(`SUBSCRIBE ${channel}\r\n`) as Uint8Array<ArrayBuffer>);
  const confirmation = `*3\r\n$9\r\nsubscribe\r\n$${channel.length}\r\n${channel}\r\n:1\r\n`;
  assertEquals(await read(listener, confirmation.length), confirmation);
  return listener;
}

/** Reads so many bytes, or all up to the end. */
async function read(listener: MemoryTransport, byteCount: number): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(READ_BYTES);
  while (text.length < byteCount) {
    const count = await listener.read(buffer);
    if (count === null) break;
    text += textOfBytes(buffer, 0, count);
  }
  return text;
}

/** What a field of CLIENT LIST is for each subscriber. */
async function fieldOf(client: Client, field: string): Promise<number[]> {
  const list = String(await client.call("CLIENT", "LIST", "TYPE", "pubsub"));
  return [...list.matchAll(new RegExp(` ${field}=(\\d+)`, "g"))].map((match) => Number(match[1]));
}

for (const quickCount of [1, 12]) {
  Deno.test(`a subscriber that reads nothing is closed, ${quickCount} that read are not`, async () => {
    await using server = await start(`${HARD_BYTES} 0 0`);
    await using publisher = server.client();
    const quick = await Promise.all(
      Array.from({ length: quickCount }, () => subscribe(server, "news")),
    );
    const slow = await subscribe(server, "news");
    const frame = `*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$${MESSAGE.length}\r\n${MESSAGE}\r\n`;
    const reading = quick.map((listener) => read(listener, frame.length * MESSAGE_COUNT));
    let lastCount = quickCount + 1, deliveredToSlow = 0;
    for (let index = 0; index < MESSAGE_COUNT; index++) {
      const count = Number(await publisher.call("PUBLISH", "news", MESSAGE));
      assert(count === lastCount || (count === quickCount && lastCount === quickCount + 1));
      if (count > quickCount) deliveredToSlow++;
      lastCount = count;
    }
    assertEquals(lastCount, quickCount);
    assert(deliveredToSlow * frame.length >= HARD_BYTES);
    // One write lies in the pipe, the limit waits behind it.
    assert(deliveredToSlow * frame.length < HARD_BYTES * 2);
    for (const text of await Promise.all(reading)) {
      assertEquals(text, frame.repeat(MESSAGE_COUNT));
    }
    for (const listener of [...quick, slow]) listener.close();
  });
}

Deno.test("what waits for a slow subscriber stays within its limit", async () => {
  await using server = await start(`${HARD_BYTES} 0 0`);
  await using publisher = server.client();
  const slow = await subscribe(server, "news");
  let mostBytes = 0;
  while (await publisher.call("PUBLISH", "news", MESSAGE) === 1) {
    const [waitingBytes = 0] = await fieldOf(publisher, "omem");
    const [unsentBytes = 0] = await fieldOf(publisher, "obl");
    mostBytes = Math.max(mostBytes, waitingBytes + unsentBytes);
  }
  assert(
    mostBytes > HARD_BYTES / 2 && mostBytes <= UNCOUNTED_BYTES + HARD_BYTES + MESSAGE.length * 2,
  );
  assertEquals(await fieldOf(publisher, "omem"), []);
  slow.close();
});

Deno.test("a subscriber over the soft limit is closed when its time is over", async () => {
  const clock = new ManualClock();
  await using server = await start(`0 ${SOFT_BYTES} 10`, clock);
  await using publisher = server.client();
  const slow = await subscribe(server, "news");
  for (let index = 0; index < SOFT_BYTES / MESSAGE.length * 2; index++) {
    assertEquals(await publisher.call("PUBLISH", "news", MESSAGE), 1);
  }
  clock.advance(9_000);
  assertEquals(await publisher.call("PUBSUB", "NUMSUB", "news"), ["news", 1]);
  clock.advance(3_000);
  await eventually(async () =>
    Number((await publisher.call("PUBSUB", "NUMSUB", "news") as unknown[])[1]) === 0
  );
  slow.close();
});

Deno.test("replies to a client that listens to nothing are not held to the limit of subscribers", async () => {
  await using server = await start("1000 0 0");
  await using client = server.client();
  await client.call("SET", "key", MESSAGE.repeat(100));
  assertEquals(String(await client.call("GET", "key")).length, MESSAGE.length * 100);
});

Deno.test("a client that is closed takes its subscriptions with it, in the middle of a delivery too", async () => {
  await using server = await start("1000 0 0");
  await using publisher = server.client();
  const listeners = await Promise.all(Array.from({ length: 20 }, () => subscribe(server, "news")));
  assertEquals(await publisher.call("PUBLISH", "news", MESSAGE.repeat(100)), 20);
  assertEquals(await publisher.call("PUBLISH", "news", MESSAGE), 0);
  assertEquals(await publisher.call("PUBSUB", "CHANNELS"), []);
  for (const listener of listeners) listener.close();
});
