/**
 * Sorted set: members with scores, in the order of (score, bytes).
 *
 * Small ones are packed, larger ones are indexed; which, follows from the limits as in Redis: adding
 * a member that is one too many or too long changes to the index, and removing never changes back.
 * The operations are the same for both, so a command's rules are written once.
 *
 * @module
 */

import { ByteView } from "../../../base/byte_view.ts";
import { invariant } from "../../../base/invariant.ts";
import type { Ref } from "../../memory/mod.ts";
import { Listpack } from "../../structures/mod.ts";
import { Collection, type CollectionEnvironment } from "../collection.ts";
import { ENCODING_LISTPACK, ENCODING_SKIPLIST, TYPE_SORTED_SET } from "../entry.ts";
import { IndexedScores } from "./indexed_scores.ts";
import { PackedScores } from "./packed_scores.ts";
import type { MemberVisitor, ScoredMembers } from "./scored_members.ts";

/** A handle on one sorted set after the other. */
export class SortedSetValue extends Collection {
  readonly type = TYPE_SORTED_SET;
  /** The score of the member that `find` has found. */
  score = 0;

  readonly #packed: PackedScores;
  readonly #indexed: IndexedScores;
  readonly #view = new ByteView();
  /** Where the last `find` ended; 0 if it found nothing. */
  #foundAt = 0;

  constructor(environment: CollectionEnvironment) {
    super(environment);
    this.#packed = new PackedScores(environment.arena);
    this.#indexed = new IndexedScores(environment);
  }

  /** Whether the members lie in a listpack, where looking one up is a walk. */
  get isPacked(): boolean {
    return this.encoding === ENCODING_LISTPACK && this.root !== 0;
  }

  /** Points a view at the listpack of a sorted set that lies in one; else gives nothing. */
  packedView(into: ByteView): ByteView | undefined {
    if (!this.isPacked) return undefined;
    return this.#packed.open(this.root).view(into);
  }

  // One member.

  /**
   * Looks for a member; what was found is `score`, and what may be done with it are the methods whose
   * names end in `Found` or `Missed`, before any other change.
   */
  find(member: ByteView): boolean {
    this.#foundAt = 0;
    if (this.root === 0) return false;
    const form = this.#form();
    const position = form.find(member);
    if (position === 0) return false;
    this.#foundAt = position;
    this.score = form.scoreAt(position);
    return true;
  }

  /** Adds the member that `find` missed. @param member Copied; must not lie in the sorted set. */
  addMissed(member: ByteView, score: number): void {
    if (this.root === 0) this.#beginWith(member);
    else if (this.encoding === ENCODING_LISTPACK && !this.#canPack(member)) {
      this.#index();
      this.#indexed.find(member);
    }
    this.keepElement(member);
    const form = this.#form();
    form.insert(member, score);
    this.root = form.root;
    this.count++;
    this.save();
  }

