/**
 * Pace: how long a snapshot waits between two slices of its walk.
 *
 * What a snapshot costs is the same whoever does the work: each entry is written once, by the walk, or by
 * the command that is about to change it. So both count. While commands run, the two together take about a
 * fifth of the time: where commands change so much that they do that share alone, the walk makes the
 * longest gaps. A server without commands saves without gaps: between two slices it only looks whether
 * there is a command.
 *
 *   | slice | gap: commands run, and save what they change | slice | gap ...
 *     work    share of the work
 *   |<------------ (work) / (share of the time) -------------->|
 *
 * How long it takes to save an entry is known from the walk; measuring each one that a command saves would
 * cost as much as saving it. A slice begins when the loop comes to it, often late; the next one is due as
 * if it had not been.
 *
 * @module
 */

/** Part of the time for a snapshot while commands run. */
const SHARE = 0.22;
/** Shortest and longest gap for commands. The longest bounds how long a snapshot takes, whatever they do. */
const GAP_US_MIN = 1000;
const GAP_US_MAX = 16_000;
/** So much lateness is made up for. */
const LATE_US_MAX = 8000;
/** The last so many slices count for how long an entry takes. */
const SLICE_SAMPLE_COUNT = 8;

/** A slice, and what happened since the one before. */
export interface PaceFacts {
  /** When it began and ended, on the stopwatch in microseconds. */
  readonly startUs: number;
  readonly endUs: number;
  /** Entries that it saved. */
  readonly walkedCount: number;
  /** Entries that commands had saved since the slice before. */
  readonly keptCount: number;
  /** Whether commands have run since then. */
  readonly isBusy: boolean;
}

/** The pace of one snapshot. */
export class Pace {
  #entryUs = 0;
  /** When the slice was due. */
  #dueUs = -Infinity;

  /** How long to wait behind a slice, in milliseconds; 0: no longer than a look at the sockets takes. */
  gapMs({ startUs, endUs, walkedCount, keptCount, isBusy }: PaceFacts): number {
    const sliceUs = endUs - startUs;
    if (walkedCount > 0) {
      const weight = this.#entryUs === 0 ? 1 : 1 / SLICE_SAMPLE_COUNT;
      this.#entryUs += (sliceUs / walkedCount - this.#entryUs) * weight;
    }
    if (!isBusy) {
      this.#dueUs = endUs;
      return 0;
    }
    const periodUs = (sliceUs + keptCount * this.#entryUs) / SHARE;
    const dueUs = Math.max(this.#dueUs, startUs - LATE_US_MAX) + periodUs;
    const gapUs = Math.min(Math.max(dueUs - endUs, GAP_US_MIN), GAP_US_MAX);
    this.#dueUs = Math.min(dueUs, endUs + gapUs);
    return gapUs / 1000;
  }
}
