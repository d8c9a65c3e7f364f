/**
 * CLUSTER: the cluster as clients and operators ask about it.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { SLOT_COUNT, slotOf } from "../../base/crc16.ts";
import {
  type CommandContext,
  type CommandFlag,
  type CommandSpec,
  defineCommands,
} from "../../engine/mod.ts";
import { INVALID_SLOT, INVALID_SLOT_OR_KEY_COUNT } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import type { Keyspace, Ref } from "../../store/mod.ts";
import { replyHelp } from "../help.ts";
import { clusterOf, reshardingOf } from "./membership.ts";
import { NODE_CHANGE_COMMANDS } from "./node_change.ts";
import { infoText, nodesText, replyLinks, replyShards, replySlots } from "./topology.ts";

const FLAGS: readonly CommandFlag[] = ["stale"];
const VARYING = ["nondeterministic_output"];

/** The row of the command. */
// deno-fmt-ignore
export const CONTAINER_COMMANDS: readonly CommandSpec[] = [
  { name: "cluster", arity: -2, flags: [], subcommands: defineCommands(undefined, [
    { name: "countkeysinslot", arity: 3, flags: FLAGS, run: countKeysInSlot },
    { name: "getkeysinslot", arity: 4, flags: FLAGS, tips: VARYING, run: getKeysInSlot },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "info", arity: 2, flags: FLAGS, tips: VARYING, run: info },
    { name: "keyslot", arity: 3, flags: FLAGS, run: keySlot },
    { name: "links", arity: 2, flags: FLAGS, tips: VARYING, run: links },
    { name: "myid", arity: 2, flags: FLAGS, run: myId },
    { name: "nodes", arity: 2, flags: FLAGS, tips: VARYING, run: nodes },
    { name: "shards", arity: 2, flags: FLAGS, tips: VARYING, run: shards },
    { name: "slots", arity: 2, flags: FLAGS, tips: VARYING, run: slots },
    ...NODE_CHANGE_COMMANDS,
  ]) },
];

/** Entries between two looks whether enough keys were found. */
const ENTRIES_PER_LOOK = 256;

/** Reused by all commands: they run one after the other. */
const keyView = new ByteView();

/** `CLUSTER SLOTS` → array of ranges: first and last slot, and the node that has them. */
function slots({ server, reply }: CommandContext): void {
  replySlots(reply, clusterOf(server));
}

/** `CLUSTER SHARDS` → array of maps: the slots of a shard, and its nodes. */
function shards({ server, reply }: CommandContext): void {
  replyShards(reply, clusterOf(server));
}

/** `CLUSTER NODES` → text, a line for each node. */
function nodes({ server, reply }: CommandContext): void {
  reply.verbatim("txt", nodesText(clusterOf(server)));
}

/** `CLUSTER INFO` → text, a line for each fact. */
function info({ server, reply }: CommandContext): void {
  reply.verbatim("txt", infoText(clusterOf(server), reshardingOf(server).facts));
}

/** `CLUSTER LINKS` → array of maps: the connections with other nodes. */
function links({ server, reply }: CommandContext): void {
  replyLinks(reply, clusterOf(server));
}

/** `CLUSTER MYID` → bulk string: the identity of this node. */
function myId({ server, reply }: CommandContext): void {
  reply.bulkText(clusterOf(server).self.id);
}

/** `CLUSTER KEYSLOT key` → integer: the slot that the key is in. */
function keySlot({ server, reply }: CommandContext, args: Args): void {
  clusterOf(server);
  reply.integer(slotOf(args.at(2)));
}

/** `CLUSTER COUNTKEYSINSLOT slot` → integer: keys of a slot that are here. */
function countKeysInSlot({ server, db, reply }: CommandContext, args: Args): void {
  clusterOf(server);
  const slotIndex = args.integer(2);
  if (!isSlot(slotIndex)) throw INVALID_SLOT;
  let keyCount = 0;
  db.forEach((ref) => {
    if (slotOf(db.entries.keyView(ref, keyView)) === slotIndex) keyCount++;
  });
  reply.integer(keyCount);
}

/** `CLUSTER GETKEYSINSLOT slot count` → array of keys of a slot that are here. */
function getKeysInSlot({ server, db, reply }: CommandContext, args: Args): void {
  clusterOf(server);
  const slotIndex = args.integer(2), keyCountMax = args.integer(3);
  if (!isSlot(slotIndex) || keyCountMax < 0) throw INVALID_SLOT_OR_KEY_COUNT;
  const found = keysInSlot(db, slotIndex, keyCountMax);
  reply.array(found.length);
  for (const ref of found) reply.bulk(db.entries.keyView(ref, keyView));
}

/**
 * Keys of a slot, at most so many. No index of slots is kept, which would cost every key memory and
 * every command that makes or removes one time: the keyspace is walked.
 */
function keysInSlot(db: Keyspace, slotIndex: number, keyCountMax: number): Ref[] {
  const found: Ref[] = [];
  let cursor = 0;
  do {
    cursor = db.scan(cursor, ENTRIES_PER_LOOK, (ref) => {
      if (slotOf(db.entries.keyView(ref, keyView)) === slotIndex) found.push(ref);
    });
  } while (cursor !== 0 && found.length < keyCountMax);
  return found.slice(0, keyCountMax);
}

function isSlot(slotIndex: number): boolean {
  return slotIndex >= 0 && slotIndex < SLOT_COUNT;
}

/** `CLUSTER HELP` → array of status lines. */
function help(context: CommandContext): void {
  clusterOf(context.server);
  replyHelp(context, [
    "COUNTKEYSINSLOT <slot>",
    "    Return the number of keys in <slot>.",
    "FORGET <node-id>",
    "    Remove a node from the cluster.",
    "GETKEYSINSLOT <slot> <count>",
    "    Return key names stored by current node in a slot.",
    "INFO",
    "    Return information about the cluster.",
    "KEYSLOT <key>",
    "    Return the hash slot for <key>.",
    "MEET <ip> <port> [<bus-port>]",
    "    Connect nodes into a working cluster.",
    "MYID",
    "    Return the node id.",
    "NODES",
    "    Return cluster configuration seen by node. Output format:",
    "    <id> <ip:port> <flags> <master> <pings> <pongs> <epoch> <link> <slot> ...",
    "SLOTS",
    "    Return information about slots range mappings. Each range is made of:",
    "    start, end, master and replicas IP addresses, ports and ids",
    "SHARDS",
    "    Return information about slot range mappings and the nodes associated with them.",
    "LINKS",
    "    Return information about all network links between this node and its peers.",
    "    Output format is an array where each array element is a map containing attributes of a link",
  ]);
}
