/**
 * Transaction work: what a transaction changes at one node, as that node is told and records it.
 *
 *   work     count of changes | (database, key, image) × count | (database, key, event) ...
 *
 * @module
 */

import type { Args } from "../../resp/mod.ts";
import {
  IMAGE_WORD_COUNT,
  imageIn,
  type KeyImage,
  type PlacedKey,
  wordsOfImage,
} from "./key_image.ts";

/** A key, and what is to be under it. */
export interface KeyChange extends PlacedKey {
  /** `undefined`: nothing. */
  readonly image: KeyImage | undefined;
}

/** The event of a key that is made, of which only who observes keys is told. */
export const NEW_KEY = "new";
/** The same of one that is looked up and not there. */
export const MISSED_KEY = "keymiss";

/** Something that happened to a key, for those who listen to changes. */
export interface KeyEvent extends PlacedKey {
  readonly event: string;
}

/** What one node is to do. */
export interface TransactionWork {
  readonly changes: readonly KeyChange[];
  /** In order. */
  readonly events: readonly KeyEvent[];
}

/** Work of a node where a transaction only reads. */
export const NO_WORK: TransactionWork = { changes: [], events: [] };

/** Work as words of a request. */
export function wordsOfWork({ changes, events }: TransactionWork): (string | Uint8Array)[] {
  const words: (string | Uint8Array)[] = [String(changes.length)];
  for (const { databaseIndex, key, image } of changes) {
    words.push(String(databaseIndex), key, ...wordsOfImage(image));
  }
  for (const { databaseIndex, key, event } of events) {
    words.push(String(databaseIndex), key, event);
  }
  return words;
}

/** Reads the words that `wordsOfWork` made, to the last. @param index Of the first. */
export function workIn(args: Args, index: number): TransactionWork {
  const changes: KeyChange[] = [], events: KeyEvent[] = [];
  const changeCount = args.integer(index++);
  for (let number = 0; number < changeCount; number++) {
    changes.push({ ...placedKeyIn(args, index), image: imageIn(args, index + 2) });
    index += 2 + IMAGE_WORD_COUNT;
  }
  for (; index + 2 < args.count; index += 3) {
    events.push({ ...placedKeyIn(args, index), event: args.text(index + 2) });
  }
  return { changes, events };
}

function placedKeyIn(args: Args, index: number): PlacedKey {
  return { databaseIndex: args.integer(index), key: args.at(index + 1).copy() };
}
