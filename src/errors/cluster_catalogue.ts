/**
 * The part of the catalogue that concerns clusters.
 *
 * @module
 */

import { RedirectError, RedisError } from "./redis_error.ts";

export const CLUSTER_DISABLED = new RedisError("ERR This instance has cluster support disabled");
export const CROSS_SLOT = new RedirectError(
  "CROSSSLOT Keys in request don't hash to the same slot",
);
export const CLUSTER_DOWN = new RedirectError("CLUSTERDOWN The cluster is down");
export const CLUSTER_ONLY_READS = new RedirectError(
  "CLUSTERDOWN The cluster is down and only accepts read commands",
);
export const SLOT_NOT_SERVED = new RedirectError("CLUSTERDOWN Hash slot not served");

/** The code of replies that name another node, or say that there is one. */
export const MOVED_CODE = "MOVED";

/** @param endpoint `host:port` of the node that has the slot. */
export function moved(slotIndex: number, endpoint: string): RedirectError {
  return new RedirectError(`${MOVED_CODE} ${slotIndex} ${endpoint}`);
}

// In `cluster-mode relay`.

/** What a node tells another that asks for keys which it has no more. */
export const MOVED_ELSEWHERE = new RedirectError(`${MOVED_CODE} elsewhere`);
/** The connection to the owner broke behind a command that must not be run twice. */
export const NODE_LOST = new RedisError(
  "NODELOST The node of the key is gone; whether the command was run is not known",
);
export const SEVERAL_OWNERS = new RedisError("ERR The keys are at several nodes");

/** @param name Of the command. */
export function allNodesInTransaction(name: string): RedisError {
  return new RedisError(
    `ERR '${name}' concerns all nodes of the cluster and can't be part of a transaction`,
  );
}

export const INVALID_SLOT = new RedisError("ERR Invalid slot");
export const INVALID_SLOT_OR_KEY_COUNT = new RedisError("ERR Invalid slot or number of keys");

// Transactions over several nodes.

export const TRANSACTION_LOCKS_TIMED_OUT = new RedisError(
  "TRYAGAIN The transaction waited too long for keys that other transactions use; nothing has changed",
);
export const TRANSACTION_UNDECIDED = new RedisError(
  "TRYAGAIN A transaction over several nodes uses the key, and its outcome is not known yet",
);
export const TRANSACTION_KEY_UNNAMED = new RedisError(
  "ERR A request over several nodes would change a key that it does not name",
);

// What a cluster, which has one database, does not allow.

export const SELECT_IN_CLUSTER = new RedisError("ERR SELECT is not allowed in cluster mode");
export const MOVE_IN_CLUSTER = new RedisError("ERR MOVE is not allowed in cluster mode");
export const SWAPDB_IN_CLUSTER = new RedisError("ERR SWAPDB is not allowed in cluster mode");
export const COPY_IN_CLUSTER = new RedisError(
  "ERR Copying to another database is not allowed in cluster mode",
);
export const SORT_BY_IN_CLUSTER = new RedisError("ERR BY option of SORT denied in Cluster mode.");
export const SORT_GET_IN_CLUSTER = new RedisError(
  "ERR GET option of SORT denied in Cluster mode.",
);

// Peers; nobody but nodes of EasyRedis reads these.

export const NOT_A_PEER = new RedisError("PEERDENIED Only nodes of the cluster may say this");
export const PEER_UNPROVEN = new RedisError(
  "PEERDENIED The proof is wrong: is cluster-secret the same on both nodes?",
);

/** @param name Who the node says it is. */
export function unknownPeer(name: string): RedisError {
  return new RedisError(`PEERDENIED No node of this cluster is called '${name}'`);
}

/** @param reason Why what a node knows of the map can't be taken over. */
export function mapNotLearned(reason: string): RedisError {
  return new RedisError(`PEERMAP ${reason}`);
}

/** @param ours Digest of the map of slots here; @param theirs There. */
export function otherMap(ours: string, theirs: string): RedisError {
  return new RedisError(
    `PEERMAP The nodes have different maps of slots (${ours} and ${theirs}): is peers the same on both?`,
  );
}

// Slots that move.

export const SLOTS_NOT_COMING = new RedisError("PEERMAP These slots are not to come from there");
export const IMPORT_BROKEN = new RedisError("PEERMAP The keys that came are no longer complete");
export const IMPORT_NOT_DURABLE = new RedisError("PEERMAP The keys that came can't be kept");
export const SLOTS_ARE_MOVING = new RedisError(
  "ERR Slots are moving already; CLUSTER INFO tells how far they are",
);
export const SWAPDB_WHILE_MOVING = new RedisError(
  "ERR SWAPDB is not allowed while slots are moving; CLUSTER INFO tells how far they are",
);
export const CHANGE_IN_PROGRESS = new RedisError("ERR Another node is about to change the cluster");
export const NODE_NOT_EMPTY = new RedisError(
  "ERR The node has keys, or is a node of another cluster; only one without can join",
);
export const LAST_NODE_WITH_SLOTS = new RedisError("ERR The last node with slots can't leave");
export const MUST_BE_FORGOTTEN_ELSEWHERE = new RedisError(
  "ERR This node has no slots any more; it is to be forgotten by another one",
);
export const MEETING_ITSELF = new RedisError("ERR A node is no other node to itself");

/** @param word Given for a port. */
export function invalidPort(kind: "base" | "bus", word: string): RedisError {
  return new RedisError(`ERR Invalid TCP ${kind} port specified: ${word}`);
}

/** @param address `host:port` */
export function invalidNodeAddress(address: string): RedisError {
  return new RedisError(`ERR Invalid node address specified: ${address}`);
}

/** @param reason Why a node can't be talked to. */
export function nodeNotReached(reason: string): RedisError {
  return new RedisError(`ERR Can't talk to that node: ${reason}`);
}

/** @param countMax How many a cluster may have. */
export function tooManyNodes(countMax: number): RedisError {
  return new RedisError(
    `ERR The cluster has ${countMax} nodes already, which is the most it can have`,
  );
}

/** @param nameOrId Of a node that is none. */
export function unknownNode(nameOrId: string): RedisError {
  return new RedisError(`ERR Unknown node ${nameOrId}`);
}

/** @param name Of a node that is in the cluster at another address. */
export function nodeNameTaken(name: string): RedisError {
  return new RedisError(`ERR The cluster has a node called '${name}' at another address`);
}

/** @param name Of a node that must take part in a change. @param reason Why it does not. */
export function nodeNotReady(name: string, reason: string): RedisError {
  return new RedisError(`ERR Node '${name}' is not ready for that: ${reason}`);
}
