/**
 * Tests of the transaction ledger: it finds each kind of fault in logs that are made up.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { auditTransactions } from "./transaction_ledger.ts";

/** Has nodes write logs, one text of records for each, and looks through them. */
function audit(...logs: readonly string[]): ReturnType<typeof auditTransactions> {
  const parent = Deno.makeTempDirSync();
  try {
    const directories = new Map(logs.map((log, index) => {
      const directory = `${parent}/${index}/appendonlydir`;
      Deno.mkdirSync(directory, { recursive: true });
      const records = log.split("\n").map((line) => ["PEER", ...line.split(" ")]);
      const text = records.map((words) => {
        const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
        return `*${words.length}\r\n${parts.join("")}`;
      }).join("");
      Deno.writeTextFileSync(`${directory}/appendonly.aof.1.incr.aof`, text);
      return [`node${index}`, `${parent}/${index}`] as const;
    }));
    return auditTransactions(directories);
  } finally {
    Deno.removeSync(parent, { recursive: true });
  }
}

Deno.test("the ledger is content with what is decided, done and ended, and with what was cancelled", () => {
  const coordinator = "PREPARED a node0,node1 0\nDECIDED a node0,node1\nFINISHED a confirmed\n" +
    "ENDED a\nPREPARED b node0 0\nFINISHED b cancelled";
  const other = "PREPARED a node0,node1 0\nFINISHED a confirmed";
  assertEquals(audit(coordinator, other), { faults: [], decidedCount: 1 });
});

Deno.test("the ledger finds a promise without an end behind a decision", () => {
  const coordinator = "PREPARED a node0,node1 0\nDECIDED a node0,node1\nENDED a";
  const other = "PREPARED a node0,node1 0\nFINISHED a confirmed";
  assertEquals(audit(coordinator, other).faults, [
    "a: PREPARED node0 without an end",
    "a: decided, and never finished at node0",
  ]);
});

Deno.test("the ledger finds what was done without a decision, or again, or cancelled in spite of one", () => {
  const coordinator = "DECIDED a node1\nENDED a\nDECIDED b node1\nENDED b";
  const other = "FINISHED a cancelled\nFINISHED b confirmed\nFINISHED b confirmed\n" +
    "FINISHED c confirmed";
  assertEquals(audit(coordinator, other).faults, [
    "a: decided, and cancelled at node1",
    "b: finished again at node1: confirmed,confirmed",
    "c: confirmed at node1 without a decision",
  ]);
});
