/**
 * DataLoading: what is loading and what is not any more.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/clock.ts";
import { Config } from "../../../src/config/mod.ts";
import type { ServerParts } from "../../../src/engine/mod.ts";
import { DataLoading } from "../../../src/persistence/data_loading.ts";

Deno.test("DataLoading is under way until what follows the last step is done", async () => {
  const parts = { clock: new ManualClock(), config: new Config(), store: {}, stats: {} };
  const loading = new DataLoading(parts as unknown as ServerParts, () => Promise.resolve());
  function* steps(): Generator<number, string> {
    yield 5;
    return "all";
  }
  const seen: (number | undefined)[] = [];
  const result = await loading.run(steps(), 10, () => seen.push(loading.progress?.loadedBytes));
  assertEquals([result, seen, loading.progress], ["all", [5], undefined]);
});
