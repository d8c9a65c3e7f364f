/**
 * The documentation rows against COMMAND DOCS of real Redis 7.0: the same fields in the same order,
 * the same kinds, versions, flags and argument trees.
 *
 * What may differ: the texts of summaries, complexities and history, which are this project's own;
 * the order of sub-commands, which in Redis is that of a hash table with a random key. Rows are
 * compared and no server of ours is asked, so a failure points at a row and not at its way out.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  COMMAND_DOCS,
  commandDoc,
  describeDoc,
  type DocValue,
} from "../../src/commands/docs/mod.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import type { Reply, ReplyPair } from "../support/reply.ts";
import { RespClient } from "../support/resp_client.ts";

/** Sub-commands of Redis without a row: here slots follow from who is a node. */
const ABSENT_SUBCOMMANDS: ReadonlySet<string> = new Set(
  [
    ...["addslots", "addslotsrange", "bumpepoch", "count-failure-reports", "delslots"],
    ...["delslotsrange", "failover", "flushslots", "replicas", "replicate"],
    ...["reset", "saveconfig", "set-config-epoch", "setslot", "slaves"],
  ].map((name) => `cluster|${name}`),
);

/** The versions of Redis whose facts the rows state; 7.2 sends further fields. */
const COMPARED_VERSIONS = "7.0.";

const ignoredReason = reasonToIgnore(redisVersion());

Deno.test({
  name: `COMMAND_DOCS says of every command what Redis 7.0 says${
    ignoredReason === undefined ? "" : ` (ignored: ${ignoredReason})`
  }`,
  ignore: ignoredReason !== undefined,
  fn: async (test) => {
    await using server = await startRedisServer();
    if (server === undefined) throw new Error("redis-server is gone from PATH");
    await using client = await RespClient.connect(server.address, { protocol: 3 });
    for (const doc of COMMAND_DOCS) {
      await test.step(doc.fullName, async () => {
        const ours = replyOf({ kind: "map", entries: [[doc.fullName, describeDoc(doc)]] });
        const theirs = await client.command("COMMAND", "DOCS", doc.fullName);
        assertEquals(comparable(ours), comparable(theirs));
      });
    }
  },
});

Deno.test("the sub-commands left out of the comparison have no rows", () => {
  for (const fullName of ABSENT_SUBCOMMANDS) assertEquals(commandDoc(fullName), undefined);
});

/** Why there is nothing to compare with, if so. */
function reasonToIgnore(version: string | undefined): string | undefined {
  if (version === undefined) return "no redis-server on PATH to compare with";
  if (version.startsWith(COMPARED_VERSIONS)) return undefined;
  return `redis-server on PATH is ${version}, not ${COMPARED_VERSIONS}x`;
}

/** The reply that sends `value` over RESP3. */
function replyOf(value: DocValue): Reply {
  if (typeof value === "string") return { kind: "bulk", text: value };
  if (typeof value === "number") return { kind: "integer", text: String(value) };
  switch (value.kind) {
    case "status":
      return { kind: "simple", text: value.text };
    case "map":
      return {
        kind: "map",
        pairs: value.entries.map(([name, inner]): ReplyPair => [replyOf(name), replyOf(inner)]),
      };
    case "array":
    case "set":
      return { kind: value.kind, items: value.items.map(replyOf) };
  }
}

/** The reply with everything taken out or put in order that may differ. */
function comparable(reply: Reply): Reply {
  if (reply.kind === "map") {
    const pairs = reply.pairs.map(([name, value]): ReplyPair => [
      name,
      comparableField(bulkText(name), value),
    ]);
    return { kind: "map", pairs };
  }
  if (reply.kind === "array" || reply.kind === "set") {
    return { kind: reply.kind, items: reply.items.map(comparable) };
  }
  return reply;
}

/** `comparable` for the value of a map's field. */
function comparableField(name: string, value: Reply): Reply {
  if (name === "summary" || name === "complexity") return withoutText(value);
  if (name === "history" && value.kind === "set") {
    return { kind: "set", items: value.items.map(comparableChange) };
  }
  if (name === "subcommands" && value.kind === "map") {
    const pairs = value.pairs
      .filter(([fullName]) => !ABSENT_SUBCOMMANDS.has(bulkText(fullName)))
      .toSorted(([one], [other]) => bulkText(one) < bulkText(other) ? -1 : 1);
    return comparable({ kind: "map", pairs });
  }
  return comparable(value);
}

/** An entry of a history, a version and a text, without the text. */
function comparableChange(change: Reply): Reply {
  if (change.kind !== "array") return change;
  const [version, ...texts] = change.items;
  return { kind: "array", items: [version, ...texts.map(withoutText)] };
}

/** A bulk string's kind alone; an empty one stays different from one with a text. */
function withoutText(reply: Reply): Reply {
  return reply.kind === "bulk" && reply.text !== "" ? { kind: "bulk", text: "(a text)" } : reply;
}

function bulkText(reply: Reply): string {
  if (reply.kind === "bulk") return reply.text;
  throw new TypeError(`Expected a bulk string as the key of a map: ${JSON.stringify(reply)}`);
}
