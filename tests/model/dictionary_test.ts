/**
 * Dictionary model: random changes against a `Map`, while walks with `scan` and `HashWalk` are under way.
 *
 * It runs with an even hash and with a crippled one, whose few home slots lie at the end of a
 * segment (long runs that wrap around) and whose top bits are mostly zero (some parts of the
 * directory deep, others shallow). Phases of growing and of shrinking alternate, so that segments
 * split and merge and the directory doubles and halves.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../src/base/byte_view.ts";
import { KeyHash } from "../../src/base/key_hash.ts";
import { SeededRandom } from "../../src/base/random.ts";
import type { Ref } from "../../src/store/memory/mod.ts";
import { Dictionary, HashWalk } from "../../src/store/structures/mod.ts";
import { RestlessArena } from "../support/restless_arena.ts";
import { createRecord, keyOfRecord } from "../support/dictionary_record.ts";
import { takeSeed } from "../support/seed.ts";

type HashOf = (key: Uint8Array) => number;

interface Trial {
  hashOf: HashOf;
  actionCount: number;
  /** Actions between a change from growing to shrinking and back. */
  phaseActionCount: number;
  keyCount: number;
}

/** The dictionary, what it should hold, and a walk over it. */
class DictionaryModel {
  readonly arena: RestlessArena;
  readonly dictionary: Dictionary;
  readonly records = new Map<string, Ref>();
  completedScanCount = 0;
  completedHashWalkCount = 0;
  completedRelocationCount = 0;
  splitCount = 0;
  mergeCount = 0;

  readonly #random: SeededRandom;
  readonly #trial: Trial;
  #cursor = 0;
  #relocationCursor = 0;
  /** Keys that were there when the walk began, were never removed, and are not visited yet. */
  #owed = new Set<string>();
  #hashWalk: HashWalk | undefined;
  /** Keys of the hash walk: those that it met, and those that it has to meet yet. */
  #met = new Set<string>();
  #toMeet = new Set<string>();
  #lastLength = 1;

  constructor(random: SeededRandom, trial: Trial) {
    this.#random = random;
    this.arena = new RestlessArena(random);
    this.dictionary = new Dictionary(this.arena).create();
    this.#trial = trial;
  }

