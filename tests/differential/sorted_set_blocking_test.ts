/**
 * BZPOPMIN, BZPOPMAX and BZMPOP against real Redis, over both encodings.
 *
 * Short timeouts are waited for, on both servers at once; all other waits end by what the transcript
 * does.
 *
 * @module
 */

import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { beginBlocked, blockOn } from "../support/blocked.ts";

/** A form of each command that takes from `k`. */
const FORMS = [
  ["BZPOPMIN", "k", "0"],
  ["BZPOPMAX", "k", "0"],
  ["BZMPOP", "0", "1", "k", "MIN"],
  ["BZMPOP", "0", "1", "k", "MAX", "COUNT", "2"],
] as const;

/** Holds a transcript over packed sorted sets and over large ones. */
function overBothEncodings(name: string, transcript: (both: Both) => Promise<void>): void {
  differential(`${name}, packed`, transcript);
  differential(`${name}, not packed`, transcript, {
    config: { "zset-max-listpack-entries": "0" },
  });
}

overBothEncodings("blocking sorted set commands take at once what is there", async (both) => {
  for (const form of FORMS) {
    await both.same("DEL", "k");
    await both.same("ZADD", "k", "1", "a", "2.5", "b", "-inf", "c", "3", "d");
    await both.same(...form);
    await both.same("ZRANGE", "k", "0", "-1", "WITHSCORES");
  }
});

overBothEncodings(
  "BZPOPMIN and BZPOPMAX take from the first sorted set that is there",
  async (both) => {
    await both.same("ZADD", "b", "1", "x", "2", "y");
    await both.same("ZADD", "c", "0.25", "z");
    await both.same("BZPOPMAX", "a", "b", "c", "0");
    await both.same("BZPOPMIN", "a", "b", "b", "c", "0");
    await both.same("EXISTS", "b");
    await both.same("BZPOPMAX", "b", "c", "0.5");
    await both.same("EXISTS", "b", "c");
  },
);

overBothEncodings(
  "BZMPOP takes up to COUNT members from the first sorted set that is there",
  async (both) => {
    await both.same("ZADD", "b", "1", "x", "2", "y", "3", "z");
    await both.same("ZADD", "c", "1", "x", "2", "y", "3", "z");
    await both.same("BZMPOP", "1", "2", "a", "b", "min");
    await both.same("BZMPOP", "0.1", "3", "a", "c", "b", "MAX", "COUNT", "2");
    await both.same("BZMPOP", "0", "3", "a", "b", "c", "MIN", "count", "10");
    await both.same("EXISTS", "b", "c");
  },
);

differential(
  "blocking sorted set commands refuse other types, bad timeouts and bad words",
  async (both) => {
    await both.same("SET", "s", "x");
    await both.same("ZADD", "z", "1", "x");
    for (const name of ["BZPOPMIN", "BZPOPMAX"]) {
      await both.bothRefuse("ERR wrong number", name);
      await both.bothRefuse("ERR wrong number", name, "k");
      await both.bothRefuse("WRONGTYPE", name, "s", "0");
      await both.bothRefuse("WRONGTYPE", name, "absent", "s", "z", "0");
      await both.bothRefuse("ERR timeout", name, "s", "-1");
    }
    for (
      const timeout of ["-1", "-0.5", "x", "", "1 ", "inf", "nan", "1e400", "9223372036854776"]
    ) {
      await both.bothRefuse("ERR timeout", "BZPOPMIN", "z", timeout);
      await both.bothRefuse("ERR timeout", "BZPOPMAX", "z", timeout);
      await both.bothRefuse("ERR timeout", "BZMPOP", timeout, "1", "z", "MIN");
    }
    await both.bothRefuse("ERR wrong number", "BZMPOP", "0", "1", "z");
    for (const count of ["0", "-1", "x", "1.5"]) {
      await both.bothRefuse("ERR numkeys", "BZMPOP", "0", count, "z", "MIN");
      await both.bothRefuse("ERR count", "BZMPOP", "0", "1", "z", "MIN", "COUNT", count);
    }
    await both.bothRefuse("ERR syntax", "BZMPOP", "-1", "2", "z", "MIN");
    await both.bothRefuse("ERR syntax", "BZMPOP", "-1", "1", "z", "UP");
    await both.bothRefuse("ERR syntax", "BZMPOP", "-1", "1", "z", "MIN", "COUNT");
    await both.bothRefuse("ERR syntax", "BZMPOP", "-1", "1", "z", "MIN", "NUMBER", "1");
    await both.bothRefuse(
      "ERR syntax",
      "BZMPOP",
      "-1",
      "1",
      "z",
      "MIN",
      "COUNT",
      "1",
      "COUNT",
      "1",
    );
    await both.bothRefuse("ERR syntax", "BZMPOP", "0", "9223372036854775807", "z", "MIN");
    await both.bothRefuse("ERR timeout", "BZMPOP", "-1", "1", "s", "MIN");
    await both.bothRefuse("WRONGTYPE", "BZMPOP", "0", "2", "absent", "s", "MIN");
    await both.same("ZRANGE", "z", "0", "-1");
  },
);

