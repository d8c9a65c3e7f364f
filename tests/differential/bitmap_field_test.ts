/**
 * BITFIELD, BITFIELD_RO beside real Redis: every width, every way to overflow.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import { differential } from "../support/differential.ts";
import { takeSeed } from "../support/seed.ts";

const INT64_MAX = "9223372036854775807";
const INT64_MIN = "-9223372036854775808";
const TYPES = ["u1", "u2", "u8", "u31", "u32", "u33", "u63", "i1", "i2", "i8", "i32", "i33", "i64"];
const MODES = ["WRAP", "sat", "Fail"];

/** Values at the edges of the types, as text. */
const EDGES = [0n, 1n, 127n, 2n ** 31n, 2n ** 32n, 2n ** 62n, 2n ** 63n - 129n, 2n ** 63n - 1n]
  .flatMap((edge) => [edge - 1n, edge, edge + 1n, -edge - 1n, -edge, 1n - edge])
  .filter((edge) => BigInt.asIntN(64, edge) === edge)
  .map(String);

differential("BITFIELD sets every type to every edge, in every mode", async (both) => {
  for (const type of TYPES) {
    for (const mode of MODES) {
      for (const edge of EDGES) {
        await both.same(
          "BITFIELD",
          "k",
          "OVERFLOW",
          mode,
          "SET",
          type,
          "3",
          edge,
          "GET",
          type,
          "3",
        );
      }
    }
  }
}, { protocols: [2] });

differential("BITFIELD adds every edge to every type, in every mode", async (both) => {
  for (const type of TYPES) {
    for (const mode of MODES) {
      for (const start of ["0", "1", "-1", INT64_MAX, INT64_MIN]) {
        await both.send("BITFIELD", "k", "SET", type, "#1", start);
        for (const edge of EDGES) {
          await both.same("BITFIELD", "k", "OVERFLOW", mode, "INCRBY", type, "#1", edge);
        }
        await both.same("GET", "k");
      }
    }
  }
}, { protocols: [3] });

differential("BITFIELD reads beyond the end, from integers and absent keys", async (both) => {
  await both.same("SET", "k", "12345");
  for (const command of ["BITFIELD", "BITFIELD_RO"]) {
    for (const key of ["k", "absent"]) {
      for (const type of TYPES) {
        for (const offset of ["0", "1", "7", "31", "39", "#3", "40", "#100", "4294967295"]) {
          await both.same(command, key, "GET", type, offset, "get", type, "#0");
        }
      }
      await both.same(command, key);
      await both.same(command, key, "OVERFLOW", "SAT");
    }
    await both.same("EXISTS", "absent");
    await both.same("OBJECT", "ENCODING", "k");
  }
});

differential("BITFIELD makes strings longer, keeps the expiry, makes them raw", async (both) => {
  for (const value of [undefined, "", "12345", "abc", "x".repeat(300)]) {
    for (const offset of ["0", "21", "#7", "2390", "#100"]) {
      await both.send("DEL", "k");
      if (value !== undefined) await both.send("SET", "k", value, "EX", "1000");
      await both.same("BITFIELD", "k", "SET", "i33", offset, "-5", "INCRBY", "u9", offset, "1");
      await both.same("GET", "k");
      await both.same("OBJECT", "ENCODING", "k");
      await both.sameSeconds("TTL", "k");
    }
  }
  await both.same("BITFIELD", "new", "OVERFLOW", "FAIL", "SET", "u8", "0", "300");
  await both.same("GET", "new");
});

