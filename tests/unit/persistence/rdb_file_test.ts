/**
 * RdbFileWriter, RdbLoader: whole files, in memory.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { bytesOfText, ByteView, textOfBytes } from "../../../src/base/byte_view.ts";
import { StreamId } from "../../../src/base/stream_id.ts";
import { AccessFrequency } from "../../../src/store/mod.ts";
import { type Random, SeededRandom } from "../../../src/base/random.ts";
import { digestOfData } from "../../../src/commands/data_digest.ts";
import { RdbError, type RdbLoadOptions } from "../../../src/persistence/mod.ts";
import { takeSeed } from "../../support/seed.ts";
import { StoreFixture } from "../store/store_fixture.ts";
import { loadFile, MemorySource, WRITE_OPTIONS, writeFile } from "./rdb_file_fixture.ts";

const MUTATION_COUNT = 10_000;
const HEAD = "REDIS0010";
const NO_CHECKSUM = "\0".repeat(8);

/** Puts a value of each kind into each database, some of them large. */
function fill(fixture: StoreFixture, elementCount: number): void {
  const view = (text: string): ByteView => ByteView.ofText(text);
  for (const keyspace of fixture.store.databases) {
    fixture.set("text", "abc".repeat(30), keyspace);
    fixture.set("number", "-70000", keyspace);
    fixture.set("12", "", keyspace);
    fixture.set("long", "some text ".repeat(elementCount * 20), keyspace);
    for (let index = 0; index < elementCount; index++) {
      const element = view(`element:${index}`);
      keyspace.openList(view("list")).push("tail", element);
      keyspace.openSet(view("set")).add(element);
      keyspace.openSet(view("integers")).add(view(String(index * 77)));
      keyspace.openHash(view("7")).set(view(String(index)), view(String(index)));
      keyspace.openSortedSet(view("scores")).set(element, index / 4);
      const stream = keyspace.openStream(view("stream"));
      const words = { at: () => element };
      stream.append(
        new StreamId().setWords(0, 0, 1, index + 1),
        words,
        0,
        1,
        2 * element.byteCount,
      );
    }
    fixture.expire("text", 5000, keyspace);
    fixture.expire("list", 10_000, keyspace);
  }
}

function digestOf(fixture: StoreFixture): string {
  return digestOfData(fixture.store.databases);
}

/** Loads binary text into a store that is thrown away. */
function load(text: string, options?: Partial<RdbLoadOptions>): ReturnType<typeof loadFile> {
  using fixture = new StoreFixture(2);
  return loadFile(fixture.store, new MemorySource(bytesOfText(text)), options);
}

Deno.test("RdbFileWriter writes what Redis 7.0 does, byte for byte", () => {
  using fixture = new StoreFixture(2);
  fixture.set("k", "v");
  fixture.set("n", "300", fixture.store.databases[1]);
  fixture.expire("k", 1);
  const bytes = writeFile(fixture.store, { ...WRITE_OPTIONS, isChecksummed: false });
  assertEquals(
    textOfBytes(bytes),
    HEAD + "\xfa\x09redis-ver\x067.0.15" + "\xfa\x0aredis-bits\xc0\x40" +
      "\xfe\x00\xfb\x01\x01" + "\xfc\x01\xf4\x51\xc2\x8c\x01\0\0" + "\0\x01k\x01v" +
      "\xfe\x01\xfb\x01\0" + "\0\x01n\xc1\x2c\x01" + "\xff" + NO_CHECKSUM,
  );
});

