/**
 * Pre-images: keys as they were, to be put back if what follows must not count.
 *
 * An image is a whole copy of the entry: value, encoding, expiry and last use. So commands may do
 * with the key what they like, and what is put back is what was there: absent if it was absent, and
 * if its time had come unnoticed, that too. Copied is at the first touch and as a whole, since no
 * structure can take single changes back, and this holds for any type that can be copied at all.
 *
 * A key that is only read changes in one thing: when it was used last. That is kept without a copy.
 *
 * A snapshot that is being taken meets nothing new here: what is replaced counts as removed, an image
 * that is put back as younger than the snapshot.
 *
 * Cost: the memory and the time of a copy of each key kept, until `restore` or `free`.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import type { Keyspace } from "./keyspace.ts";
import type { Ref } from "./memory/mod.ts";

/** A key as it was. */
interface PreImage {
  readonly keyspace: Keyspace;
  readonly key: ByteView;
  /** The copy; 0: there was no such key. `undefined`: only its last use is kept. */
  image: Ref | undefined;
  /** What its entry noted about its last use; without entry, nothing. */
  readonly access: number | undefined;
}

/** Keys of one store, as they were when each was kept. */
export class PreImages {
  readonly #images = new Map<string, PreImage>();

  /** Whether a key is kept, and not only its last use. */
  has(keyspace: Keyspace, key: ByteView): boolean {
    return this.#images.get(nameOf(keyspace, key))?.image !== undefined;
  }

  /** Keeps a key that may be changed, unless it is kept already. @param key Copied. */
  keep(keyspace: Keyspace, key: ByteView): void {
    const kept = this.#note(keyspace, key);
    if (kept.image !== undefined) return;
    kept.image = keyspace.imageOf(key);
    if (kept.access !== undefined && kept.image !== 0) {
      keyspace.entries.setAccess(kept.image, kept.access);
    }
  }

  /** Keeps when a key was used last, which will be read. @param key Copied. */
  keepUse(keyspace: Keyspace, key: ByteView): void {
    this.#note(keyspace, key);
  }

  /** Makes all keys what they were. */
  restore(): void {
    for (const { keyspace, key, image, access } of this.#images.values()) {
      if (image !== undefined) keyspace.reinstate(key, image);
      else if (access !== undefined) keyspace.noteAccess(key, access);
    }
    this.#images.clear();
  }

  /** Forgets them; what is large is freed in slices. */
  free(): void {
    for (const { keyspace, image } of this.#images.values()) {
      if (image !== undefined && image !== 0) keyspace.freeImage(image);
    }
    this.#images.clear();
  }

  #note(keyspace: Keyspace, key: ByteView): PreImage {
    const name = nameOf(keyspace, key);
    let noted = this.#images.get(name);
    if (noted === undefined) {
      const access = keyspace.noteOfAccess(key);
      noted = { keyspace, key: new ByteView(key.copy()), image: undefined, access };
      this.#images.set(name, noted);
    }
    return noted;
  }
}

function nameOf(keyspace: Keyspace, key: ByteView): string {
  return `${keyspace.index} ${key.toText()}`;
}
