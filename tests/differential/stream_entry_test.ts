/**
 * XADD, XDEL, XLEN, XSETID, XTRIM against real Redis, with nodes of any size.
 *
 * @module
 */

import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";

const GREATEST = "18446744073709551615";
/** Node sizes: as they are, and small. */
const CONFIGS = [
  {},
  { "stream-node-max-entries": "3" },
  { "stream-node-max-entries": "0", "stream-node-max-bytes": "100" },
  { "stream-node-max-entries": "1", "stream-node-max-bytes": "0" },
] as const;

/** The same transcript over all node sizes. */
function withAllNodeSizes(name: string, transcript: (both: Both) => Promise<void>): void {
  for (const config of CONFIGS) {
    const size = Object.entries(config).map(([word, value]) => `${word} ${value}`).join(", ");
    differential(`${name}${size === "" ? "" : `, ${size}`}`, transcript, { config });
  }
}

/** All that can be seen of a stream. */
async function sameStream(both: Both, key: string): Promise<void> {
  await both.same("XRANGE", key, "-", "+");
  await both.same("XREVRANGE", key, "+", "-");
  await both.same("XINFO", "STREAM", key);
  await both.same("XLEN", key);
}

async function fill(both: Both, key: string, count: number, from = 1): Promise<void> {
  for (let number = from; number < from + count; number++) {
    await both.same("XADD", key, `${number}-0`, "n", String(number));
  }
}

withAllNodeSizes("XADD keeps fields and values of any form", async (both) => {
  const words = ["", "0", "-1", "127", "128", "4096", "-70000", "9223372036854775807", "01", "1.5"];
  words.push("a".repeat(63), "b".repeat(64), "c".repeat(5000), "\0\xff");
  for (const [index, word] of words.entries()) {
    await both.same("XADD", "s", `${index + 1}-1`, "f", word);
    await both.same("XADD", "s", `${index + 1}-2`, word, "f");
    await both.same("XADD", "s", `${index + 1}-3`, word, word, "f", word, "f", "x");
    await both.same("XADD", "s", `${index + 1}-4`, "f", "again");
  }
  await sameStream(both, "s");
  await both.same("TYPE", "s");
  await both.same("OBJECT", "ENCODING", "s");
});

differential("XADD takes IDs that rise", async (both) => {
  await both.bothRefuse("ERR The ID specified in XADD must be", "XADD", "s", "0-0", "f", "v");
  await both.same("EXISTS", "s");
  for (const id of ["0-1", "0-2", "1", "1-1", "5-0", `5-${GREATEST}`, "6-*", "6-*", "7-*"]) {
    await both.same("XADD", "s", id, "f", "v");
  }
  for (const id of ["0-1", "7-0", "7", "6-*", "0-*", "0"]) {
    await both.same("XADD", "s", id, "f", "v");
  }
  await both.same("XADD", "s", `8-${GREATEST}`, "f", "v");
  await both.same("XADD", "s", "9-*", "f", "v");
  await both.same("XADD", "s", `${GREATEST}-*`, "f", "v");
  await both.same("XADD", "s", `${GREATEST}-${GREATEST}`, "f", "v");
  await both.bothRefuse("ERR The stream has exhausted", "XADD", "s", "*", "f", "v");
  await both.bothRefuse("ERR The stream has exhausted", "XADD", "s", "1-1", "f", "v");
  await sameStream(both, "s");
  await both.same("XADD", "t", "0-*", "f", "v");
  await both.same("XADD", "t", "0-*", "f", "v");
  await both.same("XADD", "u", "18446744073709551616-0", "f", "v");
});

differential("XADD chooses an ID that is the moment, or follows the last", async (both) => {
  await both.sameShape("XADD", "s", "*", "f", "v");
  await both.sameOutcome("IDs of a pipeline rise", async (client) => {
    const replies = await client.pipeline(Array(20).fill(["XADD", "s", "*", "f", "v"]));
    const ids = replies.map((reply) => "text" in reply ? reply.text.split("-").map(Number) : []);
    return ids.every(([ms, sequence], index) => {
      if (index === 0) return true;
      const [lastMs, lastSequence] = ids[index - 1];
      return ms > lastMs ? sequence === 0 : ms === lastMs && sequence === lastSequence + 1;
    });
  });
  await both.same("XLEN", "s");
  await both.same("XADD", "s", "99999999999999-5", "f", "v");
  await both.same("XADD", "s", "*", "f", "v");
  await both.same("XADD", "s", "99999999999999-*", "f", "v");
  await both.same("XADD", "s", `99999999999999-${GREATEST}`, "f", "v");
  await both.same("XADD", "s", "*", "f", "v");
});

