/**
 * Reply parser: every kind, every split, every refusal.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { RedisError } from "../../../src/errors/redis_error.ts";
import { type BulkKind, type ReplyLimits, ReplyParser } from "../../../src/resp/mod.ts";
import type { ReplyValue } from "../../../src/resp/mod.ts";
import { randomReply } from "../../support/random_replies.ts";
import { takeSeed } from "../../support/seed.ts";

type Value = ReplyValue<Uint8Array>;

/** Collects what a parser reads. */
class Collector {
  replyBulks: BulkKind = "text";
  pushBulks: BulkKind = "text";
  readonly replies: Value[] = [];
  readonly pushes: Value[][] = [];

  reply(value: Value): void {
    this.replies.push(value);
  }

  push(message: Value[]): void {
    this.pushes.push(message);
  }
}

/** What is read of binary text. */
function read(text: string, bulks: BulkKind = "text", limits?: ReplyLimits): Collector {
  const collector = new Collector();
  collector.replyBulks = bulks;
  new ReplyParser(collector, limits).parse(bytesOfText(text));
  return collector;
}

function elementsOf(value: Value): Value[] {
  if (!Array.isArray(value)) throw new TypeError("expected an array");
  return value;
}

function assertReads(text: string, ...expected: Value[]): void {
  assertEquals(plain(read(text).replies), plain(expected), text);
}

/** The same with errors, sets and maps as literals: two errors are never equal, as each has a stack. */
function plain(value: Value): unknown {
  if (value instanceof RedisError) return { error: value.text };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Set) return { set: [...value].map(plain) };
  if (value instanceof Map) return { map: [...value].map(plain) };
  return value;
}

function assertRefuses(text: string, reason: string, limits?: ReplyLimits): void {
  assertThrows(() => read(text, "text", limits), Error, reason, text);
}

Deno.test("ReplyParser reads lines", () => {
  assertReads("+OK\r\n", "OK");
  assertReads("+\r\n", "");
  assertReads("-WRONGTYPE no\r\n", new RedisError("WRONGTYPE no"));
  assertReads(":0\r\n:-12\r\n:1000\r\n", 0, -12, 1000);
  assertReads("_\r\n#t\r\n#f\r\n", null, true, false);
  assertReads(",1.5\r\n,-2\r\n,1e+20\r\n,1.\r\n,inf\r\n,-inf\r\n", 1.5, -2, 1e20, 1, 1 / 0, -1 / 0);
  assertReads(",nan\r\n", NaN);
});

Deno.test("ReplyParser gives integers as bigint where a number is not exact", () => {
  assertReads(":9007199254740991\r\n", 9007199254740991);
  assertReads(":9007199254740992\r\n", 9007199254740992n);
  assertReads(":-9223372036854775808\r\n", -9223372036854775808n);
  assertReads(
    "(12\r\n(-3492890328409238509324850943850943825024385\r\n",
    12n,
    -(
      3492890328409238509324850943850943825024385n
    ),
  );
});

Deno.test("ReplyParser reads strings", () => {
  assertReads("$0\r\n\r\n", "");
  assertReads("$-1\r\n", null);
  assertReads("$6\r\na\r\nb\0c\r\n", "a\r\nb\0c");
  assertReads("=8\r\ntxt:four\r\n", "four");
  assertReads("=4\r\ntxt:\r\n", "");
  assertReads("!5\r\nERR x\r\n", new RedisError("ERR x"));
});

Deno.test("ReplyParser reads text as UTF-8, byte order mark included", () => {
  assertReads("$5\r\n\xe2\x82\xac\xc3\xa9\r\n", "€é");
  assertReads("$4\r\n\xef\xbb\xbfa\r\n", "\ufeffa");
  assertReads("+\xc3\xa9\r\n", "é");
  assertReads("$1\r\n\xff\r\n", "\ufffd");
});

