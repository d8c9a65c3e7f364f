/**
 * Within: a promise that is not waited for longer than some time.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";

/** The time was up. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/**
 * Waits for a promise, but only so long. What it does then goes on; only nobody waits any more.
 *
 * @throws {TimeoutError} When the time is up; else what the promise is rejected with.
 */
export function within<Value>(
  promise: Promise<Value>,
  timeoutMs: number,
  clock: Clock,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(timeoutMs, () => {
      reject(new TimeoutError(`Waited in vain: ${timeoutMs} ms`));
    });
    promise.finally(() => timer.cancel()).then(resolve, reject);
  });
}
