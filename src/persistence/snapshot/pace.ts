/**
 * Pace: how long a snapshot waits between two slices of its walk.
 *
 * What a snapshot costs is the same whoever does the work: each entry is written once, by the walk, or by
 * the command that is about to change it. So both count. While commands run, the two together take about a
 * fifth of the time: where commands change so much that they do that share alone, the walk makes the
 * longest gaps. A server without commands saves without more than the shortest.
 *
 *   | slice | gap: commands run, and save what they change | slice | gap ...
 *     work    share of the work
 *   |<------------ (work) / (share of the time) -------------->|
 *
 * How long it takes to save an entry is known from the walk; measuring each one that a command saves would
 * cost as much as saving it.
 *
 * @module
 */

/** Part of the time for a snapshot while commands run. */
const SHARE = 0.2;
/** Shortest and longest gap. The longest bounds how long a snapshot takes, whatever commands do. */
const GAP_MS_MIN = 1;
const GAP_MS_MAX = 16;
/** The last so many slices count for how long an entry takes. */
const SLICE_SAMPLE_COUNT = 8;

/** What happened since the last slice, and in this one. */
export interface PaceFacts {
  /** Microseconds that the slice took. */
  readonly sliceUs: number;
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

  /** How long to wait behind a slice, in whole milliseconds. */
  gapMs({ sliceUs, walkedCount, keptCount, isBusy }: PaceFacts): number {
    if (walkedCount > 0) {
      const entryUs = sliceUs / walkedCount;
      const weight = this.#entryUs === 0 ? 1 : 1 / SLICE_SAMPLE_COUNT;
      this.#entryUs += (entryUs - this.#entryUs) * weight;
    }
    if (!isBusy) return GAP_MS_MIN;
    const workUs = sliceUs + keptCount * this.#entryUs;
    const gapMs = Math.round((workUs / SHARE - sliceUs) / 1000);
    return Math.min(Math.max(gapMs, GAP_MS_MIN), GAP_MS_MAX);
  }
}
