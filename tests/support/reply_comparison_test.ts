/**
 * Tests of the reply comparisons: each permits exactly the difference it is named after.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText } from "../../src/base/byte_view.ts";
import type { Reply } from "./reply.ts";
import {
  bothErrors,
  type Comparison,
  numbersWithin,
  sameBytes,
  sameShape,
  sameUnordered,
  sameUnorderedPairs,
} from "./reply_comparison.ts";
import { ReplyReader } from "./reply_reader.ts";

/** Lines of a reply, written with a space for each CRLF. */
function reply(lines: string): Reply {
  const reader = new ReplyReader();
  reader.push(bytesOfText(`${lines} `.replaceAll(" ", "\r\n")));
  const read = reader.next();
  if (read === undefined || reader.pendingByteCount > 0) throw new Error(`Not one reply: ${lines}`);
  return read;
}

function assertSame(comparison: Comparison, expected: string, actual: string): void {
  assertEquals(comparison(reply(expected), reply(actual)), undefined);
}

function assertDifferent(comparison: Comparison, expected: string, actual: string): void {
  assert(
    comparison(reply(expected), reply(actual)) !== undefined,
    `${expected} and ${actual} count as the same`,
  );
}

Deno.test("sameBytes tells the nulls and the digits of one number apart", () => {
  assertSame(sameBytes, ":1", ":1");
  assertDifferent(sameBytes, "$-1", "*-1");
  assertDifferent(sameBytes, "$-1", "_");
  assertDifferent(sameBytes, ",1.0", ",1");
  assertDifferent(sameBytes, "+a", "$1 a");
});

Deno.test("sameUnordered permits another order and nothing else", () => {
  assertSame(sameUnordered, "*3 :1 :2 :2", "*3 :2 :1 :2");
  assertDifferent(sameUnordered, "*3 :1 :2 :2", "*3 :2 :1 :1");
  assertDifferent(sameUnordered, "*2 :1 :2", "*3 :1 :2 :2");
  assertDifferent(sameUnordered, "*1 :1", "~1 :1");
  assertDifferent(sameUnordered, "*1 *2 :1 :2", "*1 *2 :2 :1");
  assertSame(sameUnordered, "%2 :1 :2 :3 :4", "%2 :3 :4 :1 :2");
  assertDifferent(sameUnordered, "%2 :1 :2 :3 :4", "%2 :1 :4 :3 :2");
  assertDifferent(sameUnordered, "+a", "+b");
});

Deno.test("sameUnorderedPairs keeps each value with its key", () => {
  assertSame(sameUnorderedPairs, "*4 +a :1 +b :2", "*4 +b :2 +a :1");
  assertDifferent(sameUnorderedPairs, "*4 +a :1 +b :2", "*4 +a :2 +b :1");
  assertSame(sameUnorderedPairs, "%2 +a :1 +b :2", "%2 +b :2 +a :1");
  assertDifferent(sameUnorderedPairs, "*2 +a :1", "%1 +a :1");
  assertDifferent(sameUnorderedPairs, "*3 +a :1 +b", "*3 +a :1 +c");
});

Deno.test("sameShape permits other values, not other kinds or counts", () => {
  assertSame(sameShape, "*2 $1 a :1", "*2 $2 bc :9");
  assertDifferent(sameShape, "*2 $1 a :1", "*2 :1 $1 a");
  assertDifferent(sameShape, "*1 :1", "*2 :1 :1");
  assertDifferent(sameShape, "*1 *0", "*1 *1 :1");
  assertDifferent(sameShape, "$-1", "_");
});

Deno.test("numbersWithin permits numbers that are near each other", () => {
  assertSame(numbersWithin(5), ":100", ":95");
  assertDifferent(numbersWithin(5), ":100", ":94");
  assertSame(numbersWithin(0), "$4 1.50", "$3 1.5");
  assertSame(numbersWithin(0), ",inf", ",inf");
  assertDifferent(numbersWithin(5), ":1", ",1");
  assertSame(numbersWithin(1), "*2 +a :1", "*2 +a :2");
  assertDifferent(numbersWithin(1), "*2 +a :1", "*2 +b :1");
  assertDifferent(numbersWithin(1), "*1 :1", "*2 :1 :1");
});

Deno.test("bothErrors demands the same error with the prefix on both sides", () => {
  assertSame(bothErrors("ERR"), "-ERR", "-ERR");
  assertDifferent(bothErrors("ERR"), "-ERR", "-ERRx");
  assertDifferent(bothErrors("WRONGTYPE"), "-ERR", "-ERR");
  assertDifferent(bothErrors("ERR"), "-ERR", "+ERR");
  assertDifferent(bothErrors("ERR"), "+ERR", "+ERR");
});
