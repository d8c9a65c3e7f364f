/**
 * Relay: plain clients that use the keys of all nodes through any of them.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { bytesOfText } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { NOTICING, TestCluster, wireReply } from "../support/cluster.ts";
import { eventually } from "../support/poll.ts";
import { wireOf } from "../support/reply.ts";
import { takeSeed } from "../support/seed.ts";

const RELAY = { config: { "cluster-mode": "relay" } };

Deno.test("a node that relays looks like a single server", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0);
  const mine = cluster.keyOf(0, "a"), alsoMine = cluster.keyOf(0, "b");
  assertEquals(await wireReply(client, "MSET", mine, "1", alsoMine, "2"), "+OK\r\n");
  assertEquals(await wireReply(client, "MGET", mine, alsoMine), "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  assertEquals(await wireReply(client, "SELECT", "1"), "+OK\r\n");
  assertEquals(await wireReply(client, "GET", mine), "$-1\r\n");
  assertEquals(await wireReply(client, "MOVE", mine, "0"), ":0\r\n");
});

Deno.test("a key is used through any node, in the client's database and protocol", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using first = await cluster.connect(0);
  await using second = await cluster.connect(0, 3);
  const key = cluster.keyOf(1);
  assertEquals(await wireReply(first, "SET", key, "v"), "+OK\r\n");
  assertEquals(await wireReply(second, "GET", key), "$1\r\nv\r\n");
  assertEquals(await wireReply(second, "HGETALL", cluster.keyOf(2)), "%0\r\n");
  assertEquals(await wireReply(first, "HGETALL", cluster.keyOf(2)), "*0\r\n");
  assertEquals(await wireReply(first, "SELECT", "3"), "+OK\r\n");
  assertEquals(await wireReply(first, "GET", key), "$-1\r\n");
  assertEquals(await wireReply(second, "GET", key), "$1\r\nv\r\n");
  assertMatch(await wireReply(first, "SET", key), /^-ERR wrong number/);
  assertMatch(await wireReply(second, "LPUSH", key, "v"), /^-WRONGTYPE/);
  for (const index of [1, 2]) {
    await using other = await cluster.connect(index);
    assertEquals(await wireReply(other, "GET", key), "$1\r\nv\r\n");
  }
});

Deno.test("a pipeline over all nodes is answered in order", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0);
  const random = new SeededRandom(takeSeed("pipeline over all nodes"));
  const counts = new Map<string, number>();
  const words: string[][] = [], expected: string[] = [];
  let databaseIndex = 0;
  for (let step = 0; step < 5000; step++) {
    const key = `key:${random.below(100)}`, name = `${databaseIndex} ${key}`;
    const count = counts.get(name) ?? 0;
    switch (random.below(8)) {
      case 0:
        words.push(["GET", key]);
        expected.push(count === 0 ? "$-1\r\n" : `$${`${count}`.length}\r\n${count}\r\n`);
        break;
      case 1:
        words.push(["PING"]);
        expected.push("+PONG\r\n");
        break;
      case 2:
        words.push(["CONFIG", "GET", "databases"]); // waits for the replies before
        expected.push("*2\r\n$9\r\ndatabases\r\n$2\r\n16\r\n");
        break;
      case 3:
        databaseIndex = random.below(3);
        words.push(["SELECT", `${databaseIndex}`]);
        expected.push("+OK\r\n");
        break;
      case 4:
        words.push(["ECHO", key]);
        expected.push(`$${key.length}\r\n${key}\r\n`);
        break;
      case 5:
        words.push(["MULTI"], ["INCR", key], ["GET", key], ["EXEC"]);
        counts.set(name, count + 1);
        expected.push("+OK\r\n", "+QUEUED\r\n", "+QUEUED\r\n");
        expected.push(`*2\r\n:${count + 1}\r\n$${`${count + 1}`.length}\r\n${count + 1}\r\n`);
        break;
      default:
        words.push(["INCR", key]);
        counts.set(name, count + 1);
        expected.push(`:${count + 1}\r\n`);
    }
  }
  const replies = await client.pipeline(words);
  assertEquals(replies.map(wireOf), expected);
});

Deno.test("replies that a client does not want are not sent, wherever they come from", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0);
  const theirs = cluster.keyOf(1);
  client.send("CLIENT", "REPLY", "OFF");
  client.send("SET", theirs, "1");
  client.send("INCR", theirs);
  client.send("CLIENT", "REPLY", "ON");
  assertEquals(wireOf(await client.receive()), "+OK\r\n");
  client.send("CLIENT", "REPLY", "SKIP");
  client.send("INCR", theirs);
  assertEquals(await wireReply(client, "GET", theirs), "$1\r\n3\r\n");
});

Deno.test("a client that sends no more still gets all replies", async () => {
  await using cluster = await TestCluster.start(RELAY);
  using connection = await Deno.connect({ port: cluster.ports[0] });
  const key = cluster.keyOf(1);
  await connection.write(
    new TextEncoder().encode(`SET ${key} v\r\nCONFIG GET port\r\nGET ${key}\r\n`),
  );
  await connection.closeWrite();
  const text = await new Response(connection.readable).text();
  assertMatch(text, /^\+OK\r\n\*2\r\n\$4\r\nport\r\n\$\d+\r\n\d+\r\n\$1\r\nv\r\n$/);
});

Deno.test("a long reply and a long argument pass through", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0);
  const key = cluster.keyOf(1), value = "x".repeat(3_000_000);
  assertEquals(await wireReply(client, "SET", key, value), "+OK\r\n");
  assertEquals(await client.value("GET", key), value);
  assertEquals(await client.value("STRLEN", key), value.length);
});

Deno.test("a broken request ends the connection behind the replies to those before it", async () => {
  await using cluster = await TestCluster.start(RELAY);
  using connection = await Deno.connect({ port: cluster.ports[0] });
  await connection.write(new TextEncoder().encode(`SET ${cluster.keyOf(1)} v\r\n*1\r\n!\r\n`));
  const text = await new Response(connection.readable).text();
  assertMatch(text, /^\+OK\r\n-ERR Protocol error: [^\r]*\r\n$/);
});

/** Waits until a client of a name is blocked at a node. */
async function isBlocked(cluster: TestCluster, index: number, name: string): Promise<void> {
  await using client = await cluster.connect(index);
  await eventually(async () => {
    const lines = String(await client.value("CLIENT", "LIST")).split("\n");
    return lines.some((line) => line.includes(` name=${name} `) && /flags=\S*b/.test(line));
  }, { what: `client ${name} to be blocked` });
}

