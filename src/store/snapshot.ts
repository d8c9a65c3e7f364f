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
 * A large value is saved with pauses. Until it is through it counts as unsaved; a change to it has the
 * rest saved at once, which can be a stall. Others are not mixed into it: those that are changed while it
 * pauses are copied. So are large values of few blocks before a change, as blocks are copied many times
 * faster than written. Large hashes, sets and sorted sets are not: these are copied in slices, while
 * commands change them (`GradualCopy`), and before they are half-way saved if they are in use. Large values that are deleted or replaced meanwhile are not saved at once either but
 * kept: *orphans*, saved and freed when their turn comes. A database that is emptied is one large orphan.
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
  type Collection,
  type ElementKeeper,
  GradualCopy,
  hasBlock,
  isGraduallyCopied,
  MARK_COUNT,
  TYPE_STRING,
} from "./values/mod.ts";

/** Takes the entries of a snapshot, in no order. */
export interface SnapshotSink {
  /** Before the walk through a database; entries of it that were changed may have come already. */
  begin(databaseIndex: number, keyCount: number, expiringCount: number): void;
  /**
   * Writes one entry as it is now.
   *
   * @returns Nothing if all is written. Else what remains, done by steps of some hundred microseconds;
   * the next entry comes when it has ended. The entry does not change meanwhile, nor do its blocks move,
   * but no view of them is good after a pause.
   */
  entry(databaseIndex: number, ref: Ref): Generator<void, void> | undefined;
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

/** An entry that is half-way saved. */
interface Unfinished extends Orphan {
  readonly steps: Generator<void, void>;
  isOrphan: boolean;
}

/** A large value that is being copied, and changed meanwhile. */
interface Copying {
  readonly index: number;
  readonly copy: GradualCopy;
  /** Whether the original is in no table any more, and to be freed. */
  isDetached: boolean;
}

/** Entries after which the time is looked at. */
const TIMED_COUNT = 8;
/** Entries of one step of the walk, whose memory is fetched together. */
const STEP_COUNT = 128;
/** Values of more elements, or strings of more bytes, are kept rather than saved at once. */
const KEPT_ELEMENT_COUNT_MIN = 1024;
const KEPT_BYTES_MIN = 64 * 1024;
/** Values of more elements, if they can be, are copied in slices rather than saved at once. */
const GRADUAL_COUNT_MIN = 32 * 1024;
/** And before a change if the last use was in the last seconds, as the next is about to come. */
const HOT_SECONDS = 60;
/** Snapshots broken off after which the marks that they left are looked after. */
const SWEEP_PERIOD = 16;

/** One snapshot, of which a store has at most one at a time. */
export class Snapshot implements ElementKeeper, EntryKeeper {
  readonly #store: Store;
  readonly #environment: StoreEnvironment;
  readonly #sink: SnapshotSink;
  readonly #gradualCountMin: number;
  readonly #parts: Part[] = [];
  readonly #orphans: Orphan[] = [];
  /** Copies that are being made, by the entry of the original. */
  readonly #copies = new Map<Ref, Copying>();
  /** Entries of databases that were emptied, and are in no part. */
  readonly #held: Dictionary[] = [];
  readonly #keyView = new ByteView();
  #partIndex = 0;
  #unfinished: Unfinished | undefined;
  #isDone = false;
  /** Entries that one step of the walk met, saved or not. */
  readonly #met = new Int32Array(STEP_COUNT + SEGMENT_RECORD_COUNT_MAX);
  #metCount = 0;

  private constructor(store: Store, sink: SnapshotSink, gradualCountMin: number) {
    this.#gradualCountMin = gradualCountMin;
    this.#store = store;
    this.#environment = store.environment;
    this.#sink = sink;
  }

