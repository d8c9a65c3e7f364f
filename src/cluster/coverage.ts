/**
 * Coverage: whether requests for keys are served while a node is down, and with it its slots.
 *
 * Behaviour: Redis 7.0, `cluster-require-full-coverage`, `cluster-allow-reads-when-down`,
 * `cluster-allow-pubsubshard-when-down`.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import { type Command, requestHas, type Session } from "../engine/mod.ts";
import { CLUSTER_DOWN, CLUSTER_ONLY_READS } from "../errors/catalogue.ts";
import type { RedisError } from "../errors/redis_error.ts";
import { usesShards } from "./request_slots.ts";
import type { ServerCluster } from "./server_cluster.ts";

/** What is served of what there is. */
export class Coverage {
  readonly #cluster: ServerCluster;
  #servesReadsWhenDown = false;
  #servesShardsWhenDown = true;

  constructor(cluster: ServerCluster, config: Config) {
    this.#cluster = cluster;
    const refresh = () => {
      this.#servesReadsWhenDown = config.boolean("cluster-allow-reads-when-down");
      this.#servesShardsWhenDown = config.boolean("cluster-allow-pubsubshard-when-down");
    };
    config.onApply(
      ["cluster-allow-reads-when-down", "cluster-allow-pubsubshard-when-down"],
      refresh,
    );
    refresh();
  }

  /** Why a request with keys, or a transaction's EXEC, is not served; `undefined`: it is. */
  refusalOf(session: Session, command: Command): RedisError | undefined {
    if (this.#cluster.isOk) return undefined;
    if (usesShards(command)) return this.#servesShardsWhenDown ? undefined : CLUSTER_DOWN;
    if (!this.#servesReadsWhenDown) return CLUSTER_DOWN;
    return requestHas(session, command, "write") ? CLUSTER_ONLY_READS : undefined;
  }
}
