/**
 * Byte streams: what a broken or hostile client might send.
 *
 * Half of them start as honest pipelines and are then mutated, since noise alone never gets past
 * the first byte of the parser.
 *
 * @module
 */

import { bytesOfText } from "../../src/base/byte_view.ts";
import type { Random } from "../../src/base/random.ts";
import { encodeCommand } from "./resp_client.ts";

/** Honest commands with the same reply from any server. */
const COMMANDS: readonly (readonly string[])[] = [
  ["PING"],
  ["ECHO", "greet"],
  ["SET", "a", "1"],
  ["SET", "b", "x".repeat(300)],
  ["SETRANGE", "c", "10", "tail"],
  ["APPEND", "a", "2"],
  ["GET", "a"],
  ["GET", "b"],
  ["MGET", "a", "b", "c"],
  ["MSET", "d", "4", "e", "5"],
  ["INCR", "d"],
  ["INCRBYFLOAT", "e", "1.5"],
  ["GETRANGE", "b", "-5", "-1"],
  ["STRLEN", "b"],
  ["EXISTS", "a", "b", "zz"],
  ["DEL", "a"],
  ["EXPIRE", "b", "1000"],
  ["PERSIST", "b"],
  ["TYPE", "b"],
  ["RENAME", "d", "f"],
  ["COPY", "f", "g"],
  ["SELECT", "1"],
  ["DBSIZE"],
  ["OBJECT", "ENCODING", "b"],
  ["LCS", "b", "c", "LEN"],
];

/** Lines of the protocol with a number or a sign that is wrong. */
const SPOILED: readonly string[] = [
  "*-1\r\n",
  "*0\r\n",
  "*2147483648\r\n",
  "*99999999999999999999\r\n",
  "*1\r\n$-1\r\n",
  "*1\r\n$600000000\r\n",
  "*2\r\n$4\r\nPING\r\n:1\r\n",
  "*\r\n",
  "$5\r\ngreet\r\n",
  "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$00\r\n\r\n",
  "*1\r\n$4\nPING\n",
  'SET a "unbalanced\r\n',
  "SET 'a' \"\\x41\\n\"\r\n",
  "  PING  \r\n",
  "\r\n\r\n\r\n",
  "PING\n",
  "GET a\0b\r\n",
];

const STREAM_BYTES_MAX = 2000;

/** A stream of the kind that the source of chance picks. */
export function randomStream(random: Random): Uint8Array {
  switch (random.below(4)) {
    case 0:
      return noise(random, random.below(STREAM_BYTES_MAX));
    case 1:
      return mutate(random, pipeline(random));
    case 2:
      return concatenate(pipeline(random), bytesOfText(pick(random, SPOILED)), pipeline(random));
    default: {
      const bytes = pipeline(random);
      return bytes.slice(0, random.below(bytes.length + 1));
    }
  }
}

function pipeline(random: Random): Uint8Array {
  let text = "";
  for (let count = random.below(8) + 1; count > 0; count--) {
    const command = pick(random, COMMANDS);
    text += random.below(4) === 0 ? `${command.join(" ")}\r\n` : encodeCommand(command);
  }
  return bytesOfText(text);
}

function mutate(random: Random, bytes: Uint8Array): Uint8Array {
  for (let count = random.below(4) + 1; count > 0; count--) {
    const at = random.below(bytes.length);
    switch (random.below(4)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes = concatenate(bytes.slice(0, at), bytes.slice(at + 1), Uint8Array.of(10));
        break;
      case 2:
        bytes = concatenate(bytes.slice(0, at), noise(random, 3), bytes.slice(at));
        break;
      default:
        bytes[at] = 48 + random.below(10);
    }
  }
  return bytes;
}

function noise(random: Random, byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, () => random.below(256));
}

function concatenate(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)];
}
