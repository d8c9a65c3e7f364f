/**
 * Catalogue: every text that a client can read after `-`, each written once.
 *
 * Fixed texts are constants, made once and thrown again and again; texts with parameters are
 * functions. The wording is Redis 7.0's to the letter, for clients and test suites match on it.
 *
 * @module
 */

import { RedisError } from "./redis_error.ts";
import { shown } from "./shown_word.ts";

export * from "./cluster_catalogue.ts";
export * from "./server_catalogue.ts";

// Values and arguments.

export const WRONG_TYPE = new RedisError(
  "WRONGTYPE Operation against a key holding the wrong kind of value",
);
export const SYNTAX_ERROR = new RedisError("ERR syntax error");
export const NOT_AN_INTEGER = new RedisError("ERR value is not an integer or out of range");
export const NOT_A_FLOAT = new RedisError("ERR value is not a valid float");
export const NO_SUCH_KEY = new RedisError("ERR no such key");
export const OUT_OF_INT32 = new RedisError(
  "ERR value is out of range, value must between -2147483648 and 2147483647",
);
export const OUT_OF_INT64 = new RedisError(
  "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
);
export const COUNT_OUT_OF_RANGE = new RedisError("ERR value is out of range");
export const DB_INDEX_OUT_OF_RANGE = new RedisError("ERR DB index is out of range");
export const OUT_OF_MEMORY = new RedisError(
  "OOM command not allowed when used memory > 'maxmemory'.",
);

// Strings.

export const STRING_TOO_LONG = new RedisError(
  "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
);
export const OFFSET_OUT_OF_RANGE = new RedisError("ERR offset is out of range");
export const INCREMENT_OVERFLOW = new RedisError("ERR increment or decrement would overflow");
export const DECREMENT_OVERFLOW = new RedisError("ERR decrement would overflow");
export const VALUE_NOT_FINITE = new RedisError("ERR value is NaN or Infinity");
export const HASH_VALUE_NOT_AN_INTEGER = new RedisError("ERR hash value is not an integer");
export const HASH_VALUE_NOT_A_FLOAT = new RedisError("ERR hash value is not a float");
export const INCREMENT_NOT_FINITE = new RedisError(
  "ERR increment would produce NaN or Infinity",
);
export const LCS_NEEDS_STRINGS = new RedisError(
  "ERR The specified keys must contain string values",
);
export const LCS_BOTH_LENGTH_AND_INDEXES = new RedisError(
  "ERR If you want both the length and indexes, please just use IDX.",
);
export const LCS_TOO_LARGE = new RedisError(
  "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
);
export const LCS_ALLOCATION_FAILED = new RedisError(
  "ERR Insufficient memory, failed allocating transient memory for LCS",
);

// Bitmaps.

export const BIT_OFFSET_INVALID = new RedisError(
  "ERR bit offset is not an integer or out of range",
);
export const BIT_INVALID = new RedisError("ERR bit is not an integer or out of range");
export const BIT_NOT_0_OR_1 = new RedisError("ERR The bit argument must be 1 or 0.");
export const BITOP_NOT_NEEDS_ONE_KEY = new RedisError(
  "ERR BITOP NOT must be called with a single source key.",
);
export const BITFIELD_TYPE_INVALID = new RedisError(
  "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
);
export const BITFIELD_OVERFLOW_INVALID = new RedisError("ERR Invalid OVERFLOW type specified");
export const BITFIELD_RO_ONLY_READS = new RedisError(
  "ERR BITFIELD_RO only supports the GET subcommand",
);

// Streams.

