/**
 * Cluster: several EasyRedis servers in this process that are nodes of one cluster.
 *
 * @module
 */

import { ByteView } from "../../src/base/byte_view.ts";
import { slotOf } from "../../src/base/crc16.ts";
import { SlotMap } from "../../src/cluster/mod.ts";
import { type EasyRedisServer, type LogSink, startServer } from "../../src/mod.ts";
import { freePort } from "./free_port.ts";
import { eventually } from "./poll.ts";
import { wireOf } from "./reply.ts";
import { type Argument, RespClient } from "./resp_client.ts";

/** No node is failing, and no lock is waited for in vain, only because the machine is busy. */
const PATIENT = { "cluster-node-timeout": "60000", "cluster-transaction-timeout": "30000" };

/** For tests in which nodes are down and others are to notice: they do after three seconds. */
export const NOTICING = { "cluster-node-timeout": "3000" };

/**
 * What the nodes of one test file know. Files run beside each other, with nodes of the same names and
 * keys: one that looks for a node which has been killed may find another file's at that port.
 */
export const CLUSTER_SECRET: string = crypto.randomUUID();

/** How the nodes are to be. */
export interface ClusterOptions {
  /** @default 3 */
  readonly nodeCount?: number;
  /** Further directives of all nodes. */
  readonly config?: Readonly<Record<string, string>>;
  /** Nodes that are none of the cluster yet; the test starts them. @default 0 */
  readonly strangerCount?: number;
}

/** Nodes that are called `node0`, `node1` ... */
export class TestCluster implements AsyncDisposable {
  readonly ports: readonly number[];
  /** What each has logged so far. */
  readonly logs: string[];
  /** Where nodes keep their files, each for itself; removed at the end. */
  readonly #directory = Deno.makeTempDirSync({ prefix: "easyredis-cluster-" });
  /** How many nodes the cluster begins with. */
  readonly #nodeCount: number;
  readonly #config: Readonly<Record<string, string>>;
  readonly #servers: (EasyRedisServer | undefined)[] = [];

  private constructor({ nodeCount = 3, config = {}, strangerCount = 0 }: ClusterOptions) {
    this.#nodeCount = nodeCount;
    this.ports = Array.from({ length: nodeCount + strangerCount }, () => freePort());
    this.logs = this.ports.map(() => "");
    this.#config = config;
  }

  /** Starts all nodes and waits until each is connected with each. */
  static async start(options: ClusterOptions = {}): Promise<TestCluster> {
    const cluster = new TestCluster(options);
    for (let index = 0; index < cluster.#nodeCount; index++) await cluster.startNode(index);
    await cluster.connected();
    return cluster;
  }

  /** Starts a node. @param config Directives that differ from the others'. */
  async startNode(index: number, config: Readonly<Record<string, string>> = {}): Promise<void> {
    const log: LogSink = {
      write: (bytes) => {
        this.logs[index] += new TextDecoder().decode(bytes);
      },
    };
    this.#servers[index] = await startServer({
      port: this.ports[index],
      log,
      config: {
        ...clusterDirectives(this.#peersOf(index), index),
        dir: this.directoryOf(index),
        ...PATIENT,
        "cluster-require-full-coverage": "no",
        ...this.#config,
        ...config,
      },
    });
  }

  /** Ends a node. */
  async stopNode(index: number): Promise<void> {
    await this.#servers[index]?.stop();
    this.#servers[index] = undefined;
  }

  /** Waits until each node that runs is connected with each other one. */
  async connected(): Promise<void> {
    const running = this.ports.filter((_, index) => this.#servers[index] !== undefined);
    for (const port of running) {
      await using client = await RespClient.connect({ port });
      if ("requirepass" in this.#config) await client.value("AUTH", this.#config.requirepass);
      await eventually(async () => {
        const nodes = String(await client.value("CLUSTER", "NODES"));
        return nodes.match(/ connected/g)?.length === running.length;
      }, { what: "all nodes to be connected" });
    }
  }

  /** A connection to a node. */
  async connect(index: number, protocol: 2 | 3 = 2): Promise<RespClient> {
    return await RespClient.connect({ port: this.ports[index] }, { protocol });
  }

  /** The number of the node that has a key. */
  ownerOf(key: string): number {
    return Number(this.#map.ownerOf(slotOf(ByteView.ofText(key))).name.slice("node".length));
  }

  /** The beginning of the reply that sends a client of another node to the owner of a key. */
  movedReply(key: string): string {
    return `-MOVED ${slotOf(ByteView.ofText(key))} 127.0.0.1:${this.ports[this.ownerOf(key)]}\r\n`;
  }

  /** The nodes that it began with. */
  get nodes(): { name: string; host: string; port: number }[] {
    return this.ports.slice(0, this.#nodeCount).map(nodeAt);
  }

  /** A key that a node has. @param prefix Of its name. */
  keyOf(index: number, prefix = "key"): string {
    for (let number = 0;; number++) {
      if (this.ownerOf(`${prefix}:${number}`) === index) return `${prefix}:${number}`;
    }
  }

  /** Where a node keeps its files. */
  directoryOf(index: number): string {
    const path = `${this.#directory}/${index}`;
    Deno.mkdirSync(path, { recursive: true });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server?.stop()));
    Deno.removeSync(this.#directory, { recursive: true });
  }

  get #map(): SlotMap {
    return new SlotMap(this.nodes);
  }

  /** Ports of the nodes that a node is told of; a stranger knows only itself. */
  #peersOf(index: number): (number | undefined)[] {
    if (index < this.#nodeCount) return this.ports.slice(0, this.#nodeCount);
    return this.ports.map((port, other) => other === index ? port : undefined);
  }
}

/** The directives that make a server a node. @param ports Of all nodes that it is told of. */
export function clusterDirectives(
  ports: readonly (number | undefined)[],
  index: number,
): Record<string, string> {
  const peers = ports.flatMap((port, other) => {
    if (port === undefined) return [];
    const { name, host } = nodeAt(port, other);
    return `${name}@${host}:${port}`;
  });
  return {
    "peers": peers.join(" "),
    "self": `node${index}`,
    "cluster-mode": "redirect",
    "cluster-secret": CLUSTER_SECRET,
  };
}

/** Sends words and gives the bytes of the reply. */
export async function wireReply(client: RespClient, ...words: Argument[]): Promise<string> {
  return wireOf(await client.command(...words));
}

function nodeAt(port: number, index: number): { name: string; host: string; port: number } {
  return { name: `node${index}`, host: "127.0.0.1", port };
}
