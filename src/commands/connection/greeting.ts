/**
 * AUTH and HELLO: who a client is and which protocol it speaks.
 *
 * @module
 */

import { REDIS_VERSION } from "../../base/version.ts";
import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import {
  HELLO_NEEDS_AUTH,
  invalidHelloOption,
  NO_PASSWORD_CONFIGURED,
  PROTOCOL_NOT_AN_INTEGER,
  SYNTAX_ERROR,
  UNSUPPORTED_PROTOCOL,
  WRONG_PASSWORD,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { DEFAULT_USER } from "../../security/mod.ts";
import { nameClient } from "./client_name.ts";
import { ALWAYS_ALLOWED } from "./session.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const GREETING_COMMANDS: readonly CommandSpec[] = defineCommands("connection", [
  { name: "auth", arity: -2, flags: ALWAYS_ALLOWED, run: auth },
  { name: "hello", arity: -1, flags: ALWAYS_ALLOWED, setsProtocol: true, run: hello },
]);

/** `AUTH [username] password` → OK. */
function auth(context: CommandContext, args: Args): void {
  if (args.count > 3) throw SYNTAX_ERROR;
  context.secretIndices = [1, 2];
  const isNameless = args.count === 2;
  if (isNameless && !context.server.authenticator.requiresPassword) throw NO_PASSWORD_CONFIGURED;
  authenticate(context, isNameless ? DEFAULT_USER : args.text(1), args.text(args.count - 1));
  context.reply.ok();
}

/**
 * `HELLO [protover [AUTH username password] [SETNAME clientname]]` → map on the server.
 *
 * As in Redis the options take effect one by one: who is authenticated by an option stays so when a
 * later one is refused.
 */
function hello(context: CommandContext, args: Args): void {
  const { session, reply } = context;
  const protocol = args.count > 1 ? protocolOf(args) : session.reply.protocol;
  for (let index = 2; index < args.count; index++) {
    const moreCount = args.count - 1 - index;
    if (args.isWord(index, "auth") && moreCount >= 2) {
      context.secretIndices = [...context.secretIndices ?? [], index + 1, index + 2];
      authenticate(context, args.text(index + 1), args.text(index + 2));
      index += 2;
    } else if (args.isWord(index, "setname") && moreCount >= 1) {
      nameClient(session, args.text(index + 1));
      index++;
    } else {
      throw invalidHelloOption(args.text(index));
    }
  }
  if (!session.isAuthenticated) throw HELLO_NEEDS_AUTH;

  session.reply.protocol = protocol;
  reply.map(7);
  reply.bulkText("server");
  reply.bulkText("redis");
  reply.bulkText("version");
  reply.bulkText(REDIS_VERSION);
  reply.bulkText("proto");
  reply.integer(protocol);
  reply.bulkText("id");
  reply.integer(session.id);
  reply.bulkText("mode");
  reply.bulkText(context.server.cluster?.mode === "redirect" ? "cluster" : "standalone");
  reply.bulkText("role");
  reply.bulkText("master");
  reply.bulkText("modules");
  reply.array(0);
}

/** The version that HELLO asks for. */
function protocolOf(args: Args): 2 | 3 {
  const protocol = args.integer(1, PROTOCOL_NOT_AN_INTEGER);
  if (protocol !== 2 && protocol !== 3) throw UNSUPPORTED_PROTOCOL;
  return protocol;
}

/** @throws {RedisError} When there is no such user or the password is wrong. */
function authenticate(context: CommandContext, user: string, password: string): void {
  if (!context.server.authenticator.accepts(user, password)) throw WRONG_PASSWORD;
  context.session.user = user;
  context.session.isAuthenticated = true;
}
