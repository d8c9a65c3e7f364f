/**
 * The rows of the server commands beside real Redis' COMMAND INFO.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { type Reply, wireOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

const COMMANDS = [
  "config",
  "dbsize",
  "debug",
  "flushall",
  "flushdb",
  "info",
  "latency",
  "lolwut",
  "memory",
  "role",
  "shutdown",
  "slowlog",
  "swapdb",
  "time",
];

/** Where the subcommands stand in a row. */
const SUBCOMMANDS_INDEX = 9;

for (const command of COMMANDS) {
  differential(`COMMAND INFO of ${command.toUpperCase()} has the same row`, async (both) => {
    await both.sameOutcome("row", (client) => rowOf(client, command));
  });
}

/** The row as text, with what Redis keeps without order put in order. */
async function rowOf(client: RespClient, command: string): Promise<readonly string[]> {
  const reply = await client.command("COMMAND", "INFO", command);
  if (reply.kind !== "array" || reply.items.length !== 1) return [wireOf(reply)];
  return partsOf(reply.items[0]);
}

function partsOf(row: Reply): readonly string[] {
  if (row.kind !== "array") return [wireOf(row)];
  return row.items.map((part, index) => {
    if (index === SUBCOMMANDS_INDEX && part.kind === "array") {
      return part.items.map((subcommand) => partsOf(subcommand).join(" ")).sort().join("\n");
    }
    const isUnordered = part.kind === "set" || part.kind === "array";
    return isUnordered ? part.items.map(wireOf).sort().join(" ") : wireOf(part);
  });
}
