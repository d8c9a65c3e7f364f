/**
 * Append-only file: a server that is started again has what it had, whatever the tail of its log.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { AofError } from "../../../src/persistence/mod.ts";
import { eventually } from "../../support/poll.ts";
import { inputOutputError, WatchedDisk } from "../../support/watched_disk.ts";
import { call, callAll, Home, rewritten } from "./aof_home.ts";

Deno.test("AOF: what was acknowledged is in the file, and is there again", async () => {
  for (const policy of ["always", "everysec", "no"]) {
    using home = new Home();
    {
      await using server = await home.start({ appendfsync: policy });
      await callAll(server, ["SET a 1", "SELECT 2", "RPUSH l x y", "SET b 2 EX 100"]);
      assertEquals(
        home.textOf("1.incr.aof"),
        "SELECT 0\nSET a 1\nSELECT 2\nRPUSH l x y\n" +
          `SET b 2 PXAT ${home.clock.nowMs() + 100_000}`,
      );
    }
    await using server = await home.start();
    assertEquals(await call(server, "GET a"), "1");
    await using client = server.client();
    await client.call("SELECT", 2);
    assertEquals(await client.call("LRANGE", "l", 0, -1), ["x", "y"]);
    assertEquals(await client.call("TTL", "b"), 100);
  }
});

Deno.test("AOF: a key that expired while the server was down stays until what followed has been repeated", async () => {
  using home = new Home();
  {
    await using server = await home.start();
    await callAll(server, ["SET a 1 EX 10", "APPEND a 2", "SET b 1 EX 10", "PEXPIRE b 5000"]);
  }
  home.clock.advance(60_000);
  await using server = await home.start();
  assertEquals(await call(server, "EXISTS a b"), 0);
});

Deno.test("AOF: a tail torn at any byte is cut to what was whole, and the log goes on behind it", async () => {
  using home = new Home();
  {
    await using server = await home.start();
    await callAll(server, ["SET a 1", "MULTI", "SET b 1", "INCR a", "EXEC", "SET c 1"]);
  }
  const path = home.fileOf("1.incr.aof"), whole = Deno.readFileSync(path);
  const text = new TextDecoder().decode(whole);
  const multiAt = text.indexOf("*1\r\n$5\r\nMULTI"), execEnd = text.indexOf("EXEC") + 6;
  for (let byteCount = multiAt; byteCount <= whole.length; byteCount++) {
    Deno.writeFileSync(path, whole.subarray(0, byteCount));
    {
      await using server = await home.start();
      assertEquals(
        await call(server, "MGET a b c"),
        byteCount < execEnd ? ["1", null, null] : ["2", "1", byteCount < whole.length ? null : "1"],
        `cut at ${byteCount}`,
      );
      await call(server, "SET d 1");
    }
    if (byteCount % 10 !== 0) continue;
    await using server = await home.start();
    assertEquals(await call(server, "GET d"), "1", `behind a cut at ${byteCount}`);
  }
});

Deno.test("AOF: a torn tail is refused where truncated files are, or others follow", async () => {
  using home = new Home();
  {
    await using server = await home.start();
    await callAll(server, ["SET a 1", "SET b 1"]);
  }
  const path = home.fileOf("1.incr.aof");
  Deno.truncateSync(path, Deno.statSync(path).size - 1);
  await assertRejects(
    () => home.start({ "aof-load-truncated": "no" }),
    AofError,
    "Unexpected end of file reading the append only file appendonly.aof.1.incr.aof at offset 50",
  );
  const manifest = home.fileOf("manifest");
  const line = "file appendonly.aof.2.incr.aof seq 2 type i\n";
  Deno.writeTextFileSync(manifest, line, { append: true });
  await assertRejects(
    () => home.start(),
    AofError,
    "Unable to obtain the AOF file appendonly.aof.2.incr.aof length. stat: No such file or directory",
  );
  Deno.writeTextFileSync(home.fileOf("2.incr.aof"), "");
  await assertRejects(() => home.start(), AofError, "the truncated file is not the last file");
});

Deno.test("AOF: damage is refused with file and offset, and nothing is written", async () => {
  using home = new Home();
  {
    await using server = await home.start();
    await callAll(server, ["SET a 1", "SET b 1"]);
  }
  const path = home.fileOf("1.incr.aof"), whole = Deno.readFileSync(path);
  for (
    const [damage, message] of [
      ["garbage\r\n", `at offset ${whole.length}`],
      ["*1\r\n$5\r\nNOPES\r\n", `at offset ${whole.length}`],
      ["*2\r\n$3\r\nSET\r\n$1\r\na\r\n", "wrong number of arguments"],
    ]
  ) {
    Deno.writeFileSync(path, whole);
    Deno.writeTextFileSync(path, damage, { append: true });
    await assertRejects(() => home.start(), AofError, message);
    assertEquals(Deno.statSync(path).size, whole.length + damage.length);
  }
});

Deno.test("AOF: switched on and off while the server runs", async () => {
  using home = new Home();
  {
    await using server = await home.start({ appendonly: "no" });
    await callAll(server, ["SET a 1", "CONFIG SET appendonly yes", "SET b 1"]);
    await rewritten(home, server);
    await callAll(server, ["SET c 1", "CONFIG SET appendonly no", "SET d 1"]);
  }
  {
    await using server = await home.start();
    assertEquals(await call(server, "MGET a b c d"), ["1", "1", "1", null]);
    await callAll(server, ["CONFIG SET appendonly no", "SET d 1", "CONFIG SET appendonly yes"]);
    await rewritten(home, server);
  }
  await using server = await home.start();
  assertEquals(await call(server, "MGET a b c d"), ["1", "1", "1", "1"]);
});

Deno.test("AOF: a rewrite holds everything, what is written meanwhile included", async () => {
  for (const preamble of ["yes", "no"]) {
    using home = new Home();
    const config = { "aof-use-rdb-preamble": preamble };
    const expected: string[] = [];
    {
      await using server = await home.start(config);
      await using client = server.client();
      for (let index = 0; index < 5000; index++) client.call("SET", `k${index}`, index);
      await client.call("RPUSH", "list", ...Array.from({ length: 5000 }, (_, i) => i));
      await client.call("BGREWRITEAOF");
      for (let index = 0; index < 100; index++) {
        home.clock.advance(1);
        await client.call("INCR", `k${index * 50}`);
        await client.call("LPOP", "list");
      }
      await rewritten(home, server);
      await client.call("SELECT", 5);
      await client.call("SET", "other", 1);
      await client.call("SELECT", 0);
      for (let index = 0; index < 5000; index++) {
        expected.push(String(await client.call("GET", `k${index}`)));
      }
    }
    assertEquals([...Deno.readDirSync(`${home.path}/appendonlydir`)].length, 3);
    await using server = await home.start(config);
    await using client = server.client();
    for (const [index, value] of expected.entries()) {
      assertEquals(await client.call("GET", `k${index}`), value);
    }
    assertEquals(await client.call("LLEN", "list"), 4900);
    assertEquals(await client.call("DBSIZE"), 5001);
  }
});

Deno.test("AOF: rewritten by itself when it has grown", async () => {
  using home = new Home();
  await using server = await home.start({ "auto-aof-rewrite-min-size": "4kb" });
  await using client = server.client();
  for (let index = 0; index < 1000; index++) await client.call("SET", "key", index);
  home.clock.advance(1000);
  await rewritten(home, server);
  assert(home.log.includes("Starting automatic rewriting of AOF on"));
  assert(Deno.statSync(home.fileOf("2.base.rdb")).size < 200);
});

Deno.test("AOF: the single file of an older server is taken in", async () => {
  using home = new Home();
  Deno.writeTextFileSync(
    `${home.path}/appendonly.aof`,
    "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n",
  );
  {
    await using server = await home.start();
    assertEquals(await call(server, "GET a"), "1");
    await call(server, "SET b 1");
  }
  await using server = await home.start();
  assertEquals(await call(server, "MGET a b"), ["1", "1"]);
  assert(home.log.includes("Successfully migrated an old-style AOF file"));
});

Deno.test("AOF: a directory of that name is no single file of an older server", async () => {
  using home = new Home();
  Deno.mkdirSync(`${home.path}/appendonly.aof`);
  await using server = await home.start();
  assertEquals(await call(server, "SET a 1"), "OK");
  assert(Deno.statSync(`${home.path}/appendonly.aof`).isDirectory);
});

Deno.test("AOF: each file begins in database 0, whatever the one before ended in", async () => {
  using home = new Home();
  const manifest = home.writeLog(["SELECT 3", "SET a 1"], ["SET a 2"]);
  {
    await using server = await home.start();
    assertEquals(await call(server, "GET a"), "2");
    assertEquals(await call(server, "DBSIZE"), 1);
  }
  assertEquals(
    Deno.readTextFileSync(home.fileOf("manifest")),
    manifest,
    "there is no cause to write it",
  );
});

Deno.test("AOF: switched off, it must be sound all the same, and loses what counts no longer", async () => {
  using home = new Home();
  const manifest = home.writeLog(["SET a 1"], ["SET a 2"]);
  Deno.writeTextFileSync(home.fileOf("0.incr.aof"), "");
  Deno.writeTextFileSync(
    home.fileOf("manifest"),
    `${manifest}file appendonly.aof.0.incr.aof seq 0x type h\n`,
  );
  await assertRejects(() => home.start({ appendonly: "no" }), AofError, "Invalid AOF manifest");
  Deno.writeTextFileSync(
    home.fileOf("manifest"),
    `${manifest}file appendonly.aof.0.incr.aof seq 9 type h\n`,
  );
  await using server = await home.start({ appendonly: "no" });
  assertEquals(await call(server, "GET a"), null);
  await eventually(() => Deno.readTextFileSync(home.fileOf("manifest")) === manifest);
  assertThrows(() => Deno.statSync(home.fileOf("0.incr.aof")), Deno.errors.NotFound);
});

Deno.test("AOF: seconds are remarked where that is wanted", async () => {
  using home = new Home();
  {
    await using server = await home.start({ "aof-timestamp-enabled": "yes" });
    await callAll(server, ["SET a 1", "SET b 1"]);
    home.clock.advance(1000);
    await callAll(server, ["SET c 1"]);
  }
  const second = home.clock.nowMs() / 1000 - 1;
  assertEquals(
    home.textOf("1.incr.aof"),
    `#TS:${second}\nSELECT 0\nSET a 1\nSET b 1\n#TS:${second + 1}\nSET c 1`,
  );
  await using server = await home.start();
  assertEquals(await call(server, "EXISTS a b c"), 3);
});

Deno.test("AOF: DEBUG LOADAOF has the data of the file, and the log goes on", async () => {
  using home = new Home();
  {
    await using server = await home.start({ "enable-debug-command": "yes" });
    await using client = server.client();
    await client.call("SELECT", 1);
    await client.call("RPUSH", "l", "a", "b");
    await client.call("DEBUG", "POPULATE", 10); // not in the log
    assertEquals(await client.call("DEBUG", "LOADAOF"), "OK");
    assertEquals(await client.call("DBSIZE"), 1);
    await client.call("RPUSH", "l", "c");
  }
  await using server = await home.start();
  await using client = server.client();
  await client.call("SELECT", 1);
  assertEquals(await client.call("LRANGE", "l", 0, -1), ["a", "b", "c"]);
});

/** Leaves a log in which SET is followed by an INCR that fails, at offset 55, and by one that does not. */
async function leaveFailingLog(home: Home): Promise<void> {
  {
    await using server = await home.start();
    await callAll(server, ["SET word ten"]);
  }
  Deno.writeTextFileSync(
    home.fileOf("1.incr.aof"),
    "*2\r\n$4\r\nINCR\r\n$4\r\nword\r\n*2\r\n$4\r\nINCR\r\n$5\r\ncount\r\n",
    { append: true },
  );
}

