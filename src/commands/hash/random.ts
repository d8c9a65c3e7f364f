/**
 * HRANDFIELD: fields drawn by chance.
 *
 * A packed hash is always passed by: each draw is a walk anyway.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import type { HashElement, HashValue } from "../../store/mod.ts";
import { readDrawCount } from "../draw_count.ts";
import { drawDifferent, isGoodPart, PassingChoice, requireRepeatable } from "../fair_draw.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const RANDOM_COMMANDS: readonly CommandSpec[] = defineCommands("hash", [
  { name: "hrandfield", arity: -2, flags: ["readonly"], tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RO access")], run: hrandfield },
]);

/** Reused by all commands: they run one after the other. */
const view = new ByteView();

/** `HRANDFIELD key [count [WITHVALUES]]` → a field or nil; with a count, an array. */
function hrandfield(context: CommandContext, args: Args): void {
  const { db, reply, server: { random } } = context;
  if (args.count > 2) return replySeveral(context, args);
  const hash = db.readHash(args.at(1));
  if (hash === undefined) reply.nil();
  else reply.bulk(hash.readField(hash.randomElement(random), view));
}

function replySeveral(context: CommandContext, args: Args): void {
  const { db, reply, server: { random } } = context;
  const count = readDrawCount(args, "withvalues");
  const hash = db.readHash(args.at(1));
  if (hash === undefined || count === 0) return reply.array(0);
  const replier = new FieldReplier(context, hash, args.count === 4);
  if (count < 0) {
    requireRepeatable(-count);
    replier.begin(-count);
    const packed = hash.isPacked ? elementsOf(hash) : undefined;
    for (let left = -count; left > 0; left--) {
      replier.reply(packed?.[random.below(packed.length)] ?? hash.randomElement(random));
    }
  } else if (count >= hash.count) {
    replier.begin(hash.count);
    hash.forEach((element) => replier.reply(element));
  } else {
    replier.begin(count);
    if (hash.isPacked || isGoodPart(count, hash.count)) {
      const choice = new PassingChoice(random, count, hash.count);
      hash.forEach((element) => {
        if (choice.takesNext()) replier.reply(element);
      });
    } else {
      const drawn = drawDifferent(count, () => hash.randomElement(random));
      for (const element of drawn) replier.reply(element);
    }
  }
}

function elementsOf(hash: HashValue): HashElement[] {
  const elements: HashElement[] = [];
  hash.forEach((element) => elements.push(element));
  return elements;
}

/** Replies fields, alone or with values: side by side, in RESP3 as pairs. */
class FieldReplier {
  readonly #context: CommandContext;
  readonly #hash: HashValue;
  readonly #withValues: boolean;

  constructor(context: CommandContext, hash: HashValue, withValues: boolean) {
    this.#context = context;
    this.#hash = hash;
    this.#withValues = withValues;
  }

  /** Writes the header of so many. */
  begin(count: number): void {
    const { reply } = this.#context;
    reply.array(this.#withValues && reply.protocol === 2 ? 2 * count : count);
  }

  /** Writes one. */
  reply(element: HashElement): void {
    const { reply } = this.#context;
    if (this.#withValues && reply.protocol === 3) reply.array(2);
    reply.bulk(this.#hash.readField(element, view));
    if (this.#withValues) reply.bulk(this.#hash.readValue(element, view));
  }
}