export const STREAM_ID_INVALID = new RedisError(
  "ERR Invalid stream ID specified as stream command argument",
);
export const STREAM_START_INVALID = new RedisError("ERR invalid start ID for the interval");
export const STREAM_END_INVALID = new RedisError("ERR invalid end ID for the interval");
export const TRIM_STRATEGY_CONFLICT = new RedisError(
  "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
);
export const TRIM_STRATEGY_MISSING = new RedisError(
  "ERR syntax error, XTRIM must be called with a trimming strategy",
);
export const TRIM_LENGTH_NEGATIVE = new RedisError("ERR The MAXLEN argument must be >= 0.");
export const TRIM_LIMIT_NEGATIVE = new RedisError("ERR The LIMIT argument must be >= 0.");
export const TRIM_LIMIT_WITHOUT_STRATEGY = new RedisError(
  "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy",
);
export const TRIM_LIMIT_WITHOUT_TILDE = new RedisError(
  "ERR syntax error, LIMIT cannot be used without the special ~ option",
);
export const XADD_ID_ZERO = new RedisError("ERR The ID specified in XADD must be greater than 0-0");
export const XADD_ID_TOO_SMALL = new RedisError(
  "ERR The ID specified in XADD is equal or smaller than the target stream top item",
);
export const XADD_IDS_EXHAUSTED = new RedisError(
  "ERR The stream has exhausted the last possible ID, unable to add more items",
);
export const XADD_ELEMENTS_TOO_LARGE = new RedisError("ERR Elements are too large to be stored");
export const XSETID_COUNT_NEGATIVE = new RedisError("ERR entries_added must be positive");
export const XSETID_BELOW_DELETED = new RedisError(
  "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
);
export const XSETID_BELOW_TOP = new RedisError(
  "ERR The ID specified in XSETID is smaller than the target stream top item",
);
export const XSETID_COUNT_BELOW_LENGTH = new RedisError(
  "ERR The entries_added specified in XSETID is smaller than the target stream length",
);
export const XREAD_UNBALANCED = new RedisError(
  "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.",
);
export const XREAD_HAS_NO_GROUP = new RedisError(
  "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.",
);
export const XREAD_HAS_NO_NOACK = new RedisError(
  "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.",
);
export const XREAD_NEW_NEEDS_GROUP = new RedisError(
  "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> " +
    "<consumer> option.",
);
export const XREADGROUP_NEEDS_GROUP = new RedisError("ERR Missing GROUP option for XREADGROUP");
export const XREADGROUP_LAST_ID = new RedisError(
  "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this " +
    "consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just " +
    "return an empty result set.",
);
export const BLOCKED_STREAM_LOST = new RedisError("UNBLOCKED the stream key no longer exists");
export const BLOCKED_GROUP_LOST = new RedisError(
  "NOGROUP the consumer group this client was blocked on no longer exists",
);
export const XGROUP_NEEDS_KEY = new RedisError(
  "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use " +
    "the MKSTREAM option to create an empty stream automatically.",
);
export const XGROUP_BUSY = new RedisError("BUSYGROUP Consumer Group name already exists");
export const ENTRIES_READ_INVALID = new RedisError(
  "ERR value for ENTRIESREAD must be positive or -1",
);
export const XCLAIM_MIN_IDLE_INVALID = new RedisError(
  "ERR Invalid min-idle-time argument for XCLAIM",
);
export const XCLAIM_IDLE_INVALID = new RedisError("ERR Invalid IDLE option argument for XCLAIM");
export const XCLAIM_TIME_INVALID = new RedisError("ERR Invalid TIME option argument for XCLAIM");
export const XCLAIM_COUNT_INVALID = new RedisError(
  "ERR Invalid RETRYCOUNT option argument for XCLAIM",
);
export const XAUTOCLAIM_MIN_IDLE_INVALID = new RedisError(
  "ERR Invalid min-idle-time argument for XAUTOCLAIM",
);
export const XAUTOCLAIM_COUNT_INVALID = new RedisError("ERR COUNT must be > 0");
export const XAUTOCLAIM_COUNT_TOO_HIGH = new RedisError(
  "ERR Insufficient memory, failed allocating transient memory, COUNT too high.",
);

/** @param given The word that is no option of XCLAIM. */
export function unknownClaimOption(given: string): RedisError {
  return new RedisError(`ERR Unrecognized XCLAIM option '${shown(given, Infinity)}'`);
}

