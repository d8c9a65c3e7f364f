/**
 * BLPOP, BRPOP, BLMOVE, BRPOPLPUSH and BLMPOP against real Redis.
 *
 * Short timeouts are waited for, on both servers at once; all other waits end by what the transcript
 * does.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { beginBlocked, blockOn } from "../support/blocked.ts";
import { plainOf } from "../support/reply.ts";

/** A form of each command that takes from `k` and, where it needs one, gives to `t`. */
const FORMS = [
  ["BLPOP", "k", "0"],
  ["BRPOP", "k", "0"],
  ["BLMPOP", "0", "1", "k", "LEFT"],
  ["BLMPOP", "0", "1", "k", "RIGHT", "COUNT", "2"],
  ["BLMOVE", "k", "t", "LEFT", "RIGHT", "0"],
  ["BRPOPLPUSH", "k", "t", "0"],
] as const;

differential("blocking list commands take at once what is there", async (both) => {
  for (const form of FORMS) {
    await both.same("DEL", "k", "t");
    await both.same("RPUSH", "k", "a", "b", "c");
    await both.same(...form);
    await both.same("LRANGE", "k", "0", "-1");
    await both.same("LRANGE", "t", "0", "-1");
  }
});

differential("BLPOP and BRPOP take from the first list that is there", async (both) => {
  await both.same("RPUSH", "b", "1", "2");
  await both.same("RPUSH", "c", "3", "4");
  await both.same("BLPOP", "a", "b", "c", "0");
  await both.same("BRPOP", "a", "c", "b", "0");
  await both.same("BLPOP", "a", "b", "b", "c", "0");
  await both.same("EXISTS", "b");
  await both.same("BRPOP", "b", "c", "0.5");
  await both.same("EXISTS", "b", "c");
});

differential(
  "BLMPOP takes up to COUNT elements from the first list that is there",
  async (both) => {
    await both.same("RPUSH", "b", "1", "2", "3");
    await both.same("RPUSH", "c", "4", "5", "6");
    await both.same("BLMPOP", "1", "2", "a", "b", "left");
    await both.same("BLMPOP", "0.1", "3", "a", "c", "b", "RIGHT", "COUNT", "2");
    await both.same("BLMPOP", "0", "3", "a", "b", "c", "RIGHT", "count", "10");
    await both.same("EXISTS", "b", "c");
  },
);

differential(
  "blocking list commands refuse other types, bad timeouts and bad words",
  async (both) => {
    await both.same("SET", "s", "x");
    await both.same("RPUSH", "l", "x");
    for (const name of ["BLPOP", "BRPOP"]) {
      await both.bothRefuse("ERR wrong number", name);
      await both.bothRefuse("ERR wrong number", name, "k");
      await both.bothRefuse("WRONGTYPE", name, "s", "0");
      await both.bothRefuse("WRONGTYPE", name, "absent", "s", "l", "0");
      await both.bothRefuse("ERR timeout", name, "s", "-1");
      await both.bothRefuse("ERR timeout", name, "l", "k", "x");
    }
    for (
      const timeout of ["-1", "-0.5", "x", "", "1 ", "inf", "nan", "1e400", "9223372036854776"]
    ) {
      await both.bothRefuse("ERR timeout", "BLPOP", "l", timeout);
      await both.bothRefuse("ERR timeout", "BRPOP", "l", timeout);
      await both.bothRefuse("ERR timeout", "BLMOVE", "l", "t", "LEFT", "LEFT", timeout);
      await both.bothRefuse("ERR timeout", "BRPOPLPUSH", "l", "t", timeout);
      await both.bothRefuse("ERR timeout", "BLMPOP", timeout, "1", "l", "LEFT");
    }
    await both.bothRefuse("ERR wrong number", "BLMOVE", "l", "t", "LEFT", "LEFT");
    await both.bothRefuse("ERR syntax", "BLMOVE", "l", "t", "UP", "LEFT", "-1");
    await both.bothRefuse("ERR syntax", "BLMOVE", "l", "t", "LEFT", "UP", "-1");
    await both.bothRefuse("ERR timeout", "BLMOVE", "s", "t", "LEFT", "RIGHT", "-1");
    await both.bothRefuse("WRONGTYPE", "BLMOVE", "s", "t", "LEFT", "RIGHT", "0");
    await both.bothRefuse("WRONGTYPE", "BLMOVE", "l", "s", "LEFT", "RIGHT", "0");
    await both.bothRefuse("ERR wrong number", "BRPOPLPUSH", "l", "t");
    await both.bothRefuse("WRONGTYPE", "BRPOPLPUSH", "s", "t", "0");
    await both.bothRefuse("WRONGTYPE", "BRPOPLPUSH", "l", "s", "0");
    await both.same("LRANGE", "l", "0", "-1");
  },
);