Deno.test("a command that waits for a key elsewhere is served, and those behind it wait", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using waiting = await cluster.connect(0, 3);
  await using pushing = await cluster.connect(2);
  const key = cluster.keyOf(1), target = cluster.keyOf(1, "target");
  await waiting.value("CLIENT", "SETNAME", "waiting");
  await waiting.send("INCR", cluster.keyOf(2));
  await waiting.send("BLPOP", key, "0");
  await waiting.send("GET", cluster.keyOf(0));
  assertEquals(wireOf(await waiting.receive()), ":1\r\n");
  await isBlocked(cluster, 0, "waiting");
  assertEquals(await wireReply(pushing, "RPUSH", key, "a", "b"), ":2\r\n");
  assertEquals(wireOf(await waiting.receive()), `*2\r\n$${key.length}\r\n${key}\r\n$1\r\na\r\n`);
  assertEquals(wireOf(await waiting.receive()), "_\r\n");
  assertEquals(await wireReply(waiting, "BLMOVE", key, target, "LEFT", "LEFT", "0"), "$1\r\nb\r\n");
  assertEquals(await wireReply(waiting, "BLPOP", key, "0.01"), "_\r\n");
  assertEquals(await wireReply(waiting, "XREAD", "STREAMS", key, "0"), "_\r\n");
});

