/**
 * KeyLookAhead: hashes known in advance are the hashes.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { bytesOfText, ByteView } from "../../../src/base/byte_view.ts";
import { KeyHash } from "../../../src/base/key_hash.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { KeyLookAhead } from "../../../src/store/key_look_ahead.ts";

const KEY_BYTES = 3;

Deno.test("KeyLookAhead gives each key its hash, announced or not, in whatever order", () => {
  const hash = new KeyHash(new SeededRandom(1)), lookAhead = new KeyLookAhead(hash);
  const bytes = bytesOfText(
    Array.from({ length: 100 }, (_, index) => String(100 + index)).join(""),
  );
  const keyAt = (index: number) => new ByteView(bytes, index * KEY_BYTES, (index + 1) * KEY_BYTES);
  for (let index = 0; index < 100; index += 2) lookAhead.add(keyAt(index));
  for (const index of [0, 1, 2, 2, 90, 3, 98, 4, 99]) {
    const key = keyAt(index);
    assertEquals(lookAhead.hashOf(key), hash.of(bytes, key.start, key.end), `key ${index}`);
  }
});

Deno.test("KeyLookAhead does not take another key at the same place for the one announced", () => {
  const hash = new KeyHash(new SeededRandom(2)), lookAhead = new KeyLookAhead(hash);
  const bytes = bytesOfText("abcdef"), others = bytesOfText("uvwxyz");
  lookAhead.add(new ByteView(bytes, 0, 3));
  assertEquals(lookAhead.hashOf(new ByteView(bytes, 0, 4)), hash.of(bytes, 0, 4));
  assertEquals(lookAhead.hashOf(new ByteView(others, 0, 3)), hash.of(others, 0, 3));
  lookAhead.clear();
  bytes.set(others);
  assertEquals(lookAhead.hashOf(new ByteView(bytes, 0, 3)), hash.of(others, 0, 3));
});

Deno.test("KeyLookAhead knows whether all keys are one", () => {
  const hash = new KeyHash(new SeededRandom(4)), lookAhead = new KeyLookAhead(hash);
  const isOneKey = (text: string): boolean => {
    lookAhead.clear();
    const bytes = bytesOfText(text);
    for (let at = 0; at < text.length; at += 3) {
      const key = new ByteView(bytes, at, Math.min(at + 3, text.length));
      lookAhead.add(key);
      assertEquals(lookAhead.hashOf(key), hash.of(bytes, key.start, key.end));
    }
    return lookAhead.isOneKey;
  };
  for (const text of ["ant", "antant", "antantant"]) assertEquals(isOneKey(text), true, text);
  for (const text of ["antbee", "antantbee", "antbeeant", "antbeebee", "antan", "antint"]) {
    assertEquals(isOneKey(text), false, text);
  }
});

Deno.test("KeyLookAhead passes over more keys than it remembers", () => {
  const hash = new KeyHash(new SeededRandom(3)), lookAhead = new KeyLookAhead(hash);
  const bytes = bytesOfText("k".repeat(1000));
  for (let at = 0; at < 1000; at += 2) lookAhead.add(new ByteView(bytes, at, at + 2));
  assertEquals(lookAhead.count, 64);
  assertEquals(lookAhead.hashOf(new ByteView(bytes, 900, 902)), hash.of(bytes, 900, 902));
});
