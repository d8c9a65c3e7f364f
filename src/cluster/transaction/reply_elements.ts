/**
 * Reply elements: where each element of an array is in the bytes of a reply.
 *
 * @module
 */

import { invariant } from "../../base/invariant.ts";

const ASTERISK = 42, TILDE = 126, PERCENT = 37, GREATER = 62, BAR = 124;
const DOLLAR = 36, EQUALS = 61, BANG = 33, CR = 13, ZERO = 48, MINUS = 45;

/**
 * The elements of an array, borrowed.
 *
 * @param reply A whole reply.
 * @returns `undefined` when it is no array.
 */
export function elementsOf(reply: Uint8Array): Uint8Array[] | undefined {
  if (reply[0] !== ASTERISK) return undefined;
  const count = numberAt(reply, 1);
  if (count < 0) return undefined;
  const elements: Uint8Array[] = [];
  let from = lineEnd(reply, 0);
  for (let index = 0; index < count; index++) {
    const end = replyEnd(reply, from);
    elements.push(reply.subarray(from, end));
    from = end;
  }
  return elements;
}

/** An array of elements as a reply. */
export function arrayOf(elements: readonly Uint8Array[]): Uint8Array {
  const header = new TextEncoder().encode(`*${elements.length}\r\n`);
  const reply = new Uint8Array(
    elements.reduce((sum, element) => sum + element.length, header.length),
  );
  reply.set(header);
  let at = header.length;
  for (const element of elements) {
    reply.set(element, at);
    at += element.length;
  }
  return reply;
}

/** The index behind the reply that begins at an index. */
function replyEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let missing = 1; missing > 0; missing--) {
    const marker = bytes[at], count = numberAt(bytes, at + 1);
    at = lineEnd(bytes, at);
    if (marker === DOLLAR || marker === EQUALS || marker === BANG) {
      if (count >= 0) at += count + 2;
    } else if (marker === ASTERISK || marker === TILDE || marker === GREATER) {
      missing += Math.max(0, count);
    } else if (marker === PERCENT) {
      missing += count * 2;
    } else if (marker === BAR) {
      missing += count * 2 + 1; // attributes stand before what they belong to
    }
  }
  return at;
}

/** The index behind the line that begins at an index. */
function lineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(CR, from);
  invariant(end >= 0, "A reply ends within a line");
  return end + 2;
}

/** The number at an index; of other text, nothing sensible. */
function numberAt(bytes: Uint8Array, index: number): number {
  const isNegative = bytes[index] === MINUS;
  let value = 0;
  for (let at = isNegative ? index + 1 : index; bytes[at] !== CR; at++) {
    value = value * 10 + bytes[at] - ZERO;
  }
  return isNegative ? -value : value;
}
