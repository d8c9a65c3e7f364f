/**
 * Resumptions: connections that go on with requests which were held back, and what waits for them.
 *
 * A request that unblocks another client is finished first; the other's requests follow before the loop
 * sees to anything else. Work that belongs behind all of it (one message about all that has changed) is
 * given here.
 *
 * @module
 */

/** The resumptions of all connections of a server. */
export class Resumptions {
  #count = 0;

  /** A connection is going to go on. */
  begin(): void {
    this.#count++;
  }

  /** It has gone on as far as it can. */
  end(): void {
    this.#count--;
  }

  /** Runs `act` behind the work at hand, and behind that of connections which go on because of it. */
  runBehind(act: () => void): void {
    queueMicrotask(() => this.#count === 0 ? act() : this.runBehind(act));
  }
}
