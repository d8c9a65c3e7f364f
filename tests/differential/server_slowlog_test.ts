/**
 * SLOWLOG beside real Redis.
 *
 * @module
 */

import { beginBlocked } from "../support/blocked.ts";
import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

/** Every command is slow. */
const ALL_SLOW = { config: { "slowlog-log-slower-than": "0" } };

differential("SLOWLOG refuses what it does not know", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "SLOWLOG");
  await both.bothRefuse("ERR unknown subcommand", "SLOWLOG", "NOSUCH");
  for (const subcommand of ["HELP", "LEN", "RESET"]) {
    await both.bothRefuse("ERR wrong number of arguments", "SLOWLOG", subcommand, "x");
  }
  await both.bothRefuse("ERR", "SLOWLOG", "GET", "-2");
  await both.bothRefuse("ERR", "SLOWLOG", "GET", "x");
  await both.bothRefuse("ERR", "SLOWLOG", "GET", "9223372036854775808");
  await both.bothRefuse("ERR", "SLOWLOG", "GET", "1", "2");
});

differential("SLOWLOG HELP lists its subcommands", async (both) => {
  await both.same("SLOWLOG", "HELP");
});

differential("SLOWLOG GET shows the latest commands first", async (both) => {
  await both.same("CLIENT", "SETNAME", "tester");
  await both.same("SLOWLOG", "RESET");
  await both.same("SET", "key", "value");
  await both.same("GET", "\xff\x00 key");
  await both.bothRefuse("ERR", "INCR", "key");
  await both.sameOutcome("commands", commandsOf);
  await both.same("SLOWLOG", "GET", "0");
  await both.sameShape("SLOWLOG", "GET", "2");
  await both.sameShape("SLOWLOG", "GET", "-1");
  await both.sameOutcome("names", async (client) => {
    const entries = plainOf(await client.command("SLOWLOG", "GET")) as unknown[][];
    return entries.map((entry) => entry[5]);
  });
}, ALL_SLOW);

differential("SLOWLOG GET cuts long arguments and long lists of them", async (both) => {
  await both.same("SLOWLOG", "RESET");
  await both.same("SET", "key", "v".repeat(128));
  await both.same("SET", "key", "v".repeat(129));
  await both.same("SET", "key", "v".repeat(10_000));
  for (const keyCount of [31, 32, 100]) {
    await both.same("MGET", ...Array.from({ length: keyCount }, (_, index) => `k${index}`));
  }
  await both.sameOutcome("commands", commandsOf);
}, ALL_SLOW);

differential("SLOWLOG keeps slowlog-max-len entries", async (both) => {
  await both.same("SLOWLOG", "RESET");
  for (let count = 0; count < 8; count++) await both.same("GET", `key${count}`);
  await both.same("SLOWLOG", "LEN");
  await both.sameOutcome("commands", commandsOf);
  await both.same("CONFIG", "SET", "slowlog-max-len", "1");
  await both.same("GET", "last");
  await both.same("SLOWLOG", "LEN");
}, { config: { "slowlog-log-slower-than": "0", "slowlog-max-len": "5" } });

differential("SLOWLOG stays empty where nothing is slow", async (both) => {
  await both.same("SLOWLOG", "RESET");
  await both.same("GET", "key");
  await both.same("SLOWLOG", "LEN");
  await both.same("SLOWLOG", "GET");
}, { config: { "slowlog-log-slower-than": "-1" } });

for (const ways of [["TIMEOUT"], ["ERROR"], []]) {
  differential(
    `CLIENT UNBLOCK ${ways} counts a command whose words are forgotten`,
    async (both) => {
      await both.same("CONFIG", "RESETSTAT");
      const waiter = await beginBlocked(both, "BLPOP", "list", "0");
      await both.same("SLOWLOG", "RESET");
      await both.sameOutcome("unblock", async (client) => {
        const id = /id=(\d+) .* cmd=blpop /.exec(String(await client.value("CLIENT", "LIST")))![1];
        return await client.value("CLIENT", "UNBLOCK", id, ...ways);
      });
      await waiter.sameNext();
      await both.sameOutcome("entries without words", async (client) => {
        return (await commandsOf(client)).filter((words) => (words as string[]).length === 0);
      });
      await both.sameOutcome("what was counted", async (client) => {
        const [, [, calls]] = plainOf(
          await client.command("LATENCY", "HISTOGRAM", "blpop"),
        ) as unknown as [string, unknown[]];
        const stats = String(await client.value("INFO", "commandstats", "errorstats"));
        return [
          calls,
          /cmdstat_blpop:.*,(rejected.*)/.exec(stats)![1],
          /errorstat_.*/.exec(stats)?.[0],
        ];
      });
    },
    { ...ALL_SLOW, protocols: [2] },
  );
}

differential("SLOWLOG shows the $ of an XREAD that has waited", async (both) => {
  const waiter = await beginBlocked(both, "XREAD", "BLOCK", "0", "STREAMS", "stream", "$");
  await both.same("SLOWLOG", "RESET");
  await both.same("XADD", "stream", "5-1", "field", "value");
  await waiter.sameNext();
  await both.sameOutcome("commands", async (client) => {
    return (await commandsOf(client)).filter((words) => (words as string[])[0] === "XREAD");
  });
}, ALL_SLOW);

/** The arguments of all entries, the latest first. */
async function commandsOf(client: RespClient): Promise<unknown[]> {
  const entries = plainOf(await client.command("SLOWLOG", "GET", "-1")) as unknown[][];
  return entries.map((entry) => entry[3]);
}

differential("SLOWLOG shows a fast command that was given a lot to do", async (both) => {
  await both.same("SLOWLOG", "RESET");
  for (const prefix of ["a", "b"]) {
    const members = Array.from({ length: 30_000 }, (_, index) => prefix + index);
    await both.same("SADD", "key", ...members);
  }
  await both.send("SPOP", "key", "40000");
  await both.sameOutcome("names", async (client) => {
    const entries = plainOf(await client.command("SLOWLOG", "GET")) as unknown[][];
    return entries.map((entry) => (entry[3] as string[])[0]).filter((name) =>
      /^S(ADD|POP)/.test(name)
    );
  });
}, { config: { "slowlog-log-slower-than": "200" }, protocols: [2] });
