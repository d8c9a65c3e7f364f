/**
 * Foreign keys: keys of slots that other nodes have, which are to be here no longer.
 *
 * They vanish from here and are where they were for everybody who asks the right node: so nobody is
 * notified. But watches of them break, and caches forget them, as nothing more will be heard from here.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { slotOf } from "../../base/crc16.ts";
import { NO_EVENT, type ServerParts } from "../../engine/mod.ts";
import type { ReshardingRegistry } from "./resharding_registry.ts";
import { type IndexedKey, walkSlots, type WalkSurroundings } from "./slot_index.ts";

/** Keys removed in one slice. */
const KEYS_PER_SLICE = 512;

/** Whose keys are removed. */
export interface ForeignKeysOptions extends WalkSurroundings {
  readonly server: ServerParts;
  readonly registry: ReshardingRegistry;
  /** The name of this node. */
  readonly self: string;
}

/** Removes keys, as far as they are there and still another node's, in slices. */
export async function removeForeign(
  options: ForeignKeysOptions,
  keys: readonly IndexedKey[],
): Promise<void> {
  const { store, changeListeners, effects } = options.server;
  for (let next = 0; next < keys.length;) {
    const end = Math.min(keys.length, next + KEYS_PER_SLICE);
    for (; next < end; next++) {
      const { databaseIndex, key } = keys[next], view = new ByteView(key);
      if (!isForeign(options, slotOf(view))) continue;
      if (!store.databases[databaseIndex].discard(view)) continue;
      changeListeners.changed(databaseIndex, view, NO_EVENT);
      effects.emit(databaseIndex, "UNLINK", view);
    }
    if (next < keys.length) await options.nextTurn();
  }
}

/**
 * Removes all keys that a server had before slots moved, and did not come to remove before it ended.
 * What is on its way here stays.
 */
export async function removeAllForeign(options: ForeignKeysOptions): Promise<void> {
  const has = (slotIndex: number) => isForeign(options, slotIndex);
  const found: IndexedKey[] = [];
  await walkSlots(options, { has }, (_, { index }, keyView) => {
    found.push({ databaseIndex: index, key: keyView.copy() });
  });
  await removeForeign(options, found);
}

/** Whether a slot is another node's, and not on its way here. */
function isForeign(
  { registry: { topology }, self }: ForeignKeysOptions,
  slotIndex: number,
): boolean {
  return topology.map.ownerOf(slotIndex).name !== self &&
    (!topology.isMoving || topology.targetOf(slotIndex) !== self);
}
