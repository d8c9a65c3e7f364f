/**
 * DumpCodec: forms that only older servers write, and payloads that nobody should have written.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { bytesOfText, ByteView, textOfBytes } from "../../../src/base/byte_view.ts";
import { type Random, SeededRandom } from "../../../src/base/random.ts";
import { StreamId } from "../../../src/base/stream_id.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { encodingName } from "../../../src/store/mod.ts";
import {
  ENCODING_EMBSTR,
  ENCODING_HASHTABLE,
  ENCODING_INT,
  ENCODING_RAW,
} from "../../../src/store/values/entry.ts";
import { DumpCodec } from "../../../src/persistence/mod.ts";
import { PAYLOAD_FOOTER_BYTES, payloadOf } from "../../support/dump_payload.ts";
import { takeSeed } from "../../support/seed.ts";
import { StoreFixture } from "../store/store_fixture.ts";

const KEY = ByteView.ofText("k");
const MUTATION_COUNT = 10_000;

/** Takes over a form and its value, given as binary text. */
function restore(fixture: StoreFixture, text: string): void {
  const payload = new ByteView(payloadOf(bytesOfText(text)));
  new DumpCodec(fixture.store).restore(payload, fixture.keyspace, KEY);
}

/** A string in an RDB: its length and its bytes. */
function stringOf(text: string): string {
  return text.length < 64
    ? String.fromCharCode(text.length) + text
    : String.fromCharCode(0x40 | text.length >> 8, text.length & 0xff) + text;
}

function word(value: number): string {
  return String.fromCharCode(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24);
}

/** A ziplist of entries, each the form byte with what follows it. */
function ziplistOf(...entries: readonly string[]): string {
  let body = "", previousBytes = 0, last = 10;
  for (const entry of entries) {
    last = 10 + body.length;
    const previous = previousBytes < 254
      ? String.fromCharCode(previousBytes)
      : "\xfe" + word(previousBytes);
    body += previous + entry;
    previousBytes = previous.length + entry.length;
  }
  const count = String.fromCharCode(entries.length & 0xff, entries.length >> 8);
  return word(body.length + 11) + word(last) + count + body + "\xff";
}

const ZIPLIST = ziplistOf(
  "\x03ant",
  "\xf1", // 0
  "\xfd", // 12
  "\xfe\x80", // -128
  "\xc0\x00\x80", // -32768
  "\xf0\x00\x00\x80", // -8388608
  "\xd0\xff\xff\xff\x7f", // 2147483647
  "\xe0\x00\x00\x00\x00\x00\x00\x00\x80", // -2^63
  "\x41\x2c" + "x".repeat(300),
  "\x80\x00\x00\x00\x05hello",
);
const ZIPLIST_WORDS = [
  "ant",
  "0",
  "12",
  "-128",
  "-32768",
  "-8388608",
  "2147483647",
  "-9223372036854775808",
  "x".repeat(300),
  "hello",
];

function listWords(fixture: StoreFixture): string[] {
  const list = fixture.keyspace.openList(KEY), view = new ByteView(), words: string[] = [];
  for (let index = 0; index < list.count; index++) words.push(list.at(index).read(view).toText());
  return words;
}

Deno.test("DumpCodec.restoreAsIs packs nothing that is not packed in the payload", () => {
  using fixture = new StoreFixture();
  const { limits } = fixture.store.environment, usual = { ...limits };
  const encoding = (): string => encodingName(fixture.keyspace.entries, fixture.keyspace.peek(KEY));
  const payload = new ByteView(payloadOf(bytesOfText("\x02\x01" + stringOf("1")))); // a set of 1
  const codec = new DumpCodec(fixture.store);
  codec.restoreAsIs(payload, fixture.keyspace, KEY, ENCODING_HASHTABLE);
  assertEquals(encoding(), "hashtable");
  codec.restore(payload, fixture.keyspace, KEY);
  assertEquals(encoding(), "intset");
  const damaged = new ByteView(payloadOf(bytesOfText("\x02\x3f" + stringOf("1"))));
  assertThrows(
    () => codec.restoreAsIs(damaged, fixture.keyspace, KEY, ENCODING_HASHTABLE),
    RedisError,
  );
  assertEquals(limits, usual);
});

