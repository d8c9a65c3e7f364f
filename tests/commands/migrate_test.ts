/**
 * MIGRATE: values arrive whole, whoever sends and whoever takes; nobody sees a key half moved.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { eventually } from "../support/poll.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import { wireOf } from "../support/reply.ts";
import { type Argument, RespClient } from "../support/resp_client.ts";
import { ScriptedTarget } from "../support/scripted_target.ts";
import { startSubject } from "../support/subject.ts";

const OK = "+OK\r\n";
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, index) => index);
const LONG = "abcdefgh".repeat(4000);

/** All encodings with the usual limits; with shrunken ones, the large encodings of the small values. */
const VALUES: readonly (readonly Argument[])[] = [
  ["SET", "empty", ""],
  ["SET", "integer", "-1234567890123"],
  ["SET", "bytes", ALL_BYTES],
  ["SET", "long", LONG, "PX", "100000000"],
  ["SET", ALL_BYTES, "odd key"],
  ["RPUSH", "list", "ant", "12", "", LONG],
  ["SADD", "integers", "1", "-70000", "9223372036854775807"],
  ["SADD", "words", "ant", "bee", "12"],
  ["HSET", "hash", "f", "v", "12", "-7"],
  ["ZADD", "scores", "1.5", "a", "-inf", "b", "3", "c"],
  ["XADD", "stream", "1-1", "f", "v", "g", "w"],
  ["XGROUP", "CREATE", "stream", "group", "0"],
  ["XREADGROUP", "GROUP", "group", "me", "STREAMS", "stream", ">"],
  ["XADD", "stream", "5-7", "f", "x"],
  ["PFADD", "sketch", "a", "b", "c"],
  ["RPUSH", "long list", ...manyWords(2000)],
  ["SADD", "long set", ...manyWords(2000)],
  ["HSET", "long hash", ...manyWords(2000)],
  ["PEXPIRE", "long hash", "100000000"],
];

const SHRUNKEN: readonly (readonly string[])[] = [
  ["list-max-listpack-size", "1"],
  ["hash-max-listpack-entries", "0"],
  ["set-max-intset-entries", "0"],
  ["zset-max-listpack-entries", "0"],
  ["stream-node-max-entries", "1"],
];

function manyWords(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `word:${index}`);
}

/** Moves all values from one server to another. */
async function moveAll(source: RespClient, target: RespClient, targetPort: number): Promise<void> {
  for (const command of VALUES) await source.value(...command);
  const digest = await source.value("DEBUG", "DIGEST");
  const keys = VALUES.map(([name, key]) => name === "XGROUP" ? "stream" : key)
    .filter((key) => key !== "GROUP");
  const migrate = ["MIGRATE", "127.0.0.1", targetPort, "", "0", "20000"];
  assertEquals(await source.value(...migrate, "COPY", "KEYS", ...keys.slice(0, 3)), "OK");
  assertEquals(await source.value("DEBUG", "DIGEST"), digest);
  const replacing = await source.value(...migrate, "REPLACE", "KEYS", ...new Set(keys));
  assertEquals(replacing, "OK");
  assertEquals(await source.value("DBSIZE"), 0);
  assertEquals(await target.value("DEBUG", "DIGEST"), digest);
  const leftMs = Number(await target.value("PTTL", "long"));
  assertEquals(leftMs > 99_000_000 && leftMs <= 100_000_000, true);
}

for (const isShrunken of [false, true]) {
  const limits = isShrunken ? "shrunken" : "usual";

  Deno.test(`MIGRATE moves every value between EasyRedis servers, ${limits} limits`, async () => {
    await using from = await startSubject();
    await using to = await startSubject();
    await using source = await RespClient.connect(from);
    await using target = await RespClient.connect(to);
    if (isShrunken) { for (const limit of SHRUNKEN) await source.value("CONFIG", "SET", ...limit); }
    await moveAll(source, target, to.port);
  });

  Deno.test({
    name: `MIGRATE moves every value to real Redis and back, ${limits} limits`,
    ignore: redisVersion() === undefined,
    async fn() {
      await using redis = (await startRedisServer())!;
      await using subject = await startSubject();
      await using real = await RespClient.connect(redis);
      await using ours = await RespClient.connect(subject);
      if (isShrunken) {
        for (const limit of SHRUNKEN) {
          for (const client of [real, ours]) await client.value("CONFIG", "SET", ...limit);
        }
      }
      await moveAll(ours, real, redis.port);
      await real.value("FLUSHALL");
      await moveAll(real, ours, subject.port);
    },
  });
}

Deno.test("MIGRATE sends very many keys, and others are served meanwhile", async () => {
  await using from = await startSubject();
  await using to = await startSubject();
  await using source = await RespClient.connect(from);
  await using other = await RespClient.connect(from);
  await using target = await RespClient.connect(to);
  const keys = manyWords(20_000);
  await source.value("MSET", ...keys.flatMap((key) => [key, `value of ${key} ${"x".repeat(200)}`]));
  const digest = await source.value("DEBUG", "DIGEST");
  let isDone = false, pingCount = 0;
  const moving = source.value("MIGRATE", "127.0.0.1", to.port, "", "0", "20000", "KEYS", ...keys)
    .finally(() => isDone = true);
  moving.catch(() => {}); // it is waited for below
  while (!isDone) {
    assertEquals(await other.value("PING"), "PONG");
    pingCount++;
  }
  assertEquals(await moving, "OK");
  assertEquals(pingCount > 3, true);
  assertEquals(await source.value("DBSIZE"), 0);
  assertEquals(await target.value("DEBUG", "DIGEST"), digest);
});

