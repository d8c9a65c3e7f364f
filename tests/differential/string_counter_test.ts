/**
 * INCR and its kin beside real Redis: 64 bits, 80-bit floats, and what is no number.
 *
 * @module
 */

import { differential } from "../support/differential.ts";

const INT64_MAX = "9223372036854775807";
const INT64_MIN = "-9223372036854775808";

/** Texts that are, or look like, whole numbers. */
const WHOLE_NUMBERS = [
  "0",
  "1",
  "-1",
  "9",
  "9999",
  "10000",
  "-10",
  "2147483647",
  "-2147483648",
  "4294967295",
  "4294967296",
  "9007199254740991",
  "9007199254740993",
  "-9007199254740993",
  "9223372036854775806",
  INT64_MAX,
  "-9223372036854775807",
  INT64_MIN,
  "9223372036854775808",
  "-9223372036854775809",
  "18446744073709551616",
  "",
  "-",
  "-0",
  "+1",
  "01",
  " 1",
  "1 ",
  "1\0",
  "1.0",
  "1e3",
  "0x10",
  "abc",
  "1".repeat(300),
];

/** Texts that are, or look like, numbers for INCRBYFLOAT. */
const FLOATS = [
  ...WHOLE_NUMBERS.filter((text) => !text.startsWith("1111")),
  "0.1",
  "0.2",
  "-0.1",
  "3.0",
  "5.0e3",
  "5.",
  ".5",
  "10.1",
  "1e-17",
  "1e-18",
  "1e17",
  "1e30",
  "1e300",
  "1e4932",
  "-1e4932",
  "1e5000",
  "1e-5000",
  "0x1p3",
  "0x.8",
  "inf",
  "-Infinity",
  "nan",
  "1.00000000000000000001",
  "123456789.123456789",
  "99999999999999999999.99",
  "1e",
  "e5",
  "--1",
  "1,5",
];

differential("INCRBY and DECRBY of every number by every number", async (both) => {
  for (const start of WHOLE_NUMBERS) {
    for (const step of WHOLE_NUMBERS) {
      await both.send("SET", "k", start);
      await both.same("INCRBY", "k", step);
      await both.same("DECRBY", "k", step);
      await both.same("GET", "k");
    }
  }
}, { protocols: [2] });

differential("INCR and DECR count from what is there, or from 0", async (both) => {
  for (const command of ["INCR", "DECR"]) {
    for (const start of WHOLE_NUMBERS) {
      await both.same("SET", "k", start);
      await both.same(command, "k");
      await both.same("GET", "k");
      await both.same("OBJECT", "ENCODING", "k");
      await both.same("OBJECT", "REFCOUNT", "k");
    }
    await both.same("DEL", "k");
    await both.same(command, "k");
    await both.same(command, "k");
  }
  await both.same("DEL", "k");
  await both.same("INCRBY", "k", INT64_MIN);
  await both.same("DEL", "k");
  await both.bothRefuse("ERR decrement would overflow", "DECRBY", "k", INT64_MIN);
  await both.same("EXISTS", "k");
});

differential("INCRBYFLOAT of every number by every number", async (both) => {
  for (const start of FLOATS) {
    for (const step of FLOATS) {
      await both.send("SET", "k", start);
      await both.same("INCRBYFLOAT", "k", step);
      await both.same("GET", "k");
    }
  }
}, { protocols: [3] });

differential("INCRBYFLOAT rounds a long row of sums as Redis does", async (both) => {
  for (const step of ["0.1", "-0.7", "1.1", "33.333333333333333", "-1e-5", "123456.789e3"]) {
    for (let count = 0; count < 40; count++) await both.same("INCRBYFLOAT", "k", step);
  }
  await both.same("OBJECT", "ENCODING", "k");
});

differential("counters change the encoding as Redis does, and keep the expiry", async (both) => {
  const writings = [["SET", "k", "12"], ["APPEND", "k", "12"], ["SETRANGE", "k", "0", "12"]];
  for (const writing of writings) {
    for (const step of [["INCR", "k"], ["INCRBY", "k", "20000"], ["INCRBYFLOAT", "k", "1"]]) {
      await both.same("DEL", "k");
      await both.same(...writing);
      await both.same("APPEND", "k", "3");
      await both.same("OBJECT", "ENCODING", "k");
      await both.same("EXPIRE", "k", "1000");
      await both.same(...step);
      await both.same("OBJECT", "ENCODING", "k");
      await both.sameSeconds("TTL", "k");
      await both.same("INCR", "k");
      await both.same("OBJECT", "ENCODING", "k");
    }
  }
});
