/**
 * XGROUP, XREADGROUP, XACK, XPENDING, XINFO against real Redis, waiting included.
 *
 * @module
 */

import { beginBlocked } from "../support/blocked.ts";
import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { plainOf, type PlainReply } from "../support/reply.ts";

const SMALL_NODES = { config: { "stream-node-max-entries": "3" } };

async function fill(both: Both, key: string, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    await both.same("XADD", key, `${number}-0`, "n", String(number));
  }
}

/** Pending entries without the time since their delivery, which two servers don't share. */
async function samePending(both: Both, key: string, group: string): Promise<void> {
  await both.same("XPENDING", key, group);
  await both.sameOutcome("XPENDING - + 100 without idle times", async (client) => {
    const reply = plainOf(await client.command("XPENDING", key, group, "-", "+", "100"));
    return (reply as PlainReply[][]).map(([id, consumer, , count]) => [id, consumer, count]);
  });
}

/** All that can be seen of a group and does not depend on the moment. */
async function sameGroup(both: Both, key: string, group: string): Promise<void> {
  await samePending(both, key, group);
  await both.same("XINFO", "GROUPS", key);
  await both.sameShape("XINFO", "CONSUMERS", key, group);
  await both.sameShape("XINFO", "STREAM", key, "FULL");
}

