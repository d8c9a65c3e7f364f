/**
 * What sorted set commands leave: keyspace events in order, and words that repeat the effect exactly.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { SORTED_SET_COMMANDS } from "../../../../src/commands/sorted_set/mod.ts";
import { RedisError } from "../../../../src/errors/redis_error.ts";
import { EffectRecorder } from "../effect_recorder.ts";

interface Expected {
  readonly command: string;
  readonly events?: readonly string[];
  /** The words that leave; without: the command's own if there are changes. */
  readonly effect?: string;
  readonly changeCount?: number;
}

// All on sorted sets z with a=1, b=2, c=3 and y with b=5.
// deno-fmt-ignore
const CASES: readonly Expected[] = [
  { command: "ZADD z 4 d", events: ["zadd z"] },
  { command: "ZADD z 4 d 5 e 6 a", events: ["zadd z"], changeCount: 3 },
  { command: "ZADD z 1 a" },
  { command: "ZADD z NX 5 a" },
  { command: "ZADD new XX 5 a" },
  { command: "ZADD new 5 a", events: ["zadd new"] },
  { command: "ZADD z INCR 2 a", events: ["zincr z"] },
  { command: "ZADD z INCR 0 a" },
  { command: "ZINCRBY z 0 new", events: ["zincr z"] },
  { command: "ZREM z a none c", events: ["zrem z"], changeCount: 2 },
  { command: "ZREM z a b c", events: ["zrem z", "del z"], changeCount: 3 },
  { command: "ZREM z none" },
  { command: "ZREM none a" },
  { command: "ZREMRANGEBYRANK z 0 1", events: ["zremrangebyrank z"], changeCount: 2 },
  { command: "ZREMRANGEBYRANK z 5 6" },
  { command: "ZREMRANGEBYSCORE z 2 9", events: ["zremrangebyscore z"], changeCount: 2 },
  { command: "ZREMRANGEBYSCORE z -inf inf", events: ["zremrangebyscore z", "del z"], changeCount: 3 },
  { command: "ZREMRANGEBYLEX z - (c", events: ["zremrangebylex z"], changeCount: 2 },
  { command: "ZPOPMIN z", events: ["zpopmin z"] },
  { command: "ZPOPMAX z 2", events: ["zpopmax z"], changeCount: 2 },
  { command: "ZPOPMAX z 9", events: ["zpopmax z", "del z"], changeCount: 3 },
  { command: "ZPOPMIN z 0" },
  { command: "ZMPOP 2 none z MIN", events: ["zpopmin z"], effect: "ZPOPMIN z 1" },
  { command: "ZMPOP 1 z MAX COUNT 9", events: ["zpopmax z", "del z"], effect: "ZPOPMAX z 3", changeCount: 3 },
  { command: "ZMPOP 1 none MIN" },
  { command: "ZUNIONSTORE to 2 z y", events: ["zunionstore to"] },
  { command: "ZINTERSTORE to 2 z y", events: ["zinterstore to"] },
  { command: "ZDIFFSTORE to 2 z y", events: ["zdiffstore to"] },
  { command: "ZDIFFSTORE z 2 y y", events: ["del z"] },
  { command: "ZDIFFSTORE to 2 y y" },
  { command: "ZRANGESTORE to z 0 1", events: ["zrangestore to"] },
  { command: "ZRANGESTORE z z 7 8", events: ["del z"] },
  { command: "ZRANGESTORE to none 0 1" },
  { command: "ZSCORE z a" },
  { command: "ZRANGE z 0 -1" },
  { command: "ZUNION 2 z y" },
  { command: "ZRANDMEMBER z" },
  { command: "ZSCAN z 0" },
];

Deno.test("sorted set commands leave the events and effects that Redis leaves", () => {
  for (const { command, events = [], effect = command, changeCount = events.length } of CASES) {
    using recorder = new EffectRecorder(SORTED_SET_COMMANDS);
    recorder.run("ZADD", "z", "1", "a", "2", "b", "3", "c");
    recorder.run("ZADD", "y", "5", "b");
    const recording = recorder.run(...command.split(" "));
    assertEquals(recording.events, events, command);
    assertEquals(recording.effects, events.length > 0 ? [effect] : [], command);
    assertEquals(recording.changeCount, changeCount, command);
  }
});

Deno.test("a refused sorted set command changes nothing, not even that the key is there", () => {
  using recorder = new EffectRecorder(SORTED_SET_COMMANDS);
  // deno-fmt-ignore
  const refused = [
    "ZADD z 1 a x b", "ZADD z NX XX 1 a", "ZINCRBY z x a", "ZUNIONSTORE z 1 none WEIGHTS x",
    "ZRANGESTORE z none 0 x", "ZMPOP 1 z MIDDLE", "ZPOPMIN z -1", "ZREMRANGEBYLEX z a b",
  ];
  for (const line of refused) {
    assertThrows(() => recorder.run(...line.split(" ")), RedisError, "", line);
  }
  assertEquals(recorder.run("ZCARD", "z").reply, ":0\r\n");
  recorder.run("ZADD", "z", "inf", "a");
  assertThrows(() => recorder.run("ZINCRBY", "z", "-inf", "a"), RedisError, "NaN");
  assertEquals(recorder.run("ZSCORE", "z", "a").reply, "$3\r\ninf\r\n");
});

Deno.test("ZRANDMEMBER refuses to reply more than memory can hold", () => {
  using recorder = new EffectRecorder(SORTED_SET_COMMANDS);
  recorder.run("ZADD", "z", "1", "a");
  assertThrows(() => recorder.run("ZRANDMEMBER", "z", "-134217729"), RedisError, "out of range");
});
