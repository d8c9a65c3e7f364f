/**
 * Record reader: the commands of an append-only file, wherever it ends and however it is damaged.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { AofError } from "../../../src/persistence/aof/aof_error.ts";
import { RecordReader } from "../../../src/persistence/aof/record_reader.ts";

/** Reads text, some bytes at a time. */
function readerOf(text: string, pieceBytes = Infinity): RecordReader {
  const bytes = bytesOfText(text);
  let at = 0;
  return new RecordReader(
    {
      read(into) {
        const piece = bytes.subarray(at, Math.min(at + pieceBytes, at + into.length));
        into.set(piece);
        at += piece.length;
        return piece.length;
      },
    },
    "x.aof",
    0,
  );
}

/** All records as lines, and how the file ends. */
function read(reader: RecordReader): { records: string[]; end: string; offset: number } {
  const records: string[] = [];
  let outcome = reader.next();
  for (; outcome === "record"; outcome = reader.next()) {
    records.push([...reader.args.texts(0)].join(" "));
  }
  return { records, end: outcome, offset: reader.offset };
}

const FIRST = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n", REMARK = "#TS:1700000000\r\n";
const SECOND = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$4\r\n\r\n*1\r\n";

Deno.test("AOF records: the same however the bytes come, remarks passed over", () => {
  const text = FIRST + REMARK + SECOND;
  for (let pieceBytes = 1; pieceBytes <= text.length; pieceBytes++) {
    assertEquals(read(readerOf(text, pieceBytes)), {
      records: ["SELECT 0", "SET a \r\n*1"],
      end: "end",
      offset: text.length,
    });
  }
});

Deno.test("AOF records: a file that ends within one is torn behind the last whole one", () => {
  const whole = FIRST + REMARK;
  for (let byteCount = 1; byteCount < SECOND.length; byteCount++) {
    assertEquals(read(readerOf(whole + SECOND.slice(0, byteCount))), {
      records: ["SELECT 0"],
      end: "torn",
      offset: whole.length,
    });
  }
});

Deno.test("AOF records: larger than the buffer, and many", () => {
  const large = "x".repeat(5_000_000);
  const text = SECOND.repeat(50_000) + `*1\r\n$${large.length}\r\n${large}\r\n` + FIRST;
  const { records, end } = read(readerOf(text));
  assertEquals([records.length, end], [50_002, "end"]);
  assertEquals(records[50_000].length, large.length);
});

Deno.test("AOF records: anything else is refused, with the offset", () => {
  for (
    const [damage, offset] of [
      ["SET a b\r\n", 0],
      ["\0\0\0\0", 0],
      ["*0\r\n", 0],
      ["*-1\r\n", 0],
      ["*x\r\n", 0],
      ["*\r\n", 0],
      ["*1\n", 0],
      ["*1\r\r", 0],
      ["*11111111111111111111", 0],
      ["*1\r\n\0\0\0", 4],
      ["*1\r\n*1\r\n", 4],
      ["*1\r\n$-1\r\n", 4],
      ["*1\r\n$1\r\nabc\r\n", 9],
      ["*1\r\n$1\r\na\rb", 9],
      ["#" + "x".repeat(2000), 0],
    ] as const
  ) {
    assertThrows(
      () => read(readerOf(FIRST + damage)),
      AofError,
      `the append only file x.aof at offset ${FIRST.length + offset}:`,
    );
  }
});
