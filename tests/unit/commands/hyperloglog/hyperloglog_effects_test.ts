/**
 * What HyperLogLog commands leave: keyspace events, and words that repeat the effect.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { HYPERLOGLOG_COMMANDS } from "../../../../src/commands/hyperloglog/mod.ts";
import { EffectRecorder } from "../effect_recorder.ts";

interface Expected {
  readonly before?: string;
  readonly command: string;
  readonly events: readonly string[];
  readonly changeCount: number;
}

// deno-fmt-ignore
const CASES: readonly Expected[] = [
  { command: "PFADD k", events: ["pfadd k"], changeCount: 1 },
  { command: "PFADD k a b", events: ["pfadd k"], changeCount: 3 },
  { before: "PFADD k a", command: "PFADD k a", events: [], changeCount: 0 },
  { before: "PFADD k a", command: "PFADD k", events: [], changeCount: 0 },
  { command: "PFCOUNT k", events: [], changeCount: 0 },
  { before: "PFADD k a", command: "PFCOUNT k", events: [" k"], changeCount: 1 },
  { before: "PFADD k a", command: "PFCOUNT k k", events: [], changeCount: 0 },
  { before: "PFADD k a", command: "PFMERGE to k", events: ["pfadd to"], changeCount: 1 },
  { before: "PFADD k a", command: "PFDEBUG TODENSE k", events: [], changeCount: 1 },
  { before: "PFADD k a", command: "PFDEBUG ENCODING k", events: [], changeCount: 0 },
];

for (const { before, command, events, changeCount } of CASES) {
  Deno.test(`${command}${before === undefined ? "" : ` after ${before}`} leaves its effect`, () => {
    using recorder = new EffectRecorder(HYPERLOGLOG_COMMANDS);
    if (before !== undefined) recorder.run(...before.split(" "));
    const recording = recorder.run(...command.split(" "));
    assertEquals(recording.events, events);
    assertEquals(recording.effects, changeCount > 0 ? [command] : []);
    assertEquals(recording.changeCount, changeCount);
  });
}
