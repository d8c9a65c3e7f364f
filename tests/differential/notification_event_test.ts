/**
 * Keyspace notifications against real Redis: what is told of the commands of each group, in order, and
 * which classes the directive selects.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { beginBlocked } from "../support/blocked.ts";
import type { Both } from "../support/both.ts";
import { payloadOf } from "../support/dump_payload.ts";
import { differential } from "../support/differential.ts";
import { KeyEvents } from "../support/key_events.ts";

/** Registers a transcript that is followed by a subscriber. */
function told(name: string, transcript: (events: KeyEvents, both: Both) => Promise<void>): void {
  differential(
    `notifications: ${name}`,
    async (both) => await transcript(await KeyEvents.follow(both), both),
    { config: { "notify-keyspace-events": "" } },
  );
}

told("strings", async (events) => {
  await events.tell("SET s 1", "SET s 2", "SET t 1 EX 1000", "SET t 1 KEEPTTL", "SETEX u 1000 x");
  await events.tell("PSETEX u 1000000 y", "SETNX n 1", "SET n 2 XX GET", "GETSET n 3");
  await events.tell("APPEND s x", "APPEND a x", "SETRANGE s 1 yy", "SETRANGE r 2 yy");
  await events.tell("INCR i", "DECR i", "INCRBY i 3", "INCRBYFLOAT i 1.5", "INCRBYFLOAT f 1.5");
  await events.tell("MSET s 1 m 2 m 3", "MSETNX m1 1 m2 2", "GETEX s EX 100", "GETEX s PERSIST");
  await events.tell("GETEX s PXAT 1", "GETDEL t", "SETBIT b 1 1", "SETBIT b 100 0");
  await events.tell("BITFIELD b SET u8 0 1 INCRBY u4 9 1", "BITFIELD c INCRBY u8 0 1");
  await events.tell("BITOP NOT d b", "BITOP OR d e e", "PFADD h a b", "PFMERGE h2 h");
  await events.tellNothing("SETNX n 1", "MSETNX m1 1 m9 2", "SETBIT b 1 0 x", "SETRANGE absent 0 ");
  await events.tellNothing("PFADD h a", "PFCOUNT h", "SET m 1 NX", "BITFIELD b GET u8 0");
});

told("lists", async (events) => {
  await events.tell("RPUSH l a b c d e f g h", "LPUSH l x", "LPUSHX l y", "RPUSHX l z");
  await events.tell("LINSERT l BEFORE c q", "LSET l 0 w", "LREM l 0 q", "LTRIM l 1 -2", "LPOP l");
  await events.tell("RPOP l 2", "LMOVE l m LEFT RIGHT", "LMOVE m m LEFT RIGHT", "RPOPLPUSH l m");
  await events.tell("LMPOP 2 absent l LEFT COUNT 2", "LMOVE m l LEFT LEFT", "LMOVE m n LEFT LEFT");
  await events.tell("RPOP l 10", "LTRIM n 5 6", "RPUSH o a", "LREM o 0 a", "RPUSH o a", "LPOP o");
  await events.tellNothing("LPUSHX absent y", "LREM absent 0 q", "LTRIM absent 0 1");
});

told("sets", async (events, both) => {
  await events.tell("SADD s a b c", "SREM s a", "SMOVE s t b", "SPOP t", "SMOVE s t c", "SPOP t 1");
  await both.same("SADD", "s", "a", "b", "c", "d", "e");
  for (const count of [["1"], ["2"], [], [], ["0"]]) await both.send("SPOP", "s", ...count);
  assert((await events.compare()).length > 0);
  await events.tell("SADD s a", "SPOP s 3", "SADD s a", "SREM s a x", "SADD s a b", "SADD t b");
  await events.tell("SINTERSTORE u s t", "SUNIONSTORE u s t", "SDIFFSTORE u s t");
  await events.tell("SINTERSTORE u s absent", "SDIFFSTORE s s s", "SADD t b q");
  await events.tellNothing("SADD t b", "SREM t x", "SPOP t 0", "SMOVE t t b", "SREM absent x");
});

told("hashes", async (events) => {
  await events.tell("HSET h a 1 b 2", "HSET h a 1", "HMSET h c 3", "HSETNX h d 4", "HINCRBY h a 1");
  await events.tell("HINCRBYFLOAT h a 1.5", "HINCRBY i a 1", "HINCRBYFLOAT j a 1", "HSETNX k a 1");
  await events.tell("HDEL h a b", "HDEL h c d e");
  await events.tellNothing("HSETNX k a 1", "HDEL k b", "HDEL absent b");
});

