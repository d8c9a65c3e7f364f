/**
 * Idle clients on a clock that is turned by hand: whom `timeout` closes.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { ManualClock, startServer } from "../../src/mod.ts";
import { eventually } from "../support/poll.ts";

const TIMEOUT_SECONDS = 10;

Deno.test("timeout closes who is idle, but nobody who listens or waits", async () => {
  const clock = new ManualClock();
  await using server = await startServer({ clock, config: { timeout: String(TIMEOUT_SECONDS) } });
  await using watcher = server.client();
  await using idle = server.client();
  await using listener = server.client();
  await using waiter = server.client();
  for (
    const [client, name] of [[idle, "idle"], [listener, "listener"], [waiter, "waiter"]] as const
  ) {
    await client.call("CLIENT", "SETNAME", name);
  }
  await listener.call("SUBSCRIBE", "channel");
  const waiting = waiter.call("BLPOP", "list", "0");
  const list = async (): Promise<string> => String(await watcher.call("CLIENT", "LIST"));
  await eventually(async () => (await list()).includes("cmd=blpop"));
  for (let second = 0; second <= TIMEOUT_SECONDS + 1; second++) {
    clock.advance(1000);
    await list();
  }
  await eventually(async () => !(await list()).includes("name=idle"));
  assertMatch(await list(), /name=listener.* flags=P /);
  await watcher.call("RPUSH", "list", "element");
  assertEquals(await waiting, ["list", "element"]);
});

Deno.test("a client that is sent something is not idle", async () => {
  const clock = new ManualClock();
  await using server = await startServer({ clock });
  await using watcher = server.client();
  await using listener = server.client();
  await listener.call("SUBSCRIBE", "channel");
  const idleSeconds = async (): Promise<number> =>
    Number(/ idle=(\d+) .* sub=1 /.exec(String(await watcher.call("CLIENT", "LIST")))?.[1]);
  clock.advance(5000);
  assertEquals(await idleSeconds(), 5);
  await watcher.call("PUBLISH", "channel", "message");
  await eventually(async () => await idleSeconds() === 0);
});
