/**
 * Key registry: what is kept about keys beside the data: who watches, waits for, or caches them.
 *
 * While there is anything in one, every change of any key asks here whether it concerns somebody, so
 * the question must cost little: the key's hash, which is often known already, leads to a chain of
 * very few records, and no string is made of the key that is asked for.
 *
 * The chains grow one at a time (linear hashing): with each record that is one too many, the next
 * chain in line is split in two. So a registry of a million keys never stands still to be hashed anew,
 * as a `Map` does, and has no largest size.
 *
 *   chains   | 0 | 1 | 2 | 3 | 4 | 5 |      hash 13 = 1101 -> 101 = 5
 *              ^split  ^next   = 0 + 4      hash 15 = 1111 -> 111 = 7, not there yet -> 11 = 3
 *
 * Always true: a record is in the chain of its hash; records of one key are in the order in which they
 * came; a record that was taken off may be put back, but not into a second registry meanwhile.
 * Cost: adding, removing and finding O(1) expected; a pointer in the record and about one beside it.
 * Idea: Litwin, "Linear hashing", 1980. Not here: what a record says of its key.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Random } from "../base/random.ts";
import type { KeyLookAhead } from "../store/mod.ts";

/** Fewest chains; a power of two. */
const CHAIN_COUNT_MIN = 8;
/** Chains are joined when there are more than so many for a record. */
const CHAINS_PER_RECORD_MAX = 4;

/** Something that is kept about a key. */
export abstract class KeyRecord<Record extends KeyRecord<Record>> {
  /** The key as binary text: the most compact form of few bytes, and its own copy. */
  readonly key: string;
  readonly hash: number;
  /** The next record of its chain. */
  next: Record | undefined;

  constructor(key: string, hash: number) {
    this.key = key;
    this.hash = hash;
  }
}

/** Records of a server by their keys; several may have the same. */
export class KeyRegistry<Record extends KeyRecord<Record>> implements Iterable<Record> {
  readonly #hashing: KeyLookAhead;
  #chains: (Record | undefined)[] = [];
  /** The largest power of two that is not above the number of chains. */
  #levelSize = CHAIN_COUNT_MIN;
  #count = 0;

  /** @param hashing Hashes keys. */
  constructor(hashing: KeyLookAhead) {
    this.#hashing = hashing;
    this.clear();
  }

  /** Records held. */
  get count(): number {
    return this.#count;
  }

  /** The hash that a record of a key must have. */
  hashOf(key: ByteView): number {
    return this.#hashing.hashOf(key);
  }

  /** The first record of a key. */
  first(key: ByteView): Record | undefined {
    if (this.#count === 0) return undefined;
    const hash = this.#hashing.hashOf(key);
    let record = this.#chains[this.#indexOf(hash)];
    while (record !== undefined && !(record.hash === hash && isSpelt(record.key, key))) {
      record = record.next;
    }
    return record;
  }

  /** The next record of the same key; it must still be here. */
  following(record: Record): Record | undefined {
    let other = record.next;
    while (other !== undefined && !(other.hash === record.hash && other.key === record.key)) {
      other = other.next;
    }
    return other;
  }

  /** Adds a record, behind those of the same key. */
  add(record: Record): void {
    this.#append(record);
    this.#count++;
    if (this.#count > this.#chains.length) this.#split();
  }

  /** Takes a record off, which is here. */
  remove(record: Record): void {
    const chains = this.#chains, index = this.#indexOf(record.hash);
    let previous = chains[index]!;
    if (previous === record) {
      chains[index] = record.next;
    } else {
      while (previous.next !== record) previous = previous.next!;
      previous.next = record.next;
    }
    this.#count--;
    const isSparse = chains.length > this.#count * CHAINS_PER_RECORD_MAX;
    if (isSparse && chains.length > CHAIN_COUNT_MIN) this.#join();
  }

  /** Takes all off. */
  clear(): void {
    this.#chains = Array.from({ length: CHAIN_COUNT_MIN }, () => undefined);
    this.#levelSize = CHAIN_COUNT_MIN;
    this.#count = 0;
  }

  /** Any record, each about equally likely; `undefined` when there is none. */
  sample(random: Random): Record | undefined {
    if (this.#count === 0) return undefined;
    let record: Record | undefined;
    while (record === undefined) record = this.#chains[random.below(this.#chains.length)];
    let length = 1;
    for (let other = record.next; other !== undefined; other = other.next) length++;
    for (let steps = random.below(length); steps > 0; steps--) record = record!.next;
    return record;
  }

  /** All records; none may be added or removed meanwhile. */
  *[Symbol.iterator](): IterableIterator<Record> {
    for (const first of this.#chains) {
      for (let record = first; record !== undefined; record = record.next) yield record;
    }
  }

  #indexOf(hash: number): number {
    const index = hash & (this.#levelSize * 2 - 1);
    return index < this.#chains.length ? index : index & (this.#levelSize - 1);
  }

  #append(record: Record): void {
    const chains = this.#chains, index = this.#indexOf(record.hash);
    record.next = undefined;
    let last = chains[index];
    if (last === undefined) {
      chains[index] = record;
      return;
    }
    while (last.next !== undefined) last = last.next;
    last.next = record;
  }

  /** Makes one more chain, of records of the chain that is next in line. */
  #split(): void {
    const chains = this.#chains;
    const index = chains.length - this.#levelSize;
    const first = chains[index];
    chains[index] = undefined;
    chains.push(undefined);
    this.#appendAll(first);
    if (chains.length === this.#levelSize * 2) this.#levelSize *= 2;
  }

  /** Undoes the last split. */
  #join(): void {
    const chains = this.#chains;
    if (chains.length === this.#levelSize) this.#levelSize /= 2;
    this.#appendAll(chains.pop());
  }

  #appendAll(first: Record | undefined): void {
    while (first !== undefined) {
      const record: Record = first;
      first = record.next;
      this.#append(record);
    }
  }
}

/** Whether binary text has the bytes of a key. */
function isSpelt(text: string, { bytes, start, end }: ByteView): boolean {
  if (text.length !== end - start) return false;
  for (let offset = 0; offset < text.length; offset++) {
    if (text.charCodeAt(offset) !== bytes[start + offset]) return false;
  }
  return true;
}