differential("BLMPOP refuses what LMPOP refuses, and looks at its timeout last", async (both) => {
  await both.same("SET", "s", "x");
  await both.same("RPUSH", "l", "x");
  await both.bothRefuse("ERR wrong number", "BLMPOP", "0", "1", "l");
  for (const count of ["0", "-1", "x", "1.5"]) {
    await both.bothRefuse("ERR numkeys", "BLMPOP", "0", count, "l", "LEFT");
    await both.bothRefuse("ERR count", "BLMPOP", "0", "1", "l", "LEFT", "COUNT", count);
  }
  await both.bothRefuse("ERR syntax", "BLMPOP", "-1", "2", "l", "LEFT");
  await both.bothRefuse("ERR syntax", "BLMPOP", "-1", "1", "l", "UP");
  await both.bothRefuse("ERR syntax", "BLMPOP", "-1", "1", "l", "LEFT", "COUNT");
  await both.bothRefuse("ERR syntax", "BLMPOP", "-1", "1", "l", "LEFT", "NUMBER", "1");
  await both.bothRefuse("ERR syntax", "BLMPOP", "-1", "1", "l", "LEFT", "COUNT", "1", "COUNT", "1");
  await both.bothRefuse("ERR syntax", "BLMPOP", "0", "9223372036854775807", "l", "LEFT");
  await both.bothRefuse("ERR timeout", "BLMPOP", "-1", "1", "s", "LEFT");
  await both.bothRefuse("WRONGTYPE", "BLMPOP", "0", "2", "absent", "s", "LEFT");
});

differential("blocking list commands give up when their time is up", async (both) => {
  await both.same("BLPOP", "k", "l", "0.01");
  await both.same("BRPOP", "k", "0.001");
  await both.same("BRPOP", "k", "1e-400");
  await both.same("BLMOVE", "k", "t", "LEFT", "LEFT", "0.01");
  await both.same("BRPOPLPUSH", "k", "t", "0.01");
  await both.same("BLMPOP", "0.01", "2", "k", "l", "RIGHT", "COUNT", "3");
  await both.same("EXISTS", "k", "l", "t");
});

differential(
  "a push serves the command that waits, and replies the length before",
  async (both) => {
    for (const form of FORMS) {
      await both.same("DEL", "k", "t");
      const waiter = await beginBlocked(both, ...form);
      await both.same("RPUSH", "k", "a", "b", "c");
      await waiter.sameNext();
      await both.same("LRANGE", "k", "0", "-1");
      await both.same("LRANGE", "t", "0", "-1");
      await waiter.same("PING");
    }
  },
);

differential("a push of one element leaves no key behind", async (both) => {
  for (const form of FORMS) {
    await both.same("DEL", "k", "t");
    const waiter = await beginBlocked(both, ...form);
    await both.same("LPUSH", "k", "a");
    await waiter.sameNext();
    await both.same("EXISTS", "k", "t");
  }
});

differential("waiters are served in order of arrival until the list is empty", async (both) => {
  const waiters = [];
  for (const form of [...FORMS, ...FORMS]) waiters.push(await beginBlocked(both, ...form));
  await both.same("RPUSH", "k", "a", "b", "c", "d", "e");
  for (const waiter of waiters.slice(0, 4)) await waiter.sameNext();
  await both.same("EXISTS", "k");
  await both.same("RPUSH", "k", "f", "g");
  for (const waiter of waiters.slice(4, 6)) await waiter.sameNext();
  await both.same("LRANGE", "t", "0", "-1");
  await both.same("RPUSH", "k", "1", "2", "3", "4", "5", "6", "7", "8");
  for (const waiter of waiters.slice(6)) await waiter.sameNext();
  await both.same("LRANGE", "k", "0", "-1");
  await both.same("LRANGE", "t", "0", "-1");
});

differential(
  "a client that waits for several keys is served by the first that comes",
  async (both) => {
    for (const key of ["a", "b", "c"]) {
      const waiter = await beginBlocked(both, "BLPOP", "a", "b", "c", "b", "0");
      await both.same("RPUSH", key, key);
      await waiter.sameNext();
    }
    const waiter = await beginBlocked(
      both,
      "BLMPOP",
      "0",
      "3",
      "a",
      "b",
      "c",
      "LEFT",
      "COUNT",
      "5",
    );
    await both.same("RPUSH", "b", "1", "2", "3");
    await waiter.sameNext();
    await both.same("RPUSH", "a", "1");
    await both.same("LRANGE", "a", "0", "-1");
  },
);

