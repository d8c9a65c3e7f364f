/**
 * Snapshot: all data as it was at one moment, handed out entry by entry while commands go on.
 *
 * Redis forks for this, and pays with a stall, and with a second copy of every page that is written to
 * meanwhile. Here a walk goes over the tables in slices, and whoever is about to change an entry that
 * the walk has not come to has it saved first: the *pre-image*. Extra memory is what was saved and not
 * yet written away, in proportion to the changes.
 *
 * Whether an entry is saved is told by its mark (`Entries`). To begin turns the mark, so that all entries
 * are unsaved at once; new entries are made with the new mark, and saving gives it. So the walk may meet
 * an entry twice, or meet one that came later, and passes both over.
 *
 * A large value is saved with pauses. Until it is through it counts as unsaved, and others are not mixed
 * into it: those that are changed while it pauses are copied. So are large values of few blocks before a
 * change, as blocks are copied many times faster than written. Large hashes, sets and sorted sets are not:
 * they go on changing, and are saved as they were (`PastValue`), next if a change is why. A change of any
 * other that is half-way saved has the rest saved at once. Large values that are deleted or replaced
 * meanwhile are not saved at once either but kept: *orphans*, saved and freed when their turn comes. A
 * database that is emptied is one large orphan.
 *
 * The databases keep the numbers that they had at the beginning. Expired entries that nobody has noticed
 * are saved, as in Redis. When an entry was used last is saved as it is when the entry is: reading is no
 * change.
 *
 * Always true: while `environment.snapshot` is set, an entry has the present mark exactly if it is saved
 * or younger than the snapshot.
 * Cost: a change of a saved entry, one comparison; each entry is saved once. Not here: in what form.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import { invariant } from "../base/invariant.ts";
import type { EntryTable } from "./entry_table.ts";
import type { EntryKeeper, StoreEnvironment } from "./environment.ts";
import { KeyspaceRemains } from "./keyspace_remains.ts";
import { MarkSweep } from "./mark_sweep.ts";
import type { Ref } from "./memory/mod.ts";
import type { Store } from "./store.ts";
import { type Dictionary, SEGMENT_RECORD_COUNT_MAX } from "./structures/mod.ts";
import {
  canBePast,
  type Collection,
  type ElementKeeper,
  hasBlock,
  MARK_COUNT,
  PastValue,
  TYPE_STRING,
} from "./values/mod.ts";

/** Takes the entries of a snapshot, in no order. */
export interface SnapshotSink {
  /** Before the walk through a database; entries of it that were changed may have come already. */
  begin(databaseIndex: number, keyCount: number, expiringCount: number): void;
  /**
   * Writes one entry as it is now.
   *
   * @param past Where the elements are to be taken from, instead of from the entry.
   * @returns Nothing if all is written. Else what remains, done by steps of some hundred microseconds;
   * the next entry comes when it has ended. The entry does not change meanwhile, nor do its blocks move,
   * but no view of them is good after a pause.
   */
  entry(databaseIndex: number, ref: Ref, past?: PastValue): Generator<void, void> | undefined;
}

/** A database as it was. */
interface Part {
  readonly index: number;
  readonly keyCount: number;
  readonly expiringCount: number;
  readonly table: EntryTable;
  /** Its entries, once they were all taken out of the table. */
  detached: Dictionary | undefined;
  hasBegun: boolean;
  /** Where the walk is. */
  cursor: number;
  isDone: boolean;
}

/** An entry that is not in a table (any more). */
interface Orphan {
  readonly index: number;
  readonly ref: Ref;
}

/** A large value that goes on changing until it is saved as it was. */
interface Changing {
  readonly index: number;
  readonly past: PastValue;
  /** Whether the entry is in no table any more, and to be freed. */
  isOrphan: boolean;
}

/** An entry that is half-way saved. */
interface Unfinished extends Orphan {
  readonly steps: Generator<void, void>;
  isOrphan: boolean;
  /** What the entry is the image of, if it is one. */
  readonly changing: Changing | undefined;
}

