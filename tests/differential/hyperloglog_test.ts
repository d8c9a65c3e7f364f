/**
 * PFADD, PFCOUNT, PFMERGE, PFDEBUG, PFSELFTEST beside real Redis: replies, and the bytes of values.
 *
 * @module
 */

import { assert } from "@std/assert";
import { bytesOfText } from "../../src/base/byte_view.ts";
import { type Random, SeededRandom } from "../../src/base/random.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";
import { takeSeed } from "../support/seed.ts";

/** The start of a sketch, up to the registers. */
const SPARSE_HEADER = "HYLL\x01\0\0\0" + "\0".repeat(7) + "\x80";
const DENSE_HEADER = "HYLL\0\0\0\0" + "\0".repeat(7) + "\x80";
const DENSE_REGISTERS_BYTES = 12288;
const EMPTY_RUNS = "\x7f\xff";
/** Elements of rank 32, 33, 40, 51, 51: the hash function run backwards from such a hash. */
const RARE_ELEMENTS = [
  "\xf1\x1f\x99\x88\x3e\x4d\xdb\x83",
  "\x7d\x41\xad\x2c\x15\x2c\xa0\xb8",
  "\xa3\x81\x8c\xbf\x19\xfb\x00\x83",
  "\x19\xc2\x69\x1f\xcc\xd0\x60\x06",
  "\x22\x95\xe7\x76\xdc\x15\xca\x3f",
];

