/**
 * Documentation value: a `CommandDoc` in the shape in which COMMAND DOCS sends it.
 *
 * The shape is a plain tree rather than calls on a reply writer: then it can be compared with the
 * reply of a real Redis as data, and whoever sends it needs one short walk over six kinds.
 *
 *   "text"  bulk string     { kind: "status" }  simple string     { kind: "array" }  array
 *   7       integer         { kind: "map" }     map               { kind: "set" }    set
 *
 * Always true: fields come in the order of Redis 7.0, and a field without a value is left out.
 * Behaviour: Redis 7.0, COMMAND DOCS with RESP3; RESP2 sends maps and sets as arrays.
 *
 * @module
 */

import type { ArgumentDoc, ArgumentFlag } from "./argument_doc.ts";
import type { CommandDoc } from "./command_doc.ts";

/** A node of the tree: text goes out as a bulk string, a number as an integer. */
export type DocValue = string | number | DocStatus | DocMap | DocList;

/** A simple string. */
export interface DocStatus {
  readonly kind: "status";
  readonly text: string;
}

/** Pairs of a name, sent as a bulk string, and a value. */
export interface DocMap {
  readonly kind: "map";
  readonly entries: readonly DocEntry[];
}

/** One pair of a map. */
export type DocEntry = readonly [name: string, value: DocValue];

/** Values in order. */
export interface DocList {
  readonly kind: "array" | "set";
  readonly items: readonly DocValue[];
}

/** The order in which an argument's flags are sent. */
const FLAG_ORDER: readonly ArgumentFlag[] = ["optional", "multiple", "multiple_token"];

/**
 * The value that stands behind a command's full name in the reply to COMMAND DOCS.
 *
 * @param doc The command; of a container, the sub-commands are described with it.
 * @returns A fresh tree.
 */
export function describeDoc(doc: CommandDoc): DocMap {
  const entries: DocEntry[] = [["summary", doc.summary], ["since", doc.since], [
    "group",
    doc.group,
  ]];
  if (doc.complexity !== undefined) entries.push(["complexity", doc.complexity]);
  if (doc.docFlags !== undefined) entries.push(["doc_flags", statusSet(doc.docFlags)]);
  if (doc.deprecatedSince !== undefined) entries.push(["deprecated_since", doc.deprecatedSince]);
  if (doc.replacedBy !== undefined) entries.push(["replaced_by", doc.replacedBy]);
  if (doc.history !== undefined) {
    const items = doc.history.map((change): DocList => ({ kind: "array", items: change }));
    entries.push(["history", { kind: "set", items }]);
  }
  if (doc.arguments !== undefined) entries.push(["arguments", describeArguments(doc.arguments)]);
  if (doc.subcommands !== undefined) {
    const described = doc.subcommands.map((sub): DocEntry => [sub.fullName, describeDoc(sub)]);
    entries.push(["subcommands", { kind: "map", entries: described }]);
  }
  return { kind: "map", entries };
}

/** The array of maps that describes a list of arguments, groups with their own inside. */
function describeArguments(docs: readonly ArgumentDoc[]): DocList {
  return { kind: "array", items: docs.map(describeArgument) };
}

function describeArgument(doc: ArgumentDoc): DocMap {
  const entries: DocEntry[] = [["name", doc.name], ["type", doc.type]];
  if (doc.keySpecIndex !== undefined) entries.push(["key_spec_index", doc.keySpecIndex]);
  if (doc.token !== undefined) entries.push(["token", doc.token]);
  if (doc.summary !== undefined) entries.push(["summary", doc.summary]);
  if (doc.since !== undefined) entries.push(["since", doc.since]);
  if (doc.deprecatedSince !== undefined) entries.push(["deprecated_since", doc.deprecatedSince]);
  if (doc.flags !== undefined) {
    const flags = doc.flags;
    entries.push(["flags", statusSet(FLAG_ORDER.filter((flag) => flags.includes(flag)))]);
  }
  if (doc.arguments !== undefined) entries.push(["arguments", describeArguments(doc.arguments)]);
  return { kind: "map", entries };
}

/** A set of simple strings, as Redis sends flags. */
function statusSet(flags: readonly string[]): DocList {
  return { kind: "set", items: flags.map((text): DocStatus => ({ kind: "status", text })) };
}
