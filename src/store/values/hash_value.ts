/**
 * Hash value: fields with values, in a listpack while small, else in a dictionary.
 *
 *   listpack    | field | value | field | value | ...         in the order in which they came, bare
 *   hashtable   dictionary of records, each a field with its value (see hash_record.ts)
 *
 * An *element* is what `find` and the walks give for a field: its position in the listpack, or its
 * record. It is good until the hash is changed. That way a caller looks once and then reads, or
 * replaces, without a second search.
 *
 * Always true: a hash in a listpack has no more fields than the limit said at the last addition, and
 * never goes back to a listpack.
 * Cost: O(1) expected in a dictionary; in a listpack a walk over it, which is shorter than a miss of
 * the cache for the sizes that are meant.
 * Behaviour: Redis 7.0, encodings and conversion of hashes.
 *
 * @module
 */

import { ByteView, EMPTY_BYTES } from "../../base/byte_view.ts";
import type { Random } from "../../base/random.ts";
import type { Ref } from "../memory/mod.ts";
import { Dictionary, Listpack, writeWholeListpack } from "../structures/mod.ts";
import { Collection, type CollectionEnvironment } from "./collection.ts";
import { ENCODING_HASHTABLE, ENCODING_LISTPACK, TYPE_HASH } from "./entry.ts";
import {
  createHashRecord,
  hashRecordField,
  hashRecordValue,
  replaceHashRecordValue,
} from "./hash_record.ts";

/** A field with its value; 0: no such field. */
export type HashElement = number;

/** Called with an element. */
export type HashVisitor = (element: HashElement) => void;

/** With back lengths a listpack takes at most so many times its bytes. */
const WHOLE_FACTOR = 2;
/** Room for a listpack that has them is kept up to this size. */
const KEPT_ROOM_BYTES_MAX = 64 * 1024;

/** A handle on one hash after the other. */
export class HashValue extends Collection {
  readonly type = TYPE_HASH;
  readonly #listpack: Listpack;
  readonly #dictionary: Dictionary;
  /** The hash of the field that was sought last in a dictionary. */
  #fieldHash = 0;
  /** Room that is wanted for additions to come. */
  #announcedBytes = 0;
  readonly #moveRecord = (record: Ref): Ref => this.environment.arena.moveOut(record);
  readonly #freeRecord = (record: Ref): void => this.environment.arena.free(record);

  // Reused by copies and conversions.
  readonly #valuePack: Listpack;
  #wholeRoom = EMPTY_BYTES;
  readonly #field = new ByteView();
  readonly #value = new ByteView();

  constructor(environment: CollectionEnvironment) {
    super(environment);
    this.#listpack = new Listpack(environment.arena, true);
    this.#valuePack = new Listpack(environment.arena, true);
    this.#dictionary = new Dictionary(environment.arena);
  }

  /** Whether the fields lie in a listpack, where looking one up is a walk. */
  get isPacked(): boolean {
    return this.encoding === ENCODING_LISTPACK;
  }

  /**
   * Points a view at a listpack with the elements of a hash that lies in one; else gives nothing.
   * Good until the next.
   */
  packedView(into: ByteView): ByteView | undefined {
    if (!this.isPacked) return undefined;
    const { bytes, start, end } = this.#listpack.open(this.root).view(into);
    const room = this.#wholeRoomOf(WHOLE_FACTOR * (end - start));
    return into.set(room, 0, writeWholeListpack(bytes, start, end, room));
  }

