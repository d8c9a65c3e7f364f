/**
 * Request encoder: words of each type to bytes.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { textOfBytes } from "../../../src/base/byte_view.ts";
import { encodeRequest, OutputBuffer, type RequestWord } from "../../../src/resp/mod.ts";

function encoded(...words: RequestWord[]): string {
  const buffer = new OutputBuffer();
  encodeRequest(words, buffer);
  return textOfBytes(buffer.bytes, 0, buffer.length);
}

Deno.test("encodeRequest writes words of each type", () => {
  assertEquals(encoded("PING"), "*1\r\n$4\r\nPING\r\n");
  assertEquals(encoded("", new Uint8Array()), "*2\r\n$0\r\n\r\n$0\r\n\r\n");
  assertEquals(encoded(new Uint8Array([0, 255, 13])), "*1\r\n$3\r\n\0\xff\r\r\n");
  assertEquals(encoded(-12, 0.5, 1e20), "*3\r\n$3\r\n-12\r\n$3\r\n0.5\r\n$5\r\n1e+20\r\n");
  assertEquals(encoded(-Infinity, 2n ** 63n), "*2\r\n$4\r\n-inf\r\n$19\r\n9223372036854775808\r\n");
});

Deno.test("encodeRequest writes text as UTF-8", () => {
  assertEquals(encoded("aé€"), "*1\r\n$6\r\na\xc3\xa9\xe2\x82\xac\r\n");
});

Deno.test("encodeRequest writes words larger than the buffer", () => {
  const long = "x".repeat(100_000);
  assertEquals(
    encoded(long, long + "é"),
    `*2\r\n$100000\r\n${long}\r\n$100002\r\n${long}\xc3\xa9\r\n`,
  );
});

Deno.test("encodeRequest takes back a request with a word of no such type", () => {
  const buffer = new OutputBuffer();
  encodeRequest(["PING"], buffer);
  const lengthBefore = buffer.length;
  const words = ["SET", "key", undefined] as unknown as RequestWord[];
  assertThrows(() => encodeRequest(words, buffer), TypeError, "undefined");
  assertEquals(buffer.length, lengthBefore);
});
