/**
 * SADD, SREM, SISMEMBER, SMISMEMBER, SCARD, SMOVE, SMEMBERS and SSCAN beside real Redis.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import type { Argument, RespClient } from "../support/resp_client.ts";
import { setDifferential } from "../support/set_differential.ts";

const MEMBERS = [
  "1",
  "0",
  "-1",
  "32767",
  "32768",
  "-32769",
  "2147483648",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "01",
  "+1",
  "-0",
  "1.0",
  " 1",
  "",
  "ant",
  "\0\xff",
  "m".repeat(254),
  "m".repeat(255),
  "m".repeat(70_000),
];
const NAMES = "sadd scard sdiff sdiffstore sinter sintercard sinterstore sismember smembers " +
  "smismember smove spop srandmember srem sscan sunion sunionstore";

setDifferential("SADD counts only members that were not already there", async (both) => {
  for (const member of MEMBERS) {
    await both.same("SADD", "s", member);
    await both.same("SADD", "s", member);
    await both.same("SCARD", "s");
    await both.same("OBJECT", "ENCODING", "s");
    await both.sameUnordered("SMEMBERS", "s");
    await both.same("SMISMEMBER", "s", ...MEMBERS);
    await both.same("DEL", "alone");
    await both.same("SADD", "alone", member, member);
    await both.same("OBJECT", "ENCODING", "alone");
  }
  await both.same("SADD", "many", ...MEMBERS, ...MEMBERS);
  await both.sameUnordered("SMEMBERS", "many");
  await both.same("TYPE", "many");
});

setDifferential("SMEMBERS of an intset is in ascending order", async (both) => {
  for (const members of [["3", "-70000", "2"], ["1", "2147483648", "-5"], ["5", "4", "3"]]) {
    await both.same("SADD", "s", ...members);
    await both.same("OBJECT", "ENCODING", "s");
    await both.sameUnordered("SMEMBERS", "s");
    await both.same("DEL", "s");
  }
});

differential(
  "SMEMBERS, SINTER, SUNION, SDIFF and SPOP of intsets give them in order",
  async (both) => {
    await both.same("SADD", "a", "30", "-70000", "2", "7", "2147483648", "-2147483649");
    await both.same("SADD", "b", "7", "30", "5", "-1");
    for (const name of ["SMEMBERS", "SINTER", "SUNION", "SDIFF"]) await both.same(name, "a");
    for (const name of ["SINTER", "SUNION", "SDIFF"]) {
      await both.same(name, "a", "b");
      await both.same(name, "b", "a");
      await both.same(`${name}STORE`, "c", "a", "b");
      await both.same("SMEMBERS", "c");
    }
    await both.same("SSCAN", "a", "0");
    await both.same("SRANDMEMBER", "a", "6");
    await both.same("SPOP", "a", "7");
  },
);

setDifferential(
  "SREM counts members that were there, and removes the key with the last",
  async (both) => {
    for (
      const members of [["1", "2", "3"], ["ant", "bee", "1"], ["1", "2", "3", "4", "5", "6", "7"]]
    ) {
      await both.same("SADD", "s", ...members);
      await both.same("SREM", "s", "absent", "77", "", "9223372036854775807");
      await both.same("SREM", "s", members[0], members[0]);
      await both.same("SISMEMBER", "s", members[0]);
      await both.sameUnordered("SMEMBERS", "s");
      await both.same("OBJECT", "ENCODING", "s");
      await both.same("SREM", "s", "absent", ...members, "more");
      await both.same("EXISTS", "s");
      await both.same("SREM", "s", ...members);
    }
  },
);

setDifferential("SADD to a set whose limit was lowered", async (both) => {
  await both.same("SADD", "s", "1", "2", "3");
  await both.same("CONFIG", "SET", "set-max-intset-entries", "1");
  await both.same("SADD", "s", "3");
  await both.same("OBJECT", "ENCODING", "s");
  await both.same("SREM", "s", "3");
  await both.same("OBJECT", "ENCODING", "s");
  await both.same("SADD", "s", "4");
  await both.same("OBJECT", "ENCODING", "s");
  await both.sameUnordered("SMEMBERS", "s");
});

setDifferential("SMOVE takes from one set and adds to another", async (both) => {
  await both.same("SADD", "a", "1", "2", "3");
  await both.same("SADD", "b", "3", "ant");
  await both.same("EXPIRE", "b", "1000");
  for (
    const [source, target, member] of [
      ["a", "b", "1"],
      ["a", "b", "9"],
      ["a", "b", "ant"],
      ["b", "a", "ant"],
      ["a", "a", "ant"],
      ["a", "a", "absent"],
      ["a", "b", "3"],
      ["a", "new", "2"],
      ["absent", "a", "1"],
      ["absent", "word", "1"],
      ["a", "word", "ant"],
      ["a", "word", "absent"],
      ["word", "a", "1"],
      ["a", "last", "ant"],
    ]
  ) {
    await both.send("SET", "word", "value");
    await both.same("SMOVE", source, target, member);
    for (const key of ["a", "b", "new", "last"]) {
      await both.sameUnordered("SMEMBERS", key);
      await both.same("OBJECT", "ENCODING", key);
    }
  }
  await both.sameSeconds("TTL", "b");
});

/** Goes on from cursor 0 until it comes back; the members met, sorted, each once. */
async function walk(client: RespClient, key: string, ...options: Argument[]): Promise<string[]> {
  const met = new Set<string>();
  let cursor = "0";
  do {
    const reply = plainOf(await client.command("SSCAN", key, cursor, ...options));
    const [next, members] = reply as [string, string[]];
    for (const member of members) met.add(member);
    cursor = next;
  } while (cursor !== "0");
  return [...met].sort();
}

