/**
 * ASKING, READONLY, READWRITE: what clients of a cluster say of their connection.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import { clusterOf } from "./membership.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const CLIENT_MODE_COMMANDS: readonly CommandSpec[] = defineCommands("connection", [
  { name: "asking", arity: 1, flags: ["fast"], run: asking },
  { name: "readonly", arity: 1, flags: ["loading", "stale", "fast"], run: readonly },
  { name: "readwrite", arity: 1, flags: ["loading", "stale", "fast"], run: readwrite },
]);

/**
 * `ASKING` → OK: the next request may go to a slot that is on its way here. None ever is, so there is
 * nothing to note.
 */
function asking({ server, reply }: CommandContext): void {
  clusterOf(server);
  reply.ok();
}

/** `READONLY` → OK: the client would read from replicas too. */
function readonly({ server, session, reply }: CommandContext): void {
  clusterOf(server);
  session.isReadOnly = true;
  reply.ok();
}

/** `READWRITE` → OK: it would not. */
function readwrite({ server, session, reply }: CommandContext): void {
  clusterOf(server);
  session.isReadOnly = false;
  reply.ok();
}
