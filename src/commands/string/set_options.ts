/**
 * Options of SET and GETEX: which words go together.
 *
 * @module
 */

import { SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

/** An expiry among the options. */
export interface ExpiryOption {
  word: "EX" | "PX" | "EXAT" | "PXAT";
  /** Where its number stands. */
  argumentIndex: number;
}

/** What SET is asked beside key and value. */
export interface SetOptions {
  /** When to store: always, only if the key is absent (NX), only if it is present (XX). */
  condition: "none" | "absent" | "present";
  /** GET: the old value is the reply. */
  repliesOld: boolean;
  /** KEEPTTL. */
  keepsExpiry: boolean;
  expiry?: ExpiryOption;
}

/** What GETEX is asked beside the key. */
export interface GetexOptions {
  /** PERSIST: the expiry is taken away. */
  persists: boolean;
  expiry?: ExpiryOption;
}

/**
 * The options of `SET key value ...`.
 *
 * @throws {RedisError} When a word is unknown or contradicts another.
 */
export function parseSetOptions(args: Args): SetOptions {
  const options: SetOptions = { condition: "none", repliesOld: false, keepsExpiry: false };
  for (let index = 3; index < args.count; index++) {
    if (args.isWord(index, "nx") && options.condition !== "present") {
      options.condition = "absent";
    } else if (args.isWord(index, "xx") && options.condition !== "absent") {
      options.condition = "present";
    } else if (args.isWord(index, "get")) {
      options.repliesOld = true;
    } else if (args.isWord(index, "keepttl") && options.expiry === undefined) {
      options.keepsExpiry = true;
    } else if (!options.keepsExpiry && acceptsExpiry(options, args, index)) {
      index++;
    } else {
      throw SYNTAX_ERROR;
    }
  }
  return options;
}

/**
 * The options of `GETEX key ...`.
 *
 * @throws {RedisError} When a word is unknown or contradicts another.
 */
export function parseGetexOptions(args: Args): GetexOptions {
  const options: GetexOptions = { persists: false };
  for (let index = 2; index < args.count; index++) {
    if (args.isWord(index, "persist") && options.expiry === undefined) {
      options.persists = true;
    } else if (!options.persists && acceptsExpiry(options, args, index)) {
      index++;
    } else {
      throw SYNTAX_ERROR;
    }
  }
  return options;
}

/** Takes an expiry's word and number. The same word may come again, another one not. */
function acceptsExpiry(options: { expiry?: ExpiryOption }, args: Args, index: number): boolean {
  if (index + 1 >= args.count) return false;
  const word = args.text(index).toUpperCase();
  if (word !== "EX" && word !== "PX" && word !== "EXAT" && word !== "PXAT") return false;
  if (options.expiry !== undefined && options.expiry.word !== word) return false;
  options.expiry = { word, argumentIndex: index + 1 };
  return true;
}
