/**
 * Fan-out request: a request that all nodes answer together, while it is being answered.
 *
 * @module
 */

import type { ClusterNode } from "../../engine/mod.ts";
import { CLUSTER_DOWN } from "../../errors/catalogue.ts";
import { type Args, type ReplyValue, type RequestWord, WireWriter } from "../../resp/mod.ts";
import type { FanOutNodes } from "./fan_out_nodes.ts";

/** Who asks. */
export interface Asker {
  readonly databaseIndex: number;
  readonly protocol: 2 | 3;
}

/** One request. */
export class FanOutRequest {
  readonly nodes: FanOutNodes;
  /** Its arguments, which nobody else has. */
  readonly args: Args;
  /** The same as words. */
  readonly words: readonly Uint8Array[];
  /** Where the reply goes, in the client's protocol. */
  readonly reply = new WireWriter();
  readonly #databaseIndex: number;

  /** @param args Kept. */
  constructor(nodes: FanOutNodes, args: Args, { databaseIndex, protocol }: Asker) {
    this.nodes = nodes;
    this.args = args;
    this.words = Array.from({ length: args.count }, (_, index) => args.at(index).copy());
    this.reply.protocol = protocol;
    this.#databaseIndex = databaseIndex;
  }

  /** Asks one node. @throws {RedisError} What it refuses; CLUSTERDOWN when it does not answer. */
  ask(node: ClusterNode, words: readonly RequestWord[]): Promise<ReplyValue<Uint8Array>> {
    return this.nodes.call(node, this.#databaseIndex, words);
  }

  /**
   * Asks all nodes: this one first, so that what is wrong with the request is said before another has
   * done anything.
   *
   * @returns The replies, this node's first.
   * @throws {RedisError} What one of them refuses it with; CLUSTERDOWN, before any was asked, when one is
   *   not there.
   */
  async askAll(words: readonly RequestWord[]): Promise<ReplyValue<Uint8Array>[]> {
    this.requireAll();
    const own = await this.ask(this.nodes.self, words);
    const others = await Promise.all(this.#present().map((node) => this.#askMember(node, words)));
    return [own, ...others.filter((reply) => reply !== undefined)];
  }

  /** Asks a node that may be forgotten meanwhile: then it has no keys, and `undefined` is its answer. */
  async #askMember(
    node: ClusterNode,
    words: readonly RequestWord[],
  ): Promise<ReplyValue<Uint8Array> | undefined> {
    try {
      return await this.ask(node, words);
    } catch (error) {
      if (error !== CLUSTER_DOWN || this.#isNeeded(node)) throw error;
      return undefined;
    }
  }

  /** Whether a node has slots, by what is known now. */
  #isNeeded({ name }: ClusterNode): boolean {
    const { nodes } = this;
    return nodes.nodes.some((node) => node.name === name && nodes.hasSlots(node));
  }

  /** Asks the nodes that are there; one that does not answer is left out. */
  async askPresent(words: readonly RequestWord[]): Promise<ReplyValue<Uint8Array>[]> {
    const own = await this.ask(this.nodes.self, words);
    const asking = this.#present().map((node) => this.ask(node, words));
    return [own, ...fulfilledOf(await Promise.allSettled(asking))];
  }

  /** Says something to the other nodes that are there; one that does not answer is left out. */
  async tellPresent(words: readonly RequestWord[]): Promise<ReplyValue<Uint8Array>[]> {
    const telling = this.#present().map((node) => this.nodes.tell(node, words));
    return fulfilledOf(await Promise.allSettled(telling));
  }

  /** @throws {RedisError} CLUSTERDOWN when a node is not there: a part would pass for the whole. */
  requireAll(): void {
    const { nodes } = this;
    if (nodes.nodes.some((node) => nodes.isFailing(node) && nodes.hasSlots(node))) {
      throw CLUSTER_DOWN;
    }
  }

  /** The other nodes that are there. */
  #present(): readonly ClusterNode[] {
    const { nodes } = this;
    return nodes.nodes.filter((node) => node.name !== nodes.self.name && !nodes.isFailing(node));
  }
}

function fulfilledOf<Value>(outcomes: readonly PromiseSettledResult<Value>[]): Value[] {
  return outcomes.flatMap((outcome) => outcome.status === "fulfilled" ? [outcome.value] : []);
}