/** Entries after which the time is looked at. */
const TIMED_COUNT = 8;
/** Entries of one step of the walk, whose memory is fetched together. */
const STEP_COUNT = 128;
/** Values of more elements, or strings of more bytes, are kept rather than saved at once. */
const KEPT_ELEMENT_COUNT_MIN = 1024;
const KEPT_BYTES_MIN = 64 * 1024;
/** Values of more elements, if they can be, go on changing while they are saved. */
const CHANGING_COUNT_MIN = 4096;
/** Snapshots broken off after which the marks that they left are looked after. */
const SWEEP_PERIOD = 16;

/** One snapshot, of which a store has at most one at a time. */
export class Snapshot implements ElementKeeper, EntryKeeper {
  readonly #store: Store;
  readonly #environment: StoreEnvironment;
  readonly #sink: SnapshotSink;
  readonly #changingCountMin: number;
  readonly #parts: Part[] = [];
  readonly #orphans: Orphan[] = [];
  /** Those that are to be saved next, or half-way saved, by their entries. */
  readonly #changing = new Map<Ref, Changing>();
  /** Entries of databases that were emptied, and are in no part. */
  readonly #held: Dictionary[] = [];
  readonly #keyView = new ByteView();
  #partIndex = 0;
  #unfinished: Unfinished | undefined;
  #isDone = false;
  /** Entries that one step of the walk met, saved or not. */
  readonly #met = new Int32Array(STEP_COUNT + SEGMENT_RECORD_COUNT_MAX);
  #metCount = 0;

  private constructor(store: Store, sink: SnapshotSink, changingCountMin: number) {
    this.#changingCountMin = changingCountMin;
    this.#store = store;
    this.#environment = store.environment;
    this.#sink = sink;
  }

  /**
   * Begins one, of the data as it is now.
   *
   * @param changingCountMin Elements above which a value, if it can, goes on changing while it is saved.
   */
  static begin(
    store: Store,
    sink: SnapshotSink,
    changingCountMin: number = CHANGING_COUNT_MIN,
  ): Snapshot {
    const { entries, snapshot: other } = store.environment;
    invariant(other === undefined, "Cannot begin a snapshot: another one is being taken");
    store.defragmenter.end();
    if (entries.staleMarkCount === MARK_COUNT - 1) new MarkSweep(store).finish();
    entries.turnMark();
    const snapshot = new Snapshot(store, sink, changingCountMin);
    snapshot.#noteDatabases();
    store.environment.snapshot = snapshot;
    return snapshot;
  }

