/**
 * Indexed scores: a large sorted set as a skip list whose nodes a dictionary finds by member.
 *
 * The root is the head of the skip list; its spare word leads to the dictionary.
 *
 * Always true: the list's nodes are the dictionary's records.
 * Cost: a score by member O(1), all else as the skip list.
 *
 * @module
 */

import { ByteView } from "../../../base/byte_view.ts";
import { invariant } from "../../../base/invariant.ts";
import type { KeyHash } from "../../../base/key_hash.ts";
import type { Random } from "../../../base/random.ts";
import type { Arena, Ref } from "../../memory/mod.ts";
import { Dictionary, relocateChunks, SkipList } from "../../structures/mod.ts";
import type { CollectionEnvironment } from "../collection.ts";
import type { MemberVisitor, ScoredMembers } from "./scored_members.ts";

/** From here on a cursor of `relocate` is one of the dictionary; below, it is a rank. */
const INDEX_CURSOR = 2 ** 40;

/** A handle on one skip list and its dictionary after the other; a position is a node. */
export class IndexedScores implements ScoredMembers {
  readonly #environment: CollectionEnvironment;
  readonly #arena: Arena;
  readonly #hash: KeyHash;
  readonly #list: SkipList;
  readonly #dictionary: Dictionary;
  readonly #view = new ByteView();
  /** Moves a node off a page that is being emptied. */
  readonly #moveNode = (node: Ref): Ref => {
    const moved = this.#arena.moveOut(node);
    if (moved !== node) this.#list.noteMove(node, moved);
    return moved;
  };
  /** Of the member that `find` missed. */
  #missedHash = 0;

  constructor(environment: CollectionEnvironment) {
    this.#environment = environment;
    this.#arena = environment.arena;
    this.#hash = environment.hash;
    this.#list = new SkipList(environment.arena, environment.random);
    this.#dictionary = new Dictionary(environment.arena);
  }

  get root(): Ref {
    return this.#list.head;
  }

  /** Slots of the dictionary. */
  get slotCount(): number {
    return this.#dictionary.slotCount;
  }

  /** Points at a value. */
  open(root: Ref): this {
    this.#list.open(root);
    this.#dictionary.open(this.#list.ownerWord);
    return this;
  }

  /** Makes an empty one and points at it. */
  create(): this {
    this.#list.create();
    this.#dictionary.create();
    this.#list.ownerWord = this.#dictionary.root;
    return this;
  }

  find(member: ByteView): number {
    const { bytes, start, end } = member;
    const hash = this.#environment.elements.hashOf(member);
    this.#missedHash = hash;
    return this.#dictionary.find(hash, bytes, start, end);
  }

  memberAt(position: number, into: ByteView): ByteView {
    return this.#list.nodes.memberView(position, into);
  }

  scoreAt(position: number): number {
    return this.#list.nodes.scoreOf(position);
  }

  first(): number {
    return this.#list.first;
  }

  last(): number {
    return this.#list.last;
  }

  next(position: number): number {
    return this.#list.next(position);
  }

  previous(position: number): number {
    return this.#list.previous(position);
  }

  seek(rank: number): number {
    return this.#list.nodeAt(rank);
  }

  rankOf(position: number): number {
    return this.#list.rankOf(position);
  }

  draw(random: Random): number {
    return this.#dictionary.randomRecord(random);
  }

  countBelow(score: number, isEqualCounted: boolean): number {
    return this.#list.countBelow(score, isEqualCounted);
  }

  countBelowMember(member: ByteView, isEqualCounted: boolean): number {
    return this.#list.countBelowMember(member, isEqualCounted);
  }

  insert(member: ByteView, score: number): void {
    this.#list.insert(this.addLoose(member, score));
  }

  /**
   * Adds the member that `find` has just missed to the dictionary alone; returns its node, whose
   * score may change until `linkLoose`. Until then the value is good for `find` and nothing else.
   */
  addLoose(member: ByteView, score: number): Ref {
    const node = this.#list.nodes.create(score, member.bytes, member.start, member.end);
    this.#dictionary.insertFound(this.#missedHash, node);
    this.#noteDictionary();
    return node;
  }

  /** Changes the score of a node that is not linked yet. */
  setLooseScore(node: Ref, score: number): void {
    this.#list.nodes.setScore(node, score);
  }

  /**
   * Links nodes behind those linked before, which are less; nothing else may have changed since.
   *
   * @param nodes In order, those of the numbers `from` to below `to`.
   */
  linkLoose(nodes: Int32Array, from: number, to: number): void {
    if (from === 0) this.#list.beginAppend();
    for (let index = from; index < to; index++) this.#list.append(nodes[index]);
  }

  /** Fills an empty value with the members of another, which stays as it is. */
  fill(source: ScoredMembers): void {
    const list = this.#list, view = this.#view;
    list.beginAppend();
    for (let at = source.first(); at !== 0; at = source.next(at)) {
      const { bytes, start, end } = source.memberAt(at, view);
      const node = list.nodes.create(source.scoreAt(at), bytes, start, end);
      this.#dictionary.insert(this.#hash.of(bytes, start, end), node);
      list.append(node);
    }
    this.#noteDictionary();
  }

  update(position: number, _member: ByteView, score: number): void {
    this.#list.updateScore(position, score);
  }

  removeFound(position: number): void {
    this.#dictionary.removeFound();
    this.#noteDictionary();
    this.#list.remove(position);
    this.#arena.free(position);
  }

  removeRange(rank: number, count: number): void {
    const dictionary = this.#dictionary, view = this.#view, list = this.#list;
    while (count > 0) {
      const takenCount = list.take(rank, count);
      for (let index = 0; index < takenCount; index++) {
        const node = list.taken[index];
        const { bytes, start, end } = list.nodes.memberView(node, view);
        const isThere = dictionary.findRecord(this.#hash.of(bytes, start, end), node);
        invariant(isThere, "A node of a skip list is not in its dictionary");
        dictionary.removeFound();
        this.#arena.free(node);
      }
      count -= takenCount;
    }
    this.#noteDictionary();
  }

  scan(cursor: number, wantedCount: number, visit: MemberVisitor): number {
    return this.#dictionary.scan(cursor, wantedCount, visit);
  }

  copy(): Ref {
    const copy = new IndexedScores(this.#environment).create();
    copy.fill(this);
    return copy.root;
  }

  freeSome(): boolean {
    const arena = this.#arena, dictionary = this.#dictionary;
    if (dictionary.root === 0) return this.#list.freeSome();
    dictionary.dismantleSome((node) => arena.free(node));
    this.#noteDictionary();
    return true;
  }

  /** Moves the chunks of the list first, and then the nodes and the segments of the dictionary. */
  relocate(cursor: number, wantedCount: number): number {
    const dictionary = this.#dictionary;
    if (cursor < INDEX_CURSOR) {
      const step = { rank: cursor, count: wantedCount };
      const rank = relocateChunks(this.#arena, this.#list, step);
      return rank === 0 ? INDEX_CURSOR : rank;
    }
    const next = dictionary.relocate(cursor - INDEX_CURSOR, wantedCount, this.#moveNode);
    this.#noteDictionary();
    return next === 0 ? 0 : INDEX_CURSOR + next;
  }

  memoryBytes(sampleCount: number): number {
    const arena = this.#arena, count = this.#list.count;
    const lookedAtCount = sampleCount === 0 ? count : Math.min(count, sampleCount);
    let nodeBytes = 0, node = this.#list.first;
    for (let index = 0; index < lookedAtCount; index++) {
      nodeBytes += arena.capacityOf(node);
      node = this.#list.next(node);
    }
    const bytesEach = lookedAtCount === 0 ? 0 : nodeBytes / lookedAtCount;
    return this.#list.indexBytes + this.#dictionary.tableBytes + Math.ceil(bytesEach * count);
  }

  /** The dictionary's root moves when its directory changes size. */
  #noteDictionary(): void {
    const root = this.#dictionary.root;
    if (root !== this.#list.ownerWord) this.#list.ownerWord = root;
  }
}
