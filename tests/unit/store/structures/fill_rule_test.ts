/**
 * Fill rule: the limits of nodes, as `list-max-listpack-size` means them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  depthOf,
  fillOf,
  mayMerge,
  mayTake,
  nodeBytesMax,
  optionsOf,
} from "../../../../src/store/structures/quicklist/fill_rule.ts";

Deno.test("optionsOf keeps both limits within what Redis takes", () => {
  for (
    const [fill, depth, keptFill, keptDepth] of [
      [-2, 0, -2, 0],
      [-5, 1, -5, 1],
      [-6, 65_535, -5, 65_535],
      [-(2 ** 31), 2 ** 31 - 1, -5, 65_535],
      [32_767, 7, 32_767, 7],
      [2 ** 31 - 1, 0, 32_767, 0],
      [0, 3, 0, 3],
    ]
  ) {
    const options = optionsOf(fill, depth);
    assertEquals([fillOf(options), depthOf(options)], [keptFill, keptDepth]);
  }
});

Deno.test("a limit in bytes reckons eight more for an element", () => {
  for (
    const [fill, bytesMax] of [[-1, 4096], [-2, 8192], [-3, 16_384], [-4, 32_768], [-5, 65_536]]
  ) {
    const options = optionsOf(fill, 0);
    assertEquals(nodeBytesMax(options), bytesMax);
    assert(mayTake(options, bytesMax - 108, 30_000, 100));
    assert(!mayTake(options, bytesMax - 107, 1, 100));
    assert(mayMerge(options, bytesMax + 11, 60_000));
    assert(!mayMerge(options, bytesMax + 12, 2));
  }
});

Deno.test("a limit in elements has a safety limit of 8 KiB", () => {
  const options = optionsOf(3, 0);
  assert(mayTake(options, 100, 2, 100));
  assert(!mayTake(options, 100, 3, 100));
  assert(mayTake(options, 8192 - 108, 2, 100));
  assert(!mayTake(options, 8192 - 107, 2, 100));
  assert(mayMerge(options, 8203, 3));
  assert(!mayMerge(options, 8204, 3));
  assert(!mayMerge(options, 100, 4));
  assert(!mayTake(optionsOf(0, 0), 12, 0, 1));
});
