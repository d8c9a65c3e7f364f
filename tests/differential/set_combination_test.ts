/**
 * SINTER, SINTERCARD, SINTERSTORE, SUNION, SUNIONSTORE, SDIFF, SDIFFSTORE beside real Redis.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { takeSeed } from "../support/seed.ts";
import { setDifferential } from "../support/set_differential.ts";

const SETS: Readonly<Record<string, readonly string[]>> = {
  few: ["1", "2", "3"],
  numbers: ["2", "3", "5", "70000", "-7", "2147483648"],
  words: ["ant", "bee", "cat", "3"],
  mixed: ["1", "ant", "5", ""],
  one: ["3"],
};
const KEYS = [...Object.keys(SETS), "absent"];
const OPERATIONS = ["SINTER", "SUNION", "SDIFF"];

async function fill(both: Both): Promise<void> {
  for (const [key, members] of Object.entries(SETS)) await both.same("SADD", key, ...members);
  await both.same("SET", "word", "value");
}

/** All choices of one, two or three keys. */
function* choices(): Generator<string[]> {
  for (const first of KEYS) {
    yield [first];
    for (const second of KEYS) {
      yield [first, second];
      yield [first, second, "numbers"];
      yield [first, "few", second];
    }
  }
}

setDifferential("SINTER, SUNION and SDIFF of any sets, absent ones too", async (both) => {
  await fill(both);
  for (const keys of choices()) {
    for (const name of OPERATIONS) await both.sameUnordered(name, ...keys);
    await both.same("SINTERCARD", keys.length, ...keys);
  }
});

setDifferential("SINTERSTORE, SUNIONSTORE and SDIFFSTORE replace what is there", async (both) => {
  await fill(both);
  for (const keys of choices()) {
    for (const name of OPERATIONS) {
      await both.send("SET", "to", "old", "EX", "1000");
      await both.same(`${name}STORE`, "to", ...keys);
      await both.sameUnordered("SMEMBERS", "to");
      await both.same("OBJECT", "ENCODING", "to");
      await both.same("TTL", "to");
    }
  }
}, { protocols: [2] });

setDifferential("the results may replace one of their own sources", async (both) => {
  for (const name of OPERATIONS) {
    for (const target of Object.keys(SETS)) {
      await both.send("FLUSHDB");
      await fill(both);
      await both.same(`${name}STORE`, target, "words", target, "numbers");
      await both.sameUnordered("SMEMBERS", target);
      await both.same(`${name}STORE`, target, target);
      await both.same(`${name}STORE`, target, target, target);
      await both.sameUnordered("SMEMBERS", target);
      await both.same(`${name}STORE`, target, "absent", "absent");
      await both.same("EXISTS", target);
    }
  }
});

setDifferential("many sets at once, and one against many", async (both) => {
  const keys: string[] = [];
  for (let number = 0; number < 12; number++) {
    keys.push(`s${number}`);
    const members = Array.from({ length: 20 }, (_, index) => String(index * number % 37));
    await both.same("SADD", `s${number}`, ...members, ...(number % 3 === 0 ? ["ant"] : []));
  }
  const numbers = Array.from({ length: 3000 }, (_, index) => String(index));
  await both.same("SADD", "large", ...numbers);
  for (const name of OPERATIONS) {
    await both.sameUnordered(name, ...keys);
    await both.sameUnordered(name, "large", ...keys);
    await both.sameUnordered(name, ...keys, "large");
    await both.same(`${name}STORE`, "to", "large", ...keys);
    await both.sameUnordered("SMEMBERS", "to");
    await both.same("OBJECT", "ENCODING", "to");
  }
  await both.same("SINTERCARD", "12", ...keys);
});

setDifferential("SINTERCARD stops at LIMIT", async (both) => {
  await fill(both);
  for (const limit of ["0", "1", "2", "3", "100", "9223372036854775807"]) {
    await both.same("SINTERCARD", "1", "numbers", "LIMIT", limit);
    await both.same("SINTERCARD", "2", "numbers", "few", "limit", limit);
    await both.same("SINTERCARD", "2", "numbers", "absent", "LIMIT", limit);
    await both.same("SINTERCARD", "1", "few", "LIMIT", "1", "LIMIT", limit);
  }
});

differential("SINTERCARD refuses what is no number of keys, limit or option", async (both) => {
  await fill(both);
  for (const keyCount of ["0", "-1", "x", "", "3", "9223372036854775807", "9223372036854775808"]) {
    await both.same("SINTERCARD", keyCount, "few", "numbers");
    await both.same("SINTERCARD", keyCount, "word", "numbers");
  }
  for (const key of ["few", "word", "absent"]) {
    for (
      const rest of [
        ["LIMIT"],
        ["LIMIT", "-1"],
        ["LIMIT", "x"],
        ["LIMIT", ""],
        ["LIMIT", "9223372036854775808"],
        ["LIMIT", "1", "LIMIT"],
        ["NOSUCH", "1"],
        ["few", "LIMIT", "1"],
        ["LIMIT", "x", "NOSUCH"],
      ]
    ) {
      await both.same("SINTERCARD", "1", key, ...rest);
    }
  }
});

differential("combinations refuse a key that is no set, wherever it stands", async (both) => {
  await fill(both);
  await both.same("SADD", "to", "old");
  for (
    const keys of [
      ["word"],
      ["few", "word"],
      ["word", "few"],
      ["absent", "word"],
      ["word", "absent"],
      ["few", "few", "word"],
      ["few", "absent", "word"],
    ]
  ) {
    for (const name of OPERATIONS) {
      await both.bothRefuse("WRONGTYPE", name, ...keys);
      await both.bothRefuse("WRONGTYPE", `${name}STORE`, "to", ...keys);
    }
    await both.bothRefuse("WRONGTYPE", "SINTERCARD", keys.length, ...keys);
  }
  await both.same("SMEMBERS", "to");
  for (const name of OPERATIONS) {
    await both.same(`${name}STORE`, "word", "few");
    await both.same("TYPE", "word");
  }
});

setDifferential("random sets combined", async (both) => {
  const random = new SeededRandom(takeSeed("random sets"));
  const keys = ["a", "b", "c", "d"];
  const anyKey = () => keys[random.below(keys.length)];
  for (let round = 0; round < 40; round++) {
    const isLarge = random.below(4) === 0, prefix = random.below(3) === 0 ? "m" : "";
    const members = Array.from(
      { length: 1 + random.below(isLarge ? 900 : 6) },
      () => prefix + random.below(isLarge ? 1200 : 9),
    );
    await both.same(random.below(3) === 0 ? "SREM" : "SADD", anyKey(), ...members);
    for (const name of OPERATIONS) {
      await both.sameUnordered(name, anyKey(), anyKey());
      await both.sameUnordered(name, anyKey(), anyKey(), anyKey());
    }
    await both.same("SINTERCARD", "3", anyKey(), anyKey(), anyKey(), "LIMIT", random.below(5));
    const name = OPERATIONS[random.below(OPERATIONS.length)], target = anyKey();
    await both.same(`${name}STORE`, target, anyKey(), anyKey());
    await both.sameUnordered("SMEMBERS", target);
    await both.same("OBJECT", "ENCODING", target);
  }
});
