/**
 * Tests of the reply reader and of `wireOf`, its inverse.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { bytesOfText } from "../../src/base/byte_view.ts";
import { escapeBytes, plainOf, type Reply, ReplyError, wireOf } from "./reply.ts";
import { MalformedReplyError, ReplyReader } from "./reply_reader.ts";

/** One reply of every kind, with what it is read as. */
const SAMPLES: readonly (readonly [wire: string, reply: Reply])[] = [
  ["+OK\r\n", { kind: "simple", text: "OK" }],
  ["-ERR no\r\n", { kind: "error", text: "ERR no" }],
  [":-9223372036854775808\r\n", { kind: "integer", text: "-9223372036854775808" }],
  ["$0\r\n\r\n", { kind: "bulk", text: "" }],
  ["$4\r\n\r\n\x00\xff\r\n", { kind: "bulk", text: "\r\n\x00\xff" }],
  ["$-1\r\n", { kind: "null-bulk" }],
  ["*-1\r\n", { kind: "null-array" }],
  ["_\r\n", { kind: "null" }],
  ["*0\r\n", { kind: "array", items: [] }],
  ["#t\r\n", { kind: "boolean", value: true }],
  ["#f\r\n", { kind: "boolean", value: false }],
  [",1.50\r\n", { kind: "double", text: "1.50" }],
  ["(1234567890123456789012\r\n", { kind: "big-number", text: "1234567890123456789012" }],
  ["=6\r\ntxt:hi\r\n", { kind: "verbatim", text: "txt:hi" }],
  ["!5\r\nERR x\r\n", { kind: "blob-error", text: "ERR x" }],
  ["~1\r\n+a\r\n", { kind: "set", items: [{ kind: "simple", text: "a" }] }],
  [">1\r\n+a\r\n", { kind: "push", items: [{ kind: "simple", text: "a" }] }],
  ["%1\r\n+k\r\n*1\r\n:1\r\n", {
    kind: "map",
    pairs: [[{ kind: "simple", text: "k" }, {
      kind: "array",
      items: [{ kind: "integer", text: "1" }],
    }]],
  }],
  ["|1\r\n+ttl\r\n:3\r\n+OK\r\n", {
    kind: "attribute",
    pairs: [[{ kind: "simple", text: "ttl" }, { kind: "integer", text: "3" }]],
    of: { kind: "simple", text: "OK" },
  }],
];

Deno.test("ReplyReader reads each kind, and wireOf gives its bytes back", () => {
  for (const [wire, reply] of SAMPLES) {
    const reader = new ReplyReader();
    reader.push(bytesOfText(wire));
    assertEquals(reader.next(), reply);
    assertEquals(reader.pendingByteCount, 0);
    assertEquals(wireOf(reply), wire);
  }
});

Deno.test("ReplyReader reads a stream cut behind every byte", () => {
  const reader = new ReplyReader();
  const replies: Reply[] = [];
  for (const byte of bytesOfText(SAMPLES.map(([wire]) => wire).join(""))) {
    reader.push(Uint8Array.of(byte));
    for (let reply = reader.next(); reply !== undefined; reply = reader.next()) replies.push(reply);
  }
  assertEquals(replies, SAMPLES.map(([, reply]) => reply));
});

Deno.test("ReplyReader keeps its place while its buffer grows and is reused", () => {
  const reader = new ReplyReader();
  for (let round = 0; round < 60; round++) {
    const text = "x".repeat(round * 997);
    reader.push(bytesOfText(`+before\r\n$${text.length}\r\n${text}`));
    assertEquals(reader.next(), { kind: "simple", text: "before" });
    assertEquals(reader.next(), undefined);
    reader.push(bytesOfText("\r\n"));
    assertEquals(reader.next(), { kind: "bulk", text });
  }
});

Deno.test("ReplyReader refuses what is no reply", () => {
  for (
    const wire of [
      "OK\r\n",
      "+OK\n",
      "\n",
      "$-2\r\n",
      "$+1\r\na\r\n",
      "$1\r\nab\r\n",
      "*x\r\n",
      "#x\r\n",
    ]
  ) {
    const reader = new ReplyReader();
    reader.push(bytesOfText(wire));
    assertThrows(() => reader.next(), MalformedReplyError);
  }
});

Deno.test("plainOf keeps integers exact and throws errors", () => {
  assertEquals(plainOf({ kind: "integer", text: "7" }), 7);
  assertEquals(plainOf({ kind: "integer", text: "9223372036854775807" }), 9223372036854775807n);
  assertEquals(plainOf({ kind: "double", text: "-inf" }), -Infinity);
  assertThrows(
    () => plainOf({ kind: "array", items: [{ kind: "error", text: "ERR inner" }] }),
    ReplyError,
    "ERR inner",
  );
});

Deno.test("escapeBytes shows every byte as visible ASCII", () => {
  assertEquals(escapeBytes('a"\\\r\n\t\x00\xff'), 'a\\"\\\\\\r\\n\\t\\x00\\xff');
});
