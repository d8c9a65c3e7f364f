/**
 * Wire writer: each verb in both protocols, byte by byte.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { bytesOfText, ByteView, textOfBytes } from "../../../src/base/byte_view.ts";
import { Int64 } from "../../../src/base/int64.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { OutputBuffer, WireWriter } from "../../../src/resp/mod.ts";

/** What is written in a protocol. */
function written(protocol: 2 | 3, write: (reply: WireWriter) => void): string {
  const writer = new WireWriter();
  writer.protocol = protocol;
  write(writer);
  return textOfBytes(writer.buffer.bytes, 0, writer.buffer.length);
}

/** Both protocols write it so; RESP3 otherwise, if that is given. */
function assertWrites(write: (reply: WireWriter) => void, resp2: string, resp3 = resp2): void {
  assertEquals(written(2, write), resp2);
  assertEquals(written(3, write), resp3);
}

Deno.test("WireWriter writes statuses and errors", () => {
  assertWrites((reply) => reply.ok(), "+OK\r\n");
  assertWrites((reply) => reply.simple("QUEUED"), "+QUEUED\r\n");
  assertWrites((reply) => reply.error(new RedisError("ERR no\r\nway")), "-ERR no  way\r\n");
});

Deno.test("WireWriter counts errors and keeps the last one's code", () => {
  const writer = new WireWriter();
  writer.error(new RedisError("ERR a"));
  writer.error(new RedisError("WRONGTYPE b"));
  assertEquals([writer.errorCount, writer.lastErrorCode], [2, "WRONGTYPE"]);
});

Deno.test("WireWriter writes integers up to 64 bits", () => {
  assertWrites((reply) => reply.integer(0), ":0\r\n");
  assertWrites((reply) => reply.integer(-9007199254740991), ":-9007199254740991\r\n");
  for (const value of [-(2n ** 63n), 2n ** 63n - 1n, -1n, 0n, 2n ** 53n]) {
    assertWrites((reply) => reply.int64(new Int64().setBigInt(value)), `:${value}\r\n`);
  }
});

Deno.test("WireWriter writes strings of any bytes", () => {
  assertWrites((reply) => reply.bulk(ByteView.ofText("a\r\n\0\xff")), "$5\r\na\r\n\0\xff\r\n");
  assertWrites((reply) => reply.bulk(new ByteView()), "$0\r\n\r\n");
  assertWrites((reply) => reply.bulkBytes(bytesOfText("abcdef"), 1, 3), "$2\r\nbc\r\n");
  assertWrites((reply) => reply.bulkText("\xe9"), "$1\r\n\xe9\r\n");
});

Deno.test("WireWriter writes nothing as the protocol has it", () => {
  assertWrites((reply) => reply.nil(), "$-1\r\n", "_\r\n");
  assertWrites((reply) => reply.nilArray(), "*-1\r\n", "_\r\n");
});

Deno.test("WireWriter writes headers of aggregates", () => {
  assertWrites((reply) => reply.array(3), "*3\r\n");
  assertWrites((reply) => reply.map(3), "*6\r\n", "%3\r\n");
  assertWrites((reply) => reply.set(3), "*3\r\n", "~3\r\n");
  assertWrites((reply) => reply.push(3), "*3\r\n", ">3\r\n");
});

Deno.test("WireWriter writes numbers that are no 64-bit integers", () => {
  assertWrites((reply) => reply.double(0.1), "$3\r\n0.1\r\n", ",0.1\r\n");
  assertWrites((reply) => reply.double(-Infinity), "$4\r\n-inf\r\n", ",-inf\r\n");
  assertWrites((reply) => reply.double(-1200), "$5\r\n-1200\r\n", ",-1200\r\n");
  assertWrites((reply) => reply.double(-0), "$2\r\n-0\r\n", ",-0\r\n");
  assertWrites(
    (reply) => reply.bigNumber("12345678901234567890"),
    "$20\r\n12345678901234567890\r\n",
    "(12345678901234567890\r\n",
  );
});

Deno.test("WireWriter writes truth values and text for people", () => {
  assertWrites((reply) => reply.boolean(true), ":1\r\n", "#t\r\n");
  assertWrites((reply) => reply.boolean(false), ":0\r\n", "#f\r\n");
  assertWrites((reply) => reply.verbatim("txt", "a\nb"), "$3\r\na\nb\r\n", "=7\r\ntxt:a\nb\r\n");
});

Deno.test("WireWriter puts the header before elements whose number shows at the end", () => {
  const elements = (reply: WireWriter): number => {
    reply.ok();
    const mark = reply.openArray();
    for (const value of [1, 2]) reply.integer(value);
    return mark;
  };
  const body = ":1\r\n:2\r\n";
  assertWrites((reply) => reply.closeArray(elements(reply), 2), `+OK\r\n*2\r\n${body}`);
  assertWrites(
    (reply) => reply.closeSet(elements(reply), 2),
    `+OK\r\n*2\r\n${body}`,
    `+OK\r\n~2\r\n${body}`,
  );
  assertWrites(
    (reply) => reply.closeMap(elements(reply), 1),
    `+OK\r\n*2\r\n${body}`,
    `+OK\r\n%1\r\n${body}`,
  );
  assertWrites((reply) => reply.closeArray(reply.openArray(), 0), "*0\r\n");
});

Deno.test("WireWriter nests aggregates of unknown length", () => {
  assertWrites((reply) => {
    const outer = reply.openArray();
    const inner = reply.openArray();
    reply.integer(1);
    reply.closeArray(inner, 1);
    reply.closeArray(outer, 1);
  }, "*1\r\n*1\r\n:1\r\n");
});

Deno.test("WireWriter takes back what was written since a mark", () => {
  assertWrites(
    (reply) => {
      reply.ok();
      const mark = reply.mark();
      reply.array(2);
      reply.bulkText("x".repeat(100_000));
      reply.rewind(mark);
      reply.nil();
    },
    "+OK\r\n$-1\r\n",
    "+OK\r\n_\r\n",
  );
});

Deno.test("WireWriter writes across the end of the buffer, whichever verb comes there", () => {
  const verbs: [(reply: WireWriter) => void, string][] = [
    [(reply) => reply.ok(), "+OK\r\n"],
    [(reply) => reply.simple("status"), "+status\r\n"],
    [(reply) => reply.integer(123456789), ":123456789\r\n"],
    [(reply) => reply.int64(new Int64().setBigInt(-(2n ** 63n))), ":-9223372036854775808\r\n"],
    [(reply) => reply.bulkText("some text"), "$9\r\nsome text\r\n"],
    [(reply) => reply.bulk(ByteView.ofText("a view")), "$6\r\na view\r\n"],
    [(reply) => reply.array(12), "*12\r\n"],
    [(reply) => reply.double(0.25), ",0.25\r\n"],
    [(reply) => reply.verbatim("txt", "text"), "=8\r\ntxt:text\r\n"],
  ];
  for (const [write, expected] of verbs) {
    for (let freeBytes = 0; freeBytes <= 40; freeBytes++) {
      const writer = new WireWriter(new OutputBuffer());
      writer.protocol = 3;
      const start = writer.buffer.length = writer.buffer.bytes.length - freeBytes;
      write(writer);
      assertEquals(textOfBytes(writer.buffer.bytes, start, writer.buffer.length), expected);
    }
  }
});
