/**
 * LZF: the bytes that Redis 7.0.15 stores (from DUMP), round trips, and input that is no LZF.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../src/base/byte_view.ts";
import { compressLzf, LzfRoom } from "../../../src/base/lzf.ts";
import { SeededRandom } from "../../../src/base/random.ts";

const SEED = 20;
/** Guard bytes around what is compressed and decompressed. */
const MARGIN_BYTES = 8;
const GUARD = 0xee;

const FIELDS = Array.from({ length: 60 }, (_, index) => `field:${index}=${"x".repeat(index % 9)}`);

/** Texts, and what Redis makes of them, in Base64. */
const GOLDEN: readonly (readonly [text: string, compressed: string])[] = [
  ["a".repeat(21), "AWFh4AoA"],
  ["a".repeat(300), "AWFh4P8A4BcAAWFh"],
  ["abcabcabcabcabcabcabcabc!", "A2FiY2HgCgIBYyE="],
  [
    "one two one two one two, buckle my shoe, three four three four",
    "CG9uZSB0d28gb+AFBxssIGJ1Y2tsZSBteSBzaG9lLCB0aHJlZSBmb3Vy4AAKAXVy",
  ],
  [
    FIELDS.join(";"),
    "CWZpZWxkOjA9O2ZgCAIxPXigCQIyPXjACgAzIArACwA0QAvADAA1YAzADQA2gA3ADgA3oA7ADwA4wA/AEAA54AB0ADDg" +
    "AHUAMSCAwB8AMUCC4AAMYITgAA2AhuAADqCI4AAPwIrgABDgAIzgABEAOOAAfQA54AB9ADIgiMAgADJAieAADGCK4AAN" +
    "gIvgAA6gjOAAD8CN4AAQ4ACO4AARADfAfQAyIRbBcSCIwAsAM0CJ4AAMYIrgAA2Ai+AADqCM4AAPwI3gABDgAI7gABEA" +
    "NsB9ADMhF6B9ADMgiOAAC0CJwAwANGCK4AANgIvgAA6gjOAAD8CN4AAQ4ACO4AARADXAfQA0IRegfQA0IIjgAAtAieAA" +
    "DGCKwA0ANYCL4AAOoIzgAA/AjeAAEOAAjuAAEQA0wH0ANSEXoH0ANSCI4AALQIngAAxgiuAADWCLAXh4",
  ],
];

/** Compresses into room for `roomBytes`; checks that nothing outside was written. */
function compressed(source: Uint8Array, roomBytes: number): Uint8Array | undefined {
  const target = new Uint8Array(roomBytes + 2 * MARGIN_BYTES).fill(GUARD);
  const end = compressLzf(
    source,
    0,
    source.length,
    target,
    MARGIN_BYTES,
    MARGIN_BYTES + roomBytes,
  );
  assert(target.subarray(0, MARGIN_BYTES).every((byte) => byte === GUARD));
  assert(target.subarray(MARGIN_BYTES + roomBytes).every((byte) => byte === GUARD));
  return end === 0 ? undefined : target.slice(MARGIN_BYTES, end);
}

/** Decompresses bytes that are said to come to so many; `undefined` when they are refused. */
function decompressed(source: Uint8Array, byteCount: number): Uint8Array | undefined {
  const room = new LzfRoom(byteCount);
  const isSound = room.decompress(source, 0, source.length, byteCount);
  return isSound ? room.bytes.slice(0, byteCount) : undefined;
}

Deno.test("compressLzf writes the bytes that Redis writes, and LzfRoom reads them", () => {
  for (const [text, base64] of GOLDEN) {
    const golden = bytesOfText(atob(base64));
    assertEquals(compressed(bytesOfText(text), text.length), golden);
    assertEquals(textOfBytes(decompressed(golden, text.length)!), text);
  }
});

