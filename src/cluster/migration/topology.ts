/**
 * Topology: who is in the cluster, and how far it is on its way from one map of slots to the next.
 *
 * When a node comes or goes, the ring gives some slots to others. These move one after the other; in
 * between, each has the owner that it had or the one that it is to have. So all that nodes must agree
 * on is: the nodes, the ring before, the ring to come, and which slots have moved by now.
 *
 *   epoch 4   ring a b c ──> a b c d    moved 17 18 402      two nodes compute the rest alike
 *   epoch 4   ring a b c d              all have moved: settled
 *   epoch 5   ring a b c d ──> a c d    the next change
 *
 * A change of nodes begins a new epoch; the larger one counts. Within an epoch only slots are added to
 * those that moved, so what two nodes know is joined by adding up, in any order and as often as one
 * likes. A slot is added by the node that had it, and by nobody else (`SlotSource`).
 *
 * A node that leaves the ring stays among the nodes, without slots, so that its clients are served as
 * long as it runs.
 *
 *   text:   easyredis-topology 1
 *           epoch 4
 *           nodes a@10.0.0.1:7000 b@10.0.0.2:7000 ...
 *           ring a b c
 *           target a b c d          while slots move
 *           moved 17-18 402         while slots move
 *           end
 *
 * Always true: it never changes; names are in order, each once; every name of a ring is a node's.
 *
 * @module
 */

import { SLOT_COUNT } from "../../base/crc16.ts";
import { type PeerEntry, peersOf } from "../../config/mod.ts";
import { ConfigError } from "../../errors/config_error.ts";
import { spreadSlots } from "../hash_ring.ts";
import { digestOf, type NodeAddress, nodeAt, SlotMap } from "../slot_map.ts";
import type { ClusterNode } from "../../engine/mod.ts";
import { type ReadonlySlotSet, SlotSet } from "./slot_set.ts";

const HEADER = "easyredis-topology 1";
const END = "end";
const NONE = new SlotSet();

/** What makes up a topology. */
export interface TopologyParts {
  readonly epoch: number;
  readonly nodes: readonly (NodeAddress | ClusterNode)[];
  /** Names of the nodes that have slots, or had before the change under way. */
  readonly ring: readonly string[];
  /** Names of those that will have; `undefined`: nothing changes. */
  readonly target?: readonly string[];
  /** Slots that have moved by now. */
  readonly moved?: ReadonlySlotSet;
  /** Who has each slot in the ring and in the target, where that is known: to spread them takes long. */
  readonly before?: Uint16Array;
  readonly after?: Uint16Array;
}

/** One state of a cluster. */
export class Topology {
  readonly epoch: number;
  readonly nodes: readonly ClusterNode[];
  readonly ring: readonly string[];
  /** `undefined`: all slots are where they belong. */
  readonly target: readonly string[] | undefined;
  readonly moved: ReadonlySlotSet;
  /** How many slots move in all, moved ones included. */
  readonly movingCount: number;
  /** Who has which slot now. */
  readonly map: SlotMap;

  /** For each slot the node that has it by the ring, and by the target: indices of `nodes`. */
  readonly before: Uint16Array;
  readonly after: Uint16Array;
  #digest = "";

