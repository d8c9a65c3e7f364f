/**
 * XRANGE, XREVRANGE, XREAD against real Redis, waiting included.
 *
 * @module
 */

import { beginBlocked } from "../support/blocked.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";

const GREATEST = "18446744073709551615";
const SMALL_NODES = { config: { "stream-node-max-entries": "3" } };

/** Entries 1-0, 1-1, 2-0, 2-1 ... with fields that change from time to time. */
async function fill(both: Both, key: string, msCount: number): Promise<void> {
  for (let ms = 1; ms <= msCount; ms++) {
    await both.same("XADD", key, `${ms}-0`, "field", String(ms));
    await both.same("XADD", key, `${ms}-1`, ms % 4 === 0 ? "other" : "field", "x", "more", "");
  }
}

differential("XRANGE and XREVRANGE give what lies between two IDs", async (both) => {
  await fill(both, "s", 12);
  await both.same("XDEL", "s", "3-0", "3-1", "5-1", "12-1");
  const bounds = ["-", "+", "1", "1-1", "(1-1", "3", "(3", "4-0", "5-1", "(5-1", "7", "(7", "12"];
  bounds.push("12-1", "13", "0", "0-0", "(0-0", `${GREATEST}-${GREATEST}`, `(${GREATEST}`, "(12-0");
  bounds.push(`(${GREATEST}-${GREATEST}`, "(", "(-", "(+", "x", "(x", "", "(1-*", "1-*");
  for (const from of bounds) {
    for (const to of bounds) {
      await both.same("XRANGE", "s", from, to);
      await both.same("XREVRANGE", "s", from, to, "COUNT", "3");
    }
  }
}, SMALL_NODES);

differential("XRANGE takes COUNT, the last one", async (both) => {
  await fill(both, "s", 5);
  for (const count of ["0", "1", "7", "100", "-1", "-100", "9223372036854775807", "x", "1.5", ""]) {
    for (const key of ["s", "absent"]) {
      await both.same("XRANGE", key, "-", "+", "COUNT", count);
      await both.same("XREVRANGE", key, "+", "-", "count", count);
    }
  }
  await both.same("XRANGE", "s", "-", "+", "COUNT", "1", "COUNT", "2");
  await both.bothRefuse("ERR syntax error", "XRANGE", "s", "-", "+", "COUNT");
  await both.bothRefuse("ERR syntax error", "XRANGE", "s", "-", "+", "COUNT", "1", "x");
  await both.bothRefuse("ERR syntax error", "XREVRANGE", "s", "+", "-", "LIMIT", "1");
  await both.bothRefuse("ERR wrong number", "XRANGE", "s", "-");
  await both.same("SET", "word", "x");
  await both.bothRefuse("WRONGTYPE", "XRANGE", "word", "-", "+", "COUNT", "0");
  await both.bothRefuse("ERR Invalid stream ID", "XREVRANGE", "word", "x", "+");
});

differential(
  "XREAD gives what is behind an ID, of each stream that has something",
  async (both) => {
    await fill(both, "s", 6);
    await fill(both, "t", 3);
    await both.same("XDEL", "t", "3-1");
    for (const id of ["0", "1", "1-1", "3-0", "6-0", "6-1", "7", "$", GREATEST]) {
      await both.same("XREAD", "STREAMS", "s", id);
      await both.same("XREAD", "COUNT", "2", "STREAMS", "s", "absent", "t", id, "0", "3-0");
      await both.same("XREAD", "STREAMS", "t", "t", "s", id, "$", "5");
    }
    await both.same("XREAD", "STREAMS", "s", `${GREATEST}-${GREATEST}`);
    await both.same("XREAD", "COUNT", "0", "STREAMS", "s", "5");
    await both.same("XREAD", "count", "-7", "streams", "s", "5");
    await both.same("XREAD", "BLOCK", "1", "STREAMS", "s", "$");
    await both.same("XREAD", "BLOCK", "1", "COUNT", "1", "STREAMS", "s", "t", "$", "0");
  },
  SMALL_NODES,
);

