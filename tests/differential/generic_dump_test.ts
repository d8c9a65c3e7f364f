/**
 * DUMP and RESTORE beside real Redis: each takes the other's payloads, and refuses what is none.
 *
 * @module
 */

import { bytesOfText } from "../../src/base/byte_view.ts";
import type { Both } from "../support/both.ts";
import { payloadOf } from "../support/dump_payload.ts";
import { differential } from "../support/differential.ts";
import { plainOf, type Reply } from "../support/reply.ts";

const LONG = "abcdefgh".repeat(40);
const RANDOM_LOOKING = Array.from(
  { length: 300 },
  (_, index) => String.fromCharCode(index * 97 % 256),
)
  .join("");

/** Commands that make the key `k`. */
const VALUES: readonly (readonly string[])[] = [
  ["SET", "k", ""],
  ["SET", "k", "0"],
  ["SET", "k", "-128"],
  ["SET", "k", "32767"],
  ["SET", "k", "-2147483648"],
  ["SET", "k", "2147483648"],
  ["SET", "k", "9223372036854775807"],
  ["SET", "k", "007"],
  ["SET", "k", "a".repeat(63)],
  ["SET", "k", RANDOM_LOOKING],
  ["SET", "k", LONG],
  ["SET", "k", "x".repeat(20_000)],
  ["RPUSH", "k", "ant", "12", "", "-1", "99999999999", RANDOM_LOOKING],
  ["RPUSH", "k", ...words(3000)],
  ["SADD", "k", "3", "-1", "70000"],
  ["SADD", "k", "9223372036854775807", "1"],
  ["SADD", "k", "ant", "bee", "12"],
  ["SADD", "k", ...words(2000)],
  ["HSET", "k", "f", "v", "12", "-7", "long", "v".repeat(60)],
  ["HSET", "k", "f", "v", "other", LONG],
  ["HSET", "k", ...words(2000)],
  ["ZADD", "k", "1", "a", "-inf", "b", "2.5", "c", "inf", "d", "0.1", "e"],
  ["ZADD", "k", "3", LONG, "1", "b"],
  ["ZADD", "k", ...words(800).flatMap((word, index) => [String(index * 1.25), word])],
];

function words(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `word:${index}`);
}

function bytesOf(reply: Reply): Uint8Array {
  const payload = plainOf(reply);
  if (typeof payload !== "string") throw new Error("There is no payload");
  return bytesOfText(payload);
}

/** Has each server take the other's payload of `k`, and its own. */
async function exchange(both: Both): Promise<void> {
  const { redis, easyredis } = await both.send("DUMP", "k");
  for (const [key, reply] of [["r", redis], ["e", easyredis]] as const) {
    await both.same("RESTORE", key, "0", bytesOf(reply), "REPLACE");
    await both.same("TYPE", key);
    await both.same("OBJECT", "ENCODING", key);
    await both.same("DEBUG", "DIGEST-VALUE", "k", key);
  }
}

differential("each server takes the other's values of all types", async (both) => {
  for (const command of VALUES) {
    await both.same("DEL", "k");
    await both.same(...command);
    await exchange(both);
  }
});

differential("packed values and strings have the very same payload", async (both) => {
  for (const command of VALUES) {
    await both.same("DEL", "k");
    await both.same(...command);
    if (command[0] === "SET" || command[0] === "RPUSH" || command.length < 12) {
      const { redis } = await both.send("OBJECT", "ENCODING", "k");
      if (plainOf(redis) !== "hashtable") await both.same("DUMP", "k");
    }
  }
});

