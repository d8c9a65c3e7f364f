/**
 * Stream IDs: order, neighbours, distances, text.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { textOfBytes } from "../../../src/base/byte_view.ts";
import { Int64 } from "../../../src/base/int64.ts";
import { STREAM_ID_TEXT_BYTES_MAX, StreamId } from "../../../src/base/stream_id.ts";

const GREATEST_TEXT = "18446744073709551615-18446744073709551615";

/** IDs in order, around the ends of each word. */
const RISING: readonly StreamId[] = [
  new StreamId(),
  new StreamId().setWords(0, 0, 0, 1),
  new StreamId().setWords(0, 0, 0, 0x7fffffff),
  new StreamId().setWords(0, 0, 0, -0x80000000),
  new StreamId().setWords(0, 0, 0, -1),
  new StreamId().setWords(0, 0, 1, 0),
  new StreamId().setWords(0, 0, -1, -1),
  new StreamId().setWords(0, 1, 0, 0),
  new StreamId().setWords(0, -1, -1, -1),
  new StreamId().setWords(0x7fffffff, -1, -1, -1),
  new StreamId().setWords(-0x80000000, 0, 0, 0),
  new StreamId().setGreatest(),
];

function textOf(id: StreamId): string {
  const bytes = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);
  return textOfBytes(bytes, 0, id.writeText(bytes, 0));
}

Deno.test("IDs are ordered as unsigned numbers of 128 bits", () => {
  const words = new Int32Array(6);
  for (const [index, id] of RISING.entries()) {
    id.write(words, 1);
    for (const [otherIndex, other] of RISING.entries()) {
      assertEquals(Math.sign(other.compare(id)), Math.sign(otherIndex - index));
      assertEquals(Math.sign(other.compareTo(words, 1)), Math.sign(otherIndex - index));
    }
    assertEquals(new StreamId().read(words, 1), id);
  }
});

Deno.test("increment and decrement carry through all words, and wrap at the ends", () => {
  for (const id of RISING) {
    const next = new StreamId().set(id);
    assertEquals(next.increment(), !id.isGreatest);
    if (!id.isGreatest) assert(next.compare(id) > 0);
    assertEquals(next.decrement(), !id.isGreatest);
    assertEquals(next, id);
  }
  assertEquals(textOf(new StreamId().setGreatest()), GREATEST_TEXT);
  const wrapped = new StreamId().setGreatest();
  wrapped.increment();
  assert(wrapped.isLeast);
  wrapped.decrement();
  assert(wrapped.isGreatest && wrapped.isLastOfMs);
});

Deno.test("an ID is found again at its distance from any other", () => {
  const ms = new Int64(), sequence = new Int64();
  for (const id of RISING) {
    for (const base of RISING) {
      id.distanceFrom(base, ms, sequence);
      assertEquals(new StreamId().setAtDistance(base, ms, sequence), id);
    }
  }
  const from = new StreamId().setWords(0, 10, 0, 7), to = new StreamId().setWords(0, 12, 0, 5);
  to.distanceFrom(from, ms, sequence);
  assertEquals([ms.toNumber(), sequence.toNumber()], [2, -2]);
});

Deno.test("IDs are written as two decimal numbers", () => {
  assertEquals(textOf(new StreamId()), "0-0");
  assertEquals(textOf(new StreamId().setWords(1, 0, 0, 5)), "4294967296-5");
  assertEquals(
    textOf(new StreamId().setWords(-0x80000000, 0, 0, -1)),
    "9223372036854775808-4294967295",
  );
});
