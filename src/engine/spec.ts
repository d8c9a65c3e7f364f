/**
 * Spec: what there is to know about a command, as one row of a table.
 *
 * Dispatch, COMMAND, ACL, cluster routing, MULTI and propagation all read the row, so a fact stands
 * once and a handler never checks what its row says.
 *
 * @module
 */

import type { Args } from "../resp/mod.ts";
import type { CommandContext } from "./context.ts";
import type { ServerParts } from "./ports.ts";
import type { Session } from "./session.ts";

/** Facts about a command; the names are those that COMMAND INFO replies. */
export type CommandFlag =
  | "write"
  | "readonly"
  | "denyoom"
  | "admin"
  | "pubsub"
  | "noscript"
  | "blocking"
  | "loading"
  | "stale"
  | "skip_monitor"
  | "skip_slowlog"
  | "asking"
  | "fast"
  | "no_auth"
  | "may_replicate"
  | "no_mandatory_keys"
  | "no_async_loading"
  | "no_multi"
  | "movablekeys"
  | "allow_busy"
  | "protected";

/** ACL categories, without the `@`. */
export type AclCategory =
  | "keyspace"
  | "read"
  | "write"
  | "set"
  | "sortedset"
  | "list"
  | "hash"
  | "string"
  | "bitmap"
  | "hyperloglog"
  | "geo"
  | "stream"
  | "pubsub"
  | "admin"
  | "fast"
  | "slow"
  | "blocking"
  | "dangerous"
  | "connection"
  | "transaction"
  | "scripting";

/** What a command does with a key; the names are those that COMMAND INFO replies. */
export type KeyFlag =
  | "RO"
  | "RW"
  | "OW"
  | "RM"
  | "access"
  | "update"
  | "insert"
  | "delete"
  | "not_key"
  | "incomplete"
  | "variable_flags";

/** Where the keys begin: at an argument, or behind a word that is looked for from an argument on. */
export type KeyBegin =
  | { by: "index"; index: number }
  | { by: "keyword"; keyword: string; startFrom: number }
  /** The row says it by `findKeys`. */
  | { by: "unknown" };

/** Which arguments from there are keys. */
export type KeyFind =
  /** Every `step`-th up to `last` behind the first, negative: from the end; `limit` cuts: 1/limit. */
  | { by: "range"; last: number; step: number; limit: number }
  /** As many as an argument says. */
  | { by: "keynum"; keyNumIndex: number; firstKey: number; step: number }
  | { by: "unknown" };

/** One rule that finds keys among the arguments. */
export interface KeySpec {
  flags: readonly KeyFlag[];
  begin: KeyBegin;
  find: KeyFind;
  /** Remark for people. */
  notes?: string;
}

/**
 * How a request that concerns the data or the messages of a whole cluster, not keys that it names, is
 * answered by all nodes together; see `FanOut`.
 */
export type AcrossNodes =
  /** Each runs it; the reply is the sum of theirs. */
  | "sum"
  /** Each runs it, and the reply is that of the node that was asked (FLUSHALL). */
  | "each"
  /** Each runs it; the reply is all elements of their arrays. */
  | "keys"
  | "scan"
  | "randomkey"
  | "keyspace-info"
  | "digest"
  /** The reply's elements are about a key each, and come from the nodes that have these. */
  | "digest-values"
  /** Each delivers a message; the reply says to how many clients. */
  | "publish"
  | "shard-publish"
  /** What somebody listens to at any node. */
  | "names"
  /** How many listen to each of some names, at all nodes together. */
  | "audience"
  | "patterns"
  /** Each sends those of the keys that it has to another server. */
  | "migrate"
  /** This node runs it; the others must know before, if it may be about what happens to keys. */
  | "listen";

/** Runs a command: reads the arguments, decides, mutates, replies. Throws only before it mutates. */
export type CommandHandler = (context: CommandContext, args: Args) => void;

/** One key of a request: its place among the arguments, and what happens to it. */
export interface KeyUse {
  argumentIndex: number;
  flags: readonly KeyFlag[];
}

