/**
 * Fan-out: how answers of nodes become one, and what happens when a node is down.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../../src/base/random.ts";
import { FanOut } from "../../../../src/cluster/mod.ts";
import { KeyListeners } from "../../../../src/cluster/fan_out/mod.ts";
import { COMMANDS } from "../../../../src/commands/mod.ts";
import { CommandTable, type Messages, type Session } from "../../../../src/engine/mod.ts";
import { CLUSTER_DOWN, MOVED_ELSEWHERE, SYNTAX_ERROR } from "../../../../src/errors/catalogue.ts";
import { Args } from "../../../../src/resp/mod.ts";
import { type FakeAnswer, FakeNodes } from "./fake_nodes.ts";

const DOWN = "-CLUSTERDOWN The cluster is down\r\n";
const commands = new CommandTable(COMMANDS);

/** What a channel's clients at this node would be. */
const messages = { publish: () => 5, publishToShard: () => 7 } as unknown as Messages;

/** A cluster whose nodes answer as told. */
class Cluster {
  readonly nodes = new FakeNodes("a", "b", "c");
  readonly #fanOut = new FanOut(this.nodes, {
    random: new SeededRandom(1),
    messages,
    listeners: new KeyListeners({ links: () => [], lost: () => {} }),
  });

  constructor(answer: FakeAnswer) {
    this.nodes.answer = answer;
  }

  /** The bytes of the reply to words. */
  async reply(protocol: 2 | 3, ...words: readonly string[]): Promise<string> {
    const args = Args.of(...words);
    const found = commands.find(args.at(0))!;
    const command = found.subcommands.get(words[1]?.toLowerCase()) ?? found;
    const session = { databaseIndex: 3, reply: { protocol } } as unknown as Session;
    return textOfBytes(await this.#fanOut.run(session, command, args));
  }
}

function bytesOf(...texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => bytesOfText(text));
}

Deno.test("DBSIZE is the sum of all nodes' in the client's database", async () => {
  const cluster = new Cluster((name, _words, databaseIndex) =>
    databaseIndex * 100 + "abc".indexOf(name)
  );
  assertEquals(await cluster.reply(2, "DBSIZE"), ":903\r\n");
  assertEquals(cluster.nodes.asked, ["a DBSIZE", "b DBSIZE", "c DBSIZE"]);
});

Deno.test("DBSIZE does without a node that is forgotten before it has answered", async () => {
  const cluster = new Cluster((name) => {
    if (name !== "c") return 1;
    cluster.nodes.set("a", "b");
    throw CLUSTER_DOWN;
  });
  assertEquals(await cluster.reply(2, "DBSIZE"), ":2\r\n");
});

Deno.test("DBSIZE does without a node that ends before it has answered only if it has no slots", async () => {
  const cluster = new Cluster((name) => {
    if (name !== "c") return 1;
    throw CLUSTER_DOWN;
  });
  assertEquals(await cluster.reply(2, "DBSIZE"), DOWN);
  cluster.nodes.slotless.add("c");
  assertEquals(await cluster.reply(2, "DBSIZE"), ":2\r\n");
});

Deno.test("KEYS gives the keys of all nodes as they are", async () => {
  const cluster = new Cluster((name) => name === "b" ? [] : bytesOf(`${name}\r\n\xff`));
  assertEquals(await cluster.reply(2, "KEYS", "*"), "*2\r\n$4\r\na\r\n\xff\r\n$4\r\nc\r\n\xff\r\n");
});

Deno.test("KEYS asks twice while slots are on their way, and tells each key once", async () => {
  let askedCount = 0;
  // "moved" goes from c, which is yet to be asked, to a, which has been.
  const cluster = new Cluster((name) => {
    if (name === "a") return bytesOf(askedCount++ === 0 ? "a" : "moved", "b");
    return name === "b" ? bytesOf("b") : [];
  });
  cluster.nodes.isMoving = true;
  assertEquals(await cluster.reply(2, "KEYS", "*"), "*3\r\n$1\r\na\r\n$1\r\nb\r\n$5\r\nmoved\r\n");
});

Deno.test("RANDOMKEY draws a node by how many keys it has", async () => {
  const cluster = new Cluster((name) =>
    name === "c" ? [0, null] : [name === "a" ? 1 : 3, bytesOfText(name)]
  );
  let countOfA = 0;
  for (let draw = 0; draw < 1000; draw++) {
    if (await cluster.reply(2, "RANDOMKEY") === "$1\r\na\r\n") countOfA++;
  }
  assertEquals(Math.round(countOfA / 50), 5);
  const empty = new Cluster(() => [0, null]);
  assertEquals(await empty.reply(2, "RANDOMKEY"), "$-1\r\n");
  assertEquals(await empty.reply(3, "RANDOMKEY"), "_\r\n");
});

Deno.test("FLUSHALL is refused before any other node has done anything", async () => {
  const cluster = new Cluster(() => {
    throw SYNTAX_ERROR;
  });
  assertEquals(await cluster.reply(2, "FLUSHALL", "SOON"), "-ERR syntax error\r\n");
  assertEquals(cluster.nodes.asked, ["a FLUSHALL SOON"]);
  cluster.nodes.answer = () => "OK";
  assertEquals(await cluster.reply(2, "SWAPDB", "0", "1"), "+OK\r\n");
  assertEquals(cluster.nodes.asked.length, 4);
});