Deno.test("AOF: a command that fails when it is repeated is told of and passed over", async () => {
  using home = new Home();
  await leaveFailingLog(home);
  await using server = await home.start();
  assertMatch(home.log, /DB loaded from append only file.*\n.*Opening AOF incr file/);
  assertEquals(await call(server, "GET count"), "1");
  assertStringIncludes(
    home.log,
    "== CRITICAL == This server is sending an error to its AOF-loading-client: " +
      "'-ERR value is not an integer or out of range' after processing the command 'incr'",
  );
  assertStringIncludes(String(await call(server, "INFO stats")), "unexpected_error_replies:1");
});

Deno.test("AOF: a command that fails when it is repeated ends the server where that is wanted", async () => {
  using home = new Home();
  await leaveFailingLog(home);
  await assertRejects(
    () => home.start({ "propagation-error-behavior": "panic" }),
    AofError,
    "1.incr.aof at offset 55: ERR value is not an integer or out of range",
  );
  assertStringIncludes(home.log, "== CRITICAL == ");
  await using server = await home.start({ "propagation-error-behavior": "panic-on-replicas" });
  assertEquals(await call(server, "GET count"), "1");
});

Deno.test("AOF: a trim with a limit, which Redis logs with an exact threshold, is repeated", async () => {
  using home = new Home();
  {
    await using server = await home.start();
    await callAll(server, ["XADD s 1-1 a b", "XADD s 2-1 a b"]);
  }
  const words = ["XADD", "s", "MINID", "=", "2-0", "LIMIT", "0", "3-1", "a", "b"];
  Deno.writeTextFileSync(
    home.fileOf("1.incr.aof"),
    `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`,
    { append: true },
  );
  await using server = await home.start();
  assertEquals(await call(server, "XLEN s"), 2);
  assert(!home.log.includes("CRITICAL"));
});

