/**
 * Tests of the differential harness itself, with real Redis on both sides: what is equal passes,
 * and each kind of difference fails with the conversation in its message. A harness that cannot
 * fail would make every test above it worthless.
 *
 * @module
 */

import { assertEquals, AssertionError, assertRejects, assertStringIncludes } from "@std/assert";
import type { Both } from "./both.ts";
import { holdTranscript, type ServerPair } from "./differential.ts";
import { redisVersion, startRedisServer } from "./redis_server.ts";
import { RespClient } from "./resp_client.ts";

const isAbsent = redisVersion() === undefined;

/** Runs steps with two real servers, between which `set` makes a difference. */
async function withTwoServers(test: (servers: ServerPair) => Promise<void>): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const left = stack.use(await startRedisServer({ config: { maxclients: "100" } }));
  const right = stack.use(await startRedisServer({ config: { maxclients: "200" } }));
  await test({
    redis: { port: left!.port },
    easyredis: { port: right!.port },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

/** The message with which a transcript fails. */
async function failureOf(
  servers: ServerPair,
  transcript: (both: Both) => Promise<unknown>,
): Promise<string> {
  const error = await assertRejects(
    () => holdTranscript(servers, async (both) => void await transcript(both), { protocol: 3 }),
    AssertionError,
  );
  return error.message;
}

Deno.test({
  name: "differential passes what is equal, by each verb and over each protocol",
  ignore: isAbsent,
  fn: () =>
    withTwoServers(async (servers) => {
      for (const protocol of [2, 3] as const) {
        await holdTranscript(servers, async (both) => {
          await both.same("SADD", "s", "ant", "bee", Uint8Array.of(0, 255));
          await both.sameUnordered("SMEMBERS", "s");
          await both.bothRefuse("WRONGTYPE", "GET", "s");
          await both.same("HSET", "h", "a", 1, "b", 2);
          await both.sameUnorderedPairs("HGETALL", "h");
          await both.sameShape("TIME");
          await both.send("SET", "t", 1, "PX", 100_000);
          await both.within(5000, "PTTL", "t");
          assertEquals(
            await both.sameRaw("PING\r\nGET t\r\n*1\r\n$x\r\n"),
            [
              "+PONG\r\n",
              "$1\r\n1\r\n",
              "-ERR Protocol error: invalid bulk length\r\n",
            ].join(""),
          );
          const other = await both.onSecondConnection();
          await both.begin("BLPOP", "l", 5);
          await other.same("RPUSH", "l", "x");
          await both.sameNext();
          await both.sameOutcome("all keys", async (client) => {
            const keys = await client.value("KEYS", "*");
            return (keys as string[]).sort();
          });
        }, { protocol, config: { "set-max-intset-entries": "7" } });
      }
    }),
});

Deno.test({
  name: "differential flushes before, and sets directives back after, also of a failure",
  ignore: isAbsent,
  fn: () =>
    withTwoServers(async (servers) => {
      const config = { "set-max-intset-entries": "7" };
      await assertRejects(
        () =>
          holdTranscript(servers, async (both) => {
            await both.same("SET", "left", "over");
            await both.same("CONFIG", "GET", "set-max-intset-entries");
            throw new Error("on purpose");
          }, { protocol: 2, config }),
        Error,
        "on purpose",
      );
      await holdTranscript(servers, async (both) => {
        await both.same("EXISTS", "left");
      }, { protocol: 2 });
      await using client = await RespClient.connect(servers.easyredis);
      assertEquals(await client.value("EXISTS", "left"), 0);
      assertEquals(await client.value("CONFIG", "GET", "set-max-intset-entries"), [
        "set-max-intset-entries",
        "512",
      ]);
    }),
});

Deno.test({
  name: "differential fails where the servers differ, and shows the conversation",
  ignore: isAbsent,
  fn: () =>
    withTwoServers(async (servers) => {
      const message = await failureOf(servers, async (both) => {
        await both.same("SET", "k", "v\xff");
        await both.same("CONFIG", "GET", "maxclients");
      });
      assertStringIncludes(
        message,
        [
          "over RESP3: the bytes differ",
          "  1: (connected)",
          '  1> "SET" "k" "v\\xff"',
          '  1< "+OK\\r\\n"',
          '  1> "CONFIG" "GET" "maxclients"',
          '  redis:     "%1\\r\\n$10\\r\\nmaxclients\\r\\n$3\\r\\n100\\r\\n"',
          '  easyredis: "%1\\r\\n$10\\r\\nmaxclients\\r\\n$3\\r\\n200\\r\\n"',
        ].join("\n"),
      );
      const verbs: readonly ((both: Both) => Promise<unknown>)[] = [
        (both) => both.sameUnordered("CONFIG", "GET", "maxclients"),
        (both) => both.sameUnorderedPairs("CONFIG", "GET", "maxclients"),
        (both) => both.within(99, "CONFIG", "GET", "maxclients"),
        (both) => both.sameRaw("CONFIG GET maxclients\r\n"),
        (both) => both.bothRefuse("ERR", "PING"),
        (both) => both.bothRefuse("WRONGTYPE", "GET"),
        (both) => both.sameOutcome("maxclients", (client) => client.value("CONFIG", "GET", "*")),
      ];
      for (const verb of verbs) await failureOf(servers, verb);
    }),
});

Deno.test({
  name: "differential fails where only one server replies",
  ignore: isAbsent,
  fn: () =>
    withTwoServers(async (servers) => {
      const message = await failureOf(servers, async (both) => {
        await both.sameOutcome("one side quits", async (client) => {
          const maxclients = await client.value("CONFIG", "GET", "maxclients");
          if (JSON.stringify(maxclients).includes("200")) await client.value("QUIT");
        });
        await both.same("PING");
      });
      assertStringIncludes(message, "no reply to compare");
      assertStringIncludes(message, "+PONG");
    }),
});