Deno.test("RdbLoader restores what RdbFileWriter wrote, whatever the size of values and pieces", () => {
  for (const elementCount of [5, 3000]) {
    for (const isCompressing of [true, false]) {
      using saved = new StoreFixture(3), loaded = new StoreFixture(3);
      fill(saved, elementCount);
      const bytes = writeFile(saved.store, { ...WRITE_OPTIONS, isCompressing });
      const pieceBytes = elementCount === 5 ? 1 : 70_001;
      const { result } = loadFile(loaded.store, new MemorySource(bytes, pieceBytes));
      assertEquals(digestOf(loaded), digestOf(saved));
      assertEquals(result.keyCount, 30);
      assertEquals(result.byteCount, bytes.length);
      const [due, dueBefore] = [loaded, saved].map(({ keyspace }) =>
        keyspace.entries.dueMsOf(keyspace.peek(ByteView.ofText("text")))
      );
      assertEquals(due, dueBefore);
    }
  }
});

Deno.test("RdbLoader restores when keys were used, and how often", () => {
  for (const policy of ["allkeys-lru", "volatile-lfu"]) {
    using saved = new StoreFixture(1), loaded = new StoreFixture(1);
    for (const fixture of [saved, loaded]) {
      fixture.pass(1e9);
      if (policy === "volatile-lfu") {
        fixture.store.environment.frequency = new AccessFrequency({
          random: new SeededRandom(1),
          logFactor: 10,
          decayMinutes: 1,
        });
      }
    }
    const { environment } = saved.store, ref = saved.set("k", "v");
    environment.entries.setAccess(
      ref,
      environment.frequency?.accessOfCounter(77, environment.nowMs) ?? environment.accessBefore(99),
    );
    loadFile(loaded.store, new MemorySource(writeFile(saved.store, { ...WRITE_OPTIONS, policy })));
    assertEquals(
      loaded.store.environment.entries.accessOf(loaded.keyspace.peek(ByteView.ofText("k"))),
      environment.entries.accessOf(ref),
    );
  }
});

Deno.test("RdbLoader refuses a file cut off anywhere, with the offset", () => {
  using saved = new StoreFixture(1);
  fill(saved, 12);
  const bytes = writeFile(saved.store, { ...WRITE_OPTIONS, isCompressing: true });
  for (let length = 0; length < bytes.length; length++) {
    using fixture = new StoreFixture(1);
    const error = assertThrows(
      () => loadFile(fixture.store, new MemorySource(bytes.subarray(0, length))),
      RdbError,
    );
    assertEquals(error.offset <= length, true);
  }
});

Deno.test("RdbLoader refuses a wrong checksum, and tells that there is none", () => {
  const body = HEAD + "\xfe\0\0\x01k\x01v\xff";
  assertThrows(() => load(body + "\x01" + "\0".repeat(7)), RdbError, "RDB CRC error");
  assertEquals(load(body + "\x01" + "\0".repeat(7), { isChecksummed: false }).result.keyCount, 1);
  assertMatch(load(body + NO_CHECKSUM).lines.join(), /saved with checksum disabled/);
});

Deno.test("RdbLoader passes expired keys over, unless they are to be kept", () => {
  const body = HEAD + "\xfe\0\xfc\x01" + "\0".repeat(7) + "\0\x01k\x01v" +
    "\xfd\x01\0\0\0\x01\x01l\x01\x01a" + "\xfc" + "\xff".repeat(8) + "\0\x01m\x01v\xff" +
    NO_CHECKSUM;
  assertEquals(load(body).result.expiredCount, 2);
  assertEquals(load(body).result.keyCount, 1);
  assertEquals(load(body, { keepsExpired: true }).result.keyCount, 3);
});

Deno.test("RdbLoader refuses a key that comes twice, unless keys are replaced", () => {
  const body = HEAD + "\xfe\0\0\x01k\x01v\0\x01k\x01w\xff" + NO_CHECKSUM;
  assertThrows(() => load(body), RdbError, "RDB has duplicated key 'k' in DB 0");
  assertEquals(load(body, { replacesKeys: true }).result.keyCount, 2);
});

