/**
 * Process cluster: three EasyRedis servers that are nodes of one cluster, each a process of its own, and
 * a fourth that is none yet; for what only processes can suffer.
 *
 * @module
 */

import { ByteView } from "../../src/base/byte_view.ts";
import { slotOf } from "../../src/base/crc16.ts";
import { SlotMap } from "../../src/cluster/mod.ts";
import { clusterDirectives } from "./cluster.ts";
import { startEasyRedisProcess } from "./easyredis_process.ts";
import { freePort } from "./free_port.ts";
import { eventually } from "./poll.ts";
import { RespClient } from "./resp_client.ts";
import type { ServerProcess } from "./server_process.ts";

const DEADLINE = { deadlineMs: 120_000 };
const NODE_COUNT = 3;

/** How the nodes are to be. */
export interface ProcessClusterOptions {
  /** `cluster-node-timeout`. @default 5000 */
  readonly nodeTimeoutMs?: number;
  /** Further directives of all nodes. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Three nodes and one that is none yet. */
export class ProcessCluster implements AsyncDisposable {
  readonly ports = Array.from({ length: NODE_COUNT + 1 }, () => freePort());
  readonly #directory = Deno.makeTempDirSync({ prefix: "easyredis-nodes-" });
  readonly #servers: (ServerProcess | undefined)[] = [];
  /** The map of the first nodes. */
  readonly #map = new SlotMap(
    this.ports.slice(0, NODE_COUNT).map((port, index) => {
      return { name: `node${index}`, host: "127.0.0.1", port };
    }),
  );
  readonly #nodeTimeoutMs: number;
  readonly #config: Readonly<Record<string, string>>;

  constructor({ nodeTimeoutMs = 5000, config = {} }: ProcessClusterOptions = {}) {
    this.#nodeTimeoutMs = nodeTimeoutMs;
    this.#config = config;
  }

  /** Where a node keeps its files. */
  directoryOf(index: number): string {
    return `${this.#directory}/${index}`;
  }

  /** Starts a node, or starts it again. */
  async start(index: number): Promise<void> {
    const dir = this.directoryOf(index);
    Deno.mkdirSync(dir, { recursive: true });
    const isStranger = index === NODE_COUNT;
    const peers = this.ports.map((port, other) =>
      (isStranger ? other === index : other < NODE_COUNT) ? port : undefined
    );
    this.#servers[index] = await startEasyRedisProcess({
      port: this.ports[index],
      config: {
        ...clusterDirectives(peers, index),
        ...{ dir, save: "", "cluster-mode": "relay", "cluster-require-full-coverage": "no" },
        ...{ "cluster-node-timeout": String(this.#nodeTimeoutMs) },
        ...{ appendonly: "yes", appendfsync: "always" },
        ...this.#config,
      },
    });
  }

  /** Ends a node at once. */
  async kill(index: number): Promise<void> {
    await this.#servers[index]!.kill();
    this.#servers[index] = undefined;
  }

  /** Stops a node in the middle of whatever it does, or lets it go on. */
  signal(index: number, signal: "SIGSTOP" | "SIGCONT"): void {
    Deno.kill(this.#servers[index]!.pid, signal);
  }

  /** Waits until each node of the cluster is connected with all others. */
  async connected(): Promise<void> {
    for (let index = 0; index < NODE_COUNT; index++) {
      await using client = await this.connect(index);
      await eventually(async () => {
        const nodes = String(await client.value("CLUSTER", "NODES"));
        return nodes.match(/ connected/g)?.length === NODE_COUNT;
      }, { ...DEADLINE, what: "the nodes to be connected" });
    }
  }

  /** A key that a node has at first. @param prefix Of its name. */
  keyOf(index: number, prefix: string): string {
    for (let number = 0;; number++) {
      const key = `${prefix}:${number}`;
      if (this.#map.ownerOf(slotOf(ByteView.ofText(key))).name === `node${index}`) return key;
    }
  }

  /** A connection to a node. */
  connect(index: number): Promise<RespClient> {
    return RespClient.connect({ port: this.ports[index] });
  }

  /** One line of CLUSTER INFO. */
  async info(index: number, name: string): Promise<string> {
    await using client = await this.connect(index);
    const text = String(await client.value("CLUSTER", "INFO"));
    return new RegExp(`^${name}:(.*)\r$`, "m").exec(text)?.[1] ?? "";
  }

  /** Waits until no slot moves any more. */
  async settled(): Promise<void> {
    await eventually(async () => {
      for (const index of this.ports.keys()) {
        if (await this.info(index, "cluster_resharding_in_progress") !== "0") return false;
      }
      return true;
    }, { ...DEADLINE, what: "all slots to have moved" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server?.kill()));
    Deno.removeSync(this.#directory, { recursive: true });
  }
}
