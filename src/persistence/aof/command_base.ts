/**
 * Command base: the data as commands that make them, for who wants a log of commands only.
 *
 * Values go out by the commands that add to them, some dozens of elements each, so that whoever reads
 * them needs no long arguments; a stream by XADD, XSETID and what makes its groups.
 *
 * Large values pause: see `SnapshotSink`. So all handles are this object's own.
 *
 * Behaviour: Redis 7.0 `rewriteAppendOnlyFileRio`.
 *
 * @module
 */

import { ByteView, textOfBytes } from "../../base/byte_view.ts";
import { formatDouble } from "../../base/double.ts";
import { Int64 } from "../../base/int64.ts";
import { STREAM_ID_TEXT_BYTES_MAX, StreamId } from "../../base/stream_id.ts";
import {
  Collections,
  type ConsumerGroup,
  type ElementVisitor,
  HashValue,
  IntegerText,
  ListValue,
  type PastValue,
  type Ref,
  SetMember,
  SetValue,
  SortedSetValue,
  type Store,
  StreamValue,
  stringView,
  TYPE_STRING,
} from "../../store/mod.ts";
import type { EntryWriter } from "../snapshot/mod.ts";
import { CommandOutput } from "./command_output.ts";

/** Elements of one command. */
const ELEMENT_COUNT = 64;
/** Elements of a value between two pauses. */
const PAUSE_COUNT = 1024;

const LEAST_ID = new StreamId().setLeast();
const GREATEST_ID = new StreamId().setGreatest();
const idBytes = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);

/** Writes a base of commands. */
export class CommandBase implements EntryWriter {
  readonly #store: Store;
  readonly #output = new CommandOutput();
  readonly #handles: Collections;
  readonly #key = new ByteView();
  readonly #view = new ByteView();
  readonly #otherView = new ByteView();
  readonly #member = new SetMember();
  readonly #digits = new IntegerText();
  readonly #count = new Int64();
  readonly #id = new StreamId();
  readonly #startMs: number | undefined;
  #databaseIndex = -1;

  /** @param startMs Unix milliseconds that the base is remarked to be of; `undefined`: no remark. */
  constructor(store: Store, startMs?: number) {
    this.#store = store;
    this.#startMs = startMs;
    this.#handles = new Collections(store.environment);
  }

  header(): void {
    if (this.#startMs !== undefined) this.#output.timestamp(this.#startMs);
  }

  end(): void {}

  begin(): void {}

  get byteCount(): number {
    return this.#output.byteCount;
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#output.take();
  }

  entry(databaseIndex: number, ref: Ref, past?: PastValue): Generator<void, void> | undefined {
    const { entries } = this.#store.environment, output = this.#output;
    if (databaseIndex !== this.#databaseIndex) {
      this.#databaseIndex = databaseIndex;
      output.command("SELECT", 1);
      output.text(String(databaseIndex));
    }
    if (entries.typeOf(ref) === TYPE_STRING) {
      output.command("SET", 2);
      output.bulk(entries.keyView(ref, this.#key));
      output.bulk(stringView(entries, ref, this.#view, this.#digits));
      this.#expiry(ref);
      return undefined;
    }
    const steps = this.#collectionSteps(ref, past);
    if (past !== undefined || entries.valueCountOf(ref) > PAUSE_COUNT) return steps;
    while (!steps.next().done);
    return undefined;
  }

  *#collectionSteps(ref: Ref, past: PastValue | undefined): Generator<void, void> {
    const { entries } = this.#store.environment;
    const handle = this.#handles.of(entries.typeOf(ref)).detach(
      entries.encodingOf(ref),
      entries.valueBlockOf(ref),
      entries.valueCountOf(ref),
    );
    const key = entries.keyView(ref, new ByteView()).copy();
    this.#key.set(key, 0, key.length);
    if (past !== undefined) yield* this.#past(past);
    else if (handle instanceof ListValue) yield* this.#list(handle);
    else if (handle instanceof SetValue) yield* this.#set(handle);
    else if (handle instanceof SortedSetValue) yield* this.#sortedSet(handle);
    else if (handle instanceof HashValue) yield* this.#hash(handle);
    else if (handle instanceof StreamValue) yield* this.#stream(handle);
    this.#expiry(ref);
  }

  #expiry(ref: Ref): void {
    const { entries } = this.#store.environment;
    if (!entries.expires(ref)) return;
    this.#output.command("PEXPIREAT", 2);
    this.#output.bulk(this.#key);
    this.#output.text(String(entries.readExpiry(ref, this.#count).toBigInt()));
  }

  /**
   * Begins a command where the element with this number needs one.
   *
   * @param width Words of an element.
   */
  #open(name: string, index: number, count: number, width: number): void {
    if (index % ELEMENT_COUNT !== 0) return;
    this.#output.command(name, 1 + width * Math.min(ELEMENT_COUNT, count - index));
    this.#output.bulk(this.#key);
  }

  *#list(list: ListValue): Generator<void, void> {
    const { count } = list;
    for (let index = 0; index < count; index += PAUSE_COUNT) {
      const end = Math.min(count, index + PAUSE_COUNT);
      const cursor = list.at(index);
      for (let at = index; at < end; at++, cursor.next()) {
        this.#open("RPUSH", at, count, 1);
        this.#output.bulk(cursor.read(this.#view));
      }
      if (end < count) yield;
    }
  }

