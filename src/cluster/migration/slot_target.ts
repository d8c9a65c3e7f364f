/**
 * Slot target: takes over slots from nodes that hand them over.
 *
 *   source ── PEER CLEAR slots ──────────> what is here of them goes: a former attempt's
 *          ── PEER IMPORT, PEER DROP ... ─> key by key, some again as they changed
 *          ── PEER SEAL ─────────────────> all of it is on the disk
 *          (the source notes that they have moved)
 *          ── PEER LEARN topology ───────> so does this node, and answers for them
 *
 * Until the last step the source has the slots. The keys are among the others already, but requests
 * for them go to the source; nobody is told of them. A source that fails in between begins anew, so
 * this node forgets nothing by itself: the source may have noted what this one has not heard yet.
 *
 * Always true: a slot is taken in over the connection that cleared it last, and over no other: what
 * an older one still brings is refused.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import type { ImportedEntry, ServerParts, Session } from "../../engine/mod.ts";
import { IMPORT_BROKEN, IMPORT_NOT_DURABLE, SLOTS_NOT_COMING } from "../../errors/catalogue.ts";
import type { ReshardingRegistry } from "./resharding_registry.ts";
import { SlotIndex, type WalkSurroundings } from "./slot_index.ts";
import type { SlotSet } from "./slot_set.ts";

/** Slots that a node hands over, over one connection. */
interface Import {
  readonly session: Session;
  readonly slots: SlotSet;
}

/** What a target belongs to. */
export interface SlotTargetOptions extends WalkSurroundings {
  readonly server: ServerParts;
  readonly registry: ReshardingRegistry;
  /** The name of this node. */
  readonly self: string;
}

/** The slots that come to one node. */
export class SlotTarget {
  /** Keys and bytes that were taken in so far. */
  keyCount = 0;
  byteCount = 0;

  readonly #options: SlotTargetOptions;
  /** By the name of the source. */
  readonly #imports = new Map<string, Import>();
  /** The keys that are here of slots that are to come. */
  #index: SlotIndex | undefined;
  #building: Promise<void> | undefined;

  constructor(options: SlotTargetOptions) {
    this.#options = options;
    options.registry.watch(() => this.#follow());
  }

  /**
   * Begins to take slots in; what is here of them goes.
   *
   * @throws {RedisError} When they are not to come from that node.
   */
  async clear(session: Session, slots: SlotSet): Promise<void> {
    const source = session.peer!.name;
    this.#imports.delete(source);
    this.#requireComing(source, slots);
    await this.#ready();
    this.#requireComing(source, slots);
    const { store, effects } = this.#options.server;
    for (const slotIndex of slots) {
      for (const { databaseIndex, key } of this.#index!.keysOf(slotIndex)) {
        const view = new ByteView(key);
        if (store.databases[databaseIndex].discard(view)) {
          effects.emit(databaseIndex, "UNLINK", view);
        }
      }
    }
    this.#index!.drop(slots);
    this.#imports.set(source, { session, slots });
  }

  /** Takes a key in. @throws {RedisError} When its slot is not being taken in, or it is damaged. */
  import(session: Session, entry: ImportedEntry): void {
    const { server } = this.#options,
      { databaseIndex, key, payload, encoding, expiresAt, access } = entry;
    this.#requireOpen(session, key);
    const database = server.store.databases[databaseIndex];
    if (database === undefined) throw SLOTS_NOT_COMING;
    server.store.environment.unobserved(() => {
      server.payloads.restoreAsIs(payload, database, key, encoding);
    });
    let ref = database.peek(key);
    const expires = (expiresAt.hi | expiresAt.lo) !== 0;
    if (expires) ref = database.setExpiry(ref, expiresAt);
    database.entries.setAccess(ref, access);
    const expiryText = expires ? String(expiresAt.toBigInt()) : "0";
    server.effects.emit(databaseIndex, "RESTORE", key, expiryText, payload, "REPLACE", "ABSTTL");
    server.stats.changesSinceSave++;
    this.#index!.add(databaseIndex, key);
    this.keyCount++;
    this.byteCount += payload.byteCount;
  }

  /** Forgets a key that is gone at the source. @throws {RedisError} When its slot is not coming. */
  drop(session: Session, databaseIndex: number, key: ByteView): void {
    this.#requireOpen(session, key);
    const { store, effects } = this.#options.server;
    if (store.databases[databaseIndex]?.discard(key)) effects.emit(databaseIndex, "UNLINK", key);
  }

  /** Has all that was taken in reach the disk. @throws {RedisError} When it can't, or lacks something. */
  seal(session: Session): void {
    const open = this.#imports.get(session.peer!.name);
    if (open?.session !== session || this.#index?.isStale !== false) throw IMPORT_BROKEN;
    if (!this.#options.server.appendOnly.drain()) throw IMPORT_NOT_DURABLE;
  }

  /** Forgets what it knows of keys. */
  stop(): void {
    this.#index?.[Symbol.dispose]();
    this.#index = undefined;
  }

  #requireComing(source: string, slots: SlotSet): void {
    const { registry: { topology }, self } = this.#options;
    for (const slotIndex of slots) {
      const comes = topology.isMoving && topology.targetOf(slotIndex) === self &&
        topology.map.ownerOf(slotIndex).name === source;
      if (!comes) throw SLOTS_NOT_COMING;
    }
  }

  #requireOpen(session: Session, key: ByteView): void {
    const open = this.#imports.get(session.peer!.name), slotIndex = slotOf(key);
    if (open?.session !== session || !open.slots.has(slotIndex)) throw SLOTS_NOT_COMING;
    const owner = this.#options.registry.topology.map.ownerOf(slotIndex);
    if (owner.name !== session.peer!.name) throw SLOTS_NOT_COMING;
  }

  /** Knows what is here of the slots that are to come. */
  async #ready(): Promise<void> {
    while (this.#index?.isStale !== false || this.#building !== undefined) {
      this.#building ??= this.#build().finally(() => this.#building = undefined);
      await this.#building;
    }
  }

  async #build(): Promise<void> {
    const { registry, self } = this.#options;
    this.#index?.[Symbol.dispose]();
    const index = this.#index = new SlotIndex(this.#options, registry.topology.coming(self));
    await index.build();
  }

  /** Slots that have come are as any other. */
  #follow(): void {
    const { registry: { topology }, self } = this.#options;
    if (!topology.isMoving) {
      this.#imports.clear();
      if (this.#building === undefined) this.stop();
      return;
    }
    for (const [source, { slots }] of this.#imports) {
      const owned = [...slots].filter((slot) => topology.map.ownerOf(slot).name === self);
      this.#index?.drop(owned);
      if (owned.length === slots.count) this.#imports.delete(source);
    }
  }
}
