/**
 * PFDEBUG: what is inside a sketch. Meant for tests.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import {
  KEY_DOES_NOT_EXIST,
  SKETCH_NOT_SPARSE,
  unknownPfdebugSubcommand,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { REGISTER_COUNT } from "../../store/mod.ts";
import { StoredSketch } from "./sketch.ts";

/** The row of this command. */
// deno-fmt-ignore
export const PFDEBUG_COMMANDS: readonly CommandSpec[] = defineCommands("hyperloglog", [
  { name: "pfdebug", arity: 3, flags: ["write", "denyoom", "admin"], keys: [keyAt(2, "RW access")], run: pfdebug },
]);

/** Reused by all commands: they run one after the other. */
const sketch = new StoredSketch();

/** `PFDEBUG GETREG | DECODE | ENCODING | TODENSE key` → by the word: see each case. */
function pfdebug(context: CommandContext, args: Args): void {
  const { db, reply } = context;
  const ref = db.write(args.at(2));
  if (ref === 0) throw KEY_DOES_NOT_EXIST;
  const content = sketch.edit(db, ref).content;
  if (args.isWord(1, "getreg")) { // array of all registers, which become dense
    makeDense(context);
    reply.array(REGISTER_COUNT);
    for (let index = 0; index < REGISTER_COUNT; index++) {
      reply.integer(content.denseRegister(index));
    }
  } else if (args.isWord(1, "decode")) { // bulk string: the runs of a sparse sketch
    if (content.isDense) throw SKETCH_NOT_SPARSE;
    reply.bulkText(content.describeRuns());
  } else if (args.isWord(1, "encoding")) { // `dense` or `sparse`
    reply.simple(content.isDense ? "dense" : "sparse");
  } else if (args.isWord(1, "todense")) { // 1 if the registers were sparse, else 0
    reply.integer(makeDense(context) ? 1 : 0);
  } else {
    throw unknownPfdebugSubcommand(args.text(1));
  }
}

/** Makes the registers dense; returns whether they were not. */
function makeDense(context: CommandContext): boolean {
  if (!sketch.makeDense()) return false;
  context.changeCount++; // logs and replicas follow; to everybody else the value is the same
  return true;
}
