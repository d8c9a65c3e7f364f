/**
 * Snapshot model: random commands of all types while snapshots are taken. Each must be what the data was
 * at its beginning, to the last element and encoding.
 *
 * Slices are short and values are written with pauses, so that most commands fall into a snapshot and
 * many into the middle of a value. Some snapshots are broken off, more than there are marks.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ByteView } from "../../src/base/byte_view.ts";
import { ManualClock } from "../../src/base/clock.ts";
import { Int64 } from "../../src/base/int64.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { digestOfValue } from "../../src/commands/data_digest.ts";
import { RedisError } from "../../src/errors/redis_error.ts";
import { DumpCodec } from "../../src/persistence/mod.ts";
import { RdbOutput } from "../../src/persistence/rdb/rdb_output.ts";
import { ValueWriter } from "../../src/persistence/rdb/value_writer.ts";
import {
  type ElementVisitor,
  encodingName,
  type Keyspace,
  type PastValue,
  type Ref,
  Snapshot,
  type SnapshotSink,
  Store,
  TYPE_LIST,
  TYPE_STREAM,
  TYPE_STRING,
} from "../../src/store/mod.ts";
import { DATA_COMMANDS } from "../support/data_commands.ts";
import { payloadOf } from "../support/dump_payload.ts";
import { randomCommand } from "../support/random_commands.ts";
import { takeSeed } from "../support/seed.ts";
import { EffectRecorder } from "../unit/commands/effect_recorder.ts";
import { StoreFixture } from "../unit/store/store_fixture.ts";

const COMMAND_COUNT = 15_000;
const DATABASE_COUNT = 3;
const FILLER_KEY_COUNT = 300;
/** Elements, and bytes, from which on a value is kept when it is deleted. */
const LARGE_COUNT = 1100;
const LARGE_BYTES = 70_000;
/** Elements from which on a value goes on changing while it is saved. */
const CHANGING_COUNT_MIN = 300;
/** Limits at which the compact encodings give way, now and then. */
const LIMITS = [4, 32, 512];

/** Describes entries so that equal values have equal descriptions, and others hardly ever. */
class Describer {
  readonly #store: Store;
  readonly #codec: DumpCodec;
  readonly #scratch: Store;
  readonly #scratchCodec: DumpCodec;
  readonly #view = new ByteView();
  readonly #expiry = new Int64();

  constructor(store: Store, random: SeededRandom) {
    this.#store = store;
    this.#codec = new DumpCodec(store);
    this.#scratch = new Store({ clock: new ManualClock(), random, databaseCount: 1 });
    this.#scratchCodec = new DumpCodec(this.#scratch);
  }

  keyOf(ref: Ref): string {
    return this.#store.environment.entries.keyView(ref, this.#view).toText();
  }

  valueOf(ref: Ref): string {
    return this.#describe(ref, this.#codec.dump(ref, false, this.#view));
  }

  /** The same for a value as it was. @param output Form and value. */
  pastValueOf(image: Ref, output: RdbOutput): string {
    const payload = payloadOf(output.take());
    return this.#describe(image, this.#view.set(payload, 0, payload.length));
  }

  #describe(ref: Ref, payload: ByteView): string {
    const { entries } = this.#store.environment, type = entries.typeOf(ref);
    const expiry = entries.expires(ref)
      ? entries.readExpiry(ref, this.#expiry).toBigInt()
      : "never";
    const head = `${encodingName(entries, ref)} ${payload.byteCount} ${expiry}`;
    // Sets and hashes have no order, and a copy may have another.
    const hasOrder = type === TYPE_LIST || type === TYPE_STREAM || type === TYPE_STRING;
    return `${head} ${hasOrder ? payload.toText() : this.#digestOf(payload)}`;
  }

  #digestOf(payload: ByteView): string {
    const [keyspace] = this.#scratch.databases, key = ByteView.ofText("key");
    this.#scratchCodec.restore(payload, keyspace, key);
    const digest = digestOfValue(keyspace, keyspace.peek(key));
    keyspace.remove(key);
    return digest;
  }
}

/** Takes snapshots of a store, one after the other, and checks each. */
class CheckedSnapshots implements SnapshotSink {
  finishedCount = 0;
  abortedCount = 0;
  pauseCount = 0;
  pastPauseCount = 0;

