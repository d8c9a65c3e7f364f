/**
 * Reply elements: where each element of an array is in the bytes of a reply.
 *
 * @module
 */

import { bytesOfText, textOfBytes } from "../../base/byte_view.ts";
import { ReplyScanner } from "../../resp/mod.ts";

const ASTERISK = 42, LF = 10;

/**
 * The elements of an array, borrowed.
 *
 * @param reply A whole reply.
 * @returns `undefined` when it is no array.
 */
export function elementsOf(reply: Uint8Array): Uint8Array[] | undefined {
  if (reply[0] !== ASTERISK) return undefined;
  let from = reply.indexOf(LF) + 1;
  const count = Number(textOfBytes(reply, 1, from));
  if (count < 0) return undefined;
  const scanner = new ReplyScanner(), elements: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const end = scanner.scan(reply, from, reply.length);
    elements.push(reply.subarray(from, end));
    from = end;
  }
  return elements;
}

/** A reply with some of its elements replaced, by their index; what is no array stays as it is. */
export function withElements(
  reply: Uint8Array,
  replacements: ReadonlyMap<number, Uint8Array>,
): Uint8Array {
  const elements = replacements.size === 0 ? undefined : elementsOf(reply);
  if (elements === undefined) return reply;
  return arrayOf(elements.map((element, index) => replacements.get(index) ?? element));
}

/** An array of elements as a reply. */
function arrayOf(elements: readonly Uint8Array[]): Uint8Array {
  const header = bytesOfText(`*${elements.length}\r\n`);
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
