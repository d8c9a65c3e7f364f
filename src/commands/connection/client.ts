/**
 * CLIENT: who is connected, and what the server does with them.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandFlag,
  type CommandSpec,
  defineCommands,
  type Session,
} from "../../engine/mod.ts";
import {
  INVALID_CLIENT_ID,
  INVALID_PAUSE_MODE,
  INVALID_UNBLOCK_REASON,
  NO_SUCH_CLIENT,
  SYNTAX_ERROR,
  unusableSubcommand,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { replyHelp } from "../help.ts";
import { timeoutOfMilliseconds } from "../timeout.ts";
import { isMeant, parseKillFilter } from "./client_filter.ts";
import { clientLine } from "./client_line.ts";
import { nameClient } from "./client_name.ts";
import { CLIENT_TRACKING_COMMANDS } from "./client_tracking.ts";
import { clientTypeOf, clientTypeOfWord } from "./client_type.ts";

const OWN: readonly CommandFlag[] = ["noscript", "loading", "stale"];
const ADMIN: readonly CommandFlag[] = ["admin", "noscript", "loading", "stale"];
const UNSTEADY = ["nondeterministic_output"];

/** The rows of these commands. */
// deno-fmt-ignore
export const CLIENT_COMMANDS: readonly CommandSpec[] = [
  { name: "client", arity: -2, flags: [], subcommands: defineCommands("connection", [
    { name: "getname", arity: 2, flags: OWN, run: getName },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "id", arity: 2, flags: OWN, run: id },
    { name: "info", arity: 2, flags: OWN, tips: UNSTEADY, run: info },
    { name: "kill", arity: -3, flags: ADMIN, run: kill },
    { name: "list", arity: -2, flags: ADMIN, tips: UNSTEADY, run: list },
    { name: "no-evict", arity: 3, flags: ADMIN, run: noEvict },
    { name: "pause", arity: -3, flags: ADMIN, run: pause },
    { name: "reply", arity: 3, flags: OWN, run: setReplyMode },
    { name: "setname", arity: 3, flags: OWN, run: setName },
    { name: "unblock", arity: -3, flags: ADMIN, run: unblock },
    { name: "unpause", arity: 2, flags: ADMIN, run: unpause },
    ...CLIENT_TRACKING_COMMANDS,
  ]) },
];

/** `CLIENT GETNAME` → bulk string, or nil. */
function getName(context: CommandContext): void {
  const name = context.session.name;
  if (name === "") context.reply.nil();
  else context.reply.bulkText(name);
}

/** `CLIENT SETNAME name` → OK. */
function setName(context: CommandContext, args: Args): void {
  nameClient(context.session, args.text(2));
  context.reply.ok();
}

/** `CLIENT ID` → integer. */
function id(context: CommandContext): void {
  context.reply.integer(context.session.id);
}

/** `CLIENT INFO` → text: the caller's line. */
function info(context: CommandContext, args: Args): void {
  context.reply.verbatim("txt", describe(context, args, [context.session]));
}

/** `CLIENT LIST [TYPE type | ID id [id ...]]` → text: a line for each client. */
function list(context: CommandContext, args: Args): void {
  context.reply.verbatim("txt", describe(context, args, listed(context, args)));
}

/** The clients that CLIENT LIST asks for. */
function listed(context: CommandContext, args: Args): readonly Session[] {
  const clients = context.server.clients;
  if (args.count === 2) return [...clients];
  if (args.count === 4 && args.isWord(2, "type")) {
    const type = clientTypeOfWord(args.text(3));
    return [...clients].filter((session) => clientTypeOf(session) === type);
  }
  if (args.count === 3 || !args.isWord(2, "id")) throw SYNTAX_ERROR;
  const sessions: Session[] = [];
  for (let index = 3; index < args.count; index++) {
    const session = clients.get(args.integer(index, INVALID_CLIENT_ID));
    if (session !== undefined) sessions.push(session);
  }
  return sessions;
}

function describe(context: CommandContext, args: Args, sessions: readonly Session[]): string {
  const nowMs = context.db.nowMs;
  return sessions.map((session) => {
    const running = session === context.session ? args : session.waiter?.args;
    const argumentBytes = running?.byteCount ?? 0;
    return clientLine(session, { nowMs, argumentBytes });
  }).join("");
}

/**
 * `CLIENT KILL address` → OK; `CLIENT KILL option value [option value ...]` → integer: how many.
 *
 * The caller itself is closed once it has the reply.
 */