differential("XADD reads IDs as leniently as Redis", async (both) => {
  const words = [
    "",
    "-",
    "+",
    "-1",
    "1-",
    "1--1",
    "1-+2",
    "2- 3",
    " 4-1",
    "+5-1",
    "006-007",
    "7-x",
  ];
  words.push(
    "x",
    "8-1-1",
    "9-01",
    "10-\t1",
    "11-1 ",
    "12-0x1",
    "**",
    "13-**",
    "14- *",
    "$",
    "(15-1",
  );
  words.push(
    "16-18446744073709551616",
    "17-99999999999999999999999",
    "18-\x001",
    "19\0x-1",
    "\x0020",
  );
  words.push(
    `21-${"0".repeat(150)}`,
    `${"0".repeat(100)}22-1`,
    "23--01",
    "24-- 1",
    "25- -1",
    "26--0",
  );
  for (const word of words) {
    await both.same("XADD", "s", word, "f", "v");
    await both.same("XRANGE", "s", word, word);
  }
  await sameStream(both, "s");
});

differential("XADD checks its words in Redis' order", async (both) => {
  await both.same("SET", "word", "x");
  const tails = [
    ["f"],
    ["*"],
    ["*", "f"],
    ["*", "f", "v", "g"],
    ["1-1", "f"],
    ["x", "f"],
    ["NOMKSTREAM", "*", "f"],
    ["MAXLEN", "*", "f", "v"],
    ["MAXLEN", "5", "f", "v"],
    ["MAXLEN", "-1", "*", "f", "v"],
    ["MAXLEN", "x", "*", "f", "v"],
    ["MAXLEN", "~"],
    ["MAXLEN", "~", "*", "f", "v"],
    ["MAXLEN", "5", "MINID", "5", "*", "f", "v"],
    ["MAXLEN", "5", "MAXLEN", "6", "*", "f", "v"],
    ["MINID", "x", "*", "f", "v"],
    ["MINID", "-", "*", "f", "v"],
    ["LIMIT", "5", "*", "f", "v"],
    ["LIMIT", "0", "*", "f", "v"],
    ["LIMIT", "-5", "*", "f", "v"],
    ["LIMIT", "x", "*", "f", "v"],
    ["MAXLEN", "5", "LIMIT", "5", "*", "f", "v"],
    ["MAXLEN", "=", "5", "LIMIT", "5", "*", "f", "v"],
    ["MAXLEN", "~", "5", "LIMIT", "-5", "*", "f", "v"],
    ["MAXLEN", "~", "5", "LIMIT", "5"],
    ["MAXLEN", "~", "5", "LIMIT", "5", "*"],
    ["nomkstream", "nomkstream", "0-0", "f", "v"],
    ["LIMIT"],
    ["MAXLEN"],
  ];
  for (const key of ["absent", "word"]) {
    for (const tail of tails) await both.same("XADD", key, ...tail);
    await both.bothRefuse("ERR The ID specified", "XADD", key, "0-0", "f", "v");
  }
  await both.bothRefuse("WRONGTYPE", "XADD", "word", "1-1", "f", "v");
  await both.same("EXISTS", "absent");
  await both.bothRefuse("ERR wrong number of arguments", "XADD", "s", "*", "f");
});

differential("XADD NOMKSTREAM adds only to what is there", async (both) => {
  await both.same("XADD", "s", "NOMKSTREAM", "1-1", "f", "v");
  await both.same("EXISTS", "s");
  await both.same("XADD", "s", "1-1", "f", "v");
  await both.same("XADD", "s", "nomkstream", "maxlen", "1", "1-2", "f", "v");
  await sameStream(both, "s");
});

withAllNodeSizes("XADD and XTRIM trim by length", async (both) => {
  await fill(both, "s", 30);
  for (const [sign, length] of [["=", "28"], ["~", "20"], ["~", "19"], ["=", "16"], ["~", "16"]]) {
    await both.same("XTRIM", "s", "MAXLEN", sign, length);
    await sameStream(both, "s");
  }
  for (let number = 31; number < 50; number++) {
    await both.same("XADD", "s", "MAXLEN", "~", "10", `${number}-0`, "n", "x");
    await both.same("XADD", "s", "MAXLEN", "13", `${number}-1`, "n", "x");
    await both.same("XINFO", "STREAM", "s");
  }
  await both.same("XTRIM", "s", "MAXLEN", "~", "0", "LIMIT", "1");
  await both.same("XTRIM", "s", "MAXLEN", "~", "0", "LIMIT", "4");
  await sameStream(both, "s");
  await both.same("XTRIM", "s", "MAXLEN", "~", "1", "LIMIT", "0");
  await sameStream(both, "s");
  await both.same("XTRIM", "s", "MAXLEN", "0");
  await sameStream(both, "s");
  await both.same("EXISTS", "s");
  await both.same("XADD", "s", "MAXLEN", "0", "100-1", "f", "v");
  await sameStream(both, "s");
});

