/**
 * HRANDFIELD: fields drawn by chance.
 *
 * Each field is equally likely, and so is each choice of several. Several different ones are found in
 * two ways. Few of many: draw until there are enough that were not drawn before. A good part, or any
 * of a packed hash, where each draw is a walk anyway: go over all once and take each with the
 * probability (still wanted) / (still to come), which is fair to every choice (Knuth's algorithm S).
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { COUNT_OUT_OF_RANGE } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { HashElement, HashValue } from "../../store/mod.ts";
import { readDrawCount } from "../draw_count.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const RANDOM_COMMANDS: readonly CommandSpec[] = defineCommands("hash", [
  { name: "hrandfield", arity: -2, flags: ["readonly"], tips: ["nondeterministic_output"],
    keys: [keyAt(1, "RO access")], run: hrandfield },
]);

/** When more than one of so many fields is wanted, all are gone over. */
const FIELDS_PER_WANTED = 3;
/** Most fields that are replied with repetitions: a reply must fit into memory. */
const REPEATED_COUNT_MAX = 2 ** 27;

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
    if (-count > REPEATED_COUNT_MAX) throw COUNT_OUT_OF_RANGE;
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
    if (hash.isPacked || count * FIELDS_PER_WANTED > hash.count) {
      let wantedCount = count, toComeCount = hash.count;
      hash.forEach((element) => {
        if (random.below(toComeCount--) >= wantedCount) return;
        wantedCount--;
        replier.reply(element);
      });
    } else {
      const drawn = new Set<HashElement>();
      while (drawn.size < count) drawn.add(hash.randomElement(random));
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
