/**
 * Cluster settings: what a file may say, and where it is told to be wrong.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { clusterSettingsOf } from "../../../src/cluster/mod.ts";
import { Config, readConfigLines } from "../../../src/config/mod.ts";
import { ConfigError } from "../../../src/errors/config_error.ts";

const NO_FILES = { readText: () => "", expand: () => [] };

function configOf(...lines: readonly string[]): Config {
  const config = new Config();
  config.load(readConfigLines({ file: "my.conf", text: lines.join("\n") }, NO_FILES));
  return config;
}

const GOOD = ["peers a@h:1 b@[::1]:2", "self b", "cluster-mode redirect", "cluster-secret s"];

function peersUpTo(count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `${index === 0 ? "b" : `n${index}`}@h:${index + 1}`,
  )
    .join(" ");
}

Deno.test("clusterSettingsOf takes as many nodes as a cluster may have", () => {
  const settings = clusterSettingsOf(configOf(`peers ${peersUpTo(256)}`, ...GOOD.slice(1)));
  assertEquals(settings?.peers.length, 256);
});

Deno.test("clusterSettingsOf reads the nodes, over several lines", () => {
  assertEquals(clusterSettingsOf(configOf(...GOOD, "peers c.d-e_f@10.0.0.1:65535")), {
    mode: "redirect",
    self: "b",
    secret: "s",
    peers: [
      { name: "a", host: "h", port: 1 },
      { name: "b", host: "::1", port: 2 },
      { name: "c.d-e_f", host: "10.0.0.1", port: 65535 },
    ],
  });
});

Deno.test("clusterSettingsOf knows of no cluster unless cluster-mode says so", () => {
  assertEquals(clusterSettingsOf(configOf()), undefined);
  assertEquals(clusterSettingsOf(configOf("peers a@h:1", "self a")), undefined);
});

Deno.test("bad directives of a cluster are refused with file and line", () => {
  const cases: readonly (readonly [reason: string, line: number, ...lines: string[]])[] = [
    ["one of the following: none, redirect, relay", 1, "cluster-mode other"],
    ["NAME@HOST:PORT", 1, "peers a"],
    ["NAME@HOST:PORT", 1, "peers a@h"],
    ["NAME@HOST:PORT", 1, "peers a@h:0"],
    ["NAME@HOST:PORT", 1, "peers a@h:65536"],
    ["NAME@HOST:PORT", 1, "peers a@::1:7000"],
    ["letters, digits", 1, "peers @h:1"],
    ["letters, digits", 1, `peers ${"a".repeat(65)}@h:1`],
    ["letters, digits", 1, 'self "a b"'],
    ["twice", 1, "peers a@h:1 a@h:2"],
    ["twice", 2, "peers a@h:1", "peers b@h:1"],
    ["more than 256 nodes: 257", 1, `peers ${peersUpTo(257)}`, ...GOOD.slice(1)],
    ["needs peers", 1, "cluster-mode redirect", "self a"],
    ["needs self", 2, "peers a@h:1", "cluster-mode redirect"],
    ["needs cluster-secret", 3, "peers a@h:1", "self a", "cluster-mode redirect"],
    ["none of the peers: 'c'", 2, "peers a@h:1", "self c", "cluster-mode redirect"],
  ];
  for (const [reason, line, ...lines] of cases) {
    const error = assertThrows(() => clusterSettingsOf(configOf(...lines)), ConfigError);
    assertStringIncludes(error.message, reason);
    assertEquals([error.file, error.line], ["my.conf", line], lines.join("; "));
  }
});
