/**
 * Transaction plan: which requests of a transaction the owners of their keys run themselves.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { TransactionPlan } from "../../../../src/cluster/transaction/transaction_plan.ts";
import { SlotMap } from "../../../../src/cluster/mod.ts";
import { slotOf } from "../../../../src/base/crc16.ts";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { COMMANDS } from "../../../../src/commands/mod.ts";
import { CommandTable } from "../../../../src/engine/mod.ts";
import { Args } from "../../../../src/resp/mod.ts";

const commands = new CommandTable(COMMANDS);
const map = new SlotMap(["a", "b"].map((name) => ({ name, host: "h", port: 1 })));
const [ofA, ofB] = ["a", "b"].map((name) => {
  const numbers = Array.from({ length: 100 }, (_, number) => `key:${number}`);
  return numbers.filter((key) => map.ownerOf(slotOf(ByteView.ofText(key))).name === name);
});

/** A plan for lines, in which `a1` is the first key of node a. */
function planOf(...lines: string[]): TransactionPlan {
  const requests = lines.map((line) => {
    const words = line.split(" ").map((word) => {
      const keys = /^[ab]\d$/.test(word) ? (word[0] === "a" ? ofA : ofB) : undefined;
      return keys?.[Number(word[1])] ?? word;
    });
    const args = Args.of(...words), found = commands.find(args.at(0))!;
    return { command: found.subcommands.get(words[1]?.toLowerCase()) ?? found, args };
  });
  return new TransactionPlan(requests, {
    databaseIndex: 0,
    databaseCount: 16,
    ownersMayRead: true,
    derivedKeys: [],
    watchedKeys: [],
    ownerOf: (slotIndex) => map.ownerOf(slotIndex),
  });
}

/** Which of the requests owners run, and in which databases. */
function readsOf(...lines: string[]): string[] {
  return planOf(...lines).nodes.flatMap(({ node, reads }) =>
    reads.map(({ requestIndex, databaseIndex }) =>
      `${node.name}: ${requestIndex} in ${databaseIndex}`
    )
  );
}

Deno.test("what only reads keys of one node is run there, in the database that is selected", () => {
  const lines = ["GET a1", "SET b1 1", "SELECT 3", "HLEN a1", "MGET b1 b2", "OBJECT ENCODING a2"];
  assertEquals(readsOf(...lines), ["a: 0 in 0", "a: 3 in 3", "a: 5 in 3", "b: 4 in 3"]);
  const needs = planOf(...lines).nodes.flatMap(({ demands }) => demands.map(({ need }) => need));
  assertEquals(new Set(needs), new Set(["presence"]));
});

Deno.test("what writes, waits, or uses keys that it does not name is not", () => {
  const lines = ["INCR a1", "XREAD STREAMS a2 0", "SORT_RO b1", "PFCOUNT b2", "MGET a3 b3", "PING"];
  assertEquals(readsOf(...lines), []);
});

Deno.test("a key that is taken along takes all requests for it along, and their other keys", () => {
  assertEquals(readsOf("GET a1", "GET a2", "APPEND a1 x"), ["a: 1 in 0"]);
  assertEquals(readsOf("MGET a1 a2", "MGET a2 a3", "GET a4", "EXISTS a3 b1"), ["a: 2 in 0"]);
  assertEquals(readsOf("GET a1", "SELECT 1", "INCR a1"), ["a: 0 in 0"]);
});
