/**
 * LATENCY beside real Redis.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";

/** A command of 200 ms is a spike, shorter ones aren't, so that a busy machine makes none. */
const MONITORED = { config: { "latency-monitor-threshold": "150" } };
const RESETTABLE = ["command", "fast-command"];

differential("LATENCY refuses what it does not know", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "LATENCY");
  await both.bothRefuse("ERR unknown subcommand", "LATENCY", "NOSUCH");
  for (const subcommand of ["DOCTOR", "HELP", "LATEST"]) {
    await both.bothRefuse("ERR wrong number of arguments", "LATENCY", subcommand, "x");
  }
  for (const subcommand of ["GRAPH", "HISTORY"]) {
    await both.bothRefuse("ERR wrong number of arguments", "LATENCY", subcommand);
    await both.bothRefuse("ERR wrong number of arguments", "LATENCY", subcommand, "a", "b");
  }
});

differential("LATENCY HELP lists its subcommands", async (both) => {
  await both.same("LATENCY", "HELP");
});

differential("LATENCY tells of nothing where nothing was slow", async (both) => {
  await both.send("LATENCY", "RESET");
  await both.same("LATENCY", "LATEST");
  await both.same("LATENCY", "HISTORY", "command");
  await both.same("LATENCY", "HISTORY", "nosuch");
  await both.bothRefuse("ERR No samples available", "LATENCY", "GRAPH", "command");
  await both.bothRefuse("ERR No samples available", "LATENCY", "GRAPH", "no such\r\n");
  await both.same("LATENCY", "RESET");
  await both.same("LATENCY", "RESET", "command", "nosuch");
  await both.same("LATENCY", "DOCTOR");
  await both.same("CONFIG", "SET", "latency-monitor-threshold", "1000000");
  await both.same("LATENCY", "DOCTOR");
  await both.same("CONFIG", "SET", "latency-monitor-threshold", "0");
});

differential("LATENCY remembers a slow command", async (both) => {
  await both.send("LATENCY", "RESET");
  await both.same("DEBUG", "SLEEP", "0.2");
  await both.sameOutcome("events", async (client) => {
    const events = plainOf(await client.command("LATENCY", "LATEST")) as unknown[][];
    return events.map(([event, second, lastMs, worstMs]) => [
      event,
      Math.abs(Number(second) - Date.now() / 1000) < 60,
      Number(worstMs) >= 200 && Number(worstMs) >= Number(lastMs),
    ]).filter(([event]) => event === "command");
  });
  await both.sameShape("LATENCY", "HISTORY", "command");
  await both.sameShape("LATENCY", "GRAPH", "command");
  await both.sameShape("LATENCY", "DOCTOR");
  await both.same("LATENCY", "RESET", ...RESETTABLE);
  await both.same("LATENCY", "HISTORY", "command");
}, MONITORED);

differential("LATENCY HISTOGRAM counts calls of commands that were called", async (both) => {
  await both.same("CONFIG", "RESETSTAT");
  await both.same("SET", "key", "value");
  for (let count = 0; count < 5; count++) await both.same("GET", "key");
  await both.same("CONFIG", "GET", "maxmemory");
  await both.sameOutcome("calls by command", async (client) => {
    const calls: [string, unknown][] = [];
    for (const words of [["get", "SET", "nosuch"], ["config"], ["config|get"], ["append"], []]) {
      const histogram = pairsOf(plainOf(await client.command("LATENCY", "HISTOGRAM", ...words)));
      const counted = histogram.map(([name, figures]): [string, unknown] => {
        const [calls, buckets] = pairsOf(figures);
        const last = pairsOf(buckets[1]).at(-1);
        return [name, [calls, buckets[0], last?.[1]]];
      }).filter(([name]) => !name.startsWith("latency"));
      calls.push(...counted.sort(([left], [right]) => left < right ? -1 : 1));
    }
    return calls;
  });
  await both.same("LATENCY", "HISTOGRAM", "nosuch");
  await both.same("LATENCY", "HISTOGRAM", "");
});

/** A map's pairs: those of RESP3, or what RESP2 has in a row. */
function pairsOf(plain: unknown): [string, unknown][] {
  const flat = plain as unknown[];
  if (Array.isArray(flat[0])) return flat as [string, unknown][];
  return flat.flatMap((item, index) => index % 2 === 0 ? [[String(item), flat[index + 1]]] : []);
}