  run(): void {
    for (let action = 0; action < this.#trial.actionCount; action++) {
      const isGrowing = Math.floor(action / this.#trial.phaseActionCount) % 2 === 0;
      const draw = this.#random.below(100);
      if (draw < (isGrowing ? 70 : 5)) this.#put();
      else if (draw < 85) this.#remove();
      else if (draw < 92) this.#replace();
      else if (draw < 95) this.#lookUp();
      else if (draw < 96) this.#relocate();
      else if (draw < 98) this.#scan(1 + this.#random.below(400));
      else this.#walkHashes(1 + this.#random.below(400));
      this.#noteDirectory();
      if (this.#random.below(5000) === 0) this.verify();
    }
  }

  /** Goes on with moving blocks off thin pages. */
  #relocate(): void {
    this.#relocationCursor = this.dictionary.relocate(
      this.#relocationCursor,
      1 + this.#random.below(400),
      (record) => {
        const moved = this.arena.moveOut(record);
        this.records.set(textOfBytes(keyOfRecord(this.arena, moved)), moved);
        return moved;
      },
    );
    if (this.#relocationCursor === 0) this.completedRelocationCount++;
  }

  verify(): void {
    assertEquals(this.dictionary.count, this.records.size);
    const seen = new Map<string, Ref>();
    this.dictionary.forEach((record, hash) => {
      const key = keyOfRecord(this.arena, record);
      assertEquals(hash, this.#trial.hashOf(key));
      seen.set(textOfBytes(key), record);
    });
    assertEquals(seen.size, this.records.size);
    for (const [key, record] of this.records) {
      assertEquals(seen.get(key), record);
      assertEquals(this.#find(bytesOfText(key)), record);
    }
  }

  removeAll(): void {
    for (const key of [...this.records.keys()]) this.#removeKey(key);
  }

  #drawKey(): string {
    const number = this.#random.below(this.#trial.keyCount);
    // Some keys are long enough to need a word for their length.
    return number % 50 === 0 ? `${number}`.padStart(250 + number % 12, "k") : `key:${number}`;
  }

  #find(key: Uint8Array): Ref {
    return this.dictionary.find(this.#trial.hashOf(key), key, 0, key.length);
  }

  #lookUp(): void {
    const key = this.#drawKey();
    const record = this.#find(bytesOfText(key));
    assertEquals(record, this.records.get(key) ?? 0);
    if (record === 0) return;
    assert(this.dictionary.findRecord(this.#trial.hashOf(bytesOfText(key)), record));
    assert(this.records.size > 0 && this.dictionary.randomRecord(this.#random) !== 0);
  }

  #put(): void {
    const key = this.#drawKey();
    const bytes = bytesOfText(key);
    if (this.#find(bytes) !== 0) {
      assert(this.records.has(key));
      return;
    }
    assert(!this.records.has(key));
    const record = createRecord(this.arena, bytes);
    if (this.#random.below(2) === 0) this.dictionary.insert(this.#trial.hashOf(bytes), record);
    else this.dictionary.insertFound(this.#trial.hashOf(bytes), record);
    this.records.set(key, record);
  }

  #replace(): void {
    const key = this.#drawKey();
    const old = this.#find(bytesOfText(key));
    assertEquals(old, this.records.get(key) ?? 0);
    if (old === 0) return;
    const record = createRecord(this.arena, bytesOfText(key));
    this.dictionary.replaceFound(record);
    this.arena.free(old);
    this.records.set(key, record);
  }

  #remove(): void {
    const key = this.#drawKey();
    if (this.records.has(key)) this.#removeKey(key);
    else assertEquals(this.#find(bytesOfText(key)), 0);
  }

  #removeKey(key: string): void {
    const record = this.#find(bytesOfText(key));
    assertEquals(record, this.records.get(key));
    this.dictionary.removeFound();
    this.arena.free(record);
    this.records.delete(key);
    this.#owed.delete(key);
    this.#toMeet.delete(key);
    this.#met.delete(key); // if it is added again, it is another record
  }

  #walkHashes(wantedCount: number): void {
    const isFresh = this.#hashWalk === undefined || this.#hashWalk.isDone;
    if (isFresh) this.#hashWalk = new HashWalk(this.arena);
    const walk = this.#hashWalk!;
    if (isFresh) {
      this.#toMeet = new Set(this.records.keys());
      this.#met = new Set();
    }
    const isThrough = (key: string) => walk.isThrough(this.#trial.hashOf(bytesOfText(key)));
    let metCount = 0;
    walk.step(this.dictionary.root, wantedCount, (record) => {
      const key = textOfBytes(keyOfRecord(this.arena, record));
      assertEquals(this.records.get(key), record);
      assert(!this.#met.has(key), `met twice: ${key}`);
      this.#met.add(key);
      this.#toMeet.delete(key);
      metCount++;
    });
    if (!walk.isDone) {
      assert(metCount >= wantedCount);
    } else {
      assertEquals([...this.#toMeet], [], "a walk missed keys that were there all the time");
      this.completedHashWalkCount++;
    }
    if (this.#random.below(50) > 0) return;
    for (const key of this.#met) assert(isThrough(key));
    for (const key of this.#toMeet) assert(!isThrough(key), `passed over: ${key}`);
  }

  #scan(wantedCount: number): void {
    if (this.#cursor === 0) this.#owed = new Set(this.records.keys());
    let visitedCount = 0;
    this.#cursor = this.dictionary.scan(this.#cursor, wantedCount, (record) => {
      const key = textOfBytes(keyOfRecord(this.arena, record));
      assertEquals(this.records.get(key), record);
      this.#owed.delete(key);
      visitedCount++;
    });
    if (this.#cursor !== 0) {
      assert(visitedCount >= wantedCount, `${visitedCount} visited, ${wantedCount} wanted`);
      return;
    }
    assertEquals([...this.#owed], [], "a walk missed keys that were there all the time");
    this.completedScanCount++;
  }

  #noteDirectory(): void {
    const length = this.dictionary.directoryLength;
    if (length > this.#lastLength) this.splitCount++;
    if (length < this.#lastLength) this.mergeCount++;
    this.#lastLength = length;
  }
}

function runTrial(name: string, makeTrial: (random: SeededRandom) => Trial): void {
  Deno.test(`model: a dictionary with ${name} behaves as a Map`, () => {
    const random = new SeededRandom(takeSeed(`dictionary with ${name}`));
    const model = new DictionaryModel(random, makeTrial(random));
    model.run();
    model.verify();
    assert(model.completedScanCount > 0, "no walk was completed");
    assert(model.completedHashWalkCount > 0, "no walk by hashes was completed");
    assert(model.completedRelocationCount > 0 && model.arena.movedCount > 0, "nothing was moved");
    assert(model.splitCount > 1, `the directory doubled ${model.splitCount} times`);
    assert(model.mergeCount > 1, `the directory halved ${model.mergeCount} times`);

    model.removeAll();
    assertEquals(model.dictionary.directoryLength, 1);
    model.arena.verify(2); // the root and the one segment that an empty dictionary has
    while (model.dictionary.dismantleSome(() => assert(false, "a record is left")));
    assertEquals([model.dictionary.root, model.dictionary.count], [0, 0]);
    model.arena.verify(0);
  });
}

runTrial("an even hash", (random) => {
  const hash = new KeyHash(random);
  return {
    hashOf: (key) => hash.of(key, 0, key.length),
    actionCount: 200_000,
    phaseActionCount: 50_000,
    keyCount: 12_000,
  };
});

runTrial("a crippled hash", (random) => {
  const hash = new KeyHash(random);
  return {
    hashOf: (key) => {
      const even = hash.of(key, 0, key.length);
      const top = (even & 0xffff0000) >>> (even & 7);
      const home = 0xfb0 + ((even >>> 3) & 0x7f); // 80 slots before the end, 48 behind it
      return (top & 0xfffff000) | (home & 0xfff);
    },
    actionCount: 60_000,
    phaseActionCount: 15_000,
    keyCount: 9000,
  };
});
