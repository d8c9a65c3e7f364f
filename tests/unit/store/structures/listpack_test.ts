/**
 * Listpack: Redis' bytes, and its verbs one by one; the model test mixes them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, ByteView } from "../../../../src/base/byte_view.ts";
import { Int64 } from "../../../../src/base/int64.ts";
import { CheckedArena } from "../../../../src/store/memory/mod.ts";
import { Listpack, writeWholeListpack } from "../../../../src/store/structures/mod.ts";

const arena = new CheckedArena();

/** A listpack of its own with these elements. */
function makeListpack(...elements: string[]): Listpack {
  const listpack = new Listpack(arena);
  listpack.create();
  for (const element of elements) listpack.append(ByteView.ofText(element));
  return listpack;
}

/** The elements, read from the front; then frees the listpack. */
function takeElements(listpack: Listpack): string[] {
  const elements: string[] = [];
  for (let at = listpack.first(); at !== 0; at = listpack.next(at)) {
    elements.push(listpack.read(at, new ByteView()).toText());
  }
  arena.free(listpack.ref);
  arena.verify(0);
  return elements;
}

function hexOf(listpack: Listpack): string {
  const start = arena.offsetOf(listpack.ref);
  return arena.bytesOf(listpack.ref).slice(start, start + listpack.byteCount).toHex();
}

/** Values at the borders of the integer forms, with the bytes that Redis 7.0.15 stores. */
const INTEGERS: readonly [string, string][] = [
  ["0", "0001"],
  ["127", "7f01"],
  ["128", "c08002"],
  ["-1", "dfff02"],
  ["-4096", "d00002"],
  ["4095", "cfff02"],
  ["4096", "f1001003"],
  ["-4097", "f1ffef03"],
  ["32767", "f1ff7f03"],
  ["-32768", "f1008003"],
  ["32768", "f200800004"],
  ["-32769", "f2ff7fff04"],
  ["8388607", "f2ffff7f04"],
  ["-8388608", "f200008004"],
  ["8388608", "f30000800005"],
  ["2147483647", "f3ffffff7f05"],
  ["-2147483648", "f30000008005"],
  ["2147483648", "f4000000800000000009"],
  ["-9223372036854775808", "f4000000000000008009"],
  ["9223372036854775807", "f4ffffffffffffff7f09"],
];

Deno.test("Listpack writes integers in Redis' bytes and reads them back", () => {
  for (const [text, element] of INTEGERS) {
    const listpack = makeListpack(text);
    const total = (7 + element.length / 2).toString(16).padStart(2, "0");
    assertEquals(hexOf(listpack), `${total}0000000100${element}ff`, text);
    const value = new Int64();
    assert(listpack.readInteger(listpack.first(), value));
    assertEquals(`${value.toBigInt()}`, text);
    assertEquals(takeElements(listpack), [text]);
  }
});

Deno.test("Listpack writes strings in Redis' bytes", () => {
  const listpack = makeListpack("-0", "01", "", "a");
  assertEquals(
    hexOf(listpack),
    "14000000040082" + "2d3003" + "82303103" + "8001" + "816102" + "ff",
  );
  assertEquals(listpack.isInteger(listpack.first()), false);
  assertEquals(listpack.readInteger(listpack.first(), new Int64()), false);
  assertEquals(takeElements(listpack), ["-0", "01", "", "a"]);
  for (
    const [byteCount, head, tail] of [
      [63, "bf", "40"],
      [64, "e040", "42"],
      [4095, "efff", "2081"],
      [4096, "f000100000", "2085"],
      [16377, "f0f93f0000", "7ffe"],
      [16378, "f0fa3f0000", "00ffff"], // one byte more than needed, as Redis
      [16379, "f0fb3f0000", "018080"],
      [2097145, "f0f9ff1f00", "7ffffe"],
      [2097146, "f0faff1f00", "00ffffff"],
      [2097147, "f0fbff1f00", "01808080"],
    ] as const
  ) {
    const long = makeListpack("x".repeat(byteCount), "y");
    const text = hexOf(long).slice(12);
    assertEquals(text.slice(0, head.length), head);
    const behind = text.slice(head.length + 2 * byteCount);
    assertEquals(behind, `${tail}817902ff`);
    assertEquals(long.previous(long.last()), long.first());
    assertEquals(long.next(long.first()), long.last());
    assertEquals(takeElements(long)[0].length, byteCount);
  }
});

