/**
 * Dictionary record: key records in the form that tests speak of them, arrays of bytes.
 *
 * @module
 */

import { ByteView } from "../../src/base/byte_view.ts";
import type { Arena, Ref } from "../../src/store/memory/mod.ts";
import { createKeyRecord, recordKeyView } from "../../src/store/structures/mod.ts";

/** Allocates a record for a key; the caller frees it. */
export function createRecord(arena: Arena, key: Uint8Array): Ref {
  return createKeyRecord(arena, key, 0, key.length);
}

/** The key of a record, copied. */
export function keyOfRecord(arena: Arena, record: Ref): Uint8Array {
  return recordKeyView(arena, record, new ByteView()).copy();
}
