/**
 * Patient timer: a timer for who waits to hear something from elsewhere.
 *
 * When this process was halted (stopped, swapped out, on a machine that slept or was too busy), what
 * came meanwhile lies unread, and a plain timer that is due by then runs before that is read: the
 * other side would be taken for silent only because nobody listened. So the last quarter of the time
 * is counted from when the rest was noticed to be over.
 *
 * Without a halt it runs at the same moment as a plain one.
 *
 * @module
 */

import type { Clock, Timer } from "./clock.ts";

/** The part of the time that begins anew when the rest was over unnoticed. */
const LAST_PART = 1 / 4;

/**
 * Has something run after some time, unless it is cancelled before.
 *
 * @param clock what measures it
 * @param delayMs how long, in milliseconds
 * @param run what to run, once
 * @returns the timer
 */
export function setPatientTimer(clock: Clock, delayMs: number, run: () => void): Timer {
  const lastMs = Math.ceil(delayMs * LAST_PART);
  let timer = clock.setTimer(delayMs - lastMs, () => timer = clock.setTimer(lastMs, run));
  return { cancel: () => timer.cancel() };
}
