/**
 * BriefCommands: how a time is shared.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/commands/mod.ts";
import { Command } from "../../../src/engine/mod.ts";
import { BriefCommands } from "../../../src/engine/brief_commands.ts";

const [GET, SET, EXEC] = ["get", "set", "exec"].map((name) =>
  new Command(COMMANDS.find((spec) => spec.name === name)!)
);

/** Calls and microseconds counted so far. */
function countedOf({ stats }: Command): number[] {
  return [stats.calls, stats.microseconds];
}

Deno.test("BriefCommands shares a time evenly, whichever commands follow which", () => {
  const brief = new BriefCommands();
  for (const command of [GET, GET, SET, GET]) brief.note(command);
  brief.share(100, true);
  assertEquals([countedOf(GET), countedOf(SET)], [[3, 75], [1, 25]]);
  assertEquals([GET.stats.latency.totalCount, SET.stats.latency.totalCount], [3, 1]);
  assert(brief.isEmpty);
  brief.note(SET);
  brief.share(7, false);
  assertEquals(countedOf(SET), [2, 32]);
  assertEquals(SET.stats.latency.totalCount, 1);
  GET.stats.reset();
  SET.stats.reset();
});

Deno.test("BriefCommands tells what ran others of their shares too", () => {
  const brief = new BriefCommands();
  for (const command of [GET, SET, SET]) brief.note(command);
  brief.note(EXEC, 3);
  brief.share(40, true);
  assertEquals([countedOf(GET), countedOf(SET), countedOf(EXEC)], [[1, 10], [2, 20], [1, 30]]);
});

Deno.test("BriefCommands is full when it can note no other run", () => {
  const brief = new BriefCommands();
  let runCount = 0;
  for (; !brief.isFull; runCount++) brief.note(runCount % 2 === 0 ? GET : SET);
  brief.share(runCount, false);
  assertEquals(countedOf(GET)[0] + countedOf(SET)[0] - 3, runCount);
});