withAllNodeSizes("XADD and XTRIM trim by ID", async (both) => {
  await fill(both, "s", 30);
  for (const [sign, id] of [["=", "3"], ["~", "3-1"], ["~", "12"], ["=", "14-1"], ["~", "15"]]) {
    await both.same("XTRIM", "s", "MINID", sign, id);
    await sameStream(both, "s");
  }
  await both.same("XDEL", "s", "20-0", "21-0", "30-0");
  await both.same("XTRIM", "s", "MINID", "29-5");
  await sameStream(both, "s");
  await both.same("XADD", "s", "MINID", "~", "40", "31-0", "f", "v");
  await both.same("XADD", "s", "MINID", "40", "32-0", "f", "v");
  await sameStream(both, "s");
  await fill(both, "s", 20, 41);
  await both.same("XADD", "s", "MINID", "~", "55", "LIMIT", "6", "70-0", "f", "v");
  await both.same("XTRIM", "s", "MINID", GREATEST);
  await sameStream(both, "s");
});

withAllNodeSizes("XDEL deletes anywhere", async (both) => {
  await fill(both, "s", 25);
  for (
    const ids of [["5-0"], ["1-0"], ["2-0", "3-0", "2-0"], ["25-0"], ["99-0", "5"], ["4", "6"]]
  ) {
    await both.same("XDEL", "s", ...ids);
    await sameStream(both, "s");
  }
  await both.bothRefuse("ERR Invalid stream ID", "XDEL", "s", "7-0", "x");
  await both.same("XDEL", "absent", "x");
  await both.same("XRANGE", "s", "7", "7");
  for (let number = 24; number > 6; number--) {
    await both.same("XDEL", "s", `${number}-0`);
    await sameStream(both, "s");
  }
  await both.same("XADD", "s", "30-0", "f", "v");
  await sameStream(both, "s");
  await both.same("XDEL", "s", "30-0");
  await both.same("EXISTS", "s");
  await both.bothRefuse("ERR wrong number", "XDEL", "s");
  await both.same("SET", "word", "x");
  await both.bothRefuse("WRONGTYPE", "XDEL", "word", "x");
});

differential("XSETID sets what it is told", async (both) => {
  await both.bothRefuse("ERR no such key", "XSETID", "s", "5-0");
  await both.bothRefuse("ERR Invalid stream ID", "XSETID", "s", "x");
  await fill(both, "s", 5);
  const tails = [
    ["4-0"],
    ["5-0"],
    ["9-0"],
    ["-"],
    ["10-0", "ENTRIESADDED"],
    ["10-0", "ENTRIESADDED", "x"],
    ["10-0", "ENTRIESADDED", "-1"],
    ["10-0", "ENTRIESADDED", "4"],
    ["10-0", "entriesadded", "9223372036854775807"],
    ["10-0", "ENTRIESADDED", "100", "MAXDELETEDID", "11-0"],
    ["10-0", "MAXDELETEDID", "x"],
    ["10-0", "MAXDELETEDID", "3-0", "ENTRIESADDED", "50"],
    ["10-0", "MAXDELETEDID", "0-0"],
    ["10-0", "5"],
  ];
  for (const tail of tails) {
    await both.same("XSETID", "s", ...tail);
    await both.same("XINFO", "STREAM", "s");
  }
  await both.same("XADD", "s", "10-*", "f", "v");
  await both.same("XTRIM", "s", "MAXLEN", "0");
  await both.same("XSETID", "s", "1-0", "ENTRIESADDED", "0");
  await both.same("XINFO", "STREAM", "s");
  await both.same("SET", "word", "x");
  await both.bothRefuse("WRONGTYPE", "XSETID", "word", "1-1");
  await both.bothRefuse("ERR wrong number", "XSETID", "s");
});

differential("XLEN and XTRIM of what is no stream", async (both) => {
  await both.same("XLEN", "absent");
  await both.same("XTRIM", "absent", "MAXLEN", "5");
  await both.same("SET", "word", "x");
  await both.bothRefuse("WRONGTYPE", "XLEN", "word");
  await both.bothRefuse("WRONGTYPE", "XTRIM", "word", "MAXLEN", "5");
  await both.bothRefuse("ERR wrong number", "XLEN");
  await both.bothRefuse("ERR wrong number", "XTRIM", "absent", "MAXLEN");
  for (
    const tail of [
      ["LIMIT", "5"],
      ["LIMIT", "0"],
      ["MAXLEN", "5", "x"],
      ["MAXLEN", "5", "LIMIT"],
      ["MAXLEN", "5", "LIMIT", "1"],
      ["MAXLEN", "~", "5", "LIMIT", "x"],
      ["5", "MAXLEN"],
      ["NOMKSTREAM", "MAXLEN", "5"],
    ]
  ) {
    await both.same("XTRIM", "word", ...tail);
  }
});

withAllNodeSizes("a stream is copied, renamed and goes", async (both) => {
  await fill(both, "s", 12);
  await both.same("XDEL", "s", "3-0", "4-0");
  await both.same("COPY", "s", "t");
  await both.same("XADD", "s", "20-0", "f", "v");
  await sameStream(both, "t");
  await both.same("RENAME", "s", "t");
  await sameStream(both, "t");
  await both.same("EXPIRE", "t", "1000");
  await both.same("XADD", "t", "21-0", "f", "v");
  await both.sameSeconds("TTL", "t");
  await both.same("UNLINK", "t");
  await both.same("XRANGE", "t", "-", "+");
});
