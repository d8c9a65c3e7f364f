/**
 * SET, GET and their kin beside real Redis: every option, alone, in pairs and in threes.
 *
 * @module
 */

import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";

const BINARY = "\0\r\n\xff\x80$5";
const LONG_KEY = "k".repeat(1000);

/** Numbers at the edges of an expiry. */
const EXPIRY_NUMBERS = [
  "1000",
  "0",
  "-1",
  "",
  "x",
  "1.5",
  "+1",
  " 1",
  "01",
  "99999999999999",
  "9223372036854775",
  "9223372036854776",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
];

/** What can be told of a key without depending on the moment. */
async function sameState(both: Both, key: string): Promise<void> {
  await both.same("GET", key);
  await both.same("OBJECT", "ENCODING", key);
  await both.sameSeconds("TTL", key);
}

differential("SET and GET take any bytes for key and value", async (both) => {
  for (const key of ["k", "", BINARY, LONG_KEY]) {
    for (const value of ["v", "", BINARY, "v".repeat(255), "v".repeat(256), "v".repeat(70_000)]) {
      await both.same("SET", key, value);
      await both.same("GET", key);
      await both.same("STRLEN", key);
    }
  }
  await both.same("GET", "absent");
  await both.same("DBSIZE");
});

differential("SET picks the encoding by the value", async (both) => {
  const values = ["0", "-0", "00", "1", "-1", "+1", " 1", "1 ", "1.0", "10000", "2147483648"];
  const edges = ["9223372036854775807", "9223372036854775808", "-9223372036854775808"];
  const texts = ["-9223372036854775809", "", "x".repeat(44), "x".repeat(45), "1".repeat(45)];
  for (const value of [...values, ...edges, ...texts]) {
    await both.same("SET", "k", value);
    await sameState(both, "k");
  }
});

differential("SET options, each set of up to three on absent and present keys", async (both) => {
  const options = [
    ["NX"],
    ["xx"],
    ["Get"],
    ["KEEPttl"],
    ["EX", "1000"],
    ["px", "1000000"],
    ["EXAT", "99999999999"],
    ["pxAT", "99999999999000"],
  ];
  for (const before of [[], ["SET", "k", "old"], ["SET", "k", "12", "EX", "5000"]]) {
    for (const first of options) {
      for (const second of [[], ...options]) {
        for (const third of [[], ...options.slice(0, 5)]) {
          await both.send("DEL", "k");
          if (before.length > 0) await both.send(...before);
          await both.same("SET", "k", "new", ...first, ...second, ...third);
          await sameState(both, "k");
        }
      }
    }
  }
}, { protocols: [2] });

differential("SET refuses options that it does not know, or without a number", async (both) => {
  await both.same("SET", "k", "v");
  const words = ["EX", "PX", "EXAT", "PXAT", "PERSIST", "nosuch", "", "N", "NXX", BINARY];
  for (const word of words) {
    await both.bothRefuse("ERR syntax error", "SET", "k", "w", word);
    await both.same("SET", "k", "w", "NX", word);
    await both.same("SET", "k", "w", word, "NX");
    await both.same("SET", "k", "w", word, "10", "EX");
  }
  await sameState(both, "k");
});

differential("SET, SETEX, PSETEX, GETEX read an expiry's number alike", async (both) => {
  for (const number of EXPIRY_NUMBERS) {
    for (const form of ["EX", "PX", "EXAT", "PXAT"]) {
      await both.same("SET", "k", "v", form, number);
      await both.sameSeconds("TTL", "k");
      await both.same("SET", "g", "v");
      await both.same("GETEX", "g", form, number);
      await both.sameSeconds("EXPIRETIME", "g");
    }
    for (const command of ["SETEX", "PSETEX"]) {
      await both.same(command, "k", number, "v");
      await both.sameSeconds("TTL", "k");
    }
  }
});

differential("SET reads the expiry before it looks at key and condition", async (both) => {
  await both.same("SET", "k", "v");
  await both.bothRefuse("ERR invalid expire", "SET", "k", "w", "NX", "EX", "0");
  await both.bothRefuse("ERR value is not an integer", "SET", "k", "w", "EX", "x", "GET");
  await both.bothRefuse("ERR syntax error", "SET", "k", "w", "EX", "x", "PX", "1");
  await both.same("GETEX", "absent", "EX", "0");
  await both.bothRefuse("ERR syntax error", "GETEX", "absent", "EX");
});

differential("SET with a moment that has passed leaves no key to be seen", async (both) => {
  await both.same("SET", "k", "v", "PXAT", "1");
  await both.same("EXISTS", "k");
  await both.same("SET", "k", "v", "EXAT", "1", "GET");
  await both.same("GET", "k");
  await both.same("DBSIZE");
});

differential("SETNX, GETSET, GETDEL", async (both) => {
  for (const value of ["v", "12", "", "x".repeat(300)]) {
    await both.same("GETDEL", "k");
    await both.same("SETNX", "k", value);
    await both.same("SETNX", "k", "other");
    await both.same("EXPIRE", "k", "100");
    await both.same("GETSET", "k", `${value}1`);
    await sameState(both, "k");
    await both.same("GETDEL", "k");
    await both.same("GETSET", "k", value);
  }
});

differential("GETEX options, in pairs", async (both) => {
  const options = [
    ["PERSIST"],
    ["EX", "1000"],
    ["px", "1000000"],
    ["EXAT", "99999999999"],
    ["pxat", "99999999999000"],
    ["EXAT", "1"],
    ["PXAT", "1"],
    ["KEEPTTL"],
    ["GET"],
    ["NX"],
    ["EX"],
  ];
  for (const before of [["SET", "k", "v"], ["SET", "k", "v", "EX", "500"], ["DEL", "k"]]) {
    for (const first of options) {
      for (const second of [[], ...options]) {
        await both.send("DEL", "k");
        await both.send(...before);
        await both.same("GETEX", "k", ...first, ...second);
        await sameState(both, "k");
      }
    }
  }
  await both.same("SET", "k", "v", "EX", "500");
  await both.same("GETEX", "k");
  await sameState(both, "k");
}, { protocols: [3] });

differential("MGET, MSET, MSETNX", async (both) => {
  await both.same("MSET", "a", "1", "b", BINARY, "a", "2", "", "empty");
  await both.same("MGET", "a", "b", "absent", "a", "");
  await both.same("MSETNX", "c", "1", "b", "2");
  await both.same("EXISTS", "c");
  await both.same("MSETNX", "c", "1", "d", "2", "c", "3");
  await both.same("MGET", "c", "d");
  await both.same("EXPIRE", "a", "100");
  await both.same("MSET", "a", "new");
  await both.same("TTL", "a");
  for (const command of ["MSET", "MSETNX"]) {
    await both.bothRefuse("ERR wrong number", command, "a");
    await both.bothRefuse("ERR wrong number", command, "a", "1", "b");
  }
  const many = Array.from({ length: 500 }, (_, index) => `key:${index}`);
  await both.same("MSET", ...many.flatMap((key) => [key, key.repeat(3)]));
  await both.same("MGET", ...many, "absent");
});

differential("string commands refuse a wrong number of arguments", async (both) => {
  const names = (
    "append decr decrby get getdel getex getrange getset incr incrby incrbyfloat lcs mget mset " +
    "msetnx psetex set setex setnx setrange strlen substr"
  ).split(" ");
  for (const name of names) {
    await both.bothRefuse("ERR wrong number", name);
    await both.send("DEL", "1");
    for (let count = 1; count <= 5; count++) {
      await both.same(name.toUpperCase(), ...Array<string>(count).fill("1"));
    }
  }
});
