/**
 * MULTI, EXEC, DISCARD, WATCH, UNWATCH: several commands as one.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandFlag,
  type CommandSpec,
  defineCommands,
  keyRange,
  type ServerParts,
  type Session,
} from "../../engine/mod.ts";
import {
  DISCARD_WITHOUT_MULTI,
  EXEC_WITHOUT_MULTI,
  MULTI_NESTED,
  TRANSACTION_FAILED,
  WATCH_INSIDE_MULTI,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

const FLAGS: readonly CommandFlag[] = ["noscript", "loading", "stale", "fast", "allow_busy"];
const EXEC_FLAGS: readonly CommandFlag[] = ["noscript", "loading", "stale", "skip_slowlog"];

/** The rows of the group. */
// deno-fmt-ignore
export const TRANSACTION_COMMANDS: readonly CommandSpec[] = defineCommands("transaction", [
  { name: "multi", arity: 1, flags: FLAGS, withinMulti: "runs", opensTransaction: true, run: multi },
  { name: "exec", arity: 1, flags: EXEC_FLAGS, withinMulti: "executes", run: exec,
    alsoTakes: wantsRollback, isBriefNow: runsFewBriefCommands },
  { name: "discard", arity: 1, flags: FLAGS, withinMulti: "ends", run: discard },
  { name: "watch", arity: -2, flags: FLAGS, keys: [keyRange(1, -1, 1, "RO")], withinMulti: "runs", run: watch },
  { name: "unwatch", arity: 1, flags: FLAGS, run: unwatch },
]);

/** `MULTI` → OK; what follows is queued. */
function multi(context: CommandContext): void {
  const { session, server } = context;
  if (session.transaction !== undefined) throw MULTI_NESTED;
  server.transactions.begin(session);
  context.reply.ok();
}

/**
 * `EXEC [ROLLBACK | RB]` → array of the queued commands' replies, or nil when a watched key has changed.
 * What is replayed counted before.
 */
function exec(context: CommandContext, args: Args): void {
  const { session, server } = context;
  const { transaction, watch } = session;
  if (transaction === undefined) throw EXEC_WITHOUT_MULTI;
  const isBroken = watch !== undefined && (watch.isBroken || watch.hasExpired());
  if (!transaction.hasFailed && !isBroken) {
    const mayRollBack = args.count > 1 || server.transactions.isRollingBack;
    if (mayRollBack && !session.isReplayed) transaction.executeOrRollBack(context);
    else transaction.execute(context);
    return;
  }
  const hasFailed = transaction.hasFailed;
  session.endTransaction();
  if (hasFailed) throw TRANSACTION_FAILED;
  context.reply.nilArray();
}

/** Whether EXEC runs some brief commands and nothing else: for a rollback it would copy their keys. */
function runsFewBriefCommands(server: ServerParts, session: Session, args: Args): boolean {
  return args.count === 1 && !server.transactions.isRollingBack &&
    session.transaction?.isBrief === true;
}

/** Whether a request is `EXEC ROLLBACK`, which is ours, or `EXEC RB`. */
function wantsRollback(args: Args): boolean {
  return args.count === 2 && (args.isWord(1, "rollback") || args.isWord(1, "rb"));
}

/** `DISCARD` → OK; the queue is forgotten, and no key is watched any more. */
function discard(context: CommandContext): void {
  if (context.session.transaction === undefined) throw DISCARD_WITHOUT_MULTI;
  context.session.endTransaction();
  context.reply.ok();
}

/** `WATCH key [key ...]` → OK; EXEC will run nothing if one of them changes before. */
function watch(context: CommandContext, args: Args): void {
  const { session, server, db } = context;
  if (session.transaction !== undefined) throw WATCH_INSIDE_MULTI;
  if (!session.watch?.isBroken) {
    for (let index = 1; index < args.count; index++) {
      server.transactions.watch(session, db, args.at(index));
    }
  }
  context.reply.ok();
}

/** `UNWATCH` → OK; no key is watched any more, and what has changed is forgotten. */
function unwatch(context: CommandContext): void {
  context.session.endWatch();
  context.reply.ok();
}
