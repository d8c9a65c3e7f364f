/**
 * The configuration against real Redis 7.0: the names and defaults of all directives, and what
 * CONFIG SET says to good and bad values of each.
 *
 * No server of ours is asked, so a failure points at a row of the table and not at its way out, and
 * thousands of values take a second. Left out are directives that make Redis do something to the
 * machine or the connection, and sizes from 2^63 on for `maxmemory-clients`, where Redis takes
 * 2^64 - 1 for one percent.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { DIRECTIVES } from "../../src/config/directives.ts";
import { Config, type Directive, findDirective } from "../../src/config/mod.ts";
import { ConfigError } from "../../src/errors/config_error.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import { RespClient } from "../support/resp_client.ts";

/** The versions of Redis whose directives the table states. */
const COMPARED_VERSIONS = "7.0.";

/** Directives that differ between two servers by nature, or that Redis does not have. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  "dir",
  "logfile",
  "pidfile",
  "port",
  "save",
  "tcp-nodelay",
  "transaction-rollback",
  ...["cluster-mode", "peers", "self", "cluster-secret", "cluster-transaction-timeout"],
]);

/** Directives of which not every value in the list below can be set without consequences. */
const TOUCHY_NAMES: ReadonlySet<string> = new Set([
  ...["activedefrag", "jemalloc-bg-thread", "watchdog-period", "appendonly"],
  ...["oom-score-adj", "port", "bind", "dir", "maxclients", "requirepass", "repl-backlog-size"],
  ...["maxmemory", "maxmemory-clients", "key-load-delay", "rdb-key-save-delay", "tcp-nodelay"],
  ...["transaction-rollback", "cluster-transaction-timeout"],
  ...["crash-log-enabled", "loading-process-events-interval-bytes"],
  ...["tls-port", "tls-cluster", "tls-replication"],
]);

/** Values that are good for one directive or another, and bad for most. */
// deno-fmt-ignore
const VALUES: readonly string[] = [
  "", "0", "1", "-1", "01", "+1", " 1", "1 ", "yes", "NO", "abc", "100", "101", "65536", "800",
  "2147483648", "4294967296", "9223372036854775807", "1kb", "1GB", "1tb", "2M", "5%", "101%", "%",
  "0.5", "1048575", "1048576",
];

/** Further values for directives with a grammar of their own. */
// deno-fmt-ignore
const SPECIAL_VALUES: Readonly<Record<string, readonly string[]>> = {
  "port": ["abc", "-1", "65536", ""],
  "maxclients": ["abc", "0", "-1", "4294967296"],
  "maxmemory": ["x", "-1", "1tb", "100gb", "18446744073709551616", "", "0"],
  "maxmemory-clients": ["x", "-1", "-5%", "101%", "0%", "%", "0"],
  "hz": ["0", "1000", "50", "x"],
  "save": ["900 1", "900", "900 ", " 900 1", "900  1", "0 1", "900 -1", "+900 1", "9 1 3 10", "a 1"],
  "client-output-buffer-limit": [
    "normal 1gb 0 0", "replica 1 2 3", "SLAVE 1kb 2 3 pubsub 0 0 0", "master 0 0 0", "normal 0 0",
    "normal a 0 0", "normal 0 0 -1", "normal 0 0 x", "normal 1 2 3 normal 4 5 6", "normal -1 0 0",
  ],
  "notify-keyspace-events": ["K", "KEA", "g$lshzxetd", "g$lshzxe", "x x", "nm", "AnKEm"],
  "latency-tracking-info-percentiles": [
    "50 99.9", "99.99999999", "101", "-1", "50 abc", "0 100", "1e1", "nan", "inf", "0x10", "50  60",
  ],
  "shutdown-on-sigint": ["save force", "FORCE save", "default save", "save nosave", "now now"],
  "oom-score-adj-values": ["1 2", "1 2 2001", "a b c"],
  "dbfilename": ["/a", "a\\b", "x.rdb"],
  "cluster-announce-hostname": ["a.b-C", "a_b", "a".repeat(255), "a".repeat(256)],
  "proc-title-template": ["{title}", "{nope}", "{", "{{x", "}", " ", "{title", "{title} {port}"],
};

