/**
 * Snapshots when the disk fails: the log says why, writes are refused as configured, and all is well again
 * when the disk is.
 *
 * What stands in the way here is a directory with the name of the temporary file; failing writes are in
 * the unit tests.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { DataDirectory, PlainClient } from "../support/data_directory.ts";
import { eventually } from "../support/poll.ts";

const MISCONF = /^-MISCONF Redis is configured to save RDB snapshots, but it's currently unable/;

/** Begins a snapshot and waits until it has ended. */
async function saveInBackground(client: PlainClient): Promise<unknown> {
  const reply = await client.call("BGSAVE");
  await eventually(async () => await client.info("rdb_bgsave_in_progress") === "0");
  return reply;
}

Deno.test("writes are refused until a snapshot comes through again", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start({ save: "3600 1" });
  await using client = await PlainClient.connect(server);
  await client.call("SET", "key", "value");
  const obstaclePath = `${directory.path}/temp-bg-${server.pid}.rdb`;
  await Deno.mkdir(obstaclePath);
  assertEquals(await saveInBackground(client), "Background saving started");
  assertEquals(await client.info("rdb_last_bgsave_status"), "err");
  assertEquals(await client.info("rdb_changes_since_last_save"), "1");
  await server.logged(/Failed opening the temp RDB file .* for saving: Is a directory/);
  for (const words of [["SET", "key", "other"], ["DEL", "key"], ["PING"]]) {
    assertMatch(String(await client.call(...words)), MISCONF);
  }
  assertEquals(await client.call("GET", "key"), "value");
  assertMatch(
    String((await client.callAll([["MULTI"], ["SET", "key", "x"], ["EXEC"]])).at(-1)),
    /^-EXECABORT/,
  );
  await client.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
  assertEquals(await client.call("SET", "key", "other"), "OK");
  await client.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes");
  assertMatch(String(await client.call("PING")), MISCONF);

  await Deno.remove(obstaclePath);
  assertEquals(await saveInBackground(client), "Background saving started");
  assertEquals(await client.info("rdb_last_bgsave_status"), "ok");
  assertEquals(await client.call("SET", "key", "third"), "OK");
  assertEquals(directory.names(), ["dump.rdb"]);
});

Deno.test("a server that cannot save does not end unless it is forced to", async () => {
  using directory = new DataDirectory();
  const server = await directory.start({ save: "3600 1" });
  await using client = await PlainClient.connect(server);
  await client.call("SET", "key", "value");
  const temporaryPath = `${directory.path}/temp-${server.pid}.rdb`;
  await Deno.mkdir(temporaryPath);
  assertEquals(await client.call("SHUTDOWN"), "-ERR Errors trying to SHUTDOWN. Check logs.");
  await server.logged(
    /trying to save the DB, can't exit\..*\n.*Errors trying to shut down the server\. Check the logs/,
  );
  assertEquals(await client.call("GET", "key"), "value");
  await client.call("SHUTDOWN", "FORCE").catch(() => {});
  assertEquals((await server.ended).code, 0);
  await server.stop();
});

Deno.test("a directory that vanished is noted, and used again when it is back", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start();
  await using client = await PlainClient.connect(server);
  await Deno.remove(directory.path, { recursive: true });
  assertEquals(await client.call("SAVE"), "-ERR");
  assertEquals(await saveInBackground(client), "Background saving started");
  await Deno.mkdir(directory.path);
  assertEquals(await client.call("SAVE"), "OK");
});

Deno.test("a name that cannot be taken leaves the data alone", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start({ dbfilename: "taken" });
  await using client = await PlainClient.connect(server);
  await Deno.mkdir(`${directory.path}/taken`);
  assertEquals(await client.call("SAVE"), "-ERR");
  await server.logged(
    /Error moving temp DB file .*\.rdb on the final destination taken .*: Is a dir/,
  );
  assertEquals(await client.call("DEBUG", "RELOAD"), "-ERR");
  assertEquals(await client.info("rdb_saves"), "1"); // those that somebody asked for by name
  await saveInBackground(client);
  assertEquals(await client.info("rdb_last_bgsave_status"), "err");
  assertEquals(directory.names(), ["taken"]);
  assertEquals(await client.call("SET", "key", "value"), "OK"); // no save points, nothing to refuse for
});

/** What the log says last of files that can't be read, as Redis' does. */
const LAST_WORDS = {
  "short":
    /Short read or OOM loading DB\. Unrecoverable error, aborting now\.\n.*RDB reading offset \d+, .*dump\.rdb.*\n.*Terminating server after rdb file reading failure\.\n$/,
  "changed":
    /RDB reading offset \d+, .*dump\.rdb.*\n.*Terminating server after rdb file reading failure\.\n$/,
  "no snapshot at all":
    /Wrong signature trying to load DB from file\n.*Fatal error loading the DB: Invalid argument\. Exiting\.\n$/,
  "of a later version":
    /Can't handle RDB format version 11\n.*Fatal error loading the DB: Invalid argument\. Exiting\.\n$/,
};

for (const [damage, lastWords] of Object.entries(LAST_WORDS)) {
  Deno.test(`a file that is ${damage} is refused, and left as it is`, async () => {
    using directory = new DataDirectory();
    const path = `${directory.path}/dump.rdb`;
    {
      await using server = await directory.start();
      await using client = await PlainClient.connect(server);
      await client.call("DEBUG", "POPULATE", "100");
      await client.call("SAVE");
    }
    let bytes = await Deno.readFile(path);
    if (damage === "short") bytes = bytes.slice(0, bytes.length / 2);
    else if (damage === "changed") bytes[bytes.length >> 1] ^= 0xff;
    else if (damage === "of a later version") bytes[8] = "1".charCodeAt(0);
    else bytes = new TextEncoder().encode("RODIS is fine");
    await Deno.writeFile(path, bytes);
    const { code, output } = await directory.runToEnd();
    assertEquals(code, 1, output);
    assertMatch(output, lastWords);
    assertEquals(await Deno.readFile(path), bytes);
  });
}

Deno.test("a log that is switched on and gets no base is tried three times, then pauses", async () => {
  using directory = new DataDirectory();
  await using server = await directory.start();
  await using client = await PlainClient.connect(server);
  await Deno.mkdir(`${directory.path}/temp-rewriteaof-bg-${server.pid}.aof`);
  assertEquals(await client.call("CONFIG", "SET", "appendonly", "yes"), "OK");
  await server.logged(
    /Background AOF rewrite has repeatedly failed and triggered the limit, will retry in 1 minutes/,
  );
  assertEquals(await client.info("aof_rewrites"), "3");
  assertEquals(await client.info("aof_last_bgrewrite_status"), "err");
  const failures = server.log.match(
    /# Opening the temp file for AOF rewrite in rewriteAppendOnlyFile\(\): Is a directory\n.*# Background AOF rewrite terminated with error\n/g,
  );
  assertEquals(failures?.length, 3);
  assertEquals(await client.call("SET", "key", "value"), "OK");
});
