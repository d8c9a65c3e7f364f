/**
 * Skip list model: random changes against a sorted array.
 *
 * Few scores and few members, so that ties are frequent and the order of bytes decides; some members
 * are long enough to need a word for their length. Phases of growing and of shrinking alternate.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, ByteView } from "../../src/base/byte_view.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { CheckedArena, type Ref } from "../../src/store/memory/mod.ts";
import { relocateChunks, SkipList } from "../../src/store/structures/mod.ts";
import { RestlessArena } from "../support/restless_arena.ts";
import { takeSeed } from "../support/seed.ts";

const ACTION_COUNT = 60_000;
const PHASE_ACTION_COUNT = 12_000;
const MEMBER_COUNT = 3000;
const SCORES = [-Infinity, -1e300, -2.5, -1, -0, 0, 1e-300, 1, 1.5, 2, 3, 4, 5, 1e20, Infinity];

interface Node {
  readonly member: string;
  score: number;
  ref: Ref;
}

/** The list, and what it should hold. */
class SkipListModel {
  readonly arena: CheckedArena;
  readonly list: SkipList;
  readonly #random: SeededRandom;
  readonly #view = new ByteView();
  nodes: Node[] = [];

  constructor(random: SeededRandom, arena = new CheckedArena()) {
    this.arena = arena;
    this.#random = random;
    this.list = new SkipList(this.arena, random);
    this.list.create();
  }

  run(actionCount = ACTION_COUNT): void {
    for (let action = 0; action < actionCount; action++) {
      const isGrowing = Math.floor(action / PHASE_ACTION_COUNT) % 2 === 0;
      const draw = this.#random.below(1000);
      if (draw < (isGrowing ? 600 : 150)) this.#insert();
      else if (draw < 700) this.#remove();
      else if (draw < 850) this.#update();
      else if (draw < (isGrowing ? 852 : 870)) this.#removeRange();
      else this.#ask();
      if (this.#random.below(2000) === 0) this.verify();
    }
  }

  /** Compares everything. */
  verify(): void {
    const { list, nodes } = this;
    assertEquals(list.count, nodes.length);
    assertEquals(list.first, nodes[0]?.ref ?? 0);
    assertEquals(list.last, nodes.at(-1)?.ref ?? 0);
    let ref = list.first;
    for (const [rank, node] of nodes.entries()) {
      assertEquals(ref, node.ref);
      assertEquals(list.previous(ref), nodes[rank - 1]?.ref ?? 0);
      assertEquals(list.nodeAt(rank), ref);
      assertEquals(list.rankOf(ref), rank);
      assert(Object.is(list.nodes.scoreOf(ref), node.score));
      assertEquals(list.nodes.memberView(ref, this.#view).toText(), node.member);
      ref = list.next(ref);
    }
    assertEquals(ref, 0);
  }

  /** Moves all nodes to a list of its own by `append`. */
  rebuild(): void {
    this.#take(0, this.nodes, false);
    assertEquals(this.list.count, 0);
    this.list.beginAppend();
    for (const node of this.nodes) this.list.append(node.ref);
    this.verify();
  }

  /** Moves all blocks to other places, some at a time. */
  relocate(): void {
    let rank = 0;
    do {
      rank = relocateChunks(this.arena, this.list, { rank, count: 1 + this.#random.below(300) });
    } while (rank !== 0);
    for (const node of this.nodes) {
      const moved = this.arena.moveOut(node.ref);
      if (moved !== node.ref) this.list.noteMove(node.ref, moved);
      node.ref = moved;
    }
    this.verify();
  }

  removeAll(): void {
    for (const node of this.nodes) this.arena.free(node.ref);
    while (this.list.freeSome());
  }

  #drawScore(): number {
    return SCORES[this.#random.below(SCORES.length)];
  }

  #drawMember(): string {
    const number = this.#random.below(MEMBER_COUNT);
    return number % 40 === 0 ? `${number}`.padStart(250 + number % 12, "m") : `member:${number}`;
  }

  #drawNode(): Node | undefined {
    return this.nodes[this.#random.below(Math.max(1, this.nodes.length))];
  }

  /** Puts a node where it belongs. */
  #place(node: Node): void {
    const index = this.nodes.findIndex((other) => compareNodes(other, node) > 0);
    this.nodes.splice(index < 0 ? this.nodes.length : index, 0, node);
  }

  #insert(): void {
    const member = this.#drawMember(), score = this.#drawScore();
    if (this.nodes.some((node) => node.member === member)) return;
    const bytes = bytesOfText(`<${member}>`);
    const ref = this.list.nodes.create(score, bytes, 1, bytes.length - 1);
    this.list.insert(ref);
    this.#place({ member, score, ref });
  }

  #remove(): void {
    const node = this.#drawNode();
    if (node === undefined) return;
    this.list.remove(node.ref);
    this.arena.free(node.ref);
    this.nodes.splice(this.nodes.indexOf(node), 1);
  }

  #update(): void {
    const node = this.#drawNode();
    if (node === undefined) return;
    const score = this.#random.below(2) === 0 ? this.#drawScore() : node.score + 0.001;
    this.list.updateScore(node.ref, score);
    this.nodes.splice(this.nodes.indexOf(node), 1);
    this.#place({ ...node, score });
  }