/** One row. */
export interface CommandSpec {
  /** Lower case; a subcommand's without its container. */
  name: string;
  /** Number of arguments, the name (or both names) included; negative: at least so many. */
  arity: number;
  /** Whether it takes a request nevertheless, in a form that is ours and that COMMAND does not tell. */
  alsoTakes?: (args: Args) => boolean;
  flags: readonly CommandFlag[];
  /** Categories beside those that follow from flags. */
  categories?: readonly AclCategory[];
  /** Hints for clients and proxies. */
  tips?: readonly string[];
  keys?: readonly KeySpec[];
  /**
   * Arguments that are looked up in the collection of the first key, every `step`-th from `first` on:
   * fields, members. They are looked for ahead, so one that is none, because of options, does no harm.
   */
  elements?: { first: number; step: number };
  /** Finds the keys where the specs don't suffice. */
  findKeys?: (args: Args) => KeyUse[];
  /** How all nodes of a cluster answer it together, where any node answers for all; absent: they don't. */
  acrossNodes?: AcrossNodes | ((args: Args) => AcrossNodes | undefined);
  /**
   * How much less than their values it needs of its keys: whether they are there and when they expire
   * (`glance`), or the same, and they count as used by that (`touch`). Absent: more.
   */
  needsOfKeys?: "glance" | "touch";
  /** Whether it may give keys that it only reads another encoding (SORT). */
  recodesKeys?: boolean;
  /** Number of another database in which it may change the keys that it names (MOVE). */
  otherDatabase?: (args: Args) => number | undefined;
  /** Whether it uses keys that it does not name, as they follow from values of others (SORT BY, GET). */
  derivesKeys?: (args: Args) => boolean;
  /** Whether it may change the protocol of what is replied from then on (HELLO). */
  setsProtocol?: boolean;
  /** Number of the database that it selects for what follows (SELECT). */
  selectsDatabase?: (args: Args) => number | undefined;
  subcommands?: readonly CommandSpec[];
  /** Absent for a container that needs a subcommand. */
  run?: CommandHandler;
  /**
   * What it does in an open transaction, where any other command is queued: run at once, run and end
   * the transaction, run what is queued, or be refused, as with the flag `no_multi`, which this
   * command does not have in Redis.
   */
  withinMulti?: "runs" | "ends" | "executes" | "refused";
  /** Whether it opens a transaction (MULTI). */
  opensTransaction?: boolean;
  /** Whether a client that listens to channels over RESP2 may say it. */
  isForSubscribers?: boolean;
  /**
   * Takes microseconds whatever the data: its time may be measured together with its neighbours' in
   * a pipeline. Follows from the flags (`fast` and not `blocking`) unless said.
   */
  isBrief?: boolean;
  /** Whether it is brief this time, though that can't be said of it in general. */
  isBriefNow?: (server: ServerParts, session: Session, args: Args) => boolean;
  /** With more arguments than this, its name included, it is not brief after all: 16 unless said. */
  briefArgumentsMax?: number;
}

/** A group's rows, with the categories that the whole group has. */
export function defineCommands(
  category: AclCategory | undefined,
  rows: readonly CommandSpec[],
): readonly CommandSpec[] {
  if (category === undefined) return rows;
  return rows.map((row) => ({
    ...row,
    categories: [...(row.categories ?? []), category],
    subcommands: row.subcommands && defineCommands(category, row.subcommands),
  }));
}

/**
 * The single key at an argument.
 *
 * @param flags Separated by spaces: `"RW access update"`.
 * @param notes Remark for people.
 */
export function keyAt(index: number, flags: string, notes?: string): KeySpec {
  const spec = keyRange(index, 0, 1, flags);
  return notes === undefined ? spec : { ...spec, notes };
}

/**
 * Keys from an argument to another, every `step`-th.
 *
 * @param last Counted from `first`; negative: from the last argument, -1 being that.
 * @param flags Separated by spaces.
 */
export function keyRange(first: number, last: number, step: number, flags: string): KeySpec {
  return {
    flags: flags.split(" ") as KeyFlag[],
    begin: { by: "index", index: first },
    find: { by: "range", last, step, limit: 0 },
  };
}

/**
 * Keys that follow an argument which says how many they are.
 *
 * @param countIndex Number of that argument.
 * @param flags Separated by spaces.
 */
export function keysCounted(countIndex: number, flags: string): KeySpec {
  return {
    flags: flags.split(" ") as KeyFlag[],
    begin: { by: "index", index: countIndex },
    find: { by: "keynum", keyNumIndex: 0, firstKey: 1, step: 1 },
  };
}

/**
 * The single key behind a word among the options.
 *
 * @param keyword In upper case.
 * @param startFrom The first argument that may be the word.
 * @param flags Separated by spaces.
 */
export function keyAtWord(keyword: string, startFrom: number, flags: string): KeySpec {
  return { ...keyAt(0, flags), begin: { by: "keyword", keyword, startFrom } };
}

/**
 * Keys that no rule describes.
 *
 * @param flags Separated by spaces.
 * @param notes Why not.
 */
export function unknownKeys(flags: string, notes: string): KeySpec {
  return { ...keyAt(0, flags, notes), begin: { by: "unknown" }, find: { by: "unknown" } };
}
