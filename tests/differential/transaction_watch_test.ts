/**
 * WATCH and UNWATCH against real Redis: which changes make EXEC run nothing.
 *
 * @module
 */

import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";

/** Whether a transaction would run now: the reply to one. */
async function tryTransaction(watcher: Both): Promise<void> {
  await watcher.same("MULTI");
  await watcher.same("PING");
  await watcher.same("EXEC");
}

const CHANGES: readonly (readonly string[])[] = [
  ["SET", "string", "other"],
  ["SET", "string", "value"],
  ["APPEND", "string", ""],
  ["APPEND", "string", "x"],
  ["SETBIT", "string", "3", "1"],
  ["GETEX", "string", "EX", "100"],
  ["GETEX", "string"],
  ["EXPIRE", "string", "100"],
  ["EXPIRE", "string", "-1"],
  ["PERSIST", "string"],
  ["DEL", "string"],
  ["DEL", "absent"],
  ["UNLINK", "list", "zset"],
  ["RENAME", "string", "absent"],
  ["RENAME", "absent", "string"],
  ["COPY", "string", "list", "REPLACE"],
  ["COPY", "string", "absent"],
  ["MOVE", "string", "1"],
  ["TOUCH", "string"],
  ["GET", "string"],
  ["INCR", "string"],
  ["INCR", "absent"],
  ["LPUSHX", "absent", "a"],
  ["RPUSH", "list", "c"],
  ["LSET", "list", "0", "a"],
  ["LPOP", "list"],
  ["BLPOP", "absent", "list", "0"],
  ["LREM", "list", "0", "no such"],
  ["LMOVE", "list", "absent", "LEFT", "LEFT"],
  ["HSET", "hash", "field", "value"],
  ["HDEL", "hash", "no field"],
  ["HDEL", "hash", "field"],
  ["SADD", "set", "a"],
  ["SADD", "set", "new"],
  ["SMOVE", "set", "absent", "a"],
  ["SINTERSTORE", "absent", "set", "nothing"],
  ["SUNIONSTORE", "list", "set"],
  ["SORT", "set", "ALPHA", "STORE", "absent"],
  ["ZADD", "zset", "1", "a"],
  ["ZADD", "zset", "2", "a"],
  ["ZPOPMIN", "zset"],
  ["ZUNIONSTORE", "zset", "1", "nothing"],
  ["PFADD", "absent"],
  ["PFADD", "hll", "a"],
  ["PFADD", "hll", "new"],
  ["PFCOUNT", "hll"],
  ["XADD", "stream", "2-1", "a", "b"],
  ["XADD", "absent", "NOMKSTREAM", "*", "a", "b"],
  ["XDEL", "stream", "1-1"],
  ["XTRIM", "stream", "MAXLEN", "0"],
  ["XSETID", "stream", "9-9"],
  ["XGROUP", "CREATE", "stream", "other", "$"],
  ["XGROUP", "CREATE", "absent", "other", "$", "MKSTREAM"],
  ["XGROUP", "SETID", "stream", "group", "0"],
  ["XGROUP", "CREATECONSUMER", "stream", "group", "consumer"],
  ["XREADGROUP", "GROUP", "group", "reader", "STREAMS", "stream", ">"],
  ["XGROUP", "DELCONSUMER", "stream", "group", "reader"],
  ["XGROUP", "DESTROY", "stream", "group"],
  ["FLUSHDB"],
  ["FLUSHALL"],
  ["SWAPDB", "0", "1"],
  ["SWAPDB", "0", "0"],
  ["SWAPDB", "1", "2"],
];
const KEYS = ["string", "absent", "list", "hash", "set", "zset", "hll", "stream"] as const;

async function fill(both: Both): Promise<void> {
  await both.same("FLUSHALL");
  await both.same("SET", "string", "10");
  await both.same("RPUSH", "list", "a", "b");
  await both.same("HSET", "hash", "field", "value");
  await both.same("SADD", "set", "a", "b");
  await both.same("ZADD", "zset", "1", "a", "2", "b");
  await both.same("PFADD", "hll", "a", "b");
  await both.same("XADD", "stream", "1-1", "a", "b");
  await both.same("XGROUP", "CREATE", "stream", "group", "0");
  await both.same("SELECT", "1");
  await both.same("SET", "absent", "there");
  await both.same("SELECT", "0");
}

differential("every kind of change breaks the watches that it breaks in Redis", async (both) => {
  const watchers: Both[] = [];
  for (const _key of KEYS) watchers.push(await both.onSecondConnection());
  for (const change of CHANGES) {
    await fill(both);
    for (const [index, key] of KEYS.entries()) await watchers[index].same("WATCH", key);
    await both.same(...change);
    for (const watcher of watchers) await tryTransaction(watcher);
  }
});

