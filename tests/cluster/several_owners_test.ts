/**
 * Several owners: requests whose keys are at several nodes mean what they mean on one server.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { NOTICING, TestCluster, wireReply } from "../support/cluster.ts";
import { eventually } from "../support/poll.ts";
import { wireOf } from "../support/reply.ts";
import { sameUnordered } from "../support/reply_comparison.ts";
import { RespClient } from "../support/resp_client.ts";
import { startSubject, type Subject } from "../support/subject.ts";

const RELAY = { config: { "cluster-mode": "relay" } };
/** Commands whose replies have no order. */
const UNORDERED = ["SUNION", "SINTER", "SDIFF", "SMEMBERS"];

/** A cluster and a single server, that are sent the same. */
class Twin implements AsyncDisposable {
  readonly cluster: TestCluster;
  readonly #single: Subject;
  readonly #nodes: readonly RespClient[];
  readonly #client: RespClient;
  #requestCount = 0;

  private constructor(
    cluster: TestCluster,
    nodes: readonly RespClient[],
    [single, client]: [Subject, RespClient],
  ) {
    this.cluster = cluster;
    this.#nodes = nodes;
    this.#single = single;
    this.#client = client;
  }

  static async start(protocol: 2 | 3): Promise<Twin> {
    const cluster = await TestCluster.start(RELAY);
    const single = await startSubject();
    const nodes = await Promise.all([0, 1, 2].map((index) => cluster.connect(index, protocol)));
    return new Twin(cluster, nodes, [single, await RespClient.connect(single, { protocol })]);
  }

  /** Sends requests, all to one node, the next time to the next; words are parted by spaces. */
  async same(...lines: string[]): Promise<void> {
    const node = this.#nodes[this.#requestCount++ % this.#nodes.length];
    for (const line of lines) {
      const words = line.split(" ");
      const expected = await this.#client.command(...words), actual = await node.command(...words);
      if (UNORDERED.includes(words[0])) {
        assertEquals(sameUnordered(expected, actual), undefined, line);
      } else {
        assertEquals(nameless(wireOf(actual)), nameless(wireOf(expected)), line);
      }
    }
  }

