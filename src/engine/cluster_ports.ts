/**
 * Cluster ports: what the engine and the commands need from the cluster that a server is a node of.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { RedisError } from "../errors/redis_error.ts";
import type { Args, ReplyWriter } from "../resp/mod.ts";
import type { Session } from "./session.ts";

/** One node. */
export interface ClusterNode {
  /** As `peers` has it. */
  readonly name: string;
  /** 40 hexadecimal digits that follow from the name, the same on all nodes. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

/** Slots from `first` to `last`, both included. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}

/** Consecutive slots of one node. */
export interface OwnedRange extends SlotRange {
  readonly owner: ClusterNode;
}

/** How a node is doing, as seen from here. */
export interface NodeStatus {
  readonly isSelf: boolean;
  /** Whether there is a connection to it. */
  readonly isConnected: boolean;
  /** Whether nothing has been heard of it for longer than `cluster-node-timeout`. */
  readonly isFailing: boolean;
  /** When it was asked last and has not answered yet; 0: nothing is open. In unix milliseconds. */
  readonly askedMs: number;
  /** When it answered last, 0: never. In unix milliseconds. */
  readonly heardMs: number;
}

/** A connection between this node and another. */
export interface PeerConnection {
  readonly node: ClusterNode;
  readonly isInbound: boolean;
  readonly sinceMs: number;
  /** Bytes that wait to be sent. */
  readonly waitingBytes: number;
}

/**
 * What becomes of a request for another node's keys: `redirect` sends its client there, `relay` sends
 * the request.
 */
export type ClusterMode = "redirect" | "relay";

/** A command of a client that waits at another node. */
export interface RemoteWait {
  /** Ends the wait there, as if its time were up or with an error. */
  unblock(how: "timeout" | "error"): void;
  /** The client is gone. */
  abandon(): void;
}

/** The cluster as one of its nodes sees it. */
export interface Cluster {
  readonly mode: ClusterMode;
  /** In the order of their names. */
  readonly nodes: readonly ClusterNode[];
  readonly self: ClusterNode;
  /** All slots, in order. */
  readonly ranges: readonly OwnedRange[];
  /** Whether keys are served at all; see `cluster-require-full-coverage`. */
  readonly isOk: boolean;
  /** Messages to other nodes, and answers of them. */
  readonly sentCount: number;
  readonly receivedCount: number;
  /** The node that has a slot. */
  ownerOf(slotIndex: number): ClusterNode;
  statusOf(node: ClusterNode): NodeStatus;
  /** The connections with other nodes, in both directions. */
  connections(): PeerConnection[];
  /**
   * Has the other nodes send a message to who listens there, as far as they are connected; nobody waits
   * for that. Both are copied.
   *
   * @param isToShard Whether it is to a channel of a shard.
   */
  spread(channel: ByteView, message: ByteView, isToShard: boolean): void;
  /** Who listens at other nodes to what happens to keys here. */
  readonly keyListeners: RemoteKeyListeners;
  /** What other nodes say. */
  readonly greetings: PeerGreetings;
}

/** Clients of other nodes that listen to what happens to keys. */
export interface RemoteKeyListeners {
  /** Whether there are any. */
  readonly isAnyElsewhere: boolean;
  /** Notes whether another node has such clients. */
  note(nodeName: string, isListening: boolean): void;
  /** Has their nodes send them a message. Both are copied. */
  send(channel: ByteView, message: ByteView): void;
}

/** How another node shows that it is one; see `PeerHandshake`. */
export interface PeerGreetings {
  /**
   * A node says who it is, and asks for proof of who this is.
   *
   * @param challenge Chosen by it.
   * @returns The proof, and a challenge for it.
   * @throws {RedisError} When it is no node of this cluster.
   */
  greet(session: Session, name: string, challenge: string): { proof: string; challenge: string };
  /**
   * It proves who it is; from then on it may say what nodes say.
   *
   * @param mapStamp What it must have in common with this one.
   * @returns Why it is refused; its connection is to be closed then.
   */
  prove(session: Session, proof: string, mapStamp: string): RedisError | undefined;
  /**
   * It asks whether somebody is there.
   *
   * @param mapDigest Of what it knows of the map.
   * @returns What this one knows, if that is something else.
   * @throws {RedisError} When it is no node.
   */
  heartbeat(session: Session, mapDigest: string): string | undefined;
  /**
   * The same as `greet` for one that is not known here, as this one is invited to its cluster.
   *
   * @returns The name of this one, too.
   */
  welcome(session: Session, name: string, challenge: string): readonly [string, string, string];
  /** It tells what it knows of the map. @throws {RedisError} When it is no node. */
  learn(session: Session, text: string): void;
}

/** What nodes say to each other of a transaction over several of them; see `peer_dialogue.ts`. */
export type TransactionVerb =
  | "lock"
  | "fetch"
  | "granted"
  | "prepare"
  | "confirm"
  | "cancel"
  | "unlock"
  | "outcome"
  | "await"
  | "changed";

/** What they record of it; see `TransactionRecords`. */
export type TransactionRecordVerb = "prepared" | "finished" | "decided" | "ended";

/** Transactions over several nodes, as far as other nodes and the log have to do with them. */
export interface PeerTransactions {
  /** Answers what another node says. @param args Of the request: `PEER`, the verb, what belongs to it. */
  hear(peer: ClusterNode, verb: TransactionVerb, args: Args, reply: ReplyWriter): void;
  /** Takes up a record of before the start. @param args As above. */
  recall(verb: TransactionRecordVerb, args: Args): void;
  /** Writes the records that are still of use once more: those before will go. */
  recordAgain(): void;
}
