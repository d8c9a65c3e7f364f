/**
 * Transaction plan: which keys some requests use, of which nodes, and how.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import type { ClusterNode, Command, KeyUse } from "../../engine/mod.ts";
import type { PlacedKey } from "./key_image.ts";
import { KEY_NEEDS, type KeyDemand, type KeyNeed } from "./participation.ts";
import type { TransactionRequest } from "./trial_run.ts";

/** What is needed of one node. */
export interface NodeDemands {
  readonly node: ClusterNode;
  readonly demands: readonly KeyDemand[];
}

/** What a plan depends on beside the requests. */
export interface PlanSurroundings {
  /** The database that is selected at first, and how many there are. */
  readonly databaseIndex: number;
  readonly databaseCount: number;
  /** Keys that the requests read beside those that they name. */
  readonly derivedKeys: readonly PlacedKey[];
  /** Keys that nobody may change meanwhile. */
  readonly watchedKeys: readonly PlacedKey[];
  /** The node that has a slot. */
  readonly ownerOf: (slotIndex: number) => ClusterNode;
}

/** Finds the keys of requests. */
export class TransactionPlan {
  /** By node, in the order of names: all transactions lock in this order, so that none waits in a ring. */
  readonly nodes: readonly NodeDemands[];
  /** Whether the requests may take more memory. */
  readonly mayGrow: boolean;
  readonly #databaseCount: number;
  readonly #demands = new Map<string, KeyDemand>();
  readonly #owners = new Map<string, ClusterNode>();

  constructor(requests: readonly TransactionRequest[], surroundings: PlanSurroundings) {
    const { databaseCount, ownerOf } = surroundings;
    let { databaseIndex } = surroundings;
    this.#databaseCount = databaseCount;
    for (const request of requests) {
      databaseIndex = this.#demandKeys(request, databaseIndex);
    }
    for (const place of surroundings.derivedKeys) {
      this.#add({ ...place, mode: "read", need: "value" });
    }
    for (const place of surroundings.watchedKeys) {
      this.#add({ ...place, mode: "read", need: "presence" });
    }
    const byNode = new Map<ClusterNode, KeyDemand[]>();
    for (const demand of this.#demands.values()) {
      const node = ownerOf(slotOf(new ByteView(demand.key)));
      this.#owners.set(placeOf(demand), node);
      const demands = byNode.get(node) ?? [];
      demands.push(demand);
      byNode.set(node, demands);
    }
    this.nodes = [...byNode].map(([node, demands]) => ({ node, demands }))
      .sort((a, b) => a.node.name < b.node.name ? -1 : 1);
    this.mayGrow = requests.some(({ command }) => command.has("denyoom"));
  }

  /** The node that has a key which the requests say that they may change. */
  ownerOfChanged(key: PlacedKey): ClusterNode | undefined {
    const place = placeOf(key);
    return this.#demands.get(place)?.mode === "write" ? this.#owners.get(place) : undefined;
  }

  /** Returns the database that is selected behind the request. */
  #demandKeys({ command, args }: TransactionRequest, databaseIndex: number): number {
    const { selectsDatabase, otherDatabase } = command.spec;
    if (selectsDatabase !== undefined) {
      return this.#databaseOf(selectsDatabase(args)) ?? databaseIndex;
    }
    const otherIndex = this.#databaseOf(otherDatabase?.(args));
    const uses = command.keysOf(args) ?? [];
    const changed = command.changedAmong(uses);
    for (const use of uses) {
      const key = args.at(use.argumentIndex).copy();
      const mode = changed.includes(use) ? "write" as const : "read" as const;
      const demand = { key, mode, need: needOf(command, use) };
      this.#add({ ...demand, databaseIndex });
      if (otherIndex !== undefined) this.#add({ ...demand, databaseIndex: otherIndex });
    }
    return databaseIndex;
  }

  /** A database by its number, if there is one. */
  #databaseOf(index: number | undefined): number | undefined {
    return index === undefined || index >= this.#databaseCount ? undefined : index;
  }

  #add(demand: KeyDemand): void {
    const place = placeOf(demand);
    const before = this.#demands.get(place);
    this.#demands.set(place, {
      ...demand,
      mode: before?.mode === "write" ? "write" : demand.mode,
      need: before === undefined ? demand.need : greater(before.need, demand.need),
    });
  }
}

function placeOf({ databaseIndex, key }: PlacedKey): string {
  return `${databaseIndex} ${new ByteView(key).toText()}`;
}

/** What is overwritten or removed whatever it is need not be there for that. */
function needOf({ spec }: Command, { flags }: KeyUse): KeyNeed {
  if (spec.needsOfKeys !== undefined) return spec.needsOfKeys;
  if (flags.includes("access")) return "value";
  return flags.includes("OW") || flags.includes("RM") ? "presence" : "value";
}

function greater(one: KeyNeed, other: KeyNeed): KeyNeed {
  return KEY_NEEDS.indexOf(one) > KEY_NEEDS.indexOf(other) ? one : other;
}
