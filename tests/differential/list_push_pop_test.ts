/**
 * LPUSH, RPUSH, LPUSHX, RPUSHX, LPOP, RPOP, LMPOP, LMOVE, RPOPLPUSH beside real Redis.
 *
 * Each transcript runs with nodes of everyday size, with tiny and compressed ones, and with elements
 * that are nodes by themselves.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import { differential } from "../support/differential.ts";
import { inAllListLayouts, LIST_ELEMENTS, sameList } from "../support/list_layouts.ts";
import { takeSeed } from "../support/seed.ts";

const INT64_MAX = "9223372036854775807";
const INT64_MIN = "-9223372036854775808";
const BAD_COUNTS = ["-1", "x", "", "1.0", INT64_MIN, "9223372036854775808"];
const ENDS = ["LEFT", "right"];

inAllListLayouts("LPUSH and RPUSH reply the length and keep any bytes", async (both) => {
  for (const element of LIST_ELEMENTS) {
    await both.same("RPUSH", "k", element);
    await both.same("LPUSH", "l", element);
  }
  await both.same("RPUSH", "k", ...LIST_ELEMENTS);
  await both.same("LPUSH", "k", ...LIST_ELEMENTS);
  await sameList(both, "k");
  await sameList(both, "l");
  for (const name of ["LPUSHX", "RPUSHX"]) {
    await both.same(name, "k", "a", "7", "");
    await both.same(name, "absent", "a", "b");
    await both.same("EXISTS", "absent");
  }
  await sameList(both, "k");
});

inAllListLayouts("LPOP and RPOP take from the ends until the key is gone", async (both) => {
  await both.same("RPUSH", "k", ...LIST_ELEMENTS, ...LIST_ELEMENTS);
  for (let count = 0; count < LIST_ELEMENTS.length; count++) {
    await both.same("LPOP", "k");
    await both.same("RPOP", "k");
  }
  await both.same("LPOP", "k");
  await both.same("EXISTS", "k");
  await both.same("RPUSH", "k", "only");
  await both.same("EXPIRE", "k", "1000");
  await both.same("RPOP", "k");
  await both.same("RPUSH", "k", "fresh");
  await both.same("TTL", "k");
});

inAllListLayouts("LPOP and RPOP with a count reply an array from that end on", async (both) => {
  for (const name of ["LPOP", "RPOP"]) {
    for (const count of ["0", "1", "2", "5", "12", "1000", INT64_MAX]) {
      await both.send("DEL", "k");
      await both.send("RPUSH", "k", ...LIST_ELEMENTS);
      await both.same(name, "k", count);
      await sameList(both, "k");
      await both.same(name, "absent", count);
    }
  }
});

inAllListLayouts("LMPOP takes from the first list that is not empty", async (both) => {
  for (const end of ENDS) {
    for (const count of [[], ["COUNT", "1"], ["count", "4"], ["COUNT", INT64_MAX]]) {
      await both.send("DEL", "k", "l");
      await both.send("RPUSH", "k", ...LIST_ELEMENTS);
      await both.send("RPUSH", "l", "a", "b", "c", "d", "e");
      await both.same("LMPOP", "2", "k", "l", end, ...count);
      await both.same("LMPOP", "3", "absent", "l", "k", end, ...count);
      await sameList(both, "k");
      await sameList(both, "l");
      await both.same("LMPOP", "1", "absent", end, ...count);
      await both.same("LMPOP", "2", "absent", "absent", end, ...count);
    }
  }
});

inAllListLayouts("LMOVE moves between any two ends, of one list too", async (both) => {
  for (const from of ENDS) {
    for (const to of ENDS) {
      await both.send("DEL", "k", "l", "one");
      await both.send("RPUSH", "k", ...LIST_ELEMENTS);
      await both.send("RPUSH", "one", "12");
      for (let count = 0; count < 5; count++) {
        await both.same("LMOVE", "k", "l", from, to);
        await both.same("LMOVE", "l", "l", to, from);
        await both.same("LMOVE", "k", "k", from, to);
        await both.same("LMOVE", "k", "k", to, to);
        await both.same("LMOVE", "one", "one", from, to);
      }
      for (const key of ["k", "l", "one"]) await sameList(both, key);
      await both.same("LMOVE", "absent", "l", from, to);
      await both.same("LMOVE", "one", "fresh", from, to);
      await both.same("EXISTS", "one", "absent");
      await sameList(both, "fresh");
    }
  }
  await both.same("RPUSH", "r", ...LIST_ELEMENTS);
  for (let count = 0; count < LIST_ELEMENTS.length + 1; count++) {
    await both.same("RPOPLPUSH", "r", "s");
    await both.same("RPOPLPUSH", "s", "s");
  }
  await both.same("EXISTS", "r");
  await sameList(both, "s");
});

differential(
  "pushes and pops refuse values of other types, and touch nothing then",
  async (both) => {
    await both.same("SET", "word", "ant");
    await both.same("RPUSH", "k", "a", "b");
    for (const name of ["LPUSH", "RPUSH", "LPUSHX", "RPUSHX"]) {
      await both.bothRefuse("WRONGTYPE", name, "word", "x");
    }
    for (const name of ["LPOP", "RPOP"]) {
      await both.bothRefuse("WRONGTYPE", name, "word");
      for (const count of ["0", "1"]) await both.bothRefuse("WRONGTYPE", name, "word", count);
      for (const count of BAD_COUNTS) {
        for (const key of ["word", "k", "absent"]) {
          await both.bothRefuse("ERR value is out of range, must be positive", name, key, count);
        }
      }
      await both.bothRefuse("ERR wrong number", name, "k", "1", "2");
      await both.bothRefuse("ERR wrong number", name, "absent", "x", "2");
    }
    for (const [source, destination] of [["word", "k"], ["k", "word"], ["word", "word"]]) {
      await both.bothRefuse("WRONGTYPE", "LMOVE", source, destination, "LEFT", "RIGHT");
      await both.bothRefuse("WRONGTYPE", "RPOPLPUSH", source, destination);
    }
    await both.same("LMOVE", "absent", "word", "LEFT", "RIGHT");
    await both.same("RPOPLPUSH", "absent", "word");
    await both.bothRefuse("WRONGTYPE", "LMPOP", "2", "word", "k", "LEFT");
    await both.bothRefuse("WRONGTYPE", "LMPOP", "2", "absent", "word", "LEFT");
    await both.same("LMPOP", "2", "k", "word", "LEFT", "COUNT", "2");
    await both.same("GET", "word");
  },
);

differential("LMOVE and LMPOP check their words before the keys", async (both) => {
  await both.same("SET", "word", "ant");
  await both.same("RPUSH", "k", "a", "b");
  for (const key of ["k", "word", "absent"]) {
    for (const words of [["LEFT", "up"], ["", "LEFT"], ["HEAD", "TAIL"], ["leftt", "right"]]) {
      await both.bothRefuse("ERR syntax", "LMOVE", key, "k", ...words);
    }
    for (const keyCount of ["0", "-1", "x", "", "1.5", INT64_MIN, "9223372036854775808"]) {
      await both.bothRefuse("ERR numkeys should be", "LMPOP", keyCount, key, "LEFT");
    }
    for (const keyCount of ["2", "3", "1000", INT64_MAX]) {
      await both.bothRefuse("ERR syntax", "LMPOP", keyCount, key, "LEFT");
    }
    for (const count of ["0", ...BAD_COUNTS]) {
      await both.bothRefuse("ERR count should", "LMPOP", "1", key, "LEFT", "COUNT", count);
    }
    for (
      const rest of [
        ["up"],
        ["COUNT", "1"],
        ["LEFT", "COUNT"],
        ["LEFT", "1"],
        ["LEFT", "COUNT", "1", "COUNT"],
        ["LEFT", "COUNT", "1", "COUNT", "1"],
        ["LEFT", "COUNT", "1", "RIGHT"],
        ["LEFT", "COUNT", "0", "RIGHT"],
        ["LEFT", "LIMIT", "1"],
      ]
    ) await both.same("LMPOP", "1", key, ...rest);
  }
  await sameList(both, "k");
});

differential("pushes and pops refuse a wrong number of arguments", async (both) => {
  for (const name of "lpush rpush lpushx rpushx lpop rpop lmpop lmove rpoplpush".split(" ")) {
    await both.bothRefuse("ERR wrong number", name);
    for (let count = 1; count <= 6; count++) {
      await both.send("DEL", "1");
      await both.same(name.toUpperCase(), ...Array<string>(count).fill("1"));
    }
  }
});

inAllListLayouts("random pushes, pops and moves", async (both) => {
  const random = new SeededRandom(takeSeed("random pushes"));
  const pick = <T>(items: readonly T[]) => items[random.below(items.length)];
  const keys = ["a", "b", "c"];
  for (let round = 0; round < 300; round++) {
    const elements = Array.from({ length: 1 + random.below(9) }, () => pick(LIST_ELEMENTS));
    await both.same(pick(["LPUSH", "RPUSH", "LPUSHX", "RPUSHX"]), pick(keys), ...elements);
    await both.same(pick(["LPOP", "RPOP"]), pick(keys));
    if (random.below(3) === 0) {
      await both.same(pick(["LPOP", "RPOP"]), pick(keys), String(random.below(9)));
    }
    await both.same("LMOVE", pick(keys), pick(keys), pick(ENDS), pick(ENDS));
    if (random.below(9) === 0) {
      await both.same("LMPOP", "2", pick(keys), pick(keys), pick(ENDS), "COUNT", "20");
    }
    if (random.below(5) === 0) await sameList(both, pick(keys));
  }
});
