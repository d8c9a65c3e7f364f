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
   * @returns What the steps came to; `undefined` when stopped on the way.
   */
  async run<Result>(steps: LoadingSteps<Result>, totalBytes: number): Promise<Result | undefined> {
    const { clock } = this.#server;
    const progress = this.#begin(totalBytes);
    try {
      for (;;) {
        const endUs = clock.monotonicUs() + SLICE_US;
        do {
          const step = steps.next();
          if (step.done) return step.value;
          progress.loadedBytes = step.value;
        } while (clock.monotonicUs() < endUs);
        await this.#nextTurn();
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

  #begin(totalBytes: number): { startSeconds: number; totalBytes: number; loadedBytes: number } {
    this.#server.stats.loadingRdbUsedBytes = 0; // until the file tells it
    const startSeconds = Math.floor(this.#server.clock.nowMs() / 1000);
    return this.#progress = { startSeconds, totalBytes, loadedBytes: 0 };
  }
}
