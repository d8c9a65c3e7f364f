/**
 * Transaction plan: which keys some requests use, of which nodes, and how.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import type { ClusterNode, Command, KeyUse } from "../../engine/mod.ts";
import type { PlacedKey } from "./key_image.ts";
import { findOwnerReads, type PlannedRequest } from "./owner_reads.ts";
import { KEY_NEEDS, type KeyDemand, type KeyNeed, type OwnerRead } from "./participation.ts";
import type { TransactionRequest } from "./trial_run.ts";

/** What is needed of one node. */
export interface NodeDemands {
  readonly node: ClusterNode;
  readonly demands: readonly KeyDemand[];
  /** What it runs itself. */
  readonly reads: readonly PlannedRead[];
}

/** A request that is run where its keys are. */
export interface PlannedRead extends OwnerRead {
  /** Which of the requests it is. */
  readonly requestIndex: number;
}

/** What a plan depends on beside the requests. */
export interface PlanSurroundings {
  /** The database that is selected at first, and how many there are. */
  readonly databaseIndex: number;
  readonly databaseCount: number;
  /** Whether nodes may run what only reads their keys. */
  readonly ownersMayRead: boolean;
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
  readonly #surroundings: PlanSurroundings;
  readonly #demands = new Map<string, KeyDemand>();
  readonly #owners = new Map<string, ClusterNode>();

  constructor(requests: readonly TransactionRequest[], surroundings: PlanSurroundings) {
    this.#surroundings = surroundings;
    const { derivedKeys, watchedKeys, ownersMayRead } = surroundings;
    const planned = this.#place(requests);
    const derivedPlaces = new Set(derivedKeys.map(placeOf));
    const reads = ownersMayRead ? findOwnerReads(planned, derivedPlaces) : new Set();
    for (const request of planned) this.#demandKeys(request, reads.has(request));
    for (const place of derivedKeys) this.#add({ ...place, mode: "read", need: "value" });
    for (const place of watchedKeys) this.#add({ ...place, mode: "read", need: "presence" });
    const demandsOf = Map.groupBy(this.#demands.values(), (demand) => {
      const node = this.#ownerOf(demand.key);
      this.#owners.set(placeOf(demand), node);
      return node;
    });
    const readsOf = Map.groupBy(
      planned.map((request, requestIndex) => ({ ...request, requestIndex }))
        .filter(({ requestIndex }) => reads.has(planned[requestIndex])),
      ({ places }) => places[0].owner,
    );
    this.nodes = [...demandsOf]
      .map(([node, demands]) => ({ node, demands, reads: readsOf.get(node) ?? [] }))
      .sort((a, b) => a.node.name < b.node.name ? -1 : 1);
    this.mayGrow = requests.some(({ command }) => command.has("denyoom"));
  }

  /** The node that has a key which the requests say that they may change. */
  ownerOfChanged(key: PlacedKey): ClusterNode | undefined {
    const place = placeOf(key);
    return this.#demands.get(place)?.mode === "write" ? this.#owners.get(place) : undefined;
  }

  /** Finds the keys of each request, in the database that is selected by then. */
  #place(requests: readonly TransactionRequest[]): readonly PlannedRequest[] {
    let { databaseIndex } = this.#surroundings;
    return requests.map(({ command, args }) => {
      const { selectsDatabase } = command.spec;
      if (selectsDatabase !== undefined) {
        databaseIndex = this.#databaseOf(selectsDatabase(args)) ?? databaseIndex;
      }
      const uses = selectsDatabase === undefined ? command.keysOf(args) ?? [] : [];
      const places = uses.map(({ argumentIndex }) => {
        const key = args.at(argumentIndex).copy();
        return { place: placeOf({ databaseIndex, key }), owner: this.#ownerOf(key) };
      });
      return { command, args, databaseIndex, uses, places };
    });
  }

  /** @param isReadThere Whether the node that has the keys runs the request. */
  #demandKeys(request: PlannedRequest, isReadThere: boolean): void {
    const { command, args, databaseIndex, uses } = request;
    const otherIndex = this.#databaseOf(command.spec.otherDatabase?.(args));
    const changed = command.changedAmong(uses);
    for (const use of uses) {
      const key = args.at(use.argumentIndex).copy();
      const mode = changed.includes(use) ? "write" as const : "read" as const;
      const demand = { key, mode, need: isReadThere ? "presence" as const : needOf(command, use) };
      this.#add({ ...demand, databaseIndex });
      if (otherIndex !== undefined) this.#add({ ...demand, databaseIndex: otherIndex });
    }
  }

  #ownerOf(key: Uint8Array): ClusterNode {
    return this.#surroundings.ownerOf(slotOf(new ByteView(key)));
  }

  /** A database by its number, if there is one. */
  #databaseOf(index: number | undefined): number | undefined {
    return index === undefined || index >= this.#surroundings.databaseCount ? undefined : index;
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
