/**
 * RdbSourceInput: views on pieces that come and go.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { RdbOutput } from "../../../src/persistence/rdb/rdb_output.ts";
import { RdbSourceInput } from "../../../src/persistence/rdb/rdb_source_input.ts";
import { takeSeed } from "../../support/seed.ts";
import { MemorySource } from "./rdb_file_fixture.ts";

const NAME = "RdbSourceInput keeps the string before the last one good, whatever the pieces";

/** Strings of their number as a byte, of these lengths. */
function fileOf(sizes: readonly number[]): Uint8Array {
  const output = new RdbOutput();
  output.isCompressing = false;
  for (const [index, byteCount] of sizes.entries()) {
    output.string(new ByteView().set(new Uint8Array(byteCount).fill(index), 0, byteCount));
  }
  return output.take();
}

/** Reads the strings, and looks at two of them each time. */
function checkStrings(sizes: readonly number[], pieceBytes: number): void {
  const file = fileOf(sizes);
  const input = new RdbSourceInput(new MemorySource(file, pieceBytes), true);
  const views = [new ByteView(), new ByteView()];
  for (let index = 0; index < sizes.length; index++) {
    input.string(views[index & 1]);
    for (const read of index === 0 ? [0] : [index - 1, index]) {
      const { bytes, start, end, byteCount } = views[read & 1];
      assertEquals(byteCount, sizes[read]);
      const isItsOwn = bytes.subarray(start, end).every((byte) => byte === (read & 0xff));
      assertEquals(isItsOwn, true, `string ${read} after ${index}`);
    }
  }
  assertEquals(input.offset, file.length);
}

Deno.test(NAME, async (context) => {
  const random = new SeededRandom(takeSeed(NAME));
  const sizes = (stringCount: number, bytesMin: number, bytesMax: number): number[] =>
    Array.from({ length: stringCount }, () => bytesMin + random.below(bytesMax - bytesMin));
  await context.step("strings shorter than a piece", () => {
    for (const pieceBytes of [3000, Infinity]) checkStrings(sizes(300, 12, 40_000), pieceBytes);
  });
  await context.step("strings longer than a piece", () => {
    for (const pieceBytes of [3000, Infinity]) checkStrings(sizes(20, 12, 700_000), pieceBytes);
  });
  await context.step("lengths that come byte by byte", () => {
    checkStrings(sizes(40, 16_384, 17_000), 1);
  });
});
