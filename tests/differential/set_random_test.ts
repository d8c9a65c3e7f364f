/**
 * SPOP and SRANDMEMBER beside real Redis.
 *
 * Which members come is chance on both sides: what is compared is how many, of which kind, that they
 * are members and distinct where they must be, and what is left.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import type { Argument, RespClient } from "../support/resp_client.ts";
import { setDifferential } from "../support/set_differential.ts";

/** The kind of a reply, how many members it has, how many of them distinct, and strangers. */
async function facts(
  client: RespClient,
  members: ReadonlySet<string>,
  ...command: Argument[]
): Promise<unknown> {
  const reply = await client.command(...command);
  const plain = plainOf(reply);
  const given = plain === null ? [] : [plain].flat() as string[];
  const strangers = given.filter((member) => !members.has(member));
  return { kind: reply.kind, count: given.length, distinct: new Set(given).size, strangers };
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index * 3));
}

const SETS: readonly (readonly string[])[] = [
  ["1"],
  ["ant"],
  ["1", "2", "3"],
  ["ant", "bee", "1", "2", "", "m".repeat(300)],
  numbers(20),
  numbers(20).map((number) => `word:${number}`),
  numbers(600),
  numbers(600).map((number) => `word:${number}`),
];

setDifferential("SPOP gives a member and removes it, and the key with the last", async (both) => {
  for (const members of SETS) {
    await both.same("SADD", "s", ...members);
    await both.sameOutcome(`SPOP s, ${members.length} times`, async (client) => {
      const popped: string[] = [];
      for (const _ of members) {
        popped.push(await client.value("SPOP", "s") as string);
        assertEquals(await client.value("SISMEMBER", "s", popped[popped.length - 1]), 0);
      }
      return popped.sort();
    });
    await both.same("EXISTS", "s");
    await both.same("SPOP", "s");
    await both.same("SPOP", "s", "3");
  }
});

setDifferential(
  "SPOP with a count gives so many distinct members and leaves the rest",
  async (both) => {
    for (const members of SETS) {
      const known = new Set(members), size = members.length;
      const counts = [
        0,
        1,
        2,
        size / 3,
        size / 2,
        size * 0.8,
        size * 0.9,
        size - 1,
        size,
        size + 1,
      ];
      for (const count of new Set(counts.map(Math.floor))) {
        await both.send("DEL", "s");
        await both.same("SADD", "s", ...members);
        await both.same("PEXPIRE", "s", "1000000");
        await both.sameOutcome(`SPOP s ${count}`, async (client) => {
          const popped = await client.command("SPOP", "s", count);
          const left = await client.value("SMEMBERS", "s") as string[];
          const all = [...plainOf(popped) as string[], ...left];
          assertEquals(all.toSorted(), [...known].sort());
          return [popped.kind, left.length, Number(await client.value("TTL", "s")) > 0];
        });
        // What is left of the mixed set may by chance be integers only.
        if (members.length !== 6) await both.same("OBJECT", "ENCODING", "s");
      }
    }
  },
);

setDifferential("SRANDMEMBER gives members and leaves all", async (both) => {
  for (const members of SETS) {
    await both.send("DEL", "s");
    await both.same("SADD", "s", ...members);
    const known = new Set(members), size = members.length;
    await both.sameOutcome("SRANDMEMBER s", (client) => facts(client, known, "SRANDMEMBER", "s"));
    const counts = [0, 1, 2, size / 5, size / 3, size / 2, size - 1, size, size + 1, 10_000];
    for (const count of new Set(counts.map(Math.floor))) {
      await both.sameOutcome(
        `SRANDMEMBER s ${count}`,
        (client) => facts(client, known, "SRANDMEMBER", "s", count),
      );
    }
    for (const count of [1, size, size + 1, 3 * size, 1000]) {
      await both.sameOutcome(`SRANDMEMBER s -${count}`, async (client) => {
        const { distinct: _, ...rest } = await facts(
          client,
          known,
          "SRANDMEMBER",
          "s",
          -count,
        ) as Record<string, unknown>;
        return rest;
      });
    }
    await both.same("SCARD", "s");
  }
});

setDifferential("SRANDMEMBER and SPOP meet every member sooner or later", async (both) => {
  const members = numbers(30);
  await both.same("SADD", "s", ...members);
  for (
    const command of [["SRANDMEMBER", "s"], ["SRANDMEMBER", "s", "3"], [
      "SRANDMEMBER",
      "s",
      "25",
    ], ["SRANDMEMBER", "s", "-5"]]
  ) {
    await both.sameOutcome(`${command.join(" ")} again and again`, async (client) => {
      const met = new Set<string>();
      while (met.size < members.length) {
        for (const member of [await client.value(...command)].flat()) met.add(member as string);
      }
      return [...met].sort();
    });
  }
});

differential("SPOP and SRANDMEMBER refuse what is no count", async (both) => {
  await both.same("SADD", "s", "1", "2");
  await both.same("SET", "word", "value");
  const counts = ["-1", "x", "", "1.5", "-9223372036854775808", "9223372036854775808"];
  for (const key of ["s", "absent", "word"]) {
    for (const count of counts) await both.same("SPOP", key, count);
    for (const count of ["x", "", "1.5", "-9223372036854775808", "9223372036854775808"]) {
      await both.same("SRANDMEMBER", key, count);
    }
    await both.bothRefuse("ERR syntax", "SPOP", key, "1", "2");
    await both.bothRefuse("ERR syntax", "SRANDMEMBER", key, "1", "2");
    await both.bothRefuse("ERR syntax", "SRANDMEMBER", key, "x", "2");
  }
  await both.same("SRANDMEMBER", "absent", "-9223372036854775807");
  await both.same("SRANDMEMBER", "absent", "9223372036854775807");
  await both.sameUnordered("SRANDMEMBER", "s", "9223372036854775807");
  await both.sameUnordered("SPOP", "s", "9223372036854775807");
  await both.same("SPOP", "absent", "0");
  await both.same("SRANDMEMBER", "absent", "0");
  await both.same("SRANDMEMBER", "absent");
});
