/**
 * XCLAIM, XAUTOCLAIM against real Redis.
 *
 * @module
 */

import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { plainOf, type PlainReply } from "../support/reply.ts";

const SMALL_NODES = { config: { "stream-node-max-entries": "3" } };

/** A stream of ten entries, the first six of which are pending: three for each of two consumers. */
async function prepare(both: Both): Promise<void> {
  for (let number = 1; number <= 10; number++) {
    await both.same("XADD", "s", `${number}-0`, "n", String(number));
  }
  await both.same("XGROUP", "CREATE", "s", "g", "0");
  await both.same("XREADGROUP", "GROUP", "g", "ann", "COUNT", "3", "STREAMS", "s", ">");
  await both.same("XREADGROUP", "GROUP", "g", "bob", "COUNT", "3", "STREAMS", "s", ">");
}

/** The pending entries; their moments roughly: whether they were long ago. */
async function samePending(both: Both): Promise<void> {
  await both.same("XPENDING", "s", "g");
  await both.same("XINFO", "GROUPS", "s");
  await both.sameOutcome("XPENDING s g - + 100, roughly", async (client) => {
    const reply = plainOf(await client.command("XPENDING", "s", "g", "-", "+", "100"));
    return (reply as PlainReply[][]).map(([id, consumer, idleMs, count]) => {
      return [id, consumer, Number(idleMs) > 500_000, count];
    });
  });
}

differential("XCLAIM gives pending entries to another consumer", async (both) => {
  await prepare(both);
  const claim = ["XCLAIM", "s", "g"];
  await both.same(...claim, "cy", "0", "1-0", "2", "4-0");
  await samePending(both);
  await both.same(...claim, "cy", "0", "1-0", "3-0", "9-0", "99-0", "JUSTID");
  await samePending(both);
  await both.same(...claim, "ann", "3600000", "1-0", "4-0");
  await both.same(...claim, "dan", "3600000", "1-0");
  await both.same("XINFO", "CONSUMERS", "s", "absent");
  await samePending(both);
  await both.same(...claim, "ann", "-5", "5-0", "IDLE", "1000000");
  await both.same(...claim, "bob", "900000", "5-0", "6-0");
  await samePending(both);
  await both.same(...claim, "ann", "0", "5-0", "TIME", "1000", "RETRYCOUNT", "7");
  await both.same(...claim, "ann", "0", "6-0", "RETRYCOUNT", "9223372036854775807", "JUSTID");
  await samePending(both);
  await both.same(...claim, "ann", "0", "6-0", "RETRYCOUNT", "-1", "TIME", "-5", "IDLE", "-1000");
  await both.same(...claim, "ann", "0", "6-0", "TIME", "99999999999999");
  await samePending(both);
}, SMALL_NODES);

differential("XCLAIM FORCE makes pending what never was", async (both) => {
  await prepare(both);
  const claim = ["XCLAIM", "s", "g"];
  await both.same(...claim, "cy", "3600000", "8-0", "1-0", "99-0", "FORCE");
  await samePending(both);
  await both.same(...claim, "cy", "0", "9-0", "FORCE", "JUSTID", "RETRYCOUNT", "0");
  await both.same(...claim, "cy", "0", "10-0", "10-0", "FORCE", "LASTID", "8-0");
  await samePending(both);
  await both.same(...claim, "cy", "0", "10-0", "LASTID", "5-0");
  await both.same(...claim, "cy", "0", "99-0", "LASTID", "9-0");
  await samePending(both);
}, SMALL_NODES);

differential("XCLAIM forgets entries that are deleted", async (both) => {
  await prepare(both);
  await both.same("XDEL", "s", "2-0", "4-0", "9-0");
  await both.same("XCLAIM", "s", "g", "cy", "3600000", "2-0", "3-0");
  await samePending(both);
  await both.same("XCLAIM", "s", "g", "cy", "0", "4-0", "9-0", "5-0", "FORCE");
  await samePending(both);
}, SMALL_NODES);

