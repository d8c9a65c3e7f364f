/**
 * Browser guard: a web page can have a browser send a POST to any port, with commands in its body.
 *
 * Such a request begins with `POST`, or has a line `Host:` before the body. Who says one of these words
 * as if it were a command is cut off at once: what follows is not run, and no reply is sent.
 *
 * Behaviour: Redis 7.0, `securityWarningCommand`.
 *
 * @module
 */

import type { Args } from "../resp/mod.ts";
import type { ServerParts } from "./ports.ts";
import type { Session } from "./session.ts";

/** The log is told at most once in this time. */
const WARNING_INTERVAL_US = 60_000_000;

/** Cuts off browsers. */
export class BrowserGuard {
  readonly #server: ServerParts;
  #warnedAtUs = -Infinity;

  constructor(server: ServerParts) {
    this.#server = server;
  }

  /** Whether words that are no command's are of a request over HTTP. */
  isBrowser(args: Args): boolean {
    return args.isWord(0, "post") || args.isWord(0, "host:");
  }

  /** Closes the connection. */
  cutOff(session: Session): void {
    const { clock, log } = this.#server;
    if (clock.monotonicUs() - this.#warnedAtUs > WARNING_INTERVAL_US) {
      this.#warnedAtUs = clock.monotonicUs();
      log.warning(
        "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: " +
          "commands to Redis. This is likely due to an attacker attempting to use Cross Protocol " +
          "Scripting to compromise your Redis instance. Connection aborted.",
      );
    }
    session.connection.close();
  }
}
