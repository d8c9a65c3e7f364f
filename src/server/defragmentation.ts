/**
 * Defragmentation: when blocks are moved together, and how much of the time (`activedefrag`).
 *
 * Once a second it looks at how many bytes the arena's pages have beside those in use. If that is a
 * large enough share, a pass over all data begins, and takes a share of the processor that grows with
 * the fragmentation. It works in slices of a millisecond, with gaps in between in which commands run.
 *
 * Only what can be gained counts: where no page could be emptied, none begins, whatever the ratio.
 *
 * Behaviour: Redis' `defrag.c`. Not here: how blocks are moved (`Defragmenter`).
 *
 * @module
 */

import type { Timer } from "../base/clock.ts";
import type { ServerParts } from "../engine/mod.ts";

/** Longest piece of work without a gap, unless more than half of the processor is asked for. */
const SLICE_US = 1000;
const GAP_MS_MIN = 1;
const MS_US = 1000;
/** Pause after a pass that found nothing to move, though there were thin pages. */
const FRUITLESS_PAUSE_US = 60e6;

/** Moves the blocks of one server together while that is worth it. */
export class Defragmentation {
  readonly #server: ServerParts;
  #timer: Timer | undefined;
  /** Share of the processor that the pass under way takes, in percent; 0: none is. */
  #cyclePercent = 0;
  #beganUs = 0;
  #movedCountBefore = 0;
  /** No pass begins before. */
  #resumeUs = 0;

  constructor(server: ServerParts) {
    this.#server = server;
  }

  /** Looks whether a pass should begin, or be sped up; ends one that is not wanted any more. */
  check(): void {
    const { config, store } = this.#server;
    store.defragmenter.elementCountMax = config.number("active-defrag-max-scan-fields");
    if (config.boolean("activedefrag")) this.#begin();
    else if (this.#cyclePercent > 0) this.stop();
  }

  /** Ends the pass under way, wherever it is. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#server.store.defragmenter.end();
    this.#setCyclePercent(0);
  }

  #begin(): void {
    const { config, clock, log, store } = this.#server;
    const { arena } = store.environment;
    const { percent, bytes } = this.#fragmentation();
    const isPassing = this.#cyclePercent > 0;
    if (!isPassing) {
      if (percent < config.number("active-defrag-threshold-lower")) return;
      if (bytes < config.number("active-defrag-ignore-bytes")) return;
      if (clock.monotonicUs() < this.#resumeUs) return;
      if (!store.defragmenter.begin()) return;
      this.#beganUs = clock.monotonicUs();
      this.#movedCountBefore = arena.movedCount;
    }
    const cyclePercent = this.#cyclePercentFor(percent);
    if (cyclePercent <= this.#cyclePercent) return;
    this.#setCyclePercent(cyclePercent);
    log.verbose(
      `Starting active defrag, frag=${
        percent.toFixed(0)
      }%, frag_bytes=${bytes}, cpu=${cyclePercent}%`,
    );
    if (!isPassing) this.#goOnIn(GAP_MS_MIN);
  }

  /** Effort between the least and the most, in the proportion of the fragmentation. */
  #cyclePercentFor(percent: number): number {
    const { config } = this.#server;
    const lower = config.number("active-defrag-threshold-lower");
    const upper = config.number("active-defrag-threshold-upper");
    const least = config.number("active-defrag-cycle-min");
    const most = config.number("active-defrag-cycle-max");
    const share = upper === lower ? 1 : (percent - lower) / (upper - lower);
    const wanted = Math.trunc(least + share * (most - least));
    return Math.max(least, Math.min(most, wanted));
  }

  #goOnIn(delayMs: number): void {
    this.#timer = this.#server.clock.setTimer(delayMs, () => this.#work());
  }

  #work(): void {
    const { clock, latency, stats, store } = this.#server;
    const share = this.#cyclePercent / 100;
    const sliceUs = Math.max(SLICE_US, share / (1 - share) * GAP_MS_MIN * MS_US);
    const startUs = clock.monotonicUs();
    const { arena } = store.environment, { defragmenter } = store;
    const { movedCount, stayedCount } = arena, { movedKeyCount, stayedKeyCount } = defragmenter;
    let isMore = true, durationUs = 0;
    while (isMore && durationUs < sliceUs) {
      isMore = defragmenter.step();
      durationUs = clock.monotonicUs() - startUs;
    }
    stats.activeDefragHits += arena.movedCount - movedCount;
    stats.activeDefragMisses += arena.stayedCount - stayedCount;
    stats.activeDefragKeyHits += defragmenter.movedKeyCount - movedKeyCount;
    stats.activeDefragKeyMisses += defragmenter.stayedKeyCount - stayedKeyCount;
    latency.record("active-defrag-cycle", durationUs / MS_US);
    if (isMore) this.#goOnIn(Math.max(GAP_MS_MIN, durationUs * (1 / share - 1) / MS_US));
    else this.#end();
  }

  #end(): void {
    const { clock, log, store } = this.#server;
    const { percent, bytes } = this.#fragmentation();
    const durationMs = Math.trunc((clock.monotonicUs() - this.#beganUs) / MS_US);
    const movedCount = store.environment.arena.movedCount - this.#movedCountBefore;
    log.verbose(
      `Active defrag done in ${durationMs}ms, reallocated=${movedCount}, frag=${
        percent.toFixed(0)
      }%, frag_bytes=${bytes}`,
    );
    this.#timer = undefined;
    this.#setCyclePercent(0);
    if (movedCount > 0) this.#begin();
    else this.#resumeUs = clock.monotonicUs() + FRUITLESS_PAUSE_US;
  }

  #setCyclePercent(percent: number): void {
    const { clock, stats } = this.#server;
    this.#cyclePercent = percent;
    stats.activeDefragRunning = percent;
    if (percent > 0) stats.activeDefrag.begin(clock.monotonicUs());
    else stats.activeDefrag.end(clock.monotonicUs());
  }

  /** Bytes of pages beside those in use, also in percent of these. */
  #fragmentation(): { percent: number; bytes: number } {
    const { pageBytes, usedBytes } = this.#server.store.environment.arena;
    const bytes = pageBytes - usedBytes;
    return { bytes, percent: bytes * 100 / Math.max(1, usedBytes) };
  }
}