differential("XGROUP creates, moves and removes groups and consumers", async (both) => {
  await both.bothRefuse("ERR The XGROUP subcommand requires", "XGROUP", "CREATE", "s", "g", "$");
  await both.same("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
  await both.bothRefuse("BUSYGROUP", "XGROUP", "CREATE", "s", "g", "0");
  await fill(both, "s", 5);
  await both.same("XGROUP", "CREATE", "s", "h", "$");
  await both.same("XGROUP", "CREATE", "s", "a", "2-0", "ENTRIESREAD", "2");
  await both.same("XGROUP", "CREATE", "s", "", "9", "mkstream", "entriesread", "-1");
  await both.same("XGROUP", "CREATE", "s", "\0\xff", "0");
  await both.same("XINFO", "GROUPS", "s");
  for (const id of ["0", "-", "+", "$", "3-0", "x", "5-*"]) {
    await both.same("XGROUP", "SETID", "s", "g", id);
    await both.same("XINFO", "GROUPS", "s");
  }
  await both.same("XGROUP", "SETID", "s", "g", "3-0", "ENTRIESREAD", "3");
  await both.same("XGROUP", "SETID", "s", "g", "3-0", "ENTRIESREAD", "-2");
  for (const name of ["bob", "ann", "bob", "", "\0"]) {
    await both.same("XGROUP", "CREATECONSUMER", "s", "g", name);
  }
  await both.sameShape("XINFO", "CONSUMERS", "s", "g");
  await both.same("XGROUP", "DELCONSUMER", "s", "g", "bob");
  await both.same("XGROUP", "DELCONSUMER", "s", "g", "bob");
  await both.same("XGROUP", "DESTROY", "s", "g");
  await both.same("XGROUP", "DESTROY", "s", "g");
  await both.same("XINFO", "GROUPS", "s");
});

differential("XGROUP and XINFO check their words in Redis' order", async (both) => {
  await both.same("SET", "word", "x");
  await fill(both, "s", 1);
  await both.same("XGROUP", "CREATE", "s", "g", "$");
  for (const key of ["s", "absent", "word"]) {
    for (
      const [name, ...tail] of [
        ["CREATE", "n"],
        ["CREATE", "n", "x"],
        ["CREATE", "n", "0", "x"],
        ["CREATE", "n", "0", "ENTRIESREAD"],
        ["CREATE", "n", "0", "ENTRIESREAD", "x"],
        ["CREATE", "n", "0", "ENTRIESREAD", "-5"],
        ["CREATE", "n", "0", "MKSTREAM", "MKSTREAM", "MKSTREAM", "MKSTREAM"],
        ["CREATE", "n", "x", "MKSTREAM", "ENTRIESREAD", "1", "MKSTREAM"],
        ["SETID", "g"],
        ["SETID", "absent", "0"],
        ["SETID", "g", "0", "MKSTREAM"],
        ["SETID", "g", "0", "ENTRIESREAD", "1", "ENTRIESREAD", "2"],
        ["DESTROY"],
        ["DESTROY", "absent"],
        ["DESTROY", "g", "x"],
        ["CREATECONSUMER", "absent", "c"],
        ["CREATECONSUMER", "g"],
        ["DELCONSUMER", "absent", "c"],
        ["DELCONSUMER", "g", "absent"],
        ["NONE", "g"],
      ]
    ) {
      await both.same("XGROUP", name, key, ...tail);
    }
    await both.same("XINFO", "STREAM", key, "x");
    await both.same("XINFO", "STREAM", key, "FULL", "COUNT");
    await both.same("XINFO", "STREAM", key, "FULL", "x", "1");
    await both.same("XINFO", "STREAM", key, "FULL", "COUNT", "x");
    await both.same("XINFO", "STREAM", key, "FULL", "COUNT", "1", "x");
    await both.same("XINFO", "GROUPS", key);
    await both.same("XINFO", "GROUPS", key, "x");
    await both.same("XINFO", "CONSUMERS", key, "g");
    await both.same("XINFO", "CONSUMERS", key, "absent");
    await both.same("XINFO", "CONSUMERS", key);
    await both.same("XINFO", "NONE", key);
  }
  for (
    const words of [["XGROUP"], ["XGROUP", "HELP"], ["XGROUP", "HELP", "x"], ["XGROUP", "NONE"]]
  ) {
    await both.same(...words);
  }
  for (const words of [["XINFO"], ["XINFO", "HELP"], ["XINFO", "HELP", "x"], ["XINFO", "STREAM"]]) {
    await both.same(...words);
  }
});

differential("XREADGROUP delivers each entry once, and keeps who has it", async (both) => {
  await fill(both, "s", 12);
  await both.same("XGROUP", "CREATE", "s", "g", "0");
  const read = ["XREADGROUP", "GROUP", "g"];
  await both.same(...read, "ann", "COUNT", "3", "STREAMS", "s", ">");
  await sameGroup(both, "s", "g");
  await both.same(...read, "bob", "COUNT", "2", "STREAMS", "s", ">");
  await both.same(...read, "cy", "COUNT", "2", "NOACK", "STREAMS", "s", ">");
  await sameGroup(both, "s", "g");
  for (const id of ["0", "1-0", "2", "5", "4-9"]) {
    await both.same(...read, "ann", "STREAMS", "s", id);
    await both.same(...read, "bob", "COUNT", "1", "NOACK", "STREAMS", "s", id);
    await both.same(...read, "dan", "STREAMS", "s", id);
  }
  await sameGroup(both, "s", "g");
  await both.same("XDEL", "s", "2-0", "5-0", "9-0");
  await both.same(...read, "ann", "STREAMS", "s", "0");
  await both.same(...read, "bob", "STREAMS", "s", ">");
  await both.same(...read, "bob", "STREAMS", "s", ">");
  await sameGroup(both, "s", "g");
  await both.same("XACK", "s", "g", "1-0", "1-0", "2-0", "99-0", "5");
  await sameGroup(both, "s", "g");
  await both.same("XGROUP", "SETID", "s", "g", "3-0");
  await both.same(...read, "cy", "STREAMS", "s", ">");
  await sameGroup(both, "s", "g");
  await both.same("XGROUP", "DELCONSUMER", "s", "g", "cy");
  await sameGroup(both, "s", "g");
}, SMALL_NODES);

differential("XREADGROUP reads several streams, each in its own way", async (both) => {
  await fill(both, "s", 3);
  await fill(both, "t", 3);
  await both.same("XGROUP", "CREATE", "s", "g", "0");
  await both.same("XGROUP", "CREATE", "t", "g", "2-0");
  const read = ["XREADGROUP", "GROUP", "g", "ann"];
  await both.same(...read, "COUNT", "1", "STREAMS", "s", "t", ">", ">");
  await both.same(...read, "STREAMS", "s", "t", "s", "0", ">", ">");
  await both.same(...read, "STREAMS", "s", "t", ">", ">");
  await both.same(...read, "STREAMS", "s", "t", "0", "18446744073709551615-18446744073709551615");
  await sameGroup(both, "s", "g");
  await sameGroup(both, "t", "g");
});

differential("XREADGROUP checks its words in Redis' order", async (both) => {
  await both.same("SET", "word", "x");
  await fill(both, "s", 1);
  await both.same("XGROUP", "CREATE", "s", "g", "0");
  const tails = [
    ["GROUP", "g", "c", "STREAMS", "s"],
    ["GROUP", "g", "c", "STREAMS", "s", "$"],
    ["GROUP", "g", "c", "STREAMS", "s", "x"],
    ["GROUP", "absent", "c", "STREAMS", "s", "x"],
    ["GROUP", "g", "c", "STREAMS", "absent", "$"],
    ["GROUP", "g", "c", "STREAMS", "word", "$"],
    ["GROUP", "g", "c", "STREAMS", "s", "word", ">", ">"],
    ["GROUP", "g", "c", "COUNT", "x", "STREAMS", "s", ">"],
    ["COUNT", "1", "NOACK", "STREAMS", "s", ">"],
    ["STREAMS", "s", "t", "u", ">", ">", ">"],
    ["GROUP", "g", "STREAMS", "s", ">", "x"],
    ["GROUP", "g", "c", "WHATEVER", "STREAMS", "s", ">"],
    ["GROUP", "g", "c", "BLOCK", "-1", "STREAMS", "s", ">"],
  ];
  for (const tail of tails) await both.same("XREADGROUP", ...tail);
  await both.bothRefuse("ERR wrong number", "XREADGROUP", "GROUP", "g", "c", "STREAMS", "s");
  await both.same("XPENDING", "s", "g");
});

differential("XREADGROUP waits for new entries, and is told when it is in vain", async (both) => {
  await fill(both, "s", 2);
  await both.same("XGROUP", "CREATE", "s", "g", "$");
  const wait = ["XREADGROUP", "GROUP", "g"];
  const ann = await beginBlocked(both, ...wait, "ann", "BLOCK", "0", "STREAMS", "s", ">");
  const bob = await beginBlocked(both, ...wait, "bob", "BLOCK", "0", "NOACK", "STREAMS", "s", ">");
  await both.same("XGROUP", "CREATECONSUMER", "s", "g", "cy");
  await both.same("XADD", "s", "3-0", "f", "v");
  await ann.sameNext();
  await both.same("XADD", "s", "4-0", "f", "v");
  await bob.sameNext();
  await sameGroup(both, "s", "g");
  await both.same(...wait, "ann", "BLOCK", "10", "STREAMS", "s", ">");
  await both.same(...wait, "ann", "BLOCK", "10", "STREAMS", "s", "0");

  const destroyed = await beginBlocked(both, ...wait, "ann", "BLOCK", "0", "STREAMS", "s", ">");
  await both.same("XGROUP", "DESTROY", "s", "g");
  await destroyed.sameNext();
  for (const ending of [["DEL", "s"], ["SET", "s", "x"], ["RENAME", "s", "t"], ["FLUSHALL"]]) {
    await both.same("DEL", "s");
    await both.same("XGROUP", "CREATE", "s", "g", "$", "MKSTREAM");
    const lost = await beginBlocked(both, ...wait, "ann", "BLOCK", "0", "STREAMS", "s", ">");
    await both.same(...ending);
    await lost.sameNext();
  }
});

differential("XACK acknowledges what is pending", async (both) => {
  await fill(both, "s", 3);
  await both.same("XGROUP", "CREATE", "s", "g", "0");
  await both.same("XREADGROUP", "GROUP", "g", "ann", "STREAMS", "s", ">");
  await both.bothRefuse("ERR Invalid stream ID", "XACK", "s", "g", "1-0", "x");
  await both.same("XACK", "s", "g", "1-0", "2", "7-7");
  await both.same("XACK", "s", "absent", "x");
  await both.same("XACK", "absent", "g", "x");
  await sameGroup(both, "s", "g");
  await both.same("SET", "word", "x");
  await both.bothRefuse("WRONGTYPE", "XACK", "word", "g", "x");
  await both.bothRefuse("ERR wrong number", "XACK", "s", "g");
});

differential("XPENDING lists by range, consumer and idle time", async (both) => {
  await fill(both, "s", 10);
  await both.same("XGROUP", "CREATE", "s", "g", "0");
  await both.same("XPENDING", "s", "g");
  await both.same("XPENDING", "s", "g", "-", "+", "10");
  await both.same("XREADGROUP", "GROUP", "g", "bob", "COUNT", "4", "STREAMS", "s", ">");
  await both.same("XREADGROUP", "GROUP", "g", "ann", "STREAMS", "s", ">");
  await both.same("XGROUP", "CREATECONSUMER", "s", "g", "idle");
  const tails = [
    ["-", "+", "3"],
    ["(2-0", "(7", "10"],
    ["3", "5", "10", "bob"],
    ["3", "5", "10", "absent"],
    ["9", "3", "10"],
    ["-", "+", "0"],
    ["-", "+", "-5"],
    ["-", "+", "10", "idle"],
    ["IDLE", "0", "-", "+", "2"],
    ["IDLE", "-9", "-", "+", "2", "ann"],
    ["idle", "3600000", "-", "+", "10"],
    ["IDLE", "3600000", "-", "+", "10", "ann"],
  ];
  for (const tail of tails) {
    await both.sameOutcome(`XPENDING s g ${tail.join(" ")} without idle times`, async (client) => {
      const reply = plainOf(await client.command("XPENDING", "s", "g", ...tail));
      return (reply as PlainReply[][]).map(([id, consumer, , count]) => [id, consumer, count]);
    });
  }
  const refused = [
    ["-"],
    ["-", "+"],
    ["-", "+", "x"],
    ["x", "+", "1"],
    ["-", "x", "1"],
    ["(-", "+", "1"],
    ["-", "(+", "1"],
    ["-", "(0-0", "1"],
    ["(18446744073709551615-18446744073709551615", "+", "1"],
    ["IDLE", "x", "-", "+", "1"],
    ["IDLE", "1", "-", "+"],
    ["IDLE", "1", "-", "+", "1", "ann", "x"],
    ["-", "+", "1", "ann", "x", "y", "z"],
  ];
  for (const tail of refused) await both.same("XPENDING", "s", "g", ...tail);
  await both.same("SET", "word", "x");
  await both.bothRefuse("WRONGTYPE", "XPENDING", "word", "g");
  await both.bothRefuse("NOGROUP", "XPENDING", "absent", "g");
  await both.bothRefuse("NOGROUP", "XPENDING", "s", "absent", "-", "+", "1");
  await both.bothRefuse("ERR wrong number", "XPENDING", "s");
});

differential("XINFO GROUPS estimates how many entries are left to read", async (both) => {
  await fill(both, "s", 6);
  for (const [group, id] of [["first", "1-0"], ["none", "0"], ["mid", "3-0"], ["last", "$"]]) {
    await both.same("XGROUP", "CREATE", "s", group, id);
  }
  await both.same("XGROUP", "CREATE", "s", "told", "3-0", "ENTRIESREAD", "3");
  await both.same("XGROUP", "CREATE", "s", "ahead", "99-0", "ENTRIESREAD", "50");
  const changes = [
    ["XDEL", "s", "2-0"],
    ["XREADGROUP", "GROUP", "none", "c", "COUNT", "1", "STREAMS", "s", ">"],
    ["XREADGROUP", "GROUP", "told", "c", "COUNT", "1", "STREAMS", "s", ">"],
    ["XREADGROUP", "GROUP", "mid", "c", "STREAMS", "s", ">"],
    ["XTRIM", "s", "MAXLEN", "4"],
    ["XDEL", "s", "5-0"],
    ["XREADGROUP", "GROUP", "told", "c", "COUNT", "1", "STREAMS", "s", ">"],
    ["XADD", "s", "7-0", "f", "v"],
    ["XREADGROUP", "GROUP", "first", "c", "COUNT", "2", "STREAMS", "s", ">"],
    ["XREADGROUP", "GROUP", "none", "c", "STREAMS", "s", ">"],
    ["XTRIM", "s", "MINID", "7-0"],
    ["XSETID", "s", "8-0", "ENTRIESADDED", "100", "MAXDELETEDID", "7-5"],
    ["XTRIM", "s", "MAXLEN", "0"],
    ["XADD", "s", "9-0", "f", "v"],
    ["XREADGROUP", "GROUP", "last", "c", "STREAMS", "s", ">"],
  ];
  await both.same("XINFO", "GROUPS", "s");
  for (const change of changes) {
    await both.same(...change);
    await both.same("XINFO", "GROUPS", "s");
  }
}, SMALL_NODES);

differential("XINFO STREAM FULL shows all, or as much as COUNT says", async (both) => {
  await fill(both, "s", 15);
  await both.same("XINFO", "STREAM", "s", "FULL");
  await both.same("XGROUP", "CREATE", "s", "g", "0");
  await both.same("XREADGROUP", "GROUP", "g", "ann", "COUNT", "12", "STREAMS", "s", ">");
  const ids = Array.from({ length: 11 }, (_, index) => `${index + 1}-0`);
  await both.same("XCLAIM", "s", "g", "bob", "0", ...ids, "TIME", "5", "RETRYCOUNT", "3");
  for (const tail of [[], ["COUNT", "0"], ["COUNT", "3"], ["count", "-3"], ["COUNT", "100"]]) {
    await both.sameOutcome(
      `XINFO STREAM s FULL ${tail.join(" ")} but for moments`,
      async (client) => {
        const reply = plainOf(await client.command("XINFO", "STREAM", "s", "FULL", ...tail));
        return JSON.stringify(reply).replace(/\b1\d{12}\b/g, "moment");
      },
    );
  }
}, SMALL_NODES);

differential("stream commands count hits and misses as Redis does", async (both) => {
  await fill(both, "s", 3);
  const commands = [
    ["XGROUP", "CREATE", "s", "g", "0"],
    ["XREADGROUP", "GROUP", "g", "ann", "COUNT", "2", "STREAMS", "s", ">"],
    ["XREADGROUP", "GROUP", "g", "ann", "STREAMS", "s", "0"],
    ["XREADGROUP", "GROUP", "g", "ann", "STREAMS", "absent", "0"],
    ["XREAD", "STREAMS", "s", "absent", "0", "0"],
    ["XREAD", "STREAMS", "s", "$"],
    ["XACK", "s", "g", "1-0"],
    ["XACK", "absent", "g", "1-0"],
    ["XCLAIM", "s", "g", "bob", "0", "2-0"],
    ["XCLAIM", "absent", "g", "bob", "0", "2-0"],
    ["XAUTOCLAIM", "s", "g", "bob", "0", "0"],
    ["XAUTOCLAIM", "s", "g", "bob", "x", "0"],
    ["XPENDING", "s", "g"],
    ["XPENDING", "s", "g", "-", "+", "x"],
    ["XINFO", "STREAM", "s"],
    ["XINFO", "GROUPS", "absent"],
    ["XRANGE", "s", "-", "+"],
    ["XREVRANGE", "absent", "+", "-"],
    ["XLEN", "s"],
    ["XADD", "s", "9-0", "f", "v"],
    ["XDEL", "s", "9-0"],
    ["XDEL", "absent", "9-0"],
    ["XTRIM", "s", "MAXLEN", "2"],
    ["XSETID", "s", "9-0"],
    ["XGROUP", "DESTROY", "s", "g"],
  ];
  for (const command of commands) {
    await both.same("CONFIG", "RESETSTAT");
    await both.send(...command);
    await both.sameOutcome("keyspace_hits and keyspace_misses", async (client) => {
      const info = String(await client.value("INFO", "stats"));
      return info.match(/keyspace_(hits|misses):\d+/g);
    });
  }
});
