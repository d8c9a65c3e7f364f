/**
 * Dictionary: its verbs one by one; the model test mixes them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../../src/base/byte_view.ts";
import { KeyHash } from "../../../../src/base/key_hash.ts";
import { SeededRandom } from "../../../../src/base/random.ts";
import { CheckedArena, type Ref } from "../../../../src/store/memory/mod.ts";
import { Dictionary } from "../../../../src/store/structures/mod.ts";
import { createRecord, keyOfRecord } from "../../../support/dictionary_record.ts";

/** More than three times what one segment holds. */
const MANY = 12_000;
const random = new SeededRandom(7);
const keyHash = new KeyHash(random);

function hashOf(key: string): number {
  const bytes = bytesOfText(key);
  return keyHash.of(bytes, 0, bytes.length);
}

/** A dictionary with keys `0` to `keyCount - 1`, and its arena. */
function makeDictionary(keyCount: number): { arena: CheckedArena; dictionary: Dictionary } {
  const arena = new CheckedArena();
  const dictionary = new Dictionary(arena).create();
  for (let index = 0; index < keyCount; index++) add(arena, dictionary, `${index}`);
  return { arena, dictionary };
}

function add(arena: CheckedArena, dictionary: Dictionary, key: string): Ref {
  const record = createRecord(arena, bytesOfText(key));
  dictionary.insert(hashOf(key), record);
  return record;
}

function find(dictionary: Dictionary, key: string): Ref {
  const bytes = bytesOfText(key);
  return dictionary.find(hashOf(key), bytes, 0, bytes.length);
}

Deno.test("Dictionary.find gives 0 for a key that is not there, also in an empty one", () => {
  const { dictionary } = makeDictionary(0);
  assertEquals(find(dictionary, "ant"), 0);
  assertEquals([dictionary.count, dictionary.slotCount], [0, 4]);
});

Deno.test("Dictionary tells keys apart that have the same hash", () => {
  const { arena, dictionary } = makeDictionary(0);
  const records = ["ant", "bee", "an", ""].map((key) => {
    const record = createRecord(arena, bytesOfText(key));
    dictionary.insert(42, record);
    return { key: bytesOfText(key), record };
  });
  for (const { key, record } of records) {
    assertEquals(dictionary.find(42, key, 0, key.length), record);
  }
  assertEquals(dictionary.find(42, bytesOfText("be"), 0, 2), 0);
});

Deno.test("Dictionary.reserve makes room for records to come, in an empty dictionary only", () => {
  const { arena, dictionary } = makeDictionary(0);
  dictionary.reserve(MANY);
  const { slotCount } = dictionary;
  assert(slotCount >= MANY && slotCount <= 3 * MANY, `${slotCount} slots`);
  for (let index = 0; index < MANY; index++) add(arena, dictionary, `${index}`);
  assertEquals([dictionary.count, dictionary.slotCount], [MANY, slotCount]);
  for (let index = 0; index < MANY; index++) assert(find(dictionary, `${index}`) !== 0);
  dictionary.reserve(100 * MANY);
  assertEquals(dictionary.slotCount, slotCount);
  for (let index = 0; index < MANY; index++) {
    assert(find(dictionary, `${index}`) !== 0);
    dictionary.removeFound();
  }
  assertEquals([dictionary.count, dictionary.directoryLength], [0, 1]);
});

Deno.test("Dictionary.reserve leaves a dictionary small that needs no more", () => {
  const { dictionary } = makeDictionary(0);
  dictionary.reserve(100);
  assertEquals(dictionary.slotCount, 4);
});

Deno.test("Dictionary compares keys of 254 bytes and more to the last byte", () => {
  const { arena, dictionary } = makeDictionary(0);
  for (const byteCount of [254, 255, 256, 300_000]) {
    const key = bytesOfText("k".repeat(byteCount));
    const record = createRecord(arena, key);
    dictionary.insert(byteCount, record);
    assertEquals(dictionary.find(byteCount, key, 0, byteCount), record);
    assertEquals(dictionary.find(byteCount, key, 0, byteCount - 1), 0);
    key[byteCount - 1] = 0;
    assertEquals(dictionary.find(byteCount, key, 0, byteCount), 0);
  }
});

Deno.test("Dictionary finds every key after it has split many times", () => {
  const { arena, dictionary } = makeDictionary(MANY);
  assert(dictionary.directoryLength >= 4);
  assert(dictionary.slotCount >= MANY / 0.8);
  assert(dictionary.tableBytes >= dictionary.slotCount * 8);
  for (let index = 0; index < MANY; index++) {
    const record = find(dictionary, `${index}`);
    assertEquals(textOfBytes(keyOfRecord(arena, record)), `${index}`);
  }
  assertEquals(find(dictionary, `${MANY}`), 0);
});

Deno.test("Dictionary shrinks as its records go", () => {
  const { arena, dictionary } = makeDictionary(MANY);
  for (let index = 0; index < MANY; index++) {
    const record = find(dictionary, `${index}`);
    dictionary.removeFound();
    arena.free(record);
  }
  assertEquals([dictionary.count, dictionary.directoryLength, dictionary.slotCount], [0, 1, 4]);
  arena.verify(2); // the root and one segment
});

