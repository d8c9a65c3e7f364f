/**
 * Keyspace notifications: who is bothered by them, and what becomes of them when changes are held back.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import type { Messages, ServerParts } from "../../../src/engine/mod.ts";
import { KeyspaceNotifications } from "../../../src/pubsub/mod.ts";
import { BlockingServer } from "../engine/blocking_server.ts";

/** Notifications of a server in memory, whose messages are kept. */
class Fixture implements AsyncDisposable {
  readonly blocking = new BlockingServer();
  readonly published: string[] = [];
  readonly notifications: KeyspaceNotifications;

  constructor(clientCount = 1) {
    const messages: Partial<Messages> = {
      clientCount,
      publish: (channel, message) => this.published.push(`${channel.toText()} ${message.toText()}`),
    };
    const parts: ServerParts = Object.create(this.blocking.server, {
      messages: { value: messages },
    });
    this.notifications = new KeyspaceNotifications(parts);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.blocking[Symbol.asyncDispose]();
  }
}

Deno.test("nobody listens or observes while nothing is wanted", async () => {
  await using fixture = new Fixture();
  const { server } = fixture.blocking, { environment } = server.store;
  const stateOf = (letters: string) => {
    fixture.notifications.want(letters);
    return [server.changeListeners.count, environment.observer !== undefined];
  };
  for (const letters of ["", "KE", "A", "nm", "Kd"]) assertEquals(stateOf(letters), [0, false]);
  for (const letters of ["AKE", "gK", "xE"]) assertEquals(stateOf(letters), [1, false]);
  for (const letters of ["AnKE", "nK", "Em", "AnKEm"]) assertEquals(stateOf(letters), [1, true]);
  assertEquals(stateOf(""), [0, false]);
});

Deno.test("an event is published by its key, then by its name, as far as both are wanted", async () => {
  await using fixture = new Fixture();
  const client = fixture.blocking.client();
  const toldOf = async (letters: string) => {
    fixture.published.length = 0;
    fixture.notifications.want(letters);
    await client.call("SET", "key", "1");
    await client.call("DEL", "key");
    return fixture.published.splice(0);
  };
  assertEquals(await toldOf("$KE"), ["__keyspace@0__:key set", "__keyevent@0__:set key"]);
  assertEquals(await toldOf("$K"), ["__keyspace@0__:key set"]);
  assertEquals(await toldOf("AnE"), [
    "__keyevent@0__:new key",
    "__keyevent@0__:set key",
    "__keyevent@0__:del key",
  ]);
});

Deno.test("channels of long keys are whole, and short ones behind them too", async () => {
  await using fixture = new Fixture();
  fixture.notifications.want("AK");
  const key = "k".repeat(10_000);
  for (const name of [key, "a", key, "b"]) {
    fixture.notifications.changed(3, ByteView.ofText(name), "set");
  }
  const expected = [key, "a", key, "b"].map((name) => `__keyspace@3__:${name} set`);
  assertEquals(fixture.published, expected);
});

Deno.test("nothing is published while no client listens to anything", async () => {
  await using fixture = new Fixture(0);
  fixture.notifications.want("AnKEm");
  await fixture.blocking.client().call("SET", "key", "1");
  await fixture.blocking.client().call("GET", "absent");
  assertEquals(fixture.published, []);
});

Deno.test("keys that are new and keys that are missed wait with the changes that are held back", async () => {
  await using fixture = new Fixture();
  const { server } = fixture.blocking;
  fixture.notifications.want("AnEm");
  const run = (key: string) => {
    const view = ByteView.ofText(key);
    server.store.databases[0].read(view);
    server.store.databases[0].setString(view, view);
    server.changeListeners.changed(0, view, "set");
  };
  const toldOf = (key: string) =>
    ["keymiss", "new", "set"].map((e) => `__keyevent@0__:${e} ${key}`);
  server.changeListeners.hold(() => true);
  run("kept");
  assertEquals(fixture.published, []);
  server.changeListeners.tellHeld();
  assertEquals(fixture.published, toldOf("kept"));
  server.changeListeners.hold(() => true);
  run("dropped");
  server.changeListeners.dropHeld();
  run("later");
  assertEquals(fixture.published, [...toldOf("kept"), ...toldOf("later")]);
  assert(!server.changeListeners.isHolding);
});
