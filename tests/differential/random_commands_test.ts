/**
 * Random commands beside real Redis: thousands of them, each reply compared, and what was counted.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import { differential } from "../support/differential.ts";
import { RANDOM_CONFIG, randomCommand } from "../support/random_commands.ts";
import { countersOf, runRandomTransaction, sayBoth } from "../support/random_conversation.ts";
import { takeSeed } from "../support/seed.ts";

/** How many are run; `COMMANDS=` in the environment asks for more. */
const COMMAND_COUNT = Number(Deno.env.get("COMMANDS") ?? 5000);

/** Among so many commands there is one transaction. */
const TRANSACTION_RARITY = 50;

differential("random commands get the same replies", async (both) => {
  const random = new SeededRandom(takeSeed("random commands"));
  const watcher = await both.onSecondConnection();
  for (let count = 0; count < COMMAND_COUNT; count++) {
    if (random.below(TRANSACTION_RARITY) === 0) {
      await runRandomTransaction(both, random, { watcher });
    }
    await sayBoth(both, randomCommand(random));
  }
  await both.sameOutcome("counters", countersOf);
}, { config: RANDOM_CONFIG });
