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
 * pauses are copied. So are large strings, lists and streams before a change, as their blocks are copied
 * many times faster than written. Large values that are deleted or replaced meanwhile are not saved at once either but
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
import { hasBlock, MARK_COUNT, TYPE_LIST, TYPE_STREAM, TYPE_STRING } from "./values/mod.ts";

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

/** Entries after which the time is looked at. */
const TIMED_COUNT = 8;
/** Entries of one step of the walk, whose memory is fetched together. */
const STEP_COUNT = 128;
/** Values of more elements, or strings of more bytes, are kept rather than saved at once. */
const KEPT_ELEMENT_COUNT_MIN = 1024;
const KEPT_BYTES_MIN = 64 * 1024;
/** Snapshots broken off after which the marks that they left are looked after. */
const SWEEP_PERIOD = 16;

/** One snapshot, of which a store has at most one at a time. */
export class Snapshot implements EntryKeeper {
  readonly #store: Store;
  readonly #environment: StoreEnvironment;
  readonly #sink: SnapshotSink;
  readonly #parts: Part[] = [];
  readonly #orphans: Orphan[] = [];
  readonly #keyView = new ByteView();
  #partIndex = 0;
  #unfinished: Unfinished | undefined;
  #isDone = false;
  /** Entries that one step of the walk met, saved or not. */
  readonly #met = new Int32Array(STEP_COUNT + SEGMENT_RECORD_COUNT_MAX);
  #metCount = 0;

  private constructor(store: Store, sink: SnapshotSink) {
    this.#store = store;
    this.#environment = store.environment;
    this.#sink = sink;
  }

  /** Begins one, of the data as it is now. */
  static begin(store: Store, sink: SnapshotSink): Snapshot {
    const { entries, snapshot: other } = store.environment;
    invariant(other === undefined, "Cannot begin a snapshot: another one is being taken");
    store.defragmenter.end();
    if (entries.staleMarkCount === MARK_COUNT - 1) new MarkSweep(store).finish();
    entries.turnMark();
    const snapshot = new Snapshot(store, sink);
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
    for (const part of this.#parts) this.#release(part);
    if (entries.staleMarkCount % SWEEP_PERIOD === 0) lazyFree.add(new MarkSweep(this.#store));
  }

  keep(table: EntryTable, ref: Ref): void {
    const unfinished = this.#unfinished;
    if (unfinished === undefined && !this.#isQuickerCopied(ref)) {
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

  adopt(table: EntryTable, ref: Ref): boolean {
    const unfinished = this.#unfinished;
    if (unfinished?.ref === ref) {
      unfinished.isOrphan = true;
      return true;
    }
    if (unfinished === undefined && !this.#isLarge(ref)) {
      this.keep(table, ref);
      return false;
    }
    this.#orphans.push({ index: this.#partOf(table).index, ref });
    return true;
  }

  adoptAll(table: EntryTable, dictionary: Dictionary): boolean {
    const part = this.#parts.find((part) => part.table === table);
    if (part === undefined || part.isDone || part.detached !== undefined) return false;
    part.detached = dictionary;
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
      if (entries.isMarked(ref)) continue;
      this.#save(index, ref, false);
      // Guide: what is left of this step is met again, as the cursor stays; the saved are passed over.
      if (this.#unfinished !== undefined && met < this.#metCount) return;
      if (met % TIMED_COUNT === 0 && met < this.#metCount && !mayGoOn()) return;
    }
    part.cursor = next;
    if (next !== 0) return;
    this.#partIndex++;
    // What is half-way saved is the last entry, maybe one of a dictionary that would be freed now.
    if (this.#unfinished === undefined) this.#release(part);
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

  /** Notes that an entry is saved. */
  #settle(ref: Ref, isOrphan: boolean): void {
    if (isOrphan) this.#free(ref);
    else this.#environment.entries.setMarked(ref);
  }

  #finish(): void {
    for (const part of this.#parts) this.#release(part);
    this.#environment.snapshot = undefined;
    this.#environment.entries.staleMarkCount = 0;
    this.#isDone = true;
  }

  /** Has what a database left behind freed, and keeps nothing more of it. */
  #release(part: Part): void {
    part.isDone = true;
    if (part.detached === undefined) return;
    this.#environment.lazyFree.add(new KeyspaceRemains(part.detached, this.#environment, true));
    part.detached = undefined;
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
    const type = this.#environment.entries.typeOf(ref);
    const isOfBlocks = type === TYPE_STRING || type === TYPE_LIST || type === TYPE_STREAM;
    return isOfBlocks && this.#isLarge(ref);
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
