/**
 * Size classes: that every size has its class, and none wastes much.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  blockBytesFor,
  CLASS_BLOCK_COUNT,
  CLASS_BYTES,
  CLASS_OF_GRANULES,
  GRANULE_BYTES,
  PAGE_BYTES,
  SHARED_BLOCK_BYTES_MAX,
} from "../../../../src/store/memory/size_classes.ts";

/** A table segment of a dictionary: 4096 slots of 8 bytes and a header. */
const SEGMENT_BYTES = 32_776;

Deno.test("CLASS_BYTES rise, are whole granules and end at the largest shared block", () => {
  for (let classIndex = 1; classIndex < CLASS_BYTES.length; classIndex++) {
    assert(CLASS_BYTES[classIndex] > CLASS_BYTES[classIndex - 1]);
    assertEquals(CLASS_BYTES[classIndex] % GRANULE_BYTES, 0);
    assert(CLASS_BYTES[classIndex] * CLASS_BLOCK_COUNT[classIndex] <= PAGE_BYTES);
  }
  assertEquals(CLASS_BYTES[CLASS_BYTES.length - 1], SHARED_BLOCK_BYTES_MAX);
});

Deno.test("CLASS_OF_GRANULES names the smallest class that is large enough", () => {
  for (let granules = 1; granules < CLASS_OF_GRANULES.length; granules++) {
    const classIndex = CLASS_OF_GRANULES[granules];
    assert(CLASS_BYTES[classIndex] >= granules * GRANULE_BYTES);
    assert(CLASS_BYTES[classIndex - 1] < granules * GRANULE_BYTES);
  }
});

Deno.test("blockBytesFor rounds up: to 8 up to 256 bytes, by a third at most above", () => {
  assertEquals([1, 8, 9, 40, 255, 256].map(blockBytesFor), [8, 8, 16, 40, 256, 256]);
  for (let byteCount = 257; byteCount <= SHARED_BLOCK_BYTES_MAX; byteCount += 13) {
    const blockBytes = blockBytesFor(byteCount);
    assert(blockBytes >= byteCount && blockBytes < byteCount * 1.34, `${byteCount} bytes`);
  }
  assert(blockBytesFor(SEGMENT_BYTES) < SEGMENT_BYTES * 1.04);
});

Deno.test("blockBytesFor takes whole granules, no class, above the shared blocks", () => {
  assertEquals(blockBytesFor(SHARED_BLOCK_BYTES_MAX), SHARED_BLOCK_BYTES_MAX);
  assertEquals(blockBytesFor(SHARED_BLOCK_BYTES_MAX + 1), SHARED_BLOCK_BYTES_MAX + GRANULE_BYTES);
  assertEquals(blockBytesFor(536_870_912), 536_870_912);
});
