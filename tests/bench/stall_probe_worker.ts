/**
 * Stall probe's worker: the thread that sends the PINGs. See `stall_probe.ts`.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { RawConnection } from "./raw_connection.ts";
import {
  LONG_STALL_MS,
  type ProbeRequest,
  type ProbeResponse,
  type StallReport,
} from "./stall_probe.ts";

/** Pause between an answer and the next PING, and between two ticks. */
const PERIOD_MS = 1;

let connection: RawConnection | undefined;
let isWatching = false;
let watched: Promise<StallReport> | undefined;

self.onmessage = async (event: MessageEvent<ProbeRequest>): Promise<void> => {
  try {
    respond(await answer(event.data));
  } catch (error) {
    respond({ kind: "failed", message: String(error) });
  }
};

async function answer(request: ProbeRequest): Promise<ProbeResponse> {
  switch (request.action) {
    case "connect":
      connection = await RawConnection.open(request.port);
      await connection.ping();
      return { kind: "connected" };
    case "start":
      isWatching = true;
      watched = watch();
      // A failure is told when the watch is stopped; until then nobody waits for it.
      watched.catch(() => {});
      return { kind: "started" };
    case "stop":
      isWatching = false;
      if (watched === undefined) throw new Error("Cannot stop: never started");
      return { kind: "report", report: await watched };
  }
}

/** Sends PINGs until told to stop. */
async function watch(): Promise<StallReport> {
  if (connection === undefined) throw new Error("Cannot watch: not connected");
  let longestMs = 0, longStallCount = 0, pingCount = 0, ownGapMs = 0;
  let tickedMs = performance.now();
  const ticker = setInterval(() => {
    const nowMs = performance.now();
    ownGapMs = Math.max(ownGapMs, nowMs - tickedMs - PERIOD_MS);
    tickedMs = nowMs;
  }, PERIOD_MS);
  try {
    while (isWatching) {
      const sentMs = performance.now();
      await connection.ping();
      const tookMs = performance.now() - sentMs;
      longestMs = Math.max(longestMs, tookMs);
      if (tookMs > LONG_STALL_MS) longStallCount++;
      pingCount++;
      await new Promise((resolve) => setTimeout(resolve, PERIOD_MS));
    }
  } finally {
    clearInterval(ticker);
  }
  return { longestMs, longStallCount, pingCount, ownGapMs };
}

function respond(response: ProbeResponse): void {
  self.postMessage(response);
}
