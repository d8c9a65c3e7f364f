/**
 * Request parser: requests cut anywhere, each kind of broken framing, and the cost of a long one.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { bytesOfText } from "../../../src/base/byte_view.ts";
import { ProtocolError } from "../../../src/errors/redis_error.ts";
import { Args, INCOMPLETE, NOTHING, REQUEST, RequestParser } from "../../../src/resp/mod.ts";

const LINE_BYTES_MAX = 64 * 1024;
const BULK_BYTES_MAX = 1024 * 1024;

/** A multi-bulk request as binary text. */
function requestText(...words: string[]): string {
  return `*${words.length}\r\n` + words.map((word) => `$${word.length}\r\n${word}\r\n`).join("");
}

function newParser(isTrusted = true, bulkBytesMax = BULK_BYTES_MAX): RequestParser {
  const parser = new RequestParser({ bulkBytesMax });
  parser.isTrusted = isTrusted;
  return parser;
}

/** A connection's side of parsing: keeps what was not consumed and offers it again. */
class Feed {
  readonly requests: string[][] = [];
  nothingCount = 0;
  readonly #parser: RequestParser;
  readonly #args: Args;
  #waiting: Uint8Array = new Uint8Array(0);

  constructor(parser: RequestParser = newParser(), args: Args = new Args()) {
    this.#parser = parser;
    this.#args = args;
  }

  get waitingBytes(): number {
    return this.#waiting.length;
  }

