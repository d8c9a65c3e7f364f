/**
 * Reply scanner: where replies end, against the parser, however they are cut.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { ReplyParser, ReplyScanner } from "../../../src/resp/mod.ts";
import { randomReply } from "../../support/random_replies.ts";
import { takeSeed } from "../../support/seed.ts";

/** Where replies end by the parser, which is given one byte after the other. */
function endsByParser(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  let at = 0;
  const parser = new ReplyParser({
    replyBulks: "bytes",
    pushBulks: "bytes",
    reply: () => ends.push(at),
    push: () => ends.push(at),
  });
  while (at < bytes.length) {
    const piece = bytes.subarray(at, ++at);
    parser.parse(piece);
  }
  return ends;
}

/** Where they end by the scanner, which is given pieces that end at the cuts. */
function endsByScanner(bytes: Uint8Array, cuts: readonly number[]): number[] {
  const scanner = new ReplyScanner(), ends: number[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    const piece = bytes.slice(from, cut); // nothing else is to be seen
    for (let at = 0;;) {
      const end = scanner.scan(piece, at, piece.length);
      if (end < 0) break;
      ends.push(from + end);
      at = end;
    }
    from = cut;
  }
  assert(!scanner.isInReply);
  return ends;
}

for (const protocol of [2, 3] as const) {
  Deno.test(`ReplyScanner finds the ends of random RESP${protocol} trees, cut anywhere`, () => {
    const random = new SeededRandom(takeSeed(`reply ends RESP${protocol}`));
    for (let round = 0; round < 60; round++) {
      const replies = Array.from(
        { length: 1 + random.below(4) },
        () => randomReply(random, protocol, "bytes", 3).wire,
      );
      if (protocol === 3) replies.push(">2\r\n$3\r\nant\r\n:1\r\n", "|1\r\n+a\r\n:1\r\n%0\r\n");
      const bytes = bytesOfText(replies.join(""));
      const expected = endsByParser(bytes);
      assertEquals(expected.length, replies.length);
      for (let cut = 0; cut <= bytes.length; cut++) {
        assertEquals(endsByScanner(bytes, [cut]), expected, `cut at ${cut}`);
      }
      const cuts = Array.from(bytes.keys()).filter(() => random.below(3) > 0);
      assertEquals(endsByScanner(bytes, cuts), expected, `cut at ${cuts}`);
    }
  });
}

Deno.test("ReplyScanner finds the ends of requests", () => {
  const bytes = bytesOfText("*2\r\n$3\r\nGET\r\n$3\r\n\r\n*\r\n*1\r\n$4\r\nPING\r\n");
  assertEquals(endsByScanner(bytes, [7, 9, 20]), [22, bytes.length]);
});

Deno.test("ReplyScanner says how much is to come of a long string", () => {
  const scanner = new ReplyScanner();
  assertEquals(scanner.scan(bytesOfText("$1000\r\nabc"), 0, 10), -1);
  assertEquals(scanner.neededBytes, 1000 + 2 - 3);
});

Deno.test("ReplyScanner refuses what is no reply", () => {
  for (const text of ["ax\r\n", "\r\n", `$${"9".repeat(30)}\r\n`, "GET k\r\n"]) {
    const bytes = bytesOfText(text);
    assertThrows(() => new ReplyScanner().scan(bytes, 0, bytes.length), Error, "Cannot read");
  }
});
