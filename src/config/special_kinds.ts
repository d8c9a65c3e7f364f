/**
 * Special kinds: directives with a grammar of their own, such as `save` and `bind`.
 *
 * Each is one object that turns the words into the text which CONFIG GET prints, and that text into
 * lines of a file. The readers (`savePointsOf` ...) turn the same text into what the
 * server works with, so the grammar of a directive stands in one place.
 *
 * Behaviour: Redis 7.0 config.c "Special configs", notify.c; error texts included.
 *
 * @module
 */
import { ByteView } from "../base/byte_view.ts";
import { parseDouble } from "../base/double.ts";
import { quoteWord } from "../base/quoting.ts";
import { ConfigError } from "../errors/config_error.ts";
import { optionalText, rewritePlain, type TextKind } from "./directive_kind.ts";
import { formatBytes, memorySize, parseLooseInteger, ULONG_MAX, unsigned } from "./numeric_kind.ts";

/** Most addresses that `bind` takes. */
const BIND_ADDRESSES_MAX = 16;

/** `bind ADDRESS ...`: the addresses to listen on; none at all with an empty word. */
export const BIND: TextKind = {
  type: "text",
  takesSeveral: true,
  read(words) {
    if (words.length > BIND_ADDRESSES_MAX) {
      throw new ConfigError("Too many bind addresses specified.");
    }
    return words.join(" ");
  },
  rewrite: ({ name, text, defaultText }) =>
    text === defaultText ? [] : [{ text: `${name} ${text || '""'}`, isForced: true }],
};

/** `dir PATH`: always written to the file, so that a restart finds the same data. */
export const DIRECTORY: TextKind = {
  ...optionalText(),
  rewrite: ({ name, text }) => [{ text: `${name} ${quoteWord(text)}`, isForced: true }],
};

/** `save SECONDS CHANGES ...`: when to save a snapshot; never with an empty word. */
export const SAVE: TextKind = {
  type: "text",
  takesSeveral: true,
  accumulates: true,
  read(words) {
    const given = words.length === 1 && words[0] === "" ? [] : words;
    const numbers = given.map(parseLooseInteger);
    const arePossible = numbers.every((number, index) =>
      number !== undefined && number >= (index % 2 === 0 ? 1 : 0)
    );
    if (numbers.length % 2 !== 0 || !arePossible) throw new ConfigError("Invalid save parameters");
    return numbers.join(" ");
  },
  rewrite({ name, text }) {
    if (text === "") return [{ text: `${name} ""`, isForced: true }];
    return savePointsOf(text).map((point) => ({
      text: `${name} ${point.seconds} ${point.changeCount}`,
      isForced: true,
    }));
  },
};

/** `client-output-buffer-limit CLASS HARD SOFT SECONDS ...`: classes not named keep their limits. */
export const OUTPUT_BUFFER_LIMITS: TextKind = {
  type: "text",
  takesSeveral: true,
  read: readOutputBufferLimits,
  rewrite({ name, text, defaultText }) {
    const usual = splitGroups(defaultText, 4);
    return splitGroups(text, 4).map(([clientClass, hard, soft, seconds], index) => {
      const shownClass = clientClass === "slave" ? "replica" : clientClass;
      return {
        text: `${name} ${shownClass} ${formatBytes(hard)} ${formatBytes(soft)} ${seconds}`,
        isForced: usual[index].join() !== [clientClass, hard, soft, seconds].join(),
      };
    });
  },
};

/** `oom-score-adj-values PRIMARY REPLICA CHILD`: three numbers from -2000 to 2000. */
export const OOM_SCORES: TextKind = {
  type: "text",
  takesSeveral: true,
  read(words) {
    if (words.length !== 3) throw new ConfigError("wrong number of arguments");
    const scores = words.map(parseLooseInteger);
    if (!scores.every((score) => score !== undefined && Math.abs(score) <= 2000)) {
      throw new ConfigError(
        "Invalid oom-score-adj-values, elements must be between -2000 and 2000.",
      );
    }
    return scores.join(" ");
  },
  rewrite: rewritePlain,
};

/** `replicaof HOST PORT`, or `no one`. */
export const REPLICA_OF: TextKind = {
  type: "text",
  takesSeveral: true,
  read(words) {
    if (words.length !== 2) throw new ConfigError("wrong number of arguments");
    if (words.join(" ").toLowerCase() === "no one") return "";
    const port = parseLooseInteger(words[1]);
    if (port === undefined || port < 0 || port > 65535) {
      throw new ConfigError("Invalid master port");
    }
    return `${words[0]} ${port}`;
  },
  rewrite: ({ name, text }) => text === "" ? [] : [{ text: `${name} ${text}`, isForced: true }],
};

/** `latency-tracking-info-percentiles P ...`: from 0 to 100; none with an empty word. */
export const PERCENTILES: TextKind = {
  type: "text",
  takesSeveral: true,
  seesZeroBytes: true,
  read(words) {
    if (words.length === 1 && words[0] === "") return "";
    return words.map(readPercentile).join(" ");
  },
  rewrite: ({ name, text }) => [{ text: `${name} ${text || '""'}`, isForced: true }],
};

