/**
 * SORT's rules: which part LIMIT means, what counts as a number, and what the command tells
 * others.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { parseSortOptions, rangeOf } from "../../../../src/commands/generic/sort_options.ts";
import { numberWeight } from "../../../../src/commands/generic/sort_weight.ts";
import { COMMANDS } from "../../../../src/commands/mod.ts";
import { Args } from "../../../../src/resp/mod.ts";
import { EffectRecorder } from "../effect_recorder.ts";

function partOf(limit: readonly string[], elementCount: number): [start: number, end: number] {
  const { start, end } = rangeOf(
    parseSortOptions(Args.of("SORT", "k", ...limit), true),
    elementCount,
  );
  return [start, end];
}

Deno.test("rangeOf cuts LIMIT to what there is", () => {
  assertEquals(partOf([], 5), [0, 5]);
  assertEquals(partOf(["LIMIT", "1", "2"], 5), [1, 3]);
  assertEquals(partOf(["LIMIT", "-7", "2"], 5), [0, 2]);
  assertEquals(partOf(["LIMIT", "3", "-1"], 5), [3, 5]);
  assertEquals(partOf(["LIMIT", "3", "9223372036854775807"], 5), [3, 5]);
  assertEquals(partOf(["LIMIT", "7", "1"], 5), [5, 5]);
  assertEquals(partOf(["LIMIT", "2", "0"], 5), [2, 2]);
  assertEquals(partOf([], 0), [0, 0]);
});

Deno.test("numberWeight reads what strtod reads", () => {
  const weight = (text: string) => numberWeight(ByteView.ofText(text));
  const numbers = {
    "": 0,
    "12": 12,
    " -1.5": -1.5,
    "\t\n7": 7,
    "3\0x": 3,
    "\0": 0,
    "inf": Infinity,
  };
  for (const [text, number] of Object.entries(numbers)) assertEquals(weight(text), number, text);
  for (const text of [" ", "x", "1 ", "nan", "1e400", "1e-320", " \0"]) {
    assertEquals(weight(text), undefined, text);
  }
});

Deno.test("SORT tells of what it stores or removes, and of nothing else", () => {
  using recorder = new EffectRecorder(COMMANDS);
  recorder.run("RPUSH", "list", "2", "1");
  assertEquals(recorder.run("SORT", "list").changeCount, 0);
  const stored = recorder.run("SORT", "list", "GET", "#", "GET", "x_*", "STORE", "to");
  assertEquals(stored.events, ["sortstore to"]);
  assertEquals(stored.changeCount, 4);
  assertEquals(stored.effects, ["SORT list GET # GET x_* STORE to"]);
  assertEquals(recorder.run("SORT", "absent", "STORE", "to").events, ["del to"]);
  const nothing = recorder.run("SORT", "absent", "STORE", "to");
  assert(nothing.events.length === 0 && nothing.effects.length === 0);
});
