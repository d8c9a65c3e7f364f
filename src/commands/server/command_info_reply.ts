/**
 * Writes the facts of a command as COMMAND INFO replies them.
 *
 * @module
 */

import type { Command, CommandFlag, KeyFlag, KeySpec } from "../../engine/mod.ts";
import type { ReplyWriter } from "../../resp/mod.ts";

/** Flags that Redis keeps to itself. */
const HIDDEN_FLAGS: ReadonlySet<CommandFlag> = new Set(["may_replicate", "protected"]);

/** Categories in the order in which Redis lists them. */
const CATEGORY_ORDER = [
  "keyspace",
  "read",
  "write",
  "set",
  "sortedset",
  "list",
  "hash",
  "string",
  "bitmap",
  "hyperloglog",
  "geo",
  "stream",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
] as const;

/** An array of ten: name, arity, flags, first and last key, step, categories, tips, keys, subcommands. */
export function replyCommandInfo(reply: ReplyWriter, command: Command): void {
  const spec = command.spec;
  reply.array(10);
  reply.bulkText(command.fullName);
  reply.integer(spec.arity);
  replyStatuses(reply, spec.flags.filter((flag) => !HIDDEN_FLAGS.has(flag)));
  const range = legacyRange(spec.keys ?? []);
  reply.integer(range.first);
  reply.integer(range.last);
  reply.integer(range.step);
  const categories = command.categories;
  replyStatuses(
    reply,
    CATEGORY_ORDER.filter((category) => categories.has(category)).map((name) => `@${name}`),
  );
  const tips = spec.tips ?? [];
  reply.set(tips.length);
  for (const tip of tips) reply.bulkText(tip);
  const keys = spec.keys ?? [];
  reply.set(keys.length);
  for (const key of keys) replyKeySpec(reply, key);
  // An array, but none is an empty set.
  if (command.subcommands.size === 0) reply.set(0);
  else reply.array(command.subcommands.size);
  for (const subcommand of command.subcommands.values()) replyCommandInfo(reply, subcommand);
}

/** A set of the flags' names. */
export function replyKeyFlags(reply: ReplyWriter, flags: readonly KeyFlag[]): void {
  replyStatuses(reply, flags);
}

function replyStatuses(reply: ReplyWriter, names: readonly string[]): void {
  reply.set(names.length);
  for (const name of names) reply.simple(name);
}

/** First key, last key and step, as clients knew them before there were key specs. */
interface LegacyRange {
  first: number;
  last: number;
  step: number;
}

/** The only range, or what the first and those that join it span; zeros where there is none. */
function legacyRange(specs: readonly KeySpec[]): LegacyRange {
  let range: LegacyRange = { first: 0, last: 0, step: 0 };
  for (const { begin, find } of specs) {
    if (begin.by !== "index" || find.by !== "range") continue;
    const last = find.last >= 0 ? begin.index + find.last : find.last;
    if (specs.length === 1) return { first: begin.index, last, step: find.step };
    const joins = range.first === 0 || range.last === begin.index - 1;
    if (find.step === 1 && joins) range = { first: range.first || begin.index, last, step: 1 };
  }
  return range;
}

function replyKeySpec(reply: ReplyWriter, { flags, begin, find, notes }: KeySpec): void {
  reply.map(notes === undefined ? 3 : 4);
  if (notes !== undefined) {
    reply.bulkText("notes");
    reply.bulkText(notes);
  }
  reply.bulkText("flags");
  replyKeyFlags(reply, flags);
  reply.bulkText("begin_search");
  if (begin.by === "index") {
    replyRule(reply, "index", { index: begin.index });
  } else if (begin.by === "unknown") {
    replyRule(reply, "unknown", {});
  } else {
    replyRule(reply, "keyword", { keyword: begin.keyword, startfrom: begin.startFrom });
  }
  reply.bulkText("find_keys");
  if (find.by === "range") {
    replyRule(reply, "range", { lastkey: find.last, keystep: find.step, limit: find.limit });
  } else if (find.by === "unknown") {
    replyRule(reply, "unknown", {});
  } else {
    const { keyNumIndex: keynumidx, firstKey: firstkey, step: keystep } = find;
    replyRule(reply, "keynum", { keynumidx, firstkey, keystep });
  }
}

/** A map of a rule's type and its numbers. */
function replyRule(
  reply: ReplyWriter,
  type: string,
  facts: Readonly<Record<string, number | string>>,
): void {
  reply.map(2);
  reply.bulkText("type");
  reply.bulkText(type);
  reply.bulkText("spec");
  reply.map(Object.keys(facts).length);
  for (const [name, value] of Object.entries(facts)) {
    reply.bulkText(name);
    if (typeof value === "number") reply.integer(value);
    else reply.bulkText(value);
  }
}
