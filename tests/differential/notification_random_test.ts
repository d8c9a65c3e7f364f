/**
 * Notifications of random commands beside real Redis: what a subscriber is told of each command is
 * compared, message by message.
 *
 * Keys expire only when they are looked up, since Redis looks for them at moments of its own.
 *
 * @module
 */

import { assert } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { differential } from "../support/differential.ts";
import { KeyEvents } from "../support/key_events.ts";
import { RANDOM_CONFIG, randomCommand } from "../support/random_commands.ts";
import { takeSeed } from "../support/seed.ts";

/** How many are run; `COMMANDS=` in the environment asks for more. */
const COMMAND_COUNT = Number(Deno.env.get("COMMANDS") ?? 2500);
/** Among so many commands there is one transaction. */
const TRANSACTION_RARITY = 40;
const TRANSACTION_COMMANDS_MAX = 6;
/** Among so many commands all data goes once, so that keys are new again. */
const FLUSH_RARITY = 500;

differential("random commands are told alike", async (both) => {
  const random = new SeededRandom(takeSeed("random notifications"));
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  const events = await KeyEvents.follow(both);
  for (let count = 0; count < COMMAND_COUNT; count++) {
    const isTransaction = random.below(TRANSACTION_RARITY) === 0;
    if (isTransaction) await both.same("MULTI");
    let left = isTransaction ? 1 + random.below(TRANSACTION_COMMANDS_MAX) : 1;
    for (; left > 0; left--) await both.send(...randomCommand(random).args);
    if (isTransaction) await both.send("EXEC");
    if (random.below(FLUSH_RARITY) === 0) await both.same("FLUSHALL");
    await events.compare();
  }
  assert(events.messageCount > COMMAND_COUNT / 5, "Hardly anything is told");
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
}, { config: { ...RANDOM_CONFIG, "notify-keyspace-events": "" } });