differential(
  "BLMOVE feeds those who wait for its target, through a chain and round a ring",
  async (both) => {
    const end = await beginBlocked(both, "BLPOP", "d", "0");
    const third = await beginBlocked(both, "BRPOPLPUSH", "c", "d", "0");
    const second = await beginBlocked(both, "BLMOVE", "b", "c", "LEFT", "RIGHT", "0");
    const first = await beginBlocked(both, "BLMOVE", "a", "b", "RIGHT", "LEFT", "0");
    await both.same("RPUSH", "a", "x", "y");
    for (const waiter of [first, second, third, end]) await waiter.sameNext();
    await both.same("LRANGE", "a", "0", "-1");
    await both.same("EXISTS", "b", "c", "d");
    await both.same("DEL", "a");

    const there = await beginBlocked(both, "BLMOVE", "a", "b", "LEFT", "LEFT", "0");
    const back = await beginBlocked(both, "BLMOVE", "b", "a", "LEFT", "LEFT", "0");
    await both.same("RPUSH", "a", "x");
    await there.sameNext();
    await back.sameNext();
    await both.same("LRANGE", "a", "0", "-1");
  },
);

for (const emptying of [["FLUSHDB"], ["DEL", "b"]]) {
  differential(
    `keys are served in the order in which they were filled, not emptied (${emptying})`,
    async (both) => {
      const mover = await beginBlocked(both, "BRPOPLPUSH", "b", "a", "0");
      const popper = await beginBlocked(both, "BZPOPMIN", "a", "0");
      await both.same("SET", "b", "string");
      await both.same("MULTI");
      await both.same(...emptying);
      await both.same("ZADD", "a", "1", "member");
      await both.same("RPUSH", "b", "element");
      await both.same("EXEC");
      await popper.sameNext();
      await mover.sameNext();
      await both.same("LRANGE", "a", "0", "-1");
    },
  );
}

differential("BLMOVE onto its own list turns it, and leaves it to the next", async (both) => {
  const turning = await beginBlocked(both, "BLMOVE", "k", "k", "LEFT", "RIGHT", "0");
  const next = await beginBlocked(both, "BLPOP", "k", "0");
  await both.same("RPUSH", "k", "a", "b", "c");
  await turning.sameNext();
  await next.sameNext();
  await both.same("LRANGE", "k", "0", "-1");
  await both.same("DEL", "k");
  const alone = await beginBlocked(both, "BRPOPLPUSH", "k", "k", "0");
  await both.same("RPUSH", "k", "a");
  await alone.sameNext();
  await both.same("LRANGE", "k", "0", "-1");
});

differential(
  "BLMOVE to a key of another type fails when served, and takes nothing",
  async (both) => {
    await both.same("SET", "t", "x");
    const failing = await beginBlocked(both, "BLMOVE", "k", "t", "LEFT", "RIGHT", "0");
    const alsoFailing = await beginBlocked(both, "BRPOPLPUSH", "k", "t", "0");
    const next = await beginBlocked(both, "BLPOP", "k", "0");
    await both.same("RPUSH", "k", "a");
    await failing.sameNext();
    await alsoFailing.sameNext();
    await next.sameNext();
    await both.same("EXISTS", "k");
  },
);

differential("a key of another type wakes nobody, until it becomes a list", async (both) => {
  const waiter = await beginBlocked(both, "BLPOP", "k", "0");
  await both.same("SET", "k", "x");
  await both.bothRefuse("WRONGTYPE", "RPUSH", "k", "a");
  await both.same("DEL", "k");
  await both.same("RPUSH", "k", "a");
  await waiter.sameNext();
});

differential("lists and sorted sets under one key each serve their own waiters", async (both) => {
  const list = await beginBlocked(both, "BLPOP", "k", "0");
  const sortedSet = await beginBlocked(both, "BZPOPMIN", "k", "0");
  const secondList = await beginBlocked(both, "BRPOP", "k", "0");
  await both.same("ZADD", "k", "1", "a", "2", "b");
  await sortedSet.sameNext();
  await both.bothRefuse("WRONGTYPE", "RPUSH", "k", "x");
  await both.same("DEL", "k");
  await both.same("RPUSH", "k", "x", "y", "z");
  await list.sameNext();
  await secondList.sameNext();
  await both.same("LRANGE", "k", "0", "-1");
});

