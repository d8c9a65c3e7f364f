/**
 * Writes the documentation of a command as COMMAND DOCS replies it.
 *
 * @module
 */

import type { Command } from "../../engine/mod.ts";
import type { ReplyWriter } from "../../resp/mod.ts";
import { commandDoc, describeDoc, type DocValue } from "../docs/mod.ts";

/** A map; empty for a command without a row. */
export function replyCommandDocs(reply: ReplyWriter, command: Command): void {
  const doc = commandDoc(command.fullName);
  if (doc === undefined) reply.map(0);
  else replyValue(reply, describeDoc(doc));
}

function replyValue(reply: ReplyWriter, value: DocValue): void {
  if (typeof value === "string") return reply.bulkText(value);
  if (typeof value === "number") return reply.integer(value);
  switch (value.kind) {
    case "status":
      return reply.simple(value.text);
    case "map":
      reply.map(value.entries.length);
      for (const [name, entry] of value.entries) {
        reply.bulkText(name);
        replyValue(reply, entry);
      }
      return;
    case "set":
    case "array":
      if (value.kind === "set") reply.set(value.items.length);
      else reply.array(value.items.length);
      for (const item of value.items) replyValue(reply, item);
  }
}
