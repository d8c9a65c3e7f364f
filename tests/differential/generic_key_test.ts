/**
 * DEL, EXISTS, TOUCH, TYPE, UNLINK, COPY, MOVE, RENAME, RENAMENX beside real Redis.
 *
 * @module
 */

import { differential } from "../support/differential.ts";

/** Keys and values that are no text. */
const BINARY = "\0\r\n\xff{}";
const EMPTY = "";
const LONG_KEY = "long:".padEnd(1000, "k");

for (const command of ["DEL", "UNLINK", "EXISTS", "TOUCH"]) {
  differential(`${command} counts the keys that are there`, async (both) => {
    await both.bothRefuse("ERR wrong number of arguments", command);
    await both.same(command, "absent");
    await both.same("MSET", "a", "1", "b", "two", BINARY, "3", EMPTY, "4", LONG_KEY, "5");
    await both.same(command, "a", "absent", "b", "a", BINARY, EMPTY, LONG_KEY, LONG_KEY + "x");
    await both.same("DBSIZE");
    await both.sameUnordered("KEYS", "*");
  });

  differential(`${command} does not count an expired key`, async (both) => {
    await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    await both.same("SET", "gone", "x", "PXAT", "1");
    await both.same("SET", "stays", "x");
    await both.same(command, "gone", "stays");
    await both.same(command, "gone");
    await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
  });
}

differential("DEL takes a thousand keys at once", async (both) => {
  const keys = Array.from({ length: 1000 }, (_, index) => `key:${index}`);
  await both.same("MSET", ...keys.flatMap((key, index) => [key, index]));
  await both.same("DEL", ...keys.slice(0, 500), ...keys.slice(0, 10));
  await both.same("UNLINK", ...keys);
  await both.same("DBSIZE");
});

differential("TYPE names the type, or none", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "TYPE");
  await both.bothRefuse("ERR wrong number of arguments", "TYPE", "a", "b");
  await both.same("TYPE", "absent");
  await both.same("SET", "number", "12");
  await both.same("TYPE", "number");
  await both.same("SET", "text", "twelve");
  await both.same("tYpE", "text");
});

differential("RENAME moves value and expiry over what was there", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "RENAME", "a");
  await both.bothRefuse("ERR wrong number of arguments", "RENAME", "a", "b", "c");
  await both.bothRefuse("ERR no such key", "RENAME", "absent", "b");
  await both.bothRefuse("ERR no such key", "RENAME", "absent", "absent");
  await both.same("SET", "a", "1", "PXAT", "99999999999999");
  await both.same("RENAME", "a", "a");
  await both.same("PEXPIRETIME", "a");
  await both.same("SET", "b", "old", "EX", "500");
  await both.same("RENAME", "a", "b");
  await both.same("MGET", "a", "b");
  await both.same("PEXPIRETIME", "b");
  await both.same("SET", "c", "lasting");
  await both.same("RENAME", "c", "b");
  await both.same("TTL", "b");
  await both.same("RENAME", "b", BINARY);
  await both.same("GET", BINARY);
  await both.same("RENAME", BINARY, LONG_KEY);
  await both.same("RENAME", LONG_KEY, EMPTY);
  await both.same("GET", EMPTY);
  await both.same("DBSIZE");
});

differential("RENAMENX leaves what is there", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "RENAMENX", "a");
  await both.bothRefuse("ERR no such key", "RENAMENX", "absent", "b");
  await both.same("MSET", "a", "1", "b", "2");
  await both.same("RENAMENX", "a", "b");
  await both.same("RENAMENX", "a", "a");
  await both.same("RENAMENX", "a", "c");
  await both.same("MGET", "a", "b", "c");
});

differential("RENAME and RENAMENX take an expired key for absent", async (both) => {
  await both.same("SET", "value", "x");
  await both.same("SET", "gone", "x", "PXAT", "1");
  await both.bothRefuse("ERR no such key", "RENAME", "gone", "value");
  await both.same("SET", "gone", "x", "PXAT", "1");
  await both.bothRefuse("ERR no such key", "RENAMENX", "gone", "value");
  await both.same("SET", "gone", "x", "PXAT", "1");
  await both.same("RENAMENX", "value", "gone");
  await both.same("TTL", "gone");
});

