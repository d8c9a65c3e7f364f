/**
 * Memory limit: how long an attempt to make room may take.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { evictionDurationUs } from "../../../src/engine/mod.ts";

Deno.test("evictionDurationUs grows by steps up to 10, then by a share, then without limit", () => {
  assertEquals([0, 1, 10].map(evictionDurationUs), [0, 50, 500]);
  assertEquals([11, 20].map((tenacity) => Math.floor(evictionDurationUs(tenacity))), [575, 2022]);
  assertEquals(Math.round(evictionDurationUs(99) / 1e6), 126);
  assertEquals(evictionDurationUs(100), Infinity);
});
