/**
 * Client-side caching against real Redis: what is refused, which keys are told of, in which form, and
 * in which order among replies.
 *
 * What may differ: the ids of clients; and of more than two prefixes of one request the second and
 * third may not overlap either, where Redis says so and tracks nevertheless.
 *
 * @module
 */

import { blockOn } from "../support/blocked.ts";
import { differential } from "../support/differential.ts";
import { eventually } from "../support/poll.ts";
import { plainOf, wireOf } from "../support/reply.ts";
import {
  redirect,
  sameFigures,
  sameMessages,
  sameTracking,
  untilGone,
} from "../support/tracking.ts";

const RESP3 = { protocols: [3] as const };

differential("CLIENT TRACKING refuses what makes no sense", async (both) => {
  for (
    const [prefix, ...options] of [
      ["ERR syntax", "MAYBE"],
      ["ERR syntax", "ON", "NONSENSE"],
      ["ERR syntax", "ON", "REDIRECT"],
      ["ERR syntax", "ON", "PREFIX"],
      ["ERR syntax", "OFF", "NONSENSE"],
      ["ERR value is not", "ON", "REDIRECT", "x"],
      ["ERR The client ID", "ON", "REDIRECT", "0"],
      ["ERR The client ID", "ON", "REDIRECT", "-1"],
      ["ERR The client ID", "OFF", "REDIRECT", "999999999"],
      ["ERR The client ID", "MAYBE", "REDIRECT", "999999999"],
      ["ERR PREFIX option", "ON", "PREFIX", "a"],
      ["ERR OPTIN and OPTOUT", "ON", "BCAST", "OPTIN"],
      ["ERR OPTIN and OPTOUT", "ON", "BCAST", "OPTOUT", "NOLOOP"],
      ["ERR You can't specify", "ON", "OPTIN", "OPTOUT"],
      ["ERR Prefix 'ab' overlaps", "ON", "BCAST", "PREFIX", "ab", "PREFIX", "a"],
      ["ERR Prefix 'a' overlaps", "ON", "BCAST", "PREFIX", "a", "PREFIX", "ab"],
      ["ERR Prefix 'a' overlaps", "ON", "BCAST", "PREFIX", "a", "PREFIX", "b", "PREFIX", "a"],
      ["ERR Prefix '' overlaps", "ON", "BCAST", "PREFIX", "", "PREFIX", "b"],
      ["ERR Prefix 'a ", "ON", "BCAST", "PREFIX", "a\r\nb", "PREFIX", "a"],
      ["ERR Prefix 'a' overlaps", "ON", "BCAST", "PREFIX", "a\0b", "PREFIX", "a\0"],
    ]
  ) {
    await both.bothRefuse(prefix, "CLIENT", "TRACKING", ...options);
  }
  await both.same("CLIENT", "TRACKINGINFO");
  await both.bothRefuse("ERR wrong number", "CLIENT", "TRACKING");
  await both.bothRefuse("ERR wrong number", "CLIENT", "CACHING");
  await both.bothRefuse("ERR wrong number", "CLIENT", "GETREDIR", "x");
  await both.bothRefuse("ERR wrong number", "CLIENT", "TRACKINGINFO", "x");
});

differential("CLIENT TRACKING refuses to redirect twice", async (both) => {
  await both.sameOutcome("REDIRECT REDIRECT", async (client) => {
    const id = String(await client.value("CLIENT", "ID"));
    const words = ["CLIENT", "TRACKING", "ON", "REDIRECT", id, "REDIRECT"];
    return [
      wireOf(await client.command(...words, id)),
      wireOf(await client.command(...words, "x")),
    ];
  });
});

