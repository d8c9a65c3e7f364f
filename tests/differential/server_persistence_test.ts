/**
 * BGSAVE, DEBUG RELOAD, LASTSAVE and SAVE beside real Redis, as far as they write no file.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";

differential("SAVE, BGSAVE and LASTSAVE refuse what they don't know", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "SAVE", "x");
  await both.bothRefuse("ERR wrong number of arguments", "LASTSAVE", "x");
  await both.bothRefuse("ERR syntax error", "BGSAVE", "x");
  await both.bothRefuse("ERR syntax error", "BGSAVE", "SCHEDULE", "x");
  await both.bothRefuse("ERR DEBUG RELOAD only supports", "DEBUG", "RELOAD", "x");
  await both.bothRefuse("ERR DEBUG RELOAD only supports", "DEBUG", "RELOAD", "NOSAVE", "x");
});

differential("SAVE is refused in a transaction", async (both) => {
  await both.same("MULTI");
  await both.bothRefuse("ERR Command not allowed inside a transaction", "SAVE");
  await both.bothRefuse("EXECABORT", "EXEC");
});

differential("LASTSAVE tells of the start before anything is saved", async (both) => {
  await both.sameShape("LASTSAVE");
  await both.sameOutcome("whether it is a moment of the last hour", async (client) => {
    const seconds = plainOf(await client.command("LASTSAVE")) as number;
    return Math.abs(Date.now() / 1000 - seconds) < 3600;
  });
});