  /** Lookups that found keys, and that did not: of all nodes, and of the single server. */
  async lookups(): Promise<[nodes: number[], single: number[]]> {
    const lookupsOf = async (client: RespClient): Promise<number[]> => {
      const info = String(await client.value("INFO", "stats"));
      return Array.from(
        info.matchAll(/^keyspace_(?:hits|misses):(\d+)/gm),
        ([, digits]) => +digits,
      );
    };
    const each = await Promise.all(this.#nodes.map(lookupsOf));
    const sums = each.reduce((sum, its) => sum.map((count, index) => count + its[index]));
    return [sums, await lookupsOf(this.#client)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of [...this.#nodes, this.#client]) await client[Symbol.asyncDispose]();
    await this.#single[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
  }
}

/** A reply without the number that a client has at its node (HELLO). */
function nameless(wire: string): string {
  return wire.replaceAll(/(\$2\r\nid\r\n:)\d+/g, "$1");
}

/** Requests about keys a, b, c of three nodes; A, B, C are others of the same. */
const TRANSCRIPT: readonly string[] = [
  "MSET a 1 b 2 c 3",
  "MGET a b c none",
  "MSETNX A 1 b 2",
  "MSETNX A 1 B 2 C 3",
  "EXISTS a b c A none",
  "TOUCH a none b",
  "MSET a",
  "DEL a none b",
  "UNLINK A B C",
  "MGET a b c",
  "SET a value EX 1000",
  "RENAME a b",
  "RENAME a b",
  "TTL b",
  "RENAMENX b c",
  "COPY b a",
  "COPY b c",
  "COPY b c REPLACE",
  "MGET a b c",
  "LCS a b",
  "LCS a b LEN",
  "MSET a ohmytext b mynewtext",
  "LCS a b IDX WITHMATCHLEN",
  "DEL a b c",
  "SADD a 1 2 3 x",
  "SADD b 2 3 y",
  "SMOVE a b x",
  "SMOVE a b x",
  "SUNION a b c",
  "SINTER a b",
  "SDIFF b a",
  "SINTERCARD 2 a b",
  "SINTERCARD 2 a b LIMIT 1",
  "SUNIONSTORE c a b",
  "SMEMBERS c",
  "SINTERSTORE c a b",
  "SMEMBERS c",
  "SDIFFSTORE c a a",
  "EXISTS c",
  "SUNIONSTORE c none A",
  "DEL a b c",
  "RPUSH a 1 2 3",
  "LMOVE a b LEFT RIGHT",
  "RPOPLPUSH a b",
  "RPOPLPUSH none b",
  "LRANGE b 0 -1",
  "SMOVE a b 1",
  "LMPOP 3 none a b LEFT COUNT 2",
  "LMPOP 2 none C LEFT",
  "LMPOP 2 b c RIGHT COUNT 5",
  "SORT a STORE b",
  "RPUSH a 3 1 2",
  "SORT a STORE b",
  "LRANGE b 0 -1",
  "MSET w1 3 w2 1 w3 2 g1 one g2 two",
  "SORT a BY w*",
  "SORT a BY w* GET g* GET # DESC",
  "SORT a BY w* LIMIT 1 1 GET g*",
  "SORT a BY w* GET g* STORE b",
  "LRANGE b 0 -1",
  "HSET h1 f 9",
  "SORT_RO a BY h*->f GET h*->f",
  "SORT none STORE b",
  "EXISTS b",
  "DEL a b c",
  "ZADD a 1 one 2 two",
  "ZADD b 1.5 one 3 three",
  "ZUNION 2 a b WITHSCORES",
  "ZINTER 2 a b WITHSCORES",
  "ZDIFF 2 a b WITHSCORES",
  "ZINTERCARD 2 a b",
  "ZUNIONSTORE c 2 a b WEIGHTS 2 1 AGGREGATE MAX",
  "ZRANGE c 0 -1 WITHSCORES",
  "ZINTERSTORE c 2 a b",
  "ZDIFFSTORE c 2 a b",
  "ZRANGE c 0 -1 WITHSCORES",
  "ZRANGESTORE c a 0 0",
  "ZRANGE c 0 -1 WITHSCORES",
  "ZMPOP 3 none a b MIN COUNT 1",
  "ZMPOP 2 none A MIN",
  "ZUNION 2 a",
  "ZUNION x a b",
  "ZUNIONSTORE c 2 a b WEIGHTS 1",
  "DEL a b c",
  "PFADD a 1 2 3",
  "PFADD b 3 4",
  "PFCOUNT a b",
  "PFMERGE c a b",
  "PFCOUNT c",
  "PFMERGE c",
  "SET A text",
  "PFMERGE c A a",
  "PFCOUNT a A",
  "MSET a abc b xbz",
  "BITOP AND c a b",
  "GET c",
  "BITOP NOT c a",
  "BITOP NOT c a b",
  "GET c",
  "DEL a b c A",
  "GEOADD a 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
  "GEOSEARCHSTORE b a FROMLONLAT 15 37 BYRADIUS 200 km ASC",
  "ZRANGE b 0 -1",
  "GEOSEARCHSTORE b none FROMLONLAT 15 37 BYRADIUS 200 km ASC",
  "EXISTS b",
  "GEORADIUS a 15 37 200 km STORE b",
  "DEL a b c",
  "XADD a 1-1 f v",
  "XADD b 2-1 f v",
  "XREAD COUNT 5 STREAMS a b 0 0",
  "XREAD STREAMS a b $ $",
  "XGROUP CREATE a g 0",
  "XGROUP CREATE b g 0",
  "XREADGROUP GROUP g me STREAMS a b > >",
  "XPENDING a g",
  "XPENDING b g",
  "XREADGROUP GROUP none me STREAMS a b > >",
  "XREADGROUP GROUP g me STREAMS a b > >",
  "XREADGROUP GROUP g you STREAMS a b 0 0",
  "XINFO GROUPS b",
  "XACK a g 1-1",
  "SET a wrong",
  "XREAD STREAMS a b 0 0",
  "SUNIONSTORE c a b",
  "RENAME a a",
  "DEL a b c",
  // Encodings that do not follow from the values.
  "MSET a 1 b short c 1",
  "APPEND a 2",
  "APPEND b er",
  "INCRBYFLOAT c 2",
  "RENAME a A",
  "RENAME b a",
  "RENAME c b",
  "MGET A a b",
  "OBJECT ENCODING A",
  "OBJECT ENCODING a",
  "OBJECT ENCODING b",
  "COPY a c",
  "OBJECT ENCODING c",
  "DEL A a b c",
];

const MULTI_TRANSCRIPT: readonly (readonly string[])[] = [
  ["MULTI", "SET a 1", "INCR b", "RPUSH c x y", "LRANGE c 0 -1", "GET a", "EXEC"],
  ["MULTI", "INCR c", "INCR a", "SADD b 1", "EXEC"],
  ["MGET a b c"],
  ["MULTI", "GET a", "GET b", "EXEC"],
  ["MULTI", "PING", "SET a 5", "ECHO hello", "SET b 6", "PING there", "EXEC"],
  ["MULTI", "SET a", "SET b 6", "EXEC"],
  ["MULTI", "EXEC"],
  [
    "MULTI",
    "SELECT 1",
    "MSET a 1 b 2",
    "SELECT 0",
    "MGET a b",
    "SELECT 1",
    "MGET a b",
    "EXEC",
    "GET a",
    "SELECT 0",
    "GET a",
  ],
  // What is about the client or its node, beside keys of one other.
  [
    "MULTI",
    "SELECT 1",
    "SET b 7",
    "CLIENT GETNAME",
    "UNWATCH",
    "EXEC",
    "GET b",
    "SELECT 0",
    "GET b",
  ],
  ["MULTI", "CONFIG GET save", "INCR c", "SELECT 99", "GET c", "EXEC"],
  ["MULTI", "SELECT 1", "SET c 7", "INCR c", "LPUSH c 1", "EXEC RB", "GET c"],
  [
    "SELECT 0",
    "MULTI",
    "MOVE a 2",
    "MOVE b 2",
    "COPY c b DB 2 REPLACE",
    "EXEC",
    "SELECT 2",
    "MGET a b c",
    "LRANGE b 0 -1",
    "SELECT 0",
  ],
  [
    "MULTI",
    "SET a v EX 100",
    "EXPIRE b 100",
    "PERSIST a",
    "TTL a",
    "TTL b",
    "EXEC",
    "TTL a",
    "TTL b",
  ],
  ["MULTI", "BLPOP none c 0", "BLMOVE none a LEFT LEFT 0", "BZPOPMIN A B 0", "EXEC"],
  ["MULTI", "XREAD BLOCK 0 STREAMS A B $ $", "SET a 1", "SET B 1", "EXEC"],
  ["MULTI", "DISCARD", "MULTI", "SET a 10", "SET B 10", "DISCARD", "MGET a B"],
  ["MULTI", "SET a 11", "INCR c", "SET B 11", "EXEC ROLLBACK", "MGET a B"],
  ["MULTI", "SET a 11", "SET B 11", "EXEC RB", "MGET a B"],
  ["MULTI", "SET a 11", "CONFIG GET save", "SET B 11", "EXEC RB"],
  ["MULTI", "SET a 12", "OBJECT ENCODING a", "TYPE c", "STRLEN B", "DUMP a", "EXEC"],
  ["MULTI", "SET a 3", "APPEND a 4", "MSET B 5 C 6", "SETRANGE B 0 7", "INCRBYFLOAT C 1", "EXEC"],
  ["OBJECT ENCODING a", "OBJECT ENCODING B", "OBJECT ENCODING C"],
  ["MULTI", "MSET A short B 5 C 6", "SETBIT A 1 1", "BITFIELD B SET u8 0 53", "EXEC"],
  ["OBJECT ENCODING A", "OBJECT ENCODING B", "OBJECT ENCODING C", "DEL A B C"],
  ["MULTI", "DEL b", "RPUSH b 1 2 3", "SORT b BY w* GET g*", "SET w3 0", "SORT b BY w*", "EXEC"],
  ["MULTI", "DEL a", "DEL b", "DEL c", "EXISTS a b c", "EXEC"],
  ["HSET a f 1.5", "ZADD b 2.5 m"],
  ["MULTI", "ZSCORE b m", "HGETALL a", "ZRANGE b 0 -1 WITHSCORES", "STRLEN C", "EXEC"],
  ["MULTI", "HGETALL a", "LLEN b", "SET c 1", "ZSCORE b m", "GET c", "EXEC", "DEL a b c"],
];

/** What is said over one connection whose protocol changes all the time. */
const GREETING_TRANSCRIPT: readonly string[] = [
  ...["HSET a f v", "ZADD b 1.5 m", "ZADD c 2.5 m"],
  ...["MULTI", "HGETALL a", "HELLO 2", "HGETALL a", "ZSCORE b m", "EXEC", "HGETALL a"],
  ...["MULTI", "ZSCORE b m", "HELLO 3", "HGETALL a", "ZSCORE c m", "EXEC", "HGETALL a"],
  ...["MULTI", "HELLO 7", "HGETALL a", "HELLO 2 AUTH no one", "ZSCORE c m", "EXEC", "HGETALL a"],
  ...["MULTI", "HELLO 2", "ZINCRBY c 1 m", "HELLO 3", "ZSCORE b m", "HELLO 2", "HGETALL a", "EXEC"],
  ...["HGETALL a", "MULTI", "CLIENT REPLY ON", "GET none", "ZSCORE b m", "ZSCORE c m", "EXEC"],
];

/** Puts keys of three nodes for the letters. @param keys Those found so far. */
function placed(cluster: TestCluster, line: string, keys: Map<string, string>): string {
  return line.split(" ").map((word) => {
    const letter = word.toLowerCase();
    if (word.length > 1 || letter < "a" || letter > "c") return word;
    const key = keys.get(word) ??
      cluster.keyOf(letter.charCodeAt(0) - "a".charCodeAt(0), `key-${word}`);
    keys.set(word, key);
    return key;
  }).join(" ");
}

for (const protocol of [2, 3] as const) {
  Deno.test(`requests over several nodes mean what they mean on one, RESP${protocol}`, async () => {
    await using twin = await Twin.start(protocol);
    const keys = new Map<string, string>();
    for (const line of TRANSCRIPT) await twin.same(placed(twin.cluster, line, keys));
    for (const lines of MULTI_TRANSCRIPT) {
      await twin.same(...lines.map((line) => placed(twin.cluster, line, keys)));
    }
    const [nodes, single] = await twin.lookups();
    assertEquals(nodes, single);
  });
}

Deno.test("HELLO within a transaction over several nodes counts from its place on", async () => {
  await using twin = await Twin.start(3);
  const keys = new Map<string, string>();
  await twin.same(...GREETING_TRANSCRIPT.map((line) => placed(twin.cluster, line, keys)));
});

Deno.test("CLIENT REPLY within a transaction over several nodes takes back EXEC's reply, or grants it", async () => {
  await using cluster = await TestCluster.start(RELAY);
  const [a, b] = [cluster.keyOf(0), cluster.keyOf(1)];
  await using client = await cluster.connect(0);
  const transact = async (mode: string) => {
    for (
      const words of [["MULTI"], ["INCR", a], ["CLIENT", "REPLY", mode], ["INCR", b], ["EXEC"]]
    ) {
      await client.send(...words);
    }
  };
  const queued = ["+OK", "+QUEUED", "+QUEUED", "+QUEUED"];
  const receive = async () => wireOf(await client.receive()).trimEnd();
  await transact("SKIP"); // the next one's, too
  await client.send("PING", "skipped");
  await transact("OFF");
  await client.send("PING", "unheard");
  for (const expected of [...queued, ...queued]) assertEquals(await receive(), expected);
  await transact("ON");
  assertEquals(await receive(), "*3\r\n:3\r\n+OK\r\n:3");
  await client.send("PING");
  assertEquals(await receive(), "+PONG");
});

Deno.test("CLIENT REPLY OFF in a transaction over several nodes leaves replies before it alone", async () => {
  await using cluster = await TestCluster.start(RELAY);
  const [a, b] = [cluster.keyOf(0), cluster.keyOf(1)];
  await using client = await cluster.connect(0);
  const transaction = `MULTI\r\nINCR ${a}\r\nCLIENT REPLY OFF\r\nINCR ${b}\r\nEXEC\r\n`;
  await client.sendRaw(
    `${"PING\r\n".repeat(100)}${transaction}PING unheard\r\nCLIENT REPLY ON\r\n`,
  );
  await client.endSending();
  const queued = "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n";
  assertEquals(await client.readToEnd(), `${"+PONG\r\n".repeat(100)}${queued}+OK\r\n`);
});

Deno.test("who waits at a node is served by a transaction over several, which all hear of", async () => {
  await using cluster = await TestCluster.start(RELAY);
  const [a, b] = [cluster.keyOf(0, "a"), cluster.keyOf(1, "b")];
  await using waiting = await cluster.connect(1);
  await using listening = await cluster.connect(1, 3);
  await listening.value("CONFIG", "SET", "notify-keyspace-events", "KA");
  await listening.value("SUBSCRIBE", `__keyspace@0__:${b}`);
  await waiting.send("BLPOP", b, "0");
  await using client = await cluster.connect(0);
  await using observer = await cluster.connect(1);
  const isWaiting = /flags=b .* cmd=blpop/;
  await eventually(async () => isWaiting.test(String(await observer.value("CLIENT", "LIST"))));
  await client.value("RPUSH", a, "element");
  assertEquals(await wireReply(client, "LMOVE", a, b, "LEFT", "RIGHT"), "$7\r\nelement\r\n");
  assertMatch(wireOf(await waiting.receive()), /element/);
  const events: string[] = [];
  for (let count = 0; count < 3; count++) events.push(wireOf(await listening.receive()));
  assertEquals(events.map((event) => /\r\n(\w+)\r\n$/.exec(event)?.[1]), ["rpush", "lpop", "del"]);
});

/** Transactions over keys a, b, c of three nodes. */
const TOLD_TRANSACTIONS: readonly (readonly string[])[] = [
  ["SET a old", "GET b"],
  // It is longer, but nothing was written: of that nobody is told.
  ["BITFIELD a OVERFLOW FAIL INCRBY u8 40 300", "BITFIELD b OVERFLOW FAIL INCRBY u8 40 300"],
  ["MSET a 1 c 3", "STRLEN b", "SETRANGE b 0 1", "GET a"],
  ["DEL a", "GET a", "INCR a", "DEL c", "MGET b c a"],
  ["GETDEL b", "INCR b", "INCR c", "RENAME c a", "COPY a c", "COPY a c REPLACE"],
];

/** What is told of each of some keys while the transactions run. @param keys Those for a, b, c, and others of the same nodes. */
async function toldOf(
  clients: readonly RespClient[],
  [keys, marks]: readonly [keys: readonly string[], marks: readonly string[]],
): Promise<string[][]> {
  const [client, listening, watching, tracking] = clients;
  await listening.value("PSUBSCRIBE", "__keyspace*");
  const events: string[][] = keys.map(() => []);
  for (const lines of TOLD_TRANSACTIONS) {
    await watching.value("WATCH", keys[0]);
    await tracking.value("CLIENT", "TRACKING", "ON");
    await tracking.value("STRLEN", keys[1]);
    await client.value("MULTI");
    for (const line of lines) {
      await client.value(...line.split(" ").map((word) => keys["abc".indexOf(word)] ?? word));
    }
    await client.value("EXEC");
    await watching.value("MULTI");
    await watching.value("ECHO", "watched");
    events[0].push(await wireReply(watching, "EXEC"));
    for (const mark of marks) await client.value("SET", mark, "behind all others");
    await tracking.send("CLIENT", "TRACKING", "OFF");
    let reply = wireOf(await tracking.receive());
    for (; !reply.startsWith("+"); reply = wireOf(await tracking.receive())) events[1].push("told");
    for (const left = new Set(marks); left.size > 0;) {
      const [, key, event] = /0__:(.+)\r\n.*\r\n(.+)\r\n$/.exec(wireOf(await listening.receive()))!;
      if (event === "set") left.delete(key);
      events[keys.indexOf(key)]?.push(event);
    }
  }
  return events;
}

Deno.test("of what a transaction over several nodes makes, misses and changes is told what one tells", async () => {
  const config = { "notify-keyspace-events": "KAnm" };
  await using cluster = await TestCluster.start({ config: { ...RELAY.config, ...config } });
  await using single = await startSubject({ config });
  await using clients = new AsyncDisposableStack();
  const all = [0, 1, 2, 1].map(async (index, number) => {
    const protocol = number % 2 === 0 ? 2 : 3;
    const ofCluster = clients.use(await cluster.connect(index, protocol));
    return [ofCluster, clients.use(await RespClient.connect(single, { protocol }))] as const;
  });
  const pairs = await Promise.all(all);
  const keys = [0, 1, 2].map((index) => cluster.keyOf(index));
  const marks = [0, 1, 2].map((index) => cluster.keyOf(index, "mark"));
  const expected = await toldOf(pairs.map(([, client]) => client), [keys, marks]);
  assertEquals(await toldOf(pairs.map(([client]) => client), [keys, marks]), expected);
});

Deno.test("a watch breaks by a transaction over several nodes", async () => {
  await using cluster = await TestCluster.start(RELAY);
  const [a, b] = [cluster.keyOf(0, "a"), cluster.keyOf(1, "b")];
  await using watching = await cluster.connect(0), client = await cluster.connect(2);
  await watching.value("WATCH", a);
  await client.value("MSET", a, "1", b, "1");
  await watching.value("MULTI");
  await watching.value("GET", a);
  assertEquals(await wireReply(watching, "EXEC"), "*-1\r\n");
});

Deno.test("a watch that holds lets a transaction run, and one that breaks while it waits does not", async () => {
  await using cluster = await TestCluster.start(RELAY);
  const [watched, a, b] = [cluster.keyOf(0, "w"), cluster.keyOf(1, "a"), cluster.keyOf(2, "b")];
  await using watching = await cluster.connect(0), client = await cluster.connect(0);
  const open = async () => {
    await watching.value("WATCH", watched);
    await watching.value("MULTI");
    for (const key of [a, b]) await watching.value("INCR", key);
  };
  await open();
  assertEquals(await wireReply(watching, "EXEC"), "*2\r\n:1\r\n:1\r\n");
  // All of them race for the same keys; each changes what the others watch.
  const clients = await Promise.all(Array.from({ length: 4 }, () => cluster.connect(0)));
  const outcomes = await Promise.all(clients.map(async (racer) => {
    await racer.value("WATCH", watched);
    const count = Number(await racer.value("GET", watched));
    await racer.value("MULTI");
    await racer.value("SET", watched, String(count + 1));
    for (const key of [a, b]) await racer.value("INCR", key);
    return await racer.value("EXEC");
  }));
  const wonCount = outcomes.filter((outcome) => outcome !== null).length;
  assert(wonCount >= 1);
  assertEquals(await client.value("GET", watched), String(wonCount));
  assertEquals(await client.value("GET", a), String(wonCount + 1));
  for (const racer of clients) await racer[Symbol.asyncDispose]();
});

Deno.test("transactions for the same keys come one after the other, whoever runs them", async () => {
  await using cluster = await TestCluster.start(RELAY);
  const keys = [0, 1, 2].map((index) => cluster.keyOf(index));
  const clients = await Promise.all([0, 1, 2, 0, 1, 2].map((index) => cluster.connect(index)));
  const ROUNDS = 20;
  await Promise.all(clients.map(async (client, number) => {
    for (let round = 0; round < ROUNDS; round++) {
      await client.value("MULTI");
      const order = number % 2 === 0 ? keys : keys.toReversed();
      for (const key of order) await client.value("INCR", key);
      const counts = await client.value("EXEC") as number[];
      assertEquals(new Set(counts).size, 1, `seen half-done: ${counts}`);
      const values = await client.value("MGET", ...keys) as string[];
      assertEquals(new Set(values).size, 1, `seen half-done: ${values}`);
    }
  }));
  const values = await clients[0].value("MGET", ...keys);
  assertEquals(values, keys.map(() => String(ROUNDS * clients.length)));
  for (const client of clients) await client[Symbol.asyncDispose]();
});

Deno.test("a client can't say what nodes say of transactions", async () => {
  await using cluster = await TestCluster.start({ ...RELAY, nodeCount: 1 });
  await using client = await cluster.connect(0);
  const requests = [
    ["LOCK", "id", "100", "same", "0", "key", "write", "value"],
    ["GRANTED", "id", "MOVED"],
    ["PREPARE", "id", "", "0"],
    ["CONFIRM", "id"],
    ["CANCEL", "id"],
    ["UNLOCK", "id"],
    ["OUTCOME", "id", "participant"],
    ["PREPARED", "id", "", "0"],
    ["FINISHED", "id", "confirmed"],
    ["DECIDED", "id", "node0"],
    ["ENDED", "id"],
  ];
  for (const words of requests) {
    assertMatch(await wireReply(client, "PEER", ...words), /^-PEERDENIED/, words[0]);
  }
});

Deno.test("keys of a node that is down are not served, and nothing is changed at others", async () => {
  await using cluster = await TestCluster.start({ config: { ...RELAY.config, ...NOTICING } });
  const [a, b] = [cluster.keyOf(0, "a"), cluster.keyOf(1, "b")];
  await using client = await cluster.connect(0);
  await cluster.stopNode(1);
  const reply = await wireReply(client, "MSET", a, "1", b, "2");
  assert(reply.startsWith("-CLUSTERDOWN"), reply);
  assertEquals(await wireReply(client, "GET", a), "$-1\r\n");
  assertEquals(await wireReply(client, "SET", a, "1"), "+OK\r\n");
  await cluster.startNode(1);
  await cluster.connected();
  assertEquals(await wireReply(client, "MSET", a, "1", b, "2"), "+OK\r\n");
});

Deno.test("who waits for keys of several nodes is served by the first that has something", async () => {
  await using cluster = await TestCluster.start(RELAY);
  const [a, b, c] = [0, 1, 2].map((index) => cluster.keyOf(index));
  await using waiting = await cluster.connect(0), client = await cluster.connect(2);
  const isWaiting = /id=\d+ .* flags=b .* cmd=/;
  const waits = async (...words: string[]): Promise<{ reply: Promise<string> }> => {
    const reply = wireReply(waiting, ...words);
    await using observer = await cluster.connect(0);
    await eventually(async () => isWaiting.test(String(await observer.value("CLIENT", "LIST"))));
    return { reply };
  };
  const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
  let { reply } = await waits("BLPOP", a, b, "0");
  await client.value("RPUSH", b, "1");
  assertEquals(await reply, `*2\r\n${bulk(b)}${bulk("1")}`);
  ({ reply } = await waits("BLMOVE", a, b, "LEFT", "RIGHT", "0"));
  await client.value("RPUSH", a, "2");
  assertEquals(await reply, bulk("2"));
  assertEquals(await client.value("LRANGE", b, "0", "-1"), ["2"]);
  await client.value("XADD", c, "1-1", "f", "old");
  ({ reply } = await waits("XREAD", "BLOCK", "0", "STREAMS", c, a, "$", "$"));
  await client.value("SET", a, "of another type");
  await client.value("DEL", a);
  await client.value("XADD", c, "1-2", "f", "new");
  assertMatch(await reply, /1-2\r\n.*new/s);
  assertEquals(await wireReply(waiting, "BLPOP", a, "none", "0.05"), "*-1\r\n");
  const id = await waiting.value("CLIENT", "ID");
  ({ reply } = await waits("BZPOPMIN", a, "none", "0"));
  await using here = await cluster.connect(0);
  assertEquals(await here.value("CLIENT", "UNBLOCK", String(id), "ERROR"), 1);
  assertMatch(await reply, /^-UNBLOCKED/);
  // Who is gone takes nothing.
  const gone = await cluster.connect(0);
  await gone.send("BLPOP", a, "none", "0");
  await eventually(async () => isWaiting.test(String(await here.value("CLIENT", "LIST"))));
  await gone[Symbol.asyncDispose]();
  await eventually(async () => !isWaiting.test(String(await here.value("CLIENT", "LIST"))));
  await client.value("RPUSH", a, "3");
  assertEquals(await client.value("LRANGE", a, "0", "-1"), ["3"]);
});

Deno.test("large values go from node to node, there and back, and by who waits for them", async () => {
  await using cluster = await TestCluster.start(RELAY);
  await using client = await cluster.connect(0);
  await using other = await cluster.connect(2);
  const byteCount = 3_000_000, value = "v".repeat(byteCount);
  const [first, second] = [1, 2].map((index) => cluster.keyOf(index, "large"));
  await client.value("SET", first, value);
  for (let step = 0; step < 4; step++) {
    // Each waits for the other's locks, or finds the key gone.
    const replies = await Promise.all([
      wireReply(client, "RENAME", first, second),
      wireReply(other, "RENAME", second, first),
    ]);
    for (const reply of replies) assertMatch(reply, /^(\+OK|-ERR no such key)\r\n$/);
    const lengths = [await client.value("STRLEN", first), await client.value("STRLEN", second)];
    assertEquals(lengths.map(Number).sort((a, b) => a - b), [0, byteCount]);
  }
  const values = await client.value("MGET", first, second) as (string | null)[];
  assertEquals(values.filter((each) => each === value).length, 1);
});
