/**
 * Client line: one client in CLIENT LIST and CLIENT INFO, as `name=value` fields in Redis' order.
 *
 * Dashboards and scripts split these lines, so every field of Redis 7.0 is there. Buffers are those
 * of this server: replies of a batch collect in a buffer that is lent (`rbs`, of which `obl` bytes
 * are filled) and then wait to be sent (`omem`), with what comes meanwhile. What does not exist here is 0, or, as Redis
 * writes an absent one, -1: the descriptor, which the runtime keeps to itself, and the redirection
 * of tracking.
 *
 * @module
 */

import type { Session } from "../../engine/mod.ts";
import { redirectionOf } from "./client_tracking.ts";

/** What a line says that the session alone does not know. */
export interface ClientLineOptions {
  /** The present in unix milliseconds. */
  nowMs: number;
  /** Bytes of the arguments that the client's running command has; 0 when none runs. */
  argumentBytes: number;
}

/**
 * Describes a client.
 *
 * @returns The line with its line break, as binary text.
 */
export function clientLine(session: Session, options: ClientLineOptions): string {
  const { connection, reply, subscriber, tracking } = session;
  const { transport } = connection;
  const isWaiting = connection.outputBytes > reply.buffer.length;
  const sendingBytes = isWaiting ? connection.outputBytes : 0;
  const unsentBytes = isWaiting ? 0 : reply.buffer.length;
  const bufferBytes = connection.outputBufferBytes;
  const fields: readonly (readonly [name: string, value: string | number])[] = [
    ["id", session.id],
    ["addr", transport.peerAddress],
    ["laddr", transport.localAddress],
    ["fd", -1],
    ["name", session.name],
    ["age", secondsBetween(session.createdAtMs, options.nowMs)],
    ["idle", secondsBetween(session.lastActiveMs, options.nowMs)],
    ["flags", clientFlags(session)],
    ["db", session.databaseIndex],
    ["sub", subscriber?.channelCount ?? 0],
    ["psub", subscriber?.patternCount ?? 0],
    ["ssub", subscriber?.shardChannelCount ?? 0],
    ["multi", session.transaction?.commandCount ?? -1],
    ["qbuf", connection.inputBytes - session.parsedBytes],
    ["qbuf-free", connection.inputFreeBytes],
    ["argv-mem", options.argumentBytes + session.parsedBytes],
    ["multi-mem", session.transaction?.argumentBytes ?? 0],
    ["rbs", bufferBytes],
    ["rbp", bufferBytes],
    ["obl", unsentBytes],
    ["oll", sendingBytes > 0 ? 1 : 0],
    ["omem", sendingBytes],
    ["tot-mem", connection.memoryBytes],
    ["events", sendingBytes > 0 ? "rw" : "r"],
    ["cmd", session.lastCommand?.fullName ?? "NULL"],
    ["user", session.user],
    ["redir", redirectionOf(tracking)],
    ["resp", reply.protocol],
  ];
  return fields.map(([name, value]) => `${name}=${value}`).join(" ") + "\n";
}

/** One letter for each remarkable thing, `N` for none. */
function clientFlags(session: Session): string {
  const flags = (session.isMonitor ? "O" : "") +
    (session.subscriber !== undefined ? "P" : "") +
    (session.transaction !== undefined ? "x" : "") +
    (session.isShownBlocked ? "b" : "") +
    (session.tracking?.isOn ? "t" : "") +
    (session.tracking?.isRedirectBroken ? "R" : "") +
    (session.tracking?.isBroadcasting ? "B" : "") +
    (session.watch?.isBroken ? "d" : "") +
    (session.connection.isClosing ? "c" : "") +
    (session.connection.isGoingOn ? "u" : "") +
    (session.connection.transport.kind === "unix" ? "U" : "") +
    (session.isReadOnly ? "r" : "") +
    (session.isNeverEvicted ? "e" : "");
  return flags || "N";
}

/** Whole seconds from one moment to another as clocks show them: both are cut to seconds. */
function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.floor(toMs / 1000) - Math.floor(fromMs / 1000));
}
