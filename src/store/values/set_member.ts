/**
 * Set member: a member on its way from one set to others, with what was worked out about it.
 *
 * To look for a member takes its hash where a set is a dictionary, and its value as an integer where
 * it is an intset. A combination of ten sets would work out both ten times; here each is done when it
 * is asked for first, and the digits of an integer are not written for nothing.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { Int64, INT64_TEXT_BYTES_MAX, parseInt64, writeInt64 } from "../../base/int64.ts";
import type { Arena, Ref } from "../memory/mod.ts";
import { recordKeyView } from "../structures/mod.ts";
import type { ElementLookAhead } from "./element_look_ahead.ts";

/** Whether the member is an integer. */
const NOT_LOOKED_AT = 0;
const INTEGER = 1;
const NO_INTEGER = 2;

/** One member; filled anew for the next. */
export class SetMember {
  /** The member as an integer; only after `isInteger` said so, or for the filler. */
  readonly integer = new Int64();

  readonly #view = new ByteView();
  readonly #digits = new Uint8Array(INT64_TEXT_BYTES_MAX);
  #hasView = false;
  #hash = 0;
  #hasHash = false;
  #integerState = NOT_LOOKED_AT;

  /** Becomes these bytes, which are borrowed; returns itself. */
  setBytes(view: ByteView): this {
    this.#view.set(view.bytes, view.start, view.end);
    return this.#reset(true, NOT_LOOKED_AT);
  }

  /** Becomes the key of a dictionary's record, which is borrowed; returns itself. */
  setRecord(arena: Arena, record: Ref, hash: number): this {
    recordKeyView(arena, record, this.#view);
    this.#reset(true, NOT_LOOKED_AT);
    this.#hash = hash;
    this.#hasHash = true;
    return this;
  }

  /** Becomes what was written into `integer`; returns itself. */
  setInteger(): this {
    return this.#reset(false, INTEGER);
  }

  /** The member's bytes; borrowed until the next member. */
  get view(): ByteView {
    if (!this.#hasView) {
      this.#view.set(this.#digits, 0, writeInt64(this.integer, this.#digits, 0));
      this.#hasView = true;
    }
    return this.#view;
  }

  /** Whether the member is an integer, written as Redis writes it; `integer` then has it. */
  get isInteger(): boolean {
    if (this.#integerState === NOT_LOOKED_AT) {
      const { bytes, start, end } = this.#view;
      this.#integerState = parseInt64(bytes, start, end, this.integer) ? INTEGER : NO_INTEGER;
    }
    return this.#integerState === INTEGER;
  }

  /** The member's hash. @param elements Always the same one. */
  hashBy(elements: ElementLookAhead): number {
    if (!this.#hasHash) {
      this.#hash = elements.hashOf(this.view);
      this.#hasHash = true;
    }
    return this.#hash;
  }

  #reset(hasView: boolean, integerState: number): this {
    this.#hasView = hasView;
    this.#hasHash = false;
    this.#integerState = integerState;
    return this;
  }
}
