/**
 * Config: typed reads, CONFIG GET, CONFIG SET with its errors and hooks.
 *
 * Texts of errors are those of Redis 7.0.15; a differential test compares many more.
 *
 * @module
 */
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Config, outputBufferLimitsOf } from "../../../src/config/mod.ts";
import type { SetOptions } from "../../../src/config/mod.ts";
import { ConfigError } from "../../../src/errors/config_error.ts";

/** The text of the error that a CONFIG SET ends with; names and values in turn. */
function refusal(config: Config, words: readonly string[], options?: SetOptions): string {
  return assertThrows(() => config.set(pairsOf(words), options), ConfigError).message;
}

function pairsOf(words: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < words.length; at += 2) pairs.push([words[at], words[at + 1]]);
  return pairs;
}

function argumentError(name: string, reason: string): string {
  return `CONFIG SET failed (possibly related to argument '${name}') - ${reason}`;
}

Deno.test("Config begins with the defaults", () => {
  const config = new Config();
  assertEquals(config.number("port"), 6379);
  assertEquals(config.text("bind"), "* -::*");
  assertEquals(config.boolean("protected-mode"), true);
  assertEquals(config.boolean("appendonly"), false);
});

Deno.test("Config.number reads sizes, octal modes and percentages", () => {
  const config = new Config();
  config.set([["proto-max-bulk-len", "2MB"], ["maxmemory-clients", "5%"]]);
  config.assign("unixsocketperm", "755");
  assertEquals(config.number("proto-max-bulk-len"), 2 * 1024 * 1024);
  assertEquals(config.number("unixsocketperm"), 0o755);
  assertEquals(config.number("maxmemory-clients"), -5);
});

Deno.test("Config.path decodes UTF-8", () => {
  const config = new Config();
  config.assign("logfile", "caf\xc3\xa9.log");
  assertEquals(config.path("logfile"), "café.log");
});

Deno.test("Config.get matches names in any case and gives them back as asked", () => {
  const config = new Config();
  assertEquals(config.get(["PORT", "port", "Port"]), [["PORT", "6379"]]);
  assertEquals(config.get(["POR?"]), [["port", "6379"]]);
  assertEquals(config.get(["nope", "nope*"]), []);
});

Deno.test("Config.get gives each directive once for several patterns", () => {
  const names = new Config().get(["hz", "*hz", "dynamic-*"]).map(([name]) => name);
  assertEquals(names, ["hz", "dynamic-hz"]);
});

Deno.test("Config.get shows aliases as directives of their own", () => {
  const config = new Config();
  config.set([["slave-priority", "7"]]);
  assertEquals(config.get(["*-priority"]), [["replica-priority", "7"], ["slave-priority", "7"]]);
});

Deno.test("Config.get shows hidden directives by exact name only", () => {
  const config = new Config();
  assertEquals(config.get(["rdb-key-save-dela?"]), []);
  assertEquals(config.get(["rdb-key-save-delay"]), [["rdb-key-save-delay", "0"]]);
});

Deno.test("Config.set refuses bad values with Redis' reasons", () => {
  const config = new Config();
  const reasons: [name: string, value: string, reason: string][] = [
    ["port", "65536", "argument must be between 0 and 65535 inclusive"],
    ["port", "x", "argument couldn't be parsed into an integer"],
    ["port", "01", "argument couldn't be parsed into an integer"],
    ["maxclients", "-1", "argument must be between 1 and 4294967295 inclusive"],
    ["maxmemory", "-1", "argument must be a memory value"],
    ["maxmemory-clients", "x", "argument must be a memory or percent value"],
    ["maxmemory-clients", "101%", "percentage argument must be less or equal to 100"],
    ["protected-mode", "maybe", "argument must be 'yes' or 'no'"],
    [
      "appendfsync",
      "x",
      "argument(s) must be one of the following: everysec, always, no",
    ],
    ["save", "900", "Invalid save parameters"],
    [
      "shutdown-on-sigint",
      "save nosave",
      "shutdown options SAVE and NOSAVE can't be used simultaneously",
    ],
    ["dbfilename", "a/b", "dbfilename can't be a path, just a filename"],
    [
      "notify-keyspace-events",
      "q",
      "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.",
    ],
    [
      "latency-tracking-info-percentiles",
      "101",
      "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]",
    ],
  ];
  for (const [name, value, reason] of reasons) {
    const options = { mayChangeProtected: true };
    assertEquals(refusal(config, [name, value], options), argumentError(name, reason));
  }
});

