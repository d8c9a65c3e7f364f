/**
 * Past value model: random changes of a large hash, set or sorted set while it is read in steps. What is
 * read must be what the value was at the beginning, each element once.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import {
  type ElementVisitor,
  type Keyspace,
  PastValue,
  SetMember,
  type Store,
} from "../../src/store/mod.ts";
import { takeSeed } from "../support/seed.ts";
import { StoreFixture } from "../unit/store/store_fixture.ts";

const ROUND_COUNT = 40;
const ELEMENT_COUNT = 1500;
const KEY = ByteView.ofText("key");

/** What is done to values of one type. */
interface Subject {
  readonly name: string;
  add(keyspace: Keyspace, element: string, value: number): void;
  /** One change by chance. */
  change(keyspace: Keyspace, element: string, random: SeededRandom): void;
  /** All elements, with what belongs to each. */
  read(keyspace: Keyspace, key: ByteView): string[];
}

const HASH: Subject = {
  name: "hash",
  add: (keyspace, element, value) => {
    keyspace.openHash(KEY).set(ByteView.ofText(element), ByteView.ofText(`${value}`));
  },
  change: (keyspace, element, random) => {
    const hash = keyspace.openHash(KEY), field = ByteView.ofText(element);
    if (random.below(2) === 0) hash.remove(field);
    else hash.set(field, ByteView.ofText("new".repeat(1 + random.below(20))));
  },
  read: (keyspace, key) => {
    const hash = keyspace.readHash(key)!, found: string[] = [];
    const field = new ByteView(), value = new ByteView();
    hash.forEach((element) =>
      found.push(
        `${hash.readField(element, field).toText()} ${hash.readValue(element, value).toText()}`,
      )
    );
    return found.sort();
  },
};

const SET: Subject = {
  name: "set",
  add: (keyspace, element) => void keyspace.openSet(KEY).add(ByteView.ofText(element)),
  change: (keyspace, element, random) => {
    const set = keyspace.openSet(KEY), member = ByteView.ofText(element);
    const choice = random.below(100);
    if (choice < 40) set.add(member);
    else if (choice < 70) set.remove(member);
    else if (choice < 99 && set.count > 0) set.removeDrawn(set.drawPlace());
    else if (set.count > 0) {
      const fresh = keyspace.setHandle(1).detach();
      fresh.add(member);
      set.replaceBy(fresh);
    }
  },
  read: (keyspace, key) => {
    const walk = keyspace.readSet(key)!.startWalk(), member = new SetMember(), found: string[] = [];
    while (walk.next()) {
      for (let index = 0; index < walk.count; index++) {
        found.push(walk.show(index, member).view.toText());
      }
    }
    return found.sort();
  },
};

const SORTED_SET: Subject = {
  name: "sorted set",
  add: (keyspace, element, value) => {
    keyspace.openSortedSet(KEY).set(ByteView.ofText(element), value);
  },
  change: (keyspace, element, random) => {
    const set = keyspace.openSortedSet(KEY), member = ByteView.ofText(element);
    const choice = random.below(100);
    if (choice < 60) set.set(member, random.below(random.below(2) === 0 ? 10 : 1000));
    else if (choice < 98) set.remove(member);
    else {
      const rank = random.below(set.count);
      set.removeRange(rank, Math.min(20, set.count - rank));
    }
  },
  read: (keyspace, key) => {
    const set = keyspace.readSortedSet(key)!, view = new ByteView(), found: string[] = [];
    for (let at = set.first(); at !== 0; at = set.next(at)) {
      found.push(`${set.memberAt(at, view).toText()} ${set.scoreAt(at)}`);
    }
    return found.sort();
  },
};

/** Sets the limits of all compact encodings to a count of elements. */
function limitPacked({ environment: { limits } }: Store, count: number): void {
  limits.hashMaxListpackEntries = count;
  limits.setMaxIntsetEntries = count;
  limits.zsetMaxListpackEntries = count;
}

/**
 * Reads a value while it changes; returns what was at the beginning, and what was read. By chance the
 * elements are integers, and the limits grow so that the value would be packed if it began now.
 */
function readOf(subject: Subject, fixture: StoreFixture, random: SeededRandom): string[][] {
  const { keyspace, store, store: { environment } } = fixture;
  const prefix = random.below(2) === 0 ? "element:" : "";
  limitPacked(store, 16);
  const valueCount = [1, 10, 1000][random.below(3)]; // few scores: many members have the same
  for (let index = 0; index < ELEMENT_COUNT; index++) {
    subject.add(keyspace, `${prefix}${index}`, random.below(valueCount));
  }
  if (random.below(2) === 0) limitPacked(store, 2 * ELEMENT_COUNT);
  const before = subject.read(keyspace, KEY), read: string[] = [];
  const past = new PastValue(environment, keyspace.peek(KEY));
  assertEquals(past.count, before.length);
  environment.elementKeeper = { keepElement: (handle, element) => past.keep(handle, element) };
  const visitor: ElementVisitor = {
    field: (field, value) => void read.push(`${field.toText()} ${value.toText()}`),
    member: (member) => void read.push(member.toText()),
    scored: (member, score) => void read.push(`${member.toText()} ${score}`),
  };
  const rate = random.below(80), elementCount = random.below(4 * ELEMENT_COUNT) + 1;
  for (let isMore = true; isMore;) {
    for (let count = random.below(2 * rate + 1); count > 0; count--) {
      subject.change(keyspace, `${prefix}${random.below(elementCount)}`, random);
    }
    isMore = past.step(visitor);
  }
  environment.elementKeeper = undefined;
  for (const ref of past.end()) {
    environment.freeValue(ref, false);
    environment.arena.free(ref);
  }
  keyspace.remove(KEY);
  return [before, read.sort()];
}

for (const subject of [HASH, SET, SORTED_SET]) {
  Deno.test(`model: a ${subject.name} is read as it was though it changes meanwhile`, () => {
    const random = new SeededRandom(takeSeed(`past value of a ${subject.name}`));
    using fixture = new StoreFixture();
    for (let round = 0; round < ROUND_COUNT; round++) {
      const [before, read] = readOf(subject, fixture, random);
      assertEquals(read, before);
    }
  });
}
