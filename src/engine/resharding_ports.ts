/**
 * Resharding ports: what commands need from a cluster whose slots move.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Int64 } from "../base/int64.ts";
import type { Session } from "./session.ts";

/** How slots move to other nodes, as commands ask for it and tell of it. */
export interface Resharding {
  readonly facts: ReshardingFacts;
  /** Whether a slot is just being handed over, so that nothing may begin that would hold its keys. */
  isHeld(slotIndex: number): boolean;
  /**
   * A node joins: slots move to it from now on (CLUSTER MEET).
   *
   * @throws {RedisError} Why that can't begin.
   */
  meet(host: string, port: number): Promise<void>;
  /**
   * A node leaves: its slots move away from now on; or it has none, and is forgotten (CLUSTER FORGET).
   *
   * @param nameOrId Of the node.
   * @throws {RedisError} Why that can't begin.
   */
  forget(nameOrId: string): Promise<void>;
  /** Another node is about to begin a change; returns the number of the last one. @throws {RedisError} */
  propose(session: Session): number;
  /** It does not begin it. */
  withdraw(session: Session): void;
  /** Another node begins to hand slots over; see `SlotTarget`. @throws {RedisError} Why it may not. */
  clear(session: Session, slotsText: string): Promise<void>;
  /** It brings a key. @throws {RedisError} Why that is not taken. */
  import(session: Session, entry: ImportedEntry): void;
  /** A key that it brought is gone there. @throws {RedisError} Why that is not taken. */
  drop(session: Session, databaseIndex: number, key: ByteView): void;
  /** What it brought is to be on the disk. @throws {RedisError} Why it is not. */
  seal(session: Session): void;
}

/** A key on its way; borrowed. */
export interface ImportedEntry {
  readonly databaseIndex: number;
  readonly key: ByteView;
  /** In unix milliseconds; 0: never. */
  readonly expiresAt: Int64;
  /** What its entry notes of its last use. */
  readonly access: number;
  readonly encoding: number;
  readonly payload: ByteView;
}

/** How far slots are on their way. */
export interface ReshardingFacts {
  /** How often nodes came or went. */
  readonly epoch: number;
  readonly isMoving: boolean;
  /** Slots of the whole cluster that move, and that have moved. */
  readonly movingCount: number;
  readonly movedCount: number;
  /** Slots that this node has yet to hand over, and to get. */
  readonly leavingCount: number;
  readonly comingCount: number;
  /** Since the start of the server. */
  readonly sentKeys: number;
  readonly sentBytes: number;
  readonly receivedKeys: number;
  readonly receivedBytes: number;
  /** Why the last attempt to hand slots over failed; empty: it did not. */
  readonly lastFailure: string;
}
