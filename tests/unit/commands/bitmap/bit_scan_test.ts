/**
 * Tests of counting and finding bits: words and ragged ends against one bit at a time.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../../src/base/random.ts";
import { countBits, findBit } from "../../../../src/commands/bitmap/bit_scan.ts";
import { takeSeed } from "../../../support/seed.ts";

Deno.test("countBits and findBit agree with a walk over single bits", () => {
  const random = new SeededRandom(takeSeed("bit scan"));
  for (let round = 0; round < 2000; round++) {
    const byteCount = 1 + random.below(400);
    const start = random.below(9);
    // Mostly zeros or mostly ones, so that finding has a way to go.
    const filler = random.below(2) === 0 ? 0 : 0xff;
    const bytes = new Uint8Array(start + byteCount + random.below(9)).fill(filler);
    for (let count = random.below(5); count > 0; count--) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    const view = new ByteView(bytes, start, start + byteCount);
    const first = random.below(byteCount * 8);
    const last = first + random.below(byteCount * 8 - first);
    const bits: number[] = [];
    for (let bit = first; bit <= last; bit++) bits.push((view.at(bit >> 3) >> (7 - bit % 8)) & 1);
    assertEquals(countBits(view, first, last), bits.filter((bit) => bit === 1).length);
    for (const bit of [0, 1]) {
      const index = bits.indexOf(bit);
      assertEquals(findBit(view, bit, first, last), index < 0 ? -1 : first + index);
    }
  }
});

Deno.test("countBits carries nothing between the lanes of full words", () => {
  const view = new ByteView(new Uint8Array(1_000_003).fill(0xff));
  assertEquals(countBits(view, 0, 8 * 1_000_003 - 1), 8 * 1_000_003);
  assertEquals(countBits(view, 3, 8 * 1_000_003 - 3), 8 * 1_000_003 - 5);
});
