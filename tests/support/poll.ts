/**
 * Poll: waits until something is so, with a deadline instead of a guessed sleep.
 *
 * A fixed sleep is too short on a busy machine and too long on every other. Tests that watch
 * something outside their own clock (a process, a socket, another client) ask again and again
 * until it holds; tests that own the clock turn a `ManualClock` and need none of this.
 *
 * @module
 */

import { delay } from "@std/async/delay";

/** Long enough for a machine that is busy otherwise; only a failure takes as long. */
const DEADLINE_MS = 30_000;

/** Limits of `eventually`. */
export interface EventuallyOptions {
  /**
   * How long to go on asking, in milliseconds.
   *
   * @default {30000}, since machines may be slow
   */
  deadlineMs?: number;
  /**
   * Pause between two asks, in milliseconds.
   *
   * @default {10}
   */
  pauseMs?: number;
  /** What is awaited, for the message of a failure. */
  what?: string;
}

/**
 * Calls `check` until it returns something other than `false` or `undefined`. A check that throws
 * counts as "not yet"; what it threw last is the cause of the failure when time is up.
 *
 * @param check asked at once and then after each pause; runs at least once
 * @param options limits
 * @returns what `check` returned
 * @throws {Error} when the deadline passes
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false | undefined>> {
  const { deadlineMs = DEADLINE_MS, pauseMs = 10, what = "the awaited condition" } = options;
  const startedMs = performance.now();
  let cause: unknown;
  while (true) {
    try {
      const outcome = await check();
      if (outcome !== false && outcome !== undefined) {
        return outcome as Exclude<T, false | undefined>;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() - startedMs >= deadlineMs) {
      const detail = cause instanceof Error ? ` (${cause.message})` : "";
      throw new Error(`Gave up after ${deadlineMs} ms waiting for ${what}${detail}`, { cause });
    }
    await delay(pauseMs);
  }
}
