/**
 * COMMAND against real Redis: the row of every command that EasyRedis has, byte for byte, and what
 * is derived from the rows.
 *
 * What may differ: which commands there are; the order of sub-commands and of whole lists, which in
 * Redis is that of a hash table with a random key.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/commands/mod.ts";
import { differential } from "../support/differential.ts";
import { plainOf, type Reply, wireOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

/** Full names of all commands and sub-commands. */
const FULL_NAMES: ReadonlySet<string> = new Set(
  COMMANDS.flatMap(({ name, subcommands = [] }) => [
    name,
    ...subcommands.map((subcommand) => `${name}|${subcommand.name}`),
  ]),
);

for (const { name, subcommands = [] } of COMMANDS) {
  if (subcommands.length === 0) {
    differential(`COMMAND INFO ${name}`, async (both) => {
      await both.same("COMMAND", "INFO", name);
    });
    continue;
  }
  differential(`COMMAND INFO ${name} and its sub-commands`, async (both) => {
    await both.sameOutcome(
      `COMMAND INFO ${name}, sub-commands by name`,
      async (client) => comparableRow(await onlyRow(client, name)),
    );
    for (const subcommand of subcommands) {
      await both.same("COMMAND", "INFO", `${name}|${subcommand.name}`);
    }
  });
}

differential("COMMAND INFO takes names in any case and replies nil for others", async (both) => {
  await both.same("command", "info", "GET", "nonsense", "SeT", "CLIENT|Kill", "get");
  for (
    const name of ["", "|", "get|", "get|x", "client|", "client|nonsense", "client|kill|x", "|get"]
  ) {
    await both.same("COMMAND", "INFO", name);
  }
});

differential("COMMAND and COMMAND INFO reply a row for each command", async (both) => {
  for (const words of [["COMMAND"], ["COMMAND", "INFO"]]) {
    await both.sameOutcome(words.join(" "), async (client) => {
      const rows = itemsOf(await client.command(...words)).filter((row) =>
        FULL_NAMES.has(rowName(row))
      );
      return rows.map(comparableRow).toSorted();
    });
  }
});

differential("COMMAND COUNT is the length of COMMAND", async (both) => {
  await both.sameOutcome("count and rows", async (client) => {
    const count = await client.value("COMMAND", "COUNT");
    return count === itemsOf(await client.command("COMMAND")).length;
  });
});

differential("COMMAND LIST lists names, filtered", async (both) => {
  for (
    const filter of [
      [],
      ["FILTERBY", "PATTERN", "*get*"],
      ["filterby", "pattern", "CLIENT|*"],
      ["FILTERBY", "PATTERN", "get"],
      ["FILTERBY", "ACLCAT", "string"],
      ["FILTERBY", "AclCat", "CONNECTION"],
      ["FILTERBY", "ACLCAT", "slow"],
      ["FILTERBY", "ACLCAT", "keyspace"],
      ["FILTERBY", "ACLCAT", "dangerous"],
    ]
  ) {
    await both.sameOutcome(`COMMAND LIST ${filter.join(" ")}`, async (client) => {
      const names = await client.value("COMMAND", "LIST", ...filter);
      return (names as string[]).filter((name) => FULL_NAMES.has(name)).toSorted();
    });
  }
  await both.same("COMMAND", "LIST", "FILTERBY", "MODULE", "nonsense");
  await both.same("COMMAND", "LIST", "FILTERBY", "ACLCAT", "nonsense");
  await both.same("COMMAND", "LIST", "FILTERBY", "PATTERN", "nonsense");
  await both.bothRefuse("ERR syntax", "COMMAND", "LIST", "odd");
  await both.bothRefuse("ERR syntax", "COMMAND", "LIST", "FILTERBY");
  await both.bothRefuse("ERR syntax", "COMMAND", "LIST", "FILTERBY", "PATTERN");
  await both.bothRefuse("ERR syntax", "COMMAND", "LIST", "FILTERBY", "odd", "x");
  await both.bothRefuse("ERR syntax", "COMMAND", "LIST", "FILTERBY", "PATTERN", "a", "b");
});

differential("COMMAND DOCS replies the commands that there are", async (both) => {
  const names = (client: RespClient, ...words: string[]) =>
    client.command("COMMAND", "DOCS", ...words).then(documentedNames);
  await both.sameOutcome("all", async (client) => {
    return (await names(client)).filter((name) => FULL_NAMES.has(name)).toSorted();
  });
  for (const words of [["GET"], ["nonsense"], ["set", "nonsense", "client|KILL", "set"]]) {
    await both.sameOutcome(`DOCS ${words.join(" ")}`, (client) => names(client, ...words));
  }
  await both.same("COMMAND", "DOCS", "nonsense");
});

