/**
 * CONFIG beside real Redis. What values each directive takes is in config_values_test.ts.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";

differential("CONFIG refuses what it does not know", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "CONFIG");
  await both.bothRefuse("ERR unknown subcommand", "CONFIG", "NOSUCH");
  await both.bothRefuse("ERR unknown subcommand", "CONFIG", "NOSUCH", "a", "b");
  await both.bothRefuse("ERR wrong number of arguments", "CONFIG", "GET");
  await both.bothRefuse("ERR wrong number of arguments", "CONFIG", "SET");
  await both.bothRefuse("ERR wrong number of arguments", "CONFIG", "SET", "timeout");
  for (const subcommand of ["REWRITE", "RESETSTAT", "HELP"]) {
    await both.bothRefuse("ERR wrong number of arguments", "CONFIG", subcommand, "x");
  }
});

differential("CONFIG HELP lists its subcommands", async (both) => {
  await both.same("CONFIG", "HELP");
  await both.same("config", "help");
});

differential("CONFIG GET replies names and values that match", async (both) => {
  await both.same("CONFIG", "GET", "maxmemory");
  await both.same("CONFIG", "GET", "MaxMemory");
  await both.same("config", "get", "nosuch");
  await both.same("CONFIG", "GET", "");
  await both.sameUnorderedPairs("CONFIG", "GET", "maxmemory*");
  await both.sameUnorderedPairs("CONFIG", "GET", "hz", "maxm*", "hz", "MAXMEMORY");
  await both.sameUnorderedPairs("CONFIG", "GET", "slowlog-??????", "[ab]of-rewrite*");
  await both.same("CONFIG", "GET", "\xff\x00");
});

differential("CONFIG SET changes several directives or none", async (both) => {
  await both.same("CONFIG", "SET", "timeout", "100", "slowlog-max-len", "77");
  await both.sameUnorderedPairs("CONFIG", "GET", "timeout", "slowlog-max-len");
  await both.bothRefuse("ERR", "CONFIG", "SET", "timeout", "200", "slowlog-max-len", "abc");
  await both.bothRefuse("ERR", "CONFIG", "SET", "timeout", "200", "nosuch", "1");
  await both.bothRefuse("ERR", "CONFIG", "SET", "timeout", "200", "TIMEOUT", "300");
  await both.bothRefuse("ERR syntax error", "CONFIG", "SET", "timeout", "200", "slowlog-max-len");
  await both.bothRefuse("ERR", "CONFIG", "SET", "databases", "3");
  await both.bothRefuse("ERR", "CONFIG", "SET", "enable-debug-command", "no");
  await both.bothRefuse("ERR", "CONFIG", "SET", "", "");
  await both.sameUnorderedPairs("CONFIG", "GET", "timeout", "slowlog-max-len");
  await both.same("CONFIG", "SET", "TimeOut", "0", "slowlog-max-len", "128");
  await both.sameUnorderedPairs("CONFIG", "GET", "timeout", "slowlog-max-len");
});

differential(
  "values and patterns end at a zero byte, but where Redis knows their length",
  async (both) => {
    for (
      const [name, value, after] of [
        ["requirepass", "\0b", ""],
        ["masterauth", "a\0b", ""],
        ["maxmemory", "100mb\0x", "0"],
        ["maxmemory", "\0", "0"],
        ["timeout", "5\0", "0"],
        ["appendonly", "no\0x", "no"],
        ["notify-keyspace-events", "K\0E", ""],
        ["save", "900 1\0 5 2", ""],
        ["save", "\0", ""],
        ["loglevel", "notice\0x", "notice"],
        ["maxmemory-policy", "allkeys-lru\0", "noeviction"],
        ["client-output-buffer-limit", "normal 1\0 2 3\0", "normal 0 0 0"],
        ["cluster-announce-ip", "a\0b", ""],
        ["latency-tracking-info-percentiles", "50\0x", "50 99 99.9"],
        ["oom-score-adj-values", "1 2 3\0", "0 200 800"],
        ["maxmemory-clients", "5%\0", "0"],
        ["maxmemory-clients", "100mb\0%", "0"],
        ["shutdown-on-sigterm", "now\0x force", "default"],
        ["dbfilename", "a\0/b", "dump.rdb"],
      ] as const
    ) {
      await both.same("CONFIG", "SET", name, value);
      await both.same("CONFIG", "GET", name);
      await both.send("CONFIG", "SET", name, after);
    }
    for (const name of ["time\0out", "\0timeout", "timeout\0"]) {
      await both.bothRefuse("ERR Unknown option", "CONFIG", "SET", name, "0");
      await both.same("CONFIG", "GET", name);
    }
    await both.sameUnorderedPairs("CONFIG", "GET", "maxm*\0x", "\0*");
  },
);

differential("CONFIG SET refuses protected directives unless they are enabled", async (both) => {
  await both.bothRefuse("ERR", "CONFIG", "SET", "dbfilename", "other.rdb");
  await both.bothRefuse("ERR", "CONFIG", "SET", "enable-protected-configs", "yes");
});

differential("CONFIG REWRITE needs a configuration file", async (both) => {
  await both.sameOutcome("whether REWRITE is refused without a file", async (client) => {
    const path = plainOf(await client.command("INFO", "server")) as string;
    if (!path.includes("config_file:\r\n")) return true;
    const reply = await client.command("CONFIG", "REWRITE");
    return reply.kind === "error" &&
      reply.text === "ERR The server is running without a config file";
  });
});

differential("CONFIG RESETSTAT starts the counters anew", async (both) => {
  await both.same("SET", "key", "value");
  await both.same("GET", "key");
  await both.same("GET", "absent");
  await both.bothRefuse("ERR", "NOSUCH");
  await both.same("CONFIG", "RESETSTAT");
  await both.sameOutcome("counters behind RESETSTAT", async (client) => {
    const text = plainOf(await client.command("INFO", "stats", "commandstats", "errorstats"));
    return ["keyspace_hits", "keyspace_misses", "total_error_replies", "total_connections_received"]
      .map((name) => fieldOf(text as string, name))
      .concat(fieldOf(text as string, "cmdstat_get"), fieldOf(text as string, "errorstat_ERR"));
  });
});

/** The value of a field of INFO; `undefined` when it is not there. */
function fieldOf(text: string, name: string): string | undefined {
  return text.split("\r\n").find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1);
}
