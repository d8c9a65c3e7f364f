/**
 * MEMORY beside real Redis. What memory is used for differs, so figures are not compared.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

differential("MEMORY refuses what it does not know", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "MEMORY");
  await both.bothRefuse("ERR unknown subcommand", "MEMORY", "NOSUCH");
  await both.bothRefuse("ERR wrong number of arguments", "MEMORY", "USAGE");
  for (const subcommand of ["DOCTOR", "HELP", "MALLOC-STATS", "PURGE", "STATS"]) {
    await both.bothRefuse("ERR wrong number of arguments", "MEMORY", subcommand, "x");
  }
});

differential("MEMORY HELP lists its subcommands", async (both) => {
  await both.same("MEMORY", "HELP");
});

differential("MEMORY USAGE replies bytes, or nil for an absent key", async (both) => {
  await both.same("MEMORY", "USAGE", "absent");
  await both.same("MEMORY", "USAGE", "absent", "SAMPLES", "0");
  await both.same("SET", "key", "value");
  await both.sameShape("MEMORY", "USAGE", "key");
  await both.sameShape("MEMORY", "USAGE", "key", "samples", "5", "SAMPLES", "0");
  await both.bothRefuse("ERR syntax error", "MEMORY", "USAGE", "key", "SAMPLES");
  await both.bothRefuse("ERR syntax error", "MEMORY", "USAGE", "key", "SAMPLES", "-1");
  await both.bothRefuse("ERR syntax error", "MEMORY", "USAGE", "key", "NOSUCH", "1");
  await both.bothRefuse("ERR value is not", "MEMORY", "USAGE", "key", "SAMPLES", "x");
  await both.bothRefuse("ERR value is not", "MEMORY", "USAGE", "absent", "SAMPLES", "x");
});

differential("MEMORY USAGE grows with the value", async (both) => {
  await both.same("SET", "small", "v".repeat(10));
  await both.same("SET", "large", "v".repeat(100_000));
  await both.sameOutcome("whether the larger takes its bytes more", async (client) => {
    const [small, large] = [await usageOf(client, "small"), await usageOf(client, "large")];
    return large - small > 90_000 && large < 150_000 && small < 200;
  });
});

differential("MEMORY STATS has the same figures", async (both) => {
  await both.same("MSET", "a", "1", "b", "2");
  await both.same("SELECT", "3");
  await both.same("SET", "c", "3");
  await both.sameShape("MEMORY", "STATS");
  await both.sameOutcome("names, and the count of keys", async (client) => {
    const stats = pairsOf(plainOf(await client.command("MEMORY", "STATS")));
    return [stats.map(([name]) => name), stats.find(([name]) => name === "keys.count")];
  });
});

differential("MEMORY PURGE replies OK", async (both) => {
  await both.same("MEMORY", "PURGE");
});

differential("MEMORY DOCTOR and MALLOC-STATS reply texts", async (both) => {
  await both.same("MEMORY", "DOCTOR"); // about next to no data
  await both.sameShape("MEMORY", "MALLOC-STATS");
});

async function usageOf(client: RespClient, key: string): Promise<number> {
  return Number(plainOf(await client.command("MEMORY", "USAGE", key)));
}

/** A map's pairs: those of RESP3, or what RESP2 has in a row. */
function pairsOf(plain: unknown): [string, unknown][] {
  const flat = plain as unknown[];
  if (Array.isArray(flat[0])) return flat as [string, unknown][];
  return flat.flatMap((item, index) => index % 2 === 0 ? [[String(item), flat[index + 1]]] : []);
}
