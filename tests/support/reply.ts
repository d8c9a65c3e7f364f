/**
 * Reply: one RESP2 or RESP3 reply as a tree that keeps what was on the wire.
 *
 * A client library turns replies into values of its language and so loses what a compatibility
 * test is about: whether a missing key was `$-1`, `*-1` or `_`, whether a score came as a bulk
 * string or as a double, in which digits. Here every kind of the protocol has a tag of its own,
 * numbers stay the text they were sent as, and `wireOf` gives back the bytes exactly.
 *
 * Text is binary text, one character for each byte (see `src/base/byte_view.ts`).
 *
 * @module
 */

/** A kind that is one line: its marker, a text, CRLF. */
export type LineKind = "simple" | "error" | "integer" | "double" | "big-number";

/** A kind that is a length and as many bytes. */
export type BlobKind = "bulk" | "blob-error" | "verbatim";

/** A kind that is a count and as many replies. */
export type ListKind = "array" | "set" | "push";

/** A reply as it was on the wire. */
export type Reply =
  | { readonly kind: LineKind; readonly text: string }
  | { readonly kind: BlobKind; readonly text: string }
  | { readonly kind: ListKind; readonly items: readonly Reply[] }
  | { readonly kind: "map"; readonly pairs: readonly ReplyPair[] }
  | { readonly kind: "attribute"; readonly pairs: readonly ReplyPair[]; readonly of: Reply }
  | { readonly kind: "boolean"; readonly value: boolean }
  /** `_`, the null of RESP3. */
  | { readonly kind: "null" }
  /** `$-1`, the null bulk string of RESP2. */
  | { readonly kind: "null-bulk" }
  /** `*-1`, the null array of RESP2. */
  | { readonly kind: "null-array" };

/** A key and its value in a map or an attribute. */
export type ReplyPair = readonly [key: Reply, value: Reply];

/** First byte on the wire of each kind that is a line. */
export const LINE_MARKERS: Readonly<Record<LineKind, string>> = {
  "simple": "+",
  "error": "-",
  "integer": ":",
  "double": ",",
  "big-number": "(",
};

/** First byte on the wire of each kind that is a blob. */
export const BLOB_MARKERS: Readonly<Record<BlobKind, string>> = {
  "bulk": "$",
  "blob-error": "!",
  "verbatim": "=",
};

/** First byte on the wire of each kind that is a list. */
export const LIST_MARKERS: Readonly<Record<ListKind, string>> = {
  "array": "*",
  "set": "~",
  "push": ">",
};

/**
 * The reply as binary text of the wire: what the server sent, byte for byte.
 *
 * @param reply any reply
 * @returns one character for each byte
 */
export function wireOf(reply: Reply): string {
  switch (reply.kind) {
    case "simple":
    case "error":
    case "integer":
    case "double":
    case "big-number":
      return `${LINE_MARKERS[reply.kind]}${reply.text}\r\n`;
    case "bulk":
    case "blob-error":
    case "verbatim":
      return `${BLOB_MARKERS[reply.kind]}${reply.text.length}\r\n${reply.text}\r\n`;
    case "array":
    case "set":
    case "push":
      return `${LIST_MARKERS[reply.kind]}${reply.items.length}\r\n${
        reply.items.map(wireOf).join("")
      }`;
    case "map":
      return `%${reply.pairs.length}\r\n${wireOfPairs(reply.pairs)}`;
    case "attribute":
      return `|${reply.pairs.length}\r\n${wireOfPairs(reply.pairs)}${wireOf(reply.of)}`;
    case "boolean":
      return reply.value ? "#t\r\n" : "#f\r\n";
    case "null":
      return "_\r\n";
    case "null-bulk":
      return "$-1\r\n";
    case "null-array":
      return "*-1\r\n";
  }
}

function wireOfPairs(pairs: readonly ReplyPair[]): string {
  return pairs.map(([key, value]) => wireOf(key) + wireOf(value)).join("");
}

/** What `plainOf` makes of a reply. */
export type PlainReply =
  | string
  | number
  | bigint
  | boolean
  | null
  | PlainReply[]
  | [PlainReply, PlainReply][];

/**
 * The reply as a plain value, for tests that ask what a command answers rather than in which kind:
 * text for strings, numbers for integers (a bigint past 2^53) and doubles, `null` for each null,
 * arrays for lists and sets, arrays of pairs for maps.
 *
 * @param reply any reply
 * @returns the value
 * @throws {ReplyError} for an error reply, also inside of an array
 */
export function plainOf(reply: Reply): PlainReply {
  switch (reply.kind) {
    case "error":
    case "blob-error":
      throw new ReplyError(reply.text);
    case "simple":
    case "bulk":
      return reply.text;
    case "verbatim":
      return reply.text.slice("txt:".length);
    case "integer": {
      const value = Number(reply.text);
      return Number.isSafeInteger(value) ? value : BigInt(reply.text);
    }
    case "big-number":
      return BigInt(reply.text);
    case "double":
      return numberOfText(reply.text) ?? NaN;
    case "array":
    case "set":
    case "push":
      return reply.items.map(plainOf);
    case "map":
      return reply.pairs.map(([key, value]) => [plainOf(key), plainOf(value)]);
    case "attribute":
      return plainOf(reply.of);
    case "boolean":
      return reply.value;
    case "null":
    case "null-bulk":
    case "null-array":
      return null;
  }
}

/** An error reply met where a value was asked for; the message is the text on the wire. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
}

/**
 * The number that a text of the wire spells: decimal digits, an exponent, `inf`, `-inf`, `nan`.
 *
 * @param text as in a bulk string, an integer or a double
 * @returns the number, or `undefined` when the text is not one
 */
export function numberOfText(text: string): number | undefined {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^-?nan$/i.test(text)) return NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/**
 * Bytes as one line of visible ASCII: CR, LF, tab, quote and backslash by their C escapes,
 * everything else that does not print as `\xNN`.
 *
 * @param text binary text
 * @returns the line, without quotes around it
 */
export function escapeBytes(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, (character) => {
    const short = SHORT_ESCAPES.get(character);
    return short ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\r", "\\r"],
  ["\n", "\\n"],
  ["\t", "\\t"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);
