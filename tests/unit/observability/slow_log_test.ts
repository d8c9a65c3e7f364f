/**
 * Unit tests of the slow log: what is slow, what is kept of it, how many.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { ManualClock } from "../../../src/base/clock.ts";
import {
  SlowLog,
  type SlowLogArguments,
  type SlowLogOptions,
} from "../../../src/observability/mod.ts";

const CLIENT = { address: "127.0.0.1:50312", name: "worker" };
const NOW_MS = 1_795_517_073_123;

/** Arguments that lend one and the same view for each index, as a connection does. */
function argumentsOf(...texts: string[]): SlowLogArguments {
  const view = new ByteView();
  return {
    count: texts.length,
    at(index: number): ByteView {
      const { bytes } = ByteView.ofText("<" + texts[index] + ">");
      return view.set(bytes, 1, bytes.length - 1);
    },
  };
}

function slowLogWith(options?: SlowLogOptions): SlowLog {
  return new SlowLog(new ManualClock(NOW_MS), options);
}

/** Records commands `cmd <first>` to `cmd <last>`. */
function recordRange(log: SlowLog, first: number, last: number): void {
  for (let number = first; number <= last; number++) {
    log.record(1, argumentsOf("cmd", String(number)), CLIENT);
  }
}

Deno.test("SlowLog takes commands from its limit on, with 0 all, below 0 none", () => {
  const log = slowLogWith();
  assertEquals([log.isSlow(9_999), log.isSlow(10_000)], [false, true]);
  log.slowerThanUs = 0;
  assertEquals(log.isSlow(0), true);
  log.slowerThanUs = -1;
  assertEquals(log.isSlow(1e9), false);
});

Deno.test("SlowLog keeps id, time, duration, arguments and client", () => {
  const log = slowLogWith();
  log.record(12_345.6, argumentsOf("SET", "\xff\x00", ""), CLIENT);
  assertEquals(log.entries(-1), [{
    id: 0,
    unixSeconds: 1_795_517_073,
    durationUs: 12_345,
    arguments: ["SET", "\xff\x00", ""],
    clientAddress: "127.0.0.1:50312",
    clientName: "worker",
  }]);
});

Deno.test("SlowLog cuts arguments longer than 128 bytes", () => {
  const log = slowLogWith();
  log.record(1, argumentsOf("a".repeat(128), "b".repeat(129), "c".repeat(1128)), CLIENT);
  assertEquals(log.entries(1)[0].arguments, [
    "a".repeat(128),
    "b".repeat(128) + "... (1 more bytes)",
    "c".repeat(128) + "... (1000 more bytes)",
  ]);
});

Deno.test("SlowLog cuts lists longer than 32 arguments", () => {
  const log = slowLogWith();
  const texts = Array.from({ length: 33 }, (_, index) => `a${index}`);
  log.record(1, argumentsOf(...texts.slice(0, 32)), CLIENT);
  log.record(1, argumentsOf(...texts), CLIENT);
  const [cut, whole] = log.entries(2);
  assertEquals(whole.arguments, texts.slice(0, 32));
  assertEquals(cut.arguments, [...texts.slice(0, 31), "... (2 more arguments)"]);
});

Deno.test("SlowLog.entries gives the newest first, as many as asked for", () => {
  const log = slowLogWith();
  recordRange(log, 0, 4);
  assertEquals(log.entries(2).map((entry) => entry.id), [4, 3]);
  assertEquals(log.entries(0), []);
  assertEquals(log.entries(99).length, 5);
  assertEquals(log.entries(-1).map((entry) => entry.id), [4, 3, 2, 1, 0]);
});

Deno.test("SlowLog drops the oldest over its limit", () => {
  const log = slowLogWith({ entryCountMax: 3 });
  for (let number = 0; number < 100; number++) {
    recordRange(log, number, number);
    assertEquals(log.entryCount, Math.min(number + 1, 3));
    const newest = Array.from({ length: log.entryCount }, (_, age) => number - age);
    assertEquals(log.entries(-1).map((entry) => entry.id), newest);
  }
});

Deno.test("SlowLog drops entries as soon as its limit is lowered", () => {
  const log = slowLogWith();
  recordRange(log, 0, 9);
  log.entryCountMax = 4;
  assertEquals(log.entries(-1).map((entry) => entry.id), [9, 8, 7, 6]);
  log.entryCountMax = 0;
  assertEquals(log.entryCount, 0);
  recordRange(log, 10, 11);
  assertEquals(log.entries(-1), []);
  log.entryCountMax = 2;
  recordRange(log, 12, 12);
  assertEquals(log.entries(-1).map((entry) => entry.id), [12], "ids count what was dropped");
});

Deno.test("SlowLog.reset drops all entries and goes on with the ids", () => {
  const log = slowLogWith();
  recordRange(log, 0, 2);
  log.reset();
  assertEquals([log.entryCount, log.entries(-1).length], [0, 0]);
  recordRange(log, 3, 3);
  assertEquals(log.entries(-1).map((entry) => entry.id), [3]);
});
