/**
 * Snapshots in a file: SAVE, BGSAVE, save points, the end of a server, and its next start.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { DataDirectory, PlainClient } from "../support/data_directory.ts";
import { eventually } from "../support/poll.ts";

/** Commands that make keys of every type and encoding. */
const DATA: readonly (readonly string[])[] = [
  ["SET", "text", "some words that are long enough to be compressed, compressed, compressed"],
  ["SET", "number", "12345"],
  ["SET", "volatile", "value", "EX", "10000"],
  ["RPUSH", "list", "a", "b", "3"],
  ["SADD", "numbers", "1", "2", "300000"],
  ["SADD", "words", "one", "two"],
  ["ZADD", "scores", "1", "one", "2.5", "two"],
  ["HSET", "hash", "field", "value", "other", "17"],
  ["XADD", "stream", "1-1", "field", "value"],
  ["XGROUP", "CREATE", "stream", "group", "0"],
  ["XREADGROUP", "GROUP", "group", "consumer", "STREAMS", "stream", ">"],
  ["PFADD", "sketch", "a", "b", "c"],
  ["SELECT", "9"],
  ["SET", "elsewhere", "value"],
  ["SELECT", "0"],
];

/** Replies of the snapshot in progress, until there is none. */
async function waitForSnapshot(client: PlainClient): Promise<void> {
  await eventually(async () => await client.info("rdb_bgsave_in_progress") === "0", {
    what: "the snapshot to end",
  });
}

Deno.test("SAVE keeps all data over kill -9", async () => {
  using directory = new DataDirectory();
  let digest: unknown;
  {
    const server = await directory.start();
    await using client = await PlainClient.connect(server);
    await client.callAll(DATA);
    digest = await client.call("DEBUG", "DIGEST");
    const before = await client.call("LASTSAVE") as number;
    assertEquals(await client.call("SAVE"), "OK");
    assert(await client.call("LASTSAVE") as number >= before);
    assertEquals(await client.info("rdb_changes_since_last_save"), "0");
    assertEquals(directory.names(), ["dump.rdb"]);
    await server.kill();
  }
  await using server = await directory.start();
  await using client = await PlainClient.connect(server);
  assertEquals(await client.call("DEBUG", "DIGEST"), digest);
  assert(await client.call("TTL", "volatile") as number > 9000);
  await server.logged(/DB loaded from disk: \d+\.\d{3} seconds/);
  assertEquals(await client.info("rdb_last_load_keys_loaded"), "11");
});

Deno.test("BGSAVE saves what was there when it began", async () => {
  using directory = new DataDirectory();
  let digest: unknown;
  {
    const server = await directory.start();
    await using client = await PlainClient.connect(server);
    await client.callAll(DATA);
    await client.call("DEBUG", "POPULATE", "50000", "key", "40");
    digest = await client.call("DEBUG", "DIGEST");
    const changes: string[][] = Array.from(
      { length: 50_000 },
      (_, index) => ["SET", `key:${49_999 - index}`, "x"],
    );
    const [reply] = await client.callAll([
      ["BGSAVE"],
      ["DEL", "hash", "stream"],
      ["RPUSH", "list", "more"],
      ...changes,
    ]);
    assertEquals(reply, "Background saving started");
    await waitForSnapshot(client);
    assertEquals(await client.info("rdb_last_bgsave_status"), "ok");
    assertEquals(await client.info("rdb_changes_since_last_save"), "50003");
    assertNotEquals(await client.call("DEBUG", "DIGEST"), digest);
    assertEquals(directory.names(), ["dump.rdb"]);
    await server.kill();
  }
  await using server = await directory.start();
  await using client = await PlainClient.connect(server);
  assertEquals(await client.call("DEBUG", "DIGEST"), digest);
});

Deno.test("a second BGSAVE and SAVE are refused while one is on its way", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start({ "rdb-key-save-delay": "1000" });
  await using client = await PlainClient.connect(server);
  await client.call("DEBUG", "POPULATE", "20000");
  assertEquals(
    await client.callAll([["BGSAVE"], ["BGSAVE"], ["SAVE"], ["BGSAVE", "SCHEDULE"]]),
    [
      "Background saving started",
      "-ERR Background save already in progress",
      "-ERR Background save already in progress",
      "-ERR Background save already in progress",
    ],
  );
  assertEquals(await client.info("current_save_keys_total"), "20000");
  await client.call("CONFIG", "SET", "rdb-key-save-delay", "0");
  await waitForSnapshot(client);
});