differential("BITFIELD refuses what makes no sense, and then changes nothing", async (both) => {
  await both.same("SET", "k", "hello");
  const wrongTypes = [
    "u0",
    "u64",
    "i65",
    "i0",
    "u",
    "",
    "U8",
    "I8",
    "8",
    "u-1",
    "i08",
    "u8x",
    "x8",
  ];
  const wrongOffsets = ["-1", "#-1", "#", "", "x", "4294967296", "#4294967296", INT64_MAX, "##1"];
  // Multiplied by the width these leave 64 bits, some of them for a valid offset.
  const wrappedOffsets = ["#288230376151711744", "#576460752303423489", `#${INT64_MAX}`];
  const writing = ["SET", "u8", "0", "255"];
  for (const command of ["BITFIELD", "BITFIELD_RO"]) {
    for (const type of wrongTypes) {
      await both.bothRefuse("ERR Invalid bitfield", command, "k", ...writing, "GET", type, "0");
    }
    for (const offset of [...wrongOffsets, ...wrappedOffsets]) {
      for (const type of ["u1", "u8", "i64", "u63"]) {
        await both.same(command, "k", "GET", type, offset);
        await both.same(command, "absent", "GET", type, offset);
      }
    }
    for (const number of ["x", "", "1.0", "9223372036854775808"]) {
      await both.bothRefuse("ERR value is not", command, "k", ...writing, "SET", "u8", "0", number);
      await both.bothRefuse("ERR value is not", command, "k", "INCRBY", "u8", "0", number);
    }
    for (
      const rest of [["GET"], ["GET", "u8"], ["SET", "u8", "0"], ["INCRBY", "u8"], ["OVERFLOW"], [
        "x",
      ]]
    ) {
      await both.bothRefuse("ERR syntax", command, "k", ...writing, ...rest);
      await both.bothRefuse("ERR syntax", command, "k", ...rest);
    }
    await both.bothRefuse("ERR Invalid OVERFLOW", command, "k", "OVERFLOW", "x", ...writing);
    await both.same("GET", "k");
  }
  await both.bothRefuse("ERR BITFIELD_RO only", "BITFIELD_RO", "k", ...writing);
  await both.bothRefuse("ERR BITFIELD_RO only", "BITFIELD_RO", "absent", "INCRBY", "u8", "0", "1");
  await both.same("EXISTS", "absent");
});

differential("COMMAND GETKEYSANDFLAGS of bitmap commands", async (both) => {
  for (
    const request of [
      ["SETBIT", "k", "0", "1"],
      ["BITOP", "AND", "a", "b", "c"],
      ["BITFIELD", "k"],
      ["BITFIELD", "k", "GET", "u8", "0"],
      ["BITFIELD", "k", "get", "u8", "0", "overflow", "x", "GET", "x", "x"],
      ["BITFIELD", "k", "GET", "u8", "0", "SET", "u8", "0", "1"],
      ["BITFIELD", "k", "GET", "u8"],
      ["BITFIELD", "k", "nosuch"],
      ["BITFIELD_RO", "k", "GET", "u8", "0"],
    ]
  ) {
    await both.same("COMMAND", "GETKEYSANDFLAGS", ...request);
    await both.same("COMMAND", "GETKEYS", ...request);
  }
});

differential("random fields read, set and added to", async (both) => {
  const random = new SeededRandom(takeSeed("random fields"));
  const oneOf = (words: readonly string[]) => words[random.below(words.length)];
  for (let round = 0; round < 1000; round++) {
    const words: string[] = [];
    for (let count = random.below(4); count >= 0; count--) {
      const isSigned = random.below(2) === 0;
      const type = `${isSigned ? "i" : "u"}${1 + random.below(isSigned ? 64 : 63)}`;
      const offset = random.below(2) === 0 ? `#${random.below(9)}` : String(random.below(300));
      const operand = random.below(2) === 0 ? oneOf(EDGES) : String(random.below(1000) - 500);
      if (random.below(3) === 0) words.push("OVERFLOW", oneOf(MODES));
      const verb = oneOf(["GET", "SET", "INCRBY"]);
      words.push(verb, type, offset, ...(verb === "GET" ? [] : [operand]));
    }
    await both.same("BITFIELD", "k", ...words);
    if (round % 10 === 0) await both.same("GET", "k");
    if (round % 200 === 0) await both.same("DEL", "k");
  }
});
