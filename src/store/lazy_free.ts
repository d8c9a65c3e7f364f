/**
 * Lazy free: what was deleted and still holds memory, to be freed bit by bit.
 *
 * Taking ten million elements apart lasts seconds, and no command may last that long. So whoever
 * deletes something large only takes it out of sight, and what remains is freed here in slices between
 * other commands. Redis gives it to another thread.
 *
 * @module
 */

/** Something out of sight that holds memory. */
export interface Remains {
  /** Keys, or values, that it consists of, as `lazyfree_pending_objects` counts them. */
  readonly count: number;
  /** Frees a part, in some hundred microseconds; returns whether there is more. */
  freeSome(): boolean;
}

/** Remains that were dealt with are dropped so many at a time. */
const DROP_COUNT = 1024;

/** Frees remains in the order in which they came. */
export class LazyFree {
  /** Called when there is something to free, and was not before. */
  begins: () => void = () => {};
  /** Whether keys that expire are freed lazily even if they are not very large. */
  isForExpired = false;
  /** The same for keys that are evicted. */
  isForEvicted = false;
  /** The same for values that a command overwrites. */
  isForOverwritten = false;

  readonly #counters: { lazyFreedObjects: number };
  readonly #remains: Remains[] = [];
  #doneCount = 0;
  #pendingCount = 0;

  /** @param counters Where freed objects are counted. */
  constructor(counters: { lazyFreedObjects: number }) {
    this.#counters = counters;
  }

  /** Whether there is something to free. */
  get isPending(): boolean {
    return this.#doneCount < this.#remains.length;
  }

  /** Objects not freed yet. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /** Takes remains over. */
  add(remains: Remains): void {
    const isFirst = !this.isPending;
    this.#pendingCount += remains.count;
    this.#remains.push(remains);
    if (isFirst) this.begins();
  }

  /** Frees a part of them; returns whether there is more. */
  freeSome(): boolean {
    if (!this.isPending) return false;
    const remains = this.#remains[this.#doneCount];
    const before = remains.count;
    if (!remains.freeSome()) this.#drop();
    const freedCount = before - remains.count;
    this.#counters.lazyFreedObjects += freedCount;
    this.#pendingCount -= freedCount;
    return this.isPending;
  }

  /** Drops the first that is not done; it is now. */
  #drop(): void {
    this.#doneCount++;
    if (this.isPending && this.#doneCount < DROP_COUNT) return;
    this.#remains.splice(0, this.#doneCount);
    this.#doneCount = 0;
  }
}
