/**
 * Trial run: requests are run where nobody sees it, on copies of their keys, to find out what they
 * reply and what they change.
 *
 * So a request over several nodes means exactly what it means on one: its errors, its events, what
 * expires and what WRONGTYPE spoils are those of the very functions that run it anywhere else.
 *
 * @module
 */

import type { Command, HoldMode, Session } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import type { KeyImage, PlacedKey } from "./key_image.ts";
import type { KeyChange, KeyEvent } from "./transaction_work.ts";

/** A request with arguments of its own. */
export interface TransactionRequest {
  readonly command: Command;
  readonly args: Args;
}

/** A key with what there is under it. */
export interface TrialKey extends PlacedKey {
  /** Whether the requests may change it. */
  readonly mode: HoldMode;
  readonly image: KeyImage | undefined;
}

/** What is to be run. */
export interface TrialInput {
  readonly requests: readonly TransactionRequest[];
  /** How they are run: one as it is, or all as EXEC would, or as EXEC ROLLBACK would. */
  readonly way: "single" | "exec" | "exec-rollback";
  /** The database that is selected at first. */
  readonly databaseIndex: number;
  readonly protocol: 2 | 3;
  /** All keys that they name. */
  readonly keys: readonly TrialKey[];
  /** Replies of those that others have run already, by their number among the requests. */
  readonly answers: ReadonlyMap<number, Uint8Array>;
}

/** How a request would wait that found nothing. */
export interface TrialWait {
  /** The request as it is to be tried again. */
  readonly args: Args;
  /** 0: for ever. */
  readonly timeoutMs: number;
}

/** What came of it. */
export interface TrialOutcome {
  /** The reply as it goes to the client; a request that would wait has none. */
  readonly reply: Uint8Array;
  /** How it would wait; `undefined`: it has a reply. */
  readonly wait: TrialWait | undefined;
  /** Keys that it has used and that are none of those given: the rest is not valid then. */
  readonly missing: readonly PlacedKey[];
  readonly changes: readonly KeyChange[];
  readonly events: readonly KeyEvent[];
  /** The database that is selected at last. */
  readonly databaseIndex: number;
}

/** Runs requests for a transaction. */
export interface TrialRunner {
  /** Runs requests on copies of their keys, and forgets them. */
  run(input: TrialInput): TrialOutcome;
  /** Runs a request that uses no keys for a client, here; returns its reply. */
  runHere(session: Session, request: TransactionRequest): Uint8Array;
}

/** Whether a command's requests name keys. */
export function usesKeys({ spec }: Command): boolean {
  return spec.findKeys !== undefined ||
    spec.keys?.some(({ flags }) => !flags.includes("not_key")) === true;
}
