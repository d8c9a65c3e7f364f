/**
 * DEBUG RELOAD: the data through a file and back.
 *
 * @module
 */

import type { CommandContext } from "../../engine/mod.ts";
import { RELOAD_OPTIONS } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

const RELOAD_WORDS: readonly string[] = ["merge", "noflush", "nosave"];

/** `DEBUG RELOAD [MERGE] [NOFLUSH] [NOSAVE]` → OK; the data are those of the file. */
export function reload(context: CommandContext, args: Args): void {
  const options = new Set([...args.texts(2)].map((word) => word.toLowerCase()));
  if (![...options].every((word) => RELOAD_WORDS.includes(word))) throw RELOAD_OPTIONS;
  context.server.persistence.reload({
    savesFirst: !options.has("nosave"),
    flushesFirst: !options.has("noflush"),
    replacesKeys: options.has("merge"),
  });
  context.reply.ok();
}
