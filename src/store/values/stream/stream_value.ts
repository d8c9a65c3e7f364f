/**
 * Stream values: entries in order of their IDs, and the consumer groups that read them.
 *
 * Entries lie in nodes of about a hundred, found by an index of their first IDs, which is all that is
 * needed: entries come at the end, leave mostly at the beginning, and are read in order.
 *
 *   root:  last ID | first ID | greatest deleted ID | entries added u64 | node index | groups
 *   index: ID of a node's master entry -> node         groups: name -> record
 *
 * A stream lives on without entries, as its IDs must never go back. `count` is its length.
 *
 * Always true: all IDs are at most the last ID; the first ID is that of the first entry which is not
 * deleted, or 0-0.
 * Cost: append O(1), find O(log n) and a walk through a node.
 * Behaviour: Redis 7.0 t_stream.c. Not here: what is read from groups, see `ConsumerGroup`.
 *
 * @module
 */

import { ByteView } from "../../../base/byte_view.ts";
import type { Int64 } from "../../../base/int64.ts";
import { STREAM_ID_WORDS, StreamId } from "../../../base/stream_id.ts";
import { GRANULE_MASK, PAGE_SHIFT, type Ref } from "../../memory/mod.ts";
import {
  type FieldSource,
  IdMap,
  NameMap,
  StreamNode,
  TREE_STATE_WORDS,
} from "../../structures/mod.ts";
import { Collection, type CollectionEnvironment } from "../collection.ts";
import { ENCODING_STREAM, TYPE_STREAM } from "../entry.ts";
import { ConsumerGroup, GROUP_WORDS } from "./consumer_group.ts";
import { countRadixNodes } from "./radix_shape.ts";
import { StreamWalk } from "./stream_walk.ts";
import type { TrimPlan } from "./trim_plan.ts";

const LAST_ID_WORD = 0;
const FIRST_ID_WORD = LAST_ID_WORD + STREAM_ID_WORDS;
const DELETED_ID_WORD = FIRST_ID_WORD + STREAM_ID_WORDS;
const ENTRIES_ADDED_WORD = DELETED_ID_WORD + STREAM_ID_WORDS;
const NODES_WORD = ENTRIES_ADDED_WORD + 2;
const GROUPS_WORD = NODES_WORD + TREE_STATE_WORDS;
const ROOT_WORDS = GROUPS_WORD + TREE_STATE_WORDS;
const ROOT_BYTES = ROOT_WORDS * 4;

/** Size that no node may pass, whatever the directive says. */
const NODE_BYTES_MAX = 2 ** 30;
/** Most bytes that fields and values of an entry may have together. */
export const STREAM_ENTRY_BYTES_MAX = 2 ** 30;
/** From here on a cursor of `relocate` counts groups; below, it counts nodes. */
const GROUPS_CURSOR = 2 ** 40;
/** Nodes that are freed at a time, roughly. */
const FREED_NODE_COUNT = 50;

/** A handle on one stream after the other. */
export class StreamValue extends Collection {
  readonly type = TYPE_STREAM;
  readonly #nodes: IdMap;
  readonly #groups: NameMap;
  readonly #node: StreamNode;
  /** The one that callers walk with, and one for what is looked up here. */
  readonly #callersWalk: StreamWalk;
  readonly #walk: StreamWalk;
  readonly #group: ConsumerGroup;
  readonly #id = new StreamId();

  constructor(environment: CollectionEnvironment) {
    super(environment);
    const { arena } = environment;
    this.#nodes = new IdMap(arena);
    this.#groups = new NameMap(arena, GROUP_WORDS);
    this.#node = new StreamNode(arena);
    this.#callersWalk = new StreamWalk(arena);
    this.#walk = new StreamWalk(arena);
    this.#group = new ConsumerGroup(arena);
  }

  /** Creates an empty stream for an absent key. */
  create(): void {
    const root = this.environment.arena.allocate(ROOT_BYTES);
    const at = (root & GRANULE_MASK) << 1;
    this.#wordsOf(root).fill(0, at, at + ROOT_WORDS);
    this.begin(ENCODING_STREAM, root);
  }

