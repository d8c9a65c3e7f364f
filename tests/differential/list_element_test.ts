/**
 * LRANGE, LINDEX, LPOS, LSET, LINSERT, LREM, LTRIM beside real Redis, in all layouts of lists.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { inAllListLayouts, LIST_ELEMENTS, sameList } from "../support/list_layouts.ts";
import { takeSeed } from "../support/seed.ts";

const INT64_MAX = "9223372036854775807";
const INT64_MIN = "-9223372036854775808";
const ELEMENT_COUNT = LIST_ELEMENTS.length;
const INDICES = ["0", "1", "-1", "2", "-2", "7", "-9", String(ELEMENT_COUNT - 1)];
const FAR_INDICES = [String(ELEMENT_COUNT), `-${ELEMENT_COUNT}`, `-${ELEMENT_COUNT + 1}`, "1000"];
const BAD_INTEGERS = ["x", "", "1.0", " 1", "+1", "9223372036854775808"];
const FEW_ELEMENTS = ["a", "b", "12", "c".repeat(50), "12", "a", "", "a"];

/** A list of all forms of elements under `k`. */
async function fill(both: Both): Promise<void> {
  await both.send("DEL", "k");
  await both.send("RPUSH", "k", ...LIST_ELEMENTS);
}

inAllListLayouts("LRANGE and LINDEX by any index", async (both) => {
  await fill(both);
  for (const start of [...INDICES, ...FAR_INDICES, INT64_MAX, INT64_MIN]) {
    await both.same("LINDEX", "k", start);
    await both.same("LINDEX", "absent", start);
    for (const stop of [...INDICES, ...FAR_INDICES, INT64_MAX, INT64_MIN]) {
      await both.same("LRANGE", "k", start, stop);
    }
    await both.same("LRANGE", "absent", start, "-1");
  }
});

inAllListLayouts("LPOS by rank, count and maximal length", async (both) => {
  await both.send("RPUSH", "k", ...FEW_ELEMENTS, ...FEW_ELEMENTS, ...LIST_ELEMENTS);
  const ranks = [[], ["RANK", "1"], ["rank", "3"], ["RANK", "-1"], ["RANK", "-2"], ["RANK", "99"]];
  const counts = [[], ["COUNT", "0"], ["COUNT", "1"], ["count", "2"], ["COUNT", INT64_MAX]];
  const lengths = [[], ["MAXLEN", "0"], ["maxlen", "1"], ["MAXLEN", "9"], ["MAXLEN", INT64_MAX]];
  for (const element of ["a", "12", "", "c".repeat(50), "absent", "012"]) {
    for (const rank of ranks) {
      for (const count of counts) {
        for (const length of lengths) {
          await both.same("LPOS", "k", element, ...rank, ...count, ...length);
        }
        await both.same("LPOS", "absent", element, ...count, ...rank);
      }
    }
  }
  for (const element of LIST_ELEMENTS) {
    await both.same("LPOS", "k", element);
    await both.same("LPOS", "k", element, "RANK", "-1", "COUNT", "0");
    await both.same("LPOS", "k", `${element}.`);
  }
});

inAllListLayouts("LSET puts any element in the place of any other", async (both) => {
  await fill(both);
  for (const index of [...INDICES, ...FAR_INDICES]) {
    for (const element of LIST_ELEMENTS) await both.same("LSET", "k", index, element);
    await sameList(both, "k");
  }
  for (let index = 0; index < ELEMENT_COUNT; index++) {
    await fill(both);
    await both.same("LSET", "k", String(index), "q".repeat(300));
    await sameList(both, "k");
    await both.same("LSET", "k", String(index), "1");
    await sameList(both, "k");
  }
});

inAllListLayouts("LINSERT before and behind every element", async (both) => {
  for (const where of ["BEFORE", "after"]) {
    for (const pivot of LIST_ELEMENTS) {
      await fill(both);
      for (const element of ["new", "77", "n".repeat(100), "m".repeat(5000)]) {
        await both.same("LINSERT", "k", where, pivot, element);
        await both.same("LINSERT", "k", where, element, pivot);
      }
      await sameList(both, "k");
    }
    await both.same("LINSERT", "k", where, "nobody", "x");
    await both.same("LINSERT", "absent", where, "a", "x");
  }
  await both.same("EXISTS", "absent");
});

