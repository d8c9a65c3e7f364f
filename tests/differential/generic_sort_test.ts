/**
 * SORT and SORT_RO beside real Redis.
 *
 * What may differ: the order in which sets come that are not sorted, and elements of sets whose
 * weights are the same, since that is the order of a hash table with a random key.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { takeSeed } from "../support/seed.ts";

const NUMBERS = ["5", "-3", "10", "2.5", "1e2", "0x10", "+7", "-0", "0", "inf", "-inf", "2", "2"];
const WORDS = [
  "pear",
  "Apple",
  "apple",
  "",
  "zoo",
  "applepie",
  "10",
  "9",
  "ä",
  "b\0b",
  "b\0a",
  "b",
];
const LIMITS = [
  [],
  ["LIMIT", "0", "3"],
  ["limit", "2", "4"],
  ["LIMIT", "0", "0"],
  ["LIMIT", "5", "0"],
  ["LIMIT", "-3", "2"],
  ["LIMIT", "3", "-1"],
  ["LIMIT", "100", "1"],
  ["LIMIT", "0", "9223372036854775807"],
  ["LIMIT", "9223372036854775807", "9223372036854775807"],
];
const DIRECTIONS = [[], ["ASC"], ["DESC"], ["DESC", "ASC"]];

/** Makes a list, a set and a sorted set of the same elements. */
async function makeCollections(both: Both, elements: readonly string[]): Promise<void> {
  await both.same("RPUSH", "list", ...elements);
  await both.same("SADD", "set", ...elements);
  const scored = elements.flatMap((element, index) => [String(index % 5), element]);
  await both.same("ZADD", "zset", ...scored);
}

async function sameList(both: Both, key: string): Promise<void> {
  await both.same("TYPE", key);
  await both.same("LRANGE", key, "0", "-1");
  await both.same("TTL", key);
}

for (const limit of ["128", "2"]) {
  const config = {
    "zset-max-listpack-entries": limit,
    "set-max-intset-entries": limit,
    "list-max-listpack-size": limit,
    "hash-max-listpack-entries": limit,
  };

  differential(`SORT orders numbers, whole and in part (limits ${limit})`, async (both) => {
    await makeCollections(both, NUMBERS);
    await both.same("SADD", "integers", "5", "-3", "10", "2", "1000000");
    for (const key of ["list", "set", "zset", "integers"]) {
      for (const direction of DIRECTIONS) {
        for (const part of LIMITS) {
          await both.same("SORT", key, ...direction, ...part);
          await both.same("sort_ro", key, ...part, ...direction);
        }
      }
    }
  }, { config });

  differential(`SORT ALPHA orders bytes, to a zero byte if not stored (${limit})`, async (both) => {
    await makeCollections(both, WORDS.filter((word) => !word.includes("\0")));
    await both.same(
      "RPUSH",
      "zeros",
      "b\0b",
      "b\0a",
      "b",
      "b\0",
      "a\0",
      "a",
      "b\x01",
      "aaaaaaaa\0b",
      "aaaaaaaa",
    );
    for (const key of ["list", "set", "zset", "zeros"]) {
      for (const direction of DIRECTIONS) {
        for (const part of LIMITS) {
          await both.same("SORT", key, "ALPHA", ...direction, ...part);
          await both.same("SORT", key, "ALPHA", ...direction, ...part, "STORE", "to");
          await sameList(both, "to");
        }
      }
    }
  }, { config });

  differential(`SORT BY keys and fields, GET of others (limits ${limit})`, async (both) => {
    const elements = Array.from({ length: 12 }, (_, index) => String(index));
    await makeCollections(both, elements);
    for (const element of elements) {
      const weight = String(Number(element) * 7 % 12);
      await both.send("SET", `w_${element}`, weight);
      await both.send("SET", `t_${element}_x`, `text ${weight}`);
      await both.send("HSET", `h_${element}`, "w", weight, "t", `field ${weight}`);
    }
    await both.send("DEL", "w_3", "h_4", "t_5_x");
    await both.send("LPUSH", "w_6", "no string");
    await both.send("DEL", "w_6");
    await both.send("RPUSH", "w_6", "no string");
    const gets = [
      [],
      ["GET", "#"],
      ["GET", "#", "GET", "w_*", "GET", "h_*->t"],
      ["GET", "absent_*"],
      ["GET", "constant"],
      ["GET", "h_*"],
      ["GET", "h_*->absent", "get", "#"],
      ["GET", "##"],
      ["GET", "*"],
      ["GET", "t_*_x", "GET", "t_*_*"],
      ["GET", "h_*->"],
      ["GET", "->*"],
      ["GET", ""],
    ];
    for (const key of ["list", "zset", "set"]) {
      for (const by of [["w_*"], ["h_*->w"], ["#"], ["t_*_x", "ALPHA"], ["h_*->t", "ALPHA"]]) {
        // Elements of a set with the same weight come in no order.
        if (key === "set" && by.includes("ALPHA")) continue;
        if (by[0] === "#" && key === "set") continue;
        for (const rest of [...DIRECTIONS, ...LIMITS, ...gets]) {
          if (key === "zset" && by.includes("ALPHA") && rest.includes("LIMIT")) continue;
          await both.same("SORT", key, "BY", ...by, ...rest);
          await both.same("SORT_RO", key, ...rest, "BY", ...by);
          await both.same("SORT", key, "BY", ...by, ...rest, "STORE", "to");
          await sameList(both, "to");
        }
      }
    }
    for (const rest of gets) await both.same("SORT", "list", "DESC", ...rest);
    await both.same("SORT", "list", "BY", "t_*_x");
    await both.same("SORT", "list", "BY", "t_*_x", "LIMIT", "0", "1");
  }, { config });

  differential(`SORT BY a constant keeps the order (limits ${limit})`, async (both) => {
    await makeCollections(both, WORDS);
    for (const key of ["list", "zset", "absent"]) {
      for (const direction of DIRECTIONS) {
        for (const part of LIMITS) {
          await both.same("SORT", key, "BY", "nosort", ...direction, ...part);
          await both.same("SORT", key, "BY", "x", ...part, "BY", "w_*", ...direction, "GET", "#");
          await both.same("SORT", key, ...part, ...direction, "BY", "nosort", "STORE", "to");
          await sameList(both, "to");
        }
      }
    }
    await both.sameUnordered("SORT", "set", "BY", "nosort");
    await both.sameShape("SORT", "set", "BY", "nosort", "LIMIT", "1", "2");
    for (const direction of DIRECTIONS) {
      await both.same("SORT", "set", "BY", "nosort", ...direction, "STORE", "to");
      await sameList(both, "to");
    }
  }, { config });
}

