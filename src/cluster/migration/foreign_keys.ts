/**
 * Foreign keys: keys of slots that other nodes have, which are to be here no longer.
 *
 * They vanish from here and are where they were for everybody who asks the right node: so nobody is
 * notified. But watches of them break, and caches forget them, as nothing more will be heard from here.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import { NO_EVENT, type ServerParts } from "../../engine/mod.ts";
import type { ReshardingRegistry } from "./resharding_registry.ts";
import { type IndexedKey, walkSlots, type WalkSurroundings } from "./slot_index.ts";

/** Removes keys, as far as they are there. */
export function removeForeign(server: ServerParts, keys: Iterable<IndexedKey>): void {
  const { store, changeListeners, effects } = server;
  for (const { databaseIndex, key } of keys) {
    const view = new ByteView(key);
    if (!store.databases[databaseIndex].discard(view)) continue;
    changeListeners.changed(databaseIndex, view, NO_EVENT);
    effects.emit(databaseIndex, "UNLINK", view);
  }
}

/**
 * Removes all keys that a server had before slots moved, and did not come to remove before it ended.
 * What is on its way here stays.
 */
export async function removeAllForeign(
  surroundings: WalkSurroundings & { readonly server: ServerParts },
  registry: ReshardingRegistry,
  self: string,
): Promise<void> {
  const has = (slotIndex: number): boolean => {
    const { topology } = registry; // it may change meanwhile
    return topology.map.ownerOf(slotIndex).name !== self &&
      (!topology.isMoving || topology.targetOf(slotIndex) !== self);
  };
  const found = new Map<IndexedKey, number>();
  await walkSlots(surroundings, { has }, (slotIndex, { index }, keyView) => {
    found.set({ databaseIndex: index, key: keyView.copy() }, slotIndex);
  });
  const foreign = [...found].filter(([, slotIndex]) => has(slotIndex)).map(([key]) => key);
  removeForeign(surroundings.server, foreign);
}