Deno.test("Listpack tells what an element will take, and how large it may get", () => {
  for (const text of ["", "7", "-70", "30000", "x".repeat(63), "x".repeat(64), "x".repeat(5000)]) {
    const listpack = makeListpack(text);
    assertEquals(listpack.elementBytes(ByteView.ofText(text)), listpack.byteCount - 7);
    takeElements(listpack);
  }
  assert(Listpack.isSafeToAdd(2 ** 29, 2 ** 29));
  assert(!Listpack.isSafeToAdd(2 ** 29, 2 ** 29 + 1));
});

Deno.test("Listpack.seek counts from both ends", () => {
  const listpack = makeListpack("a", "b", "c", "d", "e");
  const read = (index: number): string | undefined => {
    const position = listpack.seek(index);
    return position === 0 ? undefined : listpack.read(position, new ByteView()).toText();
  };
  assertEquals([0, 1, 2, 3, 4, 5].map(read), ["a", "b", "c", "d", "e", undefined]);
  assertEquals([-1, -2, -3, -4, -5, -6].map(read), ["e", "d", "c", "b", "a", undefined]);
  takeElements(listpack);
  const empty = makeListpack();
  assertEquals([empty.first(), empty.last(), empty.seek(0), empty.seek(-1)], [0, 0, 0, 0]);
  takeElements(empty);
});

Deno.test("Listpack.find passes over elements and compares integers with text", () => {
  const listpack = makeListpack("7", "a", "a", "7", "-5000", "x".repeat(100), "70000", "7");
  const find = (text: string, skip: number, from = listpack.first()): number =>
    listpack.find(ByteView.ofText(text), from, skip);
  assertEquals(find("a", 0), listpack.seek(1));
  assertEquals(find("a", 1), listpack.seek(2));
  assertEquals(find("7", 1, listpack.seek(1)), listpack.seek(3));
  assertEquals(find("-5000", 0), listpack.seek(4));
  assertEquals(find("x".repeat(100), 0), listpack.seek(5));
  assertEquals(find("x".repeat(99), 0), 0);
  assertEquals(find("70000", 1), listpack.seek(6));
  assertEquals(find("70000", 2), listpack.seek(6));
  assertEquals(find("70001", 0), 0);
  assertEquals(find("a", 0, 0), 0);
  assert(listpack.equals(listpack.seek(4), ByteView.ofText("-5000")));
  assert(!listpack.equals(listpack.seek(4), ByteView.ofText("-05000")));
  takeElements(listpack);
});

Deno.test("Listpack inserts, replaces and removes anywhere", () => {
  const listpack = makeListpack("b");
  const view = (text: string): ByteView => ByteView.ofText(text);
  listpack.prepend(view("a"));
  assertEquals(listpack.insertAfter(listpack.last(), view("d")), listpack.last());
  assertEquals(listpack.insertBefore(listpack.last(), view("c".repeat(500))), listpack.seek(2));
  listpack.replace(listpack.seek(2), view("c"));
  listpack.replaceInteger(listpack.first(), -1_000_000);
  listpack.appendInteger(2 ** 40);
  listpack.appendInt64(new Int64().setBigInt(-(2n ** 63n)));
  listpack.replaceInt64(listpack.seek(1), new Int64().setNumber(12));
  assertEquals(listpack.count, 6);
  assertEquals(listpack.remove(listpack.seek(2)), listpack.seek(2));
  assertEquals(listpack.remove(listpack.last()), 0);
  assertEquals(listpack.count, 4);
  assertEquals(takeElements(listpack), ["-1000000", "12", "d", `${2 ** 40}`]);
});