Deno.test("DumpCodec.restoreAsIs stores a string in the encoding that it had", () => {
  using fixture = new StoreFixture();
  const { keyspace } = fixture, codec = new DumpCodec(fixture.store), view = new ByteView();
  const encodings = { raw: ENCODING_RAW, int: ENCODING_INT, embstr: ENCODING_EMBSTR };
  for (const text of ["", "12", "short", "x".repeat(44)]) {
    const payload = new ByteView(payloadOf(bytesOfText(`\0${stringOf(text)}`)));
    for (const [name, encoding] of Object.entries(encodings)) {
      if (name === "int" && text !== "12") continue;
      codec.restoreAsIs(payload, keyspace, KEY, encoding);
      const ref = keyspace.peek(KEY);
      assertEquals(encodingName(keyspace.entries, ref), name);
      assertEquals(keyspace.stringOf(ref, view).toText(), text);
    }
  }
});

Deno.test("RESTORE takes a list in each older form", () => {
  using fixture = new StoreFixture(1);
  restore(fixture, "\x0a" + stringOf(ZIPLIST));
  assertEquals(listWords(fixture), ZIPLIST_WORDS);
  restore(fixture, "\x0e\x02" + stringOf(ZIPLIST) + stringOf(ziplistOf("\x01z")));
  assertEquals(listWords(fixture), [...ZIPLIST_WORDS, "z"]);
  restore(fixture, "\x01\x03" + stringOf("ant") + "\xc0\xff" + "\xc1\x00\x80");
  assertEquals(listWords(fixture), ["ant", "-1", "-32768"]);
});

Deno.test("RESTORE takes a hash in each older form", () => {
  using fixture = new StoreFixture(1);
  const valueOf = (field: string): string | undefined => {
    const hash = fixture.keyspace.openHash(KEY), element = hash.find(ByteView.ofText(field));
    return element === 0 ? undefined : hash.readValue(element, new ByteView()).toText();
  };
  restore(fixture, "\x0d" + stringOf(ziplistOf("\x01f", "\x01v", "\x01g", "\xf3")));
  assertEquals([valueOf("f"), valueOf("g"), valueOf("h")], ["v", "2", undefined]);
  restore(fixture, "\x09" + stringOf("\x02\x01f\x03\x02one\0\0\x01g\x01\0x\xff"));
  assertEquals([valueOf("f"), valueOf("g")], ["one", "x"]);
});

Deno.test("RESTORE takes a sorted set in each older form", () => {
  using fixture = new StoreFixture(1);
  const scoreOf = (member: string): number | undefined => {
    const set = fixture.keyspace.openSortedSet(KEY);
    return set.find(ByteView.ofText(member)) ? set.score : undefined;
  };
  restore(fixture, "\x0c" + stringOf(ziplistOf("\x01a", "\xf3", "\x01b", "\x033.5")));
  assertEquals([scoreOf("a"), scoreOf("b")], [2, 3.5]);
  restore(fixture, "\x03\x03\x01a\x031.5\x01b\xfe\x01c\xff");
  assertEquals([scoreOf("a"), scoreOf("b"), scoreOf("c")], [1.5, Infinity, -Infinity]);
});

Deno.test("RESTORE refuses values that cannot be, and leaves the key as it was", () => {
  using fixture = new StoreFixture(1);
  fixture.set("k", "before");
  // deno-fmt-ignore
  const refused = [
    "", "\x06", "\x14\x01\x01a", "\x01\0", "\x02\0", "\x04\0", "\x05\0", "\x12\0", // nothing, unknown, empty
    "\x02\x02\x01a\x01a", "\x04\x02\x01f\x01v\x01f\x01w", "\x05\x01\x01a" + "\0".repeat(6) + "\xf8\x7f", // twice, NaN
    "\x01\x81" + "\x7f".repeat(8), "\x01\xbf\xff\xff\xff\xff", "\x00\x80\xff\xff\xff\xff", // lengths
    "\x00\xc3\x01\x7f\x00", "\x0b\x08\x02\0\0\0\x02\0\0\0", "\x0b\x0a\x03\0\0\0\x01\0\0\0\x01\0",
    "\x10\x07\x07\0\0\0\0\0\xff", "\x10\x0a\x0a\0\0\0\x01\0\x81a\x02\xff", "\x12\x01\x03\x00",
    "\x0d" + stringOf(ziplistOf("\x01f")), "\x0f\x01\x01a", "\x0f\0\x01\x01\x01\0",
  ];
  for (const text of refused) {
    assertThrows(() => restore(fixture, text), RedisError, "Bad data format", JSON.stringify(text));
  }
  assertEquals(fixture.get("k"), "before");
});

