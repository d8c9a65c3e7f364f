/**
 * Scan cursor: how it is read.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { parseCursor } from "../../../src/engine/scan_cursor.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";

Deno.test("parseCursor gives back what the keyspace gave out", () => {
  for (const cursor of [0, 1, 4096, 2 ** 37 - 1, 2 ** 53 - 1]) {
    assertEquals(parseCursor(String(cursor)), cursor);
  }
});

Deno.test("parseCursor reads as strtoul does", () => {
  assertEquals(parseCursor(""), 0);
  assertEquals(parseCursor("\x0012"), 0);
  assertEquals(parseCursor("12\0x"), 12);
  assertEquals(parseCursor("+0012"), 12);
  assertEquals(parseCursor("-1"), 2 ** 53 - 1);
  assertEquals(parseCursor("-0"), 0);
  assertEquals(parseCursor("18446744073709551615"), 2 ** 53 - 1);
  assertEquals(parseCursor("-18446744073709551615"), 1);
});

Deno.test("parseCursor refuses what is no unsigned 64-bit integer", () => {
  const refused = ["x", "1x", " 1", "1 ", "1\n", "1\n\0", "+", "-", "--1", "0x1", "1.0", "+\0"];
  for (const text of [...refused, "18446744073709551616", "-18446744073709551616"]) {
    assertThrows(() => parseCursor(text), RedisError, "invalid cursor", JSON.stringify(text));
  }
});
