/**
 * Monitors: clients that are shown every command that runs (MONITOR).
 *
 * A line is made once for all of them, and only while there are any: the dispatcher's question is
 * one look at a number. Each monitor collects its lines in its output buffer, which goes out by
 * itself; a monitor that does not read is closed by `client-output-buffer-limit`, class `normal`.
 *
 *   1700000000.123456 [0 127.0.0.1:50123] "set" "key" "a\x00b"
 *
 * Always true: no password is shown, nor an administrator's command; what was refused is not shown,
 * as it did not run.
 * Behaviour: Redis 7.0 `replicationFeedMonitors`.
 *
 * @module
 */

import type { Clock } from "../base/clock.ts";
import { quoteWord } from "../base/quoting.ts";
import type { Args } from "../resp/mod.ts";
import type { Session } from "./session.ts";

const SECOND_US = 1_000_000;
const MICROSECOND_DIGITS = 6;

/** All monitors of a server. */
export class Monitors {
  readonly #clock: Clock;
  readonly #sessions: Session[] = [];

  /** @param clock Dates the lines. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many there are. */
  get count(): number {
    return this.#sessions.length;
  }

  /** Makes a client a monitor; returns whether it was none. */
  add(session: Session): boolean {
    if (session.isMonitor) return false;
    session.isMonitor = true;
    this.#sessions.push(session);
    return true;
  }

  /** Ends that, if the client is one. */
  remove(session: Session): void {
    if (!session.isMonitor) return;
    session.isMonitor = false;
    this.#sessions.splice(this.#sessions.indexOf(session), 1);
  }

  /**
   * Shows a request to all of them.
   *
   * @param session Whose it is.
   * @param args As it may be shown; borrowed during the call.
   */
  show(session: Session, args: Args): void {
    if (session.isReplayed) return;
    const line = this.#lineOf(session, args);
    // A copy, as one that can't take more is closed, and so removed, meanwhile.
    for (const monitor of [...this.#sessions]) {
      if (monitor.isMute || !monitor.isMonitor) continue;
      monitor.connection.openOutput().simple(line);
      monitor.connection.flush();
    }
  }

  #lineOf(session: Session, args: Args): string {
    const nowUs = this.#clock.nowUs();
    const microseconds = String(nowUs % SECOND_US).padStart(MICROSECOND_DIGITS, "0");
    const { kind, peerAddress, localAddress } = session.connection.transport;
    // A socket's path is shown without the port 0 that stands for it elsewhere.
    const address = kind === "unix" ? `unix:${localAddress.replace(/:0$/, "")}` : peerAddress;
    const words = [...args.texts(0)].map(quoteWord).join(" ");
    return `${
      Math.floor(nowUs / SECOND_US)
    }.${microseconds} [${session.databaseIndex} ${address}] ${words}`;
  }
}
