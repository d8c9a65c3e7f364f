/**
 * What hash commands leave: keyspace events in order, and words that repeat the effect exactly.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { HASH_COMMANDS } from "../../../../src/commands/hash/mod.ts";
import { RedisError } from "../../../../src/errors/redis_error.ts";
import { EffectRecorder } from "../effect_recorder.ts";

interface Expected {
  readonly command: string;
  readonly events?: readonly string[];
  readonly effects?: readonly string[];
  readonly changeCount?: number;
}

// All on a hash with a=1 and b=2.
const CASES: readonly Expected[] = [
  { command: "HSET h c 3", events: ["hset h"], effects: ["HSET h c 3"] },
  { command: "HSET h a 1", events: ["hset h"], effects: ["HSET h a 1"] },
  {
    command: "HSET h a 3 c 4 c 5",
    events: ["hset h"],
    effects: ["HSET h a 3 c 4 c 5"],
    changeCount: 3,
  },
  { command: "HMSET h a 3 c 4", events: ["hset h"], effects: ["HMSET h a 3 c 4"], changeCount: 2 },
  { command: "HSETNX h c 3", events: ["hset h"], effects: ["HSETNX h c 3"] },
  { command: "HSETNX h a 3" },
  { command: "HDEL h a none", events: ["hdel h"], effects: ["HDEL h a none"] },
  { command: "HDEL h a b", events: ["hdel h", "del h"], effects: ["HDEL h a b"], changeCount: 2 },
  { command: "HDEL h none" },
  { command: "HDEL none a" },
  { command: "HINCRBY h a 5", events: ["hincrby h"], effects: ["HINCRBY h a 5"] },
  { command: "HINCRBYFLOAT h a 0.5", events: ["hincrbyfloat h"], effects: ["HSET h a 1.5"] },
  { command: "HINCRBYFLOAT h c 1e3", events: ["hincrbyfloat h"], effects: ["HSET h c 1000"] },
  { command: "HGET h a" },
  { command: "HMGET h a b" },
  { command: "HGETALL h" },
  { command: "HLEN h" },
  { command: "HSCAN h 0" },
];

Deno.test("hash commands leave the events and effects that Redis leaves", () => {
  for (const { command, events = [], effects = [], changeCount = events.length } of CASES) {
    using recorder = new EffectRecorder(HASH_COMMANDS);
    recorder.run("HSET", "h", "a", "1", "b", "2");
    const recording = recorder.run(...command.split(" "));
    assertEquals(recording.events, events, command);
    assertEquals(recording.effects, effects, command);
    assertEquals(recording.changeCount, changeCount, command);
  }
});

Deno.test("a refused hash command changes nothing, not even that the key is there", () => {
  using recorder = new EffectRecorder(HASH_COMMANDS);
  for (
    const line of ["HSET h a 1 b", "HINCRBY h a x", "HINCRBYFLOAT h a x", "HINCRBYFLOAT h a inf"]
  ) {
    assertThrows(() => recorder.run(...line.split(" ")), RedisError);
  }
  assertEquals(recorder.run("HLEN", "h").reply, ":0\r\n");
  recorder.run("HSET", "h", "a", "9223372036854775807", "b", "x");
  for (const line of ["HINCRBY h a 1", "HINCRBY h b 1", "HINCRBYFLOAT h b 1"]) {
    assertThrows(() => recorder.run(...line.split(" ")), RedisError);
  }
  assertEquals(
    recorder.run("HGETALL", "h").reply,
    "*4\r\n$1\r\na\r\n$19\r\n9223372036854775807\r\n$1\r\nb\r\n$1\r\nx\r\n",
  );
});

Deno.test("HRANDFIELD refuses to reply more than memory can hold", () => {
  using recorder = new EffectRecorder(HASH_COMMANDS);
  recorder.run("HSET", "h", "a", "1");
  assertThrows(() => recorder.run("HRANDFIELD", "h", "-134217729"), RedisError, "out of range");
});
