/**
 * MONITOR beside real Redis.
 *
 * What may differ: the time and the client's port at the beginning of a line.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import type { RespClient } from "../support/resp_client.ts";

const LAST = "that is all";

/** The words of the lines that a monitor got, up to and without that of `ECHO "that is all"`. */
async function linesOf(client: RespClient): Promise<string[]> {
  const lines: string[] = [];
  while (true) {
    const line = await client.receive();
    const text = "text" in line ? line.text : "";
    assertMatch(text, /^\d{10}\.\d{6} \[\d+ 127\.0\.0\.1:\d+\] "/);
    if (text.endsWith(`"${LAST}"`)) return lines;
    lines.push(`${line.kind} ${text.replace(/^\S+ \[(\d+) \S+\]/, "[$1]")}`);
  }
}

/** Both monitors have got the same since they were asked last; returns how many lines. */
async function sameLines(both: Both, monitor: Both): Promise<number> {
  await both.same("ECHO", LAST);
  return (await monitor.sameOutcome("lines", linesOf)).length;
}

/** A second connection that monitors. */
async function beginMonitor(both: Both): Promise<Both> {
  const monitor = await both.onSecondConnection();
  await monitor.same("MONITOR");
  return monitor;
}

differential(
  "MONITOR shows what ran, in any database, with unprintable bytes escaped",
  async (both) => {
    const monitor = await beginMonitor(both);
    await both.same("SET", "key", "a b");
    await both.same("sEt", "\x00\x07\b\t\n\r\x1b\x7f\xff", "\"'\\");
    await both.same("SELECT", "3");
    await both.same("GET", "key");
    await both.same("GET", "");
    await both.same("INCRBY", "number", "12");
    await both.same("SELECT", "0");
    assertEquals(await sameLines(both, monitor), 7);
  },
);

differential("MONITOR shows failures of commands, not refusals", async (both) => {
  const monitor = await beginMonitor(both);
  await both.same("SET", "key", "word");
  await both.bothRefuse("ERR", "INCR", "key");
  await both.bothRefuse("WRONGTYPE", "LPUSH", "key", "x");
  await both.bothRefuse("ERR", "GET");
  await both.bothRefuse("ERR", "NOSUCH", "x");
  await both.bothRefuse("ERR", "CLIENT", "NOSUCH");
  assertEquals(await sameLines(both, monitor), 3);
});

differential("MONITOR shows no command of administrators and no password", async (both) => {
  const monitor = await beginMonitor(both);
  await both.same("CONFIG", "SET", "requirepass", "");
  await both.same("CONFIG", "GET", "hz");
  await both.sameShape("CLIENT", "LIST");
  await both.same("CLIENT", "SETNAME", "me");
  await both.sameShape("SLOWLOG", "LEN"); // whatever took long here
  await both.bothRefuse("ERR", "AUTH", "secret");
  await both.same("AUTH", "default", "secret");
  await both.bothRefuse("WRONGPASS", "auth", "nobody", "secret");
  await both.bothRefuse("ERR", "AUTH", "a", "b", "c");
  await both.bothRefuse("WRONGPASS", "HELLO", "3", "AUTH", "nobody", "secret", "SETNAME", "you");
  await both.bothRefuse("ERR", "HELLO", "3", "SETNAME", "you", "AUTH", "default");
  await both.sameShape("HELLO", "2", "SETNAME", "you", "AUTH", "default", "secret");
  assertEquals(await sameLines(both, monitor), 8);
}, { protocols: [2] });

differential("MONITOR shows a transaction as it runs", async (both) => {
  const monitor = await beginMonitor(both);
  await both.same("MULTI");
  await both.same("SET", "key", "value");
  await both.same("SELECT", "2");
  await both.same("CONFIG", "GET", "hz");
  await both.same("GET", "key");
  await both.same("EXEC");
  await both.same("MULTI");
  await both.same("GET", "key");
  await both.same("DISCARD");
  await both.same("SELECT", "0");
  await both.same("MULTI");
  await both.bothRefuse("ERR", "NOSUCH");
  await both.bothRefuse("EXECABORT", "EXEC");
  await both.same("WATCH", "key");
  await both.same("SET", "key", "changed");
  await both.same("MULTI");
  await both.same("GET", "key");
  await both.same("EXEC");
  await both.same("MULTI");
  await both.bothRefuse("EXECABORT", "exec", "x");
  await sameLines(both, monitor);
});

differential("MONITOR shows a command that waits when it begins to", async (both) => {
  const waiter = await both.onSecondConnection();
  const monitor = await beginMonitor(both);
  await waiter.begin("BLPOP", "list", "0");
  assertMatch(await monitor.sameOutcome("BLPOP", oneLine), /"BLPOP" "list" "0"$/);
  await both.same("RPUSH", "list", "a");
  await waiter.sameNext();
  assertEquals(await sameLines(both, monitor), 1);
});

/** The next line without its time and address. */
async function oneLine(client: RespClient): Promise<string> {
  const line = await client.receive();
  return "text" in line ? line.text.replace(/^\S+ \[(\d+) \S+\]/, "[$1]") : line.kind;
}

differential("a monitor may not use keys, and RESET ends it", async (both) => {
  const monitor = await beginMonitor(both);
  await monitor.bothRefuse("ERR Replica", "GET", "key");
  await monitor.bothRefuse("ERR Replica", "SET", "key", "value");
  await monitor.bothRefuse("ERR Replica", "KEYS", "*");
  await monitor.same("CLIENT", "PAUSE", "60000");
  await monitor.same("ECHO", "not paused");
  await monitor.sameOutcome("its own line", oneLine);
  await monitor.same("CLIENT", "UNPAUSE");
  await monitor.sameOutcome("flags", async (client) => {
    const info = String(await client.value("CLIENT", "INFO"));
    assertMatch(await oneLine(client), /"CLIENT" "INFO"/);
    return / flags=\S+/.exec(info)?.[0];
  });
  await monitor.same("RESET");
  await monitor.same("GET", "key");
  await both.same("GET", "key");
  await monitor.sameOutcome(
    "flags",
    async (client) => / flags=\S+/.exec(String(await client.value("CLIENT", "INFO")))?.[0],
  );
});

differential("MONITOR twice replies once, and within a transaction not at all", async (both) => {
  const monitor = await beginMonitor(both);
  await monitor.begin("MONITOR");
  await both.same("PING");
  assertMatch(await monitor.sameOutcome("PING", oneLine), /"PING"$/);
  await both.same("MULTI");
  await both.same("MONITOR");
  await both.same("EXEC");
  await both.bothRefuse("ERR wrong number", "MONITOR", "x");
});

differential(
  "a monitor is shown its own CLIENT REPLY SKIP, and not what comes next",
  async (both) => {
    const monitor = await beginMonitor(both);
    await monitor.begin("CLIENT", "REPLY", "SKIP");
    assertMatch(await monitor.sameOutcome("its own line", oneLine), /"CLIENT" "REPLY" "SKIP"$/);
    await both.same("ECHO", "not shown");
    await monitor.begin("ECHO", "not shown either");
    await both.same("ECHO", "shown");
    assertMatch(await monitor.sameOutcome("shown", oneLine), /"ECHO" "shown"$/);
  },
);

differential("a monitor with CLIENT REPLY OFF is shown nothing", async (both) => {
  const monitor = await beginMonitor(both);
  await monitor.begin("CLIENT", "REPLY", "OFF");
  await monitor.begin("CLIENT", "REPLY", "ON");
  await monitor.sameNext();
  await monitor.sameOutcome("its own line", oneLine);
  await both.same("ECHO", "shown");
  await monitor.sameOutcome("shown", oneLine);
});