  // IDs and counters.

  /** Reads the greatest ID there was; returns `into`. */
  readLastId(into: StreamId): StreamId {
    return this.#readId(LAST_ID_WORD, into);
  }

  /** Sets it; the caller has checked that no entry's ID is greater. */
  setLastId(id: StreamId): void {
    this.#writeId(LAST_ID_WORD, id);
  }

  /** Reads the ID of the first entry, 0-0 if there is none; returns `into`. */
  readFirstId(into: StreamId): StreamId {
    return this.#readId(FIRST_ID_WORD, into);
  }

  /** Reads the greatest ID that XDEL has deleted; returns `into`. */
  readDeletedId(into: StreamId): StreamId {
    return this.#readId(DELETED_ID_WORD, into);
  }

  /** Sets it. */
  setDeletedId(id: StreamId): void {
    this.#writeId(DELETED_ID_WORD, id);
  }

  /** Reads how many entries were ever added; returns `into`. */
  readEntriesAdded(into: Int64): Int64 {
    const words = this.#wordsOf(this.root), at = this.#wordAt(ENTRIES_ADDED_WORD);
    into.lo = words[at];
    into.hi = words[at + 1];
    return into;
  }

  /** Sets it. */
  setEntriesAdded(count: Int64): void {
    const words = this.#wordsOf(this.root), at = this.#wordAt(ENTRIES_ADDED_WORD);
    words[at] = count.lo;
    words[at + 1] = count.hi;
  }

  /** Nodes of the stream: `radix-tree-keys` in XINFO. */
  get nodeCount(): number {
    return this.#nodes.open(this.root, NODES_WORD).count;
  }

  /** Bytes of the content of all nodes. */
  get contentBytes(): number {
    const nodes = this.#nodes.open(this.root, NODES_WORD);
    let byteCount = 0;
    for (let hasNode = nodes.seekFirst(); hasNode; hasNode = nodes.next()) {
      byteCount += this.#node.open(nodes.reference, nodes.readId(this.#id)).byteCount;
    }
    return byteCount;
  }