Deno.test("RdbLoader passes empty collections and functions over, and names them in the log", () => {
  const { result, lines } = load(
    HEAD + "\xf5\x03lib" + "\xf6\x01n\x03LUA\x01\x04desc\x04code" + "\xf6\x01n\x03LUA\0\x04code" +
      "\xfe\0\x04\x01h\0\x01\x01l\0\0\x01k\x01v\xff" + NO_CHECKSUM,
  );
  assertEquals(result, {
    keyCount: 1,
    expiredCount: 0,
    emptyCount: 2,
    functionCount: 3,
    aux: new Map(),
    byteCount: 69,
  });
  assertMatch(lines.join(), /skipping empty key: h/);
  assertMatch(lines.join(), /3 function libraries/);
});

Deno.test("RdbLoader refuses what it can't load", () => {
  const refused: Record<string, string> = {
    "RODIS0010\xff": "Wrong signature",
    "REDIS0011\xff": "Can't handle RDB format version 11",
    "REDIS0000\xff": "Can't handle RDB format version 0",
    [HEAD + "\xfe\x02"]: "configured to handle more than 2 databases at offset 11",
    [HEAD + "\x07\x01k\x81" + "\x30\x16\xe5\xa2\x89\xbe\xf8\x03"]: "module type 'MBbloom--'",
    [HEAD + "\xf7\x81" + "\0".repeat(7) + "\x01"]: "no matching module 'AAAAAAAAA'",
    [HEAD + "\x06\x01k\x01"]: "Unknown RDB encoding type 6",
    [HEAD + "\x63\x01k\x01"]: "unknown form 99",
    [HEAD + "\0\x81\0\0\x01\0\0\0\0\0"]: "Bytes are missing",
  };
  for (const [text, reason] of Object.entries(refused)) {
    assertThrows(() => load(text), RdbError, reason);
  }
});

Deno.test("RdbLoader tells facts about the file", () => {
  const { result, lines } = load(
    HEAD + "\xfa\x09redis-ver\x057.0.0" + "\xfa\x05ctime\xc0\0" + "\xfa\x08used-mem\xc2\0\0\x10\0" +
      "\xfa\x08aof-base\xc0\x01" + "\xfa\x02%x\x01y" + "\xff" + NO_CHECKSUM,
  );
  assertEquals(result.aux.get("aof-base"), "1");
  const text = lines.join("");
  assertMatch(text, /Loading RDB produced by version 7.0.0/);
  assertMatch(text, /RDB age \d+ seconds/);
  assertMatch(text, /RDB memory usage when created 1.00 Mb/);
  assertMatch(text, /RDB is base AOF/);
  assertMatch(text, /RDB '%x': y/);
});

/** Changes, cuts out or doubles some bytes, mostly behind the signature. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let mutated = bytes.slice();
  for (let count = 1 + random.below(4); count > 0 && mutated.length > HEAD.length; count--) {
    const at = HEAD.length + random.below(mutated.length - HEAD.length);
    const draw = random.below(10);
    if (draw < 6) mutated[at] = random.below(256);
    else if (draw < 8) mutated[at] ^= 1 << random.below(8);
    else if (draw < 9) mutated = mutated.slice(0, at);
    else mutated = Uint8Array.of(...mutated.slice(0, at), ...mutated.slice(at >> 1));
  }
  return mutated;
}

Deno.test("RdbLoader survives 10,000 mutated files without a leak", () => {
  using saved = new StoreFixture(2), fixture = new StoreFixture(2);
  fill(saved, 6);
  const bytes = writeFile(saved.store, { ...WRITE_OPTIONS, isChecksummed: false });
  const random = new SeededRandom(takeSeed("mutated files"));
  let loadedCount = 0;
  for (let trial = 0; trial < MUTATION_COUNT; trial++) {
    const source = new MemorySource(mutate(bytes, random), 1 + random.below(5000));
    try {
      loadFile(fixture.store, source, { isChecksummed: false, keepsExpired: trial % 2 === 0 });
      loadedCount++;
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
    }
    writeFile(fixture.store);
    fixture.store.flush(fixture.store.databases, false);
  }
  assertEquals(loadedCount > MUTATION_COUNT / 100 && loadedCount < MUTATION_COUNT, true);
});
