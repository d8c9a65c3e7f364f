/**
 * MULTI, EXEC, DISCARD against real Redis: what is queued, what is refused, what runs.
 *
 * @module
 */

import type { Both } from "../support/both.ts";
import { beginBlocked } from "../support/blocked.ts";
import { differential } from "../support/differential.ts";
import type { RespClient } from "../support/resp_client.ts";

/** HELLO tells the client's number, which counts what other tests connected. */
const CLIENT_COUNT_MAX = 1000;

/** A transaction of these requests. */
async function run(both: Both, ...requests: readonly (readonly string[])[]): Promise<void> {
  await both.same("MULTI");
  for (const request of requests) await both.same(...request);
  await both.same("EXEC");
}

/** Fields of the client's own line, before and in a transaction. */
async function fieldsOf(client: RespClient, name: string, ...fields: string[]): Promise<string[]> {
  const list = String(await client.value("CLIENT", "LIST"));
  const line = list.split("\n").find((line) => line.includes(` name=${name} `)) ?? "";
  return fields.map((field) => new RegExp(` ${field}=(\\S*)`).exec(line)?.[1] ?? "");
}

differential("EXEC runs what was queued", async (both) => {
  await run(both);
  await run(both, ["SET", "key", "value"], ["GET", "key"], ["DEL", "key"], ["EXISTS", "key"]);
  await run(both, ["get", "no key"], ["HSET", "hash", "field", "1"], ["HGETALL", "hash"]);
  await run(both, ["PING"], ["ECHO", "a"], ["UNWATCH"], ["HGETALL", "hash"]);
});

differential(
  "EXEC with a word that nobody knows is one with a wrong number of arguments",
  async (both) => {
    for (const words of [["now"], ["ROLLBACKS"], ["RB", "RB"]]) {
      await both.same("EXEC", ...words);
      await both.same("MULTI");
      await both.same("SET", "key", "value");
      await both.same("EXEC", ...words);
      await both.same("EXEC");
    }
    await both.same("COMMAND", "INFO", "exec");
  },
);

differential("HELLO in a transaction counts for the replies behind it", async (both) => {
  await both.same("HSET", "hash", "field", "1");
  for (const protocol of ["2", "3", "2"]) {
    await both.same("MULTI");
    for (const words of [["HELLO", protocol], ["HGETALL", "hash"], ["GET", "nothing"]]) {
      await both.same(...words);
    }
    await both.within(CLIENT_COUNT_MAX, "EXEC");
    await both.same("GET", "nothing");
  }
});

differential("a command that fails does not stop those behind it", async (both) => {
  await both.same("SET", "word", "text");
  await run(
    both,
    ["INCR", "word"],
    ["LPUSH", "word", "a"],
    ["SET", "word", "more"],
    ["SET", "word", "x", "NX", "XX"],
    ["GET", "word"],
  );
  await both.same("GET", "word");
});

differential("a refused request makes EXEC refuse all", async (both) => {
  const refused = [
    ["NONSENSE", "a"],
    ["GET"],
    ["CLIENT", "NONSENSE"],
    ["CLIENT"],
    ["SHUTDOWN", "NOSAVE"],
  ];
  for (const request of refused) {
    await both.same("MULTI");
    await both.same("SET", "key", "value");
    await both.same(...request);
    await both.same("SET", "key", "value");
    await both.same("EXEC");
    await both.same("GET", "key");
    await both.same("EXEC");
  }
});

differential(
  "MULTI within MULTI and WATCH within MULTI are errors that spoil nothing",
  async (both) => {
    await run(both, ["MULTI"], ["WATCH", "key"], ["SET", "key", "value"]);
    await both.same("GET", "key");
  },
);

differential("EXEC and DISCARD need MULTI", async (both) => {
  await both.bothRefuse("ERR EXEC without MULTI", "EXEC");
  await both.bothRefuse("ERR DISCARD without MULTI", "DISCARD");
  await both.same("MULTI");
  await both.same("SET", "key", "value");
  await both.same("DISCARD");
  await both.same("GET", "key");
  await both.bothRefuse("ERR EXEC without MULTI", "EXEC");
});

