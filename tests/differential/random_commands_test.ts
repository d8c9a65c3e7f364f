/**
 * Random commands beside real Redis: thousands of them, each reply compared.
 *
 * @module
 */

import { type Random, SeededRandom } from "../../src/base/random.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { RANDOM_CONFIG, randomCommand } from "../support/random_commands.ts";
import type { RandomComparison } from "../support/random_parts.ts";
import type { Reply } from "../support/reply.ts";
import { takeSeed } from "../support/seed.ts";

/** How many are run; `COMMANDS=` in the environment asks for more. */
const COMMAND_COUNT = Number(Deno.env.get("COMMANDS") ?? 5000);
/** Two clocks are read a moment apart, in seconds. */
const TOLERANCE_SECONDS = 1;

/** Among so many commands there is one transaction. */
const TRANSACTION_RARITY = 50;
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

differential("random commands get the same replies", async (both) => {
  const random = new SeededRandom(takeSeed("random commands"));
  const watcher = await both.onSecondConnection();
  for (let count = 0; count < COMMAND_COUNT; count++) {
    if (random.below(TRANSACTION_RARITY) === 0) await runTransaction(both, watcher, random);
    const { args, comparison } = randomCommand(random);
    await VERBS[comparison](both, args);
  }
}, { config: RANDOM_CONFIG });

/** Has one connection run a transaction while the other watches a key and then tries its own. */
async function runTransaction(both: Both, watcher: Both, random: Random): Promise<void> {
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