  /** What `radix-tree-nodes` in XINFO says. */
  countRadixNodes(): number {
    return countRadixNodes(this.#nodes.open(this.root, NODES_WORD));
  }

  /** Goes to the first node and reads the ID of its master entry; 0 when there is none. */
  firstNode(id: StreamId): Ref {
    const nodes = this.#nodes.open(this.root, NODES_WORD);
    return nodes.seekFirst() ? this.#nodeHere(id) : 0;
  }

  /** Goes on to the next node; nothing may have been sought or changed in between. */
  nextNode(id: StreamId): Ref {
    return this.#nodes.next() ? this.#nodeHere(id) : 0;
  }

  /** Points a view at a node's listpack. @param id Of its master entry. */
  readNode(node: Ref, id: StreamId, into: ByteView): ByteView {
    return this.#node.open(node, id).view(into);
  }

  // Entries.

  /**
   * Adds an entry behind all others, creating the stream if need be.
   *
   * @param id Greater than the last ID.
   * @param source Where fields and values come from, in turn; not from the store.
   * @param from Number of the first field.
   * @param byteCount Bytes of all fields and values, at most `STREAM_ENTRY_BYTES_MAX`.
   */
  append(
    id: StreamId,
    source: FieldSource,
    from: number,
    fieldCount: number,
    byteCount: number,
  ): void {
    if (this.root === 0) this.create();
    const nodes = this.#nodes.open(this.root, NODES_WORD), node = this.#node;
    if (nodes.seekLast()) {
      const before = nodes.reference;
      node.open(before, nodes.readId(this.#id));
      if (this.#isFull(node, byteCount)) {
        node.shrinkToFit();
        if (node.ref !== before) nodes.reference = node.ref;
        // What the last node came to is what the next can be expected to.
        node.create(id, source, from, fieldCount, byteCount, node.byteCount);
        nodes.find(id);
        nodes.insertFound(node.ref);
      } else {
        node.append(id, source, from, fieldCount, byteCount);
        if (node.ref !== before) nodes.reference = node.ref;
      }
    } else {
      node.create(id, source, from, fieldCount, byteCount, 0);
      nodes.find(id);
      nodes.insertFound(node.ref);
    }
    this.setLastId(id);
    this.count++;
    if (this.count === 1) this.#writeId(FIRST_ID_WORD, id);
    const words = this.#wordsOf(this.root), at = this.#wordAt(ENTRIES_ADDED_WORD);
    words[at]++;
    if (words[at] === 0) words[at + 1]++;
    this.save();
  }

  /**
   * Adds a sound node behind all others, as it is; the stream must be there.
   *
   * @param masterId Greater than the last ID, at most the node's first.
   * @param listpack Copied. @param liveCount Entries in it, one at least.
   * @param firstId Of the first of them. @param lastId Of the last.
   */
  appendNode(
    masterId: StreamId,
    listpack: ByteView,
    liveCount: number,
    firstId: StreamId,
    lastId: StreamId,
  ): void {
    const nodes = this.#nodes.open(this.root, NODES_WORD);
    nodes.find(masterId);
    const { arena } = this.environment;
    nodes.insertFound(arena.store(listpack.bytes, listpack.start, listpack.end));
    if (this.count === 0) this.#writeId(FIRST_ID_WORD, firstId);
    this.setLastId(lastId);
    this.count += liveCount;
    this.save();
  }

  /**
   * Starts a walk over the entries from one ID to another, both included.
   *
   * @param isReverse From the greater to the lesser.
   * @returns The walk, before its first entry: always the same object, good until the next call.
   */
  walk(from: StreamId, to: StreamId, isReverse: boolean): StreamWalk {
    return this.#callersWalk.start(this.root, NODES_WORD, from, to, isReverse);
  }

  /** Whether there is an entry with an ID. */
  has(id: StreamId): boolean {
    return this.#walk.start(this.root, NODES_WORD, id, id, false).next();
  }

  /** Reads the ID of the last entry; returns whether there is one. */
  readGreatestId(into: StreamId): boolean {
    return this.#readEdge(into, true);
  }

  /** Reads the first ID, that of a deleted entry too; the greatest ID of all if there is none. */
  readLeastIdWithDeleted(into: StreamId): StreamId {
    this.#walk.includesDeleted = true;
    const hasEntry = this.#readEdge(into, false);
    this.#walk.includesDeleted = false;
    return hasEntry ? into : into.setGreatest();
  }

  /** Removes the entry with an ID, if there is one; `settleFirstId` must follow. */
  remove(id: StreamId): boolean {
    if (!this.has(id)) return false;
    this.#walk.removeHere();
    this.count--;
    this.save();
    if (id.compare(this.readDeletedId(this.#id)) > 0) this.setDeletedId(id);
    return true;
  }

  /** Finds out which entry is the first now. */
  settleFirstId(): void {
    if (this.count === 0 || !this.#readEdge(this.#id, false)) this.#id.setLeast();
    this.#writeId(FIRST_ID_WORD, this.#id);
  }

  /** Removes old entries; returns how many. */
  trim(plan: TrimPlan): number {
    if (plan.strategy === "none") return 0;
    const nodes = this.#nodes.open(this.root, NODES_WORD), node = this.#node;
    let trimmedCount = 0;
    while (plan.strategy === "id" || this.count > plan.lengthMax) {
      if (!nodes.seekFirst()) break;
      node.open(nodes.reference, nodes.readId(this.#id));
      const liveCount = node.liveCount;
      if (plan.countMax > 0 && trimmedCount + liveCount > plan.countMax) break;
      if (!this.#mayDropNode(plan, liveCount)) {
        if (!plan.isApproximate) trimmedCount += this.#trimNode(plan);
        break;
      }
      this.environment.arena.free(node.ref);
      nodes.removeHere();
      this.count -= liveCount;
      trimmedCount += liveCount;
    }
    if (trimmedCount > 0 || this.count === 0) this.settleFirstId();
    this.save();
    return trimmedCount;
  }

  // Groups.

  /** How many groups there are. */
  get groupCount(): number {
    return this.#groups.open(this.root, GROUPS_WORD).count;
  }

  /** A group by its name; always the same object, good until the next call of such a function. */
  findGroup(name: ByteView): ConsumerGroup | undefined {
    if (this.root === 0) return undefined;
    const ref = this.#groups.open(this.root, GROUPS_WORD).find(name);
    return ref === 0 ? undefined : this.#group.open(ref);
  }

  /** Creates a group that is known to be absent; the stream must be there. */
  createGroup(name: ByteView): ConsumerGroup {
    const groups = this.#groups.open(this.root, GROUPS_WORD);
    groups.find(name);
    return this.#group.open(groups.createFound());
  }

  /** Removes a group; returns whether it was there. */
  removeGroup(name: ByteView): boolean {
    const group = this.findGroup(name);
    if (group === undefined) return false;
    while (group.freeSome());
    this.#groups.removeHere();
    return true;
  }

  /** The first group in order of the names. */
  firstGroup(): ConsumerGroup | undefined {
    const groups = this.#groups.open(this.root, GROUPS_WORD);
    return groups.seekFirst() ? this.#group.open(groups.reference) : undefined;
  }

  /** The group behind the one that was given last; nothing may be looked up or changed meanwhile. */
  nextGroup(): ConsumerGroup | undefined {
    return this.#groups.next() ? this.#group.open(this.#groups.reference) : undefined;
  }

  /** Points a view at a group's name. */
  groupName(group: ConsumerGroup, into: ByteView): ByteView {
    return this.#groups.nameOf(group.ref, into);
  }

  // The whole.

  override freeSome(): boolean {
    const { arena } = this.environment;
    const nodes = this.#nodes.open(this.root, NODES_WORD);
    let freedCount = 0;
    while (freedCount < FREED_NODE_COUNT) {
      const count = nodes.removeSome((node) => arena.free(node));
      if (count === 0) break;
      freedCount += count;
    }
    if (freedCount > 0) return true;
    const groups = this.#groups.open(this.root, GROUPS_WORD);
    if (groups.seekLast()) {
      if (!this.#group.open(groups.reference).freeSome()) groups.removeHere();
      return true;
    }
    arena.free(this.root);
    this.root = 0;
    return false;
  }

  /** Moves some nodes at a time, and then each group as a whole. */
  override relocate(cursor: number, wantedCount: number): number {
    const { arena } = this.environment;
    if (cursor === 0) this.root = arena.moveOut(this.root);
    if (cursor < GROUPS_CURSOR) {
      const nodes = this.#nodes.open(this.root, NODES_WORD);
      const next = nodes.relocate((node) => arena.moveOut(node), cursor, wantedCount);
      return next === 0 ? GROUPS_CURSOR : next;
    }
    const groups = this.#groups.open(this.root, GROUPS_WORD);
    const next = groups.relocate(
      (group) => this.#group.open(group).relocate(),
      cursor - GROUPS_CURSOR,
      1,
    );
    return next === 0 ? 0 : GROUPS_CURSOR + next;
  }

  override copyRoot(): Ref {
    const copy = new StreamValue(this.environment);
    copy.create();
    const target = copy.#wordsOf(copy.root), source = this.#wordsOf(this.root);
    for (let word = 0; word < NODES_WORD; word++) {
      target[copy.#wordAt(word)] = source[this.#wordAt(word)];
    }
    const nodes = this.#nodes.open(this.root, NODES_WORD);
    const copyNodes = copy.#nodes.open(copy.root, NODES_WORD);
    for (let hasNode = nodes.seekFirst(); hasNode; hasNode = nodes.next()) {
      const node = this.#node.open(nodes.reference, nodes.readId(this.#id));
      copyNodes.find(this.#id);
      copyNodes.insertFound(node.duplicate());
    }
    const name = new ByteView();
    for (let group = this.firstGroup(); group !== undefined; group = this.nextGroup()) {
      copy.createGroup(this.groupName(group, name)).copyFrom(group);
    }
    return copy.root;
  }

  override memoryBytes(sampleCount: number): number {
    const { arena } = this.environment;
    const nodes = this.#nodes.open(this.root, NODES_WORD), nodeCount = nodes.count;
    let byteCount = arena.capacityOf(this.root) + nodes.nodeBytes;
    let sampledCount = 0, sampledBytes = 0;
    for (let hasNode = nodes.seekFirst(); hasNode; hasNode = nodes.next()) {
      if (sampleCount > 0 && sampledCount >= sampleCount) break;
      sampledBytes += arena.capacityOf(nodes.reference);
      sampledCount++;
    }
    if (sampledCount > 0) byteCount += Math.round(sampledBytes * nodeCount / sampledCount);
    byteCount += this.#groups.open(this.root, GROUPS_WORD).nodeBytes;
    for (let group = this.firstGroup(); group !== undefined; group = this.nextGroup()) {
      byteCount += group.memoryBytes;
    }
    return byteCount;
  }

  /** Whether an entry of so many bytes needs a new node. */
  #isFull(node: StreamNode, byteCount: number): boolean {
    const { streamNodeMaxBytes, streamNodeMaxEntries } = this.environment.limits;
    const bytesMax = streamNodeMaxBytes === 0
      ? NODE_BYTES_MAX
      : Math.min(streamNodeMaxBytes, NODE_BYTES_MAX);
    if (node.byteCount + byteCount >= bytesMax) return true;
    return streamNodeMaxEntries > 0 && node.liveCount + node.deletedCount >= streamNodeMaxEntries;
  }

  /** Whether the first node, which is open, may go as a whole. */
  #mayDropNode(plan: TrimPlan, liveCount: number): boolean {
    if (plan.strategy === "length") return this.count - liveCount >= plan.lengthMax;
    const hasEntry = this.#node.previous();
    return hasEntry && this.#node.id.compare(plan.leastId) < 0;
  }

  /** Deletes from the first node, which is open, what is to go; returns how many entries. */
  #trimNode(plan: TrimPlan): number {
    const node = this.#node, before = node.ref;
    let trimmedCount = 0;
    node.rewind();
    while (node.next()) {
      const isKept = plan.strategy === "length"
        ? this.count <= plan.lengthMax
        : node.id.compare(plan.leastId) >= 0;
      if (isKept) break;
      if (node.isDeleted) continue;
      node.flagDeleted();
      this.count--;
      trimmedCount++;
    }
    node.countDeleted(trimmedCount);
    if (node.ref !== before) this.#nodes.reference = node.ref;
    return trimmedCount;
  }

  /** Reads the ID of the first or the last entry; returns whether there is one. */
  #readEdge(into: StreamId, isLast: boolean): boolean {
    const walk = this.#walk.start(this.root, NODES_WORD, LEAST_ID, GREATEST_ID, isLast);
    if (!walk.next()) return false;
    into.set(walk.id);
    return true;
  }

  #nodeHere(id: StreamId): Ref {
    this.#nodes.readId(id);
    return this.#nodes.reference;
  }

  #readId(word: number, into: StreamId): StreamId {
    return into.read(this.#wordsOf(this.root), this.#wordAt(word));
  }

  #writeId(word: number, id: StreamId): void {
    id.write(this.#wordsOf(this.root), this.#wordAt(word));
  }

  #wordsOf(ref: Ref): Int32Array {
    return this.environment.arena.words[ref >>> PAGE_SHIFT];
  }

  #wordAt(word: number): number {
    return ((this.root & GRANULE_MASK) << 1) + word;
  }
}

const LEAST_ID = new StreamId();
const GREATEST_ID = new StreamId().setGreatest();
