/**
 * Waiting client: one whose command found nothing at several nodes and waits for any of them.
 *
 * @module
 */

import type { Clock } from "../../base/clock.ts";
import type { RemoteWait, Session } from "../../engine/mod.ts";

/** Why a wait is over before it was served. */
type WaitEnd = "timeout" | "error" | "gone";

/** One wait of a client, from the first attempt to the last. */
export class WaitingClient implements RemoteWait, Disposable {
  /** Why it is over; `undefined`: it is not. */
  end: WaitEnd | undefined;

  readonly #session: Session;
  readonly #clock: Clock;
  #isWoken = false;
  #wake: (() => void) | undefined;

  constructor(session: Session, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
    session.remoteWait = this;
    if (session.connection.line !== undefined) session.connection.line.mayBeLeft = true;
  }

  unblock(how: "timeout" | "error"): void {
    this.#endBy(how);
  }

  abandon(): void {
    this.#endBy("gone");
  }

  /** Something may be there now. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Waits until it is woken, or for some time; not at all if it was woken since the last time. */
  async rest(milliseconds: number): Promise<void> {
    if (!this.#isWoken && this.end === undefined) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.setTimer(milliseconds, resolve);
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#isWoken = false;
  }

  [Symbol.dispose](): void {
    const session = this.#session;
    if (session.remoteWait === this) session.remoteWait = undefined;
    if (session.connection.line !== undefined) session.connection.line.mayBeLeft = false;
  }

  #endBy(end: WaitEnd): void {
    this.end ??= end;
    this.wake();
  }
}
