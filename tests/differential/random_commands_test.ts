/**
 * Random commands beside real Redis: thousands of them, each reply compared.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import { differential } from "../support/differential.ts";
import { randomCommand } from "../support/random_commands.ts";
import { takeSeed } from "../support/seed.ts";

/** How many are run; `COMMANDS=` in the environment asks for more. */
const COMMAND_COUNT = Number(Deno.env.get("COMMANDS") ?? 5000);
/** Two clocks are read a moment apart, in seconds. */
const TOLERANCE_SECONDS = 1;

differential("random commands get the same replies", async (both) => {
  const random = new SeededRandom(takeSeed("random commands"));
  for (let count = 0; count < COMMAND_COUNT; count++) {
    const { args, comparison } = randomCommand(random);
    if (comparison === "same") await both.same(...args);
    else if (comparison === "unordered") await both.sameUnordered(...args);
    else await both.within(TOLERANCE_SECONDS, ...args);
  }
});
