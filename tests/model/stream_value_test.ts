/**
 * Stream model: random changes and reads of a stream with groups against arrays and maps.
 *
 * It runs in a checked arena, with nodes of a few entries; now and then the stream is copied, and the
 * copy goes on while the original is freed in slices.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { StreamId } from "../../src/base/stream_id.ts";
import { Args } from "../../src/resp/mod.ts";
import { type ConsumerGroup, StreamValue, TrimPlan } from "../../src/store/mod.ts";
import { takeSeed } from "../support/seed.ts";
import { StoreFixture } from "../unit/store/store_fixture.ts";

const ACTION_COUNT = 15_000;
const ENTRIES_MAX = 400;
const NAMES = ["ann", "bob", "cy", ""];

interface ModelPending {
  consumer: string;
  deliveredMs: number;
}

interface ModelGroup {
  readonly consumers: Set<string>;
  readonly pending: Map<number, ModelPending>;
}

/** A number as an ID: two entries to the millisecond. */
function setId(id: StreamId, value: number): StreamId {
  return id.setWords(0, value >> 1, 0, value & 1);
}

class StreamModel {
  stream: StreamValue;
  readonly fixture = new StoreFixture(1);
  readonly #random: SeededRandom;
  readonly #id = new StreamId();
  readonly #other = new StreamId();
  readonly #view = new ByteView();
  readonly #plan = new TrimPlan();
  /** Live entries in order: ID and the words. */
  #entries: [id: number, words: string[]][] = [];
  readonly #groups = new Map<string, ModelGroup>();
  #lastId = 0;
  #nowMs = 1;

  constructor(random: SeededRandom) {
    this.#random = random;
    const { limits } = this.fixture.store.environment;
    limits.streamNodeMaxEntries = 5;
    limits.streamNodeMaxBytes = 200;
    this.stream = this.#newStream();
    this.stream.create();
  }