const ignoredReason = reasonToIgnore(redisVersion());

Deno.test({
  name: `directives have the names, defaults and errors of Redis 7.0${
    ignoredReason === undefined ? "" : ` (ignored: ${ignoredReason})`
  }`,
  ignore: ignoredReason !== undefined,
  fn: async (test) => {
    await using server = await startRedisServer({
      config: { "enable-protected-configs": "yes" },
    });
    if (server === undefined) throw new Error("redis-server is gone from PATH");
    await using client = await RespClient.connect(server.address);
    const config = new Config();
    for (const name of ["enable-protected-configs", "enable-debug-command"] as const) {
      config.assign(name, "yes");
    }
    config.assign("bind", "127.0.0.1");

    await test.step("CONFIG GET *", async () => {
      assertEquals(comparable(config.get(["*"])), comparable(await getFrom(client, "*")));
    });
    await test.step("patterns of CONFIG GET show no directive of ours", async () => {
      for (const pattern of ["*", "t*", "cluster-*", "*timeout"]) {
        const theirNames = (await getFrom(client, pattern)).map(([name]) => name);
        assertEquals(config.get([pattern]).map(([name]) => name).sort(), theirNames.sort());
      }
    });
    for (const name of config.get(["*"]).map(([name]) => name)) {
      const further = SPECIAL_VALUES[name] ?? [];
      const values = TOUCHY_NAMES.has(name) ? further : [...VALUES, ...further];
      if (values.length === 0 || findDirective(name)?.isImmutable) continue;
      await test.step(name, () => compareValues(client, config, name, values));
    }
  },
});

Deno.test("the directives that are compared with care exist", () => {
  const rows: readonly Directive[] = DIRECTIVES;
  for (const name of Object.keys(SPECIAL_VALUES)) {
    assertEquals(rows.some((row) => row.name === name), true, name);
  }
});

/** Sets each value on both sides and compares the answers, and what CONFIG GET shows then. */
async function compareValues(
  client: RespClient,
  config: Config,
  name: string,
  values: readonly string[],
): Promise<void> {
  const [[, before]] = await getFrom(client, name);
  for (const value of values) {
    const theirs = await client.command("CONFIG", "SET", name, value);
    const theirText = theirs.kind === "error" ? theirs.text : "OK";
    assertEquals(setOn(config, name, value), theirText, JSON.stringify(value));
    if (!OWN_NAMES.has(name) || name === "save") {
      assertEquals(config.get([name]), await getFrom(client, name), JSON.stringify(value));
    }
  }
  await client.value("CONFIG", "SET", name, before);
  if (!OWN_NAMES.has(name)) setOn(config, name, before);
}

function setOn(config: Config, name: string, value: string): string {
  try {
    config.set([[name, value]], { mayChangeProtected: true });
    return "OK";
  } catch (error) {
    if (error instanceof ConfigError) return `ERR ${error.message}`;
    throw error;
  }
}

async function getFrom(client: RespClient, pattern: string): Promise<[string, string][]> {
  const words = await client.value("CONFIG", "GET", pattern) as string[];
  const pairs: [string, string][] = [];
  for (let at = 0; at < words.length; at += 2) pairs.push([words[at], words[at + 1]]);
  return pairs;
}

/** In one order, without what may differ. */
function comparable(pairs: readonly [string, string][]): [string, string][] {
  return pairs.filter(([name]) => !OWN_NAMES.has(name))
    .toSorted(([one], [other]) => one < other ? -1 : 1);
}

/** Why there is nothing to compare with, if so. */
function reasonToIgnore(version: string | undefined): string | undefined {
  if (version === undefined) return "no redis-server on PATH to compare with";
  if (version.startsWith(COMPARED_VERSIONS)) return undefined;
  return `redis-server on PATH is ${version}, not ${COMPARED_VERSIONS}x`;
}
