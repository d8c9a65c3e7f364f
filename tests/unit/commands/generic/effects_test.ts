/**
 * What the generic commands tell others: the effect that logs and replicas get, and the keyspace
 * events, in Redis' order.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ManualClock } from "../../../../src/base/clock.ts";
import { SeededRandom } from "../../../../src/base/random.ts";
import { Client } from "../../../../src/client/mod.ts";
import { Config } from "../../../../src/config/mod.ts";
import { makeLog, newIdentity, Server, SilentSink } from "../../../../src/server/mod.ts";

/** A server whose effects and events are written down. */
class Recorder implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly client: Client;
  readonly #server: Server;
  #effects: string[] = [];
  #events: string[] = [];

  constructor() {
    const config = new Config();
    const clock = this.clock;
    this.#server = new Server({
      config,
      clock,
      random: new SeededRandom(1),
      log: makeLog(config, clock, 1, new SilentSink()),
      identity: newIdentity(clock, ""),
      rewriteConfig: () => {},
      exit: () => {},
    });
    this.#server.effects.addSink({
      append: (databaseIndex, args) => {
        this.#effects.push([databaseIndex, ...args.texts(0)].join(" "));
      },
    });
    this.#server.changeListeners.add({
      changed: (databaseIndex, key, event) => {
        this.#events.push(`${databaseIndex} ${event} ${key.toText()}`);
      },
      flushed: () => {},
    });
    this.client = new Client(this.#server.connect());
  }

  /** Runs a command written as one line; what it alone caused. */
  async run(line: string): Promise<{ effects: string[]; events: string[] }> {
    this.#effects = [];
    this.#events = [];
    await this.client.call(...line.split(" "));
    return { effects: this.#effects, events: this.#events };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.#server.stop();
  }
}

const NOTHING = { effects: [], events: [] };

Deno.test("DEL and UNLINK tell of each key once, and leave as they came", async () => {
  await using recorder = new Recorder();
  for (const command of ["DEL", "UNLINK"]) {
    await recorder.run("MSET a 1 b 2");
    assertEquals(await recorder.run(`${command} a absent b a`), {
      effects: [`0 ${command} a absent b a`],
      events: ["0 del a", "0 del b"],
    });
    assertEquals(await recorder.run(`${command} a`), NOTHING);
  }
});

Deno.test("every EXPIRE leaves as a moment, with its options", async () => {
  await using recorder = new Recorder();
  const nowMs = recorder.clock.nowMs();
  await recorder.run("SET k v");
  const lines = {
    "EXPIRE k 10": `0 PEXPIREAT k ${nowMs + 10_000}`,
    "PEXPIRE k 10 XX": `0 PEXPIREAT k ${nowMs + 10} XX`,
    "expireat k 99999999999 gt xx": "0 PEXPIREAT k 99999999999000 gt xx",
    "PEXPIREAT k 9223372036854775807": "0 PEXPIREAT k 9223372036854775807",
  };
  for (const [line, effect] of Object.entries(lines)) {
    assertEquals(await recorder.run(line), { effects: [effect], events: ["0 expire k"] });
  }
  assertEquals(await recorder.run("EXPIRE k 10 NX"), NOTHING);
  assertEquals(await recorder.run("EXPIRE absent 10"), NOTHING);
});

Deno.test("EXPIRE into the past leaves as a deletion, lazy where the directive says so", async () => {
  await using recorder = new Recorder();
  for (const [lazy, verb] of [["no", "DEL"], ["yes", "UNLINK"]]) {
    await recorder.run(`CONFIG SET lazyfree-lazy-expire ${lazy}`);
    await recorder.run("SET k v");
    assertEquals(await recorder.run("EXPIRE k -1"), {
      effects: [`0 ${verb} k`],
      events: ["0 del k"],
    });
  }
});

Deno.test("PERSIST tells only when it took something away", async () => {
  await using recorder = new Recorder();
  await recorder.run("SET k v EX 10");
  assertEquals(await recorder.run("PERSIST k"), {
    effects: ["0 PERSIST k"],
    events: ["0 persist k"],
  });
  assertEquals(await recorder.run("PERSIST k"), NOTHING);
});

Deno.test("RENAME tells of both keys, and of nothing that was overwritten", async () => {
  await using recorder = new Recorder();
  await recorder.run("MSET a 1 b 2");
  assertEquals(await recorder.run("RENAMENX a b"), NOTHING);
  assertEquals(await recorder.run("RENAME a a"), NOTHING);
  assertEquals(await recorder.run("RENAME a b"), {
    effects: ["0 RENAME a b"],
    events: ["0 rename_from a", "0 rename_to b"],
  });
});

Deno.test("MOVE and COPY tell of the database where something changed", async () => {
  await using recorder = new Recorder();
  await recorder.run("MSET a 1 b 2");
  assertEquals(await recorder.run("MOVE a 3"), {
    effects: ["0 MOVE a 3"],
    events: ["0 move_from a", "3 move_to a"],
  });
  assertEquals(await recorder.run("COPY b c DB 3"), {
    effects: ["0 COPY b c DB 3"],
    events: ["3 copy_to c"],
  });
  assertEquals(await recorder.run("COPY b c DB 3"), NOTHING);
});

Deno.test("an expired key leaves as a deletion before the command that met it", async () => {
  await using recorder = new Recorder();
  await recorder.run("SELECT 2");
  await recorder.run("SET gone v PX 10");
  recorder.clock.set(recorder.clock.nowMs() + 10); // no timer runs, so the command meets it
  assertEquals(await recorder.run("RENAME gone other").catch((error) => error.code), "ERR");
  await recorder.run("SET gone v PX 10");
  recorder.clock.set(recorder.clock.nowMs() + 10);
  assertEquals(await recorder.run("SCAN 0"), {
    effects: ["2 DEL gone"],
    events: ["2 expired gone"],
  });
});

Deno.test("what only reads has no effect", async () => {
  await using recorder = new Recorder();
  await recorder.run("SET k v EX 10");
  for (const line of ["EXISTS k", "TOUCH k", "TYPE k", "TTL k", "KEYS *", "SCAN 0", "RANDOMKEY"]) {
    assertEquals(await recorder.run(line), NOTHING, line);
  }
});
