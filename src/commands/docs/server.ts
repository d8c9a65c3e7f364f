/**
 * Documentation of the *server* commands: what operators ask of a server, and what tools ask about
 * its commands.
 *
 * @module
 */

import {
  type ArgumentDoc,
  block,
  integer,
  key,
  many,
  oneOf,
  optional,
  pattern,
  since,
  text,
  token,
  word,
} from "./argument_doc.ts";
import {
  type CommandDoc,
  type CommandDocRows,
  documentGroup,
  helpRow,
  type HistoryEntry,
} from "./command_doc.ts";

/** Whether FLUSHALL and FLUSHDB free memory before or after they reply. */
const FLUSH_MODE: ArgumentDoc = optional(
  oneOf("async", since("4.0.0", word("ASYNC")), since("6.2.0", word("SYNC"))),
);

/** How FLUSHALL and FLUSHDB came by their mode. */
const FLUSH_HISTORY: readonly HistoryEntry[] = [
  ["4.0.0", "Frees the memory later with `ASYNC`."],
  ["6.2.0", "Frees the memory before it replies with `SYNC`."],
];

/** The sub-commands of COMMAND. */
const COMMAND_ROWS: CommandDocRows = {
  count: {
    summary: "Returns how many commands the server has.",
    since: "2.8.13",
    complexity: "O(1)",
  },
  docs: {
    summary: "Returns what there is to read about commands: all, or those named.",
    since: "7.0.0",
    complexity: "O(N) for N commands described.",
    arguments: [optional(many(text("command-name")))],
  },
  getkeys: {
    summary: "Returns which arguments of a full command are keys.",
    since: "2.8.13",
    complexity: "O(N) for N arguments.",
  },
  getkeysandflags: {
    summary: "Returns the keys of a full command and what it would do to each.",
    since: "7.0.0",
    complexity: "O(N) for N arguments.",
  },
  help: helpRow("5.0.0"),
  info: {
    summary: "Returns the table rows of commands: all, or those named.",
    since: "2.8.13",
    complexity: "O(N) for N commands described.",
    history: [["7.0.0", "Without names, describes every command."]],
    arguments: [optional(many(text("command-name")))],
  },
  list: {
    summary: "Returns the names of the commands: all, or those that a filter picks.",
    since: "7.0.0",
    complexity: "O(N) for N commands of the server.",
    arguments: [
      optional(token(
        "FILTERBY",
        oneOf(
          "filterby",
          token("MODULE", text("module-name")),
          token("ACLCAT", text("category")),
          token("PATTERN", pattern("pattern")),
        ),
      )),
    ],
  },
};

/** The sub-commands of CONFIG. */
const CONFIG_ROWS: CommandDocRows = {
  get: {
    summary: "Returns the directives whose names match, with their values.",
    since: "2.0.0",
    complexity: "O(N) for N names or patterns.",
    history: [["7.0.0", "Takes several patterns."]],
    arguments: [many(block("parameter", text("parameter")))],
  },
  help: helpRow("5.0.0"),
  resetstat: {
    summary: "Sets the counters that INFO shows back to zero.",
    since: "2.0.0",
    complexity: "O(1)",
  },
  rewrite: {
    summary: "Writes the directives now in force to the configuration file.",
    since: "2.8.0",
    complexity: "O(1)",
  },
  set: {
    summary: "Changes directives of the running server, all of them or none.",
    since: "2.0.0",
    complexity: "O(N) for N directives.",
    history: [["7.0.0", "Takes several directives."]],
    arguments: [many(block("parameter_value", text("parameter"), text("value")))],
  },
};

/** The sub-commands of LATENCY. */
const LATENCY_ROWS: CommandDocRows = {
  doctor: {
    summary: "Explains in prose what made the server slow.",
    since: "2.8.13",
    complexity: "O(1)",
  },
  graph: {
    summary: "Draws the delays of an event in characters.",
    since: "2.8.13",
    complexity: "O(1)",
    arguments: [text("event")],
  },
  help: helpRow("2.8.13"),
  histogram: {
    summary: "Returns how the run times of commands are distributed.",
    since: "7.0.0",
    complexity: "O(N) for N commands that have run.",
    arguments: [optional(many(text("command")))],
  },
  history: {
    summary: "Returns the recorded delays of an event with their times.",
    since: "2.8.13",
    complexity: "O(1)",
    arguments: [text("event")],
  },
  latest: {
    summary: "Returns the last and the longest delay of each event.",
    since: "2.8.13",
    complexity: "O(1)",
  },
  reset: {
    summary: "Forgets the recorded delays: all, or those of the events named.",
    since: "2.8.13",
    complexity: "O(1)",
    arguments: [optional(many(text("event")))],
  },
};

/** The sub-commands of MEMORY. */
const MEMORY_ROWS: CommandDocRows = {
  doctor: {
    summary: "Explains in prose what is odd about the use of memory.",
    since: "4.0.0",
    complexity: "O(1)",
  },
  help: helpRow("4.0.0"),
  "malloc-stats": {
    summary: "Describes the state of the memory allocator.",
    since: "4.0.0",
    complexity: "Grows with the memory in use.",
  },
  purge: {
    summary: "Gives memory that is free back to the operating system.",
    since: "4.0.0",
    complexity: "Grows with the memory in use.",
  },
  stats: {
    summary: "Returns what the memory is used for, in bytes.",
    since: "4.0.0",
    complexity: "O(1)",
  },
  usage: {
    summary: "Returns how many bytes a key and its value take.",
    since: "4.0.0",
    complexity: "O(N) for N elements looked at.",
    arguments: [key("key"), optional(token("SAMPLES", integer("count")))],
  },
};

