/**
 * Structures: how data is laid out in the arena. They know nothing of Redis.
 *
 * @module
 */

export { Dictionary, LONG_KEY_LENGTH, TOUCH_COUNT_MAX } from "./dictionary.ts";
export { DictionaryLookAhead } from "./dictionary_look_ahead.ts";
export { SEGMENT_RECORD_COUNT_MAX } from "./dictionary_segment.ts";
export { endOfSegmentAt, hashPlaceOf } from "./dictionary_walk.ts";
export { HashWalk } from "./hash_walk.ts";
export { Intset } from "./intset.ts";
export { createKeyRecord, recordKeyView } from "./key_record.ts";
export { IdMap, NameMap, type ReferenceVisitor, TREE_STATE_WORDS } from "./ordered_tree/mod.ts";
export { type FieldSource, StreamNode } from "./stream_node.ts";
export { relocateChunks, SkipList } from "./skip_list/mod.ts";
export { TimeWheel, type WheelLinks } from "./time_wheel.ts";
export {
  countPlainRegisters,
  DENSE_BYTES,
  DENSE_REGISTERS_BYTES,
  denseRegister,
  ElementTrace,
  EMPTY_SKETCH_BYTES,
  estimateCardinality,
  HyperLogLog,
  isHyperLogLog,
  newHistogram,
  REGISTER_COUNT,
  REGISTER_VALUE_MAX,
  setDenseRegister,
  SPARE_BYTES,
  writeEmptySketch,
} from "./hyperloglog/mod.ts";
export {
  backLengthBytes,
  ElementReader,
  encodedBytesAt,
  isIntegerAt,
  Listpack,
  readIntegerAt,
  writeWholeListpack,
} from "./listpack/mod.ts";
export {
  decodeGeohash,
  distanceInside,
  earthDistance,
  encodeGeohash,
  type GeohashRange,
  geohashText,
  GeoPoint,
  type GeoShape,
  LATITUDE_MAX,
  LONGITUDE_MAX,
  searchRanges,
} from "./geohash/mod.ts";
export {
  type ListEnd,
  PACKED_THRESHOLD_BYTES,
  Quicklist,
  QuicklistCursor,
  type QuicklistLayout,
  SoughtElement,
} from "./quicklist/mod.ts";