Deno.test("what needs all keys is refused while a node is down, and nothing is asked", async () => {
  const cluster = new Cluster(() => "OK");
  cluster.nodes.failing.add("b");
  const requests = [
    ["DBSIZE"],
    ["KEYS", "*"],
    ["SCAN", "0"],
    ["RANDOMKEY"],
    ["FLUSHALL"],
    ["FLUSHDB"],
    ["SWAPDB", "0", "1"],
    ["DEBUG", "DIGEST"],
  ];
  for (const words of requests) assertEquals(await cluster.reply(2, ...words), DOWN);
  assertEquals(cluster.nodes.asked, []);
  cluster.nodes.slotless.add("b"); // so nothing is missed without it
  assertEquals(await cluster.reply(2, "FLUSHALL"), "+OK\r\n");
  assertEquals(cluster.nodes.asked, ["a FLUSHALL", "c FLUSHALL"]);
});

Deno.test("MIGRATE waits longer and longer for owners of keys to be known, but not for ever", async () => {
  let movedCount = 3;
  const cluster = new Cluster((name) => {
    if (name === "b" && movedCount-- > 0) throw MOVED_ELSEWHERE;
    return "OK";
  });
  const migrate = () => cluster.reply(2, "MIGRATE", "h", "1", "", "0", "9", "KEYS", "a1", "b1");
  assertEquals(await migrate(), "+OK\r\n");
  assertEquals(cluster.nodes.asked.length, 5);
  assertEquals(cluster.nodes.pauses, [5, 10, 20]);
  movedCount = Infinity;
  cluster.nodes.pauses.length = 0;
  assertMatch(await migrate(), /^-CLUSTERDOWN/);
  assertEquals(cluster.nodes.pauses.slice(0, 8), [5, 10, 20, 40, 80, 160, 160, 160]);
  const pausedMs = cluster.nodes.pauses.reduce((sum, pauseMs) => sum + pauseMs);
  assertEquals(Math.floor(pausedMs / cluster.nodes.patienceMs), 1);
});

Deno.test("messages reach the nodes that are there, and all deliveries are counted", async () => {
  const cluster = new Cluster((name) => name === "b" ? 1 : 10);
  assertEquals(await cluster.reply(2, "PUBLISH", "c", "m"), ":16\r\n");
  cluster.nodes.failing.add("b");
  assertEquals(await cluster.reply(2, "SPUBLISH", "c", "m"), ":17\r\n");
  assertEquals(cluster.nodes.asked, [
    "b PEER PUBLISH c m",
    "c PEER PUBLISH c m",
    "c PEER SPUBLISH c m",
  ]);
});

Deno.test("what is listened to anywhere is told once, and who listens is summed up", async () => {
  const cluster = new Cluster((name, words) => {
    if (words[1] === "NUMSUB") return [...bytesOf("x"), 1, ...bytesOf("y"), name === "c" ? 4 : 0];
    return bytesOf("same", name);
  });
  assertEquals(
    await cluster.reply(2, "PUBSUB", "CHANNELS"),
    "*4\r\n$4\r\nsame\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n",
  );
  assertEquals(await cluster.reply(2, "PUBSUB", "NUMPAT"), ":4\r\n");
  cluster.nodes.failing.add("b");
  assertEquals(
    await cluster.reply(2, "PUBSUB", "NUMSUB", "x", "y"),
    "*4\r\n$1\r\nx\r\n:2\r\n$1\r\ny\r\n:4\r\n",
  );
});

Deno.test("INFO tells the keys of all nodes that are there, and the rest of its own", async () => {
  const cluster = new Cluster((name, words) => {
    if (words[0] === "INFO") {
      return bytesOfText(
        "# Server\r\nname:a\r\n\r\n# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0\r\n",
      );
    }
    const [none, ofB, ofC] = bytesOf("0", "100", "300");
    if (name === "a") return [0, 1, 0, none];
    return name === "b" ? [0, 2, 1, ofB, 3, 1, 0, none] : [0, 4, 3, ofC];
  });
  const head = "# Server\r\nname:a\r\n\r\n# Keyspace\r\n";
  const whole = `${head}db0:keys=7,expires=4,avg_ttl=250\r\ndb3:keys=1,expires=0,avg_ttl=0\r\n`;
  assertEquals(await cluster.reply(2, "INFO"), `$${whole.length}\r\n${whole}\r\n`);
  assertEquals(await cluster.reply(3, "INFO"), `=${whole.length + 4}\r\ntxt:${whole}\r\n`);
  cluster.nodes.failing.add("b").add("c");
  const own = `${head}db0:keys=1,expires=0,avg_ttl=0\r\n`;
  assertEquals(await cluster.reply(2, "INFO"), `$${own.length}\r\n${own}\r\n`);
});

Deno.test("DEBUG DIGEST-VALUE asks the node that has each key", async () => {
  const cluster = new Cluster((name, words) => [`${name}${words[2]}`]);
  assertEquals(
    await cluster.reply(2, "DEBUG", "DIGEST-VALUE", "cx", "ay"),
    "*2\r\n+ccx\r\n+aay\r\n",
  );
  assertEquals(await cluster.reply(2, "DEBUG", "DIGEST-VALUE"), "*0\r\n");
});

Deno.test("which requests all nodes answer follows from the row, for some from the arguments", () => {
  const wayOf = (...words: string[]) => {
    const args = Args.of(...words);
    return FanOut.wayOf(commands.find(args.at(0))!, args);
  };
  assertEquals(wayOf("DBSIZE"), "sum");
  assertEquals(wayOf("GET", "k"), undefined);
  assertEquals(wayOf("INFO"), "keyspace-info");
  assertEquals(wayOf("INFO", "server"), undefined);
  assertEquals(wayOf("INFO", "server", "keyspace"), "keyspace-info");
  assertEquals(wayOf("DEBUG", "digest"), "digest");
  assertEquals(wayOf("DEBUG", "SLEEP", "0"), undefined);
});
