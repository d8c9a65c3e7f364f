/**
 * Random conversation: random commands held with both servers, each compared as its shape permits.
 *
 * @module
 */

import type { Random } from "../../src/base/random.ts";
import type { Both } from "./both.ts";
import { type RandomCommand, randomCommand } from "./random_commands.ts";
import type { RandomComparison } from "./random_parts.ts";
import type { Reply } from "./reply.ts";

/** Two clocks are read a moment apart, in seconds. */
const TOLERANCE_SECONDS = 1;
const TRANSACTION_COMMANDS_MAX = 10;

type Verb = (both: Both, args: readonly string[]) => Promise<Reply>;

const VERBS: Readonly<Record<RandomComparison, Verb>> = {
  same: (both, args) => both.same(...args),
  unordered: (both, args) => both.sameUnordered(...args),
  unorderedPairs: (both, args) => both.sameUnorderedPairs(...args),
  shape: (both, args) => both.sameShape(...args),
  number: (both, args) => both.within(0, ...args),
  within: (both, args) => both.within(TOLERANCE_SECONDS, ...args),
};

/** Says a command to both. */
export function sayBoth(both: Both, { args, comparison }: RandomCommand): Promise<Reply> {
  return VERBS[comparison](both, args);
}

/** Has one connection run a transaction while the other watches a key and then tries its own. */
export async function runRandomTransaction(
  both: Both,
  watcher: Both,
  random: Random,
): Promise<void> {
  await watcher.same("WATCH", ...drawSame(random).slice(1, 2), "a");
  await watcher.same("MULTI");
  await both.same("MULTI");
  for (let left = 1 + random.below(TRANSACTION_COMMANDS_MAX); left > 0; left--) {
    await both.same(...drawSame(random));
  }
  for (let left = random.below(2); left > 0; left--) await watcher.same(...drawSame(random));
  await both.same(random.below(10) === 0 ? "DISCARD" : "EXEC");
  await watcher.same("EXEC");
}

/** A command whose replies are equal to the byte. */
function drawSame(random: Random): readonly string[] {
  for (;;) {
    const { args, comparison } = randomCommand(random);
    if (comparison === "same") return args;
  }
}