differential("commands of transactions refuse wrong arity", async (both) => {
  for (
    const words of [["MULTI", "a"], ["EXEC", "a"], ["DISCARD", "a"], ["WATCH"], ["UNWATCH", "a"]]
  ) {
    await both.same(...words);
    await both.same("MULTI");
    await both.same("SET", "key", words.join(" "));
    await both.same(...words);
    await both.same("EXEC");
    await both.same("GET", "key");
  }
});

differential("QUIT and RESET run at once in a transaction", async (both) => {
  await both.same("MULTI");
  await both.same("SET", "key", "value");
  await both.same("RESET");
  await both.same("EXEC");
  await both.same("GET", "key");
  const other = await both.onSecondConnection();
  await other.same("MULTI");
  await other.same("SET", "key", "value");
  await other.begin("QUIT");
  await other.sameOutcome("all that comes", (client) => client.readToEnd());
  await both.same("GET", "key");
});

differential("SELECT in a transaction counts for what follows", async (both) => {
  await run(both, ["SET", "key", "0"], ["SELECT", "3"], ["SET", "key", "3"], ["SELECT", "77"]);
  await both.same("GET", "key");
  await run(both, ["SELECT", "0"], ["GET", "key"], ["SWAPDB", "0", "3"], ["GET", "key"]);
});

