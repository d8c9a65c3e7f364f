/**
 * Redirect gate: a request runs only at the node that has its keys; others say who that is.
 *
 * All keys of a request, and of a whole transaction, must be in one slot. Channels of shards count as
 * keys. Requests without keys run anywhere.
 *
 * MOVED, CROSSSLOT and CLUSTERDOWN are all there is to say: a slot moves as a whole, so there is nothing
 * for which Redis would answer ASK or TRYAGAIN.
 *
 * Cost: for a request with simple keys the checksum of each; nothing is allocated.
 * Behaviour: Redis 7.0, `getNodeByQuery`. A slot whose node is failing is answered by CLUSTERDOWN, not
 * by MOVED to a place where nobody is.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import type { Command, Gate, Session } from "../engine/mod.ts";
import { CROSS_SLOT, moved, SLOT_NOT_SERVED } from "../errors/catalogue.ts";
import type { RedisError } from "../errors/redis_error.ts";
import type { Args } from "../resp/mod.ts";
import { Coverage } from "./coverage.ts";
import { foldSlots } from "./request_slots.ts";
import type { ServerCluster } from "./server_cluster.ts";

const NO_SLOT = -1;
const SEVERAL_SLOTS = -2;

/** Asks whether the slot is this node's. */
export class RedirectGate implements Gate {
  readonly isInForce = true;
  readonly #cluster: ServerCluster;
  readonly #coverage: Coverage;

  constructor(cluster: ServerCluster, config: Config) {
    this.#cluster = cluster;
    this.#coverage = new Coverage(cluster, config);
  }

  check(session: Session, command: Command, args: Args): RedisError | undefined {
    const slotIndex = command.spec.withinMulti === "executes"
      ? slotOfTransaction(session)
      : foldSlots(command, args, NO_SLOT, joinSlots);
    if (slotIndex === NO_SLOT) return undefined;
    if (slotIndex === SEVERAL_SLOTS) return CROSS_SLOT;
    const refusal = this.#coverage.refusalOf(session, command);
    if (refusal !== undefined) return refusal;
    const cluster = this.#cluster, owner = cluster.ownerOf(slotIndex);
    if (owner === cluster.self) return undefined;
    if (cluster.isFailing(owner)) return SLOT_NOT_SERVED;
    return moved(slotIndex, `${owner.host}:${owner.port}`);
  }
}

/** The slot of all keys that a transaction names. */
function slotOfTransaction(session: Session): number {
  let slotIndex = NO_SLOT;
  session.transaction?.some((command, args) => {
    slotIndex = foldSlots(command, args, slotIndex, joinSlots);
    return slotIndex === SEVERAL_SLOTS;
  });
  return slotIndex;
}

function joinSlots(first: number, second: number): number {
  return first === NO_SLOT || first === second ? second : SEVERAL_SLOTS;
}
