/**
 * Random replies: trees of all kinds, as values and as bytes.
 *
 * @module
 */

import { bytesOfText } from "../../src/base/byte_view.ts";
import type { Random } from "../../src/base/random.ts";
import { RedisError } from "../../src/errors/redis_error.ts";
import type { BulkKind, ReplyValue } from "../../src/resp/mod.ts";

type Value = ReplyValue<Uint8Array>;

/** A random reply and its wire form, in binary text. */
export interface RandomReply {
  value: Value;
  wire: string;
}

/** Kinds of which each protocol makes its replies; aggregates last. */
const KINDS = {
  2: ["+", "-", ":", "$", "null", "*"],
  3: ["+", "-", ":", "$", "null", ",", "(", "#", "=", "!", "*", "~", "%"],
} as const;

function randomText(random: Random, alphabet: number): string {
  const codes = Array.from(
    { length: random.below(random.below(8) === 0 ? 200 : 12) },
    () => random.below(alphabet),
  );
  return String.fromCharCode(...codes);
}

/**
 * Draws one.
 *
 * @param depth Most aggregates within one another.
 */
export function randomReply(
  random: Random,
  protocol: 2 | 3,
  bulks: BulkKind,
  depth: number,
): RandomReply {
  const kinds = KINDS[protocol];
  const isLeaf = depth === 0;
  const kind = kinds[random.below(kinds.length - (isLeaf ? protocol === 2 ? 1 : 3 : 0))];
  const line = randomText(random, 96).replace(/[^ -_]/g, "~");
  const bulk = randomText(random, bulks === "bytes" ? 256 : 128);
  const bulkValue = bulks === "bytes" ? bytesOfText(bulk) : bulk;
  const number = (random.nextUint32() | 0) * (random.below(2) === 0 ? 1 : 0.25);
  const large = BigInt(random.nextUint32()) ** 3n * (random.below(2) === 0 ? 1n : -1n);
  switch (kind) {
    case "+":
      return { value: line, wire: `+${line}\r\n` };
    case "-":
      return { value: new RedisError(`ERR ${line}`), wire: `-ERR ${line}\r\n` };
    case ":":
      return { value: Math.trunc(number), wire: `:${Math.trunc(number) + 0}\r\n` };
    case "$":
      return { value: bulkValue, wire: `$${bulk.length}\r\n${bulk}\r\n` };
    case "null": {
      const nulls = protocol === 2 ? ["$-1\r\n", "*-1\r\n"] : ["_\r\n"];
      return { value: null, wire: nulls[random.below(nulls.length)] };
    }
    case ",":
      return { value: number, wire: `,${number}\r\n` };
    case "(":
      return { value: large, wire: `(${large}\r\n` };
    case "#":
      return { value: number > 0, wire: `#${number > 0 ? "t" : "f"}\r\n` };
    case "=":
      return { value: bulkValue, wire: `=${bulk.length + 4}\r\ntxt:${bulk}\r\n` };
    case "!":
      return {
        value: new RedisError(`ERR ${line}`),
        wire: `!${line.length + 4}\r\nERR ${line}\r\n`,
      };
    default:
      return randomAggregate(random, kind, () => randomReply(random, protocol, bulks, depth - 1));
  }
}

function randomAggregate(
  random: Random,
  kind: "*" | "~" | "%",
  draw: () => RandomReply,
): RandomReply {
  const count = random.below(5);
  const elements = Array.from({ length: kind === "%" ? count * 2 : count }, draw);
  const wire = `${kind}${count}\r\n${elements.map((element) => element.wire).join("")}`;
  const values = elements.map((element) => element.value);
  if (kind === "*") return { value: values, wire };
  if (kind === "~") return { value: new Set(values), wire };
  const map = new Map<Value, Value>();
  for (let index = 0; index < values.length; index += 2) map.set(values[index], values[index + 1]);
  return { value: map, wire };
}
