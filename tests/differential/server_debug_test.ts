/**
 * DEBUG beside real Redis: the actions that both have.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { plainOf } from "../support/reply.ts";

const TYPES = [
  ...["string", "integer", "double", "bignum", "null", "array", "set", "map", "attrib"],
  ...["verbatim", "true", "false", "STRING", "Map", "nosuch", ""],
];

differential("DEBUG PROTOCOL replies each kind", async (both) => {
  for (const type of TYPES) await both.same("DEBUG", "PROTOCOL", type);
});

differential("DEBUG PROTOCOL push is refused in RESP2", async (both) => {
  await both.bothRefuse("ERR RESP2 is not supported", "DEBUG", "PROTOCOL", "push");
}, { protocols: [2] });

differential("DEBUG PROTOCOL push comes before a reply", async (both) => {
  await both.same("DEBUG", "PROTOCOL", "push");
  await both.sameNext();
}, { protocols: [3] });

differential("DEBUG refuses what it does not know", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "DEBUG");
  await both.bothRefuse("ERR unknown subcommand", "DEBUG", "nosuch");
  await both.bothRefuse("ERR unknown subcommand", "DEBUG", "");
  await both.bothRefuse("ERR unknown subcommand", "DEBUG", "constructor");
  for (
    const action of [
      ...["CHANGE-REPL-ID", "HELP", "STRINGMATCH-TEST"].map((name) => [name, "x"]),
      ...["ERROR", "LOG", "HTSTATS", "HTSTATS-KEY", "OBJECT", "POPULATE", "PROTOCOL", "SLEEP"],
      ...["SET-ACTIVE-EXPIRE", "PAUSE-CRON", "REPLYBUFFER", "SET-DISABLE-DENY-SCRIPTS"],
      ["REPLYBUFFER", "nosuch", "1"],
    ]
  ) {
    await both.bothRefuse("ERR unknown subcommand", "DEBUG", ...[action].flat());
  }
});

differential("DEBUG ERROR replies any error, which is not counted as one", async (both) => {
  await both.same("CONFIG", "RESETSTAT");
  for (const text of ["ERR oops", "oops", "MYCODE two words", "a\r\nb", "", " lead", "\xff"]) {
    await both.same("DEBUG", "ERROR", text);
  }
  await both.sameOutcome("counters of errors", async (client) => {
    const info = plainOf(await client.command("INFO", "everything")) as string;
    return info.match(/total_error_replies:.*|errorstat_ERR.*|cmdstat_debug:.*/g)?.map((line) =>
      line.replace(/usec=.*?,usec_per_call=.*?,/, "")
    );
  });
});

differential("DEBUG counts a look-up of its key as Redis does", async (both) => {
  await both.same("SET", "word", "1");
  for (const action of ["HTSTATS-KEY", "LISTPACK", "QUICKLIST", "OBJECT", "DIGEST-VALUE"]) {
    await both.same("CONFIG", "RESETSTAT");
    for (const key of ["word", "absent"]) await both.send("DEBUG", action, key);
    await both.sameOutcome("hits and misses", async (client) => {
      const info = plainOf(await client.command("INFO", "stats")) as string;
      return info.match(/keyspace_.*/g);
    });
  }
});

differential("DEBUG replies OK to what test suites set", async (both) => {
  await both.same("DEBUG", "LOG", "hello");
  await both.same("DEBUG", "CHANGE-REPL-ID");
  await both.same("DEBUG", "SLEEP", "0.001");
  await both.same("DEBUG", "SLEEP", "nosuch");
  await both.same("DEBUG", "PAUSE-CRON", "1");
  await both.same("DEBUG", "PAUSE-CRON", "0");
  await both.same("DEBUG", "SET-DISABLE-DENY-SCRIPTS", "0");
  await both.same("DEBUG", "REPLYBUFFER", "RESIZING", "1");
  await both.same("DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "never");
  await both.same("DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "reset");
  await both.bothRefuse("ERR value is not", "DEBUG", "REPLYBUFFER", "PEAK-RESET-TIME", "x");
  for (const size of ["100", "1kb", "4gb", "5gb", "-1", "x", "", "0"]) {
    await both.same("DEBUG", "QUICKLIST-PACKED-THRESHOLD", size);
  }
});

differential(
  "DEBUG SET-ACTIVE-EXPIRE leaves expired keys until they are looked at",
  async (both) => {
    await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    await both.same("SET", "key", "value", "PX", "1");
    await both.send("DEBUG", "SLEEP", "0.3");
    await both.same("DBSIZE");
    await both.same("GET", "key");
    await both.same("DBSIZE");
    await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
  },
);

differential("DEBUG POPULATE makes keys that are not there", async (both) => {
  await both.same("SET", "key:1", "mine");
  await both.same("DEBUG", "POPULATE", "3");
  await both.same("MGET", "key:0", "key:1", "key:2", "key:3");
  await both.same("DEBUG", "POPULATE", "2", "other");
  await both.same("MGET", "other:0", "other:1");
  await both.same("DEBUG", "POPULATE", "2", "large", "20");
  await both.same("DEBUG", "POPULATE", "2", "small", "3");
  await both.same("MGET", "large:1", "small:1");
  await both.same("OBJECT", "ENCODING", "large:1");
  await both.same("DEBUG", "POPULATE", "0");
  for (const words of [["-1"], ["x"], ["2", "p", "-5"], ["2", "p", "x"], [""]]) {
    await both.bothRefuse("ERR value is out of range", "DEBUG", "POPULATE", ...words);
  }
  await both.same("DBSIZE");
});

differential("DEBUG OBJECT tells how a value is stored", async (both) => {
  for (const value of ["1", "-129", "70000", "3000000000", "word", "w".repeat(64)]) {
    await both.same("SET", "key", value);
    await both.sameOutcome("encoding and length", async (client) => {
      const text = plainOf(await client.command("DEBUG", "OBJECT", "key")) as string;
      // Addresses and ages differ.
      return text.replace(/at:0x[0-9a-f]+/, "").replace(/lru:.*/, "");
    });
  }
  await both.bothRefuse("ERR no such key", "DEBUG", "OBJECT", "absent");
});

differential("DEBUG HTSTATS and HTSTATS-KEY report on tables", async (both) => {
  await both.sameShape("DEBUG", "HTSTATS", "0");
  await both.same("SET", "key", "value");
  await both.sameShape("DEBUG", "HTSTATS", "0");
  await both.sameOutcome("number of elements", async (client) => {
    const text = plainOf(await client.command("DEBUG", "HTSTATS", "0")) as string;
    return /number of elements: \d+/.exec(text)?.[0];
  });
  await both.bothRefuse("ERR Out of range database", "DEBUG", "HTSTATS", "16");
  await both.bothRefuse("ERR Out of range database", "DEBUG", "HTSTATS", "-1");
  await both.bothRefuse("ERR value is not an integer", "DEBUG", "HTSTATS", "x");
  await both.bothRefuse("ERR no such key", "DEBUG", "HTSTATS-KEY", "absent");
  await both.bothRefuse("ERR The value stored", "DEBUG", "HTSTATS-KEY", "key");
});

differential("DEBUG HELP lists in Redis' words what there is", async (both) => {
  const { redis, easyredis } = await both.send("DEBUG", "HELP");
  const theirs = plainOf(redis) as string[], ours = plainOf(easyredis) as string[];
  const unknown = ours.filter((line) => !theirs.includes(line));
  if (unknown.length > 0) throw new Error(`DEBUG HELP has other lines than Redis: ${unknown}`);
});
