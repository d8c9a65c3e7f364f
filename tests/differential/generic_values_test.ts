/**
 * Generic commands beside real Redis, over values of every type and encoding.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";
import { KEYS_OF_ALL_TYPES, makeValues } from "../support/sample_values.ts";

const TYPES = [
  "string",
  "list",
  "set",
  "zset",
  "hash",
  "stream",
  "none",
  "ZSET",
  "module",
  "x",
  "",
];

/** All that can be seen of a value from outside. */
async function sameValue(both: Both, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await both.same("TYPE", key);
    await both.same("OBJECT", "ENCODING", key);
    await both.sameSeconds("TTL", key);
  }
  await both.same("DEBUG", "DIGEST-VALUE", ...keys);
}

/** The keys that a walk by SCAN meets, sorted. */
async function scannedKeys(client: RespClient, ...options: string[]): Promise<string[]> {
  const keys = new Set<string>();
  let cursor = "0";
  do {
    const [next, found] = plainOf(await client.command("SCAN", cursor, ...options)) as [
      string,
      string[],
    ];
    for (const key of found) keys.add(key);
    cursor = next;
  } while (cursor !== "0");
  return [...keys].sort();
}

differential("TYPE, EXISTS, TOUCH and OBJECT know values of all types", async (both) => {
  await makeValues(both);
  for (const key of KEYS_OF_ALL_TYPES) {
    await both.same("TYPE", key);
    await both.same("OBJECT", "ENCODING", key);
    await both.same("OBJECT", "REFCOUNT", key);
    await both.sameSeconds("OBJECT", "IDLETIME", key);
    await both.bothRefuse("ERR An LFU", "OBJECT", "FREQ", key);
  }
  await both.same("EXISTS", ...KEYS_OF_ALL_TYPES, "absent");
  await both.same("TOUCH", ...KEYS_OF_ALL_TYPES, "absent");
  await both.same("DBSIZE");
});

differential("SCAN picks keys by type", async (both) => {
  await makeValues(both);
  for (const type of TYPES) {
    for (
      const rest of [[], ["MATCH", "*:s*"], ["COUNT", "1"], ["match", "zset:*", "COUNT", "100"]]
    ) {
      await both.sameOutcome(
        `SCAN TYPE ${type} ${rest.join(" ")}`,
        async (client) => await scannedKeys(client, "TYPE", type, ...rest),
      );
    }
  }
  await both.bothRefuse("ERR syntax", "SCAN", "0", "TYPE");
});

differential("COPY copies values of all types, and they are apart afterwards", async (both) => {
  await makeValues(both);
  await both.same("EXPIRE", "zset:large", "1000");
  for (const key of KEYS_OF_ALL_TYPES) {
    await both.same("COPY", key, "copy");
    await sameValue(both, key, "copy");
    await both.same("COPY", key, "copy");
    await both.same("COPY", key, "copy", "REPLACE");
    await both.same("COPY", key, "there", "DB", "3");
    await both.same("DEL", key);
    await sameValue(both, key, "copy");
    await both.same("RENAME", "copy", key);
    await sameValue(both, key);
    await both.same("SELECT", "3");
    await sameValue(both, "there");
    await both.same("DEL", "there");
    await both.same("SELECT", "0");
  }
  await both.same("DEBUG", "DIGEST");
  await both.same("RPUSH", "list:long", "new");
  await both.same("COPY", "list:long", "other");
  await both.same("RPUSH", "other", "newer");
  await sameValue(both, "list:long", "other");
  await both.same("XINFO", "GROUPS", "stream:groups");
});

differential("RENAME, MOVE and SET put a value in place of any other", async (both) => {
  for (const other of ["string:raw", "list:long", "set:many", "hash:large", "zset:large"]) {
    await makeValues(both);
    for (const key of KEYS_OF_ALL_TYPES) {
      if (key === other) continue;
      await both.same("COPY", other, "other", "REPLACE");
      await both.same("RENAMENX", key, "other");
      await both.same("RENAME", key, "other");
      await sameValue(both, key, "other");
      await both.same("MOVE", "other", "5");
      await both.same("EXISTS", "other");
      await both.same("SELECT", "5");
      await sameValue(both, "other");
      await both.same("SET", "other", "string", "EX", "1000");
      await sameValue(both, "other");
      await both.same("FLUSHDB");
      await both.same("SELECT", "0");
    }
    await both.same("FLUSHALL");
  }
  await makeValues(both);
  for (const key of KEYS_OF_ALL_TYPES) {
    const isString = key.startsWith("string");
    if (!isString) await both.bothRefuse("WRONGTYPE", "SET", key, "new", "GET");
    if (!isString) await both.bothRefuse("WRONGTYPE", "GET", key);
    if (!isString) await both.bothRefuse("WRONGTYPE", "APPEND", key, "new");
    await both.same("SET", key, "new", "NX");
    await both.same("SET", key, "new", "XX", "KEEPTTL");
    await sameValue(both, key);
  }
});

