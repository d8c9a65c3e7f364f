/**
 * InputBuffer: what is read comes out as it came in, whatever the sizes, and the buffer follows them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../../src/base/random.ts";
import { InputBuffer } from "../../../src/net/input_buffer.ts";
import { takeSeed } from "../../support/seed.ts";

const BYTES_MIN = 1024;
/** The most that reads alone make it grow to. */
const BYTES_MAX = 16 * 1024;
/** An announced length is believed up to this. */
const TRUSTED_BYTES_MAX = 1024 * 1024 + 1024;
const SMALL_READ_COUNT = 64;

/** Reads `byteCount` bytes, or fewer if there is room for fewer only; returns how many. */
function read(input: InputBuffer, byteCount: number, requestBytes = 0): number {
  const room = input.makeRoom(requestBytes);
  const readBytes = Math.min(byteCount, room.length);
  room.fill(1, 0, readBytes);
  input.accept(readBytes, room.length, requestBytes);
  return readBytes;
}

/** Consumes all. */
function consume(input: InputBuffer): void {
  input.from = input.to = 0;
}

Deno.test("InputBuffer gives out the bytes that were read, in any pieces and at any size", () => {
  const random = new SeededRandom(takeSeed("InputBuffer"));
  const input = new InputBuffer();
  let readCount = 0, consumedCount = 0, requestBytes = 0;
  for (let step = 0; step < 20_000; step++) {
    // Guide: a request is long now and then; its length stays known until all of it is there.
    if (input.waitingBytes >= requestBytes) {
      requestBytes = random.below(50) === 0 ? random.below(60_000) : 0;
    }
    const room = input.makeRoom(requestBytes);
    assert(room.length > 0 && room.buffer === input.bytes.buffer, "no room to read into");
    const byteCount = 1 + random.below(random.below(4) === 0 ? room.length : 20);
    for (let at = 0; at < Math.min(byteCount, room.length); at++) room[at] = readCount++ & 0xff;
    input.accept(Math.min(byteCount, room.length), room.length, requestBytes);
    assertEquals(input.waitingBytes, readCount - consumedCount);
    assert(input.bytes.length >= BYTES_MIN);

    if (input.waitingBytes < requestBytes || random.below(3) === 0) continue;
    const consumedBytes = random.below(2) === 0
      ? input.waitingBytes
      : random.below(input.waitingBytes + 1);
    let isSame = true;
    for (let left = consumedBytes; left > 0; left--) {
      if (input.bytes[input.from++] !== (consumedCount++ & 0xff)) isSame = false;
    }
    assert(isSame, `step ${step}: other bytes than were read`);
    if (input.waitingBytes === 0) consume(input);
  }
});

Deno.test("InputBuffer grows while reads fill it, up to a size", () => {
  const input = new InputBuffer();
  const sizes = [input.bytes.length];
  for (let count = 0; count < 4; count++) {
    read(input, Infinity);
    consume(input);
    sizes.push(input.bytes.length);
  }
  assertEquals(sizes, [BYTES_MIN, 4 * BYTES_MIN, BYTES_MAX, BYTES_MAX, BYTES_MAX]);
});

Deno.test("InputBuffer is small again after many small reads in a row, not before", () => {
  const input = new InputBuffer();
  for (let count = 0; count < 3; count++) {
    read(input, Infinity);
    consume(input);
  }
  for (let count = 1; count < SMALL_READ_COUNT; count++) {
    read(input, 10);
    consume(input);
  }
  read(input, BYTES_MAX / 2); // neither small nor all there is room for: the count begins anew
  consume(input);
  for (let count = 1; count < SMALL_READ_COUNT; count++) {
    read(input, 10);
    consume(input);
  }
  assertEquals(input.bytes.length, BYTES_MAX);
  read(input, 10);
  assertEquals(input.bytes.length, BYTES_MIN);
  assertEquals([...input.bytes.subarray(input.from, input.to)], Array(10).fill(1));
});

Deno.test("InputBuffer makes room at once for a length that was announced, if it can be believed", () => {
  const believed = new InputBuffer();
  read(believed, 100);
  assertEquals(believed.makeRoom(500_000).length, 500_000 - 100);

  const boasting = new InputBuffer();
  read(boasting, 100);
  assertEquals(boasting.makeRoom(500_000_000).length, TRUSTED_BYTES_MAX - 100);
  // What really comes is given room, twice as much each time.
  while (boasting.waitingBytes < TRUSTED_BYTES_MAX) read(boasting, 100_000, 500_000_000);
  assertEquals(boasting.makeRoom(500_000_000).length, TRUSTED_BYTES_MAX);
});

Deno.test("InputBuffer gives the room of a long argument back when that is done with", () => {
  const input = new InputBuffer();
  let waitingBytes = 0;
  while (waitingBytes < 500_000) waitingBytes += read(input, 100_000, 500_000);
  consume(input);
  input.makeRoom(0);
  assertEquals(input.bytes.length, BYTES_MAX);
});

Deno.test("InputBuffer moves what waits to its beginning rather than grow", () => {
  const input = new InputBuffer();
  read(input, 1000);
  input.from = 900;
  assertEquals(input.makeRoom(0).length, BYTES_MIN - 100);
  assertEquals([input.from, input.to, input.bytes.length], [0, 100, BYTES_MIN]);
  assertEquals([...input.bytes.subarray(0, 100)], Array(100).fill(1));
});
