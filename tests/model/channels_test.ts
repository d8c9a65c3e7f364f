/**
 * Channels against a naive model: random listening and publishing by many clients, over both protocols.
 *
 * The model keeps what each client listens to and tries all of it on every message, with expressions
 * instead of globs. What each client has received is compared whole, so a message too many, too few,
 * twice or in the wrong order shows. Clients come and go; some share all their topics, some none.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { startServer } from "../../src/mod.ts";
import { eventually } from "../support/poll.ts";
import { plainOf } from "../support/reply.ts";
import { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";

const STEP_COUNT = 1500;
const CLIENT_COUNT = 12;
/** Longer than what the index of patterns looks at. */
const LONG = "x".repeat(40);

/** Patterns, and what they mean. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  "*": /^.+$/,
  "a*": /^a.*$/,
  "?b": /^.b$/,
  "[ab]b*": /^[ab]b.*$/,
  "ab": /^ab$/,
  "*c": /^.*c$/,
  "a?c": /^a.c$/,
  "ab*c*": /^ab.*c.*$/,
  "ab*": /^ab.*$/,
  "abc": /^abc$/,
  "\\a*b": /^a.*b$/,
  [`${LONG}a*`]: new RegExp(`^${LONG}a.*$`),
  [`${LONG}b*`]: new RegExp(`^${LONG}b.*$`),
  [`${LONG.slice(10)}*`]: new RegExp(`^${LONG.slice(10)}.*$`),
};
const CHANNELS = ["", "a", "b", "c", "ab", "bb", "abc", "acc", "abbc", "ba", "axb"]
  .concat(LONG, `${LONG}a`, `${LONG}b`);

type Kind = "channel" | "pattern" | "shard";
/** What comes before SUBSCRIBE for each kind. */
const LETTERS: Readonly<Record<Kind, string>> = { channel: "", pattern: "P", shard: "S" };

/** A client, what it should have received and what it has. */
class Listener {
  readonly topics: Record<Kind, Set<string>> = {
    channel: new Set(),
    pattern: new Set(),
    shard: new Set(),
  };
  readonly expected: string[] = [];
  readonly received: string[] = [];
  readonly client: RespClient;
  #markCount = 0;

  constructor(client: RespClient) {
    this.client = client;
  }

  /** Sends a request, and reads until it is through. */
  async ask(...words: string[]): Promise<void> {
    const mark = `mark ${++this.#markCount}`;
    if (words.length > 0) await this.client.send(...words);
    await this.client.send("PING", mark);
    while (true) {
      const text = JSON.stringify(plainOf(await this.client.receive()));
      if (text.includes(mark)) return;
      this.received.push(text);
    }
  }

  /** Listens to a name, or no more, and expects the confirmation. */
  async turn(isOn: boolean, kind: Kind, name: string): Promise<void> {
    const { channel, pattern, shard } = this.topics;
    if (isOn) this.topics[kind].add(name);
    else this.topics[kind].delete(name);
    const verb = `${LETTERS[kind]}${isOn ? "SUB" : "UNSUB"}SCRIBE`;
    const count = kind === "shard" ? shard.size : channel.size + pattern.size;
    this.expected.push(JSON.stringify([verb.toLowerCase(), name, count]));
    await this.ask(verb, name);
  }

  /** Expects what a message means for this client; returns how many deliveries. */
  expect(isToShard: boolean, channel: string, message: string): number {
    const before = this.expected.length;
    const { topics, expected } = this;
    if (isToShard && topics.shard.has(channel)) {
      expected.push(JSON.stringify(["smessage", channel, message]));
    }
    if (!isToShard && topics.channel.has(channel)) {
      expected.push(JSON.stringify(["message", channel, message]));
    }
    for (const pattern of isToShard ? [] : [...topics.pattern].sort()) {
      if (!PATTERNS[pattern].test(channel)) continue;
      expected.push(JSON.stringify(["pmessage", pattern, channel, message]));
    }
    return expected.length - before;
  }

  /** Compares; the patterns that match one message have no order among themselves. */
  async check(): Promise<void> {
    await this.ask();
    assertEquals(withRunsSorted(this.received), withRunsSorted(this.expected));
  }
}

/** Sorts neighbours that bring the same message by patterns. */
function withRunsSorted(events: readonly string[]): string[] {
  const sorted: string[] = [];
  let run: string[] = [], runMessage = "";
  for (const event of [...events, "[]"]) {
    const words = JSON.parse(event) as string[];
    const message = words[0] === "pmessage" ? words[3] : "";
    if (message === "" || message !== runMessage) {
      sorted.push(...run.sort());
      run = [];
    }
    run.push(event);
    runMessage = message;
  }
  return sorted;
}

Deno.test("channels deliver what a naive model says", async () => {
  const random = new SeededRandom(takeSeed("channels"));
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
  await using server = await startServer({ port: 0 });
  const connect = async () =>
    new Listener(
      await RespClient.connect({ port: server.port }, { protocol: random.below(2) === 0 ? 2 : 3 }),
    );
  const publisher = await RespClient.connect({ port: server.port }, { protocol: 2 });
  const listeners: Listener[] = [];
  while (listeners.length < CLIENT_COUNT) listeners.push(await connect());

  for (let step = 0; step < STEP_COUNT; step++) {
    const index = random.below(CLIENT_COUNT);
    const listener = listeners[index];
    const chance = random.below(100);
    if (chance < 40) {
      const kind = pick<Kind>(["channel", "pattern", "shard"]);
      const name = pick(kind === "pattern" ? Object.keys(PATTERNS) : CHANNELS);
      await listener.turn(random.below(5) > 1, kind, name);
    } else if (chance < 98) {
      const isToShard = random.below(4) === 0, channel = pick(CHANNELS);
      const count = await publisher.value(
        isToShard ? "SPUBLISH" : "PUBLISH",
        channel,
        `message ${step}`,
      );
      let expectedCount = 0;
      for (const each of listeners) {
        expectedCount += each.expect(isToShard, channel, `message ${step}`);
      }
      assertEquals(count, expectedCount);
    } else {
      await listener.check();
      listener.client.close();
      await eventually(async () => {
        const lines = String(await publisher.value("CLIENT", "LIST")).trimEnd().split("\n");
        return lines.length === CLIENT_COUNT;
      });
      listeners[index] = await connect();
    }
  }
  for (const listener of listeners) await listener.check();
  for (const listener of listeners) listener.client.close();
  await eventually(async () => await publisher.value("PUBSUB", "NUMPAT") === 0);
  assertEquals(await publisher.value("PUBSUB", "CHANNELS"), []);
  assertEquals(await publisher.value("PUBSUB", "SHARDCHANNELS"), []);
  publisher.close();
});
