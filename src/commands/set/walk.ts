/**
 * All members: SMEMBERS, SSCAN.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  parseCursor,
  parseScanOptions,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { SetMember } from "../../store/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const WALK_COMMANDS: readonly CommandSpec[] = defineCommands("set", [
  { name: "smembers", arity: 2, flags: ["readonly"], tips: ["nondeterministic_output_order"],
    keys: [keyAt(1, "RO access")], run: smembers },
  { name: "sscan", arity: -3, flags: ["readonly"], tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RO access")], run: sscan },
]);

/** Reused by all commands: they run one after the other. */
const member = new SetMember();

/** `SMEMBERS key` → set of bulk strings. */
function smembers(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const set = context.db.readSet(args.at(1));
  if (set === undefined) return reply.set(0);
  reply.set(set.count);
  const walk = set.startWalk();
  while (walk.next()) {
    for (let index = 0; index < walk.count; index++) reply.bulk(walk.show(index, member).view);
  }
}

/** `SSCAN key cursor [MATCH pattern] [COUNT n]` → next cursor and members. */
function sscan(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const cursor = parseCursor(args.text(2));
  const set = context.db.readSet(args.at(1));
  if (set === undefined) {
    reply.array(2);
    reply.bulkText("0");
    return reply.array(0);
  }
  const { wantedCount, pattern } = parseScanOptions(args, 3, false);
  reply.array(2);
  reply.bulkText(String(set.scan(cursor, wantedCount)));
  const mark = reply.openArray();
  const walk = set.walk;
  let shownCount = 0;
  for (let index = 0; index < walk.count; index++) {
    const view = walk.show(index, member).view;
    if (pattern !== undefined && !pattern.matches(view)) continue;
    reply.bulk(view);
    shownCount++;
  }
  reply.closeArray(mark, shownCount);
}
