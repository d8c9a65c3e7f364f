/**
 * Relay part: what it costs to ask a node of a cluster for keys that another one has.
 *
 * Three nodes; all keys are in one slot. The owner is asked, then another node, in turn; each pair of
 * neighbours gives one ratio. All nodes and the load share this machine's processors, so what the
 * second node does is paid here, too.
 *
 * @module
 */
import { ByteView } from "../../src/base/byte_view.ts";
import { slotOf } from "../../src/base/crc16.ts";
import { SlotMap } from "../../src/cluster/mod.ts";
import { freePort } from "../support/free_port.ts";
import type { BenchOptions } from "./bench_options.ts";
import type { MeasuredServer, ServerStarter } from "./measured_server.ts";
import { runBenchmark } from "./redis_benchmark.ts";
import { median } from "./statistics.ts";
import { TextTable, withCommas } from "./text_table.ts";

const NODE_COUNT = 3;
/** Commands of a run at depth 1; deeper ones are faster. */
const REQUESTS = 40_000;
/** How long the nodes may take to see each other, and the pause between two looks. */
const CONTACT_TIMEOUT_MS = 20_000;
const LOOK_MS = 50;

/** Measures and prints the table. @param start Starts an EasyRedis. */
export async function runRelayPart(start: ServerStarter, options: BenchOptions): Promise<void> {
  const peers = Array.from({ length: NODE_COUNT }, (_, index) => {
    return { name: `node${index}`, host: "127.0.0.1", port: freePort() };
  });
  await using nodes = new AsyncDisposableStack();
  const startNode = async (self: string, port: number): Promise<MeasuredServer> =>
    nodes.use(
      await start({
        port,
        directives: [
          ...["--cluster-mode", "relay", "--cluster-secret", "bench", "--self", self, "--peers"],
          ...peers.map(({ name, host, port }) => `${name}@${host}:${port}`),
        ],
      }),
    );
  const servers: MeasuredServer[] = [];
  for (const { name, port } of peers) servers.push(await startNode(name, port));
  const ownerName = new SlotMap(peers).ownerOf(slotOf(ByteView.ofText("tag"))).name;
  const owner = servers[peers.findIndex(({ name }) => name === ownerName)];
  const other = servers[peers.findIndex(({ name }) => name !== ownerName)];
  await awaitContact(other);
  const table = new TextTable([
    { title: "redis-benchmark", alignment: "left" },
    { title: "at the owner /s" },
    { title: "relayed /s" },
    { title: "ratio" },
    { title: "lowest to highest" },
  ]);
  for (const depth of options.depths) {
    for (const testName of ["SET {tag}:__rand_int__ value", "GET {tag}:__rand_int__"]) {
      const requestCount = REQUESTS * Math.min(depth, 16);
      const run = {
        testName,
        requestCount,
        pipelineDepth: depth,
        clientCount: options.clientCount,
      };
      const direct: number[] = [], relayed: number[] = [];
      for (let pairIndex = -1; pairIndex < options.pairCount; pairIndex++) {
        const ofOwner = await runBenchmark({ ...run, port: owner.port });
        const ofOther = await runBenchmark({ ...run, port: other.port });
        if (pairIndex < 0) continue; // it warms up
        direct.push(ofOwner.requestsPerSecond);
        relayed.push(ofOther.requestsPerSecond);
      }
      const ratios = relayed.map((rate, index) => rate / direct[index]);
      table.add(
        `-P ${depth} -n ${requestCount} ${testName}`,
        withCommas(median(direct)),
        withCommas(median(relayed)),
        median(ratios).toFixed(2),
        `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
      );
    }
  }
  console.log(
    `Relay: ${NODE_COUNT} nodes on this machine, ${options.clientCount} connections; medians of ` +
      `${options.pairCount} pairs of runs in turn.\n\n${table}\n`,
  );
}

/** Waits until a node has the others to relay to. */
async function awaitContact(node: MeasuredServer): Promise<void> {
  const deadlineMs = performance.now() + CONTACT_TIMEOUT_MS;
  using connection = await node.connect();
  const isReached = () => connection.ask("SET", "{tag}", "there").then(() => true, () => false);
  while (!await isReached()) {
    if (performance.now() > deadlineMs) throw new Error("The nodes do not see each other");
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