differential("XCLAIM checks its words in Redis' order", async (both) => {
  await prepare(both);
  await both.same("SET", "word", "x");
  const tails = [
    ["x", "1-0"],
    ["0", "x"],
    ["0", "1-0", "x"],
    ["0", "FORCE"],
    ["0", "1-0", "IDLE"],
    ["0", "1-0", "IDLE", "x"],
    ["0", "1-0", "TIME", "x"],
    ["0", "1-0", "RETRYCOUNT", "x"],
    ["0", "1-0", "LASTID", "x"],
    ["0", "1-0", "LASTID", "-"],
    ["0", "1-0", "JUSTID", "2-0"],
    ["0", "-", "+"],
  ];
  for (const key of ["s", "absent", "word"]) {
    for (const tail of tails) await both.same("XCLAIM", key, "g", "c", ...tail);
    await both.same("XCLAIM", key, "absent", "c", "x", "y");
  }
  await samePending(both);
  await both.bothRefuse("ERR wrong number", "XCLAIM", "s", "g", "c", "0");
});

differential("XAUTOCLAIM claims from a place on, and says where to go on", async (both) => {
  await prepare(both);
  const claim = ["XAUTOCLAIM", "s", "g"];
  await both.same(...claim, "cy", "0", "-", "COUNT", "2");
  await samePending(both);
  await both.same(...claim, "cy", "0", "(3-0", "COUNT", "1", "JUSTID");
  await both.same(...claim, "cy", "0", "5");
  await both.same(...claim, "cy", "3600000", "0");
  await both.same(...claim, "dan", "3600000", "0", "COUNT", "1");
  await both.same(...claim, "dan", "-1", "7");
  await samePending(both);
  await both.same("XDEL", "s", "1-0", "3-0", "6-0");
  await both.same(...claim, "dan", "3600000", "0", "COUNT", "2");
  await samePending(both);
  await both.same(...claim, "ann", "0", "0", "count", "100");
  await samePending(both);
  await both.same(...claim, "ann", "0", "+");
}, SMALL_NODES);

differential("XAUTOCLAIM looks at ten entries for each that it may claim", async (both) => {
  for (let number = 1; number <= 40; number++) {
    await both.same("XADD", "s", `${number}-0`, "n", "x");
  }
  await both.same("XGROUP", "CREATE", "s", "g", "0");
  await both.same("XREADGROUP", "GROUP", "g", "ann", "STREAMS", "s", ">");
  await both.same("XAUTOCLAIM", "s", "g", "bob", "3600000", "0", "COUNT", "1");
  await both.same("XAUTOCLAIM", "s", "g", "bob", "3600000", "11-0", "COUNT", "2");
  await both.same("XAUTOCLAIM", "s", "g", "bob", "3600000", "31-0", "COUNT", "1");
  await both.same("XCLAIM", "s", "g", "ann", "0", "8-0", "30-0", "31-0", "IDLE", "7200000");
  await both.same("XAUTOCLAIM", "s", "g", "bob", "3600000", "0", "COUNT", "2");
  await both.same("XAUTOCLAIM", "s", "g", "bob", "3600000", "21-0", "COUNT", "1", "JUSTID");
  await samePending(both);
}, SMALL_NODES);

differential("XAUTOCLAIM checks its words in Redis' order", async (both) => {
  await prepare(both);
  await both.same("SET", "word", "x");
  const tails = [
    ["x", "y"],
    ["0", "x"],
    ["0", "(18446744073709551615-18446744073709551615"],
    ["0", "(+"],
    ["0", "0", "COUNT"],
    ["0", "0", "COUNT", "0"],
    ["0", "0", "COUNT", "-1"],
    ["0", "0", "COUNT", "x"],
    ["0", "0", "COUNT", "8070450532247928833"],
    ["0", "0", "x"],
    ["0", "0", "JUSTID", "JUSTID", "COUNT", "1"],
  ];
  for (const key of ["s", "absent", "word"]) {
    for (const tail of tails) await both.same("XAUTOCLAIM", key, "g", "c", ...tail);
    await both.same("XAUTOCLAIM", key, "absent", "c", "0", "0");
  }
  await samePending(both);
  await both.bothRefuse("ERR wrong number", "XAUTOCLAIM", "s", "g", "c", "0");
});
