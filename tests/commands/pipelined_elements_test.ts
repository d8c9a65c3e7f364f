/**
 * Pipelined elements: members and fields that are looked for ahead of their commands, which change
 * the same collections meanwhile.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { startServer } from "../../src/mod.ts";
import { takeSeed } from "../support/seed.ts";

/** Enough for collections to be looked ahead into. */
const MEMBER_COUNT = 12_000;
const ROUND_COUNT = 300;
const PIPELINE_COUNT = 40;

Deno.test("pipelined commands on large sets and hashes reply as one by one", async () => {
  const random = new SeededRandom(takeSeed("pipelined elements"));
  await using server = await startServer({ port: "none" });
  const client = server.client();
  const keys = ["set", "other", "hash"];
  const models = new Map(keys.map((key) => [key, new Set<string>()]));
  for (let round = 0; round < ROUND_COUNT; round++) {
    const replies: Promise<unknown>[] = [], expected: number[] = [];
    const isGrowing = round < 250;
    for (let count = 0; count < PIPELINE_COUNT; count++) {
      const key = keys[random.below(keys.length)], model = models.get(key)!;
      const members = Array.from(
        { length: isGrowing ? 1 + random.below(9) : 1 },
        () => `member:${random.below(MEMBER_COUNT)}`,
      );
      const draw = random.below(10), isHash = key === "hash";
      const sizeBefore = model.size;
      if (draw < (isGrowing ? 8 : 2)) {
        for (const member of members) model.add(member);
        const words = isHash ? members.flatMap((member) => [member, "v"]) : members;
        replies.push(client.call(isHash ? "HSET" : "SADD", key, ...words));
        expected.push(model.size - sizeBefore);
      } else if (draw < 9) {
        for (const member of members) model.delete(member);
        replies.push(client.call(isHash ? "HDEL" : "SREM", key, ...members));
        expected.push(sizeBefore - model.size);
      } else {
        replies.push(client.call(isHash ? "HEXISTS" : "SISMEMBER", key, members[0]));
        expected.push(model.has(members[0]) ? 1 : 0);
      }
    }
    assertEquals(await Promise.all(replies), expected);
  }
  for (const key of keys) {
    const command = key === "hash" ? "HKEYS" : "SMEMBERS";
    assertEquals(
      (await client.call(command, key) as string[]).toSorted(),
      [...models.get(key)!].sort(),
    );
  }
  await client.close();
});
