/**
 * Data loading: the data of a file come into the store.
 *
 * At the start clients are let in already, and are told that the server is loading; so loading goes in
 * slices, with a turn of the event loop in between. By DEBUG RELOAD it goes at once.
 *
 * What can't be loaded is left as it is, file and all, and the server ends: a server with half of its
 * data would overwrite the file in time.
 *
 * @module
 */

import type { LoadingProgress, ServerParts } from "../engine/mod.ts";

/** Length of a slice. */
const SLICE_US = 10_000;
/** While loading waits for nothing but `key-load-delay`, how often that is looked at. */
const DELAY_LOOK_MS = 50;

/** Something that is being loaded: yields the bytes read so far. */
export type LoadingSteps<Result> = Generator<number, Result>;

/** Loads for one server, one thing at a time. */
export class DataLoading {
  readonly #server: ServerParts;
  readonly #nextTurn: () => Promise<void>;
  #progress: { startSeconds: number; totalBytes: number; loadedBytes: number } | undefined;
  #isStopped = false;

  /** @param nextTurn Lets everything that is ready by now have its turn. */
  constructor(server: ServerParts, nextTurn: () => Promise<void>) {
    this.#server = server;
    this.#nextTurn = nextTurn;
  }

  /** How far it is; `undefined` when nothing is loaded. */
  get progress(): LoadingProgress | undefined {
    return this.#progress;
  }

  /** Whether the server ends. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Loads no further: the server ends. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Loads in slices.
   *
   * @param totalBytes How much there is to read.
   * @param finish What belongs to it and follows the last step, before any client's command runs.
   * @returns What the steps came to; `undefined` when stopped on the way.
   */
  async run<Result>(
    steps: LoadingSteps<Result>,
    totalBytes: number,
    finish: () => void = () => {},
  ): Promise<Result | undefined> {
    const { clock, store } = this.#server;
    const progress = this.#begin(totalBytes);
    try {
      for (;;) {
        const endUs = clock.monotonicUs() + SLICE_US, keyCount = store.keyCount;
        do {
          const step = steps.next();
          if (step.done) {
            finish();
            return step.value;
          }
          progress.loadedBytes = step.value;
        } while (this.#keyDelayUs <= 0 && clock.monotonicUs() < endUs);
        await this.#nextTurn();
        await this.#delay(store.keyCount - keyCount);
        if (this.#isStopped) {
          steps.return(undefined as Result);
          return undefined;
        }
      }
    } finally {
      this.#progress = undefined;
    }
  }

  /** Loads at once. */
  runNow<Result>(steps: LoadingSteps<Result>): Result {
    this.#begin(0);
    try {
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
      }
    } finally {
      this.#progress = undefined;
    }
  }

  /** How long each key is to take, so that tests find loading on its way. */
  get #keyDelayUs(): number {
    return this.#server.config.number("key-load-delay");
  }

  /** Waits for so many keys, or until that is no longer wanted. */
  async #delay(keyCount: number): Promise<void> {
    const { clock } = this.#server;
    for (let waitedMs = 0; !this.#isStopped;) {
      const leftMs = this.#keyDelayUs * keyCount / 1000 - waitedMs;
      if (leftMs <= 0) return;
      const pauseMs = Math.min(leftMs, DELAY_LOOK_MS);
      await new Promise<void>((resolve) => void clock.setTimer(pauseMs, resolve));
      waitedMs += pauseMs;
    }
  }

  #begin(totalBytes: number): { startSeconds: number; totalBytes: number; loadedBytes: number } {
    this.#server.stats.loadingRdbUsedBytes = 0; // until the file tells it
    const startSeconds = Math.floor(this.#server.clock.nowMs() / 1000);
    return this.#progress = { startSeconds, totalBytes, loadedBytes: 0 };
  }
}
