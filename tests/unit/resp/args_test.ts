/**
 * Args: borrowed windows on a request's bytes.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { Int64 } from "../../../src/base/int64.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { Args } from "../../../src/resp/mod.ts";

Deno.test("Args.of holds text and bytes, empty ones too", () => {
  const args = Args.of("SET", "", new Uint8Array([0, 255]));
  assertEquals(args.count, 3);
  assertEquals([args.text(0), args.text(1), args.text(2)], ["SET", "", "\0\xff"]);
  assertEquals(args.byteCount, 5);
  assertEquals([...args.texts(1)], ["", "\0\xff"]);
  assertEquals(Args.of().count, 0);
});

Deno.test("Args.at points the same view anew for each request", () => {
  const args = new Args();
  args.bytes = bytesOfText("..onetwo");
  args.base = 2;
  args.push(0, 3);
  args.push(3, 6);
  const view = args.at(1);
  assertEquals(view.toText(), "two");
  args.clear();
  assertEquals(args.count, 0);
  args.push(1, 3);
  args.push(0, 1);
  assertStrictEquals(args.at(1), view);
  assertEquals([args.text(0), args.text(1)], ["ne", "o"]);
});

Deno.test("Args counts offsets from base, so that bytes may move", () => {
  const args = new Args();
  args.bytes = bytesOfText("abc");
  args.push(1, 2);
  args.bytes = bytesOfText("....abc");
  args.base = 4;
  assertEquals(args.text(0), "b");
});

Deno.test("Args takes any number of arguments and forgets them", () => {
  const args = new Args();
  args.bytes = bytesOfText("0123456789");
  for (let index = 0; index < 100_000; index++) args.push(index % 10, index % 10 + 1);
  assertEquals([args.count, args.text(0), args.text(99_999)], [100_000, "0", "9"]);
  args.clear();
  args.push(4, 6);
  assertEquals([args.count, args.text(0)], [1, "45"]);
});

Deno.test("Args.isWord ignores case", () => {
  const args = Args.of("KeepTTL", "keep");
  assert(args.isWord(0, "keepttl"));
  assert(!args.isWord(1, "keepttl"));
});

Deno.test("Args reads numbers and refuses what is none", () => {
  const args = Args.of("-12", "9223372036854775807", "2147483648", "1.5", "x", "");
  assertEquals(args.integer(0), -12);
  assertEquals(args.int64(1, new Int64()).toBigInt(), 9223372036854775807n);
  assertEquals(args.int32(0), -12);
  assertEquals([args.double(0), args.double(3)], [-12, 1.5]);
  assertThrows(() => args.int32(2), RedisError, "out of range");
  assertThrows(() => args.int32(1), RedisError, "out of range");
  for (const index of [3, 4, 5]) {
    assertThrows(() => args.integer(index), RedisError, "ERR value is not an integer");
    assertThrows(() => args.int32(index), RedisError, "ERR value is not an integer");
    assertThrows(() => args.int64(index, new Int64()), RedisError, "ERR value is not an integer");
  }
  for (const index of [4, 5]) {
    assertThrows(() => args.double(index), RedisError, "ERR value is not a valid float");
  }
});

Deno.test("Args refuses numbers with the error that is given", () => {
  const refusal = new RedisError("ERR timeout is not an integer or out of range");
  const args = Args.of("x");
  assertStrictEquals(assertThrows(() => args.integer(0, refusal)), refusal);
  assertStrictEquals(assertThrows(() => args.int64(0, new Int64(), refusal)), refusal);
});

Deno.test("Args.clone borrows the bytes, Args.copy has its own", () => {
  const args = new Args();
  args.bytes = bytesOfText(".GETkey");
  args.base = 1;
  args.push(0, 3);
  args.push(3, 6);
  const clone = args.clone(), copy = args.copy();
  args.clear();
  args.bytes.fill("x".charCodeAt(0));
  assertEquals([...clone.texts(0)], ["xxx", "xxx"]);
  assertEquals([...copy.texts(0)], ["GET", "key"]);
});