  *#set(set: SetValue): Generator<void, void> {
    const walk = set.startWalk();
    let index = 0, pauseIndex = PAUSE_COUNT;
    while (walk.next()) {
      for (let at = 0; at < walk.count; at++) {
        this.#open("SADD", index++, set.count, 1);
        this.#output.bulk(walk.show(at, this.#member).view);
      }
      if (index < pauseIndex) continue;
      pauseIndex = index + PAUSE_COUNT;
      yield;
    }
  }

  *#sortedSet(set: SortedSetValue): Generator<void, void> {
    let index = 0;
    for (let at = set.first(); at !== 0; at = set.next(at)) {
      this.#open("ZADD", index, set.count, 2);
      this.#output.text(scoreText(set.scoreAt(at)));
      this.#output.bulk(set.memberAt(at, this.#view));
      if (++index % PAUSE_COUNT === 0) yield;
    }
  }

  *#hash(hash: HashValue): Generator<void, void> {
    const { count } = hash;
    const fields: Uint8Array[] = [];
    let cursor = 0;
    do {
      cursor = hash.scan(cursor, PAUSE_COUNT, (element) => {
        fields.push(hash.readField(element, this.#view).copy());
        fields.push(hash.readValue(element, this.#otherView).copy());
      });
      for (let at = 0; at < fields.length; at += ELEMENT_COUNT * 2) {
        const part = fields.slice(at, at + ELEMENT_COUNT * 2);
        this.#output.command("HMSET", 1 + part.length);
        this.#output.bulk(this.#key);
        for (const bytes of part) this.#output.bulk(this.#view.set(bytes, 0, bytes.length));
      }
      fields.length = 0;
      if (cursor !== 0 && count > PAUSE_COUNT) yield;
    } while (cursor !== 0);
  }

  *#past(past: PastValue): Generator<void, void> {
    const output = this.#output, { count } = past;
    let index = 0, pauseIndex = PAUSE_COUNT;
    const visitor: ElementVisitor = {
      field: (field, value) => {
        this.#open("HMSET", index++, count, 2);
        output.bulk(field);
        output.bulk(value);
      },
      member: (member) => {
        this.#open("SADD", index++, count, 1);
        output.bulk(member);
      },
      scored: (member, score) => {
        this.#open("ZADD", index++, count, 2);
        output.text(scoreText(score));
        output.bulk(member);
      },
    };
    while (past.step(visitor)) {
      if (index < pauseIndex) continue;
      pauseIndex = index + PAUSE_COUNT;
      yield;
    }
  }

  *#stream(stream: StreamValue): Generator<void, void> {
    const output = this.#output, id = this.#id;
    const walk = stream.walk(LEAST_ID, GREATEST_ID, false);
    let index = 0;
    while (walk.next()) {
      output.command("XADD", 2 + walk.fieldCount * 2);
      output.bulk(this.#key);
      output.text(idText(walk.id));
      for (let field = walk.fieldCount; field > 0; field--) {
        output.bulk(walk.readField(this.#view));
        output.bulk(walk.readValue(this.#view));
      }
      if (++index % PAUSE_COUNT === 0) yield;
    }
    if (index === 0) output.request("XADD", this.#key, "MAXLEN", "0", "0-1", "x", "y");
    output.request(
      "XSETID",
      this.#key,
      idText(stream.readLastId(id)),
      "ENTRIESADDED",
      String(stream.readEntriesAdded(this.#count).toBigInt()),
      "MAXDELETEDID",
      idText(stream.readDeletedId(id)),
    );
    for (let group = stream.firstGroup(); group !== undefined; group = stream.nextGroup()) {
      const name = ByteView.ofText(stream.groupName(group, this.#view).toText());
      yield* this.#group(group, name);
    }
  }

  *#group(group: ConsumerGroup, name: ByteView): Generator<void, void> {
    const output = this.#output, id = this.#id, key = this.#key;
    output.request(
      "XGROUP",
      "CREATE",
      key,
      name,
      idText(group.readLastId(id)),
      "ENTRIESREAD",
      String(group.readEntriesRead(this.#count).toBigInt()),
    );
    let count = 0;
    for (let consumer = group.firstConsumer(); consumer !== 0; consumer = group.nextConsumer()) {
      const consumerName = ByteView.ofText(group.nameOf(consumer, this.#view).toText());
      if (group.pendingCountOf(consumer) === 0) {
        output.request("XGROUP", "CREATECONSUMER", key, name, consumerName);
      }
      const list = group.walk(consumer);
      for (let hasEntry = list.seekFirst(); hasEntry; hasEntry = list.next()) {
        group.entry.open(list.reference);
        output.request(
          "XCLAIM",
          key,
          name,
          consumerName,
          "0",
          idText(list.readId(id)),
          "TIME",
          String(group.entry.deliveredMs),
          "RETRYCOUNT",
          String(group.entry.readDeliveryCount(this.#count).toBigInt()),
          "JUSTID",
          "FORCE",
        );
        if (++count % PAUSE_COUNT === 0) yield;
      }
    }
  }
}

function idText(id: StreamId): string {
  return textOfBytes(idBytes, 0, id.writeText(idBytes, 0));
}

/** A score that reads back as the same one, the zero below zero included. */
function scoreText(score: number): string {
  return Object.is(score, -0) ? "-0" : formatDouble(score);
}
