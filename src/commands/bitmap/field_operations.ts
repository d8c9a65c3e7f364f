/**
 * Field operations: the arguments of BITFIELD, read one operation after the other.
 *
 * The command reads them twice: once to find any mistake before something is changed, and once to
 * carry them out. So there is one object that shows the current operation, and no list of them.
 *
 * @module
 */

import { Int64, parseInt64 } from "../../base/int64.ts";
import type { CommandContext } from "../../engine/mod.ts";
import {
  BITFIELD_OVERFLOW_INVALID,
  BITFIELD_TYPE_INVALID,
  SYNTAX_ERROR,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { fieldOffsetAt } from "./bit_offset.ts";
import type { FieldType, OverflowMode } from "./field.ts";

const LETTER_I = 105;
const LETTER_U = 117;
const SIGNED_BITS_MAX = 64;
const UNSIGNED_BITS_MAX = 63;

/** A walk over `BITFIELD key operation ...`. */
export class FieldOperations {
  /** What the current operation does. */
  verb: "get" | "set" | "incrby" = "get";
  /** What happens when its value does not fit. */
  overflow: OverflowMode = "wrap";
  /** Its field's width and sign. */
  readonly type: FieldType = { bitCount: 0, isSigned: false };
  /** Where its field begins. */
  bitOffset = 0;
  /** SET's value or INCRBY's increment. */
  readonly operand = new Int64();

  readonly #bitCount = new Int64();
  #index = 0;

  /** Goes back to before the first operation. */
  restart(): void {
    this.#index = 2;
    this.overflow = "wrap";
  }

  /**
   * Goes on to the next operation.
   *
   * @returns Whether there is one.
   * @throws {RedisError} When the arguments make no sense.
   */
  next(context: CommandContext, args: Args): boolean {
    while (this.#index < args.count) {
      const index = this.#index;
      const followingCount = args.count - index - 1;
      if (args.isWord(index, "get") && followingCount >= 2) this.verb = "get";
      else if (args.isWord(index, "set") && followingCount >= 3) this.verb = "set";
      else if (args.isWord(index, "incrby") && followingCount >= 3) this.verb = "incrby";
      else if (args.isWord(index, "overflow") && followingCount >= 1) {
        this.overflow = overflowModeAt(args, index + 1);
        this.#index += 2;
        continue;
      } else throw SYNTAX_ERROR;
      this.#readType(args, index + 1);
      this.bitOffset = fieldOffsetAt(context, args, index + 2, this.type.bitCount);
      if (this.verb !== "get") args.int64(index + 3, this.operand);
      this.#index += this.verb === "get" ? 3 : 4;
      return true;
    }
    return false;
  }

  #readType(args: Args, index: number): void {
    const view = args.at(index), bitCount = this.#bitCount;
    const letter = view.byteCount === 0 ? 0 : view.at(0);
    const isSigned = letter === LETTER_I;
    const isType = (isSigned || letter === LETTER_U) &&
      parseInt64(view.bytes, view.start + 1, view.end, bitCount);
    if (!isType) throw BITFIELD_TYPE_INVALID;
    this.type.isSigned = isSigned;
    this.type.bitCount = bitCount.toNumber();
    const bitCountMax = isSigned ? SIGNED_BITS_MAX : UNSIGNED_BITS_MAX;
    if (this.type.bitCount < 1 || this.type.bitCount > bitCountMax) throw BITFIELD_TYPE_INVALID;
  }
}

/** @throws {RedisError} When the word is no mode. */
function overflowModeAt(args: Args, index: number): OverflowMode {
  if (args.isWord(index, "wrap")) return "wrap";
  if (args.isWord(index, "sat")) return "saturate";
  if (args.isWord(index, "fail")) return "fail";
  throw BITFIELD_OVERFLOW_INVALID;
}
