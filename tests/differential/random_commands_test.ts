/**
 * Random commands beside real Redis: thousands of them, each reply compared.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
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
  for (let count = 0; count < COMMAND_COUNT; count++) {
    const { args, comparison } = randomCommand(random);
    await VERBS[comparison](both, args);
  }
}, { config: RANDOM_CONFIG });
