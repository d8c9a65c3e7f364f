/**
 * PING, ECHO, SELECT, QUIT, RESET: a client's session itself.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { DB_INDEX_OUT_OF_RANGE, SELECT_IN_CLUSTER, wrongArity } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { numberAt } from "../number_argument.ts";

/** Flags of commands that a client may send in any state. */
export const ALWAYS_ALLOWED = [
  "noscript",
  "loading",
  "stale",
  "fast",
  "no_auth",
  "allow_busy",
] as const;
const PING_TIPS = ["request_policy:all_shards", "response_policy:all_succeeded"];

/** The rows of these commands. */
// deno-fmt-ignore
export const SESSION_COMMANDS: readonly CommandSpec[] = defineCommands("connection", [
  { name: "ping", arity: -1, flags: ["fast"], tips: PING_TIPS, isForSubscribers: true, run: ping },
  { name: "echo", arity: 2, flags: ["loading", "stale", "fast"], run: echo },
  { name: "select", arity: 2, flags: ["loading", "stale", "fast"], run: select, selectsDatabase: (args) => numberAt(args, 1) },
  { name: "quit", arity: -1, flags: ALWAYS_ALLOWED, withinMulti: "ends", isForSubscribers: true, run: quit },
  { name: "reset", arity: 1, flags: ALWAYS_ALLOWED, withinMulti: "ends", isForSubscribers: true, run: reset },
]);

/**
 * `PING [message]` → status `PONG`, or the message; to who listens to channels over RESP2, an array of
 * `pong` and the message, as a message of a channel would look.
 */
function ping({ session, reply }: CommandContext, args: Args): void {
  if (args.count > 2) throw wrongArity("ping");
  const isMessage = session.subscriber !== undefined && reply.protocol === 2;
  if (isMessage) {
    reply.array(2);
    reply.bulkText("pong");
  }
  if (args.count === 2) reply.bulk(args.at(1));
  else if (isMessage) reply.bulkText("");
  else reply.simple("PONG");
}

/** `ECHO message` → bulk string: the message. */
function echo(context: CommandContext, args: Args): void {
  context.reply.bulk(args.at(1));
}

/** `SELECT index` → OK. */
function select(context: CommandContext, args: Args): void {
  const databaseIndex = args.int32(1);
  if (context.server.cluster?.mode === "redirect" && databaseIndex !== 0) throw SELECT_IN_CLUSTER;
  if (databaseIndex < 0 || databaseIndex >= context.server.store.databases.length) {
    throw DB_INDEX_OUT_OF_RANGE;
  }
  context.session.databaseIndex = databaseIndex;
  context.reply.ok();
}

/** `QUIT` → OK, then the connection closes. */
function quit(context: CommandContext): void {
  context.reply.ok();
  context.session.connection.closeAfterReply();
}

/** `RESET` → status `RESET`: the session is as new. */
function reset(context: CommandContext): void {
  const { session, server } = context;
  session.reset();
  server.monitors.remove(session);
  session.isAuthenticated = !server.authenticator.requiresPassword;
  context.reply.simple("RESET");
}