  #removeRange(): void {
    if (this.nodes.length === 0) return;
    const rank = this.#random.below(this.nodes.length);
    const most = Math.min(this.nodes.length - rank, this.#random.below(20) === 0 ? Infinity : 8);
    const removed = this.nodes.splice(rank, 1 + this.#random.below(most));
    this.#take(rank, removed);
  }

  /** Takes nodes out of the list and frees them. */
  #take(rank: number, expected: readonly Node[], isFreed = true): void {
    for (let done = 0; done < expected.length;) {
      const takenCount = this.list.take(rank, expected.length - done);
      assert(takenCount > 0);
      for (let index = 0; index < takenCount; index++) {
        assertEquals(this.list.taken[index], expected[done++].ref);
        if (isFreed) this.arena.free(this.list.taken[index]);
      }
    }
  }

  #ask(): void {
    const node = this.#drawNode();
    if (node === undefined) return;
    const { list, nodes } = this;
    const rank = nodes.indexOf(node);
    assertEquals(list.rankOf(node.ref), rank);
    assertEquals(list.nodeAt(rank), node.ref);
    const score = this.#drawScore();
    assertEquals(list.countBelow(score, false), nodes.filter((it) => it.score < score).length);
    assertEquals(list.countBelow(score, true), nodes.filter((it) => it.score <= score).length);
  }
}

/** Order of two nodes; text of one byte a character compares as its bytes do. */
function compareNodes(left: Node, right: Node): number {
  if (left.score < right.score) return -1;
  if (left.score > right.score) return 1;
  return left.member < right.member ? -1 : left.member > right.member ? 1 : 0;
}

Deno.test("model: a skip list behaves as a sorted array", () => {
  const model = new SkipListModel(new SeededRandom(takeSeed("skip list")));
  model.run();
  model.verify();
  assert(model.nodes.length > 100);
  model.rebuild();
  model.removeAll();
  model.arena.verify(0);
});

Deno.test("model: a skip list is as it was when its blocks have moved", () => {
  const random = new SeededRandom(takeSeed("skip list that moves"));
  const model = new SkipListModel(random, new RestlessArena(random));
  for (let round = 0; round < 4; round++) {
    model.run(3000);
    model.relocate();
    model.relocate();
  }
  assert(model.nodes.length > 200);
  model.removeAll();
  model.arena.verify(0);
});

Deno.test("model: members of one score are counted by their bytes", () => {
  const random = new SeededRandom(takeSeed("members of one score"));
  const arena = new CheckedArena();
  const list = new SkipList(arena, random);
  list.create();
  const members = new Set<string>();
  const drawMember = () => {
    const length = random.below(4);
    return Array.from({ length }, () => "\0aA\x80\xff"[random.below(5)]).join("");
  };
  for (let count = 0; count < 400; count++) {
    const member = drawMember();
    if (members.has(member)) continue;
    members.add(member);
    list.insert(list.nodes.create(7, bytesOfText(member), 0, member.length));
  }
  for (let count = 0; count < 2000; count++) {
    const bound = drawMember();
    const view = ByteView.ofText(bound);
    const below = [...members].filter((member) => member < bound).length;
    assertEquals(list.countBelowMember(view, false), below);
    assertEquals(list.countBelowMember(view, true), below + (members.has(bound) ? 1 : 0));
  }
});
