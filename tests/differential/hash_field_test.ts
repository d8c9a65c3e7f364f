/**
 * HSET, HGET, HDEL and their kin beside real Redis, in both encodings and between them.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { inBothEncodings } from "../support/hash_encodings.ts";

/** Fields and values that look like numbers or not, with lengths where a layout changes. */
const WORDS = [
  "",
  "0",
  "7",
  "-1",
  "127",
  "128",
  "4095",
  "-4096",
  "32767",
  "-32769",
  "8388608",
  "2147483647",
  "-2147483649",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "007",
  "-0",
  "+1",
  "1.5",
  "ant",
  "\0\r\n\xff",
  "x".repeat(63),
  "y".repeat(64),
];

inBothEncodings("HSET and HGET keep every field and value as it was written", async (both) => {
  for (const [index, word] of WORDS.entries()) {
    await both.same("HSET", "h", word, WORDS[WORDS.length - 1 - index]);
  }
  for (const word of WORDS) {
    await both.same("HGET", "h", word);
    await both.same("HEXISTS", "h", word);
    await both.same("HSTRLEN", "h", word);
  }
  await both.same("HLEN", "h");
  await both.same("HMGET", "h", ...WORDS, "none");
  await both.sameUnorderedPairs("HGETALL", "h");
  await both.sameUnordered("HKEYS", "h");
  await both.sameUnordered("HVALS", "h");
  await both.same("OBJECT", "ENCODING", "h");
});

inBothEncodings("HSET replaces values, longer and shorter ones", async (both) => {
  await both.same("HSET", "h", "a", "1", "b", "2", "c", "3");
  for (const value of ["22", "-300000", "x", "y".repeat(60), "", "z".repeat(8), "5", "v"]) {
    await both.same("HSET", "h", "b", value);
    await both.same("HGET", "h", "b");
    await both.sameUnorderedPairs("HGETALL", "h");
  }
});

inBothEncodings("HSET counts the fields that are new, HMSET says OK", async (both) => {
  await both.same("HSET", "h", "a", "1");
  await both.same("HSET", "h", "a", "1");
  await both.same("HSET", "h", "a", "2", "b", "3");
  await both.same("HSET", "h", "c", "2", "c", "3", "d", "4", "c", "5");
  await both.same("HMSET", "h", "e", "1", "a", "9");
  await both.sameUnorderedPairs("HGETALL", "h");
  await both.bothRefuse("ERR wrong number", "HSET", "h", "a", "1", "b");
  await both.bothRefuse("ERR wrong number", "HMSET", "h", "a", "1", "b");
  await both.bothRefuse("ERR wrong number", "hMSet", "absent", "a", "1", "b");
  await both.same("EXISTS", "absent");
});

inBothEncodings("HSETNX sets absent fields only", async (both) => {
  await both.same("HSETNX", "h", "a", "1");
  await both.same("HSETNX", "h", "a", "2");
  await both.same("HSETNX", "h", "b", "2");
  await both.sameUnorderedPairs("HGETALL", "h");
  await both.same("HSETNX", "h", "a", "x".repeat(100));
  await both.same("OBJECT", "ENCODING", "h");
});

inBothEncodings("HDEL removes fields, and the key with the last one", async (both) => {
  await both.same("HSET", "h", "a", "1", "b", "2", "c", "3", "4", "d");
  await both.same("HDEL", "h", "b", "none", "b", "4");
  await both.sameUnorderedPairs("HGETALL", "h");
  await both.same("HDEL", "h", "none");
  await both.same("HDEL", "h", "c", "a", "a", "none");
  await both.same("EXISTS", "h");
  await both.same("TYPE", "h");
  await both.same("HDEL", "h", "a");
});

differential("hash commands take an absent key for an empty hash", async (both) => {
  await both.same("HGET", "none", "a");
  await both.same("HMGET", "none", "a", "b");
  await both.same("HLEN", "none");
  await both.same("HSTRLEN", "none", "a");
  await both.same("HEXISTS", "none", "a");
  await both.same("HGETALL", "none");
  await both.same("HKEYS", "none");
  await both.same("HVALS", "none");
  await both.same("DBSIZE");
});

differential("hash commands refuse other types and wrong counts of arguments", async (both) => {
  await both.same("SET", "word", "ant");
  for (
    const command of [
      ["HSET", "a", "1"],
      ["HSETNX", "a", "1"],
      ["HGET", "a"],
      ["HMSET", "a", "1"],
      ["HMGET", "a"],
      ["HDEL", "a"],
      ["HLEN"],
      ["HSTRLEN", "a"],
      ["HEXISTS", "a"],
      ["HKEYS"],
      ["HVALS"],
      ["HGETALL"],
      ["HINCRBY", "a", "1"],
      ["HINCRBYFLOAT", "a", "1"],
      ["HRANDFIELD"],
      ["HRANDFIELD", "3"],
      ["HSCAN", "0"],
    ]
  ) {
    const [name, ...rest] = command;
    await both.bothRefuse("WRONGTYPE", name, "word", ...rest);
    await both.bothRefuse("ERR wrong number", name);
    if (rest.length > 0 && name !== "HRANDFIELD") {
      await both.bothRefuse("ERR wrong number", name, "word", ...rest.slice(1));
    }
  }
  for (const name of ["HGET", "HSTRLEN", "HEXISTS", "HSETNX", "HINCRBY", "HINCRBYFLOAT"]) {
    await both.bothRefuse("ERR wrong number", name, "h", "a", "1", "2");
  }
  for (const name of ["HLEN", "HKEYS", "HVALS", "HGETALL"]) {
    await both.bothRefuse("ERR wrong number", name, "h", "a");
  }
  await both.bothRefuse("ERR wrong number", "HSET", "word", "a", "1", "b");
});