/** The sub-commands of SLOWLOG. */
const SLOWLOG_ROWS: CommandDocRows = {
  get: {
    summary: "Returns the latest commands that took too long.",
    since: "2.2.12",
    complexity: "O(N) for N entries returned.",
    history: [["4.0.0", "An entry names the client: address, port and name."]],
    arguments: [optional(integer("count"))],
  },
  help: helpRow("6.2.0"),
  len: {
    summary: "Returns how many commands are recorded as slow.",
    since: "2.2.12",
    complexity: "O(1)",
  },
  reset: {
    summary: "Forgets all commands recorded as slow.",
    since: "2.2.12",
    complexity: "O(N) for N entries.",
  },
};

/** The documentation of the server commands, by name. */
export const SERVER_DOCS: readonly CommandDoc[] = documentGroup("server", {
  bgrewriteaof: {
    summary: "Has the append-only file written anew in the background.",
    since: "1.0.0",
    complexity: "O(1)",
  },
  command: {
    summary: "Returns the table rows of all commands.",
    since: "2.8.13",
    complexity: "O(N) for N commands of the server.",
    subcommands: COMMAND_ROWS,
  },
  config: {
    summary: "Holds the sub-commands about the configuration.",
    since: "2.0.0",
    complexity: "That of the sub-command.",
    subcommands: CONFIG_ROWS,
  },
  dbsize: {
    summary: "Counts the keys of the database.",
    since: "1.0.0",
    complexity: "O(1)",
  },
  debug: {
    summary: "Holds the sub-commands for those who test the server.",
    since: "1.0.0",
    complexity: "That of the sub-command.",
    docFlags: ["syscmd"],
  },
  flushall: {
    summary: "Empties every database.",
    since: "1.0.0",
    complexity: "O(N) for N keys in all databases.",
    history: FLUSH_HISTORY,
    arguments: [FLUSH_MODE],
  },
  flushdb: {
    summary: "Empties the database of this connection.",
    since: "1.0.0",
    complexity: "O(N) for N keys in the database.",
    history: FLUSH_HISTORY,
    arguments: [FLUSH_MODE],
  },
  info: {
    summary: "Returns the state of the server in lines, all sections or those named.",
    since: "1.0.0",
    complexity: "O(1)",
    history: [["7.0.0", "Takes several sections."]],
    arguments: [optional(many(text("section")))],
  },
  latency: {
    summary: "Holds the sub-commands about delays.",
    since: "2.8.13",
    complexity: "That of the sub-command.",
    subcommands: LATENCY_ROWS,
  },
  lolwut: {
    summary: "Draws a picture and tells the version.",
    since: "5.0.0",
    arguments: [optional(token("VERSION", integer("version")))],
  },
  memory: {
    summary: "Holds the sub-commands about the use of memory.",
    since: "4.0.0",
    complexity: "That of the sub-command.",
    subcommands: MEMORY_ROWS,
  },
  monitor: {
    summary: "Shows the client every command that the server runs from now on.",
    since: "1.0.0",
  },
  role: {
    summary: "Tells whether the server is a primary or a replica, and of whom.",
    since: "2.8.12",
    complexity: "O(1)",
  },
  bgsave: {
    summary: "Writes the data to the file while commands go on.",
    since: "1.0.0",
    complexity: "O(1)",
    history: [["3.2.2", "Takes `SCHEDULE`."]],
    arguments: [optional(since("3.2.2", word("SCHEDULE")))],
  },
  lastsave: {
    summary: "Tells when the data were last written to the file as a whole.",
    since: "1.0.0",
    complexity: "O(1)",
  },
  save: {
    summary: "Writes the data to the file while everybody waits.",
    since: "1.0.0",
    complexity: "O(N) for N keys of all databases.",
  },
  shutdown: {
    summary: "Stops the server, once the data is saved where that is configured.",
    since: "1.0.0",
    complexity: "O(N) to save N keys, otherwise O(1).",
    history: [["7.0.0", "Takes `NOW`, `FORCE` and `ABORT`."]],
    arguments: [
      optional(oneOf("nosave_save", word("NOSAVE"), word("SAVE"))),
      optional(since("7.0.0", word("NOW"))),
      optional(since("7.0.0", word("FORCE"))),
      optional(since("7.0.0", word("ABORT"))),
    ],
  },
  slowlog: {
    summary: "Holds the sub-commands about the slow log.",
    since: "2.2.12",
    complexity: "That of the sub-command.",
    subcommands: SLOWLOG_ROWS,
  },
  swapdb: {
    summary: "Makes two databases change places.",
    since: "4.0.0",
    complexity: "O(N) for N clients that watch or wait for keys in either.",
    arguments: [integer("index1"), integer("index2")],
  },
  time: {
    summary: "Returns the server's clock: seconds since 1970 and microseconds.",
    since: "2.6.0",
    complexity: "O(1)",
  },
});
