/**
 * SETBIT, GETBIT, BITCOUNT, BITPOS, BITOP beside real Redis.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import { differential } from "../support/differential.ts";
import { takeSeed } from "../support/seed.ts";

const INT64_MAX = "9223372036854775807";
const INT64_MIN = "-9223372036854775808";
const VALUES = [
  "",
  "a",
  "foobar",
  "12345",
  "-7",
  "\0\0\0\xff",
  "\xff\xff\xff\0",
  "\xff".repeat(100),
  "\0".repeat(300),
  `${"\0".repeat(299)}\x01`,
  `${"\xff".repeat(300)}\xfe`,
];
const ENDS = ["0", "1", "-1", "2", "-2", "7", "8", "9", "-9", "47", "48", "1000", "-1000"];
const FAR_ENDS = [INT64_MAX, INT64_MIN, "9223372036854775808", "x", "", "1.0"];
const UNITS = [[], ["BYTE"], ["bit"]];

differential("SETBIT and GETBIT on any string", async (both) => {
  for (const value of [undefined, ...VALUES]) {
    for (const offset of ["0", "1", "7", "8", "39", "2399", "2400", "20000"]) {
      for (const bit of ["0", "1"]) {
        await both.send("DEL", "k");
        if (value !== undefined) await both.send("SET", "k", value, "EX", "1000");
        await both.same("GETBIT", "k", offset);
        await both.same("SETBIT", "k", offset, bit);
        await both.same("GETBIT", "k", offset);
        await both.same("GET", "k");
        await both.same("OBJECT", "ENCODING", "k");
        await both.sameSeconds("TTL", "k");
      }
    }
  }
});

differential("SETBIT and GETBIT refuse offsets and bits out of range", async (both) => {
  await both.same("SET", "k", "hello");
  const offsets = ["-1", "4294967296", INT64_MAX, INT64_MIN, "9223372036854775808", "x", "", "#1"];
  for (const key of ["k", "absent"]) {
    for (const offset of offsets) {
      await both.bothRefuse("ERR bit offset is not", "SETBIT", key, offset, "1");
      await both.bothRefuse("ERR bit offset is not", "SETBIT", key, offset, "2");
      await both.bothRefuse("ERR bit offset is not", "GETBIT", key, offset);
    }
    for (const bit of ["2", "-1", INT64_MAX, "x", "", "01"]) {
      await both.bothRefuse("ERR bit is not an integer", "SETBIT", key, "0", bit);
    }
    await both.same("GETBIT", key, "4294967295");
    await both.same("GET", key);
  }
});

differential("SETBIT and GETBIT end at proto-max-bulk-len", async (both) => {
  await both.same("SETBIT", "k", "8388607", "1");
  await both.bothRefuse("ERR bit offset", "SETBIT", "k", "8388608", "1");
  await both.bothRefuse("ERR bit offset", "GETBIT", "k", "8388608");
  await both.bothRefuse("ERR bit offset", "BITFIELD", "k", "GET", "u8", "#1048576");
  await both.same("BITFIELD", "k", "SET", "u8", "8388607", "255");
  await both.same("STRLEN", "k");
  await both.same("BITCOUNT", "k");
  await both.same("BITPOS", "k", "1");
}, { config: { "proto-max-bulk-len": "1048576" } });

differential("BITCOUNT of every range in bytes and bits", async (both) => {
  for (const value of VALUES) {
    await both.send("SET", "k", value);
    await both.same("BITCOUNT", "k");
    for (const start of [...ENDS, ...FAR_ENDS]) {
      for (const end of [...ENDS, ...FAR_ENDS]) {
        for (const unit of UNITS) await both.same("BITCOUNT", "k", start, end, ...unit);
      }
    }
  }
});

differential("BITPOS of every range in bytes and bits", async (both) => {
  for (const value of VALUES) {
    await both.send("SET", "k", value);
    for (const bit of ["0", "1"]) {
      await both.same("BITPOS", "k", bit);
      for (const start of [...ENDS, ...FAR_ENDS]) {
        await both.same("BITPOS", "k", bit, start);
        for (const end of [...ENDS, ...FAR_ENDS]) {
          for (const unit of UNITS) await both.same("BITPOS", "k", bit, start, end, ...unit);
        }
      }
    }
  }
}, { protocols: [2] });

differential("BITCOUNT and BITPOS look at the key before most arguments", async (both) => {
  await both.same("SET", "k", "hello");
  for (const key of ["k", "absent"]) {
    for (const rest of [["1"], ["x"], ["0", "1", "nosuch"], ["0", "1", ""], ["x", "1", "no"]]) {
      await both.same("BITCOUNT", key, ...rest);
      await both.same("BITPOS", key, "0", ...rest);
      await both.same("BITPOS", key, "1", ...rest);
    }
    await both.same("BITCOUNT", key, "0", "1", "BIT", "more");
    await both.same("BITPOS", key, "0", "0", "1", "BIT", "more");
    await both.same("BITCOUNT", key, "-1", "-2", "nosuch");
    await both.bothRefuse("ERR The bit argument", "BITPOS", key, "2");
    await both.bothRefuse("ERR The bit argument", "BITPOS", key, "-1", "x");
    await both.bothRefuse("ERR value is not", "BITPOS", key, "x");
  }
});

differential("BITOP of strings of all lengths, absent ones too", async (both) => {
  const keys = ["absent", ...VALUES.map((_, index) => `k${index}`)];
  for (const [index, value] of VALUES.entries()) await both.send("SET", `k${index}`, value);
  for (const first of keys) {
    await both.same("BITOP", "NOT", "to", first);
    await both.same("GET", "to");
    for (const second of keys) {
      for (const operation of ["AND", "or", "XOR"]) {
        await both.send("SET", "to", "old", "EX", "1000");
        await both.same("BITOP", operation, "to", first, second, "k3");
        await both.same("GET", "to");
        await both.same("TTL", "to");
        await both.same("BITOP", operation, "to", first, second);
        await both.same("GET", "to");
      }
    }
  }
  await both.same("OBJECT", "ENCODING", "to");
});

differential("BITOP stores over its own source, and removes for nothing", async (both) => {
  await both.same("MSET", "a", "12345", "b", "67", "c", "x".repeat(1000));
  for (const operation of ["AND", "OR", "XOR"]) {
    await both.same("BITOP", operation, "a", "a", "b", "c", "a");
    await both.same("GET", "a");
    await both.same("OBJECT", "ENCODING", "a");
    await both.same("BITOP", operation, "c", "b", "c");
    await both.same("GET", "c");
  }
  await both.same("BITOP", "NOT", "c", "c");
  await both.same("GET", "c");
  await both.same("BITOP", "OR", "c", "absent", "absent");
  await both.same("EXISTS", "c");
  await both.same("BITOP", "OR", "c", "absent");
  await both.bothRefuse("ERR BITOP NOT must", "BITOP", "NOT", "c", "a", "b");
  await both.bothRefuse("ERR syntax", "BITOP", "NAND", "c", "a");
  await both.bothRefuse("ERR syntax", "BITOP", "", "c", "a", "b");
});

differential("bitmap commands refuse a wrong number of arguments", async (both) => {
  for (const name of "bitcount bitfield bitfield_ro bitop bitpos getbit setbit".split(" ")) {
    await both.bothRefuse("ERR wrong number", name);
    await both.send("DEL", "1");
    for (let count = 1; count <= 7; count++) {
      await both.same(name.toUpperCase(), ...Array<string>(count).fill("1"));
    }
  }
});

differential("random bits set, counted, found and combined", async (both) => {
  const random = new SeededRandom(takeSeed("random bits"));
  const keys = ["a", "b", "c"];
  const anyKey = () => keys[random.below(keys.length)];
  const index = () => String(random.below(12_000) - 6_000);
  for (let round = 0; round < 60; round++) {
    for (let count = 0; count < 20; count++) {
      const offset = String(random.below(random.below(4) === 0 ? 5000 : 700));
      await both.same("SETBIT", anyKey(), offset, String(random.below(2)));
    }
    for (let count = 0; count < 10; count++) {
      const unit = UNITS[random.below(UNITS.length)];
      await both.same("BITCOUNT", anyKey(), index(), index(), ...unit);
      await both.same("BITPOS", anyKey(), String(random.below(2)), index(), index(), ...unit);
      await both.same("BITPOS", anyKey(), String(random.below(2)), index());
    }
    const operation = ["AND", "OR", "XOR"][random.below(3)];
    await both.same("BITOP", operation, anyKey(), anyKey(), anyKey(), anyKey());
    for (const key of keys) await both.same("GET", key);
    if (random.below(3) === 0) await both.same("BITOP", "NOT", anyKey(), anyKey());
    if (random.below(9) === 0) await both.same("DEL", anyKey());
  }
});