Deno.test("CLIENT UNBLOCK and the client's end reach a command that waits elsewhere", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using waiting = await cluster.connect(0);
  await using other = await cluster.connect(0);
  const key = cluster.keyOf(1);
  const id = await waiting.value("CLIENT", "ID");
  await waiting.value("CLIENT", "SETNAME", "waiting");
  for (const [how, reply] of [["TIMEOUT", "*-1\r\n"], ["ERROR", "-UNBLOCKED"]] as const) {
    await waiting.send("BLPOP", key, "0");
    await isBlocked(cluster, 0, "waiting");
    await using owner = await cluster.connect(1);
    await eventually(
      async () => String(await owner.value("INFO", "clients")).includes("blocked_clients:1"),
      {
        what: "the owner to have a client that waits",
      },
    );
    assertEquals(await wireReply(other, "CLIENT", "UNBLOCK", Number(id), how), ":1\r\n");
    assertEquals(wireOf(await waiting.receive()).slice(0, reply.length), reply);
  }
  await waiting.send("BLPOP", key, "0");
  await isBlocked(cluster, 0, "waiting");
  assertEquals(await wireReply(other, "CLIENT", "KILL", "ID", Number(id)), ":1\r\n");
  await using owner = await cluster.connect(1);
  await eventually(
    async () => String(await owner.value("INFO", "clients")).includes("blocked_clients:0"),
    {
      what: "nobody to wait at the owner",
    },
  );
  assertEquals(await wireReply(other, "RPUSH", key, "a"), ":1\r\n");
  assertEquals(await wireReply(other, "LLEN", key), ":1\r\n");
});

Deno.test("a node that is down has its keys refused, and is used again when it is back", async () => {
  await using cluster = await TestCluster.start({
    config: { ...NOTICING, "cluster-mode": "relay" },
  });
  await using client = await cluster.connect(0);
  await using waiting = await cluster.connect(0);
  const theirs = cluster.keyOf(1), others = cluster.keyOf(2);
  assertEquals(await wireReply(client, "SET", theirs, "v"), "+OK\r\n");
  await waiting.send("BLPOP", cluster.keyOf(1, "list"), "0");
  await cluster.stopNode(1);
  assertMatch(wireOf(await waiting.receive()), /^-(NODELOST|CLUSTERDOWN)/);
  assertMatch(await wireReply(client, "GET", theirs), /^-CLUSTERDOWN Hash slot not served/);
  assertEquals(await wireReply(client, "SET", others, "v"), "+OK\r\n");
  await eventually(
    async () => String(await client.value("CLUSTER", "NODES")).includes("master,fail"),
    { what: "the node to be failing" },
  );
  assertEquals(
    await wireReply(client, "SET", theirs, "v"),
    "-CLUSTERDOWN Hash slot not served\r\n",
  );
  await cluster.startNode(1);
  await eventually(async () => await wireReply(client, "SET", theirs, "w") === "+OK\r\n", {
    what: "the node to be used again",
  });
  assertEquals(await wireReply(waiting, "GET", theirs), "$1\r\nw\r\n");
});

for (
  const [what, reply] of [
    ["refuses", "-ERR max number of clients reached\r\n"],
    ["is no server", "HTTP/1.1 400 Bad Request\r\n\r\n"],
  ]
) {
  Deno.test(`a node goes on when what listens for another ${what}`, async () => {
    await using cluster = await TestCluster.start({ ...RELAY, nodeCount: 2 });
    await using client = await cluster.connect(0);
    const key = cluster.keyOf(1);
    await cluster.stopNode(1);
    using listener = Deno.listen({ hostname: "127.0.0.1", port: cluster.ports[1] });
    const answering = (async () => {
      for await (const connection of listener) {
        await connection.write(bytesOfText(reply)).catch(() => {});
        connection.close();
      }
    })();
    assertMatch(await wireReply(client, "BLPOP", key, "0"), /^-(NODELOST|CLUSTERDOWN) /);
    assertMatch(await wireReply(client, "WATCH", key), /^-/);
    assertEquals(await wireReply(client, "PING"), "+PONG\r\n");
    listener.close();
    await answering;
  });
}

