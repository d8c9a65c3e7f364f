/**
 * HINCRBY and HINCRBYFLOAT beside real Redis: 64 bits, 80-bit floats, and what is no number.
 *
 * @module
 */

import { inBothEncodings } from "../support/hash_encodings.ts";

const VALUES = [
  "0",
  "1",
  "-1",
  "4095",
  "9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "",
  " 1",
  "1 ",
  "01",
  "+1",
  "1.5",
  "-0",
  "abc",
  "5.0e3",
  "1e17",
  "inf",
  "-inf",
  "nan",
  "0x10",
  "1\0",
];

const INCREMENTS = [
  "0",
  "1",
  "-1",
  "10000000000",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "",
  "abc",
  "1.0",
  "0.1",
  "-1.23",
  "1e400",
  "1e5000",
  "inf",
  "-Infinity",
  "nan",
  "x".repeat(6000),
];

inBothEncodings("HINCRBY adds to any field that is an integer", async (both) => {
  for (const value of VALUES) {
    await both.same("HSET", "h", "field", value, "other", "x");
    for (const increment of INCREMENTS) await both.same("HINCRBY", "h", "field", increment);
    await both.same("HGET", "h", "field");
  }
  await both.same("OBJECT", "ENCODING", "h");
});

inBothEncodings("HINCRBY counts absent fields from 0", async (both) => {
  await both.same("HINCRBY", "h", "a", "5");
  await both.same("HINCRBY", "h", "b", "-7");
  await both.same("HINCRBY", "h", "a", "5");
  await both.same("HINCRBY", "none", "a", "x");
  await both.same("EXISTS", "none");
  await both.sameUnorderedPairs("HGETALL", "h");
});

inBothEncodings("HINCRBYFLOAT adds to any field that is a number", async (both) => {
  for (const value of VALUES) {
    for (const increment of INCREMENTS) {
      await both.same("HSET", "h", "field", value, "other", "x");
      await both.same("HINCRBYFLOAT", "h", "field", increment);
    }
    await both.same("HGET", "h", "field");
  }
});

inBothEncodings("HINCRBYFLOAT counts absent fields from 0", async (both) => {
  await both.same("HINCRBYFLOAT", "h", "a", "10.50");
  await both.same("HINCRBYFLOAT", "h", "a", "0.1");
  await both.same("HINCRBYFLOAT", "h", "b", "5.0e3");
  await both.same("HINCRBYFLOAT", "h", "c", "3");
  await both.same("HINCRBY", "h", "c", "4");
  await both.same("HINCRBYFLOAT", "none", "a", "x");
  await both.same("HINCRBYFLOAT", "none", "a", "inf");
  await both.same("EXISTS", "none");
  await both.sameUnorderedPairs("HGETALL", "h");
});