differential("values in either encoding are taken over under other limits", async (both) => {
  await both.same("RPUSH", "l", ...words(500));
  await both.same("HSET", "h", ...words(100));
  await both.same("ZADD", "z", ...words(100).flatMap((word, index) => [String(index), word]));
  await both.same("SADD", "s", ...Array.from({ length: 100 }, (_, index) => String(index)));
  const payloads: [string, Uint8Array][] = [];
  for (const key of ["l", "h", "z", "s"]) {
    payloads.push([key, bytesOf((await both.send("DUMP", key)).redis)]);
  }
  const limits = [
    "hash-max-listpack-entries",
    "zset-max-listpack-entries",
    "set-max-intset-entries",
  ];
  for (const limit of limits) await both.same("CONFIG", "SET", limit, "10");
  await both.same("CONFIG", "SET", "list-max-listpack-size", "4");
  for (const [key, payload] of payloads) {
    await both.same("RESTORE", `${key}2`, "0", payload);
    await both.same("OBJECT", "ENCODING", `${key}2`);
    await both.same("DEBUG", "DIGEST-VALUE", key, `${key}2`);
  }
  await both.same("CONFIG", "SET", "hash-max-listpack-entries", "512");
  await both.same("CONFIG", "SET", "zset-max-listpack-entries", "128");
  await both.same("CONFIG", "SET", "set-max-intset-entries", "512");
  await both.same("CONFIG", "SET", "list-max-listpack-size", "-2");
});

differential("what comes packed stays so however long its elements are", async (both) => {
  await both.same("CONFIG", "SET", "hash-max-listpack-value", "100");
  await both.same("CONFIG", "SET", "zset-max-listpack-value", "100");
  const long = "x".repeat(90);
  await both.same("HSET", "h", "field", long, long, "value");
  await both.same("HSET", "many", ...words(400), "field", long);
  await both.same("ZADD", "z", "1", long, "2", "b");
  await both.same("CONFIG", "SET", "hash-max-listpack-value", "64");
  await both.same("CONFIG", "SET", "zset-max-listpack-value", "64");
  const additions = [["HSET", "h2", "a", "b"], ["HSET", "many2", "a", "b"], [
    "ZADD",
    "z2",
    "3",
    "c",
  ]];
  for (const [index, key] of ["h", "many", "z"].entries()) {
    await both.same("RESTORE", `${key}2`, "0", bytesOf((await both.send("DUMP", key)).redis));
    await both.same("OBJECT", "ENCODING", `${key}2`);
    await both.same(...additions[index]);
    await both.same("OBJECT", "ENCODING", `${key}2`);
    await both.same("DEBUG", "DIGEST-VALUE", key, `${key}2`);
  }
});

differential("streams go over with groups, consumers and what is pending", async (both) => {
  for (let index = 1; index <= 250; index++) {
    await both.same(
      "XADD",
      "k",
      `${index}-1`,
      "f",
      `v${index}`,
      ...(index % 7 === 0 ? ["g", "w"] : []),
    );
  }
  await both.same("XDEL", "k", "3-1", "100-1", "250-1");
  await both.same("XGROUP", "CREATE", "k", "g", "0");
  await both.same("XGROUP", "CREATE", "k", "h", "20-1", "ENTRIESREAD", "19");
  await both.same("XREADGROUP", "GROUP", "g", "alice", "COUNT", "20", "STREAMS", "k", ">");
  await both.same("XREADGROUP", "GROUP", "g", "bob", "COUNT", "5", "STREAMS", "k", ">");
  await both.same("XACK", "k", "g", "2-1", "5-1");
  await exchange(both);
  for (const key of ["r", "e"]) {
    await both.same("XLEN", key);
    await both.same("XRANGE", key, "-", "+");
    await both.same("XINFO", "GROUPS", key);
    await both.sameShape("XINFO", "CONSUMERS", key, "g");
    await both.same("XPENDING", key, "g");
    await both.sameShape("XPENDING", key, "g", "-", "+", "100");
    await both.same("XADD", key, "300-*", "f", "v");
  }
  await both.same("XADD", "empty", "5-5", "f", "v");
  await both.same("XDEL", "empty", "5-5");
  const { redis } = await both.send("DUMP", "empty");
  await both.same("RESTORE", "empty2", "0", bytesOf(redis));
  await both.bothRefuse("ERR The ID", "XADD", "empty2", "5-5", "f", "v");
});

differential("RESTORE sets the expiry, and its options", async (both) => {
  await both.same("SET", "k", "value");
  const payload = bytesOf((await both.send("DUMP", "k")).redis);
  await both.same("RESTORE", "a", "0", payload);
  await both.same("TTL", "a");
  await both.same("RESTORE", "b", "100000", payload, "IDLETIME", "1000");
  await both.sameMs("PTTL", "b");
  await both.sameSeconds("OBJECT", "IDLETIME", "b");
  await both.same("RESTORE", "c", "99999999999999", payload, "ABSTTL", "FREQ", "200");
  await both.same("PEXPIRETIME", "c");
  await both.bothRefuse("BUSYKEY", "RESTORE", "a", "0", payload);
  await both.same("RESTORE", "a", "1", payload, "ABSTTL", "replace");
  await both.same("EXISTS", "a");
  await both.same("RESTORE", "absent", "1", payload, "ABSTTL");
  await both.same("EXISTS", "absent");
});