  /**
   * Begins one, of the data as it is now.
   *
   * @param gradualCountMin Elements above which a value is copied in slices before it changes.
   */
  static begin(
    store: Store,
    sink: SnapshotSink,
    gradualCountMin: number = GRADUAL_COUNT_MIN,
  ): Snapshot {
    const { entries, snapshot: other } = store.environment;
    invariant(other === undefined, "Cannot begin a snapshot: another one is being taken");
    store.defragmenter.end();
    if (entries.staleMarkCount === MARK_COUNT - 1) new MarkSweep(store).finish();
    entries.turnMark();
    const snapshot = new Snapshot(store, sink, gradualCountMin);
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
      else if (this.#copies.size > 0) this.#copySome();
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
    for (const { copy, isDetached } of this.#copies.values()) {
      this.#free(copy.take());
      if (isDetached) this.#free(copy.ref);
    }
    this.#copies.clear();
    this.#environment.elementKeeper = undefined;
    this.#releaseAll();
    if (entries.staleMarkCount % SWEEP_PERIOD === 0) lazyFree.add(new MarkSweep(this.#store));
  }

  keep(table: EntryTable, ref: Ref): void {
    if (this.#copies.has(ref)) return;
    const unfinished = this.#unfinished;
    if (unfinished?.ref !== ref && this.#isGraduallyCopied(ref)) {
      this.#beginCopy(this.#partOf(table).index, ref);
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
    this.#copies.get(handle.ref)?.copy.keep(handle, element);
  }

  moved(old: Ref, fresh: Ref): void {
    const copying = this.#copies.get(old);
    if (copying === undefined) return;
    this.#copies.delete(old);
    this.#copies.set(fresh, copying);
    copying.copy.ref = fresh;
    this.#environment.entries.setMarkAge(fresh, 1); // else nobody would tell that it is removed
  }

  adopt(table: EntryTable, ref: Ref): boolean {
    const copying = this.#copies.get(ref);
    if (copying !== undefined) {
      copying.isDetached = true;
      return true;
    }
    const unfinished = this.#unfinished;
    if (unfinished?.ref === ref) {
      unfinished.isOrphan = true;
      return true;
    }
    if (unfinished === undefined && !this.#isLarge(ref) && !this.#isGraduallyCopied(ref)) {
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
    if (this.#copies.size === 0) return false;
    this.#held.push(dictionary); // an entry that is being copied may have moved there
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
      if (entries.isMarked(ref) || this.#copies.has(ref)) continue;
      if (this.#isGraduallyCopied(ref) && this.#isHot(ref)) this.#beginCopy(index, ref);
      else this.#save(index, ref, false);
      // Guide: what is left of this step is met again, as the cursor stays; the saved are passed over.
      const isBusy = this.#unfinished !== undefined || this.#copies.size > 0;
      if (isBusy && met < this.#metCount) return;
      if (met % TIMED_COUNT === 0 && met < this.#metCount && !mayGoOn()) return;
    }
    part.cursor = next;
    if (next !== 0) return;
    this.#partIndex++;
    // What is half-way saved or copied may be an entry of a dictionary that would be freed now.
    if (this.#unfinished === undefined && this.#copies.size === 0) this.#release(part);
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
    else this.#unfinished = { index, ref, steps, isOrphan };
  }

  #goOn(unfinished: Unfinished): void {
    if (!unfinished.steps.next().done) return;
    this.#unfinished = undefined;
    this.#settle(unfinished.ref, unfinished.isOrphan);
  }

  /** Begins to copy a value in slices; the copy is saved when it is whole. */
  #beginCopy(index: number, ref: Ref): void {
    const copy = new GradualCopy(this.#environment, ref);
    this.#copies.set(ref, { index, copy, isDetached: false });
    this.#environment.elementKeeper = this;
  }

  /** Goes on with a copy. */
  #copySome(): void {
    const [{ index, copy, isDetached }] = this.#copies.values();
    if (copy.step()) return;
    this.#copies.delete(copy.ref);
    if (this.#copies.size === 0) this.#environment.elementKeeper = undefined;
    this.#orphans.push({ index, ref: copy.take() });
    this.#settle(copy.ref, isDetached);
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
    return !isGraduallyCopied(this.#environment.entries, ref) && this.#isLarge(ref);
  }

  #isGraduallyCopied(ref: Ref): boolean {
    const { entries } = this.#environment;
    return isGraduallyCopied(entries, ref) && entries.valueCountOf(ref) > this.#gradualCountMin;
  }

  /** Whether a change is to be expected soon; under LFU, always. */
  #isHot(ref: Ref): boolean {
    const environment = this.#environment;
    return environment.frequency !== undefined ||
      environment.idleSecondsOf(environment.entries.accessOf(ref)) <= HOT_SECONDS;
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
