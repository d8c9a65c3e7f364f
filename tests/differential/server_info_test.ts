/**
 * INFO beside real Redis: the same sections, and in each the same fields.
 *
 * @module
 */

import { beginBlocked, blockOn } from "../support/blocked.ts";
import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

/** Fields that only one of the two has, and why. */
const OWN_FIELDS: Readonly<Record<string, string>> = {
  "atomicvar_api": "Redis is compiled C; there are no such variables here",
  "gcc_version": "Redis is compiled C; there is no such compiler here",
  "easyredis_version": "ours beside the version of Redis that clients look for",
};

/** Ways to ask, whatever the order of words. */
const QUESTIONS: readonly (readonly string[])[] = [
  [],
  ["default"],
  ["all"],
  ["everything"],
  ["server"],
  ["SERVER", "cpu"],
  ["cpu", "server"],
  ["cpu", "cpu", "CPU"],
  ["modules"],
  ["module_list"],
  ["default", "commandstats"],
  ["all", "nosuch"],
  ["nosuch"],
  ["nosuch", "keyspace"],
  ["latencystats", "errorstats"],
  ["", "keyspace"],
];

for (const question of QUESTIONS) {
  differential(`INFO ${question.join(" ")} has the same sections and fields`, async (both) => {
    await both.same("SET", "key", "value", "EX", "1000");
    await both.same("CONFIG", "RESETSTAT");
    await both.same("GET", "key");
    await both.bothRefuse("ERR", "SET", "key");
    await both.sameOutcome("fields by section", async (client) => {
      const sections = await sectionsOf(client, ...question);
      return Object.fromEntries(
        Object.entries(sections).map(([title, fields]) => [title, [...fields.keys()].sort()]),
      );
    });
  });
}

differential("INFO replies a verbatim string", async (both) => {
  await both.sameShape("INFO");
  await both.sameShape("INFO", "everything");
  await both.same("INFO", "nosuch");
  await both.same("INFO", "cluster");
  await both.same("INFO", "modules");
});

differential("INFO keyspace tells keys and expiries of each database", async (both) => {
  await both.same("INFO", "keyspace");
  await both.same("MSET", "a", "1", "b", "2");
  await both.same("SELECT", "9");
  await both.same("SET", "c", "3", "EX", "1000");
  await both.same("SET", "d", "4");
  await both.sameOutcome("keys and expiries", async (client) => {
    const { Keyspace } = await sectionsOf(client, "keyspace");
    return [...Keyspace].map(([name, value]) => [name, value.replace(/avg_ttl=.*/, "")]);
  });
});

differential("INFO counts hits, misses and errors", async (both) => {
  await both.same("CONFIG", "RESETSTAT");
  await both.same("MSET", "a", "1", "b", "2");
  await both.same("MGET", "a", "b", "absent");
  await both.same("SET", "gone", "1", "PX", "1");
  await both.bothRefuse("ERR", "NOSUCH");
  await both.bothRefuse("ERR", "GET");
  await both.bothRefuse("ERR", "INCRBY", "a", "x");
  await both.sameOutcome("counters", async (client) => {
    const { Stats, Errorstats, Commandstats } = await sectionsOf(client, "all");
    return [
      ...["keyspace_hits", "keyspace_misses", "total_error_replies", "evicted_keys"]
        .map((name) => Stats.get(name)),
      ...Errorstats,
      ...["mget", "get", "incrby", "set"].map((name) =>
        Commandstats.get(`cmdstat_${name}`)?.replace(/usec=.*?,usec_per_call=.*?,/, "")
      ),
    ];
  });
});

differential("INFO counts for whom a wait began and ended", async (both) => {
  await both.same("CONFIG", "RESETSTAT");
  const reader = await beginBlocked(both, ..."XREAD BLOCK 0 STREAMS a b $ $".split(" "));
  await both.same("XADD", "b", "1-1", "f", "v");
  await reader.sameNext();
  await both.same("XGROUP", "CREATE", "b", "g", "$");
  await blockOn(both, reader, ..."XREADGROUP GROUP g c BLOCK 0 STREAMS b >".split(" "));
  await both.same("XADD", "b", "1-2", "f", "v");
  await reader.sameNext();
  await both.same("SADD", "s", "member");
  await both.same("SPOP", "s", "2");
  await both.bothRefuse("ERR unknown subcommand", "OBJECT", "NOSUCH");
  await blockOn(both, reader, "BLPOP", "list", "0");
  await both.sameOutcome("CLIENT UNBLOCK", async (client) => {
    const list = String(await client.value("CLIENT", "LIST"));
    const id = /id=(\d+) .* cmd=blpop /.exec(list)![1];
    return await client.value("CLIENT", "UNBLOCK", id, "ERROR");
  });
  await reader.sameNext();
  await both.sameOutcome("counters", async (client) => {
    const { Stats, Commandstats } = await sectionsOf(client, "all");
    return [
      ...["keyspace_hits", "keyspace_misses", "total_error_replies"].map((name) => Stats.get(name)),
      ...["blpop", "client|unblock", "object", "spop", "xread", "xreadgroup"].map((name) =>
        Commandstats.get(`cmdstat_${name}`)?.replace(/usec=.*?,usec_per_call=.*?,/, "")
      ),
    ];
  });
});

differential("INFO counts a hit for each key that SCAN looks at for its TYPE", async (both) => {
  await both.same("MSET", "a", "1", "b", "2", "other", "3");
  await both.same("RPUSH", "list", "1");
  const scans = [[], ["TYPE", "list"], ["TYPE", "nosuch"], ["MATCH", "?", "TYPE", "string"]];
  for (const options of scans) {
    await both.same("CONFIG", "RESETSTAT");
    await both.send("SCAN", "0", "COUNT", "1000", ...options);
    await both.sameOutcome("hits", async (client) => {
      const { Stats } = await sectionsOf(client, "stats");
      return [Stats.get("keyspace_hits"), Stats.get("keyspace_misses")];
    });
  }
});

differential("INFO latencystats follows its directives", async (both) => {
  await both.same("CONFIG", "RESETSTAT");
  await both.same("GET", "a");
  await both.same("CONFIG", "SET", "latency-tracking-info-percentiles", "50 99.5 100");
  await both.sameOutcome("percentiles", latencyFields);
  await both.same("CONFIG", "SET", "latency-tracking-info-percentiles", "");
  await both.sameOutcome("percentiles", latencyFields);
  await both.same("CONFIG", "SET", "latency-tracking-info-percentiles", "50 99 99.9");
  await both.same("CONFIG", "SET", "latency-tracking", "no");
  await both.sameOutcome("percentiles", latencyFields);
  await both.same("CONFIG", "SET", "latency-tracking", "yes");
});

/** The names of percentiles that are shown of GET. */
async function latencyFields(client: RespClient): Promise<string | undefined> {
  const { Latencystats } = await sectionsOf(client, "latencystats");
  return Latencystats.get("latency_percentiles_usec_get")?.replace(/=[0-9.]+/g, "");
}

/** Fields and values by section, without those that only one server has. */
async function sectionsOf(
  client: RespClient,
  ...question: readonly string[]
): Promise<Record<string, Map<string, string>>> {
  const text = plainOf(await client.command("INFO", ...question)) as string;
  const sections: Record<string, Map<string, string>> = {};
  let fields = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    if (line.startsWith("# ")) sections[line.slice(2)] = fields = new Map();
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    if (colon > 0 && OWN_FIELDS[name] === undefined) fields.set(name, line.slice(colon + 1));
  }
  return sections;
}