setDifferential("SSCAN walks over all members", async (both) => {
  for (const count of [1, 10, 600]) {
    const numbers = Array.from({ length: count }, (_, index) => String(index * 7));
    await both.send("SADD", `numbers${count}`, ...numbers);
    await both.send("SADD", `words${count}`, ...numbers.map((number) => `word:${number}`));
    for (const key of [`numbers${count}`, `words${count}`]) {
      for (const options of [[], ["COUNT", "3"], ["count", "1000"], ["MATCH", "*1*"]]) {
        const what = `SSCAN ${key} ${options.join(" ")}`;
        await both.sameOutcome(what, (client) => walk(client, key, ...options));
      }
      await both.sameOutcome("*", (client) => walk(client, key, "MATCH", "*", "COUNT", "100"));
      await both.sameOutcome("none", (client) => walk(client, key, "MATCH", "none"));
    }
  }
  await both.same("SSCAN", "numbers1", "0");
  await both.same("SSCAN", "words1", "0", "COUNT", "100", "COUNT", "50", "MATCH", "*");
});

setDifferential("SSCAN refuses what is no cursor or option", async (both) => {
  await both.same("SADD", "s", "1", "2");
  await both.same("SET", "word", "value");
  for (const key of ["s", "absent", "word"]) {
    for (const cursor of ["x", "-1", "", "1.5", "18446744073709551616", "+0", " 0"]) {
      if (key === "s" && !/[x. ]|616/.test(cursor)) continue; // a cursor, each server's own
      await both.same("SSCAN", key, cursor);
    }
    for (
      const options of [
        ["COUNT"],
        ["COUNT", "0"],
        ["COUNT", "-1"],
        ["COUNT", "x"],
        ["COUNT", "9223372036854775808"],
        ["MATCH"],
        ["MATCH", "*", "COUNT"],
        ["TYPE", "set"],
        ["NOSUCH", "1"],
        ["NOSUCH"],
      ]
    ) {
      await both.same("SSCAN", key, "0", ...options);
      await both.same("SSCAN", key, "x", ...options);
    }
  }
});

differential("set commands of an absent key", async (both) => {
  await both.same("SCARD", "absent");
  await both.same("SMEMBERS", "absent");
  await both.same("SISMEMBER", "absent", "1");
  await both.same("SMISMEMBER", "absent", "1", "2");
  await both.same("SREM", "absent", "1");
  await both.same("SMOVE", "absent", "other", "1");
  await both.same("SSCAN", "absent", "0");
  await both.same("SSCAN", "absent", "7", "MATCH", "x");
  await both.same("SADD", "absent", "1");
});

differential("set commands refuse a value that is no set", async (both) => {
  await both.same("SET", "word", "value");
  await both.same("SADD", "s", "1");
  for (
    const [name, ...rest] of [
      ["SADD", "1"],
      ["SREM", "1"],
      ["SISMEMBER", "1"],
      ["SMISMEMBER", "1"],
      ["SCARD"],
      ["SMEMBERS"],
      ["SPOP"],
      ["SPOP", "0"],
      ["SPOP", "2"],
      ["SRANDMEMBER"],
      ["SRANDMEMBER", "0"],
      ["SRANDMEMBER", "-2"],
      ["SSCAN", "0"],
      ["SMOVE", "s", "1"],
    ]
  ) {
    await both.bothRefuse("WRONGTYPE", name, "word", ...rest);
  }
  for (const name of ["GET", "APPEND", "INCR", "STRLEN", "GETBIT"]) {
    await both.same(name, "s", ...(["APPEND", "GETBIT"].includes(name) ? ["1"] : []));
  }
  await both.same("SET", "s", "a string now");
  await both.same("GET", "s");
});

differential("set commands refuse a wrong number of arguments", async (both) => {
  for (const name of NAMES.split(" ")) {
    await both.bothRefuse("ERR wrong number", name);
    for (let count = 1; count <= 5; count++) {
      await both.send("DEL", "1");
      await both.same(name.toUpperCase(), ...Array<string>(count).fill("1"));
    }
  }
});

setDifferential("sets are copied, renamed, moved and expire as other values", async (both) => {
  await both.same("SADD", "a", "1", "2", "3");
  await both.same("SADD", "b", "ant", "bee", "cat");
  for (const key of ["a", "b"]) {
    await both.same("COPY", key, "copy", "REPLACE");
    await both.same("SADD", "copy", "7");
    await both.sameUnordered("SMEMBERS", key);
    await both.sameUnordered("SMEMBERS", "copy");
    await both.same("OBJECT", "ENCODING", "copy");
    await both.same("RENAME", key, "renamed");
    await both.sameUnordered("SMEMBERS", "renamed");
    await both.same("EXPIRE", "renamed", "1000");
    await both.same("SADD", "renamed", "8");
    await both.sameSeconds("TTL", "renamed");
    await both.same("SREM", "renamed", "8");
    await both.same("MOVE", "renamed", "1");
    await both.same("SELECT", "1");
    await both.sameUnordered("SMEMBERS", "renamed");
    await both.sameSeconds("TTL", "renamed");
    await both.same("PEXPIRE", "renamed", "-1");
    await both.same("SMEMBERS", "renamed");
    await both.same("SELECT", "0");
  }
  await both.same("TOUCH", "copy");
  await both.same("OBJECT", "REFCOUNT", "copy");
  await both.same("SCAN", "0", "TYPE", "set");
  await both.same("UNLINK", "copy");
  await both.same("DBSIZE");
});