differential("a hash becomes a table when it has too many fields", async (both) => {
  for (let index = 0; index < 6; index++) {
    await both.same("HSET", "h", `field:${index}`, `${index}`);
    await both.same("OBJECT", "ENCODING", "h");
  }
  await both.same("HDEL", "h", "field:0", "field:1", "field:2", "field:3");
  await both.same("OBJECT", "ENCODING", "h");
  await both.sameUnorderedPairs("HGETALL", "h");
  await both.same("HSET", "all", ...Array.from({ length: 12 }, (_, index) => `${index}`));
  await both.same("OBJECT", "ENCODING", "all");
  await both.same("HSET", "same", ...Array.from({ length: 20 }, (_, index) => `${index % 2}`));
  await both.same("OBJECT", "ENCODING", "same");
}, { config: { "hash-max-listpack-entries": "4" } });

differential("a hash becomes a table when a field or value is too long", async (both) => {
  const long = "x".repeat(11);
  await both.same("HSET", "h", "short", "x".repeat(10));
  await both.same("OBJECT", "ENCODING", "h");
  await both.same("HSET", "h", "long", long);
  await both.same("OBJECT", "ENCODING", "h");
  await both.same("HSET", "h", "long", "short");
  await both.same("OBJECT", "ENCODING", "h");
  await both.sameUnorderedPairs("HGETALL", "h");
  await both.same("HSET", "field", long, "1");
  await both.same("OBJECT", "ENCODING", "field");
  await both.same("HSETNX", "nx", "a", long);
  await both.same("OBJECT", "ENCODING", "nx");
  await both.same("HMSET", "several", "a", "1", "b", long, "c", "3");
  await both.same("OBJECT", "ENCODING", "several");
  await both.sameUnorderedPairs("HGETALL", "several");
  await both.same("HINCRBY", "sum", "a", "12345678901");
  await both.same("OBJECT", "ENCODING", "sum");
  await both.same("HINCRBY", "sum2", "a", "1234567890");
  await both.same("OBJECT", "ENCODING", "sum2");
  await both.same("HINCRBYFLOAT", "sum2", "a", "0.5");
  await both.same("OBJECT", "ENCODING", "sum2");
  await both.sameUnorderedPairs("HGETALL", "sum2");
}, { config: { "hash-max-listpack-value": "10" } });

differential(
  "a hash keeps its encoding until it is written to after a change of limits",
  async (both) => {
    await both.same("HSET", "h", "a", "1", "b", "2", "c", "3");
    await both.same("CONFIG", "SET", "hash-max-listpack-entries", "2");
    await both.same("OBJECT", "ENCODING", "h");
    await both.same("HDEL", "h", "none");
    await both.same("OBJECT", "ENCODING", "h");
    await both.same("HSET", "h", "a", "7");
    await both.same("OBJECT", "ENCODING", "h");
    await both.sameUnorderedPairs("HGETALL", "h");
  },
  { config: { "hash-max-listpack-entries": "512" } },
);

inBothEncodings(
  "a hash survives COPY, RENAME, MOVE and goes with DEL, UNLINK and FLUSHALL",
  async (both) => {
    const pairs = WORDS.flatMap((word, index) => [word, `${index}`]);
    await both.same("HSET", "h", ...pairs);
    await both.same("COPY", "h", "copy");
    await both.same("HSET", "h", "only", "here");
    await both.sameUnorderedPairs("HGETALL", "copy");
    await both.same("OBJECT", "ENCODING", "copy");
    await both.same("RENAME", "h", "other");
    await both.same("HGET", "other", "only");
    await both.same("PEXPIRE", "other", "1000000");
    await both.same("HSET", "other", "later", "1");
    await both.same("MOVE", "other", "1");
    await both.same("SET", "copy", "now a string");
    await both.same("SELECT", "1");
    await both.sameUnorderedPairs("HGETALL", "other");
    await both.same("HDEL", "other", "only", "later");
    await both.same("UNLINK", "other");
    await both.same("HSET", "again", ...pairs);
    await both.same("DEL", "again");
    await both.same("HSET", "again", ...pairs);
    await both.same("FLUSHALL");
    await both.same("EXISTS", "again");
  },
);

differential("a hash of large fields and values, and many of them", async (both) => {
  const long = "f".repeat(300), huge = "v".repeat(70_000);
  await both.same("HSET", "h", long, huge, "small", "1");
  await both.same("HGET", "h", long);
  await both.same("HSTRLEN", "h", long);
  await both.same("HSET", "h", long, "short");
  await both.same("HGET", "h", long);
  await both.same("HSET", "h", long, huge, `${long}g`, huge);
  await both.same("HMGET", "h", long, `${long}g`, "small");
  for (let index = 0; index < 3000; index += 100) {
    const pairs = Array.from({ length: 200 }, (_, offset) => `${index + (offset >>> 1)}`);
    await both.same("HSET", "many", ...pairs);
  }
  await both.same("HLEN", "many");
  await both.sameUnorderedPairs("HGETALL", "many");
  for (let index = 0; index < 3000; index += 7) await both.same("HDEL", "many", `${index}`);
  await both.sameUnordered("HKEYS", "many");
});
