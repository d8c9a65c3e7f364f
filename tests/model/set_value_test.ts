/**
 * Set value model: random changes against a `Set` of strings, over both encodings and the change from
 * one to the other, while a walk with `scan` is under way.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { SetMember, type SetValue } from "../../src/store/mod.ts";
import { takeSeed } from "../support/seed.ts";
import { StoreFixture } from "../unit/store/store_fixture.ts";

interface Trial {
  /** Directive `set-max-intset-entries`. */
  intsetMax: number;
  memberCount: number;
  /** One in so many members is no integer; 0: none. */
  textShare: number;
  actionCount: number;
}

const KEY = ByteView.ofText("set");

/** A key's set and what it should hold. */
class SetModel implements Disposable {
  readonly members = new Set<string>();
  completedScanCount = 0;
  /** Encodings met, by number. */
  readonly encodings = new Set<number>();

  readonly #fixture = new StoreFixture(1);
  readonly #random: SeededRandom;
  readonly #trial: Trial;
  readonly #shown = new SetMember();
  #cursor = 0;
  /** Members that were there when the walk began, were never removed, and are not visited yet. */
  #owed = new Set<string>();

  constructor(random: SeededRandom, trial: Trial) {
    this.#random = random;
    this.#trial = trial;
    this.#fixture.store.environment.limits.setMaxIntsetEntries = trial.intsetMax;
  }

  run(): void {
    for (let action = 0; action < this.#trial.actionCount; action++) {
      const isGrowing = Math.floor(action / (this.#trial.memberCount * 3)) % 2 === 0;
      const draw = this.#random.below(100);
      if (draw < (isGrowing ? 60 : 15)) this.#add();
      else if (draw < 75) this.#remove();
      else if (draw < 85) this.#removeDrawn();
      else if (draw < 93) this.#lookUp();
      else if (draw < 97) this.#scan();
      else if (this.#random.below(10) === 0) this.#copy();
      if (this.#random.below(this.#trial.actionCount / 40) === 0) this.verify();
    }
    this.verify();
  }

  verify(): void {
    const set = this.#open();
    assertEquals(set.count, this.members.size);
    const walked = this.#walk(set);
    if (set.isIntset) assertEquals(walked, [...this.members].sort((a, b) => Number(a) - Number(b)));
    assertEquals(walked.toSorted(), [...this.members].sort());
  }

  #open(): SetValue {
    const set = this.#fixture.keyspace.openSet(KEY);
    if (set.ref !== 0) this.encodings.add(set.encoding);
    return set;
  }

  #walk(set: SetValue): string[] {
    const walked: string[] = [];
    const walk = set.startWalk();
    while (walk.next()) {
      for (let index = 0; index < walk.count; index++) {
        walked.push(walk.show(index, this.#shown).view.toText());
      }
    }
    return walked;
  }

  #drawMember(): string {
    const number = this.#random.below(this.#trial.memberCount);
    const { textShare } = this.#trial;
    if (textShare === 0 || number % textShare > 0) return String(number * (number % 3 - 1) * 70);
    return number % (7 * textShare) === 0
      ? `${number}`.padStart(253 + number % 5, "m")
      : `${number}x`;
  }

  #add(): void {
    const member = this.#drawMember();
    assertEquals(this.#open().add(ByteView.ofText(member)), !this.members.has(member));
    this.members.add(member);
  }

  #remove(): void {
    const member = this.#drawMember();
    assertEquals(this.#open().remove(ByteView.ofText(member)), this.members.has(member));
    this.#forget(member);
  }

  #removeDrawn(): void {
    const set = this.#open();
    if (set.ref === 0) return;
    const place = set.drawPlace();
    const member = set.show(place, this.#shown).view.toText();
    assert(this.members.has(member), member);
    set.removeDrawn(place);
    this.#forget(member);
  }

  #forget(member: string): void {
    this.members.delete(member);
    this.#owed.delete(member);
    if (this.members.size > 0) return;
    const { keyspace } = this.#fixture;
    assertEquals(this.#open().count, 0);
    if (this.#open().ref !== 0) keyspace.removeEntry(this.#open().ref);
  }

  #lookUp(): void {
    const member = this.#drawMember();
    const isThere = this.members.has(member);
    assertEquals(this.#open().has(ByteView.ofText(member)), isThere);
    assertEquals(this.#open().hasMember(this.#shown.setBytes(ByteView.ofText(member))), isThere);
  }

  #scan(): void {
    if (this.#cursor === 0) this.#owed = new Set(this.members);
    const set = this.#open();
    this.#cursor = set.scan(this.#cursor, 1 + this.#random.below(50));
    for (let index = 0; index < set.walk.count; index++) {
      const member = set.walk.show(index, this.#shown).view.toText();
      assert(this.members.has(member), member);
      this.#owed.delete(member);
    }
    if (this.#cursor !== 0) return;
    assertEquals([...this.#owed], [], "a walk missed members that were there all the time");
    this.completedScanCount++;
  }

  /** Copies the set, and puts it in the copy's place or removes the copy. */
  #copy(): void {
    const set = this.#open();
    if (set.ref === 0) return;
    const copy = this.#fixture.keyspace.setHandle(1);
    copy.detach(set.encoding, set.copyRoot(), set.count);
    assertEquals(this.#walk(copy).sort(), this.#walk(set).sort());
    assert(copy.memoryBytes(0) > 0 && copy.memoryBytes(5) > 0);
    if (this.#random.below(2) === 0) set.replaceBy(copy);
    copy.free();
    this.#cursor = 0; // a copy's dictionary may have other segments
  }

  /** Checks that nothing was leaked. */
  [Symbol.dispose](): void {
    this.#fixture[Symbol.dispose]();
  }
}

// deno-fmt-ignore
const TRIALS: readonly (readonly [string, number, Trial])[] = [
  ["few integers", 1, { intsetMax: 512, memberCount: 300, textShare: 0, actionCount: 20_000 }],
  ["more integers than an intset takes", 2, { intsetMax: 64, memberCount: 300, textShare: 0, actionCount: 20_000 }],
  ["integers, none of which may be packed", 1, { intsetMax: 0, memberCount: 100, textShare: 0, actionCount: 10_000 }],
  ["now and then a text", 2, { intsetMax: 512, memberCount: 200, textShare: 40, actionCount: 20_000 }],
  ["many texts and integers", 1, { intsetMax: 512, memberCount: 9000, textShare: 2, actionCount: 60_000 }],
];

for (const [name, encodingCountMin, trial] of TRIALS) {
  Deno.test(`model: a set value of ${name} behaves as a Set`, () => {
    using model = new SetModel(new SeededRandom(takeSeed(`set value of ${name}`)), trial);
    model.run();
    assert(model.completedScanCount > 0, "no walk was completed");
    assert(model.encodings.size >= encodingCountMin, `encodings ${[...model.encodings]}`);
  });
}