  act(): void {
    const draw = this.#random.below(100);
    if (draw < 40) this.#append();
    else if (draw < 55) this.#remove();
    else if (draw < 57) this.#trim();
    else if (draw < 62) this.#look();
    else if (draw < 64) this.#changeGroups();
    else if (draw < 80) this.#deliver();
    else if (draw < 90) this.#acknowledge();
    else if (draw < 95) this.#claim();
    else if (draw < 96) this.#removeConsumer();
    else if (this.#random.below(40) === 0) this.#goOnWithCopy();
    if (this.#entries.length > ENTRIES_MAX) this.#trim();
  }

  verify(): void {
    const { stream } = this;
    assertEquals(stream.count, this.#entries.length);
    const first = this.#entries[0]?.[0];
    const wanted = first === undefined ? new StreamId() : setId(this.#other, first);
    assertEquals(stream.readFirstId(this.#id), wanted);
    this.#lookBetween(0, this.#lastId + 2);
    assertEquals(stream.groupCount, this.#groups.size);
    const names: string[] = [];
    for (let group = stream.firstGroup(); group !== undefined; group = stream.nextGroup()) {
      names.push(stream.groupName(group, this.#view).toText());
    }
    assertEquals(names, [...this.#groups.keys()].sort());
    for (const name of names) this.#verifyGroup(name);
  }

  /** Frees everything and checks that nothing is left. */
  end(): void {
    this.stream.free();
    this.fixture[Symbol.dispose]();
  }

  #newStream(): StreamValue {
    return new StreamValue(this.fixture.store.environment).detach();
  }

  #append(): void {
    const words: string[] = [];
    const isUsual = this.#random.below(3) > 0;
    do {
      words.push(isUsual ? "field" : `f${this.#random.below(3)}`);
      words.push(String(this.#random.below(2) === 0 ? this.#random.below(100_000) : "text"));
    } while (this.#random.below(3) === 0);
    this.#lastId += 1 + this.#random.below(4);
    const source = Args.of("XADD", ...words);
    const byteCount = source.byteCount - "XADD".length;
    this.stream.append(setId(this.#id, this.#lastId), source, 1, words.length / 2, byteCount);
    this.#entries.push([this.#lastId, words]);
  }

  #remove(): void {
    const value = this.#random.below(this.#lastId + 2);
    const index = this.#entries.findIndex(([id]) => id === value);
    assertEquals(this.stream.has(setId(this.#id, value)), index >= 0);
    assertEquals(this.stream.remove(setId(this.#id, value)), index >= 0);
    if (index < 0) return;
    this.#entries.splice(index, 1);
    this.stream.settleFirstId();
  }

  #trim(): void {
    const plan = this.#plan, length = this.#random.below(this.#entries.length + 1);
    const leastId = this.#entries[length]?.[0] ?? this.#lastId + 1;
    plan.strategy = this.#random.below(2) === 0 ? "length" : "id";
    plan.lengthMax = this.#entries.length - length;
    setId(plan.leastId, leastId);
    plan.isApproximate = this.#random.below(2) === 0;
    plan.countMax = this.#random.below(2) * this.#random.below(50);
    const trimmedCount = this.stream.trim(plan);
    assert(trimmedCount <= length, `${trimmedCount} entries went instead of ${length}`);
    if (plan.countMax > 0) assert(trimmedCount <= plan.countMax || !plan.isApproximate);
    else if (!plan.isApproximate) assertEquals(trimmedCount, length);
    this.#entries = this.#entries.slice(trimmedCount);
  }

  #look(): void {
    const from = this.#random.below(this.#lastId + 2);
    this.#lookBetween(from, Math.max(0, from + this.#random.below(60) - 5));
  }

  /** Compares what lies between two IDs, walking both ways. */
  #lookBetween(from: number, to: number): void {
    const expected = this.#entries.filter(([id]) => id >= from && id <= to);
    for (const isReverse of [false, true]) {
      const walk = this.stream.walk(setId(this.#id, from), setId(this.#other, to), isReverse);
      for (const [id, words] of isReverse ? expected.toReversed() : expected) {
        assertEquals(walk.next(), true);
        assertEquals(walk.id.compare(setId(this.#id, id)), 0);
        if (this.#random.below(4) === 0) continue;
        const found: string[] = [];
        for (let field = 0; field < walk.fieldCount; field++) {
          found.push(walk.readField(this.#view).toText(), walk.readValue(this.#view).toText());
        }
        assertEquals(found, words);
      }
      assertEquals(walk.next(), false);
    }
  }

  // Groups.

  #nameOfAny(): string {
    return `g${this.#random.below(3)}`;
  }

  /** A group that is there, with its model. */
  #anyGroup(): [ConsumerGroup, ModelGroup] | undefined {
    const name = this.#nameOfAny(), model = this.#groups.get(name);
    const group = this.stream.findGroup(ByteView.ofText(name));
    assertEquals(group !== undefined, model !== undefined);
    return group === undefined || model === undefined ? undefined : [group, model];
  }

  #changeGroups(): void {
    const name = this.#nameOfAny(), view = ByteView.ofText(name);
    if (!this.#groups.has(name)) {
      this.stream.createGroup(view);
      this.#groups.set(name, { consumers: new Set(), pending: new Map() });
    } else if (this.#random.below(4) === 0) {
      assertEquals(this.stream.removeGroup(view), true);
      this.#groups.delete(name);
    }
  }

  #meetConsumer(group: ConsumerGroup, model: ModelGroup): [number, string] {
    const name = NAMES[this.#random.below(NAMES.length)];
    const consumer = group.findConsumer(ByteView.ofText(name));
    assertEquals(consumer !== 0, model.consumers.has(name));
    model.consumers.add(name);
    return [consumer === 0 ? group.createConsumer(this.#nowMs) : consumer, name];
  }

  #deliver(): void {
    const found = this.#anyGroup();
    if (found === undefined) return;
    const [group, model] = found;
    const [consumer, name] = this.#meetConsumer(group, model);
    const deliveredMs = ++this.#nowMs;
    const value = this.#random.below(this.#lastId + 2);
    const isPending = group.findPending(setId(this.#id, value));
    assertEquals(isPending, model.pending.has(value));
    if (!isPending) group.createPending(deliveredMs);
    group.entry.deliveredMs = deliveredMs;
    group.assign(this.#id, consumer);
    model.pending.set(value, { consumer: name, deliveredMs });
  }

  #acknowledge(): void {
    const found = this.#anyGroup();
    if (found === undefined) return;
    const [group, { pending }] = found;
    const [value] = pending.size > 0 && this.#random.below(2) === 0
      ? pending.keys().toArray()
      : [this.#random.below(this.#lastId + 2)];
    assertEquals(group.removePending(setId(this.#id, value)), pending.delete(value));
  }

  /** Gives all pending entries of a range to one consumer. */
  #claim(): void {
    const found = this.#anyGroup();
    if (found === undefined) return;
    const [group, model] = found;
    const [consumer, name] = this.#meetConsumer(group, model);
    const list = group.walk(0);
    let left = this.#random.below(8);
    let has = list.seekAtLeast(setId(this.#id, this.#random.below(this.#lastId + 2)));
    for (; has && left > 0; left--) {
      group.entry.open(list.reference);
      list.readId(this.#id);
      group.assign(this.#id, consumer);
      model.pending.get(this.#id.msLow * 2 + this.#id.sequenceLow)!.consumer = name;
      has = list.next();
    }
  }

  #removeConsumer(): void {
    const found = this.#anyGroup();
    if (found === undefined) return;
    const [group, model] = found;
    const name = NAMES[this.#random.below(NAMES.length)];
    const lost = [...model.pending].filter(([, { consumer }]) => consumer === name);
    assertEquals(group.removeConsumer(ByteView.ofText(name)), lost.length);
    for (const [value] of lost) model.pending.delete(value);
    model.consumers.delete(name);
  }

  #verifyGroup(groupName: string): void {
    const group = this.stream.findGroup(ByteView.ofText(groupName))!;
    const model = this.#groups.get(groupName)!;
    const sorted = [...model.pending].sort(([first], [second]) => first - second);
    this.#verifyList(group, 0, sorted);
    const names: string[] = [];
    for (let consumer = group.firstConsumer(); consumer !== 0; consumer = group.nextConsumer()) {
      const name = group.nameOf(consumer, this.#view).toText();
      names.push(name);
      this.#verifyList(group, consumer, sorted.filter(([, entry]) => entry.consumer === name));
    }
    assertEquals(names, [...model.consumers].sort());
    assertEquals(group.consumerCount, names.length);
  }

  #verifyList(
    group: ConsumerGroup,
    consumer: number,
    expected: readonly [value: number, ModelPending][],
  ): void {
    const list = group.walk(consumer);
    assertEquals(list.count, expected.length);
    let has = list.seekFirst();
    for (const [value, { consumer: owner, deliveredMs }] of expected) {
      assert(has);
      assertEquals(list.readId(this.#id), setId(this.#other, value));
      const entry = group.entry.open(list.reference);
      assertEquals(entry.deliveredMs, deliveredMs);
      assertEquals(group.nameOf(entry.consumer, this.#view).toText(), owner);
      has = list.next();
    }
    assert(!has);
  }

  #goOnWithCopy(): void {
    const { encoding, count } = this.stream;
    const copy = this.#newStream().detach(encoding, this.stream.copyRoot(), count);
    this.verify();
    while (this.stream.freeSome());
    this.stream = copy;
    this.verify();
  }
}

Deno.test("model: a stream with groups behaves as arrays and maps", () => {
  const model = new StreamModel(new SeededRandom(takeSeed("stream")));
  for (let action = 0; action < ACTION_COUNT; action++) {
    model.act();
    if (action % 1000 === 999) model.verify();
  }
  model.end();
});

Deno.test("MEMORY USAGE of a stream is what the arena gave for it", () => {
  using fixture = new StoreFixture(1);
  const { environment } = fixture.store;
  const stream = new StreamValue(environment).detach();
  const id = new StreamId(), { usedBytes, blockCount } = environment.arena;
  for (let value = 1; value <= 1000; value++) {
    const source = Args.of("field", String(value));
    stream.append(setId(id, value), source, 0, 1, source.byteCount);
  }
  const group = stream.createGroup(ByteView.ofText("g"));
  group.findConsumer(ByteView.ofText("ann"));
  const consumer = group.createConsumer(1);
  for (let value = 1; value <= 500; value++) {
    group.findPending(setId(id, value));
    group.createPending(1);
    group.assign(id, consumer);
  }
  const exact = stream.memoryBytes(0), estimate = stream.memoryBytes(5);
  const takenBytes = environment.arena.usedBytes - usedBytes;
  const takenBlocks = environment.arena.blockCount - blockCount;
  stream.free();
  // The checked arena takes eight bytes more for each block.
  assertEquals(exact, takenBytes - 8 * takenBlocks);
  assert(Math.abs(estimate / exact - 1) < 0.1, `estimate ${estimate} of ${exact}`);
});