  #wholeRoomOf(byteCount: number): Uint8Array {
    if (byteCount > KEPT_ROOM_BYTES_MAX) return new Uint8Array(byteCount);
    if (byteCount > this.#wholeRoom.length) {
      this.#wholeRoom = new Uint8Array(Math.max(byteCount, 2 * this.#wholeRoom.length));
    }
    return this.#wholeRoom;
  }

  /** The element of a field, or 0. */
  find(field: ByteView): HashElement {
    if (this.encoding === ENCODING_HASHTABLE) {
      const { bytes, start, end } = field;
      this.#fieldHash = this.environment.elements.hashOf(field);
      return this.#dictionary.open(this.root).find(this.#fieldHash, bytes, start, end);
    }
    if (this.root === 0) return 0;
    const listpack = this.#listpack.open(this.root);
    return listpack.find(field, listpack.first(), 1);
  }

  /** Points a view at an element's field; good until the next look at the hash. */
  readField(element: HashElement, into: ByteView): ByteView {
    if (this.encoding === ENCODING_HASHTABLE) {
      return hashRecordField(this.environment.arena, element, into);
    }
    return this.#listpack.open(this.root).read(element, into);
  }

  /** Points a view at an element's value; good until the next look at the hash. */
  readValue(element: HashElement, into: ByteView): ByteView {
    if (this.encoding === ENCODING_HASHTABLE) {
      return hashRecordValue(this.environment.arena, element, into);
    }
    const listpack = this.#listpack.open(this.root);
    return listpack.read(listpack.next(element), into);
  }

  /**
   * Gives a field a value.
   *
   * @param field Copied.
   * @param value Copied.
   * @returns Whether the field is new.
   */
  set(field: ByteView, value: ByteView): boolean {
    const element = this.find(field);
    this.put(element, field, value);
    return element === 0;
  }

  /**
   * The same for a field that was sought.
   *
   * @param element What `find` gave for the field, with no look at another since.
   * @param field Must not lie in this hash.
   * @param value Must not lie in this hash.
   */
  put(element: HashElement, field: ByteView, value: ByteView): void {
    if (this.encoding !== ENCODING_HASHTABLE) {
      if (this.#fitsListpack(field, value)) return this.#putPacked(element, field, value);
      this.#convert();
      element = this.find(field);
    }
    this.keepElement(field);
    if (element === 0) {
      const record = createHashRecord(this.environment.arena, field, value);
      this.#dictionary.insertFound(this.#fieldHash, record);
      this.#saveDictionary();
    } else if (!replaceHashRecordValue(this.environment.arena, element, value)) {
      this.#dictionary.replaceFound(createHashRecord(this.environment.arena, field, value));
      this.environment.arena.free(element);
    }
  }

  /**
   * Takes over the fields and values of a sound listpack, as they are, for a hash that is absent.
   *
   * @param fieldCount How many fields there are, each of them once.
   * @returns Whether it did; if not, they are too many for a listpack.
   */
  takePacked(listpack: ByteView, fieldCount: number): boolean {
    if (fieldCount > this.environment.limits.hashMaxListpackEntries) return false;
    const { bytes, start, end } = listpack;
    this.#listpack.createBare(bytes, start, end, 2 * fieldCount);
    this.begin(ENCODING_LISTPACK, this.#listpack.ref);
    this.#savePacked(fieldCount);
    return true;
  }

  /** Removes a field; returns whether it was there. The last one leaves an empty hash. */
  remove(field: ByteView): boolean {
    const element = this.find(field);
    if (element === 0) return false;
    if (this.encoding === ENCODING_HASHTABLE) {
      this.keepElement(field);
      this.#dictionary.removeFound();
      this.environment.arena.free(element);
      this.#saveDictionary();
    } else {
      this.#listpack.removeRange(element, 2);
      this.#savePacked(this.count - 1);
    }
    return true;
  }

  /**
   * Announces that several fields will be set, so that a packed hash grows once for all; `settle`
   * afterwards.
   *
   * @param byteCount Bytes of the fields and values with all that goes with them, by estimate.
   */
  announce(byteCount: number): void {
    this.#announcedBytes = byteCount;
  }

  /** Gives back the room that was announced and not used. */
  settle(): void {
    this.#announcedBytes = 0;
    if (this.encoding !== ENCODING_LISTPACK || this.root === 0) return;
    this.#listpack.open(this.root).trim();
    this.#savePacked(this.count);
  }

  /** Visits every element; the visitor must not change the hash. */
  forEach(visit: HashVisitor): void {
    if (this.encoding === ENCODING_HASHTABLE) {
      return this.#dictionary.open(this.root).forEachTouched(visit);
    }
    const listpack = this.#listpack.open(this.root);
    for (let position = listpack.first(); position !== 0;) {
      visit(position);
      position = listpack.next(listpack.next(position));
    }
  }

  /** Walks on from a cursor over elements; see `Dictionary.scan`. A packed hash is one step. */
  scan(cursor: number, wantedCount: number, visit: HashVisitor): number {
    if (this.encoding === ENCODING_HASHTABLE) {
      return this.#dictionary.open(this.root).scan(cursor, wantedCount, visit);
    }
    this.forEach(visit);
    return 0;
  }

  /** An element chosen evenly among all, of which there is one at least. */
  randomElement(random: Random): HashElement {
    if (this.encoding === ENCODING_HASHTABLE) {
      return this.#dictionary.open(this.root).randomRecord(random);
    }
    return this.#listpack.open(this.root).seek(2 * random.below(this.count));
  }

  freeSome(): boolean {
    const { arena } = this.environment;
    if (this.encoding === ENCODING_HASHTABLE) {
      const dictionary = this.#dictionary.open(this.root);
      if (dictionary.dismantleSome(this.#freeRecord)) return true;
    } else {
      arena.free(this.root);
    }
    this.root = 0;
    return false;
  }

  relocate(cursor: number, wantedCount: number): number {
    if (this.encoding === ENCODING_LISTPACK) {
      this.root = this.environment.arena.moveOut(this.root);
      return 0;
    }
    const dictionary = this.#dictionary.open(this.root);
    const next = dictionary.relocate(cursor, wantedCount, this.#moveRecord);
    this.root = dictionary.root;
    return next;
  }

  override get slotCount(): number {
    return this.encoding === ENCODING_HASHTABLE ? this.#dictionary.open(this.root).slotCount : 0;
  }

  copyRoot(): Ref {
    if (this.encoding === ENCODING_LISTPACK) return this.#listpack.open(this.root).duplicate();
    const { arena } = this.environment;
    return this.#dictionary.open(this.root).duplicate((record) => {
      const field = hashRecordField(arena, record, this.#field);
      return createHashRecord(arena, field, hashRecordValue(arena, record, this.#value));
    });
  }

  memoryBytes(sampleCount: number): number {
    const { arena } = this.environment;
    if (this.encoding === ENCODING_LISTPACK) return arena.capacityOf(this.root);
    const dictionary = this.#dictionary.open(this.root);
    let visitedCount = 0, visitedBytes = 0;
    dictionary.scan(0, sampleCount === 0 ? this.count : sampleCount, (record) => {
      visitedCount++;
      visitedBytes += arena.capacityOf(record);
    });
    return dictionary.tableBytes + Math.round(visitedBytes / visitedCount * this.count);
  }

  #fitsListpack(field: ByteView, value: ByteView): boolean {
    const { hashMaxListpackValue } = this.environment.limits;
    const fieldBytes = field.byteCount, valueBytes = value.byteCount;
    if (fieldBytes > hashMaxListpackValue || valueBytes > hashMaxListpackValue) return false;
    return this.root === 0 ||
      Listpack.isSafeToAdd(this.#listpack.open(this.root).byteCount, fieldBytes + valueBytes);
  }

  #putPacked(element: HashElement, field: ByteView, value: ByteView): void {
    const listpack = this.#listpack;
    if (element !== 0) {
      listpack.replace(listpack.next(element), value);
      this.#savePacked(this.count);
    } else {
      const pairBytes = listpack.elementBytes(field) + listpack.elementBytes(value);
      const roomBytes = Math.max(this.#announcedBytes, pairBytes);
      this.#announcedBytes = 0;
      if (this.root === 0) this.begin(ENCODING_LISTPACK, listpack.create(roomBytes));
      else listpack.reserve(roomBytes);
      listpack.append(field);
      listpack.append(value);
      this.#savePacked(this.count + 1);
    }
    if (this.count > this.environment.limits.hashMaxListpackEntries) this.#convert();
  }

  #savePacked(count: number): void {
    const root = this.#listpack.ref;
    if (root === this.root && count === this.count) return;
    this.root = root;
    this.count = count;
    this.save();
  }

  #saveDictionary(): void {
    this.root = this.#dictionary.root;
    this.count = this.#dictionary.count;
    this.save();
  }

  /** Moves all fields from the listpack into a dictionary; an absent hash gets an empty one. */
  #convert(): void {
    const { arena, hash } = this.environment;
    const dictionary = this.#dictionary.create();
    this.#announcedBytes = 0;
    if (this.root === 0) return this.begin(ENCODING_HASHTABLE, dictionary.root);
    const fields = this.#listpack.open(this.root), values = this.#valuePack.open(this.root);
    for (let position = fields.first(); position !== 0;) {
      const field = fields.read(position, this.#field);
      position = fields.next(position);
      const record = createHashRecord(arena, field, values.read(position, this.#value));
      dictionary.insert(hash.of(field.bytes, field.start, field.end), record);
      position = fields.next(position);
    }
    arena.free(this.root);
    this.encoding = ENCODING_HASHTABLE;
    this.#saveDictionary();
  }
}
