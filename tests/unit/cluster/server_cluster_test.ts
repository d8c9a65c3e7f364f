/**
 * Server cluster: it follows a registry whose members change. What links do is in `tests/cluster/`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ManualClock } from "../../../src/base/clock.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { type ClusterRegistry, ServerCluster, SlotMap } from "../../../src/cluster/mod.ts";
import { Config } from "../../../src/config/mod.ts";
import { ClientRegistry, type ServerParts } from "../../../src/engine/mod.ts";
import { Log } from "../../../src/observability/mod.ts";

const SETTINGS = {
  mode: "redirect" as const,
  self: "a",
  peers: [],
  secret: "s",
};

/** A registry that the test changes. */
class ChangingRegistry implements ClusterRegistry {
  map = mapOf("a", "b");
  readonly epoch = 0;
  readonly isMoving = false;
  readonly hasChanged = false;
  readonly agreement = {
    ...{ stamp: "", digest: "", text: "" },
    compare: () => undefined,
    learn: () => {},
  };
  #changed: ((map: SlotMap) => void) | undefined;

  get isWatched(): boolean {
    return this.#changed !== undefined;
  }

  watch(changed: (map: SlotMap) => void): () => void {
    this.#changed = changed;
    return () => this.#changed = undefined;
  }

  change(...names: readonly string[]): void {
    this.map = mapOf(...names);
    this.#changed?.(this.map);
  }
}

/** A map of nodes that nobody can reach. */
function mapOf(...names: readonly string[]): SlotMap {
  return new SlotMap(names.map((name) => ({ name, host: "127.0.0.1", port: 1 })));
}

Deno.test("ServerCluster follows its registry until it stops", async () => {
  const clock = new ManualClock(), config = new Config();
  const log = new Log({ clock, sink: { write: () => {} }, pid: 1, level: "warning" });
  const random = new SeededRandom(1), clients = new ClientRegistry();
  const server = { clock, random, config, log, clients } as unknown as ServerParts;
  const registry = new ChangingRegistry();
  const cluster = new ServerCluster(server, registry, SETTINGS);
  cluster.start();
  const failing = () =>
    cluster.nodes.filter((node) => cluster.isFailing(node)).map(({ name }) => name);
  assertEquals(cluster.nodes, registry.map.nodes);
  clock.advance(config.number("cluster-node-timeout"));
  assertEquals(failing(), ["b"]);
  assert(!cluster.isOk);

  registry.change("a", "c");
  assertEquals(cluster.nodes.map(({ name }) => name), ["a", "c"]);
  assertEquals(cluster.ranges, registry.map.ranges);
  assert(cluster.isOk, "a node that is gone must not count");
  assertEquals(failing(), []); // the new one has its time too
  assert(cluster.statusOf(cluster.self).isSelf);
  clock.advance(config.number("cluster-node-timeout"));
  assertEquals(failing(), ["c"]);

  registry.change("a");
  assert(cluster.isOk);
  await cluster.stop();
  assert(!registry.isWatched);
});
