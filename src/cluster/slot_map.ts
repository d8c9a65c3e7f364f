/**
 * Slot map: the nodes of a cluster and who has which slot.
 *
 * It never changes; when nodes come or go, or a slot has moved, a new one takes its place. Two nodes
 * whose maps have the same digest send every key to the same owner.
 *
 * @module
 */

import { bytesOfText } from "../base/byte_view.ts";
import { SLOT_COUNT } from "../base/crc16.ts";
import { invariant } from "../base/invariant.ts";
import { Sha1, SHA1_BYTES } from "../base/sha1.ts";
import type { ClusterNode, OwnedRange } from "../engine/mod.ts";
import { spreadSlots } from "./hash_ring.ts";

/** Where a node is. */
export interface NodeAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Nodes and slots. */
export class SlotMap {
  /** In the order of their names. */
  readonly nodes: readonly ClusterNode[];
  /** All slots, in order; neighbours have different owners. */
  readonly ranges: readonly OwnedRange[];
  /** Indices of `nodes`. */
  readonly #owners: Uint16Array;
  readonly #distinctOwners: ReadonlySet<ClusterNode>;
  #digest = "";

  /**
   * @param addresses Of the nodes, each name once, at least one, in any order; those that are nodes are
   *   in `nodes` themselves.
   * @param owners For each slot the node that has it, as an index of `nodes`; kept.
   * @default as the ring of their names spreads them
   */
  constructor(addresses: readonly (NodeAddress | ClusterNode)[], owners?: Uint16Array) {
    invariant(addresses.length > 0, "A cluster has no nodes");
    this.nodes = addresses.map(nodeAt).sort((a, b) => a.name < b.name ? -1 : 1);
    this.#owners = owners ?? spreadSlots(this.nodes.map(({ name }) => name));
    this.ranges = this.#findRanges();
    this.#distinctOwners = new Set(this.ranges.map(({ owner }) => owner));
  }

  /** 40 hexadecimal digits; the same for the same owners by name. */
  get digest(): string {
    if (this.#digest === "") {
      const lines = this.ranges.map(({ first, last, owner }) => `${first}-${last} ${owner.name}`);
      this.#digest = digestOf(lines.join("\n"));
    }
    return this.#digest;
  }

  /** The node that has a slot. */
  ownerOf(slotIndex: number): ClusterNode {
    return this.nodes[this.#owners[slotIndex]];
  }

  /** Whether a node has any slot. */
  hasSlots(node: ClusterNode): boolean {
    return this.#distinctOwners.has(node);
  }

  /** The node of a name. */
  find(name: string): ClusterNode | undefined {
    return this.nodes.find((node) => node.name === name);
  }

  #findRanges(): OwnedRange[] {
    const ranges: OwnedRange[] = [], owners = this.#owners;
    let first = 0;
    for (let next = 1; next <= SLOT_COUNT; next++) {
      if (next < SLOT_COUNT && owners[next] === owners[first]) continue;
      ranges.push({ first, last: next - 1, owner: this.nodes[owners[first]] });
      first = next;
    }
    return ranges;
  }
}

/** The node at an address; the same object where that is one. */
export function nodeAt(address: NodeAddress | ClusterNode): ClusterNode {
  return "id" in address ? address : { ...address, id: digestOf(address.name) };
}

/** SHA-1 of a text, in hexadecimal. */
export function digestOf(text: string): string {
  const bytes = bytesOfText(text), digest = new Uint8Array(SHA1_BYTES);
  new Sha1().digest(bytes, 0, bytes.length, digest);
  return digest.toHex();
}