  readonly #store: Store;
  readonly #random: SeededRandom;
  readonly #describer: Describer;
  #snapshot: Snapshot | undefined;
  #expected = new Map<string, string>();
  #databases: string[] = [];
  #saved = new Map<string, string>();
  #begun: string[] = [];

  constructor(store: Store, random: SeededRandom) {
    this.#store = store;
    this.#random = random;
    this.#describer = new Describer(store, random);
  }

  step(): void {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) {
      if (this.#random.below(5) === 0) this.#begin();
    } else if (this.#random.below(50) === 0) {
      snapshot.abort();
      this.#snapshot = undefined;
      this.abortedCount++;
    } else if (!snapshot.advance(() => this.#random.below(3) > 0)) {
      this.#check();
    }
    if (this.#random.below(10) === 0) this.#store.environment.lazyFree.freeSome();
  }

  end(): void {
    this.#snapshot?.abort();
  }

  begin(index: number, keyCount: number, expiringCount: number): void {
    this.#begun.push(`${index} ${keyCount} ${expiringCount}`);
  }

  entry(index: number, ref: Ref, past?: PastValue): Generator<void, void> | undefined {
    if (past !== undefined) return this.#pastSteps(index, ref, past);
    if (this.#random.below(3) > 0) {
      this.#note(index, ref, this.#describer.valueOf(ref));
      return undefined;
    }
    return this.#steps(index, ref);
  }

  *#steps(index: number, ref: Ref): Generator<void, void> {
    const before = this.#describer.valueOf(ref);
    for (let count = this.#random.below(8); count > 0; count--) {
      this.pauseCount++;
      yield;
    }
    assertEquals(this.#describer.valueOf(ref), before, "an entry changed while it was written");
    this.#note(index, ref, before);
  }

  *#pastSteps(index: number, image: Ref, past: PastValue): Generator<void, void> {
    const output = new RdbOutput();
    output.isCompressing = false;
    output.byte(new ValueWriter(this.#store).formOf(image));
    output.size(past.count);
    const visitor: ElementVisitor = {
      field: (field, value) => {
        output.string(field);
        output.string(value);
      },
      member: (member) => output.string(member),
      scored: (member, score) => {
        output.string(member);
        output.double(score);
      },
    };
    while (past.step(visitor)) {
      this.pastPauseCount++;
      yield;
    }
    this.#note(index, image, this.#describer.pastValueOf(image, output));
  }

  #note(index: number, ref: Ref, value: string): void {
    const key = `${index} ${this.#describer.keyOf(ref)}`;
    assert(!this.#saved.has(key), `saved twice: ${key}`);
    this.#saved.set(key, value);
  }

  #begin(): void {
    this.#expected = new Map();
    this.#saved = new Map();
    this.#begun = [];
    this.#databases = [];
    for (const [index, database] of this.#store.databases.entries()) {
      const { count, expiringCount } = database;
      if (count > 0) this.#databases.push(`${index} ${count} ${expiringCount}`);
      database.scanAll(0, Infinity, (ref) => {
        this.#expected.set(`${index} ${this.#describer.keyOf(ref)}`, this.#describer.valueOf(ref));
      });
    }
    this.#snapshot = Snapshot.begin(this.#store, this, CHANGING_COUNT_MIN);
    assert(!this.#store.defragmenter.begin(), "blocks move under a snapshot");
  }

  #check(): void {
    assert(this.#snapshot!.isDone);
    assertEquals(this.#begun, this.#databases);
    assertEquals(this.#saved.size, this.#expected.size);
    for (const [key, value] of this.#expected) assertEquals(this.#saved.get(key), value, key);
    this.#snapshot = undefined;
    this.finishedCount++;
  }
}

/** Commands that the usual random ones lack: on many keys, on several databases, on large values. */
function rareCommand(random: SeededRandom, databases: readonly Keyspace[]): string[] {
  const filler = () => `filler:${random.below(FILLER_KEY_COUNT)}`;
  const other = `${random.below(databases.length)}`;
  const large = `large:${random.below(2)}`;
  const elements = (width: number) =>
    Array.from({ length: LARGE_COUNT * width }, (_, index) => `${index}`);
  const some = () => `${random.below(LARGE_COUNT)}`;
  const onLarge: (() => string[])[] = [
    () => ["rpush", large, ...elements(1)],
    () => ["sadd", large, ...elements(1)],
    () => ["hset", large, ...elements(2)],
    () => ["zadd", large, ...elements(2)],
    () => ["sadd", large, some(), "new"],
    () => ["srem", large, some(), some()],
    () => ["spop", large],
    () => ["spop", large, `${random.below(2 * LARGE_COUNT)}`],
    () => ["smove", large, filler(), some()],
    () => ["hset", large, some(), "changed", "new", "value"],
    () => ["hincrby", large, some(), "5"],
    () => ["hdel", large, some(), some()],
    () => ["zadd", large, "1", some(), "2", "new"],
    () => ["zincrby", large, "1.5", some()],
    () => ["zrem", large, some(), some()],
    () => ["zpopmin", large, "3"],
    () => ["zremrangebyrank", large, "10", `${random.below(LARGE_COUNT)}`],
    () => ["move", large, other],
    () => ["rename", filler(), large],
    () => ["persist", large],
    () => ["pexpire", large, `${random.below(3000)}`],
    () => ["copy", large, filler(), "replace"],
    () => ["rename", large, "large:2"],
    () => ["rename", "large:2", large],
    () => ["setrange", large, `${LARGE_BYTES}`, "end"],
    () => [random.below(2) === 0 ? "unlink" : "del", large],
    () => ["rename", large, filler()],
    () => ["set", large, "short"],
    () => ["expire", large, "1"],
  ];
  const shapes: (() => string[])[] = [
    () => onLarge[random.below(onLarge.length)](),
    () => onLarge[random.below(onLarge.length)](),
    () => ["pfadd", "sketch", `${random.below(100)}`],
    () => ["pfcount", "sketch"],
    () => ["xadd", "stream", "*", "field", "value"],
    () => ["xgroup", "create", "stream", "group", "0"],
    () => ["xreadgroup", "group", "group", "consumer", "count", "1", "streams", "stream", ">"],
    () => ["set", filler(), `${random.nextUint32()}`.repeat(1 + random.below(30)), "keepttl"],
    () => ["set", filler(), `${random.nextUint32()}`],
    () => ["incr", filler()],
    () => ["del", filler()],
    () => ["rename", filler(), filler()],
    () => ["copy", filler(), filler(), "db", other, "replace"],
    () => ["move", filler(), other],
    () => ["pexpire", filler(), `${random.below(2000)}`],
    () => ["persist", filler()],
    () => ["getex", filler(), "px", `${1 + random.below(3000)}`],
    () => ["append", filler(), "tail"],
    () => ["swapdb", "0", other],
    () => random.below(20) === 0 ? ["flushdb", random.below(2) ? "sync" : "async"] : ["ping"],
    () => random.below(40) === 0 ? ["flushall", random.below(2) ? "sync" : "async"] : ["ping"],
  ];
  return shapes[random.below(shapes.length)]();
}

function runIgnoringRefusals(recorder: EffectRecorder, args: readonly string[]): void {
  if (!recorder.reachesHandler(...args)) return;
  try {
    recorder.run(...args);
  } catch (error) {
    if (!(error instanceof RedisError)) throw error;
  }
}

function changeLimits({ environment: { limits } }: Store, limit: number): void {
  limits.hashMaxListpackEntries = limit;
  limits.zsetMaxListpackEntries = limit;
  limits.setMaxIntsetEntries = limit;
  limits.listMaxListpackSize = limit;
  limits.streamNodeMaxEntries = limit;
}

Deno.test("model: a snapshot is what the data was when it began", () => {
  const random = new SeededRandom(takeSeed("snapshot"));
  const fixture = new StoreFixture(DATABASE_COUNT), { store } = fixture;
  using recorder = new EffectRecorder(DATA_COMMANDS, fixture);
  const snapshots = new CheckedSnapshots(store, random);
  for (let count = 0; count < COMMAND_COUNT; count++) {
    if (random.below(1000) === 0) changeLimits(store, LIMITS[count % LIMITS.length]);
    const args = random.below(2) === 0
      ? rareCommand(random, store.databases)
      : randomCommand(random).args;
    runIgnoringRefusals(recorder, args);
    if (random.below(20) === 0) fixture.pass(random.below(300));
    if (random.below(20) === 0) store.expireDue(() => random.below(5) > 0);
    if (random.below(3) === 0) snapshots.step();
  }
  snapshots.end();
  const { finishedCount, abortedCount, pauseCount, pastPauseCount } = snapshots;
  assert(finishedCount > 3 && abortedCount > 10 && pauseCount > 100, "too few snapshots");
  assert(pastPauseCount > 100, "too few values were read as they were");
});