told("sorted sets", async (events) => {
  await events.tell("ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h", "ZADD z CH 2 a", "ZADD z INCR 1 a");
  await events.tell(
    "ZINCRBY z 1 a",
    "ZREM z a",
    "ZREMRANGEBYRANK z 0 0",
    "ZPOPMIN z",
    "ZPOPMAX z 2",
  );
  await events.tell("ZREMRANGEBYSCORE z 4 4", "ZADD y 0 a 0 b 0 c", "ZREMRANGEBYLEX y [a [a");
  await events.tell("ZUNIONSTORE x 2 y z", "ZINTERSTORE x 2 y x", "ZDIFFSTORE x 2 y z");
  await events.tell("ZINTERSTORE x 2 y absent", "ZRANGESTORE x y 0 -1", "ZRANGESTORE x y 5 6");
  await events.tell("ZMPOP 2 absent y MIN COUNT 9", "ZADD w 1 a", "ZREM w a", "ZADD w 1 a");
  await events.tell("ZREMRANGEBYSCORE w -inf inf", "ZADD w 1 a", "ZPOPMAX w 5", "ZADD w NX 1 a");
  await events.tellNothing("ZADD w 1 a", "ZADD w NX 2 a", "ZREM w x", "ZADD absent XX 1 a");
  await events.tell("GEOADD g 13.361389 38.115556 p 15.087269 37.502669 q");
  await events.tell("GEOSEARCHSTORE r g FROMLONLAT 15 37 BYRADIUS 200 km");
  await events.tell("GEORADIUS g 15 37 200 km STORE r", "GEORADIUS g 15 37 1 m STOREDIST r");
  await events.tell("GEORADIUS absent 15 37 200 km STORE g");
});

told("streams", async (events) => {
  await events.tell(
    "XADD x 1-1 a 1",
    "XADD x 2-1 a 1",
    "XADD x MAXLEN 2 3-1 a 1",
    "XTRIM x MAXLEN 1",
  );
  await events.tell("XGROUP CREATE x g 0", "XGROUP CREATE y g $ MKSTREAM", "XGROUP SETID x g 0");
  await events.tell("XGROUP CREATECONSUMER x g c", "XGROUP DELCONSUMER x g c", "XSETID x 9-1");
  await events.tell(
    "XREADGROUP GROUP g new STREAMS x >",
    "XADD x 9-2 a 1",
    "XREADGROUP GROUP g other NOACK STREAMS x >",
  );
  await events.tell("XCLAIM x g third 0 3-1", "XAUTOCLAIM x g fourth 0 0", "XDEL x 3-1");
  await events.tell("XGROUP DESTROY x g");
  await events.tellNothing(
    "XDEL x 3-1",
    "XTRIM x MAXLEN 5",
    "XGROUP DESTROY x g",
    "XADD z NOMKSTREAM * a 1",
  );
});

told("keys as a whole", async (events, both) => {
  await events.tell("SET a 1", "RENAME a b", "RENAMENX b c", "SET d 1", "RENAME c d", "COPY d e");
  await events.tell("COPY d e REPLACE", "COPY d e DB 1", "MOVE d 2", "EXPIRE e 1000", "PERSIST e");
  await events.tell(
    "PEXPIREAT e 1",
    "SET f 1",
    "EXPIRE f -1",
    "SET f 1",
    "SET g 1",
    "DEL f absent g",
  );
  await events.tell("SET f 1", "UNLINK f", "RPUSH l 2 1", "SORT l STORE s", "SORT absent STORE s");
  await events.tellNothing(
    "RENAME l l",
    "PERSIST l",
    "EXPIRE l 10 XX",
    "COPY l l2 DB 99",
    "MOVE l 0",
  );
  const payload = payloadOf(Uint8Array.of(0, 1, 120));
  await both.same("RESTORE", "r", "0", payload);
  await both.same("RESTORE", "r", "1000000", payload, "REPLACE");
  await both.same("RESTORE", "r", "1", payload, "REPLACE", "ABSTTL");
  await both.same("RESTORE", "r", "1", payload, "ABSTTL");
  assertEquals((await events.compare()).filter((_, index) => index % 4 === 1), [
    "new",
    "restore",
    "new",
    "restore",
    "del",
  ]);
  await both.same("SELECT", "3");
  await events.tell("SET a 1", "COPY a b", "MOVE a 0");
  await both.same("SELECT", "0");
  await events.tell("DEBUG POPULATE 3");
  await events.tellNothing("SWAPDB 0 3", "FLUSHDB", "FLUSHALL", "DEBUG RELOAD");
});

