/**
 * HGETALL, HKEYS, HVALS, HSCAN: all fields, at once or bit by bit.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  parseCursor,
  parseScanOptions,
} from "../../engine/mod.ts";
import type { Args, ReplyWriter } from "../../resp/mod.ts";
import type { HashElement, HashValue } from "../../store/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const ITERATION_COMMANDS: readonly CommandSpec[] = defineCommands("hash", [
  { name: "hkeys", arity: 2, flags: ["readonly"], tips: ["nondeterministic_output_order"],
    keys: [keyAt(1, "RO access")], run: hkeys },
  { name: "hvals", arity: 2, flags: ["readonly"], tips: ["nondeterministic_output_order"],
    keys: [keyAt(1, "RO access")], run: hvals },
  { name: "hgetall", arity: 2, flags: ["readonly"], tips: ["nondeterministic_output_order"],
    keys: [keyAt(1, "RO access")], run: hgetall },
  { name: "hscan", arity: -3, flags: ["readonly"], tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RO access")], run: hscan },
]);

/** Reused by all commands: they run one after the other. */
const view = new ByteView();

// What a walk replies to; set before it, so that the visitors need not be made anew for each.
let walked: HashValue;
let reply: ReplyWriter;

/** `HKEYS key` → array of bulk strings. */
function hkeys(context: CommandContext, args: Args): void {
  if (!beginWalk(context, args)) return context.reply.array(0);
  reply.array(walked.count);
  walked.forEach(replyField);
}

/** `HVALS key` → array of bulk strings. */
function hvals(context: CommandContext, args: Args): void {
  if (!beginWalk(context, args)) return context.reply.array(0);
  reply.array(walked.count);
  walked.forEach(replyValue);
}

/** `HGETALL key` → map of fields to values. */
function hgetall(context: CommandContext, args: Args): void {
  if (!beginWalk(context, args)) return context.reply.map(0);
  reply.map(walked.count);
  walked.forEach(replyPair);
}

/** Points the visitors at a key's hash; returns whether there is one. */
function beginWalk(context: CommandContext, args: Args): boolean {
  const hash = context.db.readHash(args.at(1));
  if (hash === undefined) return false;
  walked = hash;
  reply = context.reply;
  return true;
}

function replyField(element: HashElement): void {
  reply.bulk(walked.readField(element, view));
}

function replyValue(element: HashElement): void {
  reply.bulk(walked.readValue(element, view));
}

function replyPair(element: HashElement): void {
  reply.bulk(walked.readField(element, view));
  reply.bulk(walked.readValue(element, view));
}

/** `HSCAN key cursor [MATCH pattern] [COUNT n]` → next cursor, and fields with values. */
function hscan(context: CommandContext, args: Args): void {
  const cursor = parseCursor(args.text(2));
  const hash = context.db.readHash(args.at(1));
  const found: HashElement[] = [];
  let next = 0;
  if (hash !== undefined) {
    const { wantedCount, pattern } = parseScanOptions(args, 3, false);
    next = hash.scan(cursor, wantedCount, (element) => {
      if (pattern === undefined || pattern.matches(hash.readField(element, view))) {
        found.push(element);
      }
    });
  }
  context.reply.array(2);
  context.reply.bulkText(String(next));
  context.reply.array(2 * found.length);
  for (const element of found) {
    context.reply.bulk(hash!.readField(element, view));
    context.reply.bulk(hash!.readValue(element, view));
  }
}
