/**
 * Captured reply: what a session is replied, as bytes that go elsewhere.
 *
 * @module
 */

import type { Session } from "../engine/mod.ts";

/** Has something reply to a session whose output is open; returns that reply, which the session does not get. */
export function captureReply(session: Session, act: () => void): Uint8Array {
  const { reply } = session, mark = reply.mark();
  act();
  session.leaveReply();
  const bytes = reply.buffer.bytes.slice(mark, reply.buffer.length);
  reply.rewind(mark);
  return bytes;
}