differential("WATCH lasts until EXEC, DISCARD or UNWATCH", async (both) => {
  const watcher = await both.onSecondConnection();
  for (const end of [["UNWATCH"], ["MULTI", "DISCARD"], ["MULTI", "EXEC"], ["RESET"], ["PING"]]) {
    await watcher.same("WATCH", "a", "b", "a");
    await both.same("SET", "b", "1");
    for (const word of end) await watcher.same(word);
    await tryTransaction(watcher);
    await both.same("SET", "a", "1");
    await tryTransaction(watcher);
  }
});

differential("UNWATCH within a transaction forgets what had not changed", async (both) => {
  const watcher = await both.onSecondConnection();
  await watcher.same("WATCH", "a");
  await watcher.same("MULTI");
  await watcher.same("UNWATCH");
  await both.same("SET", "a", "1");
  await watcher.same("EXEC");
});

differential("own changes break a watch too", async (both) => {
  await both.same("WATCH", "a");
  await both.same("SET", "a", "1");
  await tryTransaction(both);
  await both.same("WATCH", "a");
  await both.same("MULTI");
  await both.same("SET", "a", "2");
  await both.same("EXEC");
  await both.same("GET", "a");
});

differential("WATCH knows the database of its key", async (both) => {
  const watcher = await both.onSecondConnection();
  await watcher.same("SELECT", "2");
  await watcher.same("WATCH", "a");
  await watcher.same("SELECT", "0");
  await both.same("SET", "a", "1");
  await tryTransaction(watcher);
  await watcher.same("WATCH", "a");
  await watcher.same("SELECT", "2");
  await both.same("SET", "a", "2");
  await tryTransaction(watcher);
});

differential("a refused request counts for more than a broken watch", async (both) => {
  const watcher = await both.onSecondConnection();
  await watcher.same("WATCH", "a");
  await watcher.same("MULTI");
  await both.same("SET", "a", "1");
  await watcher.same("NONSENSE");
  await watcher.same("EXEC");
  await tryTransaction(watcher);
});

differential("a key whose time comes breaks its watch", async (both) => {
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  const watcher = await both.onSecondConnection();
  // Both at once, lest a busy machine let its time come in between.
  await watcher.begin("SET", "a", "1", "PX", "500");
  await watcher.begin("WATCH", "a");
  for (let replies = 2; replies > 0; replies--) await watcher.sameNext();
  await both.same("DEBUG", "SLEEP", "0.6");
  await tryTransaction(watcher);
  await both.same("DBSIZE");
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
});

differential("to remove a key that was past its time breaks no watch", async (both) => {
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  const watcher = await both.onSecondConnection();
  await both.same("SET", "a", "1", "PXAT", "1");
  await watcher.same("WATCH", "a");
  await both.same("SUNIONSTORE", "a", "absent");
  await tryTransaction(watcher);
  await both.same("SET", "a", "1", "PXAT", "1");
  await watcher.same("WATCH", "a");
  await both.same("SUNIONSTORE", "a", "absent");
  await both.same("SET", "a", "2");
  await tryTransaction(watcher);
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
});

differential("a key that was past its time when it was watched was not there", async (both) => {
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  const watcher = await both.onSecondConnection();
  const endings = [
    ["PING"],
    ["GET", "a"],
    ["DEL", "a"],
    ["FLUSHDB"],
    ["FLUSHALL"],
    ["SWAPDB", "0", "1"],
    ["SET", "a", "2"],
    ["EXPIRE", "a", "100"],
    ["PERSIST", "a"],
  ];
  for (const ending of endings) {
    for (const second of [["PING"], ["SET", "a", "3"], ["DEL", "a"]]) {
      await both.same("FLUSHALL");
      await both.same("SET", "a", "1", "PX", "1");
      await both.send("DEBUG", "SLEEP", "0.005");
      await watcher.same("WATCH", "a");
      await both.same(...ending);
      await both.same(...second);
      await tryTransaction(watcher);
    }
  }
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
});

differential("SWAPDB between keys that are there, absent, or past their time", async (both) => {
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  const watcher = await both.onSecondConnection();
  const states = ["absent", "alive", "due"];
  for (const here of states) {
    for (const there of states) {
      await both.same("FLUSHALL");
      for (const [index, state] of [here, there].entries()) {
        await both.same("SELECT", String(index));
        if (state === "alive") await both.same("SET", "a", "1");
        if (state === "due") await both.same("SET", "a", "1", "PX", "1");
      }
      await both.same("SELECT", "0");
      await both.send("DEBUG", "SLEEP", "0.005");
      for (const index of ["0", "1"]) {
        await watcher.same("SELECT", index);
        await watcher.same("WATCH", "a");
        await both.same("SWAPDB", "0", "1");
        await tryTransaction(watcher);
      }
    }
  }
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
});
