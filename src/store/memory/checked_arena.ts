/**
 * Checked arena: an arena that catches misuse, for tests.
 *
 * Every block gets eight canary bytes behind what was asked for, a freed block is filled with
 * poison, and the set of live blocks is known. So a write past the end, a use after free, a double
 * free and a leak each stop the test that did them, at the latest in `verify()`. Costs memory and an
 * order of magnitude in speed; behaviour is that of `Arena`.
 *
 * @module
 */

import { invariant } from "../../base/invariant.ts";
import { Arena, type Ref } from "./arena.ts";
import { blockBytesFor } from "./size_classes.ts";

const CANARY_BYTES = 8;
const CANARY = 0xca;
const POISON = 0xdb;

/** An `Arena` with canaries, poison and a list of who is alive. */
export class CheckedArena extends Arena {
  /** Bytes asked for, by live block. */
  readonly #askedBytes = new Map<Ref, number>();

  override allocate(byteCount: number): Ref {
    invariant(byteCount >= 1, `Cannot allocate a block: ${byteCount} bytes`);
    const ref = super.allocate(byteCount + CANARY_BYTES);
    invariant(!this.#askedBytes.has(ref), `Block ${ref} was handed out twice`);
    this.#register(ref, byteCount);
    this.bytesOf(ref).fill(POISON, this.offsetOf(ref), this.offsetOf(ref) + byteCount);
    return ref;
  }

  override free(ref: Ref): void {
    this.#verifyBlock(ref);
    const offset = this.offsetOf(ref);
    this.bytesOf(ref).fill(POISON, offset, offset + super.capacityOf(ref));
    this.#askedBytes.delete(ref);
    super.free(ref);
  }

  override resize(ref: Ref, byteCount: number, keptBytes: number): Ref {
    this.#verifyBlock(ref);
    const moved = super.resize(ref, byteCount + CANARY_BYTES, keptBytes);
    // A block that moved went through allocate(), which counted the canary as asked for.
    this.#register(moved, byteCount);
    return moved;
  }

  override capacityOf(ref: Ref): number {
    return super.capacityOf(ref) - CANARY_BYTES;
  }

  override isFit(ref: Ref, byteCount: number): boolean {
    return super.capacityOf(ref) === blockBytesFor(byteCount + CANARY_BYTES);
  }

  /** Grants a block its full capacity: a caller that asks for it may use it. */
  #register(ref: Ref, byteCount: number): void {
    this.#askedBytes.set(ref, byteCount);
    const end = this.offsetOf(ref) + super.capacityOf(ref);
    this.bytesOf(ref).fill(CANARY, end - CANARY_BYTES, end);
  }

  #verifyBlock(ref: Ref): void {
    invariant(
      this.#askedBytes.has(ref),
      `Block ${ref} is not live: freed twice or never allocated`,
    );
    const bytes = this.bytesOf(ref);
    const end = this.offsetOf(ref) + super.capacityOf(ref);
    for (let index = end - CANARY_BYTES; index < end; index++) {
      invariant(bytes[index] === CANARY, `Block ${ref} was written past its end`);
    }
  }

  /**
   * Checks every live block.
   *
   * @param expectedBlockCount How many blocks may be alive.
   * @throws {InvariantError} When a canary is damaged or a block leaked.
   */
  verify(expectedBlockCount: number): void {
    for (const ref of this.#askedBytes.keys()) this.#verifyBlock(ref);
    invariant(
      this.#askedBytes.size === expectedBlockCount,
      `${this.#askedBytes.size} blocks are live, expected ${expectedBlockCount}`,
    );
  }
}