differential("values of all types expire, persist and are removed", async (both) => {
  await makeValues(both);
  for (const [index, key] of KEYS_OF_ALL_TYPES.entries()) {
    await both.same("EXPIRE", key, "1000");
    await both.same("EXPIREAT", key, "99999999999");
    await sameValue(both, key);
    await both.same("PERSIST", key);
    await sameValue(both, key);
    await both.same("PEXPIREAT", key, "99999999999999");
    if (index % 2 === 0) await both.same("EXPIRE", key, "-1");
    await both.same("EXISTS", key);
  }
  await both.same("DEBUG", "DIGEST");
  for (const [index, key] of KEYS_OF_ALL_TYPES.entries()) {
    await both.same(index % 3 === 0 ? "UNLINK" : "DEL", key);
  }
  await both.same("DBSIZE");
  await both.same("DEBUG", "DIGEST");
});

differential("RANDOMKEY draws keys of all types", async (both) => {
  await makeValues(both);
  for (let count = 0; count < 30; count++) {
    const { redis, easyredis } = await both.send("RANDOMKEY");
    for (const reply of [redis, easyredis]) {
      assert(KEYS_OF_ALL_TYPES.includes(plainOf(reply) as string));
    }
  }
});

differential("SWAPDB and FLUSHDB take values of all types along", async (both) => {
  await makeValues(both);
  await both.same("SWAPDB", "0", "2");
  await both.same("DBSIZE");
  await both.same("DEBUG", "DIGEST");
  await both.same("SELECT", "2");
  await sameValue(both, ...KEYS_OF_ALL_TYPES);
  await both.same("FLUSHDB", "ASYNC");
  await both.same("DBSIZE");
  await both.same("DEBUG", "DIGEST");
});

differential("DEBUG DIGEST and DIGEST-VALUE are those of Redis", async (both) => {
  await both.same("DEBUG", "DIGEST");
  await both.same("DEBUG", "DIGEST-VALUE");
  await both.same("DEBUG", "DIGEST-VALUE", "absent");
  await makeValues(both);
  await both.same("DEBUG", "DIGEST");
  await both.same("DEBUG", "DIGEST-VALUE", ...KEYS_OF_ALL_TYPES, "absent");
  await both.same("SELECT", "9");
  await makeValues(both);
  await both.same("EXPIRE", "set:many", "1000");
  await both.same("DEBUG", "DIGEST");
  await both.same("ZADD", "scores", "-0", "z", "1e-5", "a", "0.3", "b", "123456789012345678", "c");
  await both.same("DEBUG", "DIGEST-VALUE", "scores", "set:many");
  await both.bothRefuse("ERR unknown subcommand", "DEBUG", "DIGEST", "more");
});

differential(
  "DEBUG DIGEST and DIGEST-VALUE count keys that are there although due",
  async (both) => {
    await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    await both.same("SET", "due", "v", "PXAT", "1");
    await both.same("DEBUG", "DIGEST-VALUE", "due");
    await both.same("DEBUG", "DIGEST");
    await both.same("EXISTS", "due");
    await both.same("DEBUG", "DIGEST-VALUE", "due");
    await both.same("DEBUG", "DIGEST");
  },
);

differential(
  "DEBUG HTSTATS-KEY reports on what has a table, and refuses the rest",
  async (both) => {
    await makeValues(both);
    for (const key of KEYS_OF_ALL_TYPES) {
      await both.sameOutcome(`HTSTATS-KEY ${key}`, async (client) => {
        const reply = await client.command("DEBUG", "HTSTATS-KEY", key);
        const text = reply.kind === "error" ? reply.text : String(plainOf(reply));
        return /number of elements|.*represented.*/.exec(text)?.[0]; // some are being rehashed
      });
    }
  },
);

differential("DEBUG OBJECT tells encoding and length of all types", async (both) => {
  await makeValues(both);
  for (const value of ["127", "-128", "128", "70000", "-2147483648", "2147483648", "01", ""]) {
    await both.same("SET", `string:${value}`, value);
    await both.same("SADD", "set:numbers", value);
    await both.same("HSET", "hash:large", value, value);
  }
  for (
    const key of [...KEYS_OF_ALL_TYPES, "set:numbers", "string:127", "string:128", "string:01"]
  ) {
    await both.sameOutcome(`DEBUG OBJECT ${key}`, async (client) => {
      const text = plainOf(await client.command("DEBUG", "OBJECT", key)) as string;
      const facts = /refcount:\d+ encoding:\w+ serializedlength:\d+/.exec(text)?.[0];
      // Packed scores have as many digits as needed here, 17 in Redis.
      return key === "zset:small" ? facts?.replace(/ serialized.*/, "") : facts;
    });
  }
});

differential("MEMORY USAGE knows values of all types", async (both) => {
  await makeValues(both);
  for (const key of KEYS_OF_ALL_TYPES) {
    for (const samples of [[], ["SAMPLES", "0"], ["samples", "1"], ["SAMPLES", "1000"]]) {
      await both.sameShape("MEMORY", "USAGE", key, ...samples);
    }
  }
  for (const words of [["SAMPLES"], ["SAMPLES", "-1"], ["SAMPLES", "x"], ["nonsense", "1"]]) {
    await both.same("MEMORY", "USAGE", "set:many", ...words);
    await both.same("MEMORY", "USAGE", "absent", ...words);
  }
});
