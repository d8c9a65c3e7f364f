/**
 * KEYS, RANDOMKEY and SCAN beside real Redis.
 *
 * Cursors are each server's own business, and so is what one call returns; a whole walk, and every
 * refusal, must be the same.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import type { Argument, RespClient } from "../support/resp_client.ts";

const KEYS = [
  "hello",
  "hallo",
  "hxllo",
  "hllo",
  "heello",
  "h*llo",
  "h[a]llo",
  "a\\b",
  "",
  "\0\xff",
];
const PATTERNS = [
  "*",
  "**",
  "h?llo",
  "h*llo",
  "h[ae]llo",
  "h[^e]llo",
  "h[a-e]llo",
  "h[e-a]llo",
  "h\\*llo",
  "h\\[a\\]llo",
  "a\\\\b",
  "h[",
  "h[a",
  "[",
  "\\",
  "",
  "?",
  "\0*",
  "*\xff",
  "H*",
  "nothing",
];

/** Goes on from cursor 0 until it comes back; the keys met, sorted, each once. */
async function walk(client: RespClient, ...options: Argument[]): Promise<string[]> {
  const met = new Set<string>();
  let cursor = "0";
  do {
    const [next, keys] = plainOf(await client.command("SCAN", cursor, ...options)) as [
      string,
      string[],
    ];
    for (const key of keys) met.add(key);
    cursor = next;
  } while (cursor !== "0");
  return [...met].sort();
}

differential("KEYS matches patterns over bytes", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "KEYS");
  await both.bothRefuse("ERR wrong number of arguments", "KEYS", "*", "*");
  await both.same("KEYS", "*");
  for (const key of KEYS) await both.same("SET", key, "value");
  for (const pattern of PATTERNS) await both.sameUnordered("KEYS", pattern);
});

differential("KEYS passes over expired keys and other databases", async (both) => {
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  await both.same("MSET", "a", "1", "b", "2");
  await both.same("SET", "gone", "3", "PXAT", "1");
  await both.same("COPY", "a", "elsewhere", "DB", "1");
  await both.sameUnordered("KEYS", "*");
  await both.sameUnordered("KEYS", "g*");
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
});

differential("RANDOMKEY gives a key, or nil", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "RANDOMKEY", "a");
  await both.same("RANDOMKEY");
  await both.same("SET", "only\0\xff", "1");
  await both.same("RANDOMKEY");
  await both.same("SELECT", "1");
  await both.same("RANDOMKEY");
});

differential("SCAN meets all keys, whatever the step", async (both) => {
  await both.same("SCAN", "0");
  await both.same("MSET", ...Array.from({ length: 1000 }, (_, i) => [`key:${i}`, i]).flat());
  for (const key of KEYS) await both.same("SET", key, "value");
  for (const count of ["1", "3", "10", "1000", "9223372036854775807"]) {
    await both.sameOutcome(`SCAN COUNT ${count}`, (client) => walk(client, "COUNT", count));
  }
  await both.sameOutcome("SCAN", (client) => walk(client));
});

differential("SCAN filters by pattern and type", async (both) => {
  for (const key of KEYS) await both.same("SET", key, "value");
  for (const pattern of PATTERNS) {
    await both.sameOutcome(`SCAN MATCH ${pattern}`, (client) => walk(client, "MATCH", pattern));
  }
  for (
    const type of ["string", "STRING", "list", "set", "zset", "hash", "stream", "none", "x", ""]
  ) {
    await both.sameOutcome(`SCAN TYPE ${type}`, (client) => walk(client, "type", type));
  }
  await both.sameOutcome(
    "SCAN with everything",
    (client) => walk(client, "count", "2", "Match", "h*", "TYPE", "string", "COUNT", "3"),
  );
});

differential("SCAN removes the expired keys it meets", async (both) => {
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  await both.same("MSET", "a", "1", "b", "2");
  for (let index = 0; index < 20; index++) {
    await both.same("SET", `gone:${index}`, "x");
    await both.same("PEXPIRE", `gone:${index}`, "50");
  }
  await both.sameOutcome("all have expired", async (client) => {
    while (await client.value("EXISTS", "gone:19") === 1);
    return await client.value("DBSIZE");
  });
  await both.sameOutcome("SCAN", (client) => walk(client));
  await both.same("DBSIZE");
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
});

differential("SCAN refuses what is no cursor", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "SCAN");
  const refused = ["x", "1x", " 1", "\t0", "1.0", "0x10", "+", "-", "--1", "+-1", "1 ", "\n"];
  refused.push("18446744073709551616", "-18446744073709551616", "9".repeat(30));
  for (const cursor of refused) await both.bothRefuse("ERR invalid cursor", "SCAN", cursor);
  // A bad cursor is noticed before bad options.
  await both.bothRefuse("ERR invalid cursor", "SCAN", "x", "NOSUCH");
});

differential("SCAN takes any 64-bit number for a cursor", async (both) => {
  const taken = ["", "+0", "-0", "007", "0\0x", "\0", "1", "-1", "12345", "9007199254740993"];
  taken.push("9223372036854775808", "18446744073709551615", "-18446744073709551615", "+5");
  for (const cursor of taken) await both.same("SCAN", cursor);
  await both.same("SET", "a", "1");
  for (const cursor of taken) await both.sameShape("SCAN", cursor, "COUNT", "1000", "MATCH", "x");
});

differential("SCAN refuses options it does not know", async (both) => {
  await both.bothRefuse("ERR syntax error", "SCAN", "0", "MATCH");
  await both.bothRefuse("ERR syntax error", "SCAN", "0", "COUNT");
  await both.bothRefuse("ERR syntax error", "SCAN", "0", "TYPE");
  await both.bothRefuse("ERR syntax error", "SCAN", "0", "NOSUCH", "x");
  await both.bothRefuse("ERR syntax error", "SCAN", "0", "COUNT", "5", "MATCH");
  for (const count of ["0", "-1", "-9223372036854775808"]) {
    await both.bothRefuse("ERR syntax error", "SCAN", "0", "COUNT", count);
  }
  for (const count of ["x", "", "1.5", "9223372036854775808"]) {
    await both.bothRefuse("ERR value is not an integer", "SCAN", "0", "COUNT", count);
  }
  await both.bothRefuse("ERR value is not an integer", "SCAN", "0", "COUNT", "x", "NOSUCH");
  await both.bothRefuse("ERR syntax error", "SCAN", "0", "NOSUCH", "COUNT", "x");
});
