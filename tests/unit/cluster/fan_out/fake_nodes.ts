/**
 * Fake nodes: a cluster that answers what a test says.
 *
 * @module
 */

import type { ByteView } from "../../../../src/base/byte_view.ts";
import type { FanOutNodes } from "../../../../src/cluster/fan_out/mod.ts";
import type { ClusterNode } from "../../../../src/engine/mod.ts";
import { CLUSTER_DOWN } from "../../../../src/errors/catalogue.ts";
import type { ReplyValue, RequestWord } from "../../../../src/resp/mod.ts";

/** Answers a node's requests. */
export type FakeAnswer = (
  name: string,
  words: readonly string[],
  databaseIndex: number,
) => ReplyValue<Uint8Array>;

/** Nodes by name, of which the first is the one that is asked. */
export class FakeNodes implements FanOutNodes {
  nodes: readonly ClusterNode[] = [];
  layoutMark = 1;
  isMoving = false;
  patienceMs = 1000;
  /** Names of those that are down. */
  readonly failing = new Set<string>();
  /** Names of those that have no slots. */
  readonly slotless = new Set<string>();
  /** What was asked, with the name of the node in front. */
  readonly asked: string[] = [];
  /** Pauses that were made, in milliseconds. */
  readonly pauses: number[] = [];
  answer: FakeAnswer = () => null;

  constructor(...names: readonly string[]) {
    this.set(...names);
  }

  get self(): ClusterNode {
    return this.nodes[0];
  }

  /** Replaces the nodes. */
  set(...names: readonly string[]): void {
    this.nodes = names.map((name) => ({ name, id: name, host: "127.0.0.1", port: 1 }));
  }

  /** Each key is at the node of its first letter. */
  ownerOf(key: ByteView): ClusterNode {
    return this.nodes.find(({ name }) => key.toText().startsWith(name))!;
  }

  hasSlots({ name }: ClusterNode): boolean {
    return !this.slotless.has(name);
  }

  isFailing({ name }: ClusterNode): boolean {
    return this.failing.has(name);
  }

  pause(milliseconds: number): Promise<void> {
    this.pauses.push(milliseconds);
    return Promise.resolve();
  }

  call(
    { name }: ClusterNode,
    databaseIndex: number,
    words: readonly RequestWord[],
  ): Promise<ReplyValue<Uint8Array>> {
    if (this.failing.has(name)) return Promise.reject(CLUSTER_DOWN);
    const texts = words.map((word) =>
      word instanceof Uint8Array ? new TextDecoder("latin1").decode(word) : String(word)
    );
    this.asked.push([name, ...texts].join(" "));
    return new Promise((resolve) => resolve(this.answer(name, texts, databaseIndex)));
  }

  tell(node: ClusterNode, words: readonly RequestWord[]): Promise<ReplyValue<Uint8Array>> {
    return this.call(node, -1, words);
  }
}
