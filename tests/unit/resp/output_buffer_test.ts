/**
 * Output buffer: appending, inserting, growing.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../src/base/byte_view.ts";
import { OUTPUT_BUFFER_BYTES, OutputBuffer } from "../../../src/resp/mod.ts";

function textOf(buffer: OutputBuffer): string {
  return textOfBytes(buffer.bytes, 0, buffer.length);
}

function append(buffer: OutputBuffer, text: string): void {
  buffer.append(bytesOfText(text), 0, text.length);
}

/** Writes text into a gap at an earlier place. */
function insert(buffer: OutputBuffer, at: number, text: string): void {
  buffer.openGap(at, text.length);
  buffer.bytes.set(bytesOfText(text), at);
}

Deno.test("OutputBuffer.append takes a window of the source", () => {
  const buffer = new OutputBuffer();
  buffer.append(bytesOfText("abcdef"), 2, 4);
  buffer.append(bytesOfText("abcdef"), 3, 3);
  buffer.append(bytesOfText("xyz"), 0, 3);
  assertEquals(textOf(buffer), "cdxyz");
});

Deno.test("OutputBuffer grows to what is asked for and keeps its content", () => {
  const buffer = new OutputBuffer();
  assertEquals(buffer.bytes.length, OUTPUT_BUFFER_BYTES);
  const most = "a".repeat(OUTPUT_BUFFER_BYTES - 1);
  append(buffer, most);
  const before = buffer.bytes;
  append(buffer, "b");
  assert(buffer.bytes === before, "what fits needs no new array");
  append(buffer, "c");
  assertEquals(buffer.bytes.length, 2 * OUTPUT_BUFFER_BYTES);
  assertEquals(textOf(buffer), most + "bc");
  buffer.reserve(10 * OUTPUT_BUFFER_BYTES);
  assert(buffer.bytes.length >= buffer.length + 10 * OUTPUT_BUFFER_BYTES);
  assertEquals(textOf(buffer), most + "bc");
});

Deno.test("OutputBuffer grows in proportion, so that many small appends are cheap", () => {
  const buffer = new OutputBuffer();
  let growthCount = 0;
  for (let index = 0, last = buffer.bytes; index < 200_000; index++, last = buffer.bytes) {
    append(buffer, "0123456789");
    if (buffer.bytes !== last) growthCount++;
  }
  assertEquals(buffer.length, 2_000_000);
  assertEquals(growthCount, 7);
});

Deno.test("OutputBuffer.openGap moves up what is behind", () => {
  const buffer = new OutputBuffer();
  append(buffer, "headtail");
  insert(buffer, 4, "-middle-");
  insert(buffer, 0, ">");
  insert(buffer, buffer.length, "<");
  assertEquals(textOf(buffer), ">head-middle-tail<");
});

Deno.test("OutputBuffer.openGap grows a full buffer", () => {
  const buffer = new OutputBuffer();
  append(buffer, "a".repeat(OUTPUT_BUFFER_BYTES));
  insert(buffer, 1, "b");
  assertEquals(textOf(buffer), "ab" + "a".repeat(OUTPUT_BUFFER_BYTES - 1));
});