Deno.test("with cluster-require-full-coverage a relaying node serves no keys while one is down", async () => {
  await using cluster = await TestCluster.start({
    config: { ...NOTICING, "cluster-mode": "relay", "cluster-require-full-coverage": "yes" },
  });
  await using client = await cluster.connect(0);
  const mine = cluster.keyOf(0), others = cluster.keyOf(2);
  assertEquals(await wireReply(client, "MSET", mine, "v", others, "w"), "+OK\r\n");
  await cluster.stopNode(1);
  const down = "-CLUSTERDOWN The cluster is down\r\n";
  await eventually(async () => await wireReply(client, "GET", mine) === down, {
    what: "the cluster to be down",
  });
  assertEquals(await wireReply(client, "GET", others), down);
  assertEquals(await wireReply(client, "MGET", mine, others), down);
  await client.value("CONFIG", "SET", "cluster-allow-reads-when-down", "yes");
  assertEquals(await wireReply(client, "GET", others), "$1\r\nw\r\n");
  assertMatch(await wireReply(client, "SET", others, "x"), /^-CLUSTERDOWN .* only accepts read/);
});

Deno.test("a client can't ask for another, as nodes do", async () => {
  await using cluster = await TestCluster.start({ ...RELAY, nodeCount: 2 });
  await using client = await cluster.connect(0);
  assertMatch(await wireReply(client, "PEER", "AS", "0", "2"), /^-PEERDENIED Only nodes/);
  assertEquals(await client.readToEnd(), "");
});

Deno.test("EXEC runs nothing when a watched key has changed, wherever it is", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0, 3);
  await using other = await cluster.connect(1);
  const keys = [0, 1, 2].map((index) => cluster.keyOf(index));
  for (const watched of keys) {
    for (const changed of [undefined, ...keys]) {
      for (const written of [[keys[0]], [keys[1]], [keys[1], keys[2]]]) {
        const what = `watched ${watched}, changed ${changed}, written ${written}`;
        assertEquals(await wireReply(client, "WATCH", watched, keys[2]), "+OK\r\n", what);
        assertEquals(
          await wireReply(client, "GET", keys[1]).then((reply) => reply[0] === "-"),
          false,
        );
        if (changed !== undefined) await other.value("INCR", changed);
        await client.value("MULTI");
        for (const key of written) await client.value("INCR", key);
        const isChanged = changed === watched || changed === keys[2];
        const reply = await wireReply(client, "EXEC");
        assertEquals(reply === "_\r\n", isChanged, `${what}: ${reply}`);
        if (!isChanged) assertMatch(reply, /^\*\d\r\n:/);
      }
    }
  }
  // What is watched no more does not matter.
  await client.value("WATCH", ...keys);
  await other.value("INCR", keys[1]);
  await client.value("UNWATCH");
  await client.value("MULTI");
  await client.value("INCR", keys[2]);
  assertMatch(await wireReply(client, "EXEC"), /^\*1\r\n:/);
});

Deno.test("counters that are read and written under WATCH lose no step", async () => {
  await using cluster = await TestCluster.start(RELAY);
  const keys = [0, 1, 2].map((index) => cluster.keyOf(index)), stepCount = 25;
  await Promise.all(keys.map(async (_, index) => {
    await using client = await cluster.connect(index);
    for (let step = 0; step < stepCount;) {
      await client.value("WATCH", keys[0]);
      const count = Number(await client.value("GET", keys[0]) ?? 0);
      await client.value("MULTI");
      await client.value("SET", keys[0], count + 1);
      if (step % 2 === 0) await client.value("SET", keys[1], count + 1);
      if (await wireReply(client, "EXEC") !== "*-1\r\n") step++;
    }
  }));
  await using client = await cluster.connect(2);
  assertEquals(await client.value("GET", keys[0]), String(3 * stepCount));
});
