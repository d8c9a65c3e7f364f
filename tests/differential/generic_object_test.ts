/**
 * OBJECT beside real Redis.
 *
 * @module
 */

import { differential } from "../support/differential.ts";

const QUESTIONS = ["ENCODING", "FREQ", "IDLETIME", "REFCOUNT"];
/** What decides between int, embstr and raw, and between shared and own integers. */
const VALUES = [
  "0",
  "1",
  "9999",
  "10000",
  "-1",
  "-0",
  "01",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "1.5",
  "",
  "v".repeat(44),
  "v".repeat(45),
  "v".repeat(20),
  "v".repeat(10_000),
];

differential("OBJECT refuses what it does not know", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "OBJECT");
  await both.bothRefuse("ERR unknown subcommand", "OBJECT", "NOSUCH");
  await both.bothRefuse("ERR unknown subcommand", "OBJECT", "NOSUCH", "key");
  await both.bothRefuse("ERR unknown subcommand", "OBJECT", "");
  await both.bothRefuse("ERR wrong number of arguments", "OBJECT", "HELP", "x");
  for (const question of QUESTIONS) {
    await both.bothRefuse("ERR wrong number of arguments", "OBJECT", question);
    await both.bothRefuse("ERR wrong number of arguments", "OBJECT", question, "a", "b");
    await both.same("OBJECT", question, "absent");
    await both.same("SET", "gone", "x", "PXAT", "1");
    await both.same("OBJECT", question.toLowerCase(), "gone");
  }
});

differential("OBJECT HELP lists its subcommands", async (both) => {
  await both.same("OBJECT", "HELP");
  await both.same("object", "help");
});

differential("OBJECT ENCODING and REFCOUNT of strings", async (both) => {
  for (const value of VALUES) {
    await both.same("SET", "key", value);
    for (const expiry of [[], ["EXPIRE", "key", "1000"], ["PERSIST", "key"]]) {
      if (expiry.length > 0) await both.same(...expiry);
      await both.same("OBJECT", "ENCODING", "key");
      await both.same("OBJECT", "REFCOUNT", "key");
    }
  }
});

differential("OBJECT ENCODING after a change", async (both) => {
  await both.same("SET", "key", "9998");
  for (const increment of ["1", "1", "-20000"]) {
    await both.same("INCRBY", "key", increment);
    await both.same("OBJECT", "ENCODING", "key");
    await both.same("OBJECT", "REFCOUNT", "key");
  }
  await both.same("APPEND", "key", "x");
  await both.same("OBJECT", "ENCODING", "key");
  await both.same("APPEND", "new", "12");
  await both.same("OBJECT", "ENCODING", "new");
  await both.same("SETRANGE", "range", "0", "12");
  await both.same("OBJECT", "ENCODING", "range");
  await both.same("INCRBYFLOAT", "range", "1");
  await both.same("OBJECT", "ENCODING", "range");
});

differential("OBJECT IDLETIME is 0 for what was just used", async (both) => {
  await both.same("SET", "key", "value");
  await both.sameSeconds("OBJECT", "IDLETIME", "key");
});

differential("OBJECT FREQ needs an LFU policy", async (both) => {
  await both.same("SET", "key", "value");
  await both.bothRefuse("ERR An LFU maxmemory policy is not selected", "OBJECT", "FREQ", "key");
});

differential("OBJECT IDLETIME needs another policy than LFU", async (both) => {
  await both.same("SET", "key", "value");
  await both.bothRefuse("ERR An LFU maxmemory policy is selected", "OBJECT", "IDLETIME", "key");
  await both.same("OBJECT", "IDLETIME", "absent");
}, { config: { "maxmemory-policy": "allkeys-lfu" } });

// Under the factor 0 every use counts, so that chance has no say.
differential("OBJECT FREQ counts uses, and not looks", async (both) => {
  await both.same("SET", "key", "value");
  await both.same("OBJECT", "FREQ", "key");
  for (
    const use of [["GET", "key"], ["TOUCH", "key"], ["STRLEN", "key"], ["EXPIRE", "key", "10"]]
  ) {
    await both.same(...use);
    await both.same("OBJECT", "FREQ", "key");
  }
  for (const look of ["EXISTS", "TYPE", "TTL"]) {
    await both.same(look, "key");
    await both.same("OBJECT", "FREQ", "key");
  }
  await both.same("SET", "key", "other");
  await both.same("OBJECT", "FREQ", "key");
  await both.same("SET", "key", "v".repeat(300));
  await both.same("OBJECT", "FREQ", "key");
  await both.same("RENAME", "key", "new");
  await both.same("OBJECT", "FREQ", "new");
  await both.same("OBJECT", "FREQ", "absent");
}, { config: { "maxmemory-policy": "volatile-lfu", "lfu-log-factor": "0" } });

differential("COPY makes a value that nobody has used yet", async (both) => {
  await both.same("SET", "key", "value");
  for (let use = 0; use < 10; use++) await both.same("GET", "key");
  await both.same("COPY", "key", "copy");
  await both.same("OBJECT", "FREQ", "copy");
  await both.same("OBJECT", "FREQ", "key");
}, { config: { "maxmemory-policy": "allkeys-lfu", "lfu-log-factor": "0" } });

differential(
  "OBJECT FREQ counts each use once, and a list that turns in itself twice",
  async (both) => {
    await both.same("CONFIG", "SET", "maxmemory-policy", "allkeys-lfu", "lfu-decay-time", "0");
    await both.same("CONFIG", "SET", "lfu-log-factor", "0");
    await both.same("SET", "word", "text");
    await both.same("RPUSH", "list", "a", "b");
    for (
      const line of [
        ...["DUMP word", "SET word other XX", "SET word third NX", "SET word fourth XX GET"],
        ...["RENAMENX word word", "LMOVE list list LEFT RIGHT", "RPOPLPUSH list list"],
      ]
    ) {
      await both.sameOutcome(line, async (client) => {
        await client.command(...line.split(" "));
        return [
          await client.value("OBJECT", "FREQ", "word"),
          await client.value("OBJECT", "FREQ", "list"),
        ];
      });
    }
  },
);
