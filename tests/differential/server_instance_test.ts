/**
 * LOLWUT, ROLE, SHUTDOWN's refusals and TIME beside real Redis.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";

differential("TIME tells the time of the same clock", async (both) => {
  await both.sameShape("TIME");
  await both.bothRefuse("ERR wrong number of arguments", "TIME", "x");
  await both.sameOutcome("whether TIME is the machine's, to the microsecond", async (client) => {
    const [seconds, microseconds] = plainOf(await client.command("TIME")) as string[];
    const isInRange = Number(microseconds) >= 0 && Number(microseconds) < 1_000_000;
    return isInRange && Math.abs(Date.now() / 1000 - Number(seconds)) < 60;
  });
});

differential("ROLE is that of a primary without replicas", async (both) => {
  await both.same("ROLE");
  await both.bothRefuse("ERR wrong number of arguments", "ROLE", "x");
});

differential("LOLWUT replies the version alone, unless a picture is asked for", async (both) => {
  for (const words of [[], ["x"], ["VERSION"], ["VERSION", "7"], ["version", "4", "x"]]) {
    await both.same("LOLWUT", ...words);
  }
});

differential("LOLWUT's pictures end with the version", async (both) => {
  for (const words of [["VERSION", "5"], ["version", "6", "20", "10"]]) {
    await both.sameShape("LOLWUT", ...words);
    await both.sameOutcome("last words", async (client) => {
      const text = plainOf(await client.command("LOLWUT", ...words)) as string;
      return /Redis ver\. [0-9.]+\n$/.exec(text)?.[0];
    });
  }
  await both.bothRefuse("ERR value is not an integer", "LOLWUT", "VERSION", "x");
  await both.bothRefuse("ERR value is not an integer", "LOLWUT", "VERSION", "5", "x");
  await both.bothRefuse("ERR value is not an integer", "LOLWUT", "VERSION", "5", "66", "8", "x");
});

differential("SHUTDOWN refuses contradictions", async (both) => {
  for (
    const words of [
      ["NOW", "LATER"],
      ["SAVE", "NOSAVE"],
      ["ABORT", "NOW"],
      ["ABORT", "FORCE"],
      ["nosave", "abort"],
      [""],
    ]
  ) {
    await both.bothRefuse("ERR syntax error", "SHUTDOWN", ...words);
  }
  await both.bothRefuse("ERR No shutdown in progress.", "SHUTDOWN", "ABORT");
  await both.bothRefuse("ERR No shutdown in progress.", "SHUTDOWN", "abort", "ABORT");
  await both.same("PING");
});
