/**
 * Fan-out nodes: what a request that concerns all nodes needs of them.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import type { ClusterNode } from "../../engine/mod.ts";
import type { ReplyValue, RequestWord } from "../../resp/mod.ts";

/** The nodes, as those who ask all of them see them. */
export interface FanOutNodes {
  /** In the order of their names. */
  readonly nodes: readonly ClusterNode[];
  readonly self: ClusterNode;
  /**
   * A whole number that rises by one whenever slots begin to get other owners, and when all have; the
   * same at all nodes.
   */
  readonly layoutMark: number;
  /** Whether slots are on their way from node to node. */
  readonly isMoving: boolean;
  /** The node that has a key. */
  ownerOf(key: ByteView): ClusterNode;
  /** Whether a node has any slot; one that is about to leave has none in the end. */
  hasSlots(node: ClusterNode): boolean;
  /** Whether a node does not answer. */
  isFailing(node: ClusterNode): boolean;
  /** How long nodes may differ in who has a slot, in milliseconds, before something is wrong. */
  readonly patienceMs: number;
  /** Waits for some time. */
  pause(milliseconds: number): Promise<void>;
  /**
   * Has a node run a command, this one too, where it passes the gates as that of a client.
   *
   * @returns Its reply; strings of bytes are bytes.
   * @throws {RedisError} What the node refuses it with; CLUSTERDOWN when it does not answer.
   */
  call(
    node: ClusterNode,
    databaseIndex: number,
    words: readonly RequestWord[],
  ): Promise<ReplyValue<Uint8Array>>;
  /**
   * Says something to another node ahead of what clients ask of it, in order.
   *
   * @throws {Error} When it is not there, or does not answer in time.
   */
  tell(node: ClusterNode, words: readonly RequestWord[]): Promise<ReplyValue<Uint8Array>>;
}