Deno.test("AOF: a base of commands begins with a remark of its time where that is wanted", async () => {
  using home = new Home();
  await using server = await home.start({
    "aof-timestamp-enabled": "yes",
    "aof-use-rdb-preamble": "no",
  });
  await callAll(server, ["SET a 1"]);
  home.clock.advance(5000);
  const second = home.clock.nowMs() / 1000;
  await call(server, "BGREWRITEAOF");
  await rewritten(home, server);
  const lines = home.textOf("2.base.aof").split("\n");
  const remarked = Number(lines[0].replace("#TS:", ""));
  assert(remarked >= second && remarked <= home.clock.nowMs() / 1000, lines[0]);
  assertEquals(lines.slice(1), ["SELECT 0", "SET a 1"]);
});

Deno.test("AOF: what was allowed when it was logged is repeated, whatever proto-max-bulk-len is now", async () => {
  using home = new Home();
  const value = "x".repeat(2_000_000);
  {
    await using server = await home.start();
    await callAll(server, [`SET a ${value}`, "SETRANGE b 1999999 x", "SETBIT c 15999999 1"]);
    await callAll(server, [`SET d ${value}`, "APPEND d x", "BITFIELD e SET u8 15999992 1"]);
  }
  await using server = await home.start({ "proto-max-bulk-len": "1mb" });
  for (const [key, byteCount] of Object.entries({ a: 0, b: 0, c: 0, d: 1, e: 0 })) {
    assertEquals(await call(server, `STRLEN ${key}`), 2_000_000 + byteCount, key);
  }
  await assertRejects(() => call(server, "APPEND d x"), Error, "exceeds maximum allowed size");
});