Deno.test("Config.set refuses unknown, immutable, protected and repeated directives", () => {
  const config = new Config();
  assertEquals(
    refusal(config, ["nope", "1"]),
    "Unknown option or number of arguments for CONFIG SET - 'nope'",
  );
  assertEquals(
    refusal(config, ["DAEMONIZE", "no"]),
    argumentError("DAEMONIZE", "can't set immutable config"),
  );
  assertEquals(refusal(config, ["dir", "/"]), argumentError("dir", "can't set protected config"));
  assertEquals(
    refusal(config, ["timeout", "1", "TIMEOUT", "2"]),
    argumentError("TIMEOUT", "duplicate parameter"),
  );
});

Deno.test("Config.set throws the caller's refusal for what is fixed while loading", () => {
  const config = new Config();
  const loadingRefusal = new Error("LOADING");
  const thrown = assertThrows(() => config.set([["appendonly", "yes"]], { loadingRefusal }));
  assertStrictEquals(thrown, loadingRefusal);
  config.set([["timeout", "1"]], { loadingRefusal });
});

Deno.test("Config.set changes nothing if one of the values is bad", () => {
  const config = new Config();
  const hz = config.number("hz");
  assertEquals(
    refusal(config, ["hz", "50", "slave-priority", "x", "timeout", "3"]),
    argumentError("slave-priority", "argument couldn't be parsed into an integer"),
  );
  assertEquals(config.number("hz"), hz);
  assertEquals(config.number("timeout"), 0);
});

Deno.test("Config.set moves hz into its bounds", () => {
  const config = new Config();
  config.set([["hz", "0"]]);
  assertEquals(config.number("hz"), 1);
  config.set([["hz", "1000"]]);
  assertEquals(config.number("hz"), 500);
});

Deno.test("Config.set returns a line for the log for what is not acted upon", () => {
  const config = new Config();
  assertEquals(config.set([["cluster-migration-barrier", "2"], ["timeout", "1"]]), [
    "Directive 'cluster-migration-barrier' is accepted but not acted upon yet",
  ]);
});

Deno.test("a hook runs after all values are in, once for several directives", () => {
  const config = new Config();
  const seen: number[][] = [];
  config.onApply(["timeout", "tcp-keepalive"], (changed) => {
    seen.push([changed.number("timeout"), changed.number("tcp-keepalive")]);
  });
  config.set([["timeout", "1"], ["tcp-keepalive", "2"]]);
  assertEquals(seen, [[1, 2]]);
});

Deno.test("a hook runs only if its directive changes", () => {
  const config = new Config();
  let runCount = 0;
  config.onApply("timeout", () => runCount++);
  config.set([["timeout", "0"], ["tcp-keepalive", "7"]]);
  assertEquals(runCount, 0);
});

Deno.test("a hook that fails brings all values back and has earlier hooks apply them", () => {
  const config = new Config();
  const applied: number[] = [];
  config.onApply("timeout", () => applied.push(config.number("timeout")));
  config.onApply("port", () => {
    if (config.number("port") === 1) throw new ConfigError("Unable to listen on this port.");
  });
  assertEquals(
    refusal(config, ["timeout", "9", "port", "1"]),
    argumentError("port", "Unable to listen on this port."),
  );
  assertEquals(applied, [9, 0]);
  assertEquals(config.number("port"), 6379);
});

Deno.test("a hook that fails unexpectedly brings the values back and its error out", () => {
  const config = new Config();
  const bug = new TypeError("bug");
  config.onApply("timeout", () => {
    if (config.number("timeout") === 9) throw bug;
  });
  assertStrictEquals(assertThrows(() => config.set([["timeout", "9"]])), bug);
  assertEquals(config.number("timeout"), 0);
});

Deno.test("client-output-buffer-limit keeps the classes that are not named", () => {
  const config = new Config();
  config.set([["client-output-buffer-limit", "replica 1kb 2 3"]]);
  assertEquals(
    config.text("client-output-buffer-limit"),
    "normal 0 0 0 slave 1024 2 3 pubsub 33554432 8388608 60",
  );
  const limits = outputBufferLimitsOf(config.text("client-output-buffer-limit"));
  assertEquals(limits.slave, { hardBytes: 1024, softBytes: 2, softSeconds: 3 });
});

Deno.test("notify-keyspace-events keeps the class n beside A, though it is not shown", () => {
  const config = new Config();
  config.set([["notify-keyspace-events", "mEKnA"]]);
  assertEquals(config.get(["notify-keyspace-events"]), [["notify-keyspace-events", "AKEm"]]);
  assertEquals(config.text("notify-keyspace-events"), "AnKEm");
});
