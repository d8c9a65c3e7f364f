/**
 * Options of SET and GETEX: which words go together.
 *
 * `SET key value EX 60` runs as often as SET, so options are read into an object that is made once.
 *
 * @module
 */

import { SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import {
  AT_MILLISECONDS,
  AT_SECONDS,
  type ExpiryForm,
  IN_MILLISECONDS,
  IN_SECONDS,
} from "../expiry_time.ts";

/** What SET is asked beside key and value. */
export class SetOptions {
  /** When to store: always, only if the key is absent (NX), only if it is present (XX). */
  condition: "none" | "absent" | "present" = "none";
  /** GET: the old value is the reply. */
  repliesOld = false;
  /** KEEPTTL. */
  keepsExpiry = false;
  /** How the expiry is written (EX, PX, EXAT, PXAT), if there is one. */
  expiryForm: ExpiryForm | undefined;
  /** Which argument is the expiry's number. */
  expiryIndex = 0;

  /**
   * Reads the options of `SET key value ...`; returns itself.
   *
   * @throws {RedisError} When a word is unknown or contradicts another.
   */
  read(args: Args): this {
    this.condition = "none";
    this.repliesOld = false;
    this.keepsExpiry = false;
    this.expiryForm = undefined;
    for (let index = 3; index < args.count; index++) {
      if (args.isWord(index, "nx") && this.condition !== "present") {
        this.condition = "absent";
      } else if (args.isWord(index, "xx") && this.condition !== "absent") {
        this.condition = "present";
      } else if (args.isWord(index, "get")) {
        this.repliesOld = true;
      } else if (args.isWord(index, "keepttl") && this.expiryForm === undefined) {
        this.keepsExpiry = true;
      } else {
        if (this.keepsExpiry) throw SYNTAX_ERROR;
        this.expiryForm = readExpiryForm(args, index, this.expiryForm);
        this.expiryIndex = ++index;
      }
    }
    return this;
  }
}

/** What GETEX is asked beside the key. */
export class GetexOptions {
  /** PERSIST: the expiry is taken away. */
  persists = false;
  /** How the expiry is written (EX, PX, EXAT, PXAT), if there is one. */
  expiryForm: ExpiryForm | undefined;
  /** Which argument is the expiry's number. */
  expiryIndex = 0;

  /**
   * Reads the options of `GETEX key ...`; returns itself.
   *
   * @throws {RedisError} When a word is unknown or contradicts another.
   */
  read(args: Args): this {
    this.persists = false;
    this.expiryForm = undefined;
    for (let index = 2; index < args.count; index++) {
      if (args.isWord(index, "persist") && this.expiryForm === undefined) {
        this.persists = true;
      } else {
        if (this.persists) throw SYNTAX_ERROR;
        this.expiryForm = readExpiryForm(args, index, this.expiryForm);
        this.expiryIndex = ++index;
      }
    }
    return this;
  }
}

/**
 * The form that a word asks for, if a number follows.
 *
 * @param earlier The form that an earlier word asked for: the same may come again, another not.
 */
function readExpiryForm(args: Args, index: number, earlier: ExpiryForm | undefined): ExpiryForm {
  const form = args.isWord(index, "ex")
    ? IN_SECONDS
    : args.isWord(index, "px")
    ? IN_MILLISECONDS
    : args.isWord(index, "exat")
    ? AT_SECONDS
    : args.isWord(index, "pxat")
    ? AT_MILLISECONDS
    : undefined;
  const isMissingNumber = index + 1 >= args.count;
  if (form === undefined || isMissingNumber || (earlier ?? form) !== form) throw SYNTAX_ERROR;
  return form;
}
