/**
 * Byte rows: what was appended is found again, whatever its size.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteRows } from "../../../src/base/byte_rows.ts";
import { ByteView } from "../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { takeSeed } from "../../support/seed.ts";

function textOf(rows: ByteRows, row: number): string {
  return rows.view(row, new ByteView()).toText();
}

Deno.test("ByteRows number what is appended from 0 on", () => {
  const rows = new ByteRows();
  assertEquals(["", "a", "\0\xff", ""].map((text) => rows.append(ByteView.ofText(text))), [
    0,
    1,
    2,
    3,
  ]);
  assertEquals(rows.count, 4);
  assertEquals([0, 1, 2, 3].map((row) => textOf(rows, row)), ["", "a", "\0\xff", ""]);
});

Deno.test("ByteRows keep rows of all sizes through many chunks", () => {
  const random = new SeededRandom(takeSeed("byte rows"));
  const rows = new ByteRows();
  const bytes = new Uint8Array(3_000_000);
  random.fillBytes(bytes);
  const ranges = Array.from({ length: 3000 }, (_, index) => {
    const byteCount = index % 1000 === 500 ? 2_000_000 : random.below(index % 10 === 0 ? 9000 : 30);
    const start = random.below(bytes.length - byteCount);
    return [start, start + byteCount] as const;
  });
  for (const [start, end] of ranges) rows.append(new ByteView(bytes, start, end));
  const view = new ByteView();
  for (const [row, [start, end]] of ranges.entries()) {
    if (!rows.view(row, view).equals(new ByteView(bytes, start, end))) {
      throw new Error(`row ${row}`);
    }
  }
});
