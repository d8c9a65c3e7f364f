/**
 * RDB format: the numbers in RDB files and DUMP payloads. They are on disks: none may ever change.
 *
 * Specified in: Redis 7.0 rdb.h, RDB version 10.
 *
 * @module
 */

/** The version that is written; newer ones are not read. */
export const RDB_VERSION = 10;

/** A string, as the value of a key. */
export const RDB_STRING = 0;
/** A list, element by element (read only, like all that is not written by Redis 7.0). */
export const RDB_LIST = 1;
/** A set, member by member. */
export const RDB_SET = 2;
/** A sorted set with scores as text. */
export const RDB_SORTED_SET_TEXT = 3;
/** A hash, field by field. */
export const RDB_HASH = 4;
/** A sorted set with binary scores. */
export const RDB_SORTED_SET = 5;
/** A hash as a zipmap (Redis 2.4). */
export const RDB_HASH_ZIPMAP = 9;
/** A list as a ziplist. */
export const RDB_LIST_ZIPLIST = 10;
/** A set as an intset. */
export const RDB_SET_INTSET = 11;
/** A sorted set as a ziplist. */
export const RDB_SORTED_SET_ZIPLIST = 12;
/** A hash as a ziplist. */
export const RDB_HASH_ZIPLIST = 13;
/** A list as ziplists. */
export const RDB_LIST_QUICKLIST = 14;
/** A stream without what Redis 7.0 added. */
export const RDB_STREAM = 15;
/** A hash as a listpack. */
export const RDB_HASH_LISTPACK = 16;
/** A sorted set as a listpack. */
export const RDB_SORTED_SET_LISTPACK = 17;
/** A list as listpacks and plain elements. */
export const RDB_LIST_QUICKLIST_2 = 18;
/** A stream. */
export const RDB_STREAM_2 = 19;

/** Whether a collection of a form is a single string. */
export function isOneString(form: number): boolean {
  const isPacked = form >= RDB_HASH_ZIPMAP && form <= RDB_HASH_ZIPLIST;
  return isPacked || form === RDB_HASH_LISTPACK || form === RDB_SORTED_SET_LISTPACK;
}

/** A quicklist node that is one element. */
export const QUICKLIST_PLAIN = 1;
/** A quicklist node that is a listpack. */
export const QUICKLIST_PACKED = 2;

/** First two bits of a length: what the other six are. */
export const LENGTH_6_BITS = 0;
/** ... the upper six of fourteen. */
export const LENGTH_14_BITS = 1;
/** ... a kind of encoded string. */
export const LENGTH_ENCODED = 3;
/** First byte of a length of 32 bits, highest byte first. */
export const LENGTH_32_BITS = 0x80;
/** First byte of a length of 64 bits. */
export const LENGTH_64_BITS = 0x81;

/** Encoded string: an integer of 8 bits. */
export const ENCODED_INT8 = 0;
/** ... of 16 bits, lowest byte first. */
export const ENCODED_INT16 = 1;
/** ... of 32 bits. */
export const ENCODED_INT32 = 2;
/** ... bytes compressed by LZF. */
export const ENCODED_LZF = 3;

/** Bytes of a stream's ID as a key. */
export const STREAM_ID_BYTES = 16;

/** What a file begins with; four digits of the version follow. */
export const RDB_SIGNATURE = "REDIS";
/** The form of a value of a module before Redis 5; can't be read. */
export const RDB_MODULE = 6;
/** The form of a value of a module. */
export const RDB_MODULE_2 = 7;

/** What stands where a form could: a library of functions. */
export const OPCODE_FUNCTION_2 = 245;
/** A library, as candidates of Redis 7.0 wrote them. */
export const OPCODE_FUNCTION = 246;
/** Data of a module. */
export const OPCODE_MODULE_AUX = 247;
/** Seconds since the next key was used. */
export const OPCODE_IDLE = 248;
/** How often the next key is used, one byte. */
export const OPCODE_FREQUENCY = 249;
/** A fact about the file: two strings. */
export const OPCODE_AUX = 250;
/** Keys of the database, and keys that expire. */
export const OPCODE_RESIZE_DATABASE = 251;
/** Expiry of the next key in unix milliseconds. */
export const OPCODE_EXPIRES_MS = 252;
/** Expiry of the next key in unix seconds. */
export const OPCODE_EXPIRES_SECONDS = 253;
/** Number of the database to which the next keys belong. */
export const OPCODE_SELECT_DATABASE = 254;
/** The end of the file but for the checksum. */
export const OPCODE_END = 255;
