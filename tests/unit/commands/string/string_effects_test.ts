/**
 * What string commands leave: keyspace events in order, and words that repeat the effect exactly.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { STRING_COMMANDS } from "../../../../src/commands/string/mod.ts";
import { RedisError } from "../../../../src/errors/redis_error.ts";
import { EffectRecorder } from "../effect_recorder.ts";

interface Expected {
  readonly before?: readonly string[];
  readonly command: string;
  readonly events: readonly string[];
  readonly effects: readonly string[];
  readonly changeCount?: number;
}

/** 1,000 seconds from where the clock stands, as a moment; `NOW+1000s` in the rows. */
const SOON = "NOW+1000s";

// deno-fmt-ignore
const CASES: readonly Expected[] = [
  { command: "SET k v", events: ["set k"], effects: ["SET k v"] },
  { command: "SET k v EX 1000", events: ["set k", "expire k"], effects: [`SET k v PXAT ${SOON}`] },
  { command: "SET k v PX 1000000 NX", events: ["set k", "expire k"], effects: [`SET k v PXAT ${SOON}`] },
  { command: `SET k v PXAT ${SOON}`, events: ["set k", "expire k"], effects: [`SET k v PXAT ${SOON}`] },
  { command: "SET k v GET", events: ["set k"], effects: ["SET k v"] },
  { before: ["SET k u"], command: "SET k v XX GET KEEPTTL", events: ["set k"], effects: ["SET k v XX KEEPTTL"] },
  { command: "SET k v GET NX get", events: ["set k"], effects: ["SET k v NX"] },
  { before: ["SET k u"], command: "SET k v NX", events: [], effects: [] },
  { before: ["SET k u"], command: "SET k v NX GET", events: [], effects: [] },
  { command: "SET k v XX", events: [], effects: [] },
  { command: "SETNX k v", events: ["set k"], effects: ["SETNX k v"] },
  { before: ["SET k u"], command: "SETNX k v", events: [], effects: [] },
  { command: "SETEX k 1000 v", events: ["set k", "expire k"], effects: [`SET k v PXAT ${SOON}`] },
  { command: "PSETEX k 1000000 v", events: ["set k", "expire k"], effects: [`SET k v PXAT ${SOON}`] },
  { command: "GETSET k v", events: ["set k"], effects: ["SET k v"] },
  { before: ["SET k v"], command: "GETDEL k", events: ["del k"], effects: ["DEL k"] },
  { command: "GETDEL k", events: [], effects: [] },
  { before: ["SET k v"], command: "GETEX k", events: [], effects: [] },
  { before: ["SET k v"], command: "GETEX k EX 1000", events: ["expire k"], effects: [`PEXPIREAT k ${SOON}`] },
  { before: ["SET k v"], command: "GETEX k PXAT 1", events: ["del k"], effects: ["DEL k"] },
  { before: ["SET k v"], command: "GETEX k PERSIST", events: [], effects: [] },
  { before: ["SET k v EX 9"], command: "GETEX k PERSIST", events: ["persist k"], effects: ["PERSIST k"] },
  { command: "MSET a 1 b 2 a 3", events: ["set a", "set b", "set a"], effects: ["MSET a 1 b 2 a 3"], changeCount: 3 },
  { command: "MSETNX a 1 b 2", events: ["set a", "set b"], effects: ["MSETNX a 1 b 2"], changeCount: 2 },
  { before: ["SET b 2"], command: "MSETNX a 1 b 2", events: [], effects: [] },
  { command: "INCR k", events: ["incrby k"], effects: ["INCR k"] },
  { command: "DECRBY k 5", events: ["incrby k"], effects: ["DECRBY k 5"] },
  { before: ["SET k 1.5"], command: "INCRBYFLOAT k 0.25", events: ["incrbyfloat k"], effects: ["SET k 1.75 KEEPTTL"] },
  { command: "APPEND k v", events: ["append k"], effects: ["APPEND k v"] },
  { command: "SETRANGE k 2 v", events: ["setrange k"], effects: ["SETRANGE k 2 v"] },
  { before: ["SET k v"], command: "SETRANGE k 2 ", events: [], effects: [] },
  { before: ["SET k v"], command: "GETRANGE k 0 0", events: [], effects: [] },
];

for (const { before, command, events, effects, changeCount } of CASES) {
  const setting = before === undefined ? "" : ` after ${before.join(", ")}`;
  Deno.test(`${command}${setting} leaves ${effects.join(", ") || "nothing"}`, () => {
    using recorder = new EffectRecorder(STRING_COMMANDS);
    const soon = String(recorder.nowMs + 1_000_000);
    for (const line of before ?? []) recorder.run(...line.split(" "));
    const recording = recorder.run(...command.replace(SOON, soon).split(" "));
    assertEquals(recording.events, events);
    assertEquals(recording.effects, effects.map((effect) => effect.replace(SOON, soon)));
    assertEquals(recording.changeCount, changeCount ?? Number(effects.length > 0));
  });
}