Deno.test("compressLzf gives up where there is no room, or nothing to compress", () => {
  assertEquals(compressed(new Uint8Array(0), 10), undefined);
  assertEquals(compressed(bytesOfText("abc"), 0), undefined);
  assertEquals(compressed(bytesOfText("abcdefghijklmnopqrstuvwxyz"), 26), undefined);
  const text = bytesOfText("a".repeat(300)), whole = compressed(text, 300)!;
  for (let roomBytes = 1; roomBytes < whole.length; roomBytes++) {
    assertEquals(compressed(text, roomBytes), undefined);
  }
});

Deno.test(`LZF survives a round trip, whatever the bytes (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  let compressedCount = 0;
  for (let round = 0; round < 1500; round++) {
    const source = new Uint8Array(1 + random.below(round % 10 === 0 ? 20_000 : 400));
    const alphabet = 1 + random.below(round % 4 === 0 ? 256 : 5), echo = 1 + random.below(5);
    for (let index = 0; index < source.length; index++) {
      const isEcho = index > 20 && random.below(echo) === 0;
      source[index] = isEcho ? source[index - 1 - random.below(20)] : random.below(alphabet);
    }
    const packed = compressed(source, source.length);
    if (packed === undefined) continue;
    compressedCount++;
    assertEquals(decompressed(packed, source.length), source);
    assertEquals(decompressed(packed, source.length - 1), undefined);
    assertEquals(decompressed(packed, source.length + 1), undefined);
  }
  assert(compressedCount > 300);
});

Deno.test("LzfRoom refuses bytes that are cut short or point before the beginning", () => {
  for (const bytes of [[3, 97, 98], [0x20], [0xe0], [0xe0, 1], [0, 97, 0x20, 1], [0x20, 0]]) {
    for (let byteCount = 0; byteCount < 20; byteCount++) {
      assertEquals(decompressed(Uint8Array.from(bytes), byteCount), undefined);
    }
  }
  assertEquals(decompressed(Uint8Array.from([0, 97, 0x20, 0]), 4), bytesOfText("aaaa"));
});

Deno.test(`LzfRoom reads what a plain reading of the format gives, and refuses the rest (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  let soundCount = 0;
  for (let round = 0; round < 3000; round++) {
    const bytes = new Uint8Array(1 + random.below(60));
    random.fillBytes(bytes);
    if (random.below(2) === 0) soften(bytes, random);
    const plain = readPlainly(bytes);
    if (plain === undefined) {
      assertEquals(decompressed(bytes, random.below(200)), undefined);
      continue;
    }
    soundCount++;
    assertEquals(decompressed(bytes, plain.length), Uint8Array.from(plain));
    assertEquals(decompressed(bytes, Math.max(0, plain.length - 1)), undefined);
  }
  assert(soundCount > 300);
});

/** Makes bytes likely to be LZF: a literal, then references to what came shortly before. */
function soften(bytes: Uint8Array, random: SeededRandom): void {
  bytes[0] = 0;
  for (let at = 2; at + 1 < bytes.length; at += 2) {
    bytes[at] = (1 + random.below(6)) << 5;
    bytes[at + 1] = random.below(at);
  }
  if (bytes.length % 2 === 1) bytes[bytes.length - 1] = 0x20;
}

/** Decompresses byte by byte, as the format is described; `undefined` if it is not that. */
function readPlainly(bytes: Uint8Array): number[] | undefined {
  const plain: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const control = bytes[at++];
    if (control < 32) {
      if (at + control + 1 > bytes.length) return undefined;
      for (let left = control + 1; left > 0; left--) plain.push(bytes[at++]);
      continue;
    }
    let length = (control >> 5) + 2;
    if (length === 9) length += bytes[at++];
    const distance = ((control & 0x1f) << 8) + bytes[at++] + 1;
    if (at > bytes.length || distance > plain.length) return undefined;
    for (let left = length; left > 0; left--) plain.push(plain[plain.length - distance]);
  }
  return plain;
}