Deno.test("Listpack.removeRange stops at the end and gives memory back", () => {
  const listpack = makeListpack(...Array.from({ length: 200 }, (_, index) => `element ${index}`));
  const usedBytes = arena.usedBytes;
  assertEquals(listpack.removeRange(listpack.seek(1), 198), listpack.seek(1));
  assert(arena.usedBytes < usedBytes / 10);
  assertEquals(listpack.removeRange(listpack.first(), 1000), 0);
  assertEquals([listpack.count, listpack.byteCount], [0, 7]);
  takeElements(listpack);
});

Deno.test("Listpack.appendAll and duplicate copy all elements", () => {
  const first = makeListpack("a", "1"), second = makeListpack("b", "x".repeat(300));
  first.appendAll(second);
  assertEquals(first.count, 4);
  const copy = new Listpack(arena).open(first.duplicate());
  assertEquals(hexOf(copy), hexOf(first));
  arena.free(second.ref);
  arena.free(first.ref);
  assertEquals(takeElements(copy), ["a", "1", "b", "x".repeat(300)]);
});

Deno.test("Listpack.reserve makes room that later elements use in place, trim takes it back", () => {
  const listpack = makeListpack("a");
  listpack.reserve(6000);
  const ref = listpack.ref;
  for (let index = 0; index < 200; index++) listpack.appendBytes(bytesOfText("z"), 0, 1);
  assertEquals(listpack.ref, ref);
  listpack.trim();
  assert(arena.isFit(listpack.ref, listpack.byteCount));
  assertEquals(takeElements(listpack).length, 201);
});

Deno.test("Listpack counts more elements than its header can", () => {
  const listpack = makeListpack();
  listpack.reserve(2 * 65_540);
  for (let index = 0; index < 65_536; index++) listpack.appendInteger(1);
  assertEquals(hexOf(listpack).slice(8, 12), "ffff");
  assertEquals(listpack.count, 65_536);
  assertEquals(listpack.seek(65_535), listpack.last());
  assertEquals(listpack.seek(-65_536), listpack.first());
  assertEquals([listpack.seek(65_536), listpack.seek(-65_537)], [0, 0]);
  listpack.removeRange(listpack.seek(-2), 2);
  assertEquals(hexOf(listpack).slice(8, 12), "ffff");
  assertEquals(listpack.count, 65_534);
  assertEquals(hexOf(listpack).slice(8, 12), "feff");
  arena.free(listpack.ref);
  arena.verify(0);
});

Deno.test("a bare Listpack has the same bytes without back lengths", () => {
  const listpack = new Listpack(arena, true);
  listpack.create();
  const elements = ["ant", "7", "-5000", "x".repeat(64), "y".repeat(5000), "70000000000", ""];
  for (const element of elements) {
    const byteCount = listpack.byteCount;
    const elementBytes = listpack.elementBytes(ByteView.ofText(element));
    listpack.append(ByteView.ofText(element));
    assertEquals(listpack.byteCount, byteCount + elementBytes);
  }
  assertEquals(hexOf(listpack).slice(12, 32), "83616e74" + "07" + "f178ec" + "e040");
  const { bytes, start, end } = listpack.view(new ByteView());
  const whole = makeListpack(...elements);
  const written = new Uint8Array(2 * (end - start));
  const wholeBytes = writeWholeListpack(bytes, start, end, written);
  assertEquals(written.subarray(0, wholeBytes).toHex(), hexOf(whole));
  arena.free(whole.ref);
  assertEquals(elements.map((_, index) => listpack.seek(index - elements.length)), [
    ...elements.map((_, index) => listpack.seek(index)),
  ]);
  assertEquals(listpack.find(ByteView.ofText("-5000"), listpack.first(), 1), listpack.seek(2));
  assertEquals(listpack.find(ByteView.ofText(""), listpack.first(), 1), listpack.seek(6));
  listpack.removeRange(listpack.seek(3), 2);
  listpack.replace(listpack.seek(1), ByteView.ofText("z".repeat(70)));
  assertEquals(takeElements(listpack), [
    "ant",
    "z".repeat(70),
    "-5000",
    "70000000000",
    "",
  ]);
});
