/**
 * Tests that what is said of directives is so: by their table, by the configuration files that come
 * along, and by the log of a server that is started with them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Config, type Directive, readConfigLines } from "../../src/config/mod.ts";
import { DIRECTIVES } from "../../src/config/directives.ts";
import { assertNoOffenders } from "./offenders.ts";
import { PROJECT_DIRECTORY, readSources } from "./source_tree.ts";

const ROWS: readonly Directive[] = DIRECTIVES;

/** Read to be shown by INFO, but without an effect. */
const ONLY_SHOWN: ReadonlySet<string> = new Set([
  "repl-backlog-size",
  "min-replicas-to-write",
  "min-replicas-max-lag",
  // What a cluster of ours makes of it, for clients that ask.
  "cluster-enabled",
]);

/** Directives for tests of the server itself, which no user needs to know. */
const FOR_TESTS: ReadonlySet<string> = new Set(["rdb-key-save-delay", "key-load-delay"]);

const CONFIG_FILE = "conf/easyredis.conf";
const CLUSTER_FILE = "conf/cluster/node0.conf";

/** What a configuration file says, with what stands in it as a comment only. */
function textOf(path: string): string {
  return Deno.readTextFileSync(new URL(path, PROJECT_DIRECTORY));
}

Deno.test("directives: those that are acted upon are read somewhere, and no others", () => {
  const texts = readSources(["src"]).filter(({ path }) => !path.startsWith("src/config/"))
    .map(({ text }) => text).join("\n");
  assertNoOffenders(
    "isActedUpon says whether the sources beside src/config read a directive",
    ROWS.filter(({ name, isActedUpon }) => {
      const isRead = texts.includes(`"${name}"`) && !ONLY_SHOWN.has(name);
      return isRead !== isActedUpon;
    }).map(({ name }) => name),
  );
});

Deno.test("directives: the configuration files name all that are acted upon", () => {
  const text = `${textOf(CONFIG_FILE)}\n${textOf(CLUSTER_FILE)}`;
  const named = new Set([...text.matchAll(/^(?:# )?([a-z-]+)(?= |$)/gm)].map((match) => match[1]));
  const undocumented = new Set([
    ...FOR_TESTS,
    "cluster-allow-reads-when-down",
    "cluster-allow-pubsubshard-when-down",
  ]);
  assertNoOffenders(
    `${CONFIG_FILE} or ${CLUSTER_FILE} names each directive that is acted upon`,
    ROWS.filter(({ isActedUpon }) => isActedUpon).map(({ name }) => name)
      .filter((name) => !named.has(name) && !undocumented.has(name)),
  );
});

Deno.test("directives: the configuration file has the defaults, and nothing without effect", () => {
  const files = {
    readText: (): string => "",
    expand: (): string[] => [],
  };
  const config = new Config(), fresh = new Config();
  const notices = config.load(readConfigLines({ text: textOf(CONFIG_FILE) }, files));
  assertEquals(notices, []);
  const changed = ROWS.map(({ name }) => name as (typeof DIRECTIVES)[number]["name"])
    .filter((name) => config.valueOf(name) !== fresh.valueOf(name));
  assertEquals(changed, ["bind", "dir"]);
});
