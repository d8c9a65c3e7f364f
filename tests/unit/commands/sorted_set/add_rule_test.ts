/**
 * What ZADD decides for one member.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  AddOptions,
  decideZadd,
  scoreAfter,
} from "../../../../src/commands/sorted_set/add_rule.ts";

type Words = Partial<Omit<AddOptions, "clear" | "read">>;

function decide(words: Words, current: number | undefined, given: number): string {
  const options = Object.assign(new AddOptions(), words);
  return decideZadd(options, current !== undefined, current ?? NaN, given);
}

Deno.test("decideZadd without options inserts, updates, or keeps an equal score", () => {
  assertEquals(decide({}, undefined, 1), "insert");
  assertEquals(decide({}, 1, 2), "update");
  assertEquals(decide({}, 1, 1), "keep");
  assertEquals(decide({}, 0, -0), "keep");
  assertEquals(decide({}, Infinity, Infinity), "keep");
});

Deno.test("decideZadd under NX only inserts, under XX only updates", () => {
  assertEquals(decide({ onlyAbsent: true }, undefined, 1), "insert");
  assertEquals(decide({ onlyAbsent: true }, 1, 2), "skip");
  assertEquals(decide({ onlyAbsent: true, isIncrement: true }, Infinity, -Infinity), "skip");
  assertEquals(decide({ onlyPresent: true }, undefined, 1), "skip");
  assertEquals(decide({ onlyPresent: true }, 1, 2), "update");
});

Deno.test("decideZadd under GT and LT updates in one direction, and inserts", () => {
  assertEquals(decide({ onlyGreater: true }, 1, 2), "update");
  assertEquals(decide({ onlyGreater: true }, 1, 1), "skip");
  assertEquals(decide({ onlyGreater: true }, 1, 0), "skip");
  assertEquals(decide({ onlyGreater: true }, undefined, 0), "insert");
  assertEquals(decide({ onlyLess: true }, 1, 0), "update");
  assertEquals(decide({ onlyLess: true }, 1, 1), "skip");
  assertEquals(decide({ onlyLess: true, isIncrement: true }, 1, 1), "skip");
  assertEquals(decide({ onlyLess: true, isIncrement: true }, 1, -1), "update");
});

Deno.test("decideZadd refuses an increment that leads to no number", () => {
  assertEquals(decide({ isIncrement: true }, Infinity, -Infinity), "refuse");
  assertEquals(decide({ isIncrement: true }, -Infinity, -Infinity), "keep");
  assertEquals(decide({ isIncrement: true }, undefined, -Infinity), "insert");
  assertEquals(scoreAfter(Object.assign(new AddOptions(), { isIncrement: true }), 1, 2), 3);
  assertEquals(scoreAfter(new AddOptions(), 1, 2), 2);
});
