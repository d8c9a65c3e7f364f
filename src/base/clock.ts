/**
 * Clock: the time of day, a stopwatch, and timers, as one thing that is handed over.
 *
 * Why a parameter and not `Date.now()`: what expires in an hour is tested by turning a clock, and
 * two servers in one process may live in different times. Timers belong to the clock because they
 * must move with it: `ManualClock.advance(1000)` both shows a second later and runs what was due.
 *
 * There are two kinds of time, as in the operating system. `nowMs` is the wall clock: it can be set
 * and may jump. `monotonicUs` only goes forward, and timers follow it: setting the wall clock
 * neither fires a timer nor delays one.
 *
 * @module
 */
import { invariant } from "./invariant.ts";

declare const UNIX_MS: unique symbol;
declare const DURATION_MS: unique symbol;

/** A moment: milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMs = number & { readonly [UNIX_MS]: true };

/** A length of time in milliseconds. */
export type DurationMs = number & { readonly [DURATION_MS]: true };

/** Marks a number as a moment, in milliseconds since 1970. */
export function unixMs(milliseconds: number): UnixMs {
  return milliseconds as UnixMs;
}

/** Marks a number as a length of time, in milliseconds. */
export function durationMs(milliseconds: number): DurationMs {
  return milliseconds as DurationMs;
}

/** Something that will run once, later. */
export interface Timer {
  /** Makes sure it won't run (any more); harmless when it ran or was cancelled. */
  cancel(): void;
}

/** The time, and what is to happen at a time. */
export interface Clock {
  /** The wall clock, in whole milliseconds. */
  nowMs(): UnixMs;
  /** The same clock in microseconds, as finely as the system tells. */
  nowUs(): number;
  /** A stopwatch that never goes back, in whole microseconds since an arbitrary start. */
  monotonicUs(): number;
  /**
   * Runs `run` once, after a delay.
   *
   * @param delayMs milliseconds from now; a fraction counts as a whole, less than 1 as 1
   * @param run called synchronously from the event loop or from `ManualClock.advance`
   * @returns the handle that cancels it
   */
  setTimer(delayMs: number, run: () => void): Timer;
}

/** The machine's clock. */
export class SystemClock implements Clock {
  /** What the wall clock showed when the stopwatch was at 0, in microseconds. */
  #originUs = 0;

  nowMs(): UnixMs {
    return Date.now() as UnixMs;
  }

  // The wall clock counts milliseconds; the stopwatch tells what has passed since the last one. Where
  // it has fallen behind, it is put right, and where it is far ahead, the wall clock was set back. It
  // is read before the wall clock to ask, and after it to be put right: so it is never ahead because
  // somebody else had the processor in between. `Temporal` would do, but older runtimes lack it.
  nowUs(): number {
    const nowUs = Math.floor(this.#originUs + performance.now() * 1000);
    const wallUs = Date.now() * 1000;
    if (nowUs >= wallUs && nowUs < wallUs + AHEAD_US_MAX) return nowUs;
    this.#originUs = wallUs - performance.now() * 1000;
    return wallUs;
  }

  monotonicUs(): number {
    return Math.floor(performance.now() * 1000);
  }

  setTimer(delayMs: number, run: () => void): Timer {
    return new SystemTimer(wholeDelayMs(delayMs), run);
  }
}

/** A clock that stands still until it is turned: for tests and for embedding in tests. */
export class ManualClock implements Clock {
  #nowMs: number;
  #elapsedMs = 0;
  #isAdvancing = false;
  /** Timers that wait, the next one due last; of several due at once, the oldest last. */
  readonly #waiting: ManualTimer[] = [];

  /** @param nowMs what the wall clock shows at first; the default is 2024-01-01T00:00:00Z */
  constructor(nowMs: number = DEFAULT_START_MS) {
    this.#nowMs = nowMs;
  }

  nowMs(): UnixMs {
    return this.#nowMs as UnixMs;
  }

  nowUs(): number {
    return this.#nowMs * 1000;
  }

  monotonicUs(): number {
    return this.#elapsedMs * 1000;
  }

