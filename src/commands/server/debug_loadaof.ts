/**
 * DEBUG LOADAOF: the data as the append-only file has them.
 *
 * @module
 */

import type { CommandContext } from "../../engine/mod.ts";

/** `DEBUG LOADAOF` → OK; what the file does not have is gone. */
export function loadAppendOnlyFile(context: CommandContext): void {
  const { server, session, command } = context;
  server.appendOnly.reload();
  context.begin(session, command); // loading has run commands meanwhile
  server.stats.changesSinceSave = 0;
  server.log.warning("Append Only File loaded by DEBUG LOADAOF");
  context.reply.ok();
}
