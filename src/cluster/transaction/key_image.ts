/**
 * Key image: all that there is of a key, as bytes that travel from node to node.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64, parseInt64 } from "../../base/int64.ts";
import { invariant } from "../../base/invariant.ts";
import type { PayloadCodec } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import type { Keyspace } from "../../store/mod.ts";
import type { KeyNeed } from "./participation.ts";

/** What there is under a key. */
export interface KeyImage {
  /** As DUMP makes it; empty: there is something, and what it is does not matter. */
  readonly payload: Uint8Array;
  /** In unix milliseconds, as decimal digits; empty: it does not expire. */
  readonly expiresAt: string;
  /** What the entry notes about its last use. */
  readonly access: number;
  /** The entry's encoding. */
  readonly encoding: number;
}

/** A key of a database. */
export interface PlacedKey {
  readonly databaseIndex: number;
  readonly key: Uint8Array;
}

/** How many words an image takes. */
export const IMAGE_WORD_COUNT = 4;

/** Words that say that there is nothing under a key. */
const ABSENT_WORDS: readonly string[] = ["", "absent", "", ""];
const PRESENT_STUB = ByteView.ofText("present");

/**
 * Makes the image of a key that a command uses; one whose time has come is removed before. It is a use of
 * the key, but no look-up of a command, which is counted where that runs.
 *
 * @returns `undefined` when there is nothing.
 */
export function imageOf(
  payloads: PayloadCodec,
  database: Keyspace,
  { key, need }: { key: Uint8Array; need: KeyNeed },
): KeyImage | undefined {
  const view = new ByteView(key);
  const access = database.noteOfAccess(view);
  const ref = database.peek(view);
  if (ref === 0) return undefined;
  if (need === "touch" || need === "value") database.noteUse(ref);
  const { entries } = database;
  const expiresAt = entries.expires(ref)
    ? String(entries.readExpiry(ref, new Int64()).toBigInt())
    : "";
  const payload = need === "value"
    ? payloads.dump(ref, false, new ByteView()).copy()
    : new Uint8Array(0);
  return { payload, expiresAt, access: access!, encoding: entries.encodingOf(ref) };
}

/** Puts an image in the place of what is under a key; `undefined` removes that. */
export function putImage(
  payloads: PayloadCodec,
  database: Keyspace,
  key: Uint8Array,
  image: KeyImage | undefined,
): void {
  const view = new ByteView(key);
  if (image === undefined) {
    database.discard(view);
    return;
  }
  const { payload, expiresAt, access, encoding } = image;
  if (payload.length === 0) database.setString(view, PRESENT_STUB);
  else payloads.restoreAsIs(new ByteView(payload), database, view, encoding);
  if (expiresAt !== "") database.setExpiry(database.peek(view), momentOf(expiresAt));
  database.noteAccess(view, access);
}

/** An image as words of a request or of an answer. */
export function wordsOfImage(image: KeyImage | undefined): readonly (string | Uint8Array)[] {
  return image === undefined
    ? ABSENT_WORDS
    : [image.payload, image.expiresAt, String(image.access), String(image.encoding)];
}

/** Reads the words that `wordsOfImage` made. @param index Of the first. */
export function imageIn(args: Args, index: number): KeyImage | undefined {
  if (args.isWord(index + 1, "absent")) return undefined;
  return {
    payload: args.at(index).copy(),
    expiresAt: args.text(index + 1),
    access: args.integer(index + 2),
    encoding: args.integer(index + 3),
  };
}

function momentOf(digits: string): Int64 {
  const moment = new Int64(), { bytes, start, end } = ByteView.ofText(digits);
  invariant(parseInt64(bytes, start, end, moment), `A moment is no number: ${digits}`);
  return moment;
}
