/**
 * Node chain: how the nodes of one list hang together, and which of them are compressed.
 *
 *   root -> node <-> node <-> node
 *             ^----- previous ---'      the first node's previous is the last one; its next is 0
 *
 * So the root alone leads to both ends, and a list of one node needs no block beside it.
 *
 * Always true: nodes nearer to an end than the compress depth are not compressed, once `settle` was
 * called.
 * Cost: a link O(1); `settle` a step for each node within the depth.
 *
 * @module
 */

import type { Ref } from "../../memory/mod.ts";
import { depthOf } from "./fill_rule.ts";
import type { PackedNodes } from "./packed_nodes.ts";

/** An end of a list. */
export type ListEnd = "head" | "tail";

/** The nodes of one list. */
export class NodeChain {
  /** The first node; 0 when the list is empty. */
  root: Ref = 0;

  protected readonly nodes: PackedNodes;
  /** Fill limit and compress depth. */
  protected options = 0;

  /** @param nodes Access to nodes. */
  constructor(nodes: PackedNodes) {
    this.nodes = nodes;
  }

  /** The node at an end; 0 when the list is empty. */
  protected nodeAt(end: ListEnd): Ref {
    const root = this.root;
    return end === "head" || root === 0 ? root : this.nodes.previousOf(root);
  }

  /** The node before another; 0 for the first. */
  protected previousOf(node: Ref): Ref {
    return node === this.root ? 0 : this.nodes.previousOf(node);
  }

  /** Puts a node behind another; `node` is 0 where the list is empty. */
  protected linkAfter(node: Ref, fresh: Ref): void {
    const nodes = this.nodes;
    if (node === 0) return this.#linkOnly(fresh);
    const next = nodes.nextOf(node);
    nodes.setPrevious(fresh, node);
    nodes.setNext(fresh, next);
    nodes.setNext(node, fresh);
    nodes.setPrevious(next === 0 ? this.root : next, fresh);
  }

  /** Puts a node before another; `node` is 0 where the list is empty. */
  protected linkBefore(node: Ref, fresh: Ref): void {
    const nodes = this.nodes;
    if (node === 0) return this.#linkOnly(fresh);
    const previous = nodes.previousOf(node);
    nodes.setPrevious(fresh, previous);
    nodes.setNext(fresh, node);
    nodes.setPrevious(node, fresh);
    if (node === this.root) this.root = fresh;
    else nodes.setNext(previous, fresh);
  }

  /** Puts a copy of a node, links and all, in its place. */
  protected replaceNode(node: Ref, copy: Ref): void {
    const nodes = this.nodes, next = nodes.nextOf(copy);
    if (node === this.root) this.root = copy;
    else nodes.setNext(nodes.previousOf(copy), copy);
    nodes.setPrevious(next === 0 ? this.root : next, copy);
  }

  #linkOnly(node: Ref): void {
    this.root = node;
    this.nodes.setPrevious(node, node);
  }

  /** Takes a node out and frees it. */
  protected unlink(node: Ref): void {
    const nodes = this.nodes;
    const previous = nodes.previousOf(node), next = nodes.nextOf(node);
    if (node === this.root) {
      this.root = next;
      if (next !== 0) nodes.setPrevious(next, previous);
    } else {
      nodes.setNext(previous, next);
      nodes.setPrevious(next === 0 ? this.root : next, previous);
    }
    nodes.freeNode(node);
  }

  /**
   * Sees to it that the nodes at both ends are not compressed as far as the depth goes, and that the
   * next ones are.
   *
   * @param changed A node that is to be compressed too unless it is near an end; 0: none.
   */
  protected settle(changed: Ref): void {
    const nodes = this.nodes, depth = depthOf(this.options);
    if (depth === 0 || this.root === 0) return;
    let forward = this.root, backward = nodes.previousOf(forward);
    let isInside = changed !== 0;
    for (let distance = 0; distance < depth; distance++) {
      nodes.decompress(forward);
      nodes.decompress(backward);
      if (forward === changed || backward === changed) isInside = false;
      if (forward === backward || nodes.nextOf(forward) === backward) return;
      forward = nodes.nextOf(forward);
      backward = nodes.previousOf(backward);
    }
    if (isInside) nodes.compress(changed);
    nodes.compress(forward);
    nodes.compress(backward);
  }
}
