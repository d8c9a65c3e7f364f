/**
 * What stream commands leave: keyspace events, and words that repeat the effect.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { STREAM_COMMANDS } from "../../../../src/commands/stream/mod.ts";
import { EffectRecorder } from "../effect_recorder.ts";

interface Expected {
  readonly before?: readonly string[];
  readonly command: string;
  readonly events: readonly string[];
  /** `NOW` stands for the moment in milliseconds. */
  readonly effects: readonly string[];
  /** How many changes, unless it is the number of effects. */
  readonly changeCount?: number;
}

const THREE = ["XADD s 1-0 f v", "XADD s 2-0 f v", "XADD s 3-0 f v"];
const GROUP = [...THREE, "XGROUP CREATE s g 0"];
const PENDING = [...GROUP, "XREADGROUP GROUP g ann COUNT 2 STREAMS s >"];

// deno-fmt-ignore
const CASES: readonly Expected[] = [
  { command: "XADD s 1-0 f v", events: ["xadd s"], effects: ["XADD s 1-0 f v"] },
  { command: "XADD s * f v g w", events: ["xadd s"], effects: ["XADD s NOW-0 f v g w"] },
  { before: ["XADD s 5-5 f v"], command: "XADD s 5-* f v", events: ["xadd s"], effects: ["XADD s 5-6 f v"] },
  { before: THREE, command: "XADD s MAXLEN 2 4-0 f v", events: ["xadd s", "xtrim s"], effects: ["XADD s MAXLEN 2 4-0 f v"] },
  { before: THREE, command: "XADD s MAXLEN 9 4-0 f v", events: ["xadd s"], effects: ["XADD s MAXLEN 9 4-0 f v"] },
  { before: THREE, command: "XADD s maxlen ~ 2 LIMIT 50 * f v", events: ["xadd s"], effects: ["XADD s maxlen = 4 NOW-0 f v"] },
  { before: THREE, command: "XADD s MINID ~ 3 4-0 f v", events: ["xadd s"], effects: ["XADD s MINID = 1-0 4-0 f v"] },
  { command: "XADD s MINID ~ 30 4-0 f v", events: ["xadd s", "xtrim s"],
    effects: ["XADD s MINID = 18446744073709551615-18446744073709551615 4-0 f v"] },
  { command: "XADD s NOMKSTREAM * f v", events: [], effects: [] },
  { before: THREE, command: "XDEL s 1-0 3-0 9-0", events: ["xdel s"], effects: ["XDEL s 1-0 3-0 9-0"], changeCount: 2 },
  { before: THREE, command: "XDEL s 9-0", events: [], effects: [] },
  { before: THREE, command: "XTRIM s MAXLEN 1", events: ["xtrim s"], effects: ["XTRIM s MAXLEN 1"], changeCount: 2 },
  { before: THREE, command: "XTRIM s MAXLEN ~ 0", events: ["xtrim s"], effects: ["XTRIM s MAXLEN = 0"], changeCount: 3 },
  { before: THREE, command: "XTRIM s LIMIT 7 MAXLEN ~ 0 limit 8", events: ["xtrim s"], effects: ["XTRIM s MAXLEN = 0"], changeCount: 3 },
  { before: THREE, command: "XTRIM s MAXLEN ~ 1", events: [], effects: [] },
  { before: THREE, command: "XSETID s 9-0", events: ["xsetid s"], effects: ["XSETID s 9-0"] },
  { command: "XGROUP CREATE s g $ MKSTREAM", events: [" s", "xgroup-create s"], effects: ["XGROUP CREATE s g $ MKSTREAM"] },
  { before: GROUP, command: "XGROUP SETID s g 2-0", events: ["xgroup-setid s"], effects: ["XGROUP SETID s g 2-0"] },
  { before: GROUP, command: "XGROUP DESTROY s g", events: ["xgroup-destroy s"], effects: ["XGROUP DESTROY s g"] },
  { before: GROUP, command: "XGROUP DESTROY s h", events: [], effects: [] },
  { before: GROUP, command: "XGROUP CREATECONSUMER s g ann", events: ["xgroup-createconsumer s"], effects: ["XGROUP CREATECONSUMER s g ann"] },
  { before: PENDING, command: "XGROUP CREATECONSUMER s g ann", events: [], effects: [] },
  { before: PENDING, command: "XGROUP DELCONSUMER s g ann", events: ["xgroup-delconsumer s"], effects: ["XGROUP DELCONSUMER s g ann"] },
  { before: PENDING, command: "XGROUP DELCONSUMER s g bob", events: [], effects: [] },
  { before: GROUP, command: "XREADGROUP GROUP g ann COUNT 2 STREAMS s >", events: ["xgroup-createconsumer s"], changeCount: 2, effects: [
    "MULTI",
    "XCLAIM s g ann 0 1-0 TIME NOW RETRYCOUNT 1 FORCE JUSTID LASTID 1-0",
    "XCLAIM s g ann 0 2-0 TIME NOW RETRYCOUNT 1 FORCE JUSTID LASTID 2-0",
    "EXEC",
  ] },
  { before: GROUP, command: "XREADGROUP GROUP g ann NOACK STREAMS s >", events: ["xgroup-createconsumer s"], changeCount: 2, effects: [
    "MULTI", "XGROUP CREATECONSUMER s g ann", "XGROUP SETID s g 3-0 ENTRIESREAD 3", "EXEC",
  ] },
  { before: PENDING, command: "XREADGROUP GROUP g ann NOACK STREAMS s >", events: [], effects: ["XGROUP SETID s g 3-0 ENTRIESREAD 3"] },
  { before: PENDING, command: "XREADGROUP GROUP g ann STREAMS s 0", events: [], effects: [], changeCount: 1 },
  { before: PENDING, command: "XREAD STREAMS s 0", events: [], effects: [] },
  { before: PENDING, command: "XACK s g 1-0 2-0 9-0", events: [], effects: ["XACK s g 1-0 2-0 9-0"], changeCount: 2 },
  { before: PENDING, command: "XACK s g 9-0", events: [], effects: [] },
  { before: PENDING, command: "XCLAIM s g bob 0 1-0 TIME 1000 RETRYCOUNT 9", events: ["xgroup-createconsumer s"], changeCount: 2,
    effects: ["XCLAIM s g bob 0 1-0 TIME 1000 RETRYCOUNT 9 FORCE JUSTID LASTID 2-0"] },
  { before: PENDING, command: "XCLAIM s g ann 0 3-0 FORCE LASTID 3-0", events: [],
    effects: ["XCLAIM s g ann 0 3-0 TIME NOW RETRYCOUNT 2 FORCE JUSTID LASTID 3-0"] },
  { before: PENDING, command: "XCLAIM s g ann 0 9-0 LASTID 3-0", events: [], effects: ["XGROUP SETID s g 3-0 ENTRIESREAD 2"] },
  { before: [...PENDING, "XDEL s 1-0"], command: "XCLAIM s g bob 0 1-0", events: [],
    effects: ["XCLAIM s g ann 0 1-0 TIME NOW RETRYCOUNT 1 FORCE JUSTID LASTID 2-0"] },
  { before: PENDING, command: "XCLAIM s g bob 1000 1-0", events: [], effects: [] },
  { before: PENDING, command: "XAUTOCLAIM s g ann 0 0 COUNT 1", events: [],
    effects: ["XCLAIM s g ann 0 1-0 TIME NOW RETRYCOUNT 2 FORCE JUSTID LASTID 2-0"] },
  { before: [...PENDING, "XDEL s 1-0"], command: "XAUTOCLAIM s g ann 1000 0", events: [],
    effects: ["XCLAIM s g ann 0 1-0 TIME NOW RETRYCOUNT 1 FORCE JUSTID LASTID 2-0"] },
];

for (const { before, command, events, effects, changeCount } of CASES) {
  const setting = before === undefined ? "" : ` after ${before.length} commands`;
  Deno.test(`${command}${setting} leaves ${effects.join(", ") || "no effect"}`, () => {
    using recorder = new EffectRecorder(STREAM_COMMANDS);
    for (const line of before ?? []) recorder.run(...line.split(" "));
    const recording = recorder.run(...command.split(" "));
    assertEquals(recording.events, events);
    const now = String(recorder.nowMs);
    assertEquals(recording.effects, effects.map((line) => line.replaceAll("NOW", now)));
    assertEquals(recording.changeCount, changeCount ?? effects.length);
  });
}
