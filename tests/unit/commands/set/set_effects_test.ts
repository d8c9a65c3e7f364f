/**
 * What set commands leave: keyspace events in order, and words that repeat the effect exactly.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SET_COMMANDS } from "../../../../src/commands/set/mod.ts";
import { EffectRecorder } from "../effect_recorder.ts";

interface Expected {
  readonly before?: readonly string[];
  readonly command: string;
  readonly events: readonly string[];
  readonly effects: readonly string[];
  readonly changeCount?: number;
}

// deno-fmt-ignore
const CASES: readonly Expected[] = [
  { command: "SADD s 1 ant 1", events: ["sadd s"], effects: ["SADD s 1 ant 1"], changeCount: 2 },
  { before: ["SADD s 1"], command: "SADD s 1", events: [], effects: [] },
  { before: ["SADD s 1 2 3"], command: "SREM s 1 2 7", events: ["srem s"], effects: ["SREM s 1 2 7"], changeCount: 2 },
  { before: ["SADD s 1 2"], command: "SREM s 1 2 3", events: ["srem s", "del s"], effects: ["SREM s 1 2 3"], changeCount: 2 },
  { before: ["SADD s 1"], command: "SREM s 2", events: [], effects: [] },
  { command: "SREM s 2", events: [], effects: [] },
  { before: ["SADD s 1 2"], command: "SMOVE s t 1", events: ["srem s", "sadd t"], effects: ["SMOVE s t 1"], changeCount: 2 },
  { before: ["SADD s 1", "SADD t 1"], command: "SMOVE s t 1", events: ["srem s", "del s"], effects: ["SMOVE s t 1"] },
  { before: ["SADD s 1"], command: "SMOVE s t 2", events: [], effects: [] },
  { before: ["SADD s 1"], command: "SMOVE s s 1", events: [], effects: [] },
  { before: ["SADD s ant"], command: "SPOP s", events: ["spop s", "del s"], effects: ["SREM s ant"] },
  { before: ["SADD s 1"], command: "SPOP s", events: ["spop s", "del s"], effects: ["SREM s 1"] },
  { before: ["SADD s 1 2"], command: "SPOP s 2", events: ["spop s", "del s"], effects: ["DEL s"], changeCount: 2 },
  { before: ["SADD s 1 2"], command: "SPOP s 9", events: ["spop s", "del s"], effects: ["DEL s"], changeCount: 2 },
  { before: ["SADD s 1 2"], command: "SPOP s 0", events: [], effects: [] },
  { command: "SPOP s", events: [], effects: [] },
  { command: "SPOP s 3", events: [], effects: [] },
  { before: ["SADD s 1 2"], command: "SRANDMEMBER s 1", events: [], effects: [] },
  { before: ["SADD a 1 2", "SADD b 2"], command: "SINTERSTORE t a b", events: ["sinterstore t"], effects: ["SINTERSTORE t a b"] },
  { before: ["SADD a 1 2"], command: "SUNIONSTORE t a b", events: ["sunionstore t"], effects: ["SUNIONSTORE t a b"] },
  { before: ["SADD a 1 2"], command: "SDIFFSTORE a a b", events: ["sdiffstore a"], effects: ["SDIFFSTORE a a b"] },
  { before: ["SADD t 1 2"], command: "SINTERSTORE t a b", events: ["del t"], effects: ["SINTERSTORE t a b"] },
  { before: ["SADD t 1 2"], command: "SUNIONSTORE t a b", events: ["del t"], effects: ["SUNIONSTORE t a b"] },
  { before: ["SADD t 1 2"], command: "SDIFFSTORE t t t", events: ["del t"], effects: ["SDIFFSTORE t t t"] },
  { command: "SDIFFSTORE t a b", events: [], effects: [] },
];

for (const { before, command, events, effects, changeCount } of CASES) {
  const setting = before === undefined ? "" : ` after ${before.join(", ")}`;
  Deno.test(`${command}${setting} leaves ${effects.join(", ") || "nothing"}`, () => {
    using recorder = new EffectRecorder(SET_COMMANDS);
    for (const line of before ?? []) recorder.run(...line.split(" "));
    const recording = recorder.run(...command.split(" "));
    assertEquals(recording.events, events);
    assertEquals(recording.effects, effects);
    assertEquals(recording.changeCount, changeCount ?? (effects.length > 0 ? 1 : 0));
  });
}

for (const members of ["1 2 3 4 5 6 7 8 9 10", "a b c d e f g h i j"]) {
  for (const count of [1, 4, 9]) {
    Deno.test(`SPOP of ${count} of the members ${members} leaves an SREM of each`, () => {
      using recorder = new EffectRecorder(SET_COMMANDS);
      recorder.run("SADD", "s", ...members.split(" "));
      const { reply, events, effects, changeCount } = recorder.run("SPOP", "s", String(count));
      const popped = reply.split("\r\n").filter((line) => /^[^$*]/.test(line));
      const removals = popped.map((member) => `SREM s ${member}`);
      assertEquals(effects, count === 1 ? removals : ["MULTI", ...removals, "EXEC"]);
      assertEquals([events, changeCount, popped.length], [["spop s"], count, count]);
      const left = recorder.run("SCARD", "s").reply;
      assertEquals(left, `:${10 - count}\r\n`);
    });
  }
}