/** Words `prefix:0`, `prefix:1` ... */
function elements(prefix: string, count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}:${from + index}`);
}

/** Binary text as an argument. */
function binary(text: string): Uint8Array {
  return bytesOfText(text);
}

/** Everything that can be seen of a key. */
async function sameKey(both: Both, key: string): Promise<void> {
  await both.same("GET", key);
  await both.same("STRLEN", key);
  await both.same("TYPE", key);
  await both.same("OBJECT", "ENCODING", key);
}

differential("PFADD creates, adds and says whether anything changed", async (both) => {
  await both.same("PFADD", "k");
  await sameKey(both, "k");
  await both.same("PFADD", "k");
  await both.same("PFCOUNT", "k");
  for (const words of [["a"], ["a"], ["b", "c", "a"], ["c", "b"], [""], [""], ["\0\xff"]]) {
    await both.same("PFADD", "k", ...words.map(binary));
    await sameKey(both, "k");
    await both.same("PFDEBUG", "DECODE", "k");
  }
  await both.same("PFADD", "fresh", "x", "x", "y");
  await sameKey(both, "fresh");
  await both.same("PFADD", "binary\0key", "x");
  await sameKey(both, "binary\0key");
});

differential("PFADD hashes elements of any length alike", async (both) => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 89 + length * 7) & 0xff);
    await both.same("PFADD", "k", bytes);
    await both.same("PFADD", `k${length}`, bytes);
    await both.same("GET", `k${length}`);
  }
  await both.same("GET", "k");
  await both.same("PFADD", "k", "x".repeat(100_000));
  await both.same("GET", "k");
});

differential("PFADD keeps the expiry and makes any string raw", async (both) => {
  await both.same("SET", "k", binary(SPARSE_HEADER + EMPTY_RUNS), "EX", "1000");
  await both.same("OBJECT", "ENCODING", "k");
  await both.same("PFADD", "k", "a");
  await both.sameSeconds("TTL", "k");
  await sameKey(both, "k");
  for (const words of [["PFADD", "l"], ["PFCOUNT", "l"], ["PFDEBUG", "ENCODING", "l"]]) {
    await both.same("SET", "l", binary("HYLL\x01\0\0\0" + "\0".repeat(8) + EMPTY_RUNS));
    await both.same(...words);
    await sameKey(both, "l");
  }
});

differential("sparse sketches grow byte for byte, and become dense", async (both) => {
  for (let count = 0; count < 1400; count++) {
    await both.same("PFADD", "k", `element:${count}`);
    if (count % 10 === 0) await both.same("GET", "k");
    if (count % 100 === 0) await both.same("PFCOUNT", "k");
    await both.same("PFDEBUG", "ENCODING", "k");
  }
  await sameKey(both, "k");
  for (let count = 0; count < 60_000; count += 1000) {
    await both.same("PFADD", "k", ...elements("many", 1000, count));
    await both.same("PFCOUNT", "k");
    await both.same("GET", "k");
  }
});

for (const limit of ["0", "19", "21", "60", "500", "16384"]) {
  differential(
    `hll-sparse-max-bytes ${limit} decides when a sketch becomes dense`,
    async (both) => {
      for (let count = 0; count < 300; count++) {
        await both.same("PFADD", "k", `element:${count}`);
        await both.same("PFDEBUG", "ENCODING", "k");
        await both.same("GET", "k");
      }
      for (let count = 0; count < 20_000; count += 500) {
        await both.same("PFADD", "k", ...elements("more", 500, count));
        await both.same("PFDEBUG", "ENCODING", "k");
      }
      await both.same("GET", "k");
      await both.same("PFCOUNT", "k");
      await both.same("PFMERGE", "merged", "k");
      await both.same("GET", "merged");
    },
    { config: { "hll-sparse-max-bytes": limit } },
  );
}

differential("a register above 32 makes the target of PFMERGE dense", async (both) => {
  // One register at 40, the others empty; merged into sparse ones.
  const registers = new Uint8Array(DENSE_REGISTERS_BYTES);
  registers[0] = 40;
  const dense = Uint8Array.of(...binary(DENSE_HEADER), ...registers);
  await both.same("SET", "dense", dense);
  await both.same("PFCOUNT", "dense");
  await both.same("PFADD", "sparse", "a", "b");
  await both.same("PFMERGE", "sparse", "dense");
  await sameKey(both, "sparse");
});

differential("an element of rank above 32 makes a sketch dense", async (both) => {
  for (const element of RARE_ELEMENTS) {
    await both.same("DEL", "k");
    await both.same("PFADD", "k", "a", binary(element));
    await both.same("PFDEBUG", "ENCODING", "k");
    await sameKey(both, "k");
    await both.same("PFADD", "k", binary(element));
    await both.same("PFCOUNT", "k");
    await both.same("PFADD", "all", binary(element));
    await both.same("PFADD", "l", "b");
    await both.same("PFMERGE", "l", "k");
    await both.same("GET", "l");
  }
  await sameKey(both, "all");
  await both.same("PFDEBUG", "GETREG", "all");
});

/** Cached counts as clients might write them; the top bit says out of date. */
// deno-fmt-ignore
const CACHED_COUNTS = [
  "\x07\0\0\0\0\0\0\0", "\xff\xff\xff\xff\0\0\0\0", "\x01\x02\x03\x04\x05\x06\x07\x08",
  "\xff\xff\xff\xff\xff\xff\xff\x7f", "\xff\xff\xff\xff\xff\xff\xff\xff",
];

differential("PFCOUNT caches, and PFADD and PFMERGE outdate the cache", async (both) => {
  await both.same("PFCOUNT", "absent");
  await both.same("EXISTS", "absent");
  const lines = ["PFADD k a b c", "PFCOUNT k", "PFADD k a", "PFADD k d", "PFCOUNT k", "PFMERGE k"];
  for (const line of [...lines, "PFCOUNT k"]) {
    await both.same(...line.split(" "));
    await both.same("GETRANGE", "k", "8", "15");
  }
  // What the cache says is believed.
  for (const count of CACHED_COUNTS) {
    await both.same("SETRANGE", "k", "8", binary(count));
    await both.same("PFCOUNT", "k");
    await both.same("PFCOUNT", "k", "absent");
    await both.same("GET", "k");
  }
});

/** Keys that are counted together. */
// deno-fmt-ignore
const UNIONS: readonly (readonly string[])[] = [
  ["a", "b"], ["a", "a"], ["a", "b", "c"], ["c", "a"], ["absent", "a"], ["absent", "absent"],
  ["empty", "absent", "empty"],
];

differential("PFCOUNT of several keys is that of their union", async (both) => {
  await both.same("PFADD", "a", ...elements("x", 500));
  await both.same("PFADD", "b", ...elements("x", 500, 250));
  await both.same("PFADD", "c", ...elements("x", 9000, 600));
  await both.same("PFADD", "empty");
  for (const keys of UNIONS) {
    await both.same("PFCOUNT", ...keys);
  }
  for (const key of ["a", "b", "c", "empty"]) await both.same("GET", key);
  await both.same("EXISTS", "absent");
});

/** Target and sources of merges. */
// deno-fmt-ignore
const MERGES: readonly (readonly string[])[] = [
  ["new"], ["new", "absent"], ["new", "s1"], ["new", "s1", "s2"], ["new", "d2"], ["new", "d1", "s1"],
  ["new", "s1", "absent", "d1", "d2"], ["new", "empty"], ["s1"], ["s1", "s2"], ["s1", "s1"], ["s2", "s3"],
  ["s3", "s2", "s1"], ["s1", "d2"], ["d2", "s1"], ["d1", "d2", "s3"], ["d1"], ["empty", "s1"],
];

differential("PFMERGE unites sketches of any encoding", async (both) => {
  const prepare = async () => {
    await both.same("FLUSHALL");
    await both.same("PFADD", "s1", ...elements("x", 100));
    await both.same("PFADD", "s2", ...elements("x", 300, 50));
    await both.same("PFADD", "s3", ...elements("y", 1500)); // nearly dense
    await both.same("PFADD", "d1", ...elements("x", 20_000));
    await both.same("PFADD", "d2", ...elements("z", 3));
    await both.same("PFDEBUG", "TODENSE", "d2");
    await both.same("PFADD", "empty");
  };
  for (const keys of MERGES) {
    await prepare();
    await both.same("PFCOUNT", ...keys);
    await both.same("PFMERGE", ...keys);
    await sameKey(both, keys[0]);
    await both.same("PFCOUNT", keys[0]);
    for (const key of ["s1", "s2", "s3", "d1", "d2", "empty"]) await both.same("GET", key);
  }
});

differential("PFMERGE becomes dense in the middle of merging", async (both) => {
  await both.same("PFADD", "a", ...elements("x", 40));
  await both.same("PFADD", "b", ...elements("y", 40));
  for (const limit of ["30", "100", "150", "200"]) {
    await both.same("CONFIG", "SET", "hll-sparse-max-bytes", limit);
    await both.same("PFMERGE", `to${limit}`, "a", "b");
    await sameKey(both, `to${limit}`);
    await both.same("PFDEBUG", "ENCODING", `to${limit}`);
  }
}, { config: { "hll-sparse-max-bytes": "3000" } });

differential("PFDEBUG shows and changes the encoding", async (both) => {
  for (
    const word of ["GETREG", "DECODE", "ENCODING", "TODENSE", "nonsense", "", "a\0b", "a\r\nb"]
  ) {
    await both.bothRefuse("ERR The specified key", "PFDEBUG", word, "absent");
    await both.same("DEL", "k");
    await both.same("PFADD", "k", ...elements("x", 200));
    await both.same("PFCOUNT", "k");
    await both.same("PFDEBUG", binary(word), "k");
    await sameKey(both, "k");
    await both.same("PFDEBUG", binary(word.toLowerCase()), "k");
    await sameKey(both, "k");
    await both.same("PFDEBUG", "TODENSE", "k");
    await both.same("PFDEBUG", binary(word), "k");
    await both.same("PFCOUNT", "k");
    await both.same("PFADD", "k", "more");
    await sameKey(both, "k");
  }
});

differential("PFDEBUG DECODE writes every kind of run", async (both) => {
  for (
    const runs of ["", "\0", "\x3f", "\x40\0", "\x7f\xff", "\x80\xff\x83", "\x05\x7f\x05", "\x41"]
  ) {
    await both.same("SET", "k", binary(SPARSE_HEADER + runs));
    await both.same("PFDEBUG", "DECODE", "k");
  }
});

differential("PFSELFTEST passes", async (both) => {
  await both.same("PFSELFTEST");
  await both.bothRefuse("ERR wrong number", "PFSELFTEST", "x");
}, { protocols: [3] });

/** Commands on a sketch `k`. */
// deno-fmt-ignore
const COMMANDS_ON_K: readonly (readonly string[])[] = [
  ["PFCOUNT", "k"], ["PFCOUNT", "k", "good"], ["PFCOUNT", "good", "k"], ["PFMERGE", "to", "k"],
  ["PFMERGE", "good", "k"], ["PFDEBUG", "ENCODING", "k"], ["PFDEBUG", "DECODE", "k"], ["PFADD", "k"],
  ["PFADD", "k", "a"], ["PFADD", "k", "a", "b", "c", "d", "e", "f", "g"], ["PFMERGE", "k", "good"],
  ["PFDEBUG", "GETREG", "k"], ["PFDEBUG", "TODENSE", "k"],
];

/** Sets `k` anew for each command, and compares its reply and what it left. */
async function sameOnEach(both: Both, value: string): Promise<void> {
  await both.same("DEL", "good", "to");
  await both.same("PFADD", "good", "a", "z");
  for (const command of COMMANDS_ON_K) {
    await both.same("SET", "k", binary(value));
    await both.same(...command);
    await sameKey(both, "k");
    await both.same("GET", "to");
    await both.same("GET", "good");
  }
}

const ZERO_DENSE = DENSE_HEADER + "\0".repeat(DENSE_REGISTERS_BYTES);
/** Strings that only look like sketches, if at all. */
// deno-fmt-ignore
const NO_SKETCHES = [
  "", "hello", "12345", "HYLL", SPARSE_HEADER.slice(0, -1), "HYLX" + SPARSE_HEADER.slice(4) + EMPTY_RUNS,
  "hyll" + SPARSE_HEADER.slice(4) + EMPTY_RUNS, "HYLL\x02" + SPARSE_HEADER.slice(5) + EMPTY_RUNS,
  "HYLL\xff" + SPARSE_HEADER.slice(5) + EMPTY_RUNS, DENSE_HEADER, ZERO_DENSE.slice(1), ZERO_DENSE.slice(0, -1),
  ZERO_DENSE + "\0",
];

differential("strings that are no sketches are refused", async (both) => {
  for (const value of NO_SKETCHES) {
    await sameOnEach(both, value);
  }
  await both.same("SET", "k", "hello");
  await both.bothRefuse("WRONGTYPE Key is not a valid", "PFADD", "k", "a");
  await both.bothRefuse("WRONGTYPE Key is not a valid", "PFCOUNT", "absent", "k");
});

differential("corrupted registers are refused, or taken as Redis takes them", async (both) => {
  for (
    const runs of [
      "", // no register
      "\x3f", // too few
      "\x7f\xfe",
      "\x7f\xff\0", // too many
      "\x7f\xff\x80",
      "\x80\x7f\xff",
      "\x7f\xff\x7f\xff",
      "\x5f\xff\x80\x41\0", // an XZERO where a ZERO would do, and too few
      "\x60\0\x5f\xfe", // valid: two XZEROs
      "\x40\0\x7f\xfe", // valid: an XZERO of one register
      "\xff".repeat(4096), // valid: all registers at 32
      "\x80".repeat(16384), // valid, but not joined
      "\x83".repeat(4096),
      "\x3f".repeat(256), // valid: ZEROs only
      "\0".repeat(16384),
      "\x3f".repeat(257),
      "\x84\x83\x84".repeat(100),
    ]
  ) {
    await sameOnEach(both, SPARSE_HEADER + runs);
  }
  for (const word of ["PFADD", "PFCOUNT"]) {
    await both.same("SET", "k", binary(SPARSE_HEADER));
    await both.bothRefuse("INVALIDOBJ", word, "k", ...(word === "PFADD" ? ["a"] : []));
  }
});

differential("sketches spoiled by SETRANGE and APPEND", async (both) => {
  for (
    const words of [["APPEND", "k", "x"], ["SETRANGE", "k", "16", "\0"], [
      "SETRANGE",
      "k",
      "0",
      "X",
    ]]
  ) {
    for (const isDense of [false, true]) {
      await both.same("DEL", "k");
      await both.same("PFADD", "k", ...elements("x", 50));
      if (isDense) await both.same("PFDEBUG", "TODENSE", "k");
      await both.same(...words);
      await both.same("PFCOUNT", "k");
      await both.same("PFADD", "k", ...elements("y", 50));
      await sameKey(both, "k");
      await both.same("PFCOUNT", "k");
      await both.same("PFDEBUG", "GETREG", "k");
    }
  }
});

differential("dense registers of values that no element gives", async (both) => {
  for (const byte of ["\0", "\x01", "\x55", "\xaa", "\xf3", "\xcf", "\xff"]) {
    await both.same("SET", "k", binary(DENSE_HEADER + byte.repeat(DENSE_REGISTERS_BYTES)));
    await both.same("PFCOUNT", "k");
    await both.same("PFCOUNT", "k", "absent");
    await both.same("GET", "k");
    await both.same("PFADD", "k", "a", "b");
    await both.same("PFMERGE", "to", "k");
    await both.same("GET", "to");
    await both.same("DEL", "to");
  }
  for (let value = 0; value < 64; value++) {
    const four = value * 0b1000001000001000001;
    const bytes = String.fromCharCode(four & 255, (four >> 8) & 255, (four >> 16) & 255);
    await both.same("SET", "k", binary(DENSE_HEADER + bytes.repeat(DENSE_REGISTERS_BYTES / 3)));
    await both.same("PFCOUNT", "k");
  }
});

differential("estimates of random registers are equal", async (both) => {
  const random = new SeededRandom(takeSeed("estimates of random registers"));
  for (let round = 0; round < 300; round++) {
    const registers = new Uint8Array(DENSE_REGISTERS_BYTES);
    const filledCount = random.below(16385), top = 1 + random.below(63);
    for (let index = 0; index < filledCount; index++) {
      registers[random.below(DENSE_REGISTERS_BYTES)] = random.below(4 * top) & 0xff;
    }
    await both.same("SET", "k", Uint8Array.of(...binary(DENSE_HEADER), ...registers));
    await both.same("PFCOUNT", "k");
  }
});

differential("COMMAND GETKEYS finds the keys", async (both) => {
  for (
    const line of ["PFADD k a b", "PFCOUNT a b c", "PFMERGE a b c", "PFMERGE a", "PFDEBUG GETREG k"]
  ) {
    await both.same("COMMAND", "GETKEYS", ...line.split(" "));
    await both.same("COMMAND", "GETKEYSANDFLAGS", ...line.split(" "));
  }
  for (const name of ["pfadd", "pfcount", "pfmerge", "pfdebug", "pfselftest"]) {
    await both.same("COMMAND", "INFO", name);
  }
});

/** Commands whose changes are counted, in this order. */
// deno-fmt-ignore
const CHANGING_LINES = [
  "PFADD k", "PFADD k", "PFADD k a", "PFADD k a", "PFADD k a b c", "PFADD new x y z", "PFCOUNT k", "PFCOUNT k",
  "PFCOUNT k new", "PFCOUNT absent", "PFMERGE k new", "PFMERGE k", "PFMERGE other absent", "PFDEBUG ENCODING k",
  "PFDEBUG DECODE k", "PFDEBUG TODENSE k", "PFDEBUG TODENSE k", "PFDEBUG GETREG new", "PFDEBUG GETREG new",
  "PFADD k a", "PFADD k d e",
];

differential("commands count as many changes as in Redis", async (both) => {
  await both.same("CONFIG", "SET", "save", "");
  for (const line of CHANGING_LINES) {
    await both.sameOutcome(`changes by ${line}`, async (client) => {
      const before = await changeCount(client);
      await client.command(...line.split(" "));
      return await changeCount(client) - before;
    });
  }
  await both.same("SET", "odd", binary(SPARSE_HEADER));
  await both.sameOutcome("changes by a refused PFADD", async (client) => {
    const before = await changeCount(client);
    await client.command("PFADD", "odd", "a");
    return await changeCount(client) - before;
  });
});

/** Changes since the last save, by INFO. */
async function changeCount(client: RespClient): Promise<number> {
  const info = String(plainOf(await client.command("INFO", "persistence")));
  const digits = /rdb_changes_since_last_save:(\d+)/.exec(info)?.[1];
  assert(digits !== undefined);
  return Number(digits);
}

differential("wrong arity is refused", async (both) => {
  await both.bothRefuse("ERR wrong number", "PFADD");
  await both.bothRefuse("ERR wrong number", "PFCOUNT");
  await both.bothRefuse("ERR wrong number", "PFMERGE");
  await both.bothRefuse("ERR wrong number", "PFDEBUG");
  await both.bothRefuse("ERR wrong number", "PFDEBUG", "GETREG");
  await both.bothRefuse("ERR wrong number", "PFDEBUG", "GETREG", "k", "x");
});

/** How many random commands are run; `COMMANDS=` in the environment asks for more. */
const COMMAND_COUNT = Number(Deno.env.get("COMMANDS") ?? 1500);

differential("random commands leave the same bytes", async (both) => {
  const random = new SeededRandom(takeSeed("random hyperloglog commands"));
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
  const keys = ["a", "b", "c", "d"];
  for (let count = 0; count < COMMAND_COUNT; count++) {
    const key = pick(keys);
    await both.same(...randomWords(random, key, pick(keys), pick(keys)));
    await both.same("GET", key);
    if (count % 200 === 0) {
      await both.same(
        "CONFIG",
        "SET",
        "hll-sparse-max-bytes",
        pick(["40", "300", "3000", "20000"]),
      );
    }
  }
  assert(plainOf(await both.same("DBSIZE")) !== 0);
}, { config: { "hll-sparse-max-bytes": "3000" } });

/** A command that changes `key` or looks at it. */
function randomWords(random: Random, key: string, other: string, third: string): string[] {
  switch (random.below(12)) {
    case 0:
      return ["PFMERGE", key, other];
    case 1:
      return ["PFMERGE", key, other, third];
    case 2:
      return ["PFCOUNT", key];
    case 3:
      return ["PFCOUNT", key, other, third];
    case 4:
      return random.below(3) === 0 ? ["DEL", key] : ["PFADD", key];
    case 5:
      return random.below(8) === 0 ? ["PFDEBUG", "TODENSE", key] : ["PFDEBUG", "DECODE", key];
    case 6:
      // Of a byte inside the registers: valid in a dense one, in a sparse one seldom.
      return random.below(8) === 0
        ? ["SETRANGE", key, String(16 + random.below(3)), String.fromCharCode(random.below(128))]
        : ["STRLEN", key];
    case 7:
      return ["PFADD", key, ...elements("r", 200, random.below(100_000))];
    default:
      return ["PFADD", key, ...elements("r", 1 + random.below(20), random.below(100_000))];
  }
}