differential("every way to bring a list to a key serves who waits for it", async (both) => {
  const bring = async (...words: string[]) => {
    await both.same("RPUSH", "from", "a", "b");
    const waiter = await beginBlocked(both, "BLPOP", "k", "0");
    await both.same(...words);
    await waiter.sameNext();
    await both.same("LRANGE", "k", "0", "-1");
    await both.same("DEL", "k", "from");
  };
  await bring("LPUSH", "k", "1", "2");
  await bring("RENAME", "from", "k");
  await bring("RENAMENX", "from", "k");
  await bring("COPY", "from", "k");
  await bring("LMOVE", "from", "k", "RIGHT", "LEFT");
  await bring("RPOPLPUSH", "from", "k");
  await bring("SORT", "from", "ALPHA", "DESC", "STORE", "k");
});

differential("MOVE and SWAPDB bring a list to another database's waiters", async (both) => {
  const other = await both.onSecondConnection();
  await other.same("SELECT", "9");
  for (const words of [["MOVE", "k", "9"], ["SWAPDB", "0", "9"]]) {
    await blockOn(both, other, "BLPOP", "k", "0");
    await both.same("RPUSH", "k", "a", "b");
    await both.same("LLEN", "k");
    await both.same(...words);
    await other.sameNext();
    await other.same("LRANGE", "k", "0", "-1");
    await both.same("FLUSHALL");
  }
});

differential("CLIENT UNBLOCK ends a blocked list command", async (both) => {
  for (const form of FORMS) {
    for (const reason of [[], ["TIMEOUT"], ["ERROR"]]) {
      const waiter = await beginBlocked(both, ...form);
      await both.sameOutcome("CLIENT UNBLOCK", async (client) => {
        const list = String(await client.value("CLIENT", "LIST"));
        const id = /id=(\d+) .* flags=b /.exec(list)![1];
        return await client.value("CLIENT", "UNBLOCK", id, ...reason);
      });
      await waiter.sameNext();
      await waiter.same("PING");
    }
  }
});

differential("requests behind a blocked list command are run when it is served", async (both) => {
  const waiter = await beginBlocked(both, "BLPOP", "k", "0");
  await waiter.begin("RPUSH", "k", "mine");
  await waiter.begin("BRPOP", "k", "0");
  await waiter.begin("LLEN", "k");
  await both.same("RPUSH", "k", "a", "b");
  for (let count = 0; count < 4; count++) await waiter.sameNext();
  await both.same("LRANGE", "k", "0", "-1");
});

differential("a client that goes takes its place in the line with it", async (both) => {
  const gone = await beginBlocked(both, "BLPOP", "k", "0");
  const staying = await beginBlocked(both, "BLPOP", "k", "0");
  await gone[Symbol.asyncDispose]();
  await both.sameOutcome("wait until it is gone", async (client) => {
    while (String(await client.value("INFO", "clients")).includes("blocked_clients:2"));
  });
  await both.same("RPUSH", "k", "a");
  await staying.sameNext();
  await both.same("EXISTS", "k");
});

differential("INFO counts blocked clients, and commandstats each call once", async (both) => {
  await both.same("CONFIG", "RESETSTAT");
  const waiter = await beginBlocked(both, "BLPOP", "k", "0");
  await beginBlocked(both, "BRPOP", "other", "100");
  const failing = await beginBlocked(both, "BLMOVE", "k", "s", "LEFT", "LEFT", "0");
  await both.same("SET", "s", "x");
  await both.same("RPUSH", "k", "a", "b");
  await waiter.sameNext();
  await failing.sameNext();
  await both.sameOutcome("counts", async (client) => {
    const info = String(await client.value("INFO", "everything"));
    const lines = info.match(
      /^(blocked_clients|clients_in_timeout_table|errorstat_|cmdstat_b).*$/gm,
    )!;
    return lines.map((line) => line.replace(/usec.*=[\d.]+,/, "")).sort();
  });
});

differential("who is killed in the pipeline that serves it gets no reply", async (both) => {
  for (const serving of [["RPUSH k a"], ["RPUSH k a", "PING"], ["CLIENT UNBLOCK %"]]) {
    const waiter = await beginBlocked(both, "BLPOP", "k", "0");
    await both.sameOutcome("serve and kill it", async (client) => {
      const id = /id=(\d+) .* cmd=blpop /.exec(String(await client.value("CLIENT", "LIST")))![1];
      const requests = [...serving, "CLIENT KILL ID %", "LLEN k"];
      await client.sendRaw(requests.map((text) => `${text.replace("%", id)}\r\n`).join(""));
      return (await client.receiveMany(requests.length)).map(plainOf);
    });
    await waiter.sameOutcome("what it gets", (client) => client.readToEnd());
  }
});
