/**
 * Store: the data. Databases of entries in an arena, found by keyed hash, expired by a time wheel.
 *
 * Floors, each knowing only those below: `memory/` (arena) < `structures/` (dictionary, time wheel)
 * < `values/` (entries, strings) < keyspace < store.
 *
 * @module
 */

export { AccessFrequency, type FrequencyOptions } from "./access_frequency.ts";
export { type KeyObserver, type StoreListener } from "./environment.ts";
export type { KeyLookAhead } from "./key_look_ahead.ts";
export { type KeyPresence, Keyspace } from "./keyspace.ts";
export { type Arena, ArenaFullError, CheckedArena, type Ref } from "./memory/mod.ts";
export { extendString, overwriteString, recodeString } from "./string_edit.ts";
export {
  backLengthBytes,
  countPlainRegisters,
  decodeGeohash,
  DENSE_BYTES,
  DENSE_REGISTERS_BYTES,
  denseRegister,
  distanceInside,
  earthDistance,
  ElementReader,
  ElementTrace,
  EMPTY_SKETCH_BYTES,
  encodedBytesAt,
  encodeGeohash,
  estimateCardinality,
  type GeohashRange,
  geohashText,
  GeoPoint,
  type GeoShape,
  HyperLogLog,
  isHyperLogLog,
  isIntegerAt,
  LATITUDE_MAX,
  type ListEnd,
  Listpack,
  LONGITUDE_MAX,
  newHistogram,
  PACKED_THRESHOLD_BYTES,
  readIntegerAt,
  REGISTER_COUNT,
  REGISTER_VALUE_MAX,
  searchRanges,
  setDenseRegister,
  SPARE_BYTES,
  writeEmptySketch,
} from "./structures/mod.ts";
export { PreImages } from "./pre_images.ts";
export { Snapshot, type SnapshotSink } from "./snapshot.ts";
export { Store, type StoreOptions } from "./store.ts";
export {
  advanceGroup,
  type Collection,
  type CollectionLimits,
  Collections,
  type ConsumerGroup,
  type ElementVisitor,
  ENCODING_INTSET,
  ENCODING_LISTPACK,
  encodingName,
  estimateEntriesRead,
  type ExpiryChoice,
  type HashElement,
  HashValue,
  IntegerText,
  ListValue,
  PastValue,
  readLag,
  readStringInteger,
  SetMember,
  SetValue,
  type SetWalk,
  sharedReferenceCount,
  SortedSetDraft,
  SortedSetValue,
  STREAM_ENTRY_BYTES_MAX,
  StreamValue,
  type StreamWalk,
  stringView,
  TrimPlan,
  TYPE_HASH,
  TYPE_LIST,
  TYPE_NAMES,
  TYPE_SET,
  TYPE_SORTED_SET,
  TYPE_STREAM,
  TYPE_STRING,
} from "./values/mod.ts";