differential("nothing waits in a transaction", async (both) => {
  await run(
    both,
    ["BLPOP", "a", "b", "0"],
    ["BRPOP", "a", "0"],
    ["BLMPOP", "0", "1", "a", "LEFT"],
    ["BLMOVE", "a", "b", "LEFT", "RIGHT", "0"],
    ["BRPOPLPUSH", "a", "b", "0"],
    ["BZPOPMIN", "a", "0"],
    ["BZPOPMAX", "a", "0"],
    ["BZMPOP", "0", "1", "a", "MIN"],
    ["XREAD", "BLOCK", "0", "STREAMS", "s", "$"],
    ["XGROUP", "CREATE", "s", "g", "$", "MKSTREAM"],
    ["XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "s", ">"],
    ["RPUSH", "a", "1", "2", "3"],
    ["BLPOP", "a", "b", "0"],
    ["BLMOVE", "a", "b", "LEFT", "RIGHT", "0"],
    ["BRPOPLPUSH", "a", "b", "0"],
    ["LRANGE", "b", "0", "-1"],
    ["BLPOP", "s", "0"],
  );
});

differential("who waits is served behind the transaction", async (both) => {
  const waiter = await beginBlocked(both, "BLPOP", "list", "0");
  await run(both, ["RPUSH", "list", "a"], ["DEL", "list"], ["RPUSH", "list", "b", "c"]);
  await waiter.sameNext();
  await both.same("LRANGE", "list", "0", "-1");
  const other = await beginBlocked(both, "BLPOP", "gone", "0");
  await run(both, ["RPUSH", "gone", "a"], ["DEL", "gone"]);
  await both.same("RPUSH", "gone", "b");
  await other.sameNext();
});

differential(
  "who waits is not served from a key whose time came within the transaction",
  async (both) => {
    const waiter = await beginBlocked(both, "BLPOP", "list", "0");
    await run(both, ["RPUSH", "list", "late"], ["PEXPIRE", "list", "10"], [
      "DEBUG",
      "SLEEP",
      "0.05",
    ]);
    await both.same("RPUSH", "list", "next");
    await waiter.sameNext();
    await run(both, ["SET", "key", "1", "PX", "10"], ["DEBUG", "SLEEP", "0.05"], ["GET", "key"]);
    await both.same("GET", "key");
  },
);

differential("an error of CONFIG SET in a transaction is one among its replies", async (both) => {
  await run(both, ["SET", "key", "1"], ["CONFIG", "SET", "maxmemory", "much"], ["GET", "key"]);
});

differential("CLIENT LIST shows what is queued", async (both) => {
  const other = await both.onSecondConnection();
  await other.same("CLIENT", "SETNAME", "queuer");
  const shown = ["flags", "multi", "multi-mem", "cmd", "db"];
  for (
    const request of [
      ["WATCH", "key"],
      ["MULTI"],
      ["SET", "key", "a longer value than others"],
      ["GET", "key"],
      ["NONSENSE"],
      ["GET", "key"],
      ["EXEC"],
      ["MULTI"],
      ["GET", "key"],
      ["DISCARD"],
    ]
  ) {
    await other.same(...request);
    await both.sameOutcome("line", (client) => fieldsOf(client, "queuer", ...shown));
  }
  await other.same("WATCH", "key");
  await both.same("SET", "key", "changed");
  await both.sameOutcome("dirty", (client) => fieldsOf(client, "queuer", ...shown));
  await other.same("MULTI");
  await other.same("GET", "key");
  await both.sameOutcome("dirty", (client) => fieldsOf(client, "queuer", ...shown));
  await other.same("EXEC");
  await both.sameOutcome("clean", (client) => fieldsOf(client, "queuer", ...shown));
});

differential("CLIENT LIST within a transaction shows EXEC", async (both) => {
  await both.same("CLIENT", "SETNAME", "self");
  await both.sameOutcome("own line", async (client) => {
    await client.pipeline([["MULTI"], ["GET", "key"], ["CLIENT", "LIST"]]);
    const [, list] = await client.value("EXEC") as unknown[];
    const line = String(list).split("\n").find((line) => line.includes(" name=self "))!;
    return ["flags", "multi", "multi-mem", "cmd"].map((field) =>
      new RegExp(` ${field}=(\\S*)`).exec(line)?.[1]
    );
  });
});

differential(
  "CLIENT PAUSE WRITE holds back writes that are queued, and EXEC that runs them",
  async (both) => {
    const writer = await both.onSecondConnection();
    await writer.same("MULTI");
    await writer.same("SET", "key", "value");
    const reader = await both.onSecondConnection();
    await reader.same("MULTI");
    await reader.same("GET", "key");
    await both.same("CLIENT", "PAUSE", "60000", "WRITE");
    await reader.same("EXEC");
    await writer.begin("EXEC");
    await both.same("GET", "key");
    await both.same("CLIENT", "UNPAUSE");
    await writer.sameNext();
    await both.same("GET", "key");
  },
);

differential("replies that CLIENT REPLY takes back", async (both) => {
  for (const words of [["CLIENT", "REPLY", "OFF"], ["MULTI"], ["SET", "key", "value"], ["EXEC"]]) {
    await both.begin(...words);
  }
  await both.same("CLIENT", "REPLY", "ON");
  await both.same("GET", "key");
});

differential("CLIENT REPLY in a transaction mutes from where it stands", async (both) => {
  const off = "CLIENT REPLY OFF\r\n", on = "CLIENT REPLY ON\r\n", skip = "CLIENT REPLY SKIP\r\n";
  const echo = (word: string) => `ECHO ${word}\r\n`;
  const one = echo("1"), two = echo("2"), three = echo("3"), wrong = "CLIENT REPLY so\r\n";
  const bodies = [
    off,
    `${one}${off}${two}`,
    `${one}${off}${two}${on}${three}`,
    `${one}${on}${two}`,
    skip,
    `${one}${skip}${two}`,
    `${one}${off}${skip}${on}${two}`,
    `${one}${skip}${on}${two}`,
    `${off}${on}${off}${one}${on}`,
    `${one}${off}INCR a\r\nLPUSH a b\r\n${wrong}${on}${two}`,
    `${skip}${wrong}`,
  ];
  for (const before of ["", off]) {
    for (const body of bodies) {
      await both.sameRaw(
        `${before}MULTI\r\n${body}EXEC\r\n${echo("4")}${echo("5")}${on}${echo("6")}`,
      );
    }
  }
});

differential("what CLIENT REPLY lets through in a transaction has its place", async (both) => {
  const off = "CLIENT REPLY OFF\r\n", on = "CLIENT REPLY ON\r\n", skip = "CLIENT REPLY SKIP\r\n";
  const subscribe = "SUBSCRIBE x y\r\n", publish = "PUBLISH x message\r\n";
  const echo = `ECHO ${"long ".repeat(20).trimEnd()}\r\n`.replaceAll(" l", "-l");
  const bodies = [
    `${off}${subscribe}`,
    `${echo}${off}${subscribe}${publish}`,
    `${subscribe}${echo}${off}${publish}`,
    `${off}${subscribe}${on}`,
    `${echo}${off}${echo}${subscribe}${publish}${on}${echo}`,
    `${subscribe}${off}${publish}${on}${publish}`,
    `${skip}${subscribe}${publish}`,
  ];
  for (const before of ["", off]) {
    for (const body of bodies) {
      await both.sameRaw(`${before}MULTI\r\n${body}EXEC\r\nPING\r\n${on}PING\r\n`);
    }
  }
});

differential("a client that kills itself in a transaction hears no more of it", async (both) => {
  const other = await both.onSecondConnection();
  await other.sameOutcome("what it hears", async (client) => {
    const id = await client.value("CLIENT", "ID");
    await client.sendRaw(
      `MULTI\r\nECHO 1\r\nSUBSCRIBE x\r\nCLIENT KILL ID ${id} SKIPME no\r\nECHO 2\r\n` +
        "SUBSCRIBE y\r\nPUBLISH x message\r\nSET key value\r\nEXEC\r\n",
    );
    return await client.readToEnd();
  });
  await both.same("GET", "key");
});

differential("counters of commands in a transaction", async (both) => {
  await both.same("SET", "word", "text");
  await both.same("CONFIG", "RESETSTAT");
  await run(both, ["INCR", "word"], ["GET", "word"], ["LRANGE", "list", "0", "-1"], [
    "GET",
    "word",
  ]);
  await both.same("MULTI");
  await both.same("GET");
  await both.same("EXEC");
  await both.same("EXEC");
  await both.same("EXEC", "a");
  for (const section of ["commandstats", "errorstats"]) {
    await both.sameOutcome(section, async (client) => {
      const info = String(await client.value("INFO", section));
      return info.split("\r\n").filter((line) => !line.includes("info"))
        .map((line) => line.replace(/usec[a-z_]*=[\d.]+,/g, "")).sort();
    });
  }
  await both.sameOutcome("commands processed", async (client) => {
    return /total_commands_processed:(\d+)/.exec(String(await client.value("INFO", "stats")))?.[1];
  });
});

differential(
  "memory that is short refuses what is queued, and EXEC that needs more",
  async (both) => {
    const other = await both.onSecondConnection();
    const third = await both.onSecondConnection();
    for (const client of [other, third]) await client.same("MULTI");
    await other.same("SET", "key", "value");
    await third.same("GET", "key");
    await both.same("CONFIG", "SET", "maxmemory", "1");
    await other.same("EXEC");
    await third.same("EXEC");
    await third.same("MULTI");
    await third.same("GET", "key");
    await third.same("EXEC");
    await third.same("MULTI");
    await third.same("MULTI");
    await third.same("DISCARD");
    await both.same("CONFIG", "SET", "maxmemory", "0");
  },
);

differential("a pipeline with transactions", async (both) => {
  await both.sameOutcome("replies", async (client) => {
    const requests: string[][] = [];
    for (let round = 0; round < 50; round++) {
      requests.push(["MULTI"]);
      for (let index = 0; index < round; index++) {
        requests.push(["APPEND", `key:${index % 7}`, "x".repeat(round * 3)]);
      }
      requests.push(["STRLEN", "key:0"], ["EXEC"], ["GET", "key:1"]);
    }
    return await client.pipeline(requests);
  });
});

differential(
  "SLOWLOG shows the commands of a transaction one by one, and no EXEC",
  async (both) => {
    await both.same("CONFIG", "SET", "slowlog-log-slower-than", "0");
    await both.same("SLOWLOG", "RESET");
    await run(both, ["SET", "key", "value"], ["INCR", "key"], ["LRANGE", "list", "0", "-1"]);
    await both.same("CONFIG", "SET", "slowlog-log-slower-than", "-1");
    await both.sameOutcome("commands", async (client) => {
      return (await client.value("SLOWLOG", "GET", "-1") as unknown[][]).map((entry) => entry[3]);
    });
  },
);