Deno.test("ReplyParser leaves strings as bytes of their own if asked to", () => {
  const chunk = bytesOfText("*3\r\n$2\r\n\xff\0\r\n=5\r\ntxt:a\r\n+\xff\r\n");
  const collector = new Collector();
  collector.replyBulks = "bytes";
  new ReplyParser(collector).parse(chunk);
  chunk.fill(0);
  assertEquals(collector.replies, [[new Uint8Array([255, 0]), new Uint8Array([97]), "\xff"]]);
});

Deno.test("ReplyParser asks for each reply and each push what strings become", () => {
  const kinds: BulkKind[] = ["text", "bytes"];
  const replies: Value[] = [], pushes: Value[] = [];
  const parser = new ReplyParser({
    get replyBulks(): BulkKind {
      return kinds[replies.length];
    },
    pushBulks: "bytes",
    reply: (value) => replies.push(value),
    push: (message) => pushes.push(message),
  });
  parser.parse(bytesOfText("$1\r\na\r\n>1\r\n$1\r\nb\r\n$1\r\nc\r\n"));
  assertEquals(replies, ["a", new Uint8Array([99])]);
  assertEquals(pushes, [[new Uint8Array([98])]]);
});

Deno.test("ReplyParser reads aggregates, empty and nested", () => {
  assertReads("*-1\r\n*0\r\n~0\r\n%0\r\n", null, [], new Set(), new Map());
  assertReads("*2\r\n*1\r\n:1\r\n*0\r\n", [[1], []]);
  assertReads("*1\r\n*1\r\n*1\r\n*0\r\n", [[[[]]]]);
  assertReads("~2\r\n$1\r\na\r\n:2\r\n", new Set<Value>(["a", 2]));
  assertReads(
    "%2\r\n+a\r\n%1\r\n:1\r\n~1\r\n#t\r\n+b\r\n*1\r\n_\r\n",
    new Map<Value, Value>([["a", new Map<Value, Value>([[1, new Set<Value>([true])]])], ["b", [
      null,
    ]]]),
  );
});

Deno.test("ReplyParser gives nested errors as elements", () => {
  const [reply] = read("*2\r\n+OK\r\n-ERR no\r\n").replies;
  const error = elementsOf(reply)[1] as RedisError;
  assert(error instanceof RedisError);
  assertEquals([error.code, error.text], ["ERR", "ERR no"]);
});

Deno.test("ReplyParser hands push messages over apart from replies", () => {
  const { replies, pushes } = read(
    "+a\r\n>2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n+b\r\n>1\r\n+x\r\n",
  );
  assertEquals(replies, ["a", "b"]);
  assertEquals(pushes, [["invalidate", ["k"]], ["x"]]);
});

Deno.test("ReplyParser drops attributes, wherever they stand", () => {
  assertReads("|1\r\n+ttl\r\n:10\r\n+OK\r\n", "OK");
  assertReads("*2\r\n:1\r\n|1\r\n+a\r\n*1\r\n+b\r\n:2\r\n", [1, 2]);
  assertReads("|0\r\n+OK\r\n", "OK");
  assertEquals(read("|1\r\n+a\r\n+b\r\n>1\r\n+p\r\n+r\r\n").pushes, [["p"]]);
});

Deno.test("ReplyParser knows whether it is within a reply", () => {
  const parser = new ReplyParser(new Collector());
  for (const [piece, isInReply] of [["*1", true], ["\r\n", true], [":1\r\n", false]] as const) {
    parser.parse(bytesOfText(piece));
    assertEquals(parser.isInReply, isInReply);
  }
});

