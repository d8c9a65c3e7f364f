/**
 * SPOP and SRANDMEMBER: every member is equally likely, in each of the ways in which they draw.
 *
 * Judged by chi square with a fixed seed; 29 degrees of freedom exceed 73 once in 100,000 fair tests.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SET_COMMANDS } from "../../../../src/commands/set/mod.ts";
import { EffectRecorder } from "../effect_recorder.ts";

const MEMBER_COUNT = 30;
const CHI_SQUARE_MAX = 73;

const NUMBERS = Array.from({ length: MEMBER_COUNT }, (_, index) => String(index * 1000));
const WORDS = NUMBERS.map((number) => `word:${number}`);

function membersOf(reply: string): string[] {
  return reply.split("\r\n").filter((line) => line !== "" && !/^[$*~]/.test(line));
}

for (const [kind, members] of [["an intset", NUMBERS], ["a dictionary", WORDS]] as const) {
  for (
    const [name, rest, count] of [
      ["SRANDMEMBER", [], 1],
      ["SRANDMEMBER", ["-10"], 10],
      ["SRANDMEMBER", ["3"], 3],
      ["SRANDMEMBER", ["12"], 12],
      ["SRANDMEMBER", ["29"], 29],
      ["SPOP", [], 1],
      ["SPOP", ["3"], 3],
      ["SPOP", ["29"], 29],
    ] as const
  ) {
    const command = [name, "s", ...rest].join(" ");
    Deno.test(`${command} of ${kind} gives every member equally often`, () => {
      using recorder = new EffectRecorder(SET_COMMANDS);
      const seen = new Map(members.map((member) => [member, 0]));
      const roundCount = 3000;
      recorder.run("SADD", "s", ...members);
      for (let round = 0; round < roundCount; round++) {
        const given = membersOf(recorder.run(name, "s", ...rest).reply);
        assertEquals(given.length, count);
        for (const member of given) seen.set(member, seen.get(member)! + 1);
        if (name === "SPOP") recorder.run("SADD", "s", ...given);
      }
      const expected = roundCount * count / MEMBER_COUNT;
      let chiSquare = 0;
      for (const times of seen.values()) chiSquare += (times - expected) ** 2 / expected;
      assertEquals(seen.size, MEMBER_COUNT);
      assert(chiSquare < CHI_SQUARE_MAX, `chi square ${chiSquare}`);
    });
  }
}
