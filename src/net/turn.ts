/**
 * Turn: gives way to all else that waits for the event loop.
 *
 * Why that is needed: a read or a write that can be done at once is done without the loop going round,
 * and only after some hundred of them does the runtime insist. A client that sends faster than it is
 * served is such a case, and everybody else would wait for seconds.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Resolves when everything that is ready by now had its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