for (const value of ["12", "word", "v".repeat(100), "w".repeat(5000), EMPTY, BINARY]) {
  const shown = value.length > 20 ? `${value.length} bytes` : JSON.stringify(value);
  differential(`COPY, RENAME and MOVE keep a value of ${shown}`, async (both) => {
    await both.same("SET", "a", value, "PXAT", "99999999999999");
    await both.same("COPY", "a", "b");
    await both.same("APPEND", "a", "!");
    await both.same("MGET", "a", "b");
    await both.same("OBJECT", "ENCODING", "b");
    await both.same("PEXPIRETIME", "b");
    await both.same("RENAME", "b", "c");
    await both.same("OBJECT", "ENCODING", "c");
    await both.same("MOVE", "c", "1");
    await both.same("SELECT", "1");
    await both.same("GET", "c");
    await both.same("PEXPIRETIME", "c");
    await both.same("OBJECT", "ENCODING", "c");
  });
}

differential("COPY copies within a database and to another", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "COPY", "a");
  await both.same("COPY", "absent", "b");
  await both.bothRefuse("ERR source and destination", "COPY", "absent", "absent");
  await both.same("MSET", "a", "1", "b", "2");
  await both.same("COPY", "a", "b");
  await both.same("COPY", "a", "b", "rePLace");
  await both.same("GET", "b");
  await both.same("COPY", "a", "a", "DB", "1");
  await both.same("COPY", "a", "a", "DB", "1");
  await both.same("SET", "a", "changed");
  await both.same("COPY", "a", "a", "REPLACE", "db", "1", "REPLACE");
  await both.bothRefuse("ERR source and destination", "COPY", "a", "a", "DB", "1", "DB", "0");
  await both.bothRefuse("ERR source and destination", "COPY", "a", "a", "REPLACE");
  await both.same("SELECT", "1");
  await both.same("GET", "a");
  await both.same("DBSIZE");
});

differential("COPY replaces an expiry by the source's", async (both) => {
  await both.same("SET", "lasting", "1");
  await both.same("SET", "brief", "2", "PXAT", "99999999999999");
  await both.same("COPY", "lasting", "target");
  await both.same("COPY", "brief", "target", "REPLACE");
  await both.same("PEXPIRETIME", "target");
  await both.same("COPY", "lasting", "target", "REPLACE");
  await both.same("PEXPIRETIME", "target");
  await both.same("SET", "gone", "3", "PXAT", "1");
  await both.same("COPY", "gone", "target", "REPLACE");
  await both.same("GET", "target");
  await both.same("SET", "gone", "3", "PXAT", "1");
  await both.same("COPY", "lasting", "gone");
  await both.same("TTL", "gone");
});

differential("COPY refuses what it does not know", async (both) => {
  await both.same("SET", "a", "1");
  await both.bothRefuse("ERR syntax error", "COPY", "a", "b", "DB");
  await both.bothRefuse("ERR syntax error", "COPY", "a", "b", "NX");
  await both.bothRefuse("ERR syntax error", "COPY", "a", "b", "REPLACE", "DB");
  await both.bothRefuse("ERR syntax error", "COPY", "absent", "b", "");
  // The first mistake counts.
  await both.bothRefuse("ERR DB index is out of range", "COPY", "a", "b", "DB", "16", "NX");
  await both.bothRefuse("ERR syntax error", "COPY", "a", "b", "NX", "DB", "16");
  await both.same("DBSIZE");
});

differential("MOVE moves a key where it is absent", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "MOVE", "a");
  await both.bothRefuse("ERR wrong number of arguments", "MOVE", "a", "1", "2");
  await both.bothRefuse("ERR source and destination", "MOVE", "absent", "0");
  await both.same("MOVE", "absent", "1");
  await both.same("SET", "a", "1");
  await both.same("MOVE", "a", "15");
  await both.same("EXISTS", "a");
  await both.same("SET", "a", "2");
  await both.same("MOVE", "a", "15");
  await both.same("GET", "a");
  await both.same("SELECT", "15");
  await both.same("GET", "a");
  await both.same("SET", "a", "3", "PXAT", "1");
  await both.same("SELECT", "0");
  await both.same("MOVE", "a", "15");
  await both.same("SET", "gone", "1", "PXAT", "1");
  await both.same("MOVE", "gone", "3");
});

for (const words of [["COPY", "a", "b", "DB"], ["MOVE", "a"]]) {
  differential(`${words[0]} refuses what is no database`, async (both) => {
    await both.same("SET", "a", "1");
    for (const database of ["16", "-1", "2147483647"]) {
      await both.bothRefuse("ERR DB index is out of range", ...words, database);
    }
    for (const database of ["2147483648", "-2147483649", "9223372036854775807"]) {
      await both.bothRefuse("ERR value is out of range", ...words, database);
    }
    for (const database of ["x", "1.0", " 1", "1 ", "01", "9223372036854775808", ""]) {
      await both.bothRefuse("ERR value is not an integer", ...words, database);
    }
    await both.same("DBSIZE");
  });
}
