/**
 * Moves from list to list: LMOVE, RPOPLPUSH, and what their blocking kin do once there is an element.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import type { ListEnd, ListValue } from "../../store/mod.ts";
import { endAt, POP_EVENTS, PUSH_EVENTS } from "./end.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const MOVE_COMMANDS: readonly CommandSpec[] = defineCommands("list", [
  { name: "lmove", arity: 5, flags: ["write", "denyoom"], isBrief: true,
    keys: [keyAt(1, "RW access delete"), keyAt(2, "RW insert")], run: lmove },
  { name: "rpoplpush", arity: 3, flags: ["write", "denyoom"], isBrief: true,
    keys: [keyAt(1, "RW access delete"), keyAt(2, "RW insert")], run: rpoplpush },
]);

/** Reused by all commands: they run one after the other. */
const element = new ByteView();
const copy = new ByteView();

/** `LMOVE source destination LEFT | RIGHT LEFT | RIGHT` → the element, or nil. */
function lmove(context: CommandContext, args: Args): void {
  const from = endAt(args, 3), to = endAt(args, 4);
  if (!moveElement(context, args.at(1), args.at(2), from, to)) context.reply.nil();
}

/** `RPOPLPUSH source destination` → the element, or nil. */
function rpoplpush(context: CommandContext, args: Args): void {
  if (!moveElement(context, args.at(1), args.at(2), "tail", "head")) context.reply.nil();
}

/**
 * Moves an element from an end of a list to an end of another or the same one: replies it and notes
 * the events.
 *
 * @returns Whether there was one; `false`: nothing was written or changed.
 * @throws {RedisError} WRONGTYPE when either value is no list.
 */
export function moveElement(
  context: CommandContext,
  source: ByteView,
  destination: ByteView,
  from: ListEnd,
  to: ListEnd,
): boolean {
  const { db, reply } = context;
  const list = db.openList(source);
  if (list.count === 0) return false;
  if (source.equals(destination)) {
    db.noteUse(list.ref); // it is looked for as the destination, too
    reply.bulk(list.readEnd(from, element));
    rotate(list, from, to);
  } else {
    const target = db.openOtherList(destination);
    reply.bulk(list.readEnd(from, element));
    target.push(to, element);
    list.dropEnd(from);
  }
  context.modified(destination, PUSH_EVENTS[to]);
  context.modified(source, POP_EVENTS[from], 0);
  context.removeIfEmpty(source, list);
  return true;
}

/** Moves `element`, which is at an end of a list, to an end of the same list. */
function rotate(list: ListValue, from: ListEnd, to: ListEnd): void {
  const bytes = element.copy();
  list.rotate(from, to, copy.set(bytes, 0, bytes.length));
}
