/**
 * APPEND, SETRANGE, GETRANGE, STRLEN, LCS beside real Redis.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import { differential } from "../support/differential.ts";
import { takeSeed } from "../support/seed.ts";

const INT64_MAX = "9223372036854775807";
const INT64_MIN = "-9223372036854775808";
const VALUES = ["", "v", "hello", "12345", "\0\xff\r\n", "x".repeat(44), "y".repeat(300)];

differential("APPEND adds to any string and makes it raw", async (both) => {
  for (const value of VALUES) {
    for (const suffix of ["", "1", "\0", "z".repeat(100)]) {
      await both.same("DEL", "fresh");
      await both.same("APPEND", "fresh", suffix);
      await both.same("OBJECT", "ENCODING", "fresh");
      await both.same("SET", "k", value, "EX", "1000");
      await both.same("APPEND", "k", suffix);
      await both.same("APPEND", "k", suffix);
      await both.same("GET", "k");
      await both.same("STRLEN", "k");
      await both.same("OBJECT", "ENCODING", "k");
      await both.sameSeconds("TTL", "k");
    }
  }
});

differential("SETRANGE overwrites, extends and fills gaps with zero bytes", async (both) => {
  for (const value of [undefined, ...VALUES]) {
    for (const offset of ["0", "1", "4", "43", "299", "300", "1000"]) {
      for (const part of ["", "a", "bcdef"]) {
        await both.same("DEL", "k");
        if (value !== undefined) await both.same("SET", "k", value);
        await both.same("SETRANGE", "k", offset, part);
        await both.same("GET", "k");
        await both.same("STRLEN", "k");
        await both.same("OBJECT", "ENCODING", "k");
      }
    }
  }
});

differential("SETRANGE refuses offsets out of range", async (both) => {
  await both.same("SET", "k", "hello");
  for (const key of ["k", "absent"]) {
    for (const offset of ["-1", INT64_MIN, "536870911", "536870912", INT64_MAX, "x", "1.0", ""]) {
      await both.same("SETRANGE", key, offset, "");
      await both.same("SETRANGE", key, offset, "ab");
    }
    await both.same("GET", key);
  }
});

differential("GETRANGE and SUBSTR cut alike, whatever the ends", async (both) => {
  const ends = [
    "0",
    "1",
    "-1",
    "2",
    "-2",
    "4",
    "5",
    "-5",
    "-6",
    "100",
    "-100",
    INT64_MAX,
    INT64_MIN,
  ];
  const badEnds = ["-9223372036854775807", "9223372036854775808", "x", ""];
  for (const value of ["hello", "", "12345"]) {
    await both.same("SET", "k", value);
    for (const start of [...ends, ...badEnds]) {
      for (const end of [...ends, ...badEnds]) await both.same("GETRANGE", "k", start, end);
      await both.same("SUBSTR", "k", start, "-2");
    }
  }
  await both.same("GETRANGE", "absent", "0", "-1");
  await both.same("GETRANGE", "absent", "x", "-1");
  await both.same("SUBSTR", "absent", "0", "-1");
});

differential("STRLEN counts bytes", async (both) => {
  for (const value of [...VALUES, INT64_MIN, "w".repeat(100_000)]) {
    await both.same("SET", "k", value);
    await both.same("STRLEN", "k");
  }
  await both.same("STRLEN", "absent");
});

differential("strings end at proto-max-bulk-len", async (both) => {
  await both.same("SET", "k", "x".repeat(1_048_570));
  await both.same("APPEND", "k", "123456");
  await both.bothRefuse("ERR string exceeds", "APPEND", "k", "7");
  await both.bothRefuse("ERR string exceeds", "SETRANGE", "k", "1048576", "7");
  await both.same("SETRANGE", "k", "1048575", "7");
  await both.bothRefuse("ERR string exceeds", "SETRANGE", "absent", "1048575", "78");
  await both.same("APPEND", "k", "");
  await both.same("STRLEN", "k");
  await both.same("SET", "l", "y".repeat(1000));
  await both.bothRefuse("ERR Insufficient memory", "LCS", "k", "l");
  await both.bothRefuse("ERR Insufficient memory", "LCS", "l", "k", "LEN");
}, { config: { "proto-max-bulk-len": "1048576" } });

differential("LCS finds the subsequence, its length, its ranges", async (both) => {
  const forms = [
    [],
    ["LEN"],
    ["len", "LEN"],
    ["IDX"],
    ["idx", "WITHMATCHLEN"],
    ["IDX", "MINMATCHLEN", "2"],
    ["MINMATCHLEN", "4", "IDX", "withmatchlen"],
    ["IDX", "MINMATCHLEN", "-5"],
    ["IDX", "MINMATCHLEN", INT64_MAX],
    ["LEN", "MINMATCHLEN", "3", "WITHMATCHLEN"],
    ["WITHMATCHLEN"],
  ];
  const texts = ["ohmytext", "mynewtext", "", "aaaa", "aa", "abcabcabc", "cba", "12345", "1234"];
  for (const first of texts) {
    for (const second of texts) {
      await both.send("MSET", "a", first, "b", second);
      for (const form of forms) await both.same("LCS", "a", "b", ...form);
    }
  }
  for (const form of forms) {
    await both.same("LCS", "a", "absent", ...form);
    await both.same("LCS", "absent", "absent", ...form);
    await both.same("LCS", "a", "a", ...form);
  }
});

differential("LCS refuses options that contradict or that it does not know", async (both) => {
  await both.same("MSET", "a", "ant", "b", "bee");
  await both.bothRefuse("ERR If you want both", "LCS", "a", "b", "LEN", "IDX");
  await both.bothRefuse("ERR If you want both", "LCS", "absent", "b", "IDX", "LEN");
  await both.bothRefuse("ERR syntax error", "LCS", "a", "b", "MINMATCHLEN");
  await both.bothRefuse("ERR syntax error", "LCS", "a", "b", "nosuch");
  await both.bothRefuse("ERR syntax error", "LCS", "a", "b", "");
  await both.bothRefuse("ERR value is not", "LCS", "a", "b", "MINMATCHLEN", "x");
  await both.bothRefuse("ERR value is not", "LCS", "a", "b", "LEN", "IDX", "MINMATCHLEN", "1.0");
});

differential("LCS of random bytes", async (both) => {
  const random = new SeededRandom(takeSeed("LCS of random bytes"));
  const text = (letterCount: number) =>
    Array.from(
      { length: random.below(200) },
      () => String.fromCharCode(0xfe + random.below(letterCount) & 0xff),
    ).join("");
  for (let count = 0; count < 100; count++) {
    const letterCount = 2 + random.below(6);
    await both.send("MSET", "a", text(letterCount), "b", text(letterCount));
    await both.same("LCS", "a", "b");
    await both.same("LCS", "a", "b", "IDX", "WITHMATCHLEN", "MINMATCHLEN", random.below(4));
  }
});
