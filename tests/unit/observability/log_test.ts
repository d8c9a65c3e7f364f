/**
 * Unit tests of the log: line format, levels, sinks that fail.
 *
 * @module
 */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ManualClock } from "../../../src/base/clock.ts";
import { InvariantError } from "../../../src/base/invariant.ts";
import { textOfBytes } from "../../../src/base/byte_view.ts";
import { Log, LOG_LEVELS, type LogLevel, type LogSink } from "../../../src/observability/mod.ts";

/** A sink that keeps lines as binary text. */
class ListSink implements LogSink {
  readonly lines: string[] = [];

  write(line: Uint8Array): void {
    this.lines.push(textOfBytes(line));
  }
}

/** A log at 24 Nov 2026 10:44:33.123 local time, whatever the zone. */
function logWith(sink: LogSink, level?: LogLevel): Log {
  const now = new Date(2026, 10, 24, 10, 44, 33, 123).getTime();
  return new Log({ clock: new ManualClock(now), sink, pid: 4711, level });
}

Deno.test("Log prints pid, role, local time, level and text as Redis does", () => {
  const sink = new ListSink();
  const log = logWith(sink, "debug");
  log.debug("one");
  log.verbose("two");
  log.notice("three");
  log.warning("four");
  assertEquals(sink.lines, [
    "4711:M 24 Nov 2026 10:44:33.123 . one\n",
    "4711:M 24 Nov 2026 10:44:33.123 - two\n",
    "4711:M 24 Nov 2026 10:44:33.123 * three\n",
    "4711:M 24 Nov 2026 10:44:33.123 # four\n",
  ]);
});

Deno.test("Log pads day, hour, minute, second and millisecond", () => {
  const sink = new ListSink();
  const clock = new ManualClock(new Date(2027, 0, 2, 3, 4, 5, 6).getTime());
  new Log({ clock, sink, pid: 1 }).notice("x");
  assertEquals(sink.lines, ["1:M 02 Jan 2027 03:04:05.006 * x\n"]);
});

Deno.test("Log drops lines below its level, which may change at any time", () => {
  for (const level of LOG_LEVELS) {
    const sink = new ListSink();
    const log = logWith(sink, "warning");
    log.level = level;
    for (const each of LOG_LEVELS) log.write(each, each);
    assertEquals(sink.lines.length, LOG_LEVELS.length - LOG_LEVELS.indexOf(level), level);
    assertEquals(LOG_LEVELS.filter((each) => log.isEnabled(each)).length, sink.lines.length);
  }
});

Deno.test("Log starts at notice", () => {
  assertEquals(logWith(new ListSink()).level, "notice");
});

Deno.test("Log shows the role it was given last", () => {
  const sink = new ListSink();
  const log = logWith(sink);
  log.role = "S";
  log.notice("now a replica");
  assertMatch(sink.lines[0], /^4711:S /);
});

Deno.test("Log writes raw text without time and without a limit, by level", () => {
  const sink = new ListSink();
  const log = logWith(sink);
  const logo = " _ \n".repeat(1000);
  log.raw("notice", logo);
  log.raw("verbose", logo);
  assertEquals(sink.lines, [logo]);
});

Deno.test("Log announces signals in the shape of a signal handler's line", () => {
  const sink = new ListSink();
  const log = new Log({ clock: new ManualClock(1_795_517_073_999), sink, pid: 7 });
  log.signal("Received SIGTERM scheduling shutdown...");
  assertEquals(sink.lines, [
    "7:signal-handler (1795517073) Received SIGTERM scheduling shutdown...\n",
  ]);
});

Deno.test("Log cuts a text at 1023 bytes", () => {
  const sink = new ListSink();
  logWith(sink).warning("a".repeat(2000));
  assertMatch(sink.lines[0], / # a{1023}\n$/);
});

Deno.test("Log writes binary text byte for byte and other text as UTF-8", () => {
  const sink = new ListSink();
  const log = logWith(sink);
  log.notice("\x00\xff");
  log.notice("\u20ac");
  assertEquals(sink.lines[0].endsWith(" * \x00\xff\n"), true);
  assertEquals(sink.lines[1].endsWith(" * \xe2\x82\xac\n"), true);
});

Deno.test("Log survives a sink that fails and counts the lines lost", () => {
  const log = logWith({
    write() {
      throw new Error("No space left on device");
    },
  });
  log.warning("lost");
  log.raw("warning", "lost too\n");
  assertEquals(log.lostLineCount, 2);
});

Deno.test("Log does not hide a bug in a sink", () => {
  const log = logWith({
    write() {
      throw new InvariantError("Write line: sink is closed");
    },
  });
  assertThrows(() => log.warning("x"), InvariantError);
  assertEquals(log.lostLineCount, 0);
});
