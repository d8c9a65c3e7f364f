/**
 * MIGRATE: what leaves for logs and replicas, and keys that change on their way.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../../../src/base/byte_view.ts";
import { SystemClock } from "../../../../src/base/clock.ts";
import { SystemRandom } from "../../../../src/base/random.ts";
import { Client } from "../../../../src/client/mod.ts";
import { Config } from "../../../../src/config/mod.ts";
import type { Args } from "../../../../src/resp/mod.ts";
import { makeLog, newIdentity, Server, SilentSink } from "../../../../src/server/mod.ts";
import { eventually } from "../../../support/poll.ts";
import { ScriptedTarget } from "../../../support/scripted_target.ts";

const OK = "+OK\r\n";

/** A server without a socket, whose effects are kept. */
function startServer(effects: string[]): Server {
  const clock = new SystemClock(), config = new Config();
  config.set([["save", ""]]); // or it would leave a file when it stops
  const server = new Server({
    config,
    clock,
    random: new SystemRandom(),
    log: makeLog(config, clock, 1, new SilentSink()),
    identity: newIdentity(clock, ""),
    rewriteConfig: () => {},
    exit: () => {},
  });
  server.effects.addSink({
    append: (databaseIndex: number, args: Args) => {
      effects.push(`${databaseIndex}: ${[...args.texts(0)].join(" ")}`);
    },
  });
  return server;
}

Deno.test("MIGRATE leaves for logs as DEL of the keys that the target took", async () => {
  const effects: string[] = [];
  await using target = new ScriptedTarget({ answer: OK + OK + "-ERR no\r\n" + OK + OK.repeat(3) });
  await using server = startServer(effects);
  await using client = new Client(server.connect());
  await client.call("SELECT", 2);
  await client.call("MSET", "k", "1", "l", "2", "m", "3");
  effects.length = 0;
  const migrate = ["MIGRATE", "127.0.0.1", target.port, "", "0", "1000"];
  await client.call(...migrate, "KEYS", "no", "k", "l", "m").catch(() => {});
  assertEquals(effects, ["2: DEL k m"]);
  assertEquals(server.stats.changesSinceSave, 5);
});

Deno.test("MIGRATE with COPY, or of which nothing is taken, leaves nothing for logs", async () => {
  const effects: string[] = [];
  await using target = new ScriptedTarget({ answer: OK + OK }, { answer: OK + "-ERR no\r\n" });
  await using server = startServer(effects);
  await using client = new Client(server.connect());
  await client.call("SET", "k", "1");
  effects.length = 0;
  const migrate = ["MIGRATE", "127.0.0.1", target.port, "k", "0", "50"];
  assertEquals(await client.call(...migrate, "COPY"), "OK");
  await client.call(...migrate).catch(() => {}); // over the same connection, which says no more
  await client.call(...migrate).catch(() => {});
  assertEquals(target.received.length, 2);
  assertEquals(effects, []);
  assertEquals(await client.call("EXISTS", "k"), 1);
});

Deno.test("MIGRATE has who waits to change its key wait on, and deletes no value of theirs", async () => {
  const effects: string[] = [];
  const { promise: afterwards, resolve } = Promise.withResolvers<void>();
  await using target = new ScriptedTarget({ afterwards, answer: OK + OK + OK });
  await using server = startServer(effects);
  await using client = new Client(server.connect());
  await using waiting = new Client(server.connect());
  await using other = new Client(server.connect());
  await client.call("RPUSH", "k", "1");
  await client.call("SET", "l", "2");
  const moved = waiting.call("BLMOVE", "source", "k", "LEFT", "RIGHT", 0);
  await eventually(() => server.changeListeners.count > 0);
  const migrating = client.call("MIGRATE", "127.0.0.1", target.port, "", 0, 1000, "KEYS", "k", "l");
  await eventually(() => target.received[0]?.includes("RESTORE"));
  await other.call("RPUSH", "source", "2");
  resolve();
  assertEquals(await migrating, "OK");
  assertEquals(await moved, "2");
  assertEquals(await client.call("LRANGE", "k", 0, -1), ["2"]);
  assertEquals(effects.at(-2), "0: DEL k l");
  assertEquals(server.heldKeys.isInForce, false);
  assertEquals(server.store.databases[0].peek(ByteView.ofText("l")), 0);
});

Deno.test("MIGRATE ends when the server does", async () => {
  await using target = new ScriptedTarget({});
  const server = startServer([]);
  const client = new Client(server.connect());
  await client.call("SET", "k", "1");
  const migrating = client.call("MIGRATE", "127.0.0.1", target.port, "k", 0, 60_000)
    .catch((error: Error) => error.name);
  await eventually(() => target.received[0]?.includes("RESTORE"));
  await server.stop();
  assertEquals(await migrating, "DisconnectedError");
  assertEquals(server.heldKeys.isInForce, false);
});
