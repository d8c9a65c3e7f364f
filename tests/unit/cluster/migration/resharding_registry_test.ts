/**
 * Resharding registry: what is in its file, what it learns from others, and whom it tells.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type ClusterSettings,
  ReshardingRegistry,
  SlotMap,
  Topology,
  type TopologyFile,
} from "../../../../src/cluster/mod.ts";
import { ConfigError } from "../../../../src/errors/config_error.ts";
import { RedisError } from "../../../../src/errors/redis_error.ts";

const [A, B, C] = ["a", "b", "c"].map((name) => ({ name, host: "h", port: 1 }));

class MemoryFile implements TopologyFile {
  text: string | undefined;
  isBroken = false;

  read(): string | undefined {
    return this.text;
  }

  write(text: string): void {
    if (this.isBroken) throw new ConfigError("No space left on device");
    this.text = text;
  }
}

function settingsOf(self: string, peers = [A, B]): ClusterSettings {
  return { self, peers, secret: "s", mode: "redirect" };
}

Deno.test("ReshardingRegistry begins with the configuration, and writes no file for that", () => {
  const file = new MemoryFile(), registry = new ReshardingRegistry(file, settingsOf("a"));
  assertEquals(registry.map.digest, new SlotMap([A, B]).digest);
  assertEquals(file.text, undefined);
});

Deno.test("ReshardingRegistry keeps what it is told, and tells who watches", () => {
  const file = new MemoryFile(), registry = new ReshardingRegistry(file, settingsOf("a"));
  const heard: SlotMap[] = [];
  const unwatch = registry.watch((map) => heard.push(map));
  const change = registry.topology.joinedBy(C);
  registry.put(change);
  registry.put(change.withMoved([...change.coming("c")].slice(0, 3)));
  registry.put(registry.topology);
  assertEquals(heard.length, 2);
  assertEquals(heard[1], registry.map);
  unwatch();
  registry.learn(registry.topology.withMoved(change.coming("c")).toText());
  assertEquals(heard.length, 2);
  // The next start goes on from there, whatever the configuration says of the nodes.
  const again = new ReshardingRegistry(file, settingsOf("a", [A]));
  assertEquals(again.digest, registry.digest);
  assertEquals(again.topology.nodes.map(({ name }) => name), ["a", "b", "c"]);
  assertThrows(() => new ReshardingRegistry(file, settingsOf("b")), ConfigError, "of node 'a'");
});

Deno.test("ReshardingRegistry learns from others what is more than it knows", () => {
  const change = Topology.of([A, B]).joinedBy(C), moving = [...change.coming("c")];
  const [one, other] = ["a", "b"].map((self) =>
    new ReshardingRegistry(new MemoryFile(), settingsOf(self))
  );
  assertEquals(one.compare(other.stamp), undefined);
  one.put(change.withMoved(moving.slice(0, 5)));
  assertEquals(other.compare(one.stamp), undefined); // it is only behind
  other.learn(one.text);
  other.put(other.topology.withMoved(moving.slice(10, 12)));
  one.put(one.topology.withMoved(moving.slice(20, 21)));
  one.learn(other.text);
  other.learn(one.text);
  assertEquals(one.digest, other.digest);
  assertEquals(one.topology.moved.count, 8);
  const nodes = one.map.nodes;
  one.learn(one.topology.withMoved(moving.slice(30, 31)).toText());
  assert(
    one.map.nodes.every((node, index) => node === nodes[index]),
    "nodes stay the same objects",
  );
});

Deno.test("ReshardingRegistry refuses what contradicts it, and what it can't keep", () => {
  const file = new MemoryFile(), registry = new ReshardingRegistry(file, settingsOf("a"));
  const stranger = Topology.of([A, C]);
  assertStringIncludes(registry.compare(stranger.stamp)!.text, "PEERMAP");
  assertStringIncludes(registry.compare("0")!.text, "PEERMAP");
  assertThrows(() => registry.learn(stranger.toText()), RedisError, "PEERMAP");
  assertThrows(() => registry.learn("nonsense"), RedisError, "PEERMAP Not a topology");
  const change = registry.topology.joinedBy(C), digest = registry.digest;
  file.isBroken = true;
  assertThrows(() => registry.learn(change.toText()), RedisError, "No space");
  assertThrows(() => registry.put(change), ConfigError);
  assertEquals(registry.digest, digest);
});