  /** Whether all is saved. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Goes on.
   *
   * @param mayGoOn Asked now and then; `false` ends the slice. A slice does at least something.
   * @returns Whether there is more.
   */
  advance(mayGoOn: () => boolean): boolean {
    while (this.#isRunning) {
      if (this.#unfinished !== undefined) this.#goOn(this.#unfinished);
      else if (this.#changing.size > 0) this.#saveChanging();
      else if (this.#orphans.length > 0) this.#saveOrphan(this.#orphans.pop()!);
      else if (this.#partIndex < this.#parts.length) this.#walk(mayGoOn);
      else this.#finish();
      if (!mayGoOn()) break;
    }
    return this.#isRunning;
  }

  /** Ends it, wherever it is. Nothing if it has ended. */
  abort(): void {
    if (!this.#isRunning) return;
    const { entries, lazyFree } = this.#environment;
    this.#environment.snapshot = undefined;
    const unfinished = this.#unfinished;
    this.#unfinished = undefined;
    unfinished?.steps.return();
    if (unfinished?.isOrphan) this.#free(unfinished.ref);
    for (const { ref } of this.#orphans) this.#free(ref);
    this.#orphans.length = 0;
    for (const { past, isOrphan } of this.#changing.values()) {
      for (const ref of past.end()) this.#free(ref);
      if (isOrphan) this.#free(past.ref);
    }
    this.#changing.clear();
    this.#environment.elementKeeper = undefined;
    this.#releaseAll();
    if (entries.staleMarkCount % SWEEP_PERIOD === 0) lazyFree.add(new MarkSweep(this.#store));
  }

  keep(table: EntryTable, ref: Ref): void {
    if (this.#changing.has(ref)) return;
    const unfinished = this.#unfinished;
    if (this.#mayGoOnChanging(ref)) {
      this.#letChange(this.#partOf(table).index, ref);
    } else if (unfinished === undefined && !this.#isQuickerCopied(ref)) {
      const { index } = this.#partOf(table);
      const steps = this.#sink.entry(index, ref);
      while (steps !== undefined && !steps.next().done);
      this.#environment.entries.setMarked(ref);
    } else if (unfinished?.ref === ref) {
      while (this.#unfinished === unfinished) this.#goOn(unfinished);
    } else {
      this.#orphans.push({ index: this.#partOf(table).index, ref: this.#copy(ref) });
      this.#environment.entries.setMarked(ref);
    }
  }

  keepElement(handle: Collection, element: ByteView): void {
    this.#changing.get(handle.ref)?.past.keep(handle, element);
  }

  moved(old: Ref, fresh: Ref): void {
    const changing = this.#changing.get(old);
    if (changing === undefined) return;
    this.#changing.delete(old);
    this.#changing.set(fresh, changing);
    changing.past.ref = fresh;
    this.#environment.entries.setMarkAge(fresh, 1); // else nobody would tell that it is removed
  }

  adopt(table: EntryTable, ref: Ref): boolean {
    const changing = this.#changing.get(ref);
    if (changing !== undefined) {
      changing.isOrphan = true;
      return true;
    }
    const unfinished = this.#unfinished;
    if (unfinished?.ref === ref) {
      unfinished.isOrphan = true;
      return true;
    }
    if (unfinished === undefined && !this.#isLarge(ref) && !this.#mayGoOnChanging(ref)) {
      this.keep(table, ref);
      return false;
    }
    this.#orphans.push({ index: this.#partOf(table).index, ref });
    return true;
  }

  adoptAll(table: EntryTable, dictionary: Dictionary): boolean {
    const part = this.#parts.find((part) => part.table === table);
    if (part !== undefined && !part.isDone && part.detached === undefined) {
      part.detached = dictionary;
      return true;
    }
    if (this.#changing.size === 0) return false;
    this.#held.push(dictionary); // an entry that is to be saved may have moved there
    return true;
  }

  get #isRunning(): boolean {
    return this.#environment.snapshot === this;
  }

  #noteDatabases(): void {
    for (const [index, table] of this.#store.databases.entries()) {
      const { count: keyCount, expiringCount } = table;
      if (keyCount === 0) continue;
      this.#parts.push({
        index,
        keyCount,
        expiringCount,
        table,
        detached: undefined,
        hasBegun: false,
        cursor: 0,
        isDone: false,
      });
    }
  }

  #partOf(table: EntryTable): Part {
    const part = this.#parts.find((part) => part.table === table);
    invariant(part !== undefined, "An entry is older than a snapshot that does not know its table");
    return part;
  }

  /** Saves entries that a step of the walk meets. */
  #walk(mayGoOn: () => boolean): void {
    const part = this.#parts[this.#partIndex];
    const { index, table, detached, cursor } = part;
    if (!part.hasBegun) this.#sink.begin(index, part.keyCount, part.expiringCount);
    part.hasBegun = true;
    this.#metCount = 0;
    const next = detached === undefined
      ? table.scanAll(cursor, STEP_COUNT, this.#meet)
      : detached.scan(cursor, STEP_COUNT, this.#meet);
    const { arena, entries } = this.#environment;
    arena.touch(this.#met, this.#metCount);
    for (let met = 0; met < this.#metCount;) {
      const ref = this.#met[met++];
      if (entries.isMarked(ref) || this.#changing.has(ref)) continue;
      if (this.#mayGoOnChanging(ref)) this.#letChange(index, ref);
      else this.#save(index, ref, false);
      // Guide: what is left of this step is met again, as the cursor stays; the saved are passed over.
      if (!this.#isBetweenEntries && met < this.#metCount) return;
      if (met % TIMED_COUNT === 0 && met < this.#metCount && !mayGoOn()) return;
    }
    part.cursor = next;
    if (next !== 0) return;
    this.#partIndex++;
    // What is half-way saved or copied may be an entry of a dictionary that would be freed now.
    if (this.#isBetweenEntries) this.#release(part);
  }

  readonly #meet = (ref: Ref): void => {
    this.#met[this.#metCount++] = ref;
  };

  #saveOrphan(orphan: Orphan): void {
    this.#save(orphan.index, orphan.ref, true);
  }

  /** Saves an entry, or begins to. */
  #save(index: number, ref: Ref, isOrphan: boolean): void {
    const steps = this.#sink.entry(index, ref);
    if (steps === undefined || steps.next().done) this.#settle(ref, isOrphan);
    else this.#unfinished = { index, ref, steps, isOrphan, changing: undefined };
  }

  #goOn({ steps, ref, isOrphan, changing }: Unfinished): void {
    if (!steps.next().done) return;
    this.#unfinished = undefined;
    if (changing !== undefined) this.#settleChanging(changing);
    else this.#settle(ref, isOrphan);
  }

  /** Whether nothing is half-way saved, nor to be saved before the walk goes on. */
  get #isBetweenEntries(): boolean {
    return this.#unfinished === undefined && this.#changing.size === 0;
  }

  /** Lets a value change from now on, and has it saved next. */
  #letChange(index: number, ref: Ref): void {
    const past = new PastValue(this.#environment, ref);
    this.#changing.set(ref, { index, past, isOrphan: false });
    this.#environment.elementKeeper = this;
  }

  /** Saves one of those that change, or begins to. */
  #saveChanging(): void {
    const [changing] = this.#changing.values(), { index, past } = changing, ref = past.image;
    const steps = this.#sink.entry(index, ref, past);
    if (steps === undefined || steps.next().done) this.#settleChanging(changing);
    else this.#unfinished = { index, ref, steps, isOrphan: false, changing };
  }

  #settleChanging({ past, isOrphan }: Changing): void {
    this.#changing.delete(past.ref);
    if (this.#changing.size === 0) this.#environment.elementKeeper = undefined;
    for (const ref of past.end()) this.#free(ref);
    this.#settle(past.ref, isOrphan);
  }

  /** Notes that an entry is saved. */
  #settle(ref: Ref, isOrphan: boolean): void {
    if (isOrphan) this.#free(ref);
    else this.#environment.entries.setMarked(ref);
  }

  #finish(): void {
    this.#releaseAll();
    this.#environment.snapshot = undefined;
    this.#environment.entries.staleMarkCount = 0;
    this.#isDone = true;
  }

  /** Has what databases left behind freed, and keeps nothing more of them. */
  #releaseAll(): void {
    for (const part of this.#parts) this.#release(part);
    for (const dictionary of this.#held) this.#freeAll(dictionary);
    this.#held.length = 0;
  }

  #release(part: Part): void {
    part.isDone = true;
    if (part.detached !== undefined) this.#freeAll(part.detached);
    part.detached = undefined;
  }

  #freeAll(dictionary: Dictionary): void {
    this.#environment.lazyFree.add(new KeyspaceRemains(dictionary, this.#environment, true));
  }

  #free(ref: Ref): void {
    this.#environment.freeValue(ref, true);
    this.#environment.arena.free(ref);
  }

  #isLarge(ref: Ref): boolean {
    const { entries } = this.#environment;
    if (entries.typeOf(ref) !== TYPE_STRING) {
      return entries.valueCountOf(ref) > KEPT_ELEMENT_COUNT_MIN;
    }
    return hasBlock(entries, ref) && entries.valueCountOf(ref) > KEPT_BYTES_MIN;
  }

  /** Whether to write a value takes much longer than to copy its few large blocks. */
  #isQuickerCopied(ref: Ref): boolean {
    return !canBePast(this.#environment.entries, ref) && this.#isLarge(ref);
  }

  #mayGoOnChanging(ref: Ref): boolean {
    const { entries } = this.#environment;
    return canBePast(entries, ref) && entries.valueCountOf(ref) > this.#changingCountMin;
  }

  /** An entry with the same content that is in no table. */
  #copy(ref: Ref): Ref {
    const { entries, values } = this.#environment;
    const key = entries.keyView(ref, this.#keyView);
    const copy = entries.createFrom(
      ref,
      key,
      entries.kindOf(ref),
      entries.flagsOf(ref),
      entries.inlineBytesOf(ref),
    );
    values.copy(ref, copy);
    return copy;
  }
}