const NODE = {
  "peers": "one@127.0.0.1:1",
  "self": "one",
  "cluster-mode": "relay",
  "cluster-secret": "of the log",
};
for (
  const { who, config, kept } of [
    { who: "a server puts writes off", config: {}, kept: ["SET a 1"] },
    { who: "a node of a cluster does not", config: NODE, kept: ["SET a 1", "SET b 2"] },
  ]
) {
  Deno.test(`AOF: while everysec waits for the disk, ${who}`, async () => {
    using home = new Home();
    const disk = Promise.withResolvers<void>();
    let isAsked = false;
    using _watched = new WatchedDisk(home.path, ({ action, path }) => {
      if (action !== "sync" || !path.endsWith(".incr.aof")) return;
      isAsked = true;
      return disk.promise;
    });
    await using server = await home.start(config);
    await call(server, "SET a 1");
    await eventually(() => {
      home.clock.advance(1000);
      return isAsked;
    });
    await call(server, "SET b 2");
    const sets = home.textOf("1.incr.aof").split("\n").filter((line) => line.startsWith("SET"));
    disk.resolve();
    assertEquals(sets, kept);
  });
}

Deno.test("AOF: DEBUG AOF-FLUSH-SLEEP has the server stand still before it writes", async () => {
  using home = new Home();
  await using server = await home.start({ "enable-debug-command": "yes" });
  await call(server, "DEBUG AOF-FLUSH-SLEEP 20000");
  const startMs = performance.now();
  await call(server, "SET a 1");
  assert(performance.now() - startMs >= 20);
  await call(server, "DEBUG AOF-FLUSH-SLEEP 0");
});

Deno.test("AOF: MEMORY STATS and INFO tell of the room for what is not written yet", async () => {
  using home = new Home();
  await using server = await home.start();
  const roomOf = async (): Promise<number> => {
    const stats = await call(server, "MEMORY STATS") as unknown[];
    return Number(stats[stats.indexOf("aof.buffer") + 1]);
  };
  const roomBytes = await roomOf();
  assert(roomBytes > 0);
  assertStringIncludes(String(await call(server, "INFO memory")), `mem_aof_buffer:${roomBytes}`);
  await call(server, "CONFIG SET appendonly no");
  assertEquals(await roomOf(), 0);
});

Deno.test("AOF: a start without room for a log is refused, and leaves no file", async () => {
  using home = new Home();
  {
    using _disk = new WatchedDisk(home.path, ({ action }) => {
      if (action === "write") throw inputOutputError();
    });
    await assertRejects(
      () => home.start(),
      AofError,
      "Error moving temp append only file on the final destination: Input/output error",
    );
  }
  assertEquals([...Deno.readDirSync(`${home.path}/appendonlydir`)], []);
});