  /** Offers bytes at a place in the buffer that differs from call to call. */
  push(text: string, paddingBytes = 0): this {
    const chunk = bytesOfText(text);
    const to = paddingBytes + this.#waiting.length + chunk.length;
    const bytes = new Uint8Array(to).fill(0x2a);
    bytes.set(this.#waiting, paddingBytes);
    bytes.set(chunk, paddingBytes + this.#waiting.length);
    let from = paddingBytes;
    while (true) {
      const outcome = this.#parser.parse(bytes, from, to, this.#args);
      if (outcome === INCOMPLETE) break;
      if (outcome === NOTHING) this.nothingCount++;
      else this.requests.push([...this.#parser.args.texts(0)]);
      from = this.#parser.end;
    }
    this.#waiting = bytes.slice(from);
    return this;
  }
}

/** The text after `Protocol error: ` that some bytes are answered with. */
function refusalOf(text: string, parser: RequestParser = newParser()): string {
  const error = assertThrows(() => new Feed(parser).push(text), ProtocolError);
  return error.text.replace("ERR Protocol error: ", "");
}

Deno.test("RequestParser reads pipelined requests cut at any two places", () => {
  const text = requestText("SET", "key", "a\r\nb") + "\r\n" + "PING  'a b'\r\n" + "*0\r\n" +
    requestText("GET", "") + "*-1\r\n" + requestText("ECHO", "0123456789ab");
  const expected = [
    ["SET", "key", "a\r\nb"],
    ["PING", "a b"],
    ["GET", ""],
    ["ECHO", "0123456789ab"],
  ];
  for (let first = 0; first <= text.length; first++) {
    for (let second = first; second <= text.length; second++) {
      const feed = new Feed()
        .push(text.slice(0, first))
        .push(text.slice(first, second), 3)
        .push(text.slice(second), 1);
      assertEquals(feed.requests, expected, `cut at ${first} and ${second}`);
      assertEquals(feed.nothingCount, 3);
      assertEquals(feed.waitingBytes, 0);
    }
  }
});

Deno.test("RequestParser reads pipelined requests that come byte by byte", () => {
  const feed = new Feed();
  const text = requestText("MSET", "a", "1", "b", "2") + "PING\n" + requestText("\0\xff\r\n");
  for (const byte of text) feed.push(byte);
  assertEquals(feed.requests, [["MSET", "a", "1", "b", "2"], ["PING"], ["\0\xff\r\n"]]);
});

Deno.test("RequestParser keeps a broken off request when others use the shared arguments", () => {
  const shared = new Args();
  const limits = { bulkBytesMax: BULK_BYTES_MAX };
  const slow = new Feed(new RequestParser(limits), shared);
  const quick = new Feed(new RequestParser(limits), shared);
  slow.push("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nsl");
  quick.push(requestText("DEL", "other", "keys"));
  slow.push("ow!\r\n");
  assertEquals(slow.requests, [["SET", "k", "slow!"]]);
  assertEquals(quick.requests, [["DEL", "other", "keys"]]);
});

Deno.test("RequestParser reads a request from its beginning after a reset", () => {
  const parser = newParser(), args = new Args();
  const bytes = bytesOfText(requestText("SET", "key", "value"));
  assertEquals(parser.parse(bytes, 0, bytes.length - 3, args), INCOMPLETE);
  parser.reset();
  assertEquals([parser.isInRequest, parser.neededBytes], [false, 0]);
  assertEquals(parser.parse(bytes, 0, bytes.length, args), REQUEST);
  assertEquals([...parser.args.texts(0)], ["SET", "key", "value"]);
});

Deno.test("RequestParser says how many bytes a long argument needs", () => {
  const parser = newParser();
  const head = bytesOfText("*2\r\n$4\r\nECHO\r\n$100000\r\nab");
  assertEquals(parser.neededBytes, 0);
  assertEquals(parser.isInRequest, false);
  assertEquals(parser.parse(head, 0, head.length, new Args()), INCOMPLETE);
  assertEquals(parser.isInRequest, true);
  assertEquals(parser.neededBytes, head.length - 2 + 100_000 + 2);
  const whole = new Uint8Array(parser.neededBytes);
  whole.set(head);
  assertEquals(parser.parse(whole, 0, whole.length, new Args()), REQUEST);
  assertEquals(parser.args.at(1).byteCount, 100_000);
  assertEquals(parser.end, whole.length);
  assertEquals(parser.neededBytes, 0);
});

Deno.test("RequestParser gives no request for *0, *-1, any negative count and empty lines", () => {
  const feed = new Feed().push("*0\r\n*-1\r\n*-9\r\n\r\n\n   \r\n" + requestText("PING"));
  assertEquals(feed.nothingCount, 6);
  assertEquals(feed.requests, [["PING"]]);
});

Deno.test("RequestParser reads inline requests with quotes and either line end", () => {
  const cases: readonly [string, string[]][] = [
    ["PING\r\n", ["PING"]],
    ["  SET \t k  v \n", ["SET", "k", "v"]],
    ['SET k "a b\\n\\x00\\xff\\"" \r\n', ["SET", "k", 'a b\n\0\xff"']],
    ["ECHO 'it\\'s \\n'\r\n", ["ECHO", "it's \\n"]],
    ['ECHO ""\r\n', ["ECHO", ""]],
    ["$5 x\r\n", ["$5", "x"]],
  ];
  for (const [text, words] of cases) {
    assertEquals(new Feed().push(text).requests, [words], JSON.stringify(text));
  }
});

Deno.test("RequestParser refuses quotes that do not balance", () => {
  for (const line of ['ECHO "a', "ECHO 'a", 'ECHO "a"b', "ECHO 'a'b", 'ECHO "a\\"']) {
    assertEquals(refusalOf(`${line}\r\n`), "unbalanced quotes in request", line);
  }
});

Deno.test("RequestParser waits at a zero byte in a line, as text ends there", () => {
  for (const text of ["PING\0\r\n", "\0\0\n", "*1\0\r\n$4\r\nPING\r\n", "*1\r\n$4\0\r\nPING\r\n"]) {
    assertEquals(new Feed().push(text).requests, [], JSON.stringify(text));
  }
  assertEquals(refusalOf("\0".repeat(LINE_BYTES_MAX + 1)), "too big inline request");
  assertEquals(refusalOf("*\0" + "1".repeat(LINE_BYTES_MAX)), "too big mbulk count string");
});

Deno.test("RequestParser refuses counts and lengths that are no numbers or out of range", () => {
  const cases: readonly [string, string][] = [
    ["*x\r\n", "invalid multibulk length"],
    ["*\r\n", "invalid multibulk length"],
    ["*+1\r\n", "invalid multibulk length"],
    ["*01\r\n", "invalid multibulk length"],
    ["* 1\r\n", "invalid multibulk length"],
    ["*1x\r\n", "invalid multibulk length"],
    ["*2147483648\r\n", "invalid multibulk length"],
    ["*99999999999999999999\r\n", "invalid multibulk length"],
    ["*1\r\n$x\r\n", "invalid bulk length"],
    ["*1\r\n$\r\n", "invalid bulk length"],
    ["*1\r\n$-1\r\n", "invalid bulk length"],
    ["*1\r\n$04\r\nPING\r\n", "invalid bulk length"],
    ["*1\r\n$+4\r\nPING\r\n", "invalid bulk length"],
    ["*1\r\n$4 \r\nPING\r\n", "invalid bulk length"],
    [`*1\r\n$${BULK_BYTES_MAX + 1}\r\n`, "invalid bulk length"],
    ["*1\r\n$99999999999999999999\r\n", "invalid bulk length"],
    ["*1\r\nPING\r\n", "expected '$', got 'P'"],
    ["*2\r\n$4\r\nECHO\r\n:1\r\n", "expected '$', got ':'"],
    ["*1\r\n\r\n", "expected '$', got ' '"],
  ];
  for (const [text, reason] of cases) assertEquals(refusalOf(text), reason, JSON.stringify(text));
});

Deno.test("RequestParser refuses lines that never end, and no sooner", () => {
  const digits = "1".repeat(LINE_BYTES_MAX - 1);
  assertEquals(new Feed().push("*" + digits).requests, []);
  assertEquals(refusalOf("*" + digits + "1"), "too big mbulk count string");
  assertEquals(new Feed().push("*1\r\n$" + digits).requests, []);
  assertEquals(refusalOf("*1\r\n$" + digits + "1"), "too big bulk count string");
  assertEquals(new Feed().push("P" + digits).requests, []);
  assertEquals(refusalOf("P" + digits + "1"), "too big inline request");
});

Deno.test("RequestParser takes an argument of exactly proto-max-bulk-len", () => {
  const feed = new Feed(newParser(true, 100));
  feed.push(requestText("ECHO", "x".repeat(100)));
  assertEquals(feed.requests.length, 1);
  assertEquals(
    refusalOf("*2\r\n$4\r\nECHO\r\n$101\r\n", newParser(true, 100)),
    "invalid bulk length",
  );
});

Deno.test("RequestParser allows little to who has not authenticated", () => {
  const words = Array.from({ length: 10 }, () => "x");
  const feed = new Feed(newParser(false))
    .push(requestText(...words))
    .push(requestText("AUTH", "x".repeat(16_384)));
  assertEquals(feed.requests.map((request) => request.length), [10, 2]);
  const many = requestText(...words, "x"), long = requestText("AUTH", "x".repeat(16_385));
  assertEquals(refusalOf(many, newParser(false)), "unauthenticated multibulk length");
  assertEquals(refusalOf(long, newParser(false)), "unauthenticated bulk length");
  assertEquals(new Feed().push(many + long).requests.length, 2);
});

Deno.test("RequestParser does not look at what stands where line ends should", () => {
  assertEquals(new Feed().push("*1\rx$4\rxPINGxx").requests, [["PING"]]);
});

Deno.test("RequestParser looks at each byte of a long request once", () => {
  const words = ["RPUSH", ...Array.from({ length: 100_000 }, (_, index) => `v${index}`)];
  const bytes = bytesOfText(requestText(...words));
  let readCount = 0;
  // Counts reads of elements: a parser that starts anew with each piece takes quadratically many.
  const counted = new Proxy(bytes, {
    get(target, property): unknown {
      if (typeof property === "string" && /^\d/.test(property)) readCount++;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const parser = newParser();
  let outcome = INCOMPLETE;
  for (let to = 1024; outcome === INCOMPLETE; to += 1024) {
    outcome = parser.parse(counted, 0, Math.min(to, bytes.length), new Args());
  }
  assertEquals(outcome, REQUEST);
  assertEquals(parser.args.count, words.length);
  parser.args.bytes = bytes;
  assertEquals(parser.args.text(words.length - 1), words.at(-1));
  assertEquals(readCount < 2 * bytes.length, true, `${readCount} reads of ${bytes.length} bytes`);
});