  /** Number of timers that wait to run. */
  get timerCount(): number {
    return this.#waiting.length;
  }

  setTimer(delayMs: number, run: () => void): Timer {
    const timer = new ManualTimer(this.#waiting, this.#elapsedMs + wholeDelayMs(delayMs), run);
    let index = this.#waiting.length;
    while (index > 0 && this.#waiting[index - 1].dueMs <= timer.dueMs) index--;
    this.#waiting.splice(index, 0, timer);
    return timer;
  }

  /**
   * Lets time pass: wall clock and stopwatch go forward together, and each timer that falls due runs
   * at its own time, in order, timers set by timers included. When a timer throws, the clock stops
   * at its time and the exception goes on to the caller.
   *
   * @param milliseconds how long; 0 or more
   */
  advance(milliseconds: number): void {
    invariant(milliseconds >= 0, "Advance a manual clock: time doesn't run backwards");
    invariant(!this.#isAdvancing, "Advance a manual clock: it is being advanced already");
    this.#isAdvancing = true;
    const untilMs = this.#elapsedMs + milliseconds;
    try {
      while (this.#waiting.length > 0 && this.#waiting[this.#waiting.length - 1].dueMs <= untilMs) {
        const timer = this.#waiting.pop()!;
        this.#passTo(timer.dueMs);
        timer.run();
      }
      this.#passTo(untilMs);
    } finally {
      this.#isAdvancing = false;
    }
  }

  /**
   * Sets the wall clock, as an administrator does; no time passes, so no timer runs.
   *
   * @param nowMs what it shows from now on; may lie in the past
   */
  set(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  #passTo(elapsedMs: number): void {
    this.#nowMs += elapsedMs - this.#elapsedMs;
    this.#elapsedMs = elapsedMs;
  }
}

/** A stopwatch so far ahead of the start of the wall clock's millisecond is wrong. */
const AHEAD_US_MAX = 2000;

/** What a `ManualClock` shows unless told otherwise: 2024-01-01T00:00:00Z. */
const DEFAULT_START_MS = 1_704_067_200_000;

/** Longest delay that `setTimeout` can count; it takes anything longer for "at once". */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

function wholeDelayMs(delayMs: number): number {
  invariant(!Number.isNaN(delayMs), "Set a timer: the delay is not a number");
  return Math.max(1, Math.ceil(delayMs));
}

/**
 * A timer of the machine's clock; a delay of more than 24.8 days is waited for in several legs.
 *
 * Deno 2.6 collects the timers that are due, then tells of what has come from sockets, then runs what it
 * has collected, whatever was cleared by then; so a timer knows by itself that it was cancelled.
 */
class SystemTimer implements Timer {
  #isCancelled = false;
  #restMs: number;
  readonly #run: () => void;
  #timeout: ReturnType<typeof setTimeout>;

  constructor(delayMs: number, run: () => void) {
    this.#restMs = delayMs;
    this.#run = run;
    this.#timeout = this.#startLeg();
  }

  cancel(): void {
    this.#isCancelled = true;
    clearTimeout(this.#timeout);
  }

  #startLeg(): ReturnType<typeof setTimeout> {
    const legMs = Math.min(this.#restMs, TIMEOUT_MS_MAX);
    return setTimeout(() => {
      if (this.#isCancelled) return;
      this.#restMs -= legMs;
      if (this.#restMs > 0) this.#timeout = this.#startLeg();
      else this.#run();
    }, legMs);
  }
}

/** A timer of a manual clock; it takes itself off the clock's list when cancelled. */
class ManualTimer implements Timer {
  /** When it is due, on the clock's stopwatch. */
  readonly dueMs: number;
  readonly run: () => void;
  readonly #waiting: ManualTimer[];

  constructor(waiting: ManualTimer[], dueMs: number, run: () => void) {
    this.#waiting = waiting;
    this.dueMs = dueMs;
    this.run = run;
  }

  cancel(): void {
    const index = this.#waiting.indexOf(this);
    if (index >= 0) this.#waiting.splice(index, 1);
  }
}