/** Requests whose keys are asked for; those of commands that EasyRedis lacks are left out. */
const REQUESTS_WITH_KEYS: readonly (readonly string[])[] = [
  ["GET", "key"],
  ["get", "\x00\xff"],
  ["SET", "key", "value"],
  ["SET", "key", "value", "EX", "1", "GET"],
  ["MGET", "a", "b", "c"],
  ["MSET", "a", "1", "b", "2"],
  ["MSET", "a", "1", "b"],
  ["MSETNX", "a", "1"],
  ["DEL", "a", "a"],
  ["COPY", "a", "b"],
  ["RENAME", "a", "b"],
  ["LCS", "a", "b", "LEN"],
  ["BITOP", "AND", "a", "b"],
  ["OBJECT", "ENCODING", "a"],
  ["object", "FREQ", "a"],
  ["EXPIRE", "a", "1"],
  ["GETEX", "a"],
];

for (const request of REQUESTS_WITH_KEYS) {
  if (!FULL_NAMES.has(request[0].toLowerCase())) continue;
  differential(`COMMAND GETKEYS and GETKEYSANDFLAGS ${JSON.stringify(request)}`, async (both) => {
    await both.same("COMMAND", "GETKEYS", ...request);
    await both.same("COMMAND", "GETKEYSANDFLAGS", ...request);
  });
}

differential("COMMAND GETKEYS and GETKEYSANDFLAGS refuse what has no keys", async (both) => {
  for (const verb of ["GETKEYS", "getkeysandflags"]) {
    await both.bothRefuse("ERR Invalid command", "COMMAND", verb, "nonsense", "x");
    await both.bothRefuse("ERR Invalid command", "COMMAND", verb, "OBJECT", "nonsense");
    await both.bothRefuse("ERR Invalid command", "COMMAND", verb, "OBJECT|ENCODING", "x");
    await both.bothRefuse("ERR The command has no key", "COMMAND", verb, "PING", "x");
    await both.bothRefuse("ERR The command has no key", "COMMAND", verb, "ECHO", "x", "y");
    await both.bothRefuse("ERR The command has no key", "COMMAND", verb, "OBJECT", "HELP");
    await both.bothRefuse("ERR Invalid number", "COMMAND", verb, "GET", "a", "b");
    await both.bothRefuse("ERR Invalid number", "COMMAND", verb, "SET", "a");
    await both.bothRefuse("ERR wrong number", "COMMAND", verb, "GET");
    await both.bothRefuse("ERR wrong number", "COMMAND", verb);
  }
});

differential("COMMAND refuses unknown sub-commands and wrong arity", async (both) => {
  await both.bothRefuse("ERR unknown subcommand", "COMMAND", "NONSENSE");
  await both.bothRefuse("ERR unknown subcommand", "command", "\r\n");
  await both.bothRefuse("ERR wrong number", "COMMAND", "COUNT", "x");
  await both.bothRefuse("ERR wrong number", "COMMAND", "HELP", "x");
});

differential("COMMAND HELP", async (both) => {
  await both.same("COMMAND", "HELP");
});

/** The row of the one command asked for. */
async function onlyRow(client: RespClient, name: string): Promise<Reply> {
  const rows = itemsOf(await client.command("COMMAND", "INFO", name));
  assertEquals(rows.length, 1);
  return rows[0];
}

/** The wire of a row, its sub-commands sorted and those left out that EasyRedis does not have. */
function comparableRow(row: Reply): string {
  const items = itemsOf(row);
  const subcommands = items[9];
  const known = itemsOf(subcommands).filter((subcommand) => FULL_NAMES.has(rowName(subcommand)));
  return [...items.slice(0, 9).map(wireOf), subcommands.kind, ...known.map(wireOf).toSorted()].join(
    "",
  );
}

function rowName(row: Reply): string {
  return String(plainOf(itemsOf(row)[0]));
}

/** The names that a reply of COMMAND DOCS describes. */
function documentedNames(reply: Reply): string[] {
  const names = reply.kind === "map"
    ? reply.pairs.map(([name]) => name)
    : itemsOf(reply).filter((_item, index) => index % 2 === 0);
  return names.map((name) => String(plainOf(name)));
}

function itemsOf(reply: Reply): readonly Reply[] {
  if (reply.kind === "array" || reply.kind === "set") return reply.items;
  throw new TypeError(`Expected an array: ${wireOf(reply)}`);
}
