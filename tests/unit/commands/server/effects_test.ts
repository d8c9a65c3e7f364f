/**
 * What commands on whole databases tell others: the effect that logs and replicas get.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SERVER_COMMANDS } from "../../../../src/commands/server/mod.ts";
import { STRING_COMMANDS } from "../../../../src/commands/string/mod.ts";
import { EffectRecorder } from "../effect_recorder.ts";

const ROWS = [...SERVER_COMMANDS, ...STRING_COMMANDS];

for (const flush of ["flushall", "flushdb"]) {
  Deno.test(`${flush.toUpperCase()} leaves as it came, once, also when there was nothing to empty`, () => {
    using recorder = new EffectRecorder(ROWS);
    recorder.run("mset", "a", "1", "b", "2");
    const full = recorder.run(flush, "sync");
    assertEquals([full.effects, full.changeCount], [[`${flush} sync`], 2]);
    const empty = recorder.run(flush);
    assertEquals([empty.reply, empty.effects, empty.changeCount], ["+OK\r\n", [flush], 0]);
  });
}

Deno.test("SWAPDB leaves as it came, and counts as one change", () => {
  using recorder = new EffectRecorder(ROWS);
  const { effects, changeCount } = recorder.run("swapdb", "0", "0");
  assertEquals([effects, changeCount], [["swapdb 0 0"], 1]);
});

Deno.test("DBSIZE, ROLE and TIME leave nothing", () => {
  using recorder = new EffectRecorder(ROWS);
  recorder.run("set", "a", "1");
  for (const words of [["dbsize"], ["role"], ["time"]]) {
    const { effects, events, changeCount } = recorder.run(...words);
    assertEquals([effects, events, changeCount], [[], [], 0], words[0]);
  }
});