differential("XREAD checks its words in Redis' order", async (both) => {
  await both.same("SET", "word", "x");
  await both.same("XADD", "s", "1-1", "f", "v");
  const tails = [
    ["STREAMS", "s"],
    ["STREAMS", "s", "t", "0"],
    ["STREAMS", "s", "x"],
    ["STREAMS", "s", ">"],
    ["STREAMS", "s", "-"],
    ["STREAMS", "s", "+"],
    ["STREAMS", "word", "x"],
    ["STREAMS", "s", "word", "x", "0"],
    ["STREAMS", "absent", "word", "0", "0"],
    ["COUNT", "x", "STREAMS", "s", "0"],
    ["COUNT", "1"],
    ["BLOCK", "x", "STREAMS", "s", "0"],
    ["BLOCK", "-1", "STREAMS", "s", "0"],
    ["BLOCK", "1.5", "STREAMS", "s", "0"],
    ["NOACK", "STREAMS", "s", "0"],
    ["GROUP", "g", "c", "STREAMS", "s", "0"],
    ["GROUP", "STREAMS", "s", "0"],
    ["WHATEVER", "STREAMS", "s", "0"],
    ["STREAMS"],
    ["COUNT", "STREAMS", "s", "0"],
  ];
  for (const tail of tails) await both.same("XREAD", ...tail);
  await both.bothRefuse("ERR wrong number", "XREAD", "STREAMS", "s");
});

differential("XREAD waits for an entry behind the ID", async (both) => {
  const reader = await beginBlocked(both, "XREAD", "BLOCK", "0", "STREAMS", "a", "b", "$", "0");
  await both.same("XADD", "a", "1-1", "f", "v");
  await reader.sameNext();
  const second = await beginBlocked(both, "XREAD", "BLOCK", "0", "STREAMS", "a", "b", "$", "5");
  await both.same("XADD", "b", "5-0", "f", "v");
  await both.same("XADD", "b", "5-1", "g", "w", "h", "x");
  await second.sameNext();
  const behind = await beginBlocked(both, "XREAD", "BLOCK", "0", "STREAMS", "a", "3-3");
  for (const id of ["2-0", "3-3", "3-4"]) await both.same("XADD", "a", id, "n", id);
  await behind.sameNext();
  const same = await beginBlocked(both, "XREAD", "BLOCK", "0", "STREAMS", "a", "a", "9", "$");
  await both.same("XADD", "a", "5-0", "f", "v");
  await both.same("XADD", "a", "9-1", "f", "v");
  await same.sameNext();
});

differential("XREAD sleeps on through other changes, and serves all who wait", async (both) => {
  const first = await beginBlocked(both, "XREAD", "BLOCK", "0", "STREAMS", "s", "$");
  const second = await beginBlocked(both, "XREAD", "BLOCK", "0", "COUNT", "1", "STREAMS", "s", "0");
  await both.same("SET", "s", "x");
  await both.same("DEL", "s");
  await both.same("RPUSH", "s", "x");
  await both.same("DEL", "s");
  await both.same("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
  await both.same("XSETID", "s", "4-4");
  await both.same("XTRIM", "s", "MAXLEN", "0");
  await both.same("EXPIRE", "s", "1000");
  await both.same("PERSIST", "s");
  await both.same("XADD", "s", "5-5", "f", "v");
  await first.sameNext();
  await second.sameNext();
  const third = await beginBlocked(both, "XREAD", "BLOCK", "0", "STREAMS", "s", "$");
  await both.same("XADD", "t", "9-9", "f", "v");
  await both.same("RENAME", "t", "s");
  await third.sameNext();
});

differential("XREAD BLOCK gives at most 1000 entries unless COUNT says more", async (both) => {
  for (const [index, options] of [[], ["COUNT", "2000"], ["COUNT", "3"]].entries()) {
    const key = `s${index}`;
    const reader = await beginBlocked(both, "XREAD", "BLOCK", "0", ...options, "STREAMS", key, "0");
    await both.sameOutcome("fill a stream and move it", async (client) => {
      const adding = Array.from(
        { length: 1500 },
        (_, id) => ["XADD", "t", `1-${id + 1}`, "f", "v"],
      );
      await client.pipeline(adding);
      return await client.value("RENAME", "t", key);
    });
    await reader.sameNext();
  }
});

differential("XREAD BLOCK ends with nil when its time is up", async (both) => {
  await both.same("XADD", "s", "1-1", "f", "v");
  await both.same("XREAD", "BLOCK", "20", "STREAMS", "s", "absent", "1-1", "0");
  await both.same("XREAD", "COUNT", "5", "BLOCK", "20", "STREAMS", "s", "$");
  const reader = await beginBlocked(both, "XREAD", "BLOCK", "0", "STREAMS", "s", "$");
  await both.sameOutcome("unblock", async (client) => {
    const list = String(await client.value("CLIENT", "LIST"));
    const id = /id=(\d+)[^\n]* cmd=xread/.exec(list)![1];
    return await client.value("CLIENT", "UNBLOCK", id);
  });
  await reader.sameNext();
});
