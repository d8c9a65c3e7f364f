/**
 * OBJECT: how a value is stored.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { LFU_NOT_SELECTED, LFU_SELECTED } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { encodingName, type Ref, sharedReferenceCount } from "../../store/mod.ts";
import { replyHelp } from "../help.ts";

const UNSTEADY = ["nondeterministic_output"];

/** The rows of these commands. */
// deno-fmt-ignore
export const OBJECT_COMMANDS: readonly CommandSpec[] = [
  { name: "object", arity: -2, flags: [], subcommands: defineCommands("keyspace", [
    { name: "encoding", arity: 3, flags: ["readonly"], tips: UNSTEADY, keys: [keyAt(2, "RO")], run: encoding },
    { name: "freq", arity: 3, flags: ["readonly"], tips: UNSTEADY, keys: [keyAt(2, "RO")], run: freq },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "idletime", arity: 3, flags: ["readonly"], tips: UNSTEADY, keys: [keyAt(2, "RO")], run: idletime },
    { name: "refcount", arity: 3, flags: ["readonly"], tips: UNSTEADY, keys: [keyAt(2, "RO")], run: refcount },
  ]) },
];

/** `OBJECT ENCODING key` → bulk string, or nil. */
function encoding(context: CommandContext, args: Args): void {
  const ref = lookUp(context, args);
  if (ref !== 0) context.reply.bulkText(encodingName(context.db.entries, ref));
}

/** `OBJECT FREQ key` → integer: the logarithmic access counter, under an LFU policy only. */
function freq(context: CommandContext, args: Args): void {
  const ref = lookUp(context, args);
  if (ref === 0) return;
  const { frequency, nowMs } = context.server.store.environment;
  if (frequency === undefined) throw LFU_NOT_SELECTED;
  context.reply.integer(frequency.counterOf(context.db.entries.accessOf(ref), nowMs));
}

/** `OBJECT IDLETIME key` → integer: seconds since the last use. */
function idletime(context: CommandContext, args: Args): void {
  const ref = lookUp(context, args);
  if (ref === 0) return;
  const { environment } = context.server.store;
  if (environment.frequency !== undefined) throw LFU_SELECTED;
  context.reply.integer(environment.idleSecondsOf(context.db.entries.accessOf(ref)));
}

/** `OBJECT REFCOUNT key` → integer: 1, or the count of Redis' shared small integers. */
function refcount(context: CommandContext, args: Args): void {
  const ref = lookUp(context, args);
  if (ref === 0) return;
  const isSharing = context.server.store.environment.isSharingIntegers;
  context.reply.integer(sharedReferenceCount(context.db.entries, ref, isSharing));
}

/** `OBJECT HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "ENCODING <key>",
    "    Return the kind of internal representation used in order to store the value",
    "    associated with a <key>.",
    "FREQ <key>",
    "    Return the access frequency index of the <key>. The returned integer is",
    "    proportional to the logarithm of the recent access frequency of the key.",
    "IDLETIME <key>",
    "    Return the idle time of the <key>, that is the approximated number of",
    "    seconds elapsed since the last access to the key.",
    "REFCOUNT <key>",
    "    Return the number of references of the value associated with the specified",
    "    <key>.",
  ]);
}

/** The key's entry, not noted as a use; replies nil and returns 0 for an absent key. */
function lookUp(context: CommandContext, args: Args): Ref {
  const ref = context.db.readUnnoticed(args.at(2));
  if (ref === 0) context.reply.nil();
  return ref;
}
