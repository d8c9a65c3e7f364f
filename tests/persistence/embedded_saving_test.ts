/**
 * Snapshots of servers inside another program: only where they were asked for.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { startServer } from "../../src/mod.ts";
import { DataDirectory } from "../support/data_directory.ts";

Deno.test("startServer with save points keeps the data for the next", async () => {
  using directory = new DataDirectory();
  const config = { dir: directory.path, save: "3600 1" };
  for (const before of [null, "value"]) {
    await using server = await startServer({ port: "none", config });
    await using client = server.client();
    assertEquals(await client.call("GET", "key"), before);
    await client.call("SET", "key", "value");
  }
  assertEquals(directory.names(), ["dump.rdb"]);
});

Deno.test("startServer with a directory alone loads, and does not save", async () => {
  using directory = new DataDirectory();
  const config = { dir: directory.path };
  for (const save of [true, false, false]) {
    await using server = await startServer({ port: "none", config });
    await using client = server.client();
    assertEquals(await client.call("GET", "key"), save ? null : "saved");
    await client.call("SET", "key", "saved");
    if (save) await client.call("SAVE");
    await client.call("SET", "key", "lost");
  }
});

Deno.test("startServer refuses a damaged file, and leaves it as it is", async () => {
  using directory = new DataDirectory();
  const path = `${directory.path}/dump.rdb`;
  const text = "REDIS0010 and no more";
  await Deno.writeTextFile(path, text);
  const config = { dir: directory.path, save: "3600 1" };
  await assertRejects(() => startServer({ port: "none", config }), Error, "offset");
  assertEquals(await Deno.readTextFile(path), text);
});