  /** Gives the member that `find` found another score. @param member The one looked for. */
  updateFound(member: ByteView, score: number): void {
    this.keepElement(member);
    const form = this.#form();
    form.update(this.#foundAt, member, score);
    this.#noteRoot(form.root);
  }

  /** Removes the member that `find` found. */
  removeFound(): void {
    const form = this.#form();
    this.keepElement(form.memberAt(this.#foundAt, this.#view));
    form.removeFound(this.#foundAt);
    this.root = form.root;
    this.count--;
    this.save();
  }

  /** Rank of the member that `find` found, from 0. */
  rankOfFound(): number {
    return this.#form().rankOf(this.#foundAt);
  }

  /** Adds a member or changes its score; returns whether it was not there. */
  set(member: ByteView, score: number): boolean {
    if (!this.find(member)) {
      this.addMissed(member, score);
      return true;
    }
    if (score !== this.score) this.updateFound(member, score);
    return false;
  }

  /** Removes a member; returns whether it was there. */
  remove(member: ByteView): boolean {
    if (!this.find(member)) return false;
    this.removeFound();
    return true;
  }

  // Walks: a position is good until the next change, and 0 when there is none.

  /** Position of the member with the lowest score. */
  first(): number {
    return this.count === 0 ? 0 : this.#form().first();
  }

  /** Position of the member with the highest score. */
  last(): number {
    return this.count === 0 ? 0 : this.#form().last();
  }

  /** Position of the member of a rank. */
  at(rank: number): number {
    return rank < 0 || rank >= this.count ? 0 : this.#form().seek(rank);
  }

  /** Position of the next member. */
  next(position: number): number {
    return this.#form().next(position);
  }

  /** Position of the member before. */
  previous(position: number): number {
    return this.#form().previous(position);
  }

  /** Points a view at the member at a position; borrowed until the next call or change. */
  memberAt(position: number, into: ByteView): ByteView {
    return this.#form().memberAt(position, into);
  }

  /** The score of the member at a position. */
  scoreAt(position: number): number {
    return this.#form().scoreAt(position);
  }

  /**
   * Visits members from a position on, in order.
   *
   * @param visit Must not change the sorted set; `false` ends the walk.
   */
  walkFrom(position: number, visit: (position: number, score: number) => boolean): void {
    const form = this.#form();
    for (; position !== 0; position = form.next(position)) {
      if (!visit(position, form.scoreAt(position))) return;
    }
  }

  /** Position of a member chosen evenly among all. */
  draw(): number {
    return this.count === 0 ? 0 : this.#form().draw(this.environment.random, this.count);
  }

  /**
   * Walks on from a cursor over about `wantedCount` members, over all if they are packed; a member
   * that is there all the time is visited. The visitor must not change the sorted set.
   *
   * @returns The next cursor, 0 at the end.
   */
  scan(cursor: number, wantedCount: number, visit: MemberVisitor): number {
    return this.count === 0 ? 0 : this.#form().scan(cursor, wantedCount, visit);
  }

  // Ranges.

  /** How many members have a lower score. @param isEqualCounted Whether the same score counts. */
  countBelow(score: number, isEqualCounted: boolean): number {
    return this.count === 0 ? 0 : this.#form().countBelow(score, isEqualCounted);
  }

  /**
   * How many members have lower bytes; asked where all scores are the same, and not of a packed
   * sorted set.
   *
   * @param isEqualCounted Whether the same member counts.
   */
  countBelowMember(member: ByteView, isEqualCounted: boolean): number {
    return this.count === 0
      ? 0
      : this.#indexed.open(this.root).countBelowMember(member, isEqualCounted);
  }

  /** Removes the members of some ranks, all of which must be there. */
  removeRange(rank: number, memberCount: number): void {
    invariant(
      rank >= 0 && rank + memberCount <= this.count,
      "Cannot remove ranks that are not there",
    );
    if (this.environment.elementKeeper !== undefined) this.#keepRange(rank, memberCount);
    const form = this.#form();
    form.removeRange(rank, memberCount);
    this.root = form.root;
    this.count -= memberCount;
    this.save();
  }

  // The value as a whole.

  /**
   * Takes over a value that was built as an index, without an entry; packs it if the limits allow.
   *
   * @param source Handle on the value, which becomes this one's.
   * @param memberBytesMax Length of the longest member.
   * @param memberBytes Length of all members together.
   */
  adopt(source: IndexedScores, count: number, memberBytesMax: number, memberBytes: number): void {
    const { limits } = this.environment;
    const isSmall = count <= limits.zsetMaxListpackEntries &&
      memberBytesMax <= limits.zsetMaxListpackValue && Listpack.isSafeToAdd(0, memberBytes);
    if (!isSmall) {
      this.detach(ENCODING_SKIPLIST, source.root, count);
      return;
    }
    const packed = this.#packed.create();
    for (let at = source.first(); at !== 0; at = source.next(at)) {
      packed.append(source.memberAt(at, this.#view), source.scoreAt(at));
    }
    while (source.freeSome());
    this.detach(ENCODING_LISTPACK, packed.root, count);
  }

  /**
   * Takes over the members and scores of a sound listpack, as they are, for a sorted set that is absent.
   *
   * @param count How many members there are, each of them once and in order.
   * @returns Whether it did; if not, they are too many for a listpack.
   */
  takePacked(listpack: ByteView, count: number): boolean {
    const { arena, limits } = this.environment;
    if (count > limits.zsetMaxListpackEntries) return false;
    this.begin(ENCODING_LISTPACK, arena.store(listpack.bytes, listpack.start, listpack.end));
    this.count = count;
    this.save();
    return true;
  }

  /** Indexes a packed value whatever the limits. */
  makeIndexed(): void {
    if (!this.isPacked) return;
    this.#index();
    this.save();
  }

  freeSome(): boolean {
    if (this.root === 0) return false;
    if (this.#form().freeSome()) return true;
    this.root = 0;
    this.count = 0;
    return false;
  }

  relocate(cursor: number, wantedCount: number): number {
    const form = this.#form();
    const next = form.relocate(cursor, wantedCount);
    this.root = form.root;
    return next;
  }

  override get slotCount(): number {
    return this.encoding === ENCODING_SKIPLIST ? this.#indexed.open(this.root).slotCount : 0;
  }

  copyRoot(): Ref {
    return this.#form().copy();
  }

  memoryBytes(sampleCount: number): number {
    return this.root === 0 ? 0 : this.#form().memoryBytes(sampleCount);
  }

  // Private.

  /** The value in its encoding. */
  #form(): ScoredMembers {
    return this.encoding === ENCODING_SKIPLIST
      ? this.#indexed.open(this.root)
      : this.#packed.open(this.root);
  }

  /** Tells that the members of some ranks are about to be removed. */
  #keepRange(rank: number, memberCount: number): void {
    for (let at = this.at(rank); memberCount > 0; memberCount--, at = this.next(at)) {
      this.keepElement(this.memberAt(at, this.#view));
    }
  }

  #noteRoot(root: Ref): void {
    if (root === this.root) return;
    this.root = root;
    this.save();
  }

  /** Begins with the encoding that its first member calls for. */
  #beginWith(member: ByteView): void {
    const { limits } = this.environment;
    const isPacked = limits.zsetMaxListpackEntries > 0 &&
      member.byteCount <= limits.zsetMaxListpackValue;
    if (isPacked) this.begin(ENCODING_LISTPACK, this.#packed.create().root);
    else this.begin(ENCODING_SKIPLIST, this.#indexed.create().root);
    this.#form().find(member);
  }

  #canPack(member: ByteView): boolean {
    const { limits } = this.environment;
    return this.count + 1 <= limits.zsetMaxListpackEntries &&
      member.byteCount <= limits.zsetMaxListpackValue &&
      this.#packed.open(this.root).hasRoomFor(member);
  }

  /** Changes from packed to indexed. */
  #index(): void {
    const packedRoot = this.root;
    const indexed = this.#indexed.create();
    indexed.fill(this.#packed.open(packedRoot));
    this.environment.arena.free(packedRoot);
    this.encoding = ENCODING_SKIPLIST;
    this.root = indexed.root;
  }
}