Deno.test("Dictionary.replaceFound and insertFound go where find has looked", () => {
  const { arena, dictionary } = makeDictionary(100);
  assertEquals(find(dictionary, "ant"), 0);
  const first = createRecord(arena, bytesOfText("ant"));
  dictionary.insertFound(hashOf("ant"), first);
  assertEquals(find(dictionary, "ant"), first);
  const second = createRecord(arena, bytesOfText("ant"));
  dictionary.replaceFound(second);
  assertEquals([find(dictionary, "ant"), dictionary.count], [second, 101]);
});

Deno.test("Dictionary.findRecord finds by reference, and only what is there", () => {
  const { arena, dictionary } = makeDictionary(100);
  const record = find(dictionary, "5");
  assert(dictionary.findRecord(hashOf("5"), record));
  dictionary.removeFound();
  assertEquals(find(dictionary, "5"), 0);
  assert(!dictionary.findRecord(hashOf("5"), record));
  arena.free(record);
});

Deno.test("Dictionary.scan visits each record once when nothing changes", () => {
  const { arena, dictionary } = makeDictionary(MANY);
  for (const wantedCount of [1, 10, 5000, MANY * 2]) {
    const seen: string[] = [];
    let cursor = 0;
    do {
      cursor = dictionary.scan(cursor, wantedCount, (record) => {
        seen.push(textOfBytes(keyOfRecord(arena, record)));
      });
    } while (cursor !== 0);
    assertEquals(seen.length, MANY);
    assertEquals(new Set(seen).size, MANY);
  }
});

Deno.test("Dictionary.scan visits not many more than were wanted", () => {
  const { dictionary } = makeDictionary(MANY);
  let cursor = 0;
  do {
    let visitedCount = 0;
    cursor = dictionary.scan(cursor, 10, () => visitedCount++);
    assert(visitedCount < 10 + 60, `${visitedCount} visited`);
  } while (cursor !== 0);
});

Deno.test("Dictionary.scan ends for any number as a cursor", () => {
  const { dictionary } = makeDictionary(MANY);
  for (const start of [1, 4095, 131_071, 2 ** 31, 2 ** 37 - 1, 2 ** 52 + 12_345, 2 ** 64]) {
    let callCount = 0;
    for (let cursor = start; cursor !== 0 && callCount < 100; callCount++) {
      cursor = dictionary.scan(cursor, 1000, () => {});
    }
    assert(callCount < 100, `cursor ${start} leads nowhere`);
  }
});

Deno.test("Dictionary.randomRecord draws each record about equally often", () => {
  const drawsPerKey = 400;
  for (const keyCount of [3, 100, 4000]) {
    const { dictionary } = makeDictionary(keyCount);
    const draws = new Map<Ref, number>();
    for (let draw = 0; draw < keyCount * drawsPerKey; draw++) {
      const record = dictionary.randomRecord(random);
      draws.set(record, (draws.get(record) ?? 0) + 1);
    }
    assertEquals(draws.size, keyCount);
    for (const drawCount of draws.values()) {
      // Six standard deviations of a binomial distribution: the seed is fixed, and chance is kind.
      assert(Math.abs(drawCount - drawsPerKey) < 6 * Math.sqrt(drawsPerKey), `${drawCount} draws`);
    }
  }
});

Deno.test("Dictionary.randomRecord is fair where some segments are deeper than others", () => {
  const arena = new CheckedArena();
  const dictionary = new Dictionary(arena).create();
  // A third of the hashes begins with 1, the others with 0001: that part is split deeper.
  for (let index = 0; index < 6000; index++) {
    const even = hashOf(`${index}`);
    const hash = index % 3 === 0 ? even | 0x80000000 : (even & 0x0fffffff) | 0x10000000;
    dictionary.insert(hash, createRecord(arena, bytesOfText(`${index}`)));
  }
  assertEquals(dictionary.directoryLength, 32);
  let upperCount = 0;
  for (let draw = 0; draw < 30_000; draw++) {
    const record = dictionary.randomRecord(random);
    if (Number(textOfBytes(keyOfRecord(arena, record))) % 3 === 0) upperCount++;
  }
  assert(Math.abs(upperCount - 10_000) < 500, `${upperCount} of 30000`);
});

Deno.test("Dictionary.randomRecord gives 0 when there is none", () => {
  assertEquals(makeDictionary(0).dictionary.randomRecord(random), 0);
});

Deno.test("Dictionary.dismantleSome frees the table bit by bit and hands over each record", () => {
  const { arena, dictionary } = makeDictionary(MANY);
  let visitedCount = 0;
  for (let isMore = true; isMore;) {
    const before = visitedCount;
    isMore = dictionary.dismantleSome((record) => {
      arena.free(record);
      visitedCount++;
    });
    assertEquals(dictionary.count, MANY - visitedCount);
    assert(visitedCount - before <= 4096);
  }
  assertEquals([visitedCount, dictionary.count], [MANY, 0]);
  arena.verify(0);
});