differential("blocking sorted set commands give up when their time is up", async (both) => {
  await both.same("BZPOPMIN", "k", "l", "0.01");
  await both.same("BZPOPMAX", "k", "0.001");
  await both.same("BZMPOP", "0.01", "2", "k", "l", "MAX", "COUNT", "3");
  await both.same("EXISTS", "k", "l");
});

overBothEncodings(
  "a ZADD serves the command that waits, and replies its count before",
  async (both) => {
    for (const form of FORMS) {
      for (const members of [["1", "a", "2.5", "b", "3", "c"], ["inf", "a"]]) {
        await both.same("DEL", "k");
        const waiter = await beginBlocked(both, ...form);
        await both.same("ZADD", "k", ...members);
        await waiter.sameNext();
        await both.same("ZRANGE", "k", "0", "-1", "WITHSCORES");
        await waiter.same("PING");
      }
    }
  },
);

overBothEncodings(
  "waiters are served in order of arrival until the sorted set is empty",
  async (both) => {
    const waiters = [];
    for (const form of [...FORMS, ...FORMS]) waiters.push(await beginBlocked(both, ...form));
    await both.same("ZADD", "k", "1", "a", "2", "b", "3", "c", "4", "d", "5", "e", "6", "f");
    for (const waiter of waiters.slice(0, 5)) await waiter.sameNext();
    await both.same("EXISTS", "k");
    await both.same("ZINCRBY", "k", "1", "g");
    await waiters[5].sameNext();
    await both.same("ZADD", "k", "1", "a", "2", "b", "3", "c", "4", "d");
    for (const waiter of waiters.slice(6)) await waiter.sameNext();
    await both.same("ZRANGE", "k", "0", "-1", "WITHSCORES");
  },
);

differential("every way to bring a sorted set to a key serves who waits for it", async (both) => {
  const bring = async (...words: string[]) => {
    await both.same("ZADD", "from", "1", "a", "2", "b");
    const waiter = await beginBlocked(both, "BZPOPMAX", "k", "0");
    await both.same(...words);
    await waiter.sameNext();
    await both.same("ZRANGE", "k", "0", "-1", "WITHSCORES");
    await both.same("DEL", "k", "from");
  };
  await bring("ZADD", "k", "INCR", "5", "x");
  await bring("RENAME", "from", "k");
  await bring("COPY", "from", "k");
  await bring("ZRANGESTORE", "k", "from", "0", "-1");
  await bring("ZUNIONSTORE", "k", "1", "from");
  await bring("ZINTERSTORE", "k", "2", "from", "from");
});

differential("MOVE and SWAPDB bring a sorted set to another database's waiters", async (both) => {
  const other = await both.onSecondConnection();
  await other.same("SELECT", "9");
  for (const words of [["MOVE", "k", "9"], ["SWAPDB", "0", "9"]]) {
    await blockOn(both, other, "BZPOPMIN", "k", "0");
    await both.same("ZADD", "k", "1", "a", "2", "b");
    await both.same("ZCARD", "k");
    await both.same(...words);
    await other.sameNext();
    await other.same("ZRANGE", "k", "0", "-1");
    await both.same("FLUSHALL");
  }
});
