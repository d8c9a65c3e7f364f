/**
 * Participation: what nodes ask each other about one transaction.
 *
 * @module
 */

import type { HoldMode } from "../../engine/mod.ts";
import type { RedisError } from "../../errors/redis_error.ts";
import type { Args } from "../../resp/mod.ts";
import type { KeyImage, PlacedKey } from "./key_image.ts";
import type { TransactionWork } from "./transaction_work.ts";

/**
 * What a transaction needs of a key, each more than the one before: whether it is there; the same for
 * something that reads, so that a miss is told; that it counts as used by that; its value.
 */
export const KEY_NEEDS = ["presence", "glance", "touch", "value"] as const;

/** One of these. */
export type KeyNeed = typeof KEY_NEEDS[number];

/** A key that a transaction uses, and how. */
export interface KeyDemand extends PlacedKey {
  readonly mode: HoldMode;
  readonly need: KeyNeed;
}

/** A request that only reads, and is run where all its keys are. */
export interface OwnerRead {
  readonly databaseIndex: number;
  /** With bytes of their own. */
  readonly args: Args;
}

/** Runs such requests. */
export interface OwnerReader {
  /** @returns Their replies. */
  read(reads: readonly OwnerRead[], protocol: 2 | 3): readonly Uint8Array[];
}

/** A wish to lock keys of one node. */
export interface LockRequest {
  readonly id: string;
  /** Each key of a database once. */
  readonly demands: readonly KeyDemand[];
  /** What is run there as soon as they are locked, and the protocol of the replies. */
  readonly reads: readonly OwnerRead[];
  readonly protocol: 2 | 3;
  /** Whether the transaction may take more memory. */
  readonly mayGrow: boolean;
  /** How long to wait for locks of others. */
  readonly waitMs: number;
}

/** Keys are locked. */
export interface GrantedLocks {
  readonly status: "granted";
  /** What there is under the keys, in the order of the demands. */
  readonly images: readonly (KeyImage | undefined)[];
  /** Replies to what was run, in that order. */
  readonly replies: readonly Uint8Array[];
}

/** What comes of it. */
export type LockAnswer =
  | GrantedLocks
  /** The transaction can't be; the client is told this. */
  | { readonly status: "refused"; readonly error: RedisError }
  /** The keys are at other nodes by now: it is to be tried anew. */
  | { readonly status: "moved" };

/** What becomes of a transaction; `open`: that is not known, or not here. */
export type TransactionOutcome = "confirmed" | "cancelled" | "open";

/** What the coordinator asks a node; a promise rejects when the node can't be asked. */
export interface ParticipantPort {
  /** Locks keys; settles when they are locked, or will not be. */
  lock(request: LockRequest): Promise<LockAnswer>;
  /**
   * Makes ready to do the work, whatever happens to either node from now on.
   *
   * @param participants Names of all nodes that have work.
   * @returns Whether it is; if not, the locks are gone.
   */
  prepare(
    id: string,
    participants: readonly string[],
    work: TransactionWork,
  ): Promise<boolean>;
  /** Does the work, and ends. Settles when that will be remembered. */
  confirm(id: string): Promise<void>;
  /** Ends without a trace. */
  cancel(id: string): Promise<void>;
  /** Ends a transaction that has no work anywhere; returns whether its locks held until now. */
  unlock(id: string): Promise<boolean>;
}