Deno.test("ReplyParser refuses what is no reply", () => {
  assertRefuses("HTTP/1.1 400\r\n", "begins with byte 72");
  assertRefuses("+OK\n", "CR LF");
  assertRefuses("\r\n", "CR LF");
  assertRefuses(":1x\r\n", "integer");
  assertRefuses(":9223372036854775808\r\n", "64 bits");
  assertRefuses("#x\r\n", "boolean");
  assertRefuses("_0\r\n", "null");
  assertRefuses(",1..2\r\n", "double");
  assertRefuses(",toString\r\n", "double");
  assertRefuses("(0x10\r\n", "big number");
  assertRefuses("(\r\n", "big number");
  assertRefuses("$-2\r\n", "length");
  assertRefuses("$?\r\n", "length");
  assertRefuses("*?\r\n", "length");
  assertRefuses("*\r\n", "length");
  assertRefuses("!-1\r\n", "negative");
  assertRefuses("%-1\r\n", "negative");
  assertRefuses("$1\r\nabc\r\n", "longer than announced");
  assertRefuses("=3\r\ntxt\r\n", "format");
  assertRefuses("=5\r\ntext:\r\n", "format");
  assertRefuses(">0\r\n", "push");
  assertRefuses("*1\r\n>1\r\n+a\r\n", "push");
});

Deno.test("ReplyParser keeps its limits", () => {
  assertRefuses("$11\r\n", "over the limit", { bulkBytesMax: 10 });
  assertEquals(read("$10\r\n0123456789\r\n", "text", { bulkBytesMax: 10 }).replies.length, 1);
  assertRefuses("*1\r\n".repeat(4), "nested", { depthMax: 3 });
  assertEquals(read("*1\r\n".repeat(3) + ":1\r\n", "text", { depthMax: 3 }).replies, [[[[1]]]]);
  assertRefuses("%16777217\r\n", "over the limit");
  assertRefuses("*4294967296\r\n", "over the limit");
  assertRefuses("+" + "x".repeat(1024 * 1024 + 1), "a line is longer");
});

Deno.test("ReplyParser takes no memory for what is only announced", () => {
  const parser = new ReplyParser(new Collector());
  // Each would fail at once if it were believed.
  for (let depth = 0; depth < 100; depth++) parser.parse(bytesOfText("*4294967295\r\n"));
  parser.parse(bytesOfText("$536870912\r\nabc"));
  assert(parser.isInReply);
});

Deno.test("ReplyParser reads a reply of a million elements in pieces of 1 KiB", () => {
  const elementCount = 1_000_000;
  const text = `*${elementCount}\r\n` + "$3\r\nabc\r\n".repeat(elementCount);
  const bytes = bytesOfText(text);
  const collector = new Collector();
  const parser = new ReplyParser(collector);
  for (let at = 0; at < bytes.length; at += 1024) parser.parse(bytes.subarray(at, at + 1024));
  const elements = elementsOf(collector.replies[0]);
  assertEquals(elements.length, elementCount);
  assert(elements.every((element) => element === "abc"));
});

Deno.test("ReplyParser reads a large string that comes in pieces", () => {
  const text = "0123456789".repeat(100_000);
  const bytes = bytesOfText(`$${text.length}\r\n${text}\r\n`);
  const collector = new Collector();
  const parser = new ReplyParser(collector);
  for (let at = 0; at < bytes.length; at += 999) parser.parse(bytes.subarray(at, at + 999));
  assert(collector.replies[0] === text);
});

for (const protocol of [2, 3] as const) {
  for (const bulks of ["text", "bytes"] as const) {
    Deno.test(`ReplyParser reads random RESP${protocol} trees as ${bulks}, cut anywhere`, () => {
      const random = new SeededRandom(takeSeed(`reply trees RESP${protocol} ${bulks}`));
      for (let round = 0; round < 150; round++) {
        const samples = Array.from(
          { length: 1 + random.below(5) },
          () => randomReply(random, protocol, bulks, 4),
        );
        const bytes = bytesOfText(samples.map(({ wire }) => wire).join(""));
        const collector = new Collector();
        collector.replyBulks = bulks;
        const parser = new ReplyParser(collector);
        const pieceBytesMax = 1 + random.below(40);
        for (let at = 0; at < bytes.length;) {
          // A copy that is wiped afterwards: nothing may be kept of a chunk.
          const piece = bytes.slice(at, at + 1 + random.below(pieceBytesMax));
          at += piece.length;
          parser.parse(piece);
          piece.fill(0);
        }
        assertEquals(plain(collector.replies), plain(samples.map(({ value }) => value)));
        assert(!parser.isInReply);
      }
    });
  }
}