inAllListLayouts("LREM from both ends, some or all", async (both) => {
  for (const element of ["a", "12", "", "c".repeat(50), "nobody"]) {
    for (const count of ["0", "1", "-1", "2", "-2", "3", "-4", "100", INT64_MAX, INT64_MIN]) {
      await both.send("DEL", "k", "all");
      await both.send("RPUSH", "k", ...FEW_ELEMENTS, ...LIST_ELEMENTS, ...FEW_ELEMENTS);
      await both.same("LREM", "k", count, element);
      await sameList(both, "k");
      await both.send("RPUSH", "all", element, element, element);
      await both.same("LREM", "all", count, element);
      await sameList(both, "all");
      await both.same("LREM", "absent", count, element);
    }
  }
});

inAllListLayouts("LTRIM to any range", async (both) => {
  for (const start of [...INDICES, ...FAR_INDICES, INT64_MAX, INT64_MIN]) {
    for (const stop of [...INDICES, ...FAR_INDICES, INT64_MAX, INT64_MIN]) {
      await fill(both);
      await both.same("LTRIM", "k", start, stop);
      await sameList(both, "k");
    }
    await both.same("LTRIM", "absent", start, "-1");
  }
});

differential("list commands look at the key before or behind their numbers", async (both) => {
  await both.same("SET", "word", "ant");
  await both.same("RPUSH", "k", "a", "b");
  for (const key of ["k", "word", "absent"]) {
    for (const bad of BAD_INTEGERS) {
      await both.same("LINDEX", key, bad);
      await both.same("LSET", key, bad, "x");
      await both.same("LRANGE", key, bad, "1");
      await both.same("LRANGE", key, "0", bad);
      await both.same("LTRIM", key, "0", bad);
      await both.same("LTRIM", key, bad, "0");
      await both.same("LREM", key, bad, "x");
      await both.same("LPOS", key, "a", "RANK", bad);
      await both.same("LPOS", key, "a", "COUNT", bad);
      await both.same("LPOS", key, "a", "MAXLEN", bad);
    }
    for (const where of ["", "beforehand", "behind"]) {
      await both.bothRefuse("ERR syntax", "LINSERT", key, where, "a", "x");
    }
    await both.same("LPOS", key, "a", "RANK", "0");
    await both.same("LPOS", key, "a", "COUNT", "-1");
    await both.same("LPOS", key, "a", "MAXLEN", "-1");
    await both.same("LPOS", key, "a", "RANK");
    await both.same("LPOS", key, "a", "RANK", "1", "COUNT");
    await both.same("LPOS", key, "a", "NOSUCH", "1");
    await both.same("LPOS", key, "a", "RANK", "x", "NOSUCH");
    await both.same("LPOS", key, "b", "RANK", "3", "RANK", "1", "COUNT", "4", "COUNT", "0");
    await both.same("LLEN", key);
    await both.same("LRANGE", key, "0", "-1");
    await both.same("LTRIM", key, "0", "-1");
    await both.same("LREM", key, "0", "x");
    await both.same("LINDEX", key, "0");
    await both.same("LSET", key, "0", "x");
    await both.same("LSET", key, "2", "x");
    await both.same("LSET", key, "-3", "x");
    await both.same("LINSERT", key, "BEFORE", "x", "y");
    await both.same("LPOS", key, "x");
  }
  await both.same("GET", "word");
});

differential("list commands refuse a wrong number of arguments", async (both) => {
  for (const name of "lindex linsert llen lpos lrange lrem lset ltrim".split(" ")) {
    await both.bothRefuse("ERR wrong number", name);
    await both.send("RPUSH", "1", "1");
    for (let count = 1; count <= 6; count++) {
      await both.same(name.toUpperCase(), ...Array<string>(count).fill("1"));
    }
  }
});

