/**
 * Collection shapes: ways to hold a number of elements, as data for the collections part.
 *
 * @module
 */
import { commandText, RawConnection } from "./raw_connection.ts";

/** Elements in one command of a large collection. */
const ELEMENTS_OF_COMMAND = 20;
/** Commands in one write. */
const COMMANDS_OF_BATCH = 64;

/** One way to hold elements. */
export interface CollectionShape {
  /** Title for the tables. */
  readonly title: string;
  /** The command that adds. */
  readonly command: string;
  /** Elements in one key; 0: all of them. */
  readonly elementsOfKey: number;
  /** Elements in one command, where it can't take several. */
  readonly elementsOfCommand?: number;
  /** The words of one element, by its number. */
  readonly wordsOf: (number: number) => readonly string[];
}

const field = (number: number): readonly string[] => [`field:${number}`, `value:${number}`];
const member = (number: number): readonly string[] => [`member:${number}`];
const entry = (number: number): readonly string[] => ["*", "field", `value:${number}`];
const scored = (number: number): readonly string[] => [`${number % 100_003}`, `member:${number}`];

/** Small collections, ten elements each, numbered from 0 in each. */
export const SMALL_SHAPES: readonly CollectionShape[] = [
  {
    title: "hashes of 10 fields",
    command: "HSET",
    elementsOfKey: 10,
    wordsOf: (n) => field(n % 10),
  },
  {
    title: "sets of 10 integers",
    command: "SADD",
    elementsOfKey: 10,
    wordsOf: (n) => [`${n % 10 * 7}`],
  },
  {
    title: "sorted sets of 10",
    command: "ZADD",
    elementsOfKey: 10,
    wordsOf: (n) => scored(n % 10),
  },
  { title: "lists of 10", command: "RPUSH", elementsOfKey: 10, wordsOf: (n) => member(n % 10) },
  {
    title: "streams of 10 entries",
    command: "XADD",
    elementsOfKey: 10,
    elementsOfCommand: 1,
    wordsOf: entry,
  },
];

/** The same elements in one key. */
export const LARGE_SHAPES: readonly CollectionShape[] = [
  { title: "one hash", command: "HSET", elementsOfKey: 0, wordsOf: field },
  { title: "one set", command: "SADD", elementsOfKey: 0, wordsOf: member },
  { title: "one sorted set", command: "ZADD", elementsOfKey: 0, wordsOf: scored },
  { title: "one list", command: "RPUSH", elementsOfKey: 0, wordsOf: member },
  { title: "one stream", command: "XADD", elementsOfKey: 0, elementsOfCommand: 1, wordsOf: entry },
];

/** The key of a large shape. */
export function largeKeyOf(shape: CollectionShape): string {
  return `large:${shape.command}`;
}

/**
 * Adds elements in one shape and waits for the last reply.
 *
 * @param port The server's TCP port.
 * @param elementCount How many elements in all keys together.
 */
export async function fillShape(
  port: number,
  shape: CollectionShape,
  elementCount: number,
): Promise<void> {
  using connection = await RawConnection.open(port);
  const { elementsOfKey } = shape;
  const elementsOfCommand = shape.elementsOfCommand ?? (elementsOfKey || ELEMENTS_OF_COMMAND);
  const commandCount = Math.ceil(elementCount / elementsOfCommand);
  const encoder = new TextEncoder();
  await connection.stream(Math.ceil(commandCount / COMMANDS_OF_BATCH), (batchIndex) => {
    const first = batchIndex * COMMANDS_OF_BATCH;
    const last = Math.min(commandCount, first + COMMANDS_OF_BATCH);
    let text = "";
    for (let index = first; index < last; index++) {
      const key = elementsOfKey > 0
        ? `small:${Math.floor(index * elementsOfCommand / elementsOfKey)}`
        : largeKeyOf(shape);
      const words = [shape.command, key];
      for (let element = 0; element < elementsOfCommand; element++) {
        words.push(...shape.wordsOf(index * elementsOfCommand + element));
      }
      text += commandText(words);
    }
    return { bytes: encoder.encode(text), commandCount: last - first };
  });
}
