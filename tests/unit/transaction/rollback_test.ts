/**
 * Transactions that roll back, on a server in memory: what the client reads, what others see, and which
 * commands are refused.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Client } from "../../../src/client/mod.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { eventually } from "../../support/poll.ts";
import { RecordedServer } from "../../support/recorded_server.ts";

/** Runs lines and gives the last one's reply, an error as its text. */
async function run(client: Client, ...lines: readonly string[]): Promise<unknown> {
  let reply: unknown;
  for (const line of lines) {
    try {
      reply = await client.call(...line.split(" "));
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      reply = error.text;
    }
  }
  return reply;
}

const NOT_AN_INTEGER = "ERR value is not an integer or out of range";

function rolledBack(number: number, name: string, reason = NOT_AN_INTEGER): string {
  return `EXECABORT Transaction rolled back because of command ${number} '${name}': ${reason}`;
}

function refused(number: number, name: string): string {
  return `EXECABORT Transaction discarded because command ${number} '${name}' can't be rolled back`;
}

Deno.test("EXEC ROLLBACK and EXEC RB undo all when a command fails, and name it", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client();
  await run(client, "SET word hello", "RPUSH list a b");
  const before = recorded.lines();
  for (const end of ["EXEC ROLLBACK", "exec rb", "EXEC Rollback"]) {
    const reply = await run(client, "MULTI", "DEL list", "SET new 1", "INCR word", "SET x y", end);
    assertEquals(reply, rolledBack(3, "incr"));
    assertEquals(recorded.lines(), before);
  }
  assertEquals(await run(client, "EXEC"), "ERR EXEC without MULTI");
  assertEquals(recorded.effects, ["0 SET word hello", "0 RPUSH list a b"]);
  assertEquals(recorded.events, ["0 set word", "0 rpush list"]);
});

Deno.test("without an error EXEC ROLLBACK is EXEC", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client();
  const reply = await run(client, "MULTI", "SET a 1", "INCR a", "LPOP none", "EXEC ROLLBACK");
  assertEquals(reply, ["OK", 2, null]);
  assertEquals(recorded.effects, ["0 MULTI", "0 SET a 1", "0 INCR a", "0 EXEC"]);
  assertEquals(recorded.events, ["0 set a", "0 incrby a"]);
  assertEquals(recorded.server.stats.changesSinceSave, 2);
});

Deno.test("plain EXEC keeps what the others did", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client();
  await run(client, "SET word hello", "MULTI", "SET a 1", "INCR word", "SET b 2", "EXEC");
  assertEquals(await run(client, "MGET a b"), ["1", "2"]);
});

Deno.test("another word behind EXEC is a wrong number of arguments and ends the transaction", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client();
  const wrong =
    "EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command";
  for (const end of ["EXEC now", "EXEC RB RB", "EXEC ROLLBACKS"]) {
    assertEquals(await run(client, "MULTI", "SET a 1", end), wrong);
    assertEquals(await run(client, "EXEC RB"), "ERR EXEC without MULTI");
  }
  assertEquals(recorded.lines(), []);
});

Deno.test("transaction-rollback has every EXEC roll back, but none that is replayed", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client();
  await run(client, "CONFIG SET transaction-rollback yes", "SET word hello");
  const failing = ["MULTI", "SET a 1", "INCR word", "EXEC"];
  assertEquals(await run(client, ...failing), rolledBack(2, "incr"));
  for (const session of recorded.server.clients) session.isReplayed = true;
  await run(client, ...failing);
  assertEquals(await run(client, "GET a"), "1");
});

Deno.test("a queue that failed before, or whose watch is broken, ends as with EXEC", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client(), other = recorded.client();
  assertEquals(
    await run(client, "MULTI", "NOTHING", "EXEC RB"),
    "EXECABORT Transaction discarded because of previous errors.",
  );
  await run(client, "WATCH a", "MULTI");
  await run(other, "SET a 1");
  assertEquals(await run(client, "SET a 2", "EXEC RB"), null);
});

Deno.test("commands that can't be taken back are refused before anything runs", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client();
  for (
    const [line, name] of [
      ["FLUSHALL", "flushall"],
      ["FLUSHDB", "flushdb"],
      ["SWAPDB 0 1", "swapdb"],
      ["CONFIG SET hz 10", "config|set"],
      ["SLOWLOG RESET", "slowlog|reset"],
      ["BGSAVE", "bgsave"],
      ["CLIENT SETNAME me", "client|setname"],
      ["SUBSCRIBE news", "subscribe"],
      ["ZUNIONSTORE target none a", "zunionstore"],
      ["GEORADIUS a 1 1 1 m STORE b STORE c", "georadius"],
    ]
  ) {
    await run(client, "MULTI", "SET a 1", line);
    assertEquals(await run(client, "EXEC ROLLBACK"), refused(2, name));
    assertEquals(recorded.lines(), []);
  }
  assertEquals(recorded.events, []);
});

