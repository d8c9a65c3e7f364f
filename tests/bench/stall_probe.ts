/**
 * Stall probe: sends a PING each millisecond while something else happens to the server, and tells
 * the longest time that an answer took.
 *
 * It runs in a worker, so that the work of the benchmark itself cannot hold it up. The machine still
 * can: when all cores are busy the probe's own thread waits for its turn. That is measured by a tick
 * of its own and told beside the stall: a stall no longer than the probe's own gap may be the
 * machine's doing.
 *
 * @module
 */

/** What the probe saw between `start` and `stop`. */
export interface StallReport {
  /** Longest time between PING and PONG, in milliseconds. */
  readonly longestMs: number;
  /** PINGs that took longer than `LONG_STALL_MS`. */
  readonly longStallCount: number;
  /** PINGs sent. */
  readonly pingCount: number;
  /** Longest time in milliseconds that the probe's own thread did not run when it should have. */
  readonly ownGapMs: number;
}

/** What is sent to the worker. */
export type ProbeRequest = { action: "connect"; port: number } | { action: "start" | "stop" };

/** What the worker sends back. */
export type ProbeResponse =
  | { kind: "connected" | "started" }
  | { kind: "report"; report: StallReport }
  | { kind: "failed"; message: string };

/** A stall that counts as a long one: the project's own limit. */
export const LONG_STALL_MS = 20;

/** A worker that watches one server; ends with `using`. */
export class StallProbe implements Disposable {
  readonly #worker = new Worker(new URL("./stall_probe_worker.ts", import.meta.url), {
    type: "module",
  });

  private constructor() {}

  /**
   * Starts a probe that is connected but idle.
   *
   * @param port TCP port of the server to watch.
   */
  static async connect(port: number): Promise<StallProbe> {
    const probe = new StallProbe();
    await probe.#request({ action: "connect", port });
    return probe;
  }

  /**
   * Watches the server while `work` runs.
   *
   * @returns The work's result and what the probe saw.
   * @throws {Error} The work failed, or the server closed the probe's connection.
   */
  async watch<T>(work: () => Promise<T>): Promise<{ result: T; stalls: StallReport }> {
    await this.#request({ action: "start" });
    const result = await work();
    const response = await this.#request({ action: "stop" });
    if (response.kind !== "report") throw new Error(`Unexpected answer: ${response.kind}`);
    return { result, stalls: response.report };
  }

  /** Ends the worker. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  /** Sends a request and waits for the one answer. */
  #request(request: ProbeRequest): Promise<ProbeResponse> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = (event: MessageEvent<ProbeResponse>) => {
        if (event.data.kind === "failed") reject(new Error(`Probe: ${event.data.message}`));
        else resolve(event.data);
      };
      this.#worker.onerror = (event) => reject(new Error(`Probe: ${event.message}`));
      this.#worker.postMessage(request);
    });
  }
}

/** A report as a cell of a table: the longest stall, how many were long, and the own gap. */
export function stallText(report: StallReport): string {
  const { longestMs, longStallCount, ownGapMs } = report;
  const countText = longStallCount === 0 ? "" : `, ${longStallCount} over ${LONG_STALL_MS}`;
  return `${longestMs.toFixed(1)} ms${countText} (own ${ownGapMs.toFixed(1)})`;
}
