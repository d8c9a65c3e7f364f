/**
 * Resharding registry: the nodes keep the map themselves.
 *
 * It begins with the nodes that the configuration lists. Once one comes or goes, what there is then is
 * in a file (`cluster-config-file`), which counts from then on, and nodes tell each other what they
 * know: whoever is behind learns it with the next heartbeat (`Topology` says how knowledge adds up).
 *
 * Always true: what is in force is on the disk, unless it is the configuration's, or says only that
 * slots have moved between two other nodes: who forgets that is told again.
 *
 * @module
 */

import { ConfigError } from "../../errors/config_error.ts";
import { mapNotLearned, otherMap, unknownPeer } from "../../errors/catalogue.ts";
import type { RedisError } from "../../errors/redis_error.ts";
import type { ClusterRegistry, MapAgreement } from "../cluster_registry.ts";
import type { ClusterSettings } from "../cluster_settings.ts";
import type { SlotMap } from "../slot_map.ts";
import { Topology } from "./topology.ts";

/** Where a topology outlives the server. */
export interface TopologyFile {
  /** Its text; `undefined`: there is none. */
  read(): string | undefined;
  /** Replaces it; it is on the disk then. @throws {ConfigError} With the system's reason. */
  write(text: string): void;
}

const SELF = "self ";

/** The topology of one node. */
export class ReshardingRegistry implements ClusterRegistry, MapAgreement {
  readonly agreement: MapAgreement = this;
  readonly #file: TopologyFile;
  readonly #self: string;
  readonly #watchers = new Set<(map: SlotMap) => void>();
  #topology: Topology;

  /** @throws {ConfigError} When the file is damaged, or another node's. */
  constructor(file: TopologyFile, { peers, self }: ClusterSettings) {
    this.#file = file;
    this.#self = self;
    const text = file.read();
    this.#topology = text === undefined ? Topology.of(peers) : this.#read(text);
  }

  /** What is known. */
  get topology(): Topology {
    return this.#topology;
  }

  get map(): SlotMap {
    return this.#topology.map;
  }

  get epoch(): number {
    return this.#topology.epoch;
  }

  get isMoving(): boolean {
    return this.#topology.isMoving;
  }

  get hasChanged(): boolean {
    return this.#topology.epoch > 0;
  }

  get stamp(): string {
    return this.#topology.stamp;
  }

  get digest(): string {
    return this.#topology.digest;
  }

  get text(): string {
    return this.#topology.toText();
  }

  watch(changed: (map: SlotMap) => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  compare(theirStamp: string): RedisError | undefined {
    const { stamp, epoch } = this.#topology;
    const isOtherEpoch = Number.parseInt(theirStamp) !== epoch && /^\d+\./.test(theirStamp);
    return isOtherEpoch || theirStamp === stamp ? undefined : otherMap(stamp, theirStamp);
  }

  learn(theirText: string): void {
    try {
      const theirs = Topology.parse(theirText, this.#topology);
      const joined = this.#topology.joinedWith(theirs);
      if (joined === undefined) throw otherMap(this.stamp, theirs.stamp);
      if (joined.find(this.#self) === undefined) throw unknownPeer(this.#self);
      this.put(joined);
    } catch (error) {
      throw error instanceof ConfigError ? mapNotLearned(error.message) : error;
    }
  }

  /** Puts a topology into force, on the disk first. @throws {ConfigError} When it can't be written. */
  put(topology: Topology): void {
    if (topology === this.#topology) return;
    if (this.#matters(topology)) this.#file.write(`${SELF}${this.#self}\n${topology.toText()}`);
    this.#topology = topology;
    for (const changed of [...this.#watchers]) changed(topology.map);
  }

  /** Whether a new topology is more than that slots have moved between others. */
  #matters(topology: Topology): boolean {
    const before = this.#topology, self = this.#self;
    if (topology.epoch !== before.epoch || !topology.isMoving) return true;
    for (const slotIndex of topology.moved) {
      if (before.moved.has(slotIndex)) continue;
      const concerns = topology.sourceOf(slotIndex) === self ||
        topology.targetOf(slotIndex) === self;
      if (concerns) return true;
    }
    return false;
  }

  #read(text: string): Topology {
    const lineEnd = text.indexOf("\n");
    const owner = text.slice(SELF.length, lineEnd);
    if (!text.startsWith(SELF) || owner !== this.#self) {
      throw new ConfigError(`The cluster-config-file is that of node '${owner}'`);
    }
    return Topology.parse(text.slice(lineEnd + 1));
  }
}
