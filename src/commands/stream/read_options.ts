/**
 * Options of XREAD and XREADGROUP.
 *
 * @module
 */

import {
  SYNTAX_ERROR,
  XREAD_HAS_NO_GROUP,
  XREAD_HAS_NO_NOACK,
  XREAD_UNBALANCED,
  XREADGROUP_NEEDS_GROUP,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { timeoutOfMilliseconds } from "../timeout.ts";

/** A register for the options of one command. */
export class ReadOptions {
  /** How long to wait in milliseconds, 0 for ever; -1: not at all. */
  blockMs = -1;
  /** Most entries of each stream; 0: all. */
  countMax = 0;
  isNoAck = false;
  /** The argument with the group's name, before the consumer's; 0: no group. */
  groupIndex = 0;
  /** The argument that is the first key; the others follow, then an ID for each. */
  firstKey = 0;
  keyCount = 0;

  /**
   * Reads the options.
   *
   * @param isGroupRead Whether the command is XREADGROUP.
   * @throws {RedisError} When they make no sense.
   */
  read(args: Args, isGroupRead: boolean): void {
    this.blockMs = -1;
    this.countMax = this.groupIndex = this.firstKey = 0;
    this.isNoAck = false;
    for (let index = 1; index < args.count && this.firstKey === 0; index++) {
      index = this.#readOption(args, index, isGroupRead);
    }
    if (this.firstKey === 0) throw SYNTAX_ERROR;
    if (isGroupRead && this.groupIndex === 0) throw XREADGROUP_NEEDS_GROUP;
  }

  /** Reads the option at an argument; returns the number of its last. */
  #readOption(args: Args, index: number, isGroupRead: boolean): number {
    const followingCount = args.count - index - 1;
    if (followingCount > 0) {
      if (args.isWord(index, "block")) {
        this.blockMs = timeoutOfMilliseconds(args, index + 1);
        return index + 1;
      }
      if (args.isWord(index, "count")) {
        this.countMax = Math.max(0, args.integer(index + 1));
        return index + 1;
      }
      if (args.isWord(index, "streams")) {
        if (followingCount % 2 !== 0) throw XREAD_UNBALANCED;
        this.firstKey = index + 1;
        this.keyCount = followingCount / 2;
        return index;
      }
      if (followingCount > 1 && args.isWord(index, "group")) {
        if (!isGroupRead) throw XREAD_HAS_NO_GROUP;
        this.groupIndex = index + 1;
        return index + 2;
      }
    }
    if (!args.isWord(index, "noack")) throw SYNTAX_ERROR;
    if (!isGroupRead) throw XREAD_HAS_NO_NOACK;
    this.isNoAck = true;
    return index;
  }
}