differential("SORT refuses what is no number, an empty element being 0", async (both) => {
  const refused = [
    "x",
    "1x",
    "1 ",
    "nan",
    "NaN(1)",
    " ",
    "\t",
    "--1",
    "1e400",
    "1,5",
    "0x",
    "1e",
    "1e-400",
  ];
  for (const element of refused) {
    await both.same("RPUSH", "list", element);
    await both.bothRefuse("ERR One or more scores", "SORT", "list");
    await both.bothRefuse("ERR One or more scores", "SORT", "list", "STORE", "to");
    await both.same("SORT", "list", "ALPHA");
    await both.same("DEL", "list");
    await both.same("INCRBYFLOAT", "errno", "1"); // makes Redis forget that a number was too great
  }
  await both.same(
    "RPUSH",
    "list",
    "",
    " 1",
    "\n\t 2",
    "\0",
    "3\0x",
    "infinity",
    "-INF",
    "0x1p4",
    ".5",
    "5.",
  );
  await both.same("SORT", "list");
  await both.same("SORT", "list", "DESC");
});

differential("SORT reads its options in order, and the last one counts", async (both) => {
  await makeCollections(both, ["3", "1", "2"]);
  await both.same("SET", "string", "1");
  for (
    const words of [
      ["LIMIT", "1"],
      ["LIMIT"],
      ["LIMIT", "x", "1"],
      ["LIMIT", "1", "x"],
      ["LIMIT", "1", "9223372036854775808"],
      ["BY"],
      ["GET"],
      ["STORE"],
      ["STORE", "to", "STORE", "other"],
      ["nonsense"],
      [""],
      ["LIMIT", "0", "1", "LIMIT", "1", "2"],
      ["ASC", "DESC", "ASC"],
      ["BY", "a_*", "BY", "b_*"],
      ["ALPHA", "ALPHA", "alpha"],
      ["GET", "STORE"],
      ["BY", "STORE", "STORE", "BY"],
    ]
  ) {
    for (const key of ["list", "absent", "string"]) {
      await both.same("SORT", key, ...words);
      await both.same("SORT_RO", key, ...words);
      await both.same("COMMAND", "GETKEYS", "SORT", key, ...words);
      await both.same("COMMAND", "GETKEYSANDFLAGS", "SORT", key, ...words);
      await both.same("COMMAND", "GETKEYSANDFLAGS", "SORT_RO", key, ...words);
    }
  }
  await both.same("EXISTS", "to", "other", "STORE", "BY");
});