told("keys that are missed", async (events) => {
  await events.tell("GET k", "MGET k l", "STRLEN k", "EXISTS k k", "TTL k", "TYPE k", "TOUCH k");
  await events.tell(
    "HGET k a",
    "LLEN k",
    "SCARD k",
    "SINTER k l",
    "ZSCORE k a",
    "XLEN k",
    "DUMP k",
  );
  await events.tell("BITCOUNT k", "PFCOUNT k", "GETDEL k", "GETEX k", "SORT k", "SET k 1 GET");
  await events.tell(
    "ZINTER 2 l m",
    "SUNIONSTORE d l m",
    "XREAD STREAMS l 0",
    "GEOPOS l m",
    "COPY l m",
  );
  await events.tellNothing(
    "OBJECT ENCODING l",
    "DEL l",
    "LPOP l",
    "EXPIRE l 10",
    "GET k",
    "RENAME l m",
  );
});

told("transactions", async (events, both) => {
  await both.same("MULTI");
  for (const request of ["SET a 1", "INCR a", "LPUSH a x", "RENAME a b", "GET a"]) {
    await both.same(...request.split(" "));
  }
  await events.compare(await both.onSecondConnection());
  assertEquals(events.messageCount, 0);
  await events.tell("EXEC");
});

told("clients that wait", async (events, both) => {
  const forms = [
    ["BLPOP", "k", "0"],
    ["BRPOP", "k", "0"],
    ["BLMOVE", "k", "t", "LEFT", "RIGHT", "0"],
    ["BRPOPLPUSH", "k", "t", "0"],
    ["BLMPOP", "0", "2", "j", "k", "RIGHT", "COUNT", "5"],
  ];
  for (const form of forms) {
    const waiter = await beginBlocked(both, ...form);
    await events.compare();
    await events.tell("RPUSH k a b");
    await waiter.sameNext();
    await both.same("DEL", "k");
    await events.compare();
  }
  for (const form of [["BZPOPMIN", "z", "0"], ["BZMPOP", "0", "1", "z", "MAX", "COUNT", "5"]]) {
    const waiter = await beginBlocked(both, ...form);
    await events.tell("ZADD z 1 a");
    await waiter.sameNext();
  }
  await events.tell("XGROUP CREATE x g $ MKSTREAM");
  const reader = await beginBlocked(both, ..."XREADGROUP GROUP g c BLOCK 0 STREAMS x >".split(" "));
  await events.compare();
  await events.tell("XADD x 1-1 a 1");
  await reader.sameNext();
});

told("expired keys", async (events, both) => {
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "0");
  await events.tell(
    "SET a 1 PXAT 1",
    "GET a",
    "SET a 1 PXAT 1",
    "SET a 2",
    "SET a 1 PXAT 1",
    "DEL b a",
  );
  await events.tell("SET a 1 PXAT 1", "TTL a", "SET a 1 PXAT 1", "RPUSH a x");
  for (
    const line of [
      "SORT absent STORE a",
      "SUNIONSTORE a absent",
      "SINTERSTORE a absent",
      "ZUNIONSTORE a 1 absent",
      "ZRANGESTORE a absent 0 -1",
      "GEOSEARCHSTORE a absent FROMLONLAT 1 1 BYRADIUS 1 m",
      "BITOP AND a absent",
    ]
  ) {
    await events.tell("SET a 1 PXAT 1", line);
  }
  const payload = payloadOf(Uint8Array.of(0, 1, 120));
  for (const ttl of ["0", "1", "-1"]) {
    await events.tell("SET a 1 PXAT 1");
    await both.same("RESTORE", "a", ttl, payload, "REPLACE", "ABSTTL");
    await events.compare();
  }
  await both.same("DEBUG", "SET-ACTIVE-EXPIRE", "1");
});

differential("notify-keyspace-events selects classes and channels", async (both) => {
  for (
    const classes of ["K$", "E$", "KEg", "Kx", "KEA", "En", "Em", "KElsz", "h", "KE", "", "Eht"]
  ) {
    const events = await KeyEvents.follow(both, classes);
    for (const line of ["SET k 1", "GET absent", "DEL k", "HSET h a 1", "RPUSH l a", "SADD s a"]) {
      await both.same(...line.split(" "));
    }
    await both.same("ZADD", "z", "1", "a");
    await both.same("XADD", "x", "1-1", "a", "1");
    await both.same("FLUSHALL");
    await events.compare();
    await both.same("CONFIG", "GET", "notify-keyspace-events");
  }
}, { config: { "notify-keyspace-events": "" } });

differential("notify-keyspace-events refuses letters that are no class", async (both) => {
  await both.bothRefuse("ERR CONFIG SET failed", "CONFIG", "SET", "notify-keyspace-events", "KEq");
});
