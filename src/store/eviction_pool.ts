/**
 * Eviction pool: the best candidates for eviction that samples have shown so far.
 *
 * A sample of five keys has the very oldest one seldom, but the best of all samples lately is close
 * to it. So candidates that are not evicted now stay for later, in order of their score. What they
 * were judged by may have changed since; who takes one out looks at it again.
 *
 *   worst first:   | 3 | 8 | 20 | 21 | ... at most 16 |     a better one drives the first out
 *
 * A candidate is a reference and its hash, not a copy of the key: whether the reference still leads to
 * an entry is a question to its table, by hash, and costs no comparison of bytes.
 *
 * Always true: scores never fall from one place to the next. Cost: O(16) to add, O(1) to take.
 * Behaviour: Redis' `evict.c`, since 3.0.
 *
 * @module
 */

import type { Keyspace } from "./keyspace.ts";
import type { Ref } from "./memory/mod.ts";

const CANDIDATE_COUNT_MAX = 16;

/** A key that may be evicted. */
export class Candidate {
  /** Where it was seen; `undefined` while the place is free. */
  keyspace: Keyspace | undefined;
  /** Its entry then. */
  ref: Ref = 0;
  /** Its key's hash. */
  hash = 0;
  /** How good its eviction is; higher is better. */
  score = 0;
}

/** A few candidates by score. */
export class EvictionPool {
  readonly #candidates = Array.from({ length: CANDIDATE_COUNT_MAX }, () => new Candidate());
  #count = 0;

  /** Adds a candidate unless the pool is full of better ones. */
  add(keyspace: Keyspace, ref: Ref, hash: number, score: number): void {
    const candidates = this.#candidates;
    let place = 0;
    while (place < this.#count && candidates[place].score < score) place++;
    if (this.#count < CANDIDATE_COUNT_MAX) {
      this.#rotate(this.#count++, place);
    } else {
      if (place === 0) return;
      this.#rotate(0, --place);
    }
    const candidate = candidates[place];
    candidate.keyspace = keyspace;
    candidate.ref = ref;
    candidate.hash = hash;
    candidate.score = score;
  }

  /**
   * Takes the best candidate out.
   *
   * @returns Good until the next `add`; `undefined` when the pool is empty.
   */
  take(): Candidate | undefined {
    return this.#count === 0 ? undefined : this.#candidates[--this.#count];
  }

  /** Forgets all candidates. */
  clear(): void {
    for (const candidate of this.#candidates) candidate.keyspace = undefined;
    this.#count = 0;
  }

  /** Moves the candidate at one place to another; those between make room. */
  #rotate(from: number, to: number): void {
    const candidates = this.#candidates;
    const moved = candidates[from];
    const step = from < to ? 1 : -1;
    for (let place = from; place !== to; place += step) {
      candidates[place] = candidates[place + step];
    }
    candidates[to] = moved;
  }
}
