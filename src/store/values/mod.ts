/**
 * Values: entries, and what each type keeps in them. They know the encodings, but no command.
 *
 * @module
 */

export {
  Collection,
  type CollectionEnvironment,
  type CollectionHost,
  type ElementKeeper,
} from "./collection.ts";
export { type CollectionLimits, defaultCollectionLimits } from "./collection_limits.ts";
export { Collections } from "./collections.ts";
export { ElementLookAhead } from "./element_look_ahead.ts";
export {
  ENCODING_EMBSTR,
  ENCODING_INT,
  ENCODING_INTSET,
  ENCODING_LISTPACK,
  ENCODING_RAW,
  encodingOfHeader,
  Entries,
  EXPIRES,
  type ExpiryChoice,
  INLINE_BYTES_MAX,
  kindOf,
  MARK_COUNT,
  TYPE_HASH,
  TYPE_LIST,
  TYPE_SET,
  TYPE_SORTED_SET,
  TYPE_STREAM,
  TYPE_STRING,
  typeOfHeader,
  VALUE_WORD,
} from "./entry.ts";
export { type HashElement, HashValue } from "./hash_value.ts";
export { ListValue } from "./list_value.ts";
export { canBePast, type ElementVisitor, PastValue } from "./past_value.ts";
export { SortedSetDraft, SortedSetValue } from "./sorted_set/mod.ts";
export { SetMember } from "./set_member.ts";
export { SetValue } from "./set_value.ts";
export type { SetWalk } from "./set_walk.ts";
export {
  advanceGroup,
  type ConsumerGroup,
  estimateEntriesRead,
  readLag,
  STREAM_ENTRY_BYTES_MAX,
  StreamValue,
  type StreamWalk,
  TrimPlan,
  type TrimStrategy,
} from "./stream/mod.ts";
export {
  EMBSTR_BYTES_MAX,
  IntegerText,
  readStringInteger,
  stringBytesOf,
  stringView,
} from "./string_value.ts";
export { encodingName, hasBlock, sharedReferenceCount, TYPE_NAMES, Values } from "./value.ts";
