/**
 * RequestBatch: requests parsed ahead.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { RequestBatch } from "../../../src/engine/mod.ts";
import { ProtocolError } from "../../../src/errors/redis_error.ts";
import { RequestParser } from "../../../src/resp/mod.ts";

/** A batch filled from text, and what it holds. */
function filled(text: string, isTrusted = true): { words: string[][]; rest: string } {
  const parser = new RequestParser({ bulkBytesMax: 512 });
  parser.isTrusted = isTrusted;
  const batch = new RequestBatch(), bytes = bytesOfText(text);
  batch.fill(parser, bytes, 0, bytes.length);
  const words = batch.requests.slice(0, batch.count).map((args) => [...args.texts(0)]);
  return { words, rest: text.slice(batch.end) };
}

Deno.test("RequestBatch holds requests in order, inline ones too", () => {
  const { words, rest } = filled(
    "*1\r\n$4\r\nPING\r\nECHO hi\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
  );
  assertEquals(words, [["PING"], ["ECHO", "hi"], ["GET", "k"]]);
  assertEquals(rest, "");
});

Deno.test("RequestBatch ends behind an empty request", () => {
  for (const nothing of ["\r\n", "\n", "  \r\n", "*0\r\n", "*-1\r\n"]) {
    const parser = new RequestParser({ bulkBytesMax: 512 }), batch = new RequestBatch();
    const bytes = bytesOfText(`PING\r\n${nothing}${nothing}GET k\r\n`);
    const seen: [number, boolean, boolean][] = [];
    for (let from = 0; seen.at(-1)?.[2] !== true; from = batch.end) {
      batch.fill(parser, bytes, from, bytes.length);
      seen.push([batch.count, batch.endsInNothing, batch.isEmpty]);
    }
    assertEquals(seen, [[1, true, false], [0, true, false], [1, false, false], [0, false, true]]);
  }
});

Deno.test("RequestBatch ends where a request is incomplete, which then completes in its place", () => {
  const parser = new RequestParser({ bulkBytesMax: 512 }), batch = new RequestBatch();
  const bytes = bytesOfText("PING\r\n*2\r\n$3\r\nGET\r\n$3\r\nkey\r\nPING\r\n");
  batch.fill(parser, bytes, 0, 20);
  assertEquals([batch.count, batch.end], [1, 6]);
  batch.fill(parser, bytes, batch.end, bytes.length);
  assertEquals(batch.count, 2);
  assertEquals([...batch.requests[0].texts(0)], ["GET", "key"]);
  assertEquals([...batch.ends.subarray(0, 2)], [28, 34]);
});

Deno.test("RequestBatch leaves a broken request for when its turn comes", () => {
  const { words, rest } = filled("PING\r\n*1\r\n+4\r\nPING\r\n");
  assertEquals(words, [["PING"]]);
  assertEquals(rest, "*1\r\n+4\r\nPING\r\n");
  assertThrows(() => filled(rest), ProtocolError);
});

Deno.test("RequestBatch takes requests one by one from who has not authenticated", () => {
  const { words, rest } = filled("AUTH x\r\nGET k\r\n", false);
  assertEquals(words, [["AUTH", "x"]]);
  assertEquals(rest, "GET k\r\n");
});
