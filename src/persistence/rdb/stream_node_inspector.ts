/**
 * Stream node inspector: whether a node from elsewhere may be taken over as it is.
 *
 * That is so when its bytes are sound, when its entries are as long as they say, and when the IDs rise
 * from the master's on. What nearly all nodes have is looked for, and nothing else: numbers are written
 * as integers of up to 32 bits, and an ID's halves can be counted with. What is otherwise, is read element
 * by element instead, which finds out what is wrong with it, if anything.
 *
 * Cost: a look at the form and the back length of each element.
 * Specified in: `StreamNode`, whose format this is.
 *
 * @module
 */

import type { ByteView } from "../../base/byte_view.ts";
import { StreamId } from "../../base/stream_id.ts";
import { behindElement, type ListpackElements, shortIntegerAt } from "./listpack_elements.ts";

const DELETED = 1;
const SAME_FIELDS = 2;
/** Elements of an entry before its values, and before its fields where it has its own. */
const BRIEF_HEAD_COUNT = 3;
const OWN_HEAD_COUNT = 4;
/** Elements of a master entry beside its fields. */
const MASTER_HEAD_COUNT = 4;
/** Milliseconds whose upper word is less can be counted with, and so can sums of them and distances. */
const MS_HIGH_MAX = 2 ** 20;
const TWO_TO_32 = 2 ** 32;

/** Looks at one node after the other. */
export class StreamNodeInspector {
  /** Entries of the node looked at last that are not deleted. */
  liveCount = 0;
  /** IDs of the first of them, and of the last. */
  readonly firstId = new StreamId();
  readonly lastId = new StreamId();

  readonly #elements: ListpackElements;
  #masterFieldCount = 0;
  #deletedCount = 0;

  /** @param elements Serves here, and to go on with what may not be taken. */
  constructor(elements: ListpackElements) {
    this.#elements = elements;
  }

  /**
   * Walks through a node.
   *
   * @param masterId Its key.
   * @returns Whether it may be taken over, and has entries; if not, nothing is sure about it.
   * @throws {DamagedPackError} When its bytes are not sound.
   */
  mayTake(listpack: ByteView, masterId: StreamId): boolean {
    if (masterId.msHigh >>> 0 >= MS_HIGH_MAX || masterId.sequenceHigh !== 0) return false;
    const elements = this.#elements.open(listpack);
    return this.#passMaster() && this.liveCount > 0 && this.#passEntries(masterId) &&
      elements.at === elements.end && !elements.skip();
  }

  #passMaster(): boolean {
    const elements = this.#elements, { bytes, end } = elements;
    const deletedAt = behindElement(bytes, elements.at, end);
    const fieldCountAt = behindElement(bytes, deletedAt, end);
    this.liveCount = shortIntegerAt(bytes, elements.at);
    this.#deletedCount = shortIntegerAt(bytes, deletedAt);
    const fieldCount = this.#masterFieldCount = shortIntegerAt(bytes, fieldCountAt);
    let at = behindElement(bytes, fieldCountAt, end);
    for (let left = fieldCount; left > 0; left--) at = behindElement(bytes, at, end);
    elements.at = behindElement(bytes, at, end);
    elements.readCount = MASTER_HEAD_COUNT + fieldCount;
    return bytes[at] === 0 && fieldCount >= 0 && this.#deletedCount >= 0;
  }

  #passEntries(masterId: StreamId): boolean {
    const elements = this.#elements, { bytes, end } = elements;
    const masterMs = (masterId.msHigh >>> 0) * TWO_TO_32 + (masterId.msLow >>> 0);
    const masterSequence = masterId.sequenceLow >>> 0;
    const masterFieldCount = this.#masterFieldCount, liveCount = this.liveCount;
    let at = elements.at, readCount = elements.readCount, liveLeft = liveCount;
    let lastMs = masterMs, lastSequence = masterSequence - 1;
    for (let left = liveCount + this.#deletedCount; left > 0; left--) {
      const flags = bytes[at];
      if (flags > (DELETED | SAME_FIELDS)) return false;
      const msAt = behindElement(bytes, at, end), sequenceAt = behindElement(bytes, msAt, end);
      const ms = masterMs + shortIntegerAt(bytes, msAt);
      const sequence = masterSequence + shortIntegerAt(bytes, sequenceAt);
      at = behindElement(bytes, sequenceAt, end);
      let elementCount = BRIEF_HEAD_COUNT + masterFieldCount;
      if ((flags & SAME_FIELDS) === 0) {
        elementCount = OWN_HEAD_COUNT + 2 * shortIntegerAt(bytes, at);
        at = behindElement(bytes, at, end);
        if (elementCount <= OWN_HEAD_COUNT) return false;
        for (let fields = elementCount; fields > OWN_HEAD_COUNT; fields--) {
          at = behindElement(bytes, at, end);
        }
      } else {
        for (let values = masterFieldCount; values > 0; values--) {
          at = behindElement(bytes, at, end);
        }
      }
      // Negative also where an integer was none: whatever `NOT_SHORT` is added to.
      if (ms < 0 || sequence < 0 || shortIntegerAt(bytes, at) !== elementCount) return false;
      at = behindElement(bytes, at, end);
      readCount += elementCount + 1;
      if ((flags & DELETED) !== 0) continue;
      if (ms < lastMs || (ms === lastMs && sequence <= lastSequence)) return false;
      lastMs = ms;
      lastSequence = sequence;
      if (liveLeft-- === liveCount) setId(this.firstId, ms, sequence);
    }
    setId(this.lastId, lastMs, lastSequence);
    elements.at = at;
    elements.readCount = readCount;
    return liveLeft === 0 && masterFieldCount > 0;
  }
}

/** Sets an ID whose halves can be counted with. */
function setId(id: StreamId, ms: number, sequence: number): void {
  id.setWords((ms / TWO_TO_32) | 0, ms | 0, (sequence / TWO_TO_32) | 0, sequence | 0);
}