/** `notify-keyspace-events CLASSES`: letters in any order, `A` for the usual ones. */
export const KEYSPACE_EVENTS: TextKind = {
  type: "text",
  takesSeveral: false,
  read([letters]) {
    const all = new Set(letters.replaceAll("A", USUAL_EVENT_CLASSES));
    for (const letter of all) {
      if (!EVENT_CLASSES.includes(letter)) {
        throw new ConfigError("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
      }
    }
    const isUsual = [...USUAL_EVENT_CLASSES].every((letter) => all.has(letter));
    const rest = isUsual ? EVENT_CLASSES.replace(USUAL_EVENT_CLASSES, "") : EVENT_CLASSES;
    return (isUsual ? "A" : "") + [...rest].filter((letter) => all.has(letter)).join("");
  },
  // Redis 7.0 does not show the letter n beside A, though it is in force.
  show: (text) => text.startsWith("A") ? text.replace("n", "") : text,
  rewrite: ({ name, text }) => [{ text: `${name} ${quoteWord(text)}`, isForced: text !== "" }],
};

/** When `save` asks for a snapshot: so many changes within so many seconds. */
export interface SavePoint {
  readonly seconds: number;
  readonly changeCount: number;
}

/** The save points in a value of `save`. */
export function savePointsOf(text: string): SavePoint[] {
  return splitGroups(text, 2).map(([seconds, changeCount]) => ({
    seconds: Number(seconds),
    changeCount: Number(changeCount),
  }));
}

/** How far the replies of a client may pile up; 0 for no limit. */
export interface OutputBufferLimit {
  /** At more than this the client is closed at once. */
  readonly hardBytes: number;
  /** At more than this for `softSeconds` the client is closed. */
  readonly softBytes: number;
  readonly softSeconds: number;
}

/** A class of clients with an output buffer limit of its own, as CONFIG GET names it. */
export type ClientClass = "normal" | "slave" | "pubsub";

/** The limit for each class in a value of `client-output-buffer-limit`. */
export function outputBufferLimitsOf(text: string): Record<ClientClass, OutputBufferLimit> {
  const [normal, slave, pubsub] = splitGroups(text, 4).map(([, hard, soft, seconds]) => ({
    hardBytes: Number(hard),
    softBytes: Number(soft),
    softSeconds: Number(seconds),
  }));
  return { normal, slave, pubsub };
}

/** Event classes that `A` stands for. */
const USUAL_EVENT_CLASSES = "g$lshzxetd";

/** All event classes, in the order in which they are printed. */
const EVENT_CLASSES = USUAL_EVENT_CLASSES + "nKEm";

/** Reads the sizes in output buffer limits. */
const ANY_SIZE = memorySize(unsigned(0n, ULONG_MAX));

function readOutputBufferLimits(words: readonly string[], current: string): string {
  if (words.length % 4 !== 0) {
    throw new ConfigError("Wrong number of arguments in buffer limit configuration.");
  }
  const limits = new Map(splitGroups(current, 4).map((group) => [group[0], group.join(" ")]));
  for (let at = 0; at < words.length; at += 4) {
    const word = words[at].toLowerCase();
    const clientClass = word === "replica" ? "slave" : word;
    if (!limits.has(clientClass)) {
      throw new ConfigError("Invalid client class specified in buffer limit configuration.");
    }
    limits.set(clientClass, `${clientClass} ${readOutputBufferLimit(words.slice(at + 1, at + 4))}`);
  }
  return [...limits.values()].join(" ");
}

function readOutputBufferLimit([hard, soft, seconds]: readonly string[]): string {
  const softSeconds = parseLooseInteger(seconds);
  const sizes = [hard, soft].map(readSizeOrNothing);
  if (sizes.includes(undefined) || softSeconds === undefined || softSeconds < 0) {
    throw new ConfigError(
      "Error in hard, soft or soft_seconds setting in buffer limit configuration.",
    );
  }
  return [...sizes, softSeconds].join(" ");
}

function readSizeOrNothing(word: string): string | undefined {
  try {
    return ANY_SIZE.read([word], "");
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function readPercentile(word: string): string {
  const percentile = parseDouble(ByteView.ofText(word));
  if (percentile === undefined) {
    throw new ConfigError("Invalid latency-tracking-info-percentiles parameters");
  }
  if (percentile < 0 || percentile > 100) {
    throw new ConfigError(
      "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]",
    );
  }
  return percentile.toFixed(6).replace(/\.?0+$/, "");
}

/** The words of a text in groups of `wordCount`. */
function splitGroups(text: string, wordCount: number): string[][] {
  const words = text === "" ? [] : text.split(" ");
  const groups: string[][] = [];
  for (let at = 0; at < words.length; at += wordCount) groups.push(words.slice(at, at + wordCount));
  return groups;
}