Deno.test("GETEX of a past moment leaves UNLINK where lazyfree-lazy-expire is on", () => {
  using recorder = new EffectRecorder(STRING_COMMANDS);
  recorder.config.set([["lazyfree-lazy-expire", "yes"]]);
  recorder.run("SET", "k", "v");
  assertEquals(recorder.run("GETEX", "k", "EXAT", "1").effects, ["UNLINK k"]);
});

Deno.test("GETDEL leaves UNLINK where lazyfree-lazy-user-del is on", () => {
  using recorder = new EffectRecorder(STRING_COMMANDS);
  recorder.config.set([["lazyfree-lazy-user-del", "yes"]]);
  recorder.run("SET", "k", "v");
  assertEquals(recorder.run("GETDEL", "k").effects, ["UNLINK k"]);
});

Deno.test("SET with an expiry is gone when its time has come, to the millisecond", () => {
  using recorder = new EffectRecorder(STRING_COMMANDS);
  recorder.run("SET", "k", "v", "PX", "1000");
  recorder.run("SET", "k", "w", "PX", "500");
  recorder.pass(499);
  assertEquals(recorder.run("GET", "k").reply, "$1\r\nw\r\n");
  recorder.pass(1);
  assertEquals(recorder.run("GET", "k").reply, "$-1\r\n");
});

Deno.test("SET without KEEPTTL takes an expiry away", () => {
  using recorder = new EffectRecorder(STRING_COMMANDS);
  recorder.run("SET", "k", "v", "PX", "10");
  recorder.run("SET", "k", "w", "KEEPTTL");
  recorder.run("SET", "k", "x");
  recorder.pass(1000);
  assertEquals(recorder.run("GET", "k").reply, "$1\r\nx\r\n");
});

Deno.test("a refused SET changes nothing, not even the expiry", () => {
  using recorder = new EffectRecorder(STRING_COMMANDS);
  recorder.run("SET", "k", "v");
  for (const options of [["EX", "0"], ["EX", "x"], ["NX", "XX"], ["PX"], ["EX", "1", "KEEPTTL"]]) {
    assertThrows(() => recorder.run("SET", "k", "w", ...options), RedisError);
  }
  assertEquals(recorder.run("GET", "k").reply, "$1\r\nv\r\n");
});

// deno-fmt-ignore
const REFUSED_ON_OTHER_TYPES = [
  "GET k", "SET k v GET", "GETSET k v", "GETDEL k", "GETEX k", "GETEX k EX 0", "INCR k", "DECR k", "INCRBY k 1",
  "DECRBY k 1", "INCRBYFLOAT k 1", "APPEND k v", "STRLEN k", "SETRANGE k 0 v", "SETRANGE k 0 ", "GETRANGE k 0 1",
  "SUBSTR k 0 1",
];

Deno.test("string commands refuse values of other types", () => {
  using recorder = new EffectRecorder(STRING_COMMANDS);
  recorder.setOtherType("k");
  for (const line of REFUSED_ON_OTHER_TYPES) {
    assertThrows(() => recorder.run(...line.split(" ")), RedisError, "WRONGTYPE", line);
  }
  for (const line of ["LCS k absent", "LCS absent k NOSUCH"]) {
    assertThrows(() => recorder.run(...line.split(" ")), RedisError, "must contain string values");
  }
  assertEquals(recorder.run("MGET", "k", "absent").reply, "*2\r\n$-1\r\n$-1\r\n");
  assertEquals(recorder.run("SETNX", "k", "v").reply, ":0\r\n");
  assertEquals(recorder.run("SET", "k", "v", "EX", "9").reply, "+OK\r\n");
  assertEquals(recorder.run("GET", "k").reply, "$1\r\nv\r\n");
});

Deno.test("LCS refuses a table that no memory can hold", () => {
  using recorder = new EffectRecorder(STRING_COMMANDS);
  recorder.config.set([["proto-max-bulk-len", String(2 ** 60)]]);
  for (const key of ["a", "b"]) recorder.run("SETRANGE", key, "5000000", "x");
  assertThrows(() => recorder.run("LCS", "a", "b", "LEN"), RedisError, "failed allocating");
});

Deno.test("APPEND keeps what thousands of appends have added", () => {
  using recorder = new EffectRecorder(STRING_COMMANDS);
  for (let count = 1; count <= 3000; count++) {
    assertEquals(recorder.run("APPEND", "k", "0123456789").reply, `:${count * 10}\r\n`);
  }
  assertEquals(recorder.run("GETRANGE", "k", "-12", "-1").reply, "$12\r\n890123456789\r\n");
});

Deno.test("APPEND of nothing to empty strings gives each a block of its own", () => {
  using recorder = new EffectRecorder(STRING_COMMANDS);
  for (const key of ["a", "b"]) {
    recorder.run("SET", key, "");
    recorder.run("APPEND", key, "");
  }
  recorder.run("APPEND", "a", "ant");
  recorder.run("APPEND", "b", "bee");
  assertEquals(recorder.run("MGET", "a", "b").reply, "*2\r\n$3\r\nant\r\n$3\r\nbee\r\n");
});
