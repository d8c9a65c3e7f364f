/**
 * Client replies: how the relay has a client wait for replies that come from elsewhere.
 *
 * @module
 */

import { type Command, POSTPONED, type Session, toRedisError } from "../../engine/mod.ts";
import { SLOT_NOT_SERVED } from "../../errors/catalogue.ts";
import { ReplyLine, type ReplySlot } from "../../net/mod.ts";
import { WireWriter } from "../../resp/mod.ts";
import { isUnreachable } from "../peer_handshake.ts";

/** Replies of one client that may be missing; with more it waits until all are there. */
const SLOT_COUNT_MAX = 1024;
/** Bytes of replies that a client may leave unread before more of its requests are relayed. */
const UNREAD_BYTES_MAX = 1024 * 1024;
/** Commands without keys that need not wait for the replies before theirs, beside those of transactions. */
const FLOWING: ReadonlySet<string> = new Set(["ping", "echo", "select", "time", "lastsave"]);

/** Where a client's replies wait for those before them. */
export function lineOf(session: Session): ReplyLine {
  const { connection } = session;
  if (connection.line === undefined) {
    connection.line = new ReplyLine(connection, () => session.retry());
    connection.line.begin(); // in the middle of what is written for a batch of requests
  }
  return connection.line;
}

/** Whether a client has to wait before more of its requests are relayed; it is told when to go on. */
export function mustWait(session: Session, line: ReplyLine): boolean {
  return line.slotCount >= SLOT_COUNT_MAX || session.connection.outputBytes > UNREAD_BYTES_MAX;
}

/** Has a command without keys wait for the replies before, unless it is none that could tell. */
export function waitForReplies(
  { connection }: Session,
  command: Command,
): typeof POSTPONED | undefined {
  if (connection.line?.isOpen !== true || FLOWING.has(command.fullName)) return undefined;
  const { withinMulti } = command.spec;
  return withinMulti === "runs" || command.fullName === "discard" ? undefined : POSTPONED;
}

/** Whether the client is to get the reply of the request at hand (CLIENT REPLY). */
export function takeReplyWish(session: Session): boolean {
  if (session.replyMode === "on") return true;
  session.muteReply(session.reply.mark());
  return false;
}

/** Gives a reply its bytes. */
export function fill(slot: ReplySlot, bytes: Uint8Array): void {
  slot.add(bytes, 0, bytes.length);
  slot.end();
}

/** An error as it goes to the client. @throws What is a bug of ours. */
export function errorReply(error: unknown): Uint8Array {
  const writer = new WireWriter();
  writer.error(isUnreachable(error) ? SLOT_NOT_SERVED : toRedisError(error));
  return writer.buffer.bytes.subarray(0, writer.buffer.length);
}
