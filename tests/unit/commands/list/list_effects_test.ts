/**
 * What list commands leave: keyspace events in order, and words that repeat the effect exactly.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { LIST_COMMANDS } from "../../../../src/commands/list/mod.ts";
import { RedisError } from "../../../../src/errors/redis_error.ts";
import { EffectRecorder } from "../effect_recorder.ts";

interface Expected {
  readonly command: string;
  readonly events?: readonly string[];
  /** Without, the command's own words where there is an event. */
  readonly effects?: readonly string[];
  readonly changeCount?: number;
}

// All on lists k = a b a and one = x.
const CASES: readonly Expected[] = [
  { command: "LPUSH k 1 2", events: ["lpush k"], changeCount: 2 },
  { command: "RPUSH fresh 1 2 3", events: ["rpush fresh"], changeCount: 3 },
  { command: "LPUSHX k 1", events: ["lpush k"] },
  { command: "RPUSHX none 1" },
  { command: "LPOP k", events: ["lpop k"] },
  { command: "RPOP k 2", events: ["rpop k"], changeCount: 2 },
  { command: "LPOP k 9", events: ["lpop k", "del k"], changeCount: 3 },
  { command: "RPOP one", events: ["rpop one", "del one"], changeCount: 1 },
  { command: "LPOP k 0" },
  { command: "LPOP none" },
  { command: "LMPOP 2 none k LEFT", events: ["lpop k"], effects: ["LPOP k 1"] },
  {
    command: "LMPOP 1 k RIGHT COUNT 9",
    events: ["rpop k", "del k"],
    effects: ["RPOP k 3"],
    changeCount: 3,
  },
  { command: "LMPOP 1 none LEFT" },
  { command: "LMOVE k one LEFT RIGHT", events: ["rpush one", "lpop k"], changeCount: 1 },
  { command: "LMOVE k k RIGHT LEFT", events: ["lpush k", "rpop k"], changeCount: 1 },
  { command: "LMOVE one one LEFT LEFT", events: ["lpush one", "lpop one"], changeCount: 1 },
  { command: "LMOVE none k LEFT LEFT" },
  { command: "RPOPLPUSH one k", events: ["lpush k", "rpop one", "del one"], changeCount: 1 },
  { command: "LSET k 0 a", events: ["lset k"] },
  { command: "LINSERT k BEFORE b x", events: ["linsert k"] },
  { command: "LINSERT k AFTER none x" },
  { command: "LINSERT none AFTER b x" },
  { command: "LREM k 0 a", events: ["lrem k"], changeCount: 2 },
  { command: "LREM one 1 x", events: ["lrem one", "del one"], changeCount: 1 },
  { command: "LREM k 0 none" },
  { command: "LTRIM k 1 1", events: ["ltrim k"], changeCount: 2 },
  { command: "LTRIM k 5 9", events: ["ltrim k", "del k"], changeCount: 3 },
  { command: "LTRIM k 0 -1", events: ["ltrim k"], effects: [], changeCount: 0 },
  { command: "LTRIM none 0 0" },
  { command: "LRANGE k 0 -1" },
  { command: "LINDEX k 0" },
  { command: "LPOS k a" },
  { command: "LLEN k" },
];

Deno.test("list commands leave the events and effects that Redis leaves", () => {
  for (const { command, events = [], effects, changeCount = events.length } of CASES) {
    using recorder = new EffectRecorder(LIST_COMMANDS);
    recorder.run("RPUSH", "k", "a", "b", "a");
    recorder.run("RPUSH", "one", "x");
    const recording = recorder.run(...command.split(" "));
    assertEquals(recording.events, events, command);
    assertEquals(recording.effects, effects ?? (events.length > 0 ? [command] : []), command);
    assertEquals(recording.changeCount, changeCount, command);
  }
});

Deno.test("a refused list command changes nothing, not even that the key is there", () => {
  using recorder = new EffectRecorder(LIST_COMMANDS);
  recorder.run("RPUSH", "k", "a");
  const refused = [
    "LPOP none -1",
    "LSET none 0 x",
    "LSET k 1 x",
    "LINSERT none beside a x",
    "LMOVE k none LEFT up",
    "LMPOP 0 k LEFT",
    "LMPOP 1 k LEFT COUNT 0",
    "LPOS k a RANK 0",
  ];
  for (const line of refused) {
    assertThrows(() => recorder.run(...line.split(" ")), RedisError, "ERR", line);
  }
  assertEquals(recorder.run("LRANGE", "k", "0", "-1").reply, "*1\r\n$1\r\na\r\n");
  assertEquals(recorder.run("LLEN", "none").reply, ":0\r\n");
});

Deno.test("lists of a hundred thousand elements come and go at both ends", () => {
  using recorder = new EffectRecorder(LIST_COMMANDS);
  const words = Array.from({ length: 1000 }, (_, index) => String(index));
  for (let count = 1; count <= 100; count++) {
    const reply = recorder.run(count % 2 === 0 ? "LPUSH" : "RPUSH", "k", ...words).reply;
    assertEquals(reply, `:${count * 1000}\r\n`);
  }
  assertEquals(recorder.run("LINDEX", "k", "49999").reply, "$1\r\n0\r\n");
  assertEquals(recorder.run("LINDEX", "k", "-1").reply, "$3\r\n999\r\n");
  assertEquals(recorder.run("LREM", "k", "0", "7").reply, ":100\r\n");
  for (let count = 0; count < 49_000; count++) {
    recorder.run("LPOP", "k");
    recorder.run("RPOP", "k");
  }
  assertEquals(recorder.run("LLEN", "k").reply, ":1900\r\n");
  assertEquals(recorder.run("LMPOP", "1", "k", "LEFT", "COUNT", "1900").changeCount, 1900);
});