/** Values of all types, each under a key of its own. */
function fill(fixture: StoreFixture): string[] {
  const keyspace = fixture.keyspace, view = (text: string): ByteView => ByteView.ofText(text);
  fixture.set("string", "abc".repeat(30));
  for (const count of [3, 700]) {
    for (let index = 0; index < count; index++) {
      const element = view(`element:${index}`);
      keyspace.openList(view(`list:${count}`)).push("tail", element);
      keyspace.openSet(view(`set:${count}`)).add(element);
      keyspace.openSet(view(`intset:${count}`)).add(view(String(index * 77)));
      keyspace.openHash(view(`hash:${count}`)).set(element, view(String(index)));
      keyspace.openSortedSet(view(`zset:${count}`)).set(element, index / 4);
    }
  }
  restore(fixture, STREAM);
  const keys: string[] = [];
  const name = new ByteView();
  keyspace.forEach((ref) => keys.push(keyspace.entries.keyView(ref, name).toText()));
  return keys;
}

const listpackEnd = "\xff";
const STREAM_LISTPACK =
  "\x01\x01\0\x01\x01\x01\x81f\x02\0\x01\x02\x01\0\x01\0\x01\x81v\x02\x04\x01" +
  listpackEnd;
/** A stream with the entry 1-1 and a group. @param facts Its length, and its last ID. */
const streamOf = (facts: string): string =>
  "\x13\x01\x10" + "\0".repeat(7) + "\x01" + "\0".repeat(7) + "\x01" +
  stringOf(
    word(STREAM_LISTPACK.length + 6) + "\x0a\0" + STREAM_LISTPACK.slice(0, -1) + listpackEnd,
  ) +
  facts + "\x01\x01\0\0\x01" + // first ID, deleted ID, entries added
  "\x01\x01g\x01\x01\x01\x01" + "\0".repeat(7) + "\x01" + "\0".repeat(7) + "\x01" +
  "\x10\0\0\0\0\0\0\0\x01\x01\x01c\x10\0\0\0\0\0\0\0\x01" + "\0".repeat(7) + "\x01" +
  "\0".repeat(7) +
  "\x01";

function textOfId(id: StreamId): string {
  const text = new Uint8Array(64);
  return textOfBytes(text, 0, id.writeText(text, 0));
}

const STREAM = streamOf("\x01\x01\x01");

Deno.test("RESTORE believes a stream's entries, not a length or last ID that belies them", () => {
  using fixture = new StoreFixture(1);
  for (const [facts, lastId] of [["\x05\0\0", "1-1"], ["\0\x01\0", "1-1"], ["\x01\x02\0", "2-0"]]) {
    restore(fixture, streamOf(facts));
    const stream = fixture.keyspace.openStream(KEY);
    assertEquals([stream.count, textOfId(stream.readLastId(new StreamId()))], [1, lastId]);
  }
});

/** Changes, cuts out or doubles some bytes; version and checksum are right nevertheless. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let mutated = bytes.slice(0, -PAYLOAD_FOOTER_BYTES);
  for (let count = 1 + random.below(4); count > 0 && mutated.length > 0; count--) {
    const at = random.below(mutated.length);
    const draw = random.below(10);
    if (draw < 6) mutated[at] = random.below(256);
    else if (draw < 8) mutated[at] ^= 1 << random.below(8);
    else if (draw < 9) mutated = mutated.slice(0, at);
    else mutated = Uint8Array.of(...mutated.slice(0, at), ...mutated.slice(at >> 1));
  }
  return payloadOf(mutated);
}

Deno.test("RESTORE survives 10,000 mutated payloads without a leak", () => {
  using fixture = new StoreFixture(1);
  const random = new SeededRandom(takeSeed("mutated payloads"));
  const codec = new DumpCodec(fixture.store);
  const payloads = fill(fixture).map((key) => {
    const ref = fixture.keyspace.peek(ByteView.ofText(key));
    return codec.dump(ref, false, new ByteView()).copy();
  });
  let takenCount = 0;
  for (let trial = 0; trial < MUTATION_COUNT; trial++) {
    const payload = mutate(payloads[random.below(payloads.length)], random);
    try {
      codec.restore(new ByteView(payload), fixture.keyspace, KEY);
      takenCount++;
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
    }
    const ref = fixture.keyspace.peek(KEY);
    if (ref !== 0) codec.dump(ref, true, new ByteView());
  }
  assertEquals(takenCount > MUTATION_COUNT / 100 && takenCount < MUTATION_COUNT, true);
});
