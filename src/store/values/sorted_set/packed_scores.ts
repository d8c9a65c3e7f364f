/**
 * Packed scores: a small sorted set as a listpack of member, score, member, score ... in order.
 *
 * @module
 */

import { ByteView } from "../../../base/byte_view.ts";
import type { Random } from "../../../base/random.ts";
import type { Arena, Ref } from "../../memory/mod.ts";
import { Listpack } from "../../structures/mod.ts";
import { ScoreText } from "./score_text.ts";
import type { MemberVisitor, ScoredMembers } from "./scored_members.ts";

/** A handle on one listpack after the other; a position is that of the member's element. */
export class PackedScores implements ScoredMembers {
  readonly #arena: Arena;
  readonly #listpack: Listpack;
  readonly #text = new ScoreText();
  readonly #view = new ByteView();

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#listpack = new Listpack(arena);
  }

  get root(): Ref {
    return this.#listpack.ref;
  }

  /** Points at a listpack. */
  open(root: Ref): this {
    this.#listpack.open(root);
    return this;
  }

  /** Points a view at the listpack as a whole; borrowed until it is changed. */
  view(into: ByteView): ByteView {
    return this.#listpack.view(into);
  }

  /** Makes an empty one and points at it. */
  create(): this {
    this.#listpack.create();
    return this;
  }

  /** Whether a member can be added without the listpack becoming too large for its format. */
  hasRoomFor(member: ByteView): boolean {
    return Listpack.isSafeToAdd(this.#listpack.byteCount, member.byteCount);
  }

  find(member: ByteView): number {
    return this.#listpack.find(member, this.#listpack.first(), 1);
  }

  memberAt(position: number, into: ByteView): ByteView {
    return this.#listpack.read(position, into);
  }

  scoreAt(position: number): number {
    return this.#text.read(this.#listpack, this.#listpack.next(position));
  }

  first(): number {
    return this.#listpack.first();
  }

  last(): number {
    return this.#listpack.seek(-2);
  }

  next(position: number): number {
    return this.#listpack.next(this.#listpack.next(position));
  }

  previous(position: number): number {
    const score = this.#listpack.previous(position);
    return score === 0 ? 0 : this.#listpack.previous(score);
  }

  seek(rank: number): number {
    return this.#listpack.seek(rank * 2);
  }

  rankOf(position: number): number {
    let rank = 0;
    for (let at = this.first(); at !== position; at = this.next(at)) rank++;
    return rank;
  }

  draw(random: Random, count: number): number {
    return this.seek(random.below(count));
  }

  countBelow(score: number, isEqualCounted: boolean): number {
    let count = 0;
    for (let at = this.first(); at !== 0; at = this.next(at)) {
      const other = this.scoreAt(at);
      if (other > score || (other === score && !isEqualCounted)) break;
      count++;
    }
    return count;
  }

  insert(member: ByteView, score: number): void {
    const listpack = this.#listpack;
    let at = this.first();
    while (at !== 0 && this.#isBefore(at, score, member)) at = this.next(at);
    if (at === 0) return this.append(member, score);
    listpack.insertBefore(at, member);
    listpack.insertAfter(at, this.#text.of(score));
  }

  /** Adds a member that belongs behind all others. */
  append(member: ByteView, score: number): void {
    this.#listpack.append(member);
    this.#listpack.append(this.#text.of(score));
  }

  update(position: number, member: ByteView, score: number): void {
    const next = this.next(position), previous = this.previous(position);
    const staysInPlace = (previous === 0 || this.#isBefore(previous, score, member)) &&
      (next === 0 || !this.#isBefore(next, score, member));
    if (staysInPlace) {
      this.#listpack.replace(this.#listpack.next(position), this.#text.of(score));
    } else {
      this.removeFound(position);
      this.insert(member, score);
    }
  }

  removeFound(position: number): void {
    this.#listpack.removeRange(position, 2);
  }

  removeRange(rank: number, count: number): void {
    this.#listpack.removeRange(this.seek(rank), count * 2);
  }

  scan(_cursor: number, _wantedCount: number, visit: MemberVisitor): number {
    for (let at = this.first(); at !== 0; at = this.next(at)) visit(at);
    return 0;
  }

  copy(): Ref {
    return this.#listpack.duplicate();
  }

  freeSome(): boolean {
    this.#arena.free(this.root);
    return false;
  }

  relocate(): number {
    this.open(this.#arena.moveOut(this.root));
    return 0;
  }

  memoryBytes(): number {
    return this.#arena.capacityOf(this.root);
  }

  /** Whether the member at a position belongs before (score, member). */
  #isBefore(position: number, score: number, member: ByteView): boolean {
    const other = this.scoreAt(position);
    if (other !== score) return other < score;
    return this.memberAt(position, this.#view).compare(member) < 0;
  }
}
