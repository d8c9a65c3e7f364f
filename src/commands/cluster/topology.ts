/**
 * Topology: the nodes of a cluster and their slots, in the forms in which Redis replies them.
 *
 * A node here has no port of its own for other nodes: where Redis shows that of its bus, the client
 * port stands again.
 *
 * @module
 */

import type { Cluster, ClusterNode, NodeStatus, ReshardingFacts } from "../../engine/mod.ts";
import { reshardingLines } from "../resharding_lines.ts";
import type { ReplyWriter } from "../../resp/mod.ts";
import { SLOT_COUNT } from "../../base/crc16.ts";

/** CLUSTER SLOTS: an array of ranges. */
export function replySlots(reply: ReplyWriter, { ranges }: Cluster): void {
  reply.array(ranges.length);
  for (const { first, last, owner } of ranges) {
    reply.array(3);
    reply.integer(first);
    reply.integer(last);
    reply.array(4);
    reply.bulkText(owner.host);
    reply.integer(owner.port);
    reply.bulkText(owner.id);
    reply.map(0); // what else is known of its network
  }
}

/** CLUSTER SHARDS: an array of maps, one for each node, as none has replicas. */
export function replyShards(reply: ReplyWriter, cluster: Cluster): void {
  reply.array(cluster.nodes.length);
  for (const node of cluster.nodes) {
    const ranges = rangesOf(cluster, node);
    reply.map(2);
    reply.bulkText("slots");
    reply.array(ranges.length * 2);
    for (const { first, last } of ranges) {
      reply.integer(first);
      reply.integer(last);
    }
    reply.bulkText("nodes");
    reply.array(1);
    replyShardNode(reply, node, cluster.statusOf(node));
  }
}

function replyShardNode(reply: ReplyWriter, node: ClusterNode, { isFailing }: NodeStatus): void {
  reply.map(7);
  reply.bulkText("id");
  reply.bulkText(node.id);
  reply.bulkText("port");
  reply.integer(node.port);
  reply.bulkText("ip");
  reply.bulkText(node.host);
  reply.bulkText("endpoint");
  reply.bulkText(node.host);
  reply.bulkText("role");
  reply.bulkText("master");
  reply.bulkText("replication-offset");
  reply.integer(0);
  reply.bulkText("health");
  reply.bulkText(isFailing ? "fail" : "online");
}

/** CLUSTER NODES: a line for each node. */
export function nodesText(cluster: Cluster): string {
  return cluster.nodes.map((node, index) => {
    const { isSelf, isConnected, isFailing, askedMs, heardMs } = cluster.statusOf(node);
    const flags = [...(isSelf ? ["myself"] : []), "master", ...(isFailing ? ["fail"] : [])];
    const ranges = rangesOf(cluster, node).map(({ first, last }) =>
      first === last ? `${first}` : `${first}-${last}`
    );
    const words = [
      node.id,
      `${node.host}:${node.port}@${node.port}`,
      flags.join(","),
      "-",
      askedMs,
      heardMs,
      index + 1,
      isConnected ? "connected" : "disconnected",
      ...ranges,
    ];
    return `${words.join(" ")}\n`;
  }).join("");
}

/** CLUSTER INFO: a line for each fact. */
export function infoText(cluster: Cluster, resharding: ReshardingFacts): string {
  const { nodes, self, ranges, sentCount, receivedCount } = cluster;
  const failing = new Set(nodes.filter((node) => cluster.statusOf(node).isFailing));
  let failingSlotCount = 0;
  for (const { first, last, owner } of ranges) {
    if (failing.has(owner)) failingSlotCount += last - first + 1;
  }
  return [
    `cluster_state:${cluster.isOk ? "ok" : "fail"}`,
    `cluster_slots_assigned:${SLOT_COUNT}`,
    `cluster_slots_ok:${SLOT_COUNT - failingSlotCount}`,
    "cluster_slots_pfail:0",
    `cluster_slots_fail:${failingSlotCount}`,
    `cluster_known_nodes:${nodes.length}`,
    `cluster_size:${new Set(ranges.map(({ owner }) => owner)).size}`,
    `cluster_current_epoch:${nodes.length + resharding.epoch}`,
    `cluster_my_epoch:${nodes.indexOf(self) + 1}`,
    ...(sentCount === 0 ? [] : [`cluster_stats_messages_ping_sent:${sentCount}`]),
    `cluster_stats_messages_sent:${sentCount}`,
    ...(receivedCount === 0 ? [] : [`cluster_stats_messages_pong_received:${receivedCount}`]),
    `cluster_stats_messages_received:${receivedCount}`,
    "total_cluster_links_buffer_limit_exceeded:0",
    ...reshardingLines(resharding),
    "",
  ].join("\r\n");
}

/** CLUSTER LINKS: an array of maps. */
export function replyLinks(reply: ReplyWriter, cluster: Cluster): void {
  const connections = cluster.connections();
  reply.array(connections.length);
  for (const { node, isInbound, sinceMs, waitingBytes } of connections) {
    reply.map(6);
    reply.bulkText("direction");
    reply.bulkText(isInbound ? "from" : "to");
    reply.bulkText("node");
    reply.bulkText(node.id);
    reply.bulkText("create-time");
    reply.integer(sinceMs);
    reply.bulkText("events");
    reply.bulkText(waitingBytes > 0 ? "rw" : "r");
    reply.bulkText("send-buffer-allocated");
    reply.integer(waitingBytes);
    reply.bulkText("send-buffer-used");
    reply.integer(waitingBytes);
  }
}

function rangesOf({ ranges }: Cluster, node: ClusterNode): { first: number; last: number }[] {
  return ranges.filter(({ owner }) => owner === node);
}