Deno.test("BGSAVE in a transaction begins after it", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start();
  await using client = await PlainClient.connect(server);
  const replies = await client.callAll([["MULTI"], ["SET", "key", "value"], ["BGSAVE"], ["EXEC"]]);
  assertEquals(replies.at(-1), ["OK", "Background saving scheduled"]);
  await eventually(() => directory.names().includes("dump.rdb"), { what: "the snapshot" });
});

Deno.test("a save point begins a snapshot", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start({ save: "1 2" });
  await using client = await PlainClient.connect(server);
  await client.call("SET", "key", "value");
  await client.call("SET", "key", "other");
  await eventually(() => directory.names().includes("dump.rdb"), { what: "the snapshot" });
  await server.logged(/2 changes in 1 seconds\. Saving\.\.\./);
  await waitForSnapshot(client);
  assertEquals(await client.info("rdb_changes_since_last_save"), "0");
});

Deno.test("FLUSHALL breaks a snapshot off, and empties the file where there are save points", async () => {
  using directory = new DataDirectory();
  {
    const server = await directory.start({ save: "3600 1", "rdb-key-save-delay": "1000" });
    await using client = await PlainClient.connect(server);
    await client.call("DEBUG", "POPULATE", "50000");
    assertEquals(await client.callAll([["BGSAVE"], ["FLUSHALL"]]), [
      "Background saving started",
      "OK",
    ]);
    await waitForSnapshot(client);
    assertEquals(await client.info("rdb_last_bgsave_status"), "ok");
    assertEquals(await client.info("rdb_changes_since_last_save"), "0");
    assertEquals(directory.names(), ["dump.rdb"]);
    await server.kill();
  }
  await using server = await directory.start();
  await using client = await PlainClient.connect(server);
  assertEquals(await client.call("DBSIZE"), 0);
});

for (
  const [words, save, isKept] of [
    [["SHUTDOWN"], "3600 1", true],
    [["SHUTDOWN"], "", false],
    [["SHUTDOWN", "NOSAVE"], "3600 1", false],
    [["SHUTDOWN", "SAVE"], "", true],
    ["SIGTERM", "3600 1", true],
    ["SIGINT", "3600 1", true],
    ["SIGTERM", "", false],
  ] as const
) {
  const how = typeof words === "string" ? words : words.join(" ");
  Deno.test(`${how} with save points "${save}" ${isKept ? "saves" : "does not save"}`, async () => {
    using directory = new DataDirectory();
    {
      const server = await directory.start({ save });
      await using client = await PlainClient.connect(server);
      await client.call("SET", "key", "value");
      if (typeof words === "string") await server.stop(words);
      else await client.call(...words).catch(() => {});
      assertEquals((await server.ended).code, 0);
      await server.stop();
    }
    assertEquals(directory.names(), isKept ? ["dump.rdb"] : []);
    await using server = await directory.start();
    await using client = await PlainClient.connect(server);
    assertEquals(await client.call("GET", "key"), isKept ? "value" : null);
  });
}

Deno.test("SHUTDOWN sees to the log before it saves, which may fail", async () => {
  using directory = new DataDirectory();
  const server = await directory.start({ save: "3600 1", appendonly: "yes" });
  await using client = await PlainClient.connect(server);
  await client.call("SHUTDOWN").catch(() => {});
  assertEquals((await server.ended).code, 0);
  await server.stop();
  await server.logged(/Calling fsync\(\) on the AOF file\.\n.*Saving the final RDB snapshot/);
});

Deno.test("SHUTDOWN breaks a snapshot on its way off", async () => {
  using directory = new DataDirectory();
  const server = await directory.start({ "rdb-key-save-delay": "1000" });
  await using client = await PlainClient.connect(server);
  await client.call("DEBUG", "POPULATE", "10000");
  await client.callAll([["BGSAVE"], ["SHUTDOWN", "NOSAVE"]]).catch(() => {});
  assertEquals((await server.ended).code, 0);
  await server.stop();
  await server.logged(/There is a child saving an \.rdb\. Killing it!/);
  assertEquals(directory.names(), []);
});

