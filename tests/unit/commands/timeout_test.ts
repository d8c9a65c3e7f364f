/**
 * Timeouts as clients write them; the values were seen from Redis 7.0.15 on x86-64.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { timeoutOfMilliseconds, timeoutOfSeconds } from "../../../src/commands/timeout.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { Args } from "../../../src/resp/mod.ts";

function refusalOf(read: () => number): string {
  return assertThrows(read, RedisError).text;
}

Deno.test("timeoutOfSeconds rounds a fraction of a millisecond up", () => {
  const cases = [
    ["0", 0],
    ["1", 1000],
    ["0.5", 500],
    ["0.1", 100],
    ["0.001", 1],
    ["0.0001", 1],
    ["1.0005", 1001],
    ["1e-400", 1],
    ["1e-4940", 1],
    ["0x10", 16_000],
    ["-0.0001", 0],
    ["-0.001", 0],
    ["1e15", 1e18],
    ["9223372036854775", 9223372036854775000],
  ] as const;
  for (const [text, milliseconds] of cases) {
    assertEquals(timeoutOfSeconds(Args.of(text), 0) + 0, milliseconds, text);
  }
});

Deno.test("timeoutOfSeconds refuses what is no number, negative or too much", () => {
  for (const text of ["-1", "-0.0011", "9223372036854776", "1e400", "-1e400", "inf", "-inf"]) {
    assertEquals(refusalOf(() => timeoutOfSeconds(Args.of(text), 0)), "ERR timeout is negative");
  }
  for (const text of ["", " 1", "1e", "abc", "nan", "1e5000", "1e-5000"]) {
    assertEquals(
      refusalOf(() => timeoutOfSeconds(Args.of(text), 0)),
      "ERR timeout is not a float or out of range",
    );
  }
});

Deno.test("timeoutOfMilliseconds reads a whole number", () => {
  assertEquals(timeoutOfMilliseconds(Args.of("1500"), 0), 1500);
  assertEquals(
    refusalOf(() => timeoutOfMilliseconds(Args.of("-1"), 0)),
    "ERR timeout is negative",
  );
  assertEquals(
    refusalOf(() => timeoutOfMilliseconds(Args.of("1.5"), 0)),
    "ERR timeout is not an integer or out of range",
  );
});
