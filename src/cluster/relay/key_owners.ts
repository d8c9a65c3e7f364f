/**
 * Key owners: which node has all keys of a request, or of a transaction.
 *
 * @module
 */

import type { ClusterNode, Command, OpenTransaction } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { foldSlots } from "../request_slots.ts";
import type { ServerCluster } from "../server_cluster.ts";

/** The owner of keys that have several. */
export const SEVERAL = "several";

/** The owner of some keys; `undefined`: there are none. */
export type Owner = ClusterNode | typeof SEVERAL | undefined;

/** A request that outlives the call it came with. */
export interface RoutedRequest {
  readonly command: Command;
  /** With bytes of their own. */
  readonly args: Args;
}

/** Tells owners by the map in force. */
export class KeyOwners {
  readonly #join: (owner: Owner, slotIndex: number) => Owner;

  constructor(cluster: ServerCluster) {
    this.#join = (owner, slotIndex) => {
      const other = cluster.ownerOf(slotIndex);
      return owner === undefined || owner === other ? other : SEVERAL;
    };
  }

  /** The owner of a request's keys. @param before Of keys that are to be at the same one. */
  of(command: Command, args: Args, before?: Owner): Owner {
    // What it uses beside the keys that it names may be anywhere.
    if (command.spec.derivesKeys?.(args) === true) return SEVERAL;
    return foldSlots(command, args, before, this.#join);
  }

  ofTransaction(transaction: OpenTransaction): Owner {
    let owner: Owner;
    transaction.some((command, args) => {
      owner = this.of(command, args, owner);
      return owner === SEVERAL;
    });
    return owner;
  }

  ofAll(requests: readonly RoutedRequest[]): Owner {
    let owner: Owner;
    for (const { command, args } of requests) owner = this.of(command, args, owner);
    return owner;
  }
}