differential("RESTORE reads what it does not store, as its time is over", async (both) => {
  const emptyList = payloadOf(Uint8Array.of(1, 0));
  await both.bothRefuse("ERR Bad data format", "RESTORE", "k", "1", emptyList, "ABSTTL");
  await both.bothRefuse("ERR Bad data format", "RESTORE", "k", "0", emptyList);
});

differential("RESTORE refuses what is no payload, and what its options are not", async (both) => {
  await both.same("SET", "k", "value");
  const payload = bytesOf((await both.send("DUMP", "k")).redis);
  const damaged = payload.slice();
  damaged[1] ^= 1;
  const unchecked = payload.slice().fill(0, -8);
  for (
    const bad of [damaged, unchecked, payload.slice(3), bytesOfText(""), bytesOfText("0123456789")]
  ) {
    await both.bothRefuse("ERR DUMP payload version or checksum", "RESTORE", "a", "0", bad);
  }
  await both.bothRefuse("ERR value is not an integer", "RESTORE", "a", "x", payload);
  await both.bothRefuse("ERR Invalid TTL", "RESTORE", "a", "-1", payload);
  await both.bothRefuse("BUSYKEY", "RESTORE", "k", "x", payload);
  await both.bothRefuse("ERR Invalid IDLETIME", "RESTORE", "a", "0", payload, "IDLETIME", "-1");
  await both.bothRefuse("ERR Invalid FREQ", "RESTORE", "a", "0", payload, "FREQ", "256");
  await both.bothRefuse("ERR value is not", "RESTORE", "a", "0", payload, "FREQ", "x");
  for (const options of [["FREQ"], ["IDLETIME"], ["x"], ["FREQ", "1", "IDLETIME", "1"]]) {
    await both.bothRefuse("ERR syntax", "RESTORE", "a", "0", payload, ...options);
  }
  await both.bothRefuse("ERR wrong number", "RESTORE", "a", "0");
  await both.bothRefuse("ERR wrong number", "DUMP");
  await both.same("DUMP", "absent");
  await both.same("EXISTS", "a");
});

differential("RESTORE of tiny payloads may read on into the footer", async (both) => {
  // Ten zero bytes are an empty string of version 0 with the right checksum.
  for (const byteCount of [9, 10, 11, 12, 30]) {
    await both.same("RESTORE", `zeros:${byteCount}`, "0", new Uint8Array(byteCount));
    await both.same("TYPE", `zeros:${byteCount}`);
  }
  for (
    const content of [
      ...Array.from({ length: 24 }, (_, form) => [form]),
      [0, 3],
      [0, 0xc0],
      [0, 0xc3],
      [0, 0xc3, 1],
      [0, 0xc4],
      [0, 0x82],
      [1, 1],
      [1, 0xc1, 0xc3],
      [2, 0xc1, 0xc0],
      [4, 0xc1, 1, 0xc0],
    ]
  ) {
    const key = `content:${content.join()}`;
    await both.same("RESTORE", key, "0", payloadOf(Uint8Array.from(content)));
    await both.same("TYPE", key);
    await both.same("DUMP", key);
  }
}, { config: { "sanitize-dump-payload": "yes" } });

differential("DEBUG SET-SKIP-CHECKSUM-VALIDATION has any checksum believed", async (both) => {
  const payload = "\x00\x01v\x0a\x00" + "\x01".repeat(8);
  const refusal = "ERR DUMP payload version or checksum are wrong";
  await both.bothRefuse(refusal, "RESTORE", "k", "0", payload);
  await both.same("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", "1");
  await both.same("RESTORE", "k", "0", payload);
  await both.same("GET", "k");
  await both.bothRefuse(refusal, "RESTORE", "other", "0", payload.replace("\x0a", "\x0b"));
  await both.same("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", "0");
  await both.bothRefuse(refusal, "RESTORE", "other", "0", payload);
});