/** @param tail What a command adds to the text. */
export function noSuchKeyOrGroup(key: string, group: string, tail = ""): RedisError {
  return new RedisError(
    `NOGROUP No such key '${shown(key, Infinity)}' or consumer group '${
      shown(group, Infinity)
    }'${tail}`,
  );
}

/** The stream is there, the group is not. */
export function noSuchGroup(group: string, key: string): RedisError {
  return new RedisError(
    `NOGROUP No such consumer group '${shown(group, Infinity)}' for key name '${
      shown(key, Infinity)
    }'`,
  );
}

// HyperLogLogs.

export const NOT_A_SKETCH = new RedisError(
  "WRONGTYPE Key is not a valid HyperLogLog string value.",
);
export const CORRUPT_SKETCH = new RedisError("INVALIDOBJ Corrupted HLL object detected");
export const KEY_DOES_NOT_EXIST = new RedisError("ERR The specified key does not exist");
export const SKETCH_NOT_SPARSE = new RedisError("ERR HLL encoding is not sparse");

/** @param given The word that is no subcommand of PFDEBUG. */
export function unknownPfdebugSubcommand(given: string): RedisError {
  return new RedisError(`ERR Unknown PFDEBUG subcommand '${shown(given, Infinity)}'`);
}

/** @param finding What PFSELFTEST found wrong. */
export function selfTestFailed(finding: string): RedisError {
  return new RedisError(`ERR TESTFAILED ${finding}`);
}

// Sorted sets.

export const ZADD_NX_XX_CONFLICT = new RedisError(
  "ERR XX and NX options at the same time are not compatible",
);
export const ZADD_GT_LT_NX_CONFLICT = new RedisError(
  "ERR GT, LT, and/or NX options at the same time are not compatible",
);
export const INCREMENT_NEEDS_ONE_PAIR = new RedisError(
  "ERR INCR option supports a single increment-element pair",
);
export const SCORE_NOT_A_NUMBER = new RedisError("ERR resulting score is not a number (NaN)");
export const SCORE_RANGE_INVALID = new RedisError("ERR min or max is not a float");
export const LEX_RANGE_INVALID = new RedisError("ERR min or max not valid string range item");
export const RANGE_LIMIT_WITHOUT_BY = new RedisError(
  "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
);
export const RANGE_SCORES_WITH_LEX = new RedisError(
  "ERR syntax error, WITHSCORES not supported in combination with BYLEX",
);
export const KEY_COUNT_NOT_POSITIVE = new RedisError("ERR numkeys should be greater than 0");
export const COUNT_NOT_POSITIVE = new RedisError("ERR count should be greater than 0");
export const LIMIT_NEGATIVE = new RedisError("ERR LIMIT can't be negative");

/** @param command The command's full name. */
export function inputKeyNeeded(command: string): RedisError {
  return new RedisError(`ERR at least 1 input key is needed for '${command}' command`);
}

export const WEIGHT_NOT_A_FLOAT = new RedisError("ERR weight value is not a float");

// Lists.

export const INDEX_OUT_OF_RANGE = new RedisError("ERR index out of range");
export const RANK_ZERO = new RedisError(
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use " +
    "negative to start from the end of the list",
);
export const MATCH_COUNT_NEGATIVE = new RedisError("ERR COUNT can't be negative");
export const MAXLEN_NEGATIVE = new RedisError("ERR MAXLEN can't be negative");

// Sets.

export const KEY_COUNT_TOO_LARGE = new RedisError(
  "ERR Number of keys can't be greater than number of args",
);
// Places.