differential("a list keeps the limits that it was made with", async (both) => {
  await both.same("RPUSH", "k", ...LIST_ELEMENTS);
  await both.same("CONFIG", "SET", "list-max-listpack-size", "3", "list-compress-depth", "1");
  await both.same("RPUSH", "k", ...LIST_ELEMENTS);
  await both.same("RPUSH", "l", ...LIST_ELEMENTS);
  await sameList(both, "k");
  await sameList(both, "l");
  await both.same("RPUSH", "one", "a");
  await both.same("CONFIG", "SET", "list-max-listpack-size", "-1", "list-compress-depth", "0");
  await both.same("LMOVE", "one", "one", "LEFT", "RIGHT");
  await both.same("RPUSH", "one", ...LIST_ELEMENTS);
  await sameList(both, "one");
  await both.same("COPY", "l", "copy");
  await both.same("RPUSH", "copy", ...LIST_ELEMENTS);
  await sameList(both, "copy");
  await both.same("RENAME", "l", "renamed");
  await sameList(both, "renamed");
}, { config: { "list-max-listpack-size": "-2", "list-compress-depth": "0" } });

for (const fill of ["-1", "-3", "-4", "-5", "-9", "0", "1", "4", "16", "32768"]) {
  differential(`lists split and merge as Redis' do at a fill of ${fill}`, async (both) => {
    const random = new SeededRandom(takeSeed(`fill ${fill}`));
    for (let count = 0; count < 400; count++) {
      const element = random.below(3) === 0
        ? String(random.below(100_000))
        : "e".repeat(random.below(random.below(20) === 0 ? 3000 : 80)) + random.below(9);
      await both.send(random.below(3) === 0 ? "LPUSH" : "RPUSH", "k", element);
      if (random.below(2) === 0) continue;
      const pivot = await both.same("LINDEX", "k", String(random.below(400)));
      if (pivot.kind !== "bulk") continue;
      const where = random.below(2) === 0 ? "BEFORE" : "AFTER";
      await both.same("LINSERT", "k", where, pivot.text, element);
      if (random.below(30) === 0) await sameList(both, "k");
    }
    await sameList(both, "k");
    for (let count = 0; count < 40; count++) {
      const first = random.below(300);
      await both.same("LTRIM", "k", String(-first), String(-1 - random.below(3)));
      await both.same("LINSERT", "k", "BEFORE", "e1", "middle");
      await both.same("RPUSH", "k", "e1", "e2", "e3", "e".repeat(random.below(500)));
      await sameList(both, "k");
    }
  }, { config: { "list-max-listpack-size": fill, "list-compress-depth": "1" }, protocols: [2] });
}

inAllListLayouts("random changes inside of lists", async (both) => {
  const random = new SeededRandom(takeSeed("random list changes"));
  const pick = <T>(items: readonly T[]) => items[random.below(items.length)];
  const element = () => pick(random.below(3) === 0 ? LIST_ELEMENTS : FEW_ELEMENTS);
  const index = () => String(random.below(60) - 30);
  for (let round = 0; round < 400; round++) {
    await both.same(pick(["LPUSH", "RPUSH"]), "k", element(), element());
    await both.same("LINSERT", "k", pick(["BEFORE", "AFTER"]), element(), element());
    await both.same("LSET", "k", index(), element());
    await both.same("LINDEX", "k", index());
    await both.same("LPOS", "k", element(), "RANK", pick(["1", "2", "-1", "-3"]), "COUNT", "0");
    if (random.below(4) === 0) await both.same("LREM", "k", index(), element());
    if (random.below(12) === 0) await both.same("LTRIM", "k", index(), index());
    if (random.below(4) === 0) await sameList(both, "k");
  }
});

inAllListLayouts("elements of a megabyte come and go like any other", async (both) => {
  const large = ["a".repeat(300_000), "b".repeat(1_100_000), "c".repeat(600_000)];
  await both.same("RPUSH", "k", "1", ...large, "2", ...large, "3");
  await both.same("LINSERT", "k", "AFTER", large[1], large[2]);
  await both.same("LINSERT", "k", "BEFORE", "2", large[0]);
  await both.same("LSET", "k", "2", "short");
  await both.same("LSET", "k", "-1", large[1]);
  await both.same("LPOS", "k", large[2], "COUNT", "0");
  await both.same("LREM", "k", "-1", large[0]);
  await both.same("LMOVE", "k", "k", "RIGHT", "LEFT");
  await both.same("LMOVE", "k", "l", "LEFT", "LEFT");
  await sameList(both, "k");
  await both.same("LTRIM", "k", "1", "-2");
  await both.same("RPOP", "k", "2");
  await sameList(both, "k");
  await sameList(both, "l");
});