  constructor(parts: TopologyParts) {
    const { epoch, nodes, ring, moved = NONE } = parts;
    this.epoch = epoch;
    this.nodes = nodes.map(nodeAt).sort((a, b) => a.name < b.name ? -1 : 1);
    const before = parts.before ?? this.#spread(ring);
    const after = parts.after ??
      (parts.target === undefined ? before : this.#spread(parts.target));
    let movingCount = 0, movedCount = 0;
    for (let slotIndex = 0; slotIndex < SLOT_COUNT; slotIndex++) {
      if (before[slotIndex] === after[slotIndex]) continue;
      movingCount++;
      if (moved.has(slotIndex)) movedCount++;
    }
    const isSettled = movedCount === movingCount;
    this.ring = isSettled ? parts.target ?? ring : ring;
    this.target = isSettled ? undefined : parts.target;
    this.moved = isSettled ? NONE : moved;
    this.movingCount = isSettled ? 0 : movingCount;
    this.before = isSettled ? after : before;
    this.after = after;
    const owners = this.before.slice();
    for (const slotIndex of this.moved) owners[slotIndex] = after[slotIndex];
    this.map = new SlotMap(this.nodes, owners);
  }

  /** The first one: all nodes that the configuration lists share the slots. */
  static of(peers: readonly PeerEntry[]): Topology {
    return new Topology({ epoch: 0, nodes: peers, ring: sorted(peers.map(({ name }) => name)) });
  }

  /**
   * Reads one.
   *
   * @param known What of it may be known already.
   * @throws {ConfigError} When the text is none.
   */
  static parse(text: string, known?: Topology): Topology {
    const lines = text.split("\n");
    if (lines.shift() !== HEADER || lines.indexOf(END) < 0) throw damaged();
    const values = new Map(
      lines.slice(0, lines.indexOf(END)).map((line): [string, string] => {
        const space = line.indexOf(" ");
        return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
      }),
    );
    const epoch = Number(values.get("epoch"));
    const nodes = peersOf(values.get("nodes") ?? ""), ring = namesIn(values.get("ring"));
    const target = values.has("target") ? namesIn(values.get("target")) : undefined;
    const moved = SlotSet.parse(values.get("moved") ?? "");
    const members = new Set(nodes.map(({ name }) => name));
    const isRing = (names: readonly string[]) =>
      names.length > 0 && names.every((name) => members.has(name)) &&
      sorted(names).every((name, index) => name === names[index]);
    const isSound = Number.isSafeInteger(epoch) && epoch >= 0 && members.size === nodes.length &&
      isRing(ring) && (target === undefined || isRing(target)) && moved !== undefined;
    if (!isSound) throw damaged();
    const topology = {
      epoch,
      nodes: nodes.map((node) => sameIn(known, node)),
      ring,
      target,
      moved,
    };
    const isKnown = known?.ring.join(" ") === ring.join(" ") &&
      known.target?.join(" ") === target?.join(" ") &&
      known.nodes.map(({ name }) => name).join(" ") === sorted([...members]).join(" ");
    return new Topology(isKnown ? { ...known, ...topology } : topology);
  }

  /** Whether slots move. */
  get isMoving(): boolean {
    return this.target !== undefined;
  }

  /** Tells it from others: the same for the same epoch, nodes, rings and moved slots. */
  get digest(): string {
    return this.#digest ||= digestOf(this.toText());
  }

  /** What nodes of one epoch must have in common: the names of all, and of those that end up with slots. */
  get stamp(): string {
    const names = this.nodes.map(({ name }) => name);
    return `${this.epoch}.${digestOf([...names, "", ...this.target ?? this.ring].join(" "))}`;
  }

  /** The node of a name. */
  find(name: string): ClusterNode | undefined {
    return this.map.find(name);
  }

  /** The name of the node that is to have a slot in the end. */
  targetOf(slotIndex: number): string {
    return this.nodes[this.after[slotIndex]].name;
  }

  /** The name of the node that had a slot in the beginning. */
  sourceOf(slotIndex: number): string {
    return this.nodes[this.before[slotIndex]].name;
  }

  /** The slots that a node has yet to hand over. */
  leaving(name: string): SlotSet {
    return this.#unmoved(this.before, name);
  }

  /** The slots that a node has yet to get. */
  coming(name: string): SlotSet {
    return this.#unmoved(this.after, name);
  }

  /** The next epoch, with a node more in the ring, which may be among the nodes already. */
  joinedBy(node: NodeAddress, epoch = this.epoch + 1): Topology {
    const nodes = [...this.nodes.filter(({ name }) => name !== node.name), node];
    const target = sorted([...this.ring, node.name]);
    return new Topology({ epoch, nodes, ring: this.ring, target });
  }

  /** The next epoch, with a node less in the ring; it stays among the nodes. */
  leftBy(name: string, epoch = this.epoch + 1): Topology {
    const target = this.ring.filter((other) => other !== name);
    return new Topology({ epoch, nodes: this.nodes, ring: this.ring, target });
  }

  /** The next epoch, without a node that has no slots. */
  forgetting(name: string, epoch = this.epoch + 1): Topology {
    const nodes = this.nodes.filter((node) => node.name !== name);
    return new Topology({ epoch, nodes, ring: this.ring });
  }

  /** The same, some slots having moved. */
  withMoved(slots: Iterable<number>): Topology {
    return new Topology({ ...this, moved: new SlotSet(this.moved).addAll(slots) });
  }

  /**
   * Joins what two nodes know.
   *
   * @returns One of both where it says all; `undefined` when they contradict each other.
   */
  joinedWith(other: Topology): Topology | undefined {
    if (this.epoch !== other.epoch) return this.epoch > other.epoch ? this : other;
    if (!this.#isSameChange(other)) return undefined;
    if (!this.isMoving) return this;
    if (!other.isMoving) return other;
    const slots = new SlotSet(this.moved).addAll(other.moved);
    if (slots.count === this.moved.count) return this;
    return slots.count === other.moved.count ? other : new Topology({ ...this, moved: slots });
  }

  /** As it is written to files and sent to nodes. */
  toText(): string {
    const lines = [
      HEADER,
      `epoch ${this.epoch}`,
      `nodes ${this.nodes.map(wordOf).join(" ")}`,
      `ring ${this.ring.join(" ")}`,
    ];
    if (this.target !== undefined) {
      lines.push(`target ${this.target.join(" ")}`, `moved ${this.moved.toText()}`);
    }
    return [...lines, END, ""].join("\n");
  }

  /** @param owners `before` or `after` */
  #unmoved(owners: Uint16Array, name: string): SlotSet {
    const nodeIndex = this.nodes.findIndex((node) => node.name === name);
    const slots = new SlotSet();
    for (let slotIndex = 0; slotIndex < SLOT_COUNT; slotIndex++) {
      if (owners[slotIndex] !== nodeIndex || this.moved.has(slotIndex)) continue;
      if (this.before[slotIndex] !== this.after[slotIndex]) slots.add(slotIndex);
    }
    return slots;
  }

  /** For each slot the node that a ring gives it to. */
  #spread(ring: readonly string[]): Uint16Array {
    const nodeIndices = ring.map((name) => this.nodes.findIndex((node) => node.name === name));
    return spreadSlots(ring).map((ringIndex) => nodeIndices[ringIndex]);
  }

  /** Whether another one leads to the same end. */
  #isSameChange(other: Topology): boolean {
    const endOf = ({ nodes, ring, target = ring }: Topology) =>
      `${nodes.map(wordOf).join(" ")}|${target.join(" ")}`;
    return endOf(this) === endOf(other) &&
      (!this.isMoving || !other.isMoving || this.ring.join(" ") === other.ring.join(" "));
  }
}

/** The node itself where it is known by the same address. */
function sameIn(known: Topology | undefined, address: NodeAddress): NodeAddress | ClusterNode {
  const node = known?.find(address.name);
  return node?.host === address.host && node.port === address.port ? node : address;
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function namesIn(text: string | undefined): string[] {
  return text === undefined || text === "" ? [] : text.split(" ");
}

/** A node as `peers` lists it. */
function wordOf({ name, host, port }: NodeAddress): string {
  return `${name}@${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function damaged(): ConfigError {
  return new ConfigError("Not a topology of a cluster, or a damaged one");
}