differential("SORT refuses other types and a wrong number of arguments", async (both) => {
  await both.same("SET", "string", "1");
  await both.same("HSET", "hash", "a", "1");
  await both.same("XADD", "stream", "1-1", "a", "1");
  for (const command of ["SORT", "SORT_RO"]) {
    await both.same("DEL", "zset");
    await both.same("ZADD", "zset", "1", "2");
    await both.bothRefuse("ERR syntax", command, "zset", "nonsense");
    await both.same("OBJECT", "ENCODING", "zset");
    await both.same(command, "zset");
    await both.same("OBJECT", "ENCODING", "zset"); // SORT leaves it indexed
    for (const key of ["string", "hash", "stream"]) {
      await both.bothRefuse("WRONGTYPE", command, key);
      await both.bothRefuse("WRONGTYPE", command, key, "BY", "nosort");
      await both.bothRefuse("ERR syntax", command, key, "nonsense");
    }
    await both.bothRefuse("ERR wrong number", command);
  }
});

differential("SORT STORE replaces what was there, and removes it for nothing", async (both) => {
  await makeCollections(both, ["3", "1", "2"]);
  await both.same("SET", "to", "old", "EX", "1000");
  await both.same("SORT", "list", "STORE", "to");
  await sameList(both, "to");
  await both.same("SORT", "to", "DESC", "STORE", "to");
  await sameList(both, "to");
  await both.same("SORT", "list", "BY", "nosort", "GET", "#", "GET", "x_*", "STORE", "list");
  await sameList(both, "list");
  for (const rest of [["LIMIT", "0", "0"], ["LIMIT", "9", "1"]]) {
    await both.same("SORT", "zset", ...rest, "STORE", "to");
    await both.same("EXISTS", "to");
    await both.same("SORT", "zset", ...rest, "STORE", "to");
    await both.same("SORT", "zset", "STORE", "to");
  }
  await both.same("SORT", "absent", "STORE", "to");
  await both.same("EXISTS", "to");
  await both.same("SORT", "zset", "STORE", "zset");
  await sameList(both, "zset");
});

differential(
  "SORT STORE makes a list that heeds no directives, nor do its copies",
  async (both) => {
    await both.same("RPUSH", "list", "3", "1", "2", "5", "4");
    await both.same("SORT", "list", "STORE", "to");
    await both.same("DUMP", "to");
    await both.same("RPUSH", "to", "6", "7");
    await both.same("COPY", "to", "copy");
    await both.same("LPUSH", "copy", "0", "x".repeat(100), "y".repeat(100));
    for (const key of ["to", "copy", "list"]) await both.same("DUMP", key);
  },
  { config: { "list-max-listpack-size": "2", "list-compress-depth": "1" } },
);

differential("SORT of many random elements", async (both) => {
  const random = new SeededRandom(takeSeed("random sort"));
  for (let round = 0; round < 12; round++) {
    const count = 1 + random.below(round % 4 === 0 ? 3000 : 200);
    const variety = 1 + random.below(round % 2 === 0 ? 20 : 1_000_000);
    const elements = Array.from(
      { length: count },
      () => String(random.below(variety) - variety / 2),
    );
    await both.same("RPUSH", "list", ...elements);
    await both.same("SADD", "set", ...elements);
    await both.send("ZADD", "zset", ...elements.flatMap((element) => ["1", element]));
    for (const element of elements.slice(0, 50)) {
      await both.send("SET", `w_${element}`, String(random.below(10)));
    }
    const at = () => String(random.below(count));
    for (const key of ["list", "set", "zset"]) {
      for (const rest of [[], ["ALPHA"], ["DESC"], ["ALPHA", "DESC"]]) {
        await both.same("SORT", key, ...rest);
        await both.same("SORT", key, ...rest, "LIMIT", at(), at());
        await both.same("SORT", "list", "BY", "w_*", ...rest, "LIMIT", at(), at());
        await both.same("SORT", "list", "BY", "w_*", ...rest, "GET", "#", "GET", "w_*");
      }
      await both.same("SORT", key, "BY", "w_*", "LIMIT", at(), at());
    }
    await both.same("DEL", "list", "set", "zset");
  }
}, { protocols: [2] });