function kill(context: CommandContext, args: Args): void {
  const { session: caller, reply, server } = context;
  const filter = parseKillFilter(args, (name) => server.authenticator.hasUser(name));
  const doomed = [...server.clients].filter((session) => isMeant(filter, session, caller));
  const isOldForm = args.count === 3;
  if (isOldForm && doomed.length === 0) throw NO_SUCH_CLIENT;
  for (const session of doomed) if (session !== caller) session.connection.close();
  if (isOldForm) reply.ok();
  else reply.integer(doomed.length);
  if (!doomed.includes(caller)) return;
  caller.mute(); // what a transaction still replies
  caller.connection.closeAfterReply();
}

/** `CLIENT REPLY ON | OFF | SKIP` → OK for ON, else nothing. */
function setReplyMode({ session, reply }: CommandContext, args: Args): void {
  if (args.isWord(2, "on")) {
    session.unmute();
    reply.ok();
  } else if (args.isWord(2, "off")) {
    session.mute();
  } else if (args.isWord(2, "skip")) {
    session.muteNext();
  } else {
    throw SYNTAX_ERROR;
  }
}

/** `CLIENT NO-EVICT ON | OFF` → OK. */
function noEvict(context: CommandContext, args: Args): void {
  const isOn = args.isWord(2, "on");
  if (!isOn && !args.isWord(2, "off")) throw SYNTAX_ERROR;
  context.session.isNeverEvicted = isOn;
  context.reply.ok();
}

/** `CLIENT PAUSE milliseconds [WRITE | ALL]` → OK; then what it holds back waits. */
function pause(context: CommandContext, args: Args): void {
  if (args.count > 4) throw unusableSubcommand("CLIENT", args.text(1));
  const isWriteOnly = args.count === 4 && args.isWord(3, "write");
  if (args.count === 4 && !isWriteOnly && !args.isWord(3, "all")) throw INVALID_PAUSE_MODE;
  const milliseconds = timeoutOfMilliseconds(args, 2);
  context.server.pause.begin(isWriteOnly ? "write" : "all", milliseconds);
  context.reply.ok();
}

/** `CLIENT UNPAUSE` → OK. */
function unpause(context: CommandContext): void {
  context.server.pause.end();
  context.reply.ok();
}

/**
 * `CLIENT UNBLOCK id [TIMEOUT | ERROR]` → integer: 1 if a command blocked the client, else 0.
 *
 * Who waits for a pause to end is not blocked by a command, but counts as such with ERROR.
 */
function unblock(context: CommandContext, args: Args): void {
  if (args.count > 4) throw unusableSubcommand("CLIENT", args.text(1));
  const isError = args.count === 4 && args.isWord(3, "error");
  if (args.count === 4 && !isError && !args.isWord(3, "timeout")) throw INVALID_UNBLOCK_REASON;
  const { clients, blocked } = context.server;
  const session = clients.get(args.integer(2));
  const wasBlocked = session !== undefined &&
    blocked.unblock(session, isError ? "error" : "timeout");
  if (wasBlocked && isError) context.command.stats.failedCalls++; // so Redis counts
  context.reply.integer(wasBlocked ? 1 : 0);
}

/** `CLIENT HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "CACHING (YES|NO)",
    "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
    "GETREDIR",
    "    Return the client ID we are redirecting to when tracking is enabled.",
    "GETNAME",
    "    Return the name of the current connection.",
    "ID",
    "    Return the ID of the current connection.",
    "INFO",
    "    Return information about the current client connection.",
    "KILL <ip:port>",
    "    Kill connection made from <ip:port>.",
    "KILL <option> <value> [<option> <value> [...]]",
    "    Kill connections. Options are:",
    "    * ADDR (<ip:port>|<unixsocket>:0)",
    "      Kill connections made from the specified address",
    "    * LADDR (<ip:port>|<unixsocket>:0)",
    "      Kill connections made to specified local address",
    "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    "      Kill connections by type.",
    "    * USER <username>",
    "      Kill connections authenticated by <username>.",
    "    * SKIPME (YES|NO)",
    "      Skip killing current connection (default: yes).",
    "LIST [options ...]",
    "    Return information about client connections. Options:",
    "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
    "      Return clients of specified type.",
    "UNPAUSE",
    "    Stop the current client pause, resuming traffic.",
    "PAUSE <timeout> [WRITE|ALL]",
    "    Suspend all, or just write, clients for <timeout> milliseconds.",
    "REPLY (ON|OFF|SKIP)",
    "    Control the replies sent to the current connection.",
    "SETNAME <name>",
    "    Assign the name <name> to the current connection.",
    "UNBLOCK <clientid> [TIMEOUT|ERROR]",
    "    Unblock the specified blocked client.",
    "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
    "         [OPTIN] [OPTOUT] [NOLOOP]",
    "    Control server assisted client side caching.",
    "TRACKINGINFO",
    "    Report tracking status for the current connection.",
    "NO-EVICT (ON|OFF)",
    "    Protect current client connection from eviction.",
  ]);
}
