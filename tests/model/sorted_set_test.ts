/**
 * Sorted set model: random changes in both encodings and between them, against a sorted array.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import type { SortedSetValue } from "../../src/store/mod.ts";
import { takeSeed } from "../support/seed.ts";
import { StoreFixture } from "../unit/store/store_fixture.ts";

const ACTION_COUNT = 30_000;
const SCORES = [-Infinity, -1e300, -2.5, -1, 0, 0.1, 1e-7, 1, 2, 3, 127, 128, 2 ** 53, Infinity];
const KEY = ByteView.ofText("key");

interface Scored {
  readonly member: string;
  readonly score: number;
}

/** A sorted set under a key, and what it should hold. */
class SortedSetModel {
  readonly fixture: StoreFixture;
  readonly encodings = new Set<number>();
  members: Scored[] = [];
  readonly #random: SeededRandom;
  readonly #view = new ByteView();

  constructor(fixture: StoreFixture, random: SeededRandom) {
    this.fixture = fixture;
    this.#random = random;
  }

  /** The value, opened anew as each command does. */
  open(): SortedSetValue {
    return this.fixture.keyspace.openSortedSet(KEY);
  }

  run(): void {
    for (let action = 0; action < ACTION_COUNT; action++) {
      const draw = this.#random.below(100);
      if (draw < 45) this.#set();
      else if (draw < 70) this.#remove();
      else if (draw < 72) this.#removeRange();
      else if (draw < 95) this.#ask();
      else this.verify(this.open());
      this.encodings.add(this.open().encoding);
      if (this.#random.below(500) === 0) this.#removeAll();
    }
  }

  verify(set: SortedSetValue): void {
    const { members } = this;
    assertEquals(set.count, members.length);
    let forward = set.first();
    for (const [rank, { member, score }] of members.entries()) {
      assertEquals(set.memberAt(forward, this.#view).toText(), member);
      assertEquals(set.scoreAt(forward), score);
      assertEquals(set.at(rank), forward);
      if (rank > 0) assertEquals(set.previous(forward), set.at(rank - 1));
      assert(set.find(ByteView.ofText(member)));
      assertEquals(set.rankOfFound(), rank);
      forward = set.next(forward);
    }
    assertEquals(set.last(), set.at(members.length - 1));
    this.#verifyWalk(set);
  }

  /** A walk with cursors meets every member. */
  #verifyWalk(set: SortedSetValue): void {
    const met = new Set<string>();
    let cursor = 0;
    do {
      cursor = set.scan(cursor, 7, (position) => {
        met.add(set.memberAt(position, this.#view).toText());
      });
    } while (cursor !== 0);
    assertEquals(met, new Set(this.members.map(({ member }) => member)));
  }

  #drawMember(): string {
    const number = this.#random.below(80);
    return number % 20 === 0 ? `${number}`.padStart(300, "m") : String(number - 20);
  }

  #drawScore(): number {
    return SCORES[this.#random.below(SCORES.length)] + this.#random.below(2);
  }

  #set(): void {
    const member = this.#drawMember(), score = this.#drawScore();
    const index = this.members.findIndex((other) => other.member === member);
    assertEquals(this.open().set(ByteView.ofText(member), score), index < 0);
    if (index >= 0) this.members.splice(index, 1);
    this.members.push({ member, score });
    this.members.sort(compareScored);
  }

  #remove(): void {
    const member = this.#drawMember();
    const index = this.members.findIndex((other) => other.member === member);
    const set = this.open();
    assertEquals(set.remove(ByteView.ofText(member)), index >= 0);
    if (index >= 0) this.members.splice(index, 1);
    if (set.ref !== 0 && set.count === 0) this.#removeAll();
  }

  #removeRange(): void {
    const count = this.members.length;
    if (count === 0) return;
    const rank = this.#random.below(count), removedCount = 1 + this.#random.below(count - rank);
    this.open().removeRange(rank, removedCount);
    this.members.splice(rank, removedCount);
    if (this.members.length === 0) this.#removeAll();
  }

  #removeAll(): void {
    this.fixture.keyspace.remove(KEY);
    this.members = [];
  }

  #ask(): void {
    const set = this.open(), { members } = this;
    const score = this.#drawScore(), member = this.#drawMember();
    assertEquals(set.countBelow(score, false), members.filter((it) => it.score < score).length);
    assertEquals(set.countBelow(score, true), members.filter((it) => it.score <= score).length);
    const known = members.find((other) => other.member === member);
    assertEquals(set.find(ByteView.ofText(member)), known !== undefined);
    if (known !== undefined) assertEquals(set.score, known.score);
    const drawn = set.draw();
    assertEquals(drawn === 0, members.length === 0);
    if (drawn !== 0) {
      const drawnMember = set.memberAt(drawn, this.#view).toText();
      assert(members.some((other) => other.member === drawnMember));
    }
  }
}

function compareScored(left: Scored, right: Scored): number {
  if (left.score !== right.score) return left.score < right.score ? -1 : 1;
  return left.member < right.member ? -1 : 1;
}

for (const [entriesMax, bytesMax] of [[0, 64], [1, 64], [25, 64], [25, 400], [200, 400]]) {
  Deno.test(`model: a sorted set packed up to ${entriesMax} members of ${bytesMax} bytes`, () => {
    using fixture = new StoreFixture(1);
    const { limits } = fixture.store.environment;
    limits.zsetMaxListpackEntries = entriesMax;
    limits.zsetMaxListpackValue = bytesMax;
    const model = new SortedSetModel(fixture, new SeededRandom(takeSeed("sorted set")));
    model.run();
    model.verify(model.open());
    assert(model.encodings.size >= (entriesMax === 0 || entriesMax === 200 ? 2 : 3));

    const copyKey = ByteView.ofText("copy");
    if (model.members.length === 0) return;
    fixture.keyspace.copyEntry(model.open().ref, fixture.keyspace, copyKey);
    model.verify(fixture.keyspace.readSortedSet(copyKey)!);
    assert(fixture.store.environment.values.memoryBytes(model.open().ref, 0) > 0);
  });
}

Deno.test("a sorted set draft sorts what it gathered, and packs it if it is small", () => {
  using fixture = new StoreFixture(1);
  const random = new SeededRandom(takeSeed("sorted set draft"));
  for (const memberCount of [1, 2, 100, 128, 129, 5000]) {
    const draft = fixture.keyspace.sortedSetDraft();
    const expected = new Map<string, number>();
    for (let count = 0; count < memberCount * 2; count++) {
      const name = String(random.below(memberCount)), score = random.below(50) - 25;
      const member = ByteView.ofText(name);
      assertEquals(draft.find(member), expected.has(name));
      if (expected.has(name)) {
        assertEquals(draft.score, expected.get(name));
        draft.updateFound(score);
      } else {
        draft.addMissed(member, score);
      }
      expected.set(name, score);
    }
    assertEquals(draft.count, expected.size);
    draft.sort();
    const set = fixture.keyspace.sortedSetHandle(1), key = ByteView.ofText("drafted");
    draft.finish(set);
    fixture.keyspace.storeCollection(key, set);
    const model = new SortedSetModel(fixture, random);
    model.members = [...expected].map(([member, score]) => ({ member, score }))
      .sort(compareScored);
    model.verify(fixture.keyspace.readSortedSet(key)!);
    assertEquals(fixture.keyspace.readSortedSet(key)!.encoding, expected.size > 128 ? 7 : 11);
  }
  fixture.keyspace.sortedSetDraft().discard();
});