export const UNSUPPORTED_UNIT = new RedisError(
  "ERR unsupported unit provided. please use M, KM, FT, MI",
);
export const RADIUS_NOT_NUMERIC = new RedisError("ERR need numeric radius");
export const RADIUS_NEGATIVE = new RedisError("ERR radius cannot be negative");
export const WIDTH_NOT_NUMERIC = new RedisError("ERR need numeric width");
export const HEIGHT_NOT_NUMERIC = new RedisError("ERR need numeric height");
export const BOX_NEGATIVE = new RedisError("ERR height or width cannot be negative");
export const PLACE_NOT_DECODED = new RedisError("ERR could not decode requested zset member");
export const GEO_COUNT_NOT_POSITIVE = new RedisError("ERR COUNT must be > 0");
export const GEO_ANY_NEEDS_COUNT = new RedisError("ERR the ANY argument requires COUNT argument");

/** Coordinates beyond the map, with six decimals. */
export function invalidCoordinates(longitude: string, latitude: string): RedisError {
  return new RedisError(`ERR invalid longitude,latitude pair ${longitude},${latitude}`);
}

/** @param command What stores places and can't store more of them. */
export function storesNoDetails(command: string): RedisError {
  return new RedisError(
    `ERR ${command} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`,
  );
}

/** @param command The command as the client wrote it. */
export function needsOneCenter(command: string): RedisError {
  return new RedisError(
    `ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${command}`,
  );
}

/** @param command The command as the client wrote it. */
export function needsOneExtent(command: string): RedisError {
  return new RedisError(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${command}`);
}

// Expiry.

/** @param command The command's full name. */
export function invalidExpireTime(command: string): RedisError {
  return new RedisError(`ERR invalid expire time in '${command}' command`);
}

export const EXPIRE_NX_CONFLICT = new RedisError(
  "ERR NX and XX, GT or LT options at the same time are not compatible",
);
export const EXPIRE_GT_LT_CONFLICT = new RedisError(
  "ERR GT and LT options at the same time are not compatible",
);

/** @param given The word that is no option. */
export function unsupportedOption(given: string): RedisError {
  return new RedisError(`ERR Unsupported option ${shown(given, Infinity)}`);
}

// Keys.

export const SAME_OBJECT = new RedisError("ERR source and destination objects are the same");
export const INVALID_CURSOR = new RedisError("ERR invalid cursor");
export const LFU_NOT_SELECTED = new RedisError(
  "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that " +
    "when switching between policies at runtime LRU and LFU data will take some time to adjust.",
);
export const LFU_SELECTED = new RedisError(
  "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when " +
    "switching between policies at runtime LRU and LFU data will take some time to adjust.",
);

export const WEIGHT_NOT_A_DOUBLE = new RedisError(
  "ERR One or more scores can't be converted into double",
);

// Databases.

export const INVALID_FIRST_DB_INDEX = new RedisError("ERR invalid first DB index");
export const INVALID_SECOND_DB_INDEX = new RedisError("ERR invalid second DB index");

export const BUSY_KEY = new RedisError("BUSYKEY Target key name already exists.");
export const BAD_DUMP_PAYLOAD = new RedisError("ERR DUMP payload version or checksum are wrong");
export const BAD_DATA_FORMAT = new RedisError("ERR Bad data format");
export const INVALID_TTL = new RedisError("ERR Invalid TTL value, must be >= 0");
export const INVALID_IDLE_TIME = new RedisError("ERR Invalid IDLETIME value, must be >= 0");
export const INVALID_FREQUENCY = new RedisError(
  "ERR Invalid FREQ value, must be >= 0 and <= 255",
);

// Keys that go to another server.

export const MIGRATE_KEY_NOT_EMPTY = new RedisError(
  "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string",
);
export const TARGET_NOT_CONNECTED = new RedisError(
  "IOERR error or timeout connecting to the client",
);
export const TARGET_NOT_WRITTEN = new RedisError(
  "IOERR error or timeout writing to target instance",
);
export const TARGET_NOT_READ = new RedisError("IOERR error or timeout reading to target instance");

/** The target of a MIGRATE refused something. @param text Wire text of its error. */
export function targetRefused(text: string): RedisError {
  return new RedisError(`ERR Target instance replied with error: ${text}`);
}
