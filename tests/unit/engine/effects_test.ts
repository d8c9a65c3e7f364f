/**
 * Effects: what leaves for logs and replicas, and how units are framed.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Effects } from "../../../src/engine/mod.ts";
import { Args } from "../../../src/resp/mod.ts";

/** Effects, and what left: `database: words`. */
function recorded(): { effects: Effects; lines: string[] } {
  const effects = new Effects(), lines: string[] = [];
  effects.addSink({
    append: (databaseIndex, args) =>
      lines.push(`${databaseIndex}: ${[...args.texts(0)].join(" ")}`),
  });
  return { effects, lines };
}

Deno.test("a unit of several effects leaves between MULTI and EXEC, in the databases of its ends", () => {
  const { effects, lines } = recorded();
  effects.beginUnit();
  effects.finish(true, 1, Args.of("SET", "a", "1"));
  effects.emit(2, "DEL", "b");
  effects.replaceWith("PEXPIREAT", "c", "9");
  effects.finish(true, 3, Args.of("EXPIRE", "c", "1"));
  effects.endUnit();
  effects.finish(true, 3, Args.of("DEL", "d"));
  assertEquals(lines, [
    "1: MULTI",
    "1: SET a 1",
    "2: DEL b",
    "3: PEXPIREAT c 9",
    "3: EXEC",
    "3: DEL d",
  ]);
});

Deno.test("a unit of one effect leaves without a frame, one of none not at all", () => {
  const { effects, lines } = recorded();
  for (const hasChanged of [false, true]) {
    effects.beginUnit();
    effects.finish(hasChanged, 0, Args.of("SET", "a", "1"));
    effects.finish(false, 0, Args.of("DEL", "a"));
    effects.endUnit();
  }
  assertEquals(lines, ["0: SET a 1"]);
});

Deno.test("a unit's first effect may be borrowed until the call returns", () => {
  const { effects, lines } = recorded();
  const args = Args.of("SET", "a", "1");
  effects.beginUnit();
  effects.finish(true, 0, args);
  args.bytes.fill(0x78);
  effects.finish(true, 0, Args.of("DEL", "b"));
  effects.endUnit();
  assertEquals(lines, ["0: MULTI", "0: SET a 1", "0: DEL b", "0: EXEC"]);
});

Deno.test("what is replaced or suppressed leaves otherwise or not, once", () => {
  const { effects, lines } = recorded();
  effects.replaceWith("DEL", "a");
  effects.finish(true, 0, Args.of("SPOP", "a"));
  effects.suppress();
  effects.finish(true, 0, Args.of("SPOP", "b"));
  effects.finish(true, 0, Args.of("SADD", "c", "1"));
  assertEquals(lines, ["0: DEL a", "0: SADD c 1"]);
});

Deno.test("one command's several effects leave as a unit, within a larger one as part of it", () => {
  const { effects, lines } = recorded();
  for (const isWithin of [false, true]) {
    if (isWithin) effects.beginUnit();
    effects.replaceWith("SREM", "a", "1");
    effects.replaceWith("SREM", "a", "2");
    effects.finish(true, 0, Args.of("SPOP", "a", "2"));
    if (!isWithin) continue;
    effects.finish(true, 0, Args.of("DEL", "b"));
    effects.endUnit();
  }
  const popped = ["0: MULTI", "0: SREM a 1", "0: SREM a 2"];
  assertEquals(lines, [...popped, "0: EXEC", ...popped, "0: DEL b", "0: EXEC"]);
});