differential("CLIENT TRACKING switches modes only from off", async (both) => {
  await both.same("CLIENT", "TRACKING", "off");
  await both.same("client", "tracking", "on", "optin");
  await both.bothRefuse("ERR You can't switch OPTIN", "CLIENT", "TRACKING", "ON", "OPTOUT");
  await both.bothRefuse("ERR You can't switch BCAST", "CLIENT", "TRACKING", "ON", "BCAST");
  await both.bothRefuse(
    "ERR You can't switch BCAST",
    "CLIENT",
    "TRACKING",
    "ON",
    "BCAST",
    "OPTIN",
    "OPTOUT",
  );
  await both.same("CLIENT", "TRACKING", "ON", "NOLOOP");
  await both.same("CLIENT", "TRACKINGINFO");
  await both.same("CLIENT", "TRACKING", "ON", "OPTOUT");
  await both.same("CLIENT", "TRACKINGINFO");
  await both.bothRefuse("ERR You can't switch OPTIN", "CLIENT", "TRACKING", "ON", "OPTIN");
  await both.same("CLIENT", "TRACKING", "OFF");
  await both.same("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "b", "PREFIX", "a");
  await both.bothRefuse("ERR You can't switch BCAST", "CLIENT", "TRACKING", "ON");
  await both.bothRefuse("ERR Prefix 'b", "CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "bc");
  await both.bothRefuse("ERR Prefix 'a'", "CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a");
  await both.same("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "c", "NOLOOP");
  await both.same("CLIENT", "TRACKINGINFO");
  await both.same("CLIENT", "TRACKING", "ON", "BCAST");
  await both.same("CLIENT", "TRACKINGINFO");
  await both.same("CLIENT", "TRACKING", "OFF");
  await both.same("CLIENT", "TRACKINGINFO");
  await both.same("CLIENT", "GETREDIR");
});

differential("CLIENT CACHING is for OPTIN and OPTOUT, and for the next request", async (both) => {
  await both.bothRefuse("ERR CLIENT CACHING can be", "CLIENT", "CACHING", "YES");
  await both.bothRefuse("ERR CLIENT CACHING can be", "CLIENT", "CACHING", "NONSENSE");
  await both.same("CLIENT", "TRACKING", "ON");
  await both.bothRefuse("ERR CLIENT CACHING YES", "CLIENT", "CACHING", "YES");
  await both.bothRefuse("ERR CLIENT CACHING NO", "CLIENT", "CACHING", "NO");
  await both.bothRefuse("ERR syntax", "CLIENT", "CACHING", "NONSENSE");
  await both.same("CLIENT", "TRACKING", "ON", "OPTIN");
  await both.bothRefuse("ERR CLIENT CACHING NO", "CLIENT", "CACHING", "NO");
  const after = [
    ["PING"],
    ["CLIENT", "GETNAME"],
    ["CLIENT", "NONSENSE"],
    ["CLIENT"],
    ["CLIENT", "GETNAME", "x"],
    ["NONSENSE"],
    ["GET"],
    ["EXEC"],
    ["MULTI"],
    ["CLIENT", "TRACKINGINFO"],
    ["SET", "a"],
    ["DISCARD"],
  ];
  for (const words of after) {
    await both.same("CLIENT", "CACHING", "yes");
    await both.same(...words);
    await both.same("CLIENT", "TRACKINGINFO");
  }
  await both.same("CLIENT", "CACHING", "YES");
  await both.same("CLIENT", "TRACKING", "OFF");
  await both.same("CLIENT", "TRACKING", "ON", "OPTOUT");
  await both.same("CLIENT", "TRACKINGINFO");
  await both.same("CLIENT", "CACHING", "NO");
  await both.same("CLIENT", "TRACKINGINFO");
  await both.same("CLIENT", "CACHING", "NO");
  await both.same("CLIENT", "TRACKING", "ON");
  await both.same("CLIENT", "TRACKING", "ON", "OPTIN");
  await both.same("CLIENT", "TRACKINGINFO");
});

differential("CLIENT CACHING is used up by an empty request", async (both) => {
  for (const nothing of ["\r\n", "*0\r\n", ""]) {
    await both.sameRaw(
      `CLIENT TRACKING ON OPTIN\r\nCLIENT CACHING YES\r\n${nothing}CLIENT TRACKINGINFO\r\n`,
    );
  }
});

/** Reads of all kinds, with which the key `k` counts as read or not. */
const READS: readonly (readonly string[])[] = [
  ["GET", "k"],
  ["MGET", "a", "k", "b"],
  ["STRLEN", "k"],
  ["HGETALL", "k"],
  ["GET", "k", "b"],
  ["EXISTS", "x", "k"],
  ["TTL", "k"],
  ["TYPE", "k"],
  ["TOUCH", "k"],
  ["DUMP", "k"],
  ["OBJECT", "ENCODING", "k"],
  ["OBJECT", "FREQ", "k"],
  ["MEMORY", "USAGE", "k"],
  ["LCS", "x", "k"],
  ["SORT_RO", "k", "BY", "nosort", "GET", "#"],
  ["SORT", "k"],
  ["SINTERCARD", "2", "a", "k"],
  ["SINTERCARD", "x", "a", "k"],
  ["ZINTER", "2", "k", "a"],
  ["ZUNION", "1", "k", "WEIGHTS", "x"],
  ["ZDIFF", "1", "k"],
  ["ZRANGEBYSCORE", "k", "x", "y"],
  ["XREAD", "COUNT", "1", "STREAMS", "a", "k", "0", "0"],
  ["XREAD", "STREAMS", "k"],
  ["XREAD", "STREAMS", "k", "a", "0"],
  ["XINFO", "STREAM", "k"],
  ["XINFO", "HELP"],
  ["GEORADIUS_RO", "k", "0", "0", "1", "m"],
  ["GEORADIUS", "k", "0", "0", "1", "m"],
  ["GEOSEARCH", "k", "FROMLONLAT", "0", "0", "BYRADIUS", "1", "m"],
  ["BITFIELD_RO", "k", "GET", "u8", "0"],
  ["BITFIELD", "k", "GET", "u8", "0"],
  ["PFCOUNT", "a", "k"],
  ["GETEX", "k"],
  ["GETDEL", "k"],
  ["SET", "k", "1", "GET"],
  ["APPEND", "k", ""],
  ["SCAN", "0"],
  ["KEYS", "k"],
  ["RANDOMKEY"],
  ["DBSIZE"],
  ["WATCH", "k"],
  ["COPY", "k", "a"],
  ["SUBSTR", "k", "0", "1"],
  ["SRANDMEMBER", "k"],
  ["LPOS", "k", "x"],
];

differential("what reads a key has its change told", async (both) => {
  const writer = await both.onSecondConnection();
  await both.same("CLIENT", "TRACKING", "ON");
  for (const words of READS) {
    await writer.same("SET", "k", "0");
    await sameMessages(both);
    await both.send(...words);
    await both.same("UNWATCH");
    await writer.same("APPEND", "k", "1");
    await sameMessages(both);
    await writer.same("DEL", "a");
  }
}, RESP3);

/** Changes of the key `k`, a string at first, and some that are none. */
const CHANGES: readonly (readonly string[])[] = [
  ["SET", "k", "0"],
  ["APPEND", "k", ""],
  ["GETEX", "k"],
  ["GETEX", "k", "EX", "100"],
  ["EXPIRE", "k", "100"],
  ["EXPIRE", "k", "-1"],
  ["PERSIST", "k"],
  ["RENAME", "k", "other"],
  ["RENAME", "other", "k"],
  ["COPY", "k", "other"],
  ["COPY", "other", "k", "REPLACE"],
  ["MOVE", "k", "1"],
  ["TOUCH", "k"],
  ["DEL", "k"],
  ["UNLINK", "k", "other"],
  ["LPUSH", "k", "a"],
  ["LSET", "k", "0", "a"],
  ["LREM", "k", "0", "no such"],
  ["RPOP", "k"],
  ["PFADD", "k", "a"],
  ["PFCOUNT", "k"],
  ["PFADD", "k", "a"],
  ["SORT", "none", "STORE", "k"],
  ["XADD", "k", "1-1", "a", "b"],
  ["XSETID", "k", "9-9"],
  ["XGROUP", "CREATE", "k", "group", "$"],
  ["XGROUP", "CREATECONSUMER", "k", "group", "consumer"],
  ["XREADGROUP", "GROUP", "group", "reader", "STREAMS", "k", ">"],
  ["XGROUP", "SETID", "k", "group", "0"],
  ["XREADGROUP", "GROUP", "group", "reader", "STREAMS", "k", ">"],
  ["XACK", "k", "group", "1-1"],
  ["XGROUP", "DESTROY", "k", "group"],
  ["XDEL", "k", "1-1"],
  ["XTRIM", "k", "MAXLEN", "0"],
  ["DEL", "k"],
  ["XGROUP", "CREATE", "k", "group", "$", "MKSTREAM"],
  ["SWAPDB", "0", "1"],
  ["SWAPDB", "0", "0"],
  ["SELECT", "1"],
  ["SET", "k", "1"],
  ["SELECT", "0"],
  ["FLUSHDB"],
  ["SET", "k", "1"],
  ["FLUSHALL"],
  ["FLUSHALL", "ASYNC"],
];

for (const mode of [[], ["BCAST"], ["BCAST", "PREFIX", "k"]]) {
  differential(`which changes are told, tracking ${mode.join(" ")}`, async (both) => {
    const writer = await both.onSecondConnection();
    await both.same("CLIENT", "TRACKING", "ON", ...mode);
    await writer.same("SET", "k", "0");
    await sameMessages(both);
    for (const words of CHANGES) {
      await both.send("EXISTS", "k", "other");
      await writer.send(...words);
      await sameMessages(both);
    }
  }, RESP3);
}

differential("own changes are told behind the reply, or not at all with NOLOOP", async (both) => {
  for (const mode of [[], ["NOLOOP"], ["BCAST"], ["BCAST", "NOLOOP"]]) {
    await both.same("CLIENT", "TRACKING", "ON", ...mode);
    for (const words of CHANGES) {
      await both.send("EXISTS", "k", "other");
      await sameMessages(both);
      await both.send(...words);
      await sameMessages(both);
    }
    await both.same("CLIENT", "TRACKING", "OFF");
  }
}, RESP3);

differential("NOLOOP is about what was changed before it was asked for, too", async (both) => {
  const watcher = await both.onSecondConnection();
  await watcher.same("CLIENT", "TRACKING", "ON", "BCAST");
  const loud = "CLIENT TRACKING ON BCAST\r\n", quiet = "CLIENT TRACKING ON BCAST NOLOOP\r\n";
  for (
    const requests of [
      `SET a 1\r\n${quiet}SET b 1\r\n`,
      `SET a 1\r\n${loud}SET b 1\r\n`,
      `MULTI\r\nSET a 1\r\n${quiet}SET b 1\r\nEXEC\r\n`,
      `${loud}SET a 1\r\nCLIENT TRACKING OFF\r\nSET b 1\r\n${quiet}`,
    ]
  ) {
    const changer = await both.onSecondConnection();
    await changer.sameOutcome("send at once", (side) => side.sendRaw(requests));
    await sameMessages(changer);
    await sameMessages(watcher);
    await changer.same("CLIENT", "TRACKING", "OFF");
  }
}, RESP3);

differential("what a transaction changes is told behind all its replies", async (both) => {
  const other = await both.onSecondConnection();
  for (const mode of [[], ["NOLOOP"], ["BCAST"], ["BCAST", "PREFIX", "b", "PREFIX", "a"]]) {
    await both.same("CLIENT", "TRACKING", "ON", ...mode);
    await both.same("MGET", "a", "b", "c");
    await other.same("CLIENT", "TRACKING", "ON", ...mode);
    await other.same("MGET", "a", "b", "c");
    for (const words of [["MULTI"], ["SET", "b", "1"], ["GET", "b"], ["SET", "a", "1"]]) {
      await both.same(...words);
    }
    for (const words of [["INCR", "b"], ["LPUSH", "a", "x"], ["FLUSHDB"], ["SET", "ab", "1"]]) {
      await both.same(...words);
    }
    await both.same("EXEC");
    await sameMessages(both);
    await sameMessages(other);
    await both.same("CLIENT", "TRACKING", "OFF");
    await other.same("CLIENT", "TRACKING", "OFF");
  }
}, RESP3);

differential("CACHING counts for one request or one transaction", async (both) => {
  const writer = await both.onSecondConnection();
  const changed = async () => {
    await writer.same("MSET", "a", "1", "b", "2", "c", "3");
    await sameMessages(both);
  };
  for (const mode of ["OPTIN", "OPTOUT"]) {
    const word = mode === "OPTIN" ? "YES" : "NO";
    await both.same("CLIENT", "TRACKING", "ON", mode);
    await both.same("MGET", "a", "b");
    await changed();
    await both.same("CLIENT", "CACHING", word);
    await both.same("CLIENT", "GETNAME");
    await both.same("MGET", "a", "b");
    await both.same("GET", "c");
    await changed();
    for (const early of [true, false]) {
      if (early) await both.same("CLIENT", "CACHING", word);
      await both.same("MULTI");
      await both.same("GET", "a");
      if (!early) await both.same("CLIENT", "CACHING", word);
      await both.same("GET", "b");
      await both.same("EXEC");
      await both.same("GET", "c");
      await changed();
    }
    await both.same("CLIENT", "TRACKING", "OFF");
  }
}, RESP3);

differential(
  "what was read before tracking was off is told of when it is on again",
  async (both) => {
    const writer = await both.onSecondConnection();
    await both.same("CLIENT", "TRACKING", "ON");
    await both.same("MGET", "a", "b", "c");
    await both.same("CLIENT", "TRACKING", "OFF");
    await writer.same("SET", "a", "1");
    await both.same("CLIENT", "TRACKING", "ON");
    await writer.same("MSET", "a", "1", "b", "1");
    await sameMessages(both);
    await both.same("CLIENT", "TRACKING", "OFF");
    await both.same("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "x");
    await writer.same("SET", "c", "1");
    await sameMessages(both);
  },
  RESP3,
);

differential("messages redirected to a subscriber", async (both) => {
  const writer = await both.onSecondConnection();
  const receiver = await both.onSecondConnection();
  await receiver.same("CLIENT", "SETNAME", "receiver");
  for (const mode of [[], ["NOLOOP"], ["BCAST"], ["BCAST", "NOLOOP", "PREFIX", "a"]]) {
    await redirect(both, "receiver", ...mode);
    await both.same("MGET", "a", "b");
    await writer.same("SET", "a", "1");
    await sameMessages(receiver); // over RESP2 nothing: it is not subscribed
    await both.same("MGET", "a", "b");
    await receiver.same("SUBSCRIBE", "anything");
    await writer.same("MSET", "a", "1", "b", "1");
    await sameMessages(receiver);
    await both.same("MGET", "a", "b");
    await both.same("INCR", "a");
    await sameMessages(receiver);
    await writer.same("FLUSHALL");
    await sameMessages(receiver);
    await sameMessages(both);
    await receiver.same("UNSUBSCRIBE");
    await both.same("CLIENT", "TRACKING", "OFF");
  }
});

differential("a client that is to be told in another's place and is gone", async (both) => {
  const writer = await both.onSecondConnection();
  const receiver = await both.onSecondConnection();
  await receiver.same("CLIENT", "SETNAME", "receiver");
  await redirect(both, "receiver");
  await both.same("MGET", "a", "b", "c");
  await sameTracking(both);
  await receiver.same("QUIT");
  await untilGone(both, "receiver");
  await sameTracking(both);
  await writer.same("MSET", "a", "1", "b", "1");
  await both.sameOutcome("messages", async (side) => {
    await side.send("PING", "end");
    const seen: string[] = [];
    while (seen.at(-1)?.includes("end") !== true) {
      seen.push(wireOf(await side.receive()).replace(/:\d+/g, ":id"));
    }
    return seen;
  });
  await sameTracking(both);
  await both.same("CLIENT", "TRACKING", "ON");
  await sameTracking(both);
  await writer.same("SET", "c", "1");
  await sameMessages(both);
});

differential("switching protocols while tracking", async (both) => {
  const writer = await both.onSecondConnection();
  await both.same("CLIENT", "TRACKING", "ON");
  for (const protocol of ["2", "3", "2", "3"]) {
    await both.same("GET", "a");
    await both.send("HELLO", protocol);
    await writer.same("SET", "a", "1");
    await sameMessages(both);
    await both.same("GET", "a");
    await writer.same("FLUSHDB");
    await sameMessages(both);
  }
});

differential("RESET ends tracking", async (both) => {
  const writer = await both.onSecondConnection();
  for (const mode of [[], ["BCAST", "PREFIX", "a"]]) {
    await both.send("HELLO", "3");
    await both.same("CLIENT", "TRACKING", "ON", ...mode);
    await both.same("GET", "a");
    await both.same("RESET");
    await both.same("CLIENT", "TRACKINGINFO");
    await both.send("HELLO", "3");
    await writer.same("SET", "a", "1");
    await sameMessages(both);
    await sameFigures(both);
  }
});

differential("messages come to a client that wants no replies", async (both) => {
  const writer = await both.onSecondConnection();
  await both.same("CLIENT", "TRACKING", "ON");
  await both.same("MGET", "a", "b");
  await both.begin("CLIENT", "REPLY", "OFF");
  await writer.same("SET", "a", "1");
  await both.sameNext();
  await both.begin("SET", "b", "1");
  await both.sameNext();
  await both.same("CLIENT", "REPLY", "ON");
  await sameMessages(both);
}, RESP3);

differential("who waits is told of what its own command changed behind the reply", async (both) => {
  const waiting = await both.onSecondConnection();
  for (const mode of [[], ["NOLOOP"], ["BCAST"]]) {
    for (const client of [both, waiting]) {
      await client.same("CLIENT", "TRACKING", "ON", ...mode);
      await client.same("EXISTS", "from", "to");
    }
    await blockOn(both, waiting, "BLMOVE", "from", "to", "LEFT", "LEFT", "0");
    await both.same("LPUSH", "from", "a");
    await waiting.sameNext();
    for (const client of [both, waiting]) {
      await sameMessages(client);
      await client.same("CLIENT", "TRACKING", "OFF");
    }
    await both.same("DEL", "from", "to");
  }
}, RESP3);

differential("keys that expire are told of", async (both) => {
  const writer = await both.onSecondConnection();
  for (const mode of [[], ["NOLOOP"], ["BCAST"], ["BCAST", "NOLOOP"]]) {
    await both.same("CLIENT", "TRACKING", "ON", ...mode);
    await writer.same("SET", "k", "1", "PX", "500");
    await sameMessages(both);
    await both.same("TYPE", "k");
    await both.sameNext();
    await sameMessages(both);
    await both.same("CLIENT", "TRACKING", "OFF");
  }
}, RESP3);

differential(
  "keys beyond tracking-table-max-keys are told of as if they had changed",
  async (both) => {
    await both.same("CLIENT", "TRACKING", "ON");
    await both.send("MGET", ...Array.from({ length: 250 }, (_, number) => `key:${number}`));
    await both.sameOutcome("messages", async (client) => {
      const seen = new Set<unknown>();
      while (seen.size < 240) seen.add(JSON.stringify(plainOf(await client.receive())));
      return seen.size;
    });
    await both.same("CLIENT", "TRACKING", "OFF");
    await sameFigures(both);
    await both.same("CONFIG", "SET", "tracking-table-max-keys", "0");
    await both.same("CLIENT", "TRACKING", "ON");
    await both.send("MGET", ...Array.from({ length: 250 }, (_, number) => `other:${number}`));
    await sameMessages(both);
    await both.same("FLUSHALL");
    await sameMessages(both);
  },
  { protocols: [3], config: { "tracking-table-max-keys": "10" } },
);

differential(
  "one message tells of what a client changes and of what others change that it lets go on",
  async (both) => {
    const [watcher, waiter] = [await both.onSecondConnection(), await both.onSecondConnection()];
    await watcher.same("CLIENT", "TRACKING", "ON", "BCAST");
    await waiter.sameOutcome("a request that waits, and two behind it", async (side) => {
      await side.sendRaw("BLPOP list 0\r\nSET key 1\r\nRPUSH other x\r\n");
    });
    await both.sameOutcome("until it waits", async (side) => {
      await eventually(async () => {
        return / flags=b .* cmd=blpop /.test(String(await side.value("CLIENT", "LIST")));
      });
    });
    await both.same("RPUSH", "list", "x", "y");
    for (let count = 0; count < 3; count++) await waiter.sameNext();
    await sameMessages(watcher);
  },
  RESP3,
);

differential(
  "what a transaction changed before it ended its tracking is still told",
  async (both) => {
    const subscriber = await both.onSecondConnection();
    await subscriber.same("CLIENT", "SETNAME", "subscriber");
    await redirect(both, "subscriber");
    await subscriber.same("SUBSCRIBE", "__redis__:invalidate");
    await both.same("GET", "key");
    for (const change of [["SET", "key", "1"], ["FLUSHALL"]]) {
      await both.same("MULTI");
      await both.same(...change);
      await both.same("CLIENT", "TRACKING", "OFF");
      await both.same("EXEC");
      await sameMessages(subscriber);
      await redirect(both, "subscriber");
    }
  },
);

differential("INFO and CLIENT LIST tell who tracks", async (both) => {
  const other = await both.onSecondConnection();
  const told = async () => {
    await sameFigures(both);
    await sameTracking(both);
    await sameTracking(other);
  };
  await told();
  await both.same("CLIENT", "TRACKING", "ON");
  await both.same("MGET", "a", "b");
  await other.same("CLIENT", "TRACKING", "ON", "NOLOOP");
  await other.same("MGET", "b", "c");
  await told();
  await other.same("CLIENT", "TRACKING", "OFF");
  await told();
  await other.same("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "b");
  await told();
  await both.same("CLIENT", "TRACKING", "OFF");
  await both.same("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a", "PREFIX", "c");
  await told();
  await other.same("CLIENT", "SETNAME", "other");
  await redirect(both, "other", "BCAST");
  await told();
  await other.same("FLUSHALL");
  await sameMessages(other);
  await told();
});

differential("the table counts each client's keys once", async (both) => {
  const other = await both.onSecondConnection();
  for (const client of [both, other]) {
    await client.same("CLIENT", "TRACKING", "ON");
    await client.same("MGET", "a", "b", "a", "c");
    await client.same("GET", "a");
  }
  await sameFigures(both);
  await both.same("SET", "a", "1");
  await sameMessages(both);
  await sameFigures(both);
});
