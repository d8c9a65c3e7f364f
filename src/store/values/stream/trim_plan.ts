/**
 * Trim plan: which old entries of a stream are to go.
 *
 * @module
 */

import { StreamId } from "../../../base/stream_id.ts";

/** What to trim by: nothing, a length to keep, or the least ID to keep. */
export type TrimStrategy = "none" | "length" | "id";

/** A register, made once and set anew for each use. */
export class TrimPlan {
  strategy: TrimStrategy = "none";
  /** How many entries may stay, if that is the strategy. */
  lengthMax = 0;
  /** The least ID that may stay, if that is the strategy. */
  readonly leastId = new StreamId();
  /** Whether only whole nodes go, so that some entries too many may stay. */
  isApproximate = false;
  /** How many entries may go; 0: any number. */
  countMax = 0;
}
