/**
 * Command documentation: what people are told about a command, as opposed to what the server needs
 * in order to run it.
 *
 * These rows stand apart from the command table because nothing in dispatch reads them: texts would
 * drown the facts there. A row's texts (summary, complexity, history) are this project's own words;
 * its facts (versions, flags, arguments) are those of Redis 7.0, as a differential test checks.
 *
 * A file of rows is one `documentGroup` call: a record from name to facts, containers with a record
 * of their sub-commands inside. The name and the group are stated once, by the place of the row.
 *
 * Always true: `fullName` is lower case, and a sub-command's is `container|name`.
 * Behaviour: Redis 7.0, COMMAND DOCS.
 *
 * @module
 */

import type { ArgumentDoc } from "./argument_doc.ts";

/** The chapters into which Redis sorts its commands. */
export type CommandGroup =
  | "generic"
  | "string"
  | "list"
  | "set"
  | "sorted-set"
  | "hash"
  | "pubsub"
  | "transactions"
  | "connection"
  | "server"
  | "scripting"
  | "hyperloglog"
  | "cluster"
  | "geo"
  | "stream"
  | "bitmap";

/** A remark on a command as a whole: better not used, or not meant for clients. */
export type DocFlag = "deprecated" | "syscmd";

/** What changed, and with which Redis version. */
export type HistoryEntry = readonly [version: string, change: string];

/** What both a row as written and a finished `CommandDoc` say. */
interface CommandFacts {
  /** What it does, in one sentence. */
  readonly summary: string;
  /** The Redis version that brought the command. */
  readonly since: string;
  /** What a call costs; absent where nobody would ask. */
  readonly complexity?: string;
  readonly docFlags?: readonly DocFlag[];
  /** The Redis version that advised against the command. */
  readonly deprecatedSince?: string;
  /** What to use instead, in Markdown. */
  readonly replacedBy?: string;
  /** Oldest change first. */
  readonly history?: readonly HistoryEntry[];
  /** What follows the name; absent where nothing may, and for containers. */
  readonly arguments?: readonly ArgumentDoc[];
}

/** A documentation row as it is written in a file of its group. */
export interface CommandDocRow extends CommandFacts {
  /** Of a container: its sub-commands by their own name. */
  readonly subcommands?: CommandDocRows;
}

/** Documentation rows by name, without the container's name before it. */
export interface CommandDocRows {
  readonly [name: string]: CommandDocRow;
}

/** The documentation of one command or sub-command. */
export interface CommandDoc extends CommandFacts {
  /** `set`, or `client|kill` for a sub-command. */
  readonly fullName: string;
  readonly group: CommandGroup;
  /** Of a container: the documentation of its sub-commands; of others: absent. */
  readonly subcommands?: readonly CommandDoc[];
}

/**
 * Finishes the rows of one command group: each gets its full name and the group.
 *
 * @param group The group that all the rows and their sub-commands belong to.
 * @param rows Rows by command name in lower case.
 * @returns The documentation of the commands, in the order of the rows.
 */
export function documentGroup(group: CommandGroup, rows: CommandDocRows): readonly CommandDoc[] {
  return documentRows(group, rows, "");
}

/**
 * The row of a HELP sub-command, which is the same in every container.
 *
 * @param since The Redis version that brought it to this container.
 * @returns Its row.
 */
export function helpRow(since: string): CommandDocRow {
  return { summary: "Lists the sub-commands with a line on each.", since, complexity: "O(1)" };
}

/** Finishes `rows`, whose full names start with `prefix`. */
function documentRows(
  group: CommandGroup,
  rows: CommandDocRows,
  prefix: string,
): readonly CommandDoc[] {
  return Object.entries(rows).map(([name, { subcommands, ...facts }]) => {
    const fullName = prefix + name;
    if (subcommands === undefined) return { ...facts, fullName, group };
    return {
      ...facts,
      fullName,
      group,
      subcommands: documentRows(group, subcommands, `${fullName}|`),
    };
  });
}