Deno.test("keys of other databases come back, and the selected one", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client();
  await run(client, "SET a 1", "SELECT 2", "SET a two", "SET b word", "SELECT 0");
  const before = recorded.lines();
  for (
    const lines of [
      ["MOVE a 1"],
      ["COPY a b DB 2 REPLACE"],
      ["SELECT 2", "MOVE b 0", "APPEND a !"],
      ["SELECT 2", "DEL a b", "SELECT 1", "SET a 1"],
    ]
  ) {
    const reply = await run(client, "MULTI", ...lines, "INCRBY a x", "EXEC RB");
    assertEquals(reply, rolledBack(lines.length + 1, "incrby"));
    assertEquals(recorded.lines(), before);
    assertEquals(await run(client, "GET a"), "1");
  }
});

Deno.test("watches of others hold through what is rolled back, and break by what is not", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client(), watcher = recorded.client();
  await run(watcher, "WATCH a", "MULTI", "PING");
  await run(client, "MULTI", "SET a 1", "INCRBY a x", "EXEC RB");
  assertEquals(await run(watcher, "EXEC"), ["PONG"]);
  await run(watcher, "WATCH a", "MULTI", "PING");
  await run(client, "MULTI", "SET a 1", "EXEC RB");
  assertEquals(await run(watcher, "EXEC"), null);
});

Deno.test("who waits is served by what counts only", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client(), waiter = recorded.client();
  const reply = waiter.call("BLPOP", "list", "0");
  const isBlocked = () => [...recorded.server.clients].some((session) => session.isBlocked);
  await eventually(isBlocked, { pauseMs: 0 });
  await run(client, "MULTI", "RPUSH list lost", "INCRBY a x", "EXEC RB");
  assertEquals(isBlocked(), true);
  await run(client, "MULTI", "RPUSH list found", "EXEC RB");
  assertEquals(await reply, ["list", "found"]);
});

Deno.test("a command that would wait does not", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client();
  assertEquals(await run(client, "MULTI", "BLPOP list 0", "SET a 1", "EXEC RB"), [null, "OK"]);
  const reply = await run(client, "MULTI", "RPUSH l x", "BLPOP l 0", "INCRBY a x", "EXEC RB");
  assertEquals(reply, rolledBack(3, "incrby"));
  assertEquals(await run(client, "EXISTS l"), 0);
});

Deno.test("messages and notifications leave in order, or not at all", async () => {
  await using recorded = new RecordedServer({ "notify-keyspace-events": "EAn" });
  const { server } = recorded;
  const client = recorded.client(), subscriber = recorded.client();
  const published: string[] = [];
  const publish = server.messages.publish.bind(server.messages);
  server.messages.publish = (channel, message) => {
    published.push(`${channel.toText()} ${message.toText()}`);
    return publish(channel, message);
  };
  subscriber.call("PSUBSCRIBE", "*").catch(() => {});
  await eventually(() => server.messages.clientCount === 1, { pauseMs: 0 });
  await run(client, "SET old 1");
  published.length = 0;
  await run(client, "MULTI", "DEL old", "PUBLISH news lost", "INCRBY a x", "EXEC RB");
  assertEquals(published, []);
  const lines = ["SET a 1", "PUBLISH news found", "DEL a"];
  assertEquals(await run(client, "MULTI", ...lines, "EXEC RB"), ["OK", 1, 1]);
  assertEquals(published, [
    "__keyevent@0__:new a",
    "__keyevent@0__:set a",
    "news found",
    "__keyevent@0__:del a",
  ]);
});

Deno.test("large values come back whole, and what was kept of them is freed", async () => {
  await using recorded = new RecordedServer();
  const client = recorded.client();
  const members = Array.from({ length: 20_000 }, (_, index) => `member ${index}`);
  await client.call("SADD", "set", ...members);
  const before = recorded.lines();
  for (const change of ["DEL set", "SPOP set 15000", "SUNIONSTORE set none"]) {
    await run(client, "MULTI", change, "INCRBY a x", "EXEC RB");
    assertEquals(recorded.lines(), before);
  }
  assertEquals(await run(client, "MULTI", "SADD set more", "EXEC RB"), [1]);
  await recorded.verifyEmptied(client);
});
