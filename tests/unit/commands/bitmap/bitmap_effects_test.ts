/**
 * What bitmap commands leave: keyspace events, and words that repeat the effect.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { BITMAP_COMMANDS } from "../../../../src/commands/bitmap/mod.ts";
import { STRING_COMMANDS } from "../../../../src/commands/string/mod.ts";
import { RedisError } from "../../../../src/errors/redis_error.ts";
import { EffectRecorder } from "../effect_recorder.ts";

interface Expected {
  readonly before?: readonly string[];
  readonly command: string;
  readonly events: readonly string[];
  readonly changeCount: number;
}

// deno-fmt-ignore
const CASES: readonly Expected[] = [
  { command: "SETBIT k 7 1", events: ["setbit k"], changeCount: 1 },
  { command: "SETBIT k 7 0", events: ["setbit k"], changeCount: 1 },
  { before: ["SETBIT k 7 1"], command: "SETBIT k 7 1", events: [], changeCount: 0 },
  { before: ["SETBIT k 7 1"], command: "SETBIT k 7 0", events: ["setbit k"], changeCount: 1 },
  { before: ["SETBIT k 7 1"], command: "SETBIT k 8 0", events: ["setbit k"], changeCount: 1 },
  { before: ["SET k v"], command: "GETBIT k 1", events: [], changeCount: 0 },
  { before: ["SET k v"], command: "BITCOUNT k", events: [], changeCount: 0 },
  { before: ["SET k v"], command: "BITPOS k 1", events: [], changeCount: 0 },
  { before: ["SET k v"], command: "BITOP NOT to k", events: ["set to"], changeCount: 1 },
  { before: ["SET to v"], command: "BITOP AND to k l", events: ["del to"], changeCount: 1 },
  { command: "BITOP AND to k l", events: [], changeCount: 0 },
  { command: "BITFIELD k SET u8 0 1 INCRBY u8 0 1", events: ["setbit k"], changeCount: 2 },
  { command: "BITFIELD k SET u8 0 0", events: ["setbit k"], changeCount: 1 },
  { before: ["SET k v"], command: "BITFIELD k INCRBY u8 0 0", events: [], changeCount: 0 },
  { before: ["SET k v"], command: "BITFIELD k GET u8 0", events: [], changeCount: 0 },
  { before: ["SET k v"], command: "BITFIELD k OVERFLOW FAIL SET u8 0 256", events: [], changeCount: 0 },
  { command: "BITFIELD k OVERFLOW FAIL SET u8 0 256", events: [], changeCount: 1 },
  { before: ["SET k v"], command: "BITFIELD_RO k GET u8 0", events: [], changeCount: 0 },
];

for (const { before, command, events, changeCount } of CASES) {
  const setting = before === undefined ? "" : ` after ${before.join(", ")}`;
  Deno.test(`${command}${setting} leaves ${events.join(", ") || "no event"}`, () => {
    using recorder = new EffectRecorder([...STRING_COMMANDS, ...BITMAP_COMMANDS]);
    for (const line of before ?? []) recorder.run(...line.split(" "));
    const recording = recorder.run(...command.split(" "));
    assertEquals(recording.events, events);
    assertEquals(recording.effects, changeCount > 0 ? [command] : []);
    assertEquals(recording.changeCount, changeCount);
  });
}

// deno-fmt-ignore
const REFUSED_ON_OTHER_TYPES = [
  "SETBIT k 0 1", "GETBIT k 0", "BITCOUNT k", "BITCOUNT k x y", "BITPOS k 1", "BITPOS k 1 x", "BITOP NOT to k",
  "BITOP AND to absent k", "BITFIELD k", "BITFIELD k GET u8 0", "BITFIELD k SET u8 0 1", "BITFIELD_RO k GET u8 0",
];

Deno.test("bitmap commands refuse values of other types, and BITOP stores over them", () => {
  using recorder = new EffectRecorder([...STRING_COMMANDS, ...BITMAP_COMMANDS]);
  recorder.setOtherType("k");
  for (const line of REFUSED_ON_OTHER_TYPES) {
    assertThrows(() => recorder.run(...line.split(" ")), RedisError, "WRONGTYPE", line);
  }
  assertThrows(() => recorder.run("BITFIELD_RO", "k", "SET", "u8", "0", "1"), RedisError, "only");
  recorder.run("SET", "v", "a");
  assertEquals(recorder.run("BITOP", "OR", "k", "v").reply, ":1\r\n");
  assertEquals(recorder.run("GET", "k").reply, "$1\r\na\r\n");
});

Deno.test("SETBIT keeps what thousands of calls have set, through growth", () => {
  using recorder = new EffectRecorder([...STRING_COMMANDS, ...BITMAP_COMMANDS]);
  for (let count = 0; count < 3000; count++) {
    assertEquals(recorder.run("SETBIT", "k", String(count * 1001), "1").reply, ":0\r\n");
  }
  assertEquals(recorder.run("BITCOUNT", "k").reply, ":3000\r\n");
  assertEquals(recorder.run("BITPOS", "k", "1", "1").reply, ":1001\r\n");
  for (let count = 0; count < 3000; count += 7) {
    assertEquals(recorder.run("GETBIT", "k", String(count * 1001)).reply, ":1\r\n");
  }
});