Deno.test("MIGRATE takes its password to the target, and no log shows it", async () => {
  await using from = await startSubject();
  await using to = await startSubject({ config: { requirepass: "secret" } });
  await using source = await RespClient.connect(from);
  await source.value("CONFIG", "SET", "slowlog-log-slower-than", "0");
  await source.value("SET", "k", "v");
  const migrate = ["MIGRATE", "127.0.0.1", to.port, "k", "0", "20000"];
  const refusal = "-ERR Target instance replied with error: ";
  assertEquals(
    wireOf(await source.command(...migrate)),
    `${refusal}NOAUTH Authentication required.\r\n`,
  );
  assertMatch(
    wireOf(await source.command(...migrate, "AUTH", "wrong")),
    new RegExp(`^${refusal}WRONGPASS `),
  );
  assertEquals(await source.value("EXISTS", "k"), 1);
  assertEquals(await source.value(...migrate, "AUTH2", "default", "secret"), "OK");
  assertEquals(await source.value("EXISTS", "k"), 0);
  const log = JSON.stringify(await source.value("SLOWLOG", "GET"));
  assertMatch(log, /"MIGRATE",.*"AUTH2","\(redacted\)","\(redacted\)"/);
  assertEquals(/wrong|secret/.test(log), false);
});

Deno.test("MIGRATE in a transaction is refused, and the transaction with it", async () => {
  await using subject = await startSubject();
  await using client = await RespClient.connect(subject);
  await client.value("MULTI");
  const refusal = await client.command("MIGRATE", "127.0.0.1", "1", "k", "0", "10");
  assertEquals(wireOf(refusal), "-ERR Command not allowed inside a transaction\r\n");
  assertMatch(wireOf(await client.command("EXEC")), /^-EXECABORT /);
});

/** A server whose key `k` is on its way to a target that answers when it is told to. */
interface Moving {
  /** Who sent MIGRATE; it has no reply yet. */
  readonly source: RespClient;
  /** Has the target answer. */
  readonly answer: () => void;
  /** Another client of the server. */
  connect(): Promise<RespClient>;
}

async function whileMoving(answer: string, run: (moving: Moving) => Promise<void>): Promise<void> {
  const { promise: afterwards, resolve } = Promise.withResolvers<void>();
  await using target = new ScriptedTarget({ afterwards, answer });
  await using subject = await startSubject();
  await using stack = new AsyncDisposableStack();
  const connect = async () => stack.use(await RespClient.connect(subject));
  const source = await connect();
  await source.value("MSET", "k", "v", "l", "w");
  await source.send("MIGRATE", "127.0.0.1", target.port, "k", "0", "20000");
  await eventually(() => target.received[0]?.includes("RESTORE"));
  await run({ source, answer: resolve, connect });
}

Deno.test("MIGRATE holds back who names its keys or all, and nobody else", async () => {
  await whileMoving(OK + OK, async ({ source, answer, connect }) => {
    const held: RespClient[] = [];
    for (
      const request of [["GET", "k"], ["SET", "k", "new", "NX", "GET"], ["FLUSHDB"], ["DEL", "k"]]
    ) {
      const client = await connect();
      await client.send(...request);
      held.push(client);
    }
    const transaction = await connect();
    await transaction.value("MULTI");
    assertEquals(await transaction.value("GET", "l"), "QUEUED");
    assertEquals(await transaction.value("EXISTS", "k"), "QUEUED");
    await transaction.send("EXEC");
    const other = await connect();
    assertEquals(await other.value("GET", "l"), "w");
    assertEquals(await other.value("CLIENT", "UNBLOCK", await clientIdOf(other, "migrate")), 0);
    await eventually(
      async () => String(await other.value("INFO", "clients")).includes("blocked_clients:6"),
      { what: "all to be held" },
    );
    answer();
    assertEquals(wireOf(await source.receive()), OK);
    assertEquals(wireOf(await held[0].receive()), "$-1\r\n");
    for (const client of [...held.slice(1), transaction]) await client.receive();
    assertMatch(String(await other.value("INFO", "clients")), /blocked_clients:0/);
  });
});

Deno.test("MIGRATE holds its keys only until the target has refused them", async () => {
  await whileMoving(OK + "-ERR no room\r\n", async ({ source, answer, connect }) => {
    const other = await connect();
    await other.send("APPEND", "k", "!");
    answer();
    assertMatch(wireOf(await source.receive()), /^-ERR Target .*: ERR no room\r\n/);
    assertEquals(wireOf(await other.receive()), ":2\r\n");
    assertEquals(await other.value("GET", "k"), "v!");
  });
});

Deno.test("MIGRATE goes to its end when its client is gone", async () => {
  await whileMoving(OK + OK, async ({ source, answer, connect }) => {
    const other = await connect();
    source.close();
    await eventually(async () =>
      await other.value("CLIENT", "LIST", "TYPE", "normal")
        .then((list) => !String(list).includes("cmd=migrate"))
    );
    answer();
    assertEquals(await other.value("EXISTS", "k"), 0);
    assertEquals(await other.value("EXISTS", "l"), 1);
    assertMatch(String(await other.value("INFO", "clients")), /blocked_clients:0/);
    assertEquals(await other.value("SET", "k", "again"), "OK");
  });
});

/** The ID of the client that runs a command. */
async function clientIdOf(client: RespClient, command: string): Promise<string> {
  const lines = String(await client.value("CLIENT", "LIST")).split("\n");
  return /^id=(\d+)/.exec(lines.find((line) => line.includes(`cmd=${command}`))!)![1];
}