Deno.test("SHUTDOWN waits for the first append-only file, unless it is forced", async () => {
  using directory = new DataDirectory();
  const server = await directory.start({ "rdb-key-save-delay": "1000000" });
  await using client = await PlainClient.connect(server);
  await client.call("DEBUG", "POPULATE", "1000");
  await client.call("CONFIG", "SET", "appendonly", "yes");
  assertEquals(await client.call("SHUTDOWN"), "-ERR Errors trying to SHUTDOWN. Check logs.");
  await server.logged(/Writing initial AOF, can't exit\./);
  assertMatch(
    String(await client.call("BGSAVE")),
    /^-ERR Another child process is active \(AOF\?\)/,
  );
  await client.call("SHUTDOWN", "FORCE").catch(() => {});
  assertEquals((await server.ended).code, 0);
  await server.stop();
  await server.logged(/Writing initial AOF\. Exit anyway\./);
});

Deno.test("SIGABRT ends the server with a line in the log and the exit code of a shell", async () => {
  using directory = new DataDirectory();
  const server = await directory.start();
  Deno.kill(server.pid, "SIGABRT");
  assertEquals((await server.ended).code, 134);
  await server.stop();
  await server.logged(/The server crashed by signal: 6/);
});

Deno.test("DEBUG RELOAD takes the data through the file", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start();
  await using client = await PlainClient.connect(server);
  await client.callAll(DATA);
  const digest = await client.call("DEBUG", "DIGEST");
  assertEquals(await client.call("DEBUG", "RELOAD"), "OK");
  assertEquals(await client.call("DEBUG", "DIGEST"), digest);

  await client.call("SET", "late", "value");
  assertEquals(await client.call("DEBUG", "RELOAD", "NOSAVE"), "OK");
  assertEquals(await client.call("DEBUG", "DIGEST"), digest);

  await client.call("SET", "late", "value");
  await client.call("SET", "number", "0");
  assertEquals(await client.call("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE"), "OK");
  assertEquals(await client.call("MGET", "late", "number"), ["value", "12345"]);
  assertEquals(
    await client.call("DEBUG", "RELOAD", "SOON"),
    "-ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
  );
});

Deno.test("while the data load, commands are told so and INFO tells how far it is", async () => {
  using directory = new DataDirectory();
  {
    await using server = await directory.start();
    await using client = await PlainClient.connect(server);
    await client.call("DEBUG", "POPULATE", "100000", "key", "100");
    assertEquals(await client.call("SAVE"), "OK");
  }
  await using server = await directory.startLoading();
  await using client = await PlainClient.connect(server);
  assertEquals(
    await client.callAll([["GET", "key:1"], ["SAVE"], ["CONFIG", "SET", "appendonly", "yes"]]),
    [
      "-LOADING Redis is loading the dataset in memory",
      "-LOADING Redis is loading the dataset in memory",
      "-LOADING Redis is loading the dataset in memory",
    ],
  );
  assertEquals(await client.info("loading"), "1");
  assert(Number(await client.info("loading_total_bytes")) > 1_000_000);
  assert(Number(await client.info("loading_rdb_used_mem")) > 1_000_000);
  assertMatch(String(await client.info("loading_loaded_perc")), /^\d+\.\d\d$/);
  assertEquals(await client.call("CONFIG", "SET", "key-load-delay", "0"), "OK");
  await eventually(async () => await client.info("loading") === "0");
  assertEquals(await client.call("DBSIZE"), 100_000);
});

Deno.test("DEBUG RELOAD without a file fails when the data are gone already", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start();
  await using client = await PlainClient.connect(server);
  await client.call("SET", "key", "value");
  assertEquals(
    await client.call("DEBUG", "RELOAD", "NOSAVE"),
    "-ERR Error trying to load the RDB dump",
  );
  assertEquals(await client.call("DBSIZE"), 0);
  await client.call("SET", "key", "value");
  assertEquals(
    await client.call("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH"),
    "-ERR Error trying to load the RDB dump",
  );
  assertEquals(await client.call("GET", "key"), "value");
  assertEquals(await client.call("SAVE"), "OK");
});

Deno.test("DEBUG LOADAOF without a file ends the server", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start();
  await using client = await PlainClient.connect(server);
  await client.call("SET", "key", "value");
  await client.call("DEBUG", "LOADAOF").catch(() => {});
  assertEquals((await server.ended).code, 1);
  await server.stop();
});
