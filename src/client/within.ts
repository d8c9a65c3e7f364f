/**
 * Within: a promise that is not waited for longer than some time, or than somebody wants.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import { setPatientTimer } from "../base/patient_timer.ts";

/** The time was up. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** What ends a wait early, beside the time. */
export interface WaitOptions {
  readonly clock: Clock;
  /** Ends it with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** Waits for some time, or until the signal ends it, or a promise does, which must not reject. */
export function rest(
  milliseconds: number,
  { clock, signal, ended }: WaitOptions & { readonly ended?: Promise<void> },
): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      timer.cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = clock.setTimer(milliseconds, wake);
    signal?.addEventListener("abort", wake);
    ended?.then(wake);
    if (signal?.aborted) wake();
  });
}

/**
 * Waits for a promise, but only so long. What it does then goes on; only nobody waits any more.
 *
 * @throws {TimeoutError} When the time is up; else what the promise is rejected with, or the reason
 *   of the signal.
 */
export function within<Value>(
  promise: Promise<Value>,
  timeoutMs: number,
  { clock, signal }: WaitOptions,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const release = () => {
      timer.cancel();
      signal?.removeEventListener("abort", abort);
    };
    const fail = (error: unknown) => {
      release();
      reject(error);
    };
    const abort = () => fail(signal!.reason);
    const timer = setPatientTimer(clock, timeoutMs, () => {
      fail(new TimeoutError(`Waited in vain: ${timeoutMs} ms`));
    });
    signal?.addEventListener("abort", abort);
    promise.then((value) => {
      release();
      resolve(value);
    }, fail);
    if (signal?.aborted) abort();
  });
}
